//! Those who are told what happens: callbacks, and streams that hold a bounded part of it.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::mpsc;

use super::event::{Batch, Event};
use super::observe;
use crate::error::Refused;

/// How many events wait for a stream that is not read.
const CAPACITY: usize = 256;
/// How many bytes of lines they hold; a single event may hold more.
const BYTES: usize = 8 << 20;
/// How deep callbacks may be within each other.
const DEPTH: u32 = 8;

thread_local! {
    /// How many calls of callbacks are going on in this thread.
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

pub(super) type Callback = Box<dyn Fn(&Event) + Send + Sync>;

/// Those who want to know.
pub(super) struct Listeners {
    callbacks: Vec<Callback>,
    /// How many events the callbacks were not told, since they were within themselves.
    untold: AtomicU64,
    streams: Mutex<Vec<Subscriber>>,
    /// How many streams there are, to be looked at without the lock.
    count: AtomicUsize,
}

struct Subscriber {
    sender: mpsc::Sender<Waiting>,
    backlog: Arc<Backlog>,
}

/// An event that waits to be read, and the bytes of lines that it holds.
#[derive(Debug)]
struct Waiting {
    event: Event,
    bytes: usize,
}

/// What both ends of a stream count.
#[derive(Debug, Default)]
struct Backlog {
    /// Of lines, in the events that wait.
    bytes: AtomicUsize,
    /// How many events did not fit, and were not told of yet.
    missed: AtomicU64,
}

/// The events of a writer, as a stream.
#[derive(Debug)]
pub struct Events {
    waiting: mpsc::Receiver<Waiting>,
    backlog: Arc<Backlog>,
}

/// One call more is going on, until this is dropped.
struct Call;

impl Call {
    /// None when too many are.
    fn begin() -> Option<Self> {
        // A thread that ends may have no count any more; then nothing is limited.
        let depth = CALLS.try_with(Cell::get).unwrap_or_default();
        (depth < DEPTH).then(|| {
            let _ = CALLS.try_with(|calls| calls.set(depth + 1));
            Self
        })
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let _ = CALLS.try_with(|calls| calls.set(calls.get().saturating_sub(1)));
    }
}

impl Listeners {
    pub(super) fn new(callbacks: Vec<Callback>) -> Self {
        let (untold, streams, count) = (AtomicU64::new(0), Mutex::default(), AtomicUsize::new(0));
        Self { callbacks, untold, streams, count }
    }

    pub(super) fn subscribe(&self) -> Events {
        let (sender, waiting) = mpsc::channel(CAPACITY);
        let backlog = Arc::<Backlog>::default();
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.push(Subscriber { sender, backlog: Arc::clone(&backlog) });
        self.count.store(streams.len(), Ordering::Relaxed);
        Events { waiting, backlog }
    }

    /// How many events the callbacks were not told.
    pub(super) fn untold(&self) -> u64 {
        self.untold.load(Ordering::Relaxed)
    }

    /// Tells everyone. What panics in one of them stays there.
    pub(super) fn tell(&self, event: &Event) {
        observe::event(event);
        if !self.callbacks.is_empty() {
            self.call(event);
        }
        if self.count.load(Ordering::Relaxed) > 0 {
            let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
            streams.retain(|stream| stream.send(event));
            self.count.store(streams.len(), Ordering::Relaxed);
        }
    }

    /// A callback that calls the writer may be the reason of what it is called for, again and again.
    fn call(&self, event: &Event) {
        let Some(_call) = Call::begin() else {
            self.untold.fetch_add(1, Ordering::Relaxed);
            observe::callback_too_deep();
            return;
        };
        for callback in &self.callbacks {
            if catch_unwind(AssertUnwindSafe(|| callback(event))).is_err() {
                observe::callback_panicked();
            }
        }
    }
}

impl Subscriber {
    /// Whether there is still somebody.
    fn send(&self, event: &Event) -> bool {
        let bytes = weight(event);
        if !self.tells_missed() || !self.has_room(bytes) || !self.push(own(event), bytes) {
            self.backlog.missed.fetch_add(1, Ordering::Relaxed);
        }
        !self.sender.is_closed()
    }

    /// Tells what was missed before, and whether that could be told with room for one more event.
    fn tells_missed(&self) -> bool {
        if self.backlog.missed.load(Ordering::Relaxed) == 0 {
            return true;
        }
        if self.sender.capacity() < 2 {
            return false;
        }
        let missed = self.backlog.missed.swap(0, Ordering::Relaxed);
        missed == 0 || self.push(Event::Missed(missed), 0)
    }

    fn has_room(&self, bytes: usize) -> bool {
        let held = self.backlog.bytes.load(Ordering::Relaxed);
        self.sender.capacity() > 0 && (held == 0 || held.saturating_add(bytes) <= BYTES)
    }

    fn push(&self, event: Event, bytes: usize) -> bool {
        self.backlog.bytes.fetch_add(bytes, Ordering::Relaxed);
        let is_sent = self.sender.try_send(Waiting { event, bytes }).is_ok();
        if !is_sent {
            self.backlog.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        is_sent
    }
}

/// How many bytes of lines an event holds.
fn weight(event: &Event) -> usize {
    match event {
        Event::Delivered(batch) | Event::Retrying { batch, .. } | Event::Blocked { batch, .. } => {
            batch.body.len()
        }
        Event::Refused { refused, .. } => refused.iter().map(Refused::size).sum(),
        Event::Undelivered(undelivered) => undelivered.lines().len(),
        Event::Abandoned { .. } | Event::Missed(_) => 0,
    }
}

/// The event with a body of its own: a part of a batch would keep all of it in memory.
fn own(event: &Event) -> Event {
    let mut event = event.clone();
    if let Event::Delivered(Batch { body, .. })
    | Event::Retrying { batch: Batch { body, .. }, .. }
    | Event::Blocked { batch: Batch { body, .. }, .. } = &mut event
    {
        *body = Bytes::copy_from_slice(body);
    }
    event
}

impl Events {
    /// The next event; `None` when the writer is gone.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let Some(Waiting { event, bytes }) = ready!(self.waiting.poll_recv(cx)) else {
            let missed = self.backlog.missed.swap(0, Ordering::Relaxed);
            return Poll::Ready((missed > 0).then_some(Event::Missed(missed)));
        };
        self.backlog.bytes.fetch_sub(bytes, Ordering::Relaxed);
        Poll::Ready(Some(event))
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll(cx)
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners")
            .field("callbacks", &self.callbacks.len())
            .finish_non_exhaustive()
    }
}
