use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::mpsc;

use super::observe;
use super::report::Undelivered;
use crate::error::{Error, Refused};
use crate::time::Precision;

/// How many events wait for a stream that is not read.
const CAPACITY: usize = 256;

/// What happens in a writer; for [`on_event`](super::WriterBuilder::on_event) and
/// [`events`](super::Writer::events).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The server has stored a batch, or what is left of one.
    Delivered(Batch),
    /// A request failed and is sent again after `delay`.
    Retrying {
        /// What was sent.
        batch: Batch,
        /// Why it failed.
        error: Error,
        /// How often in a row it has.
        failures: u32,
        /// How long the writer waits.
        delay: Duration,
    },
    /// The server refuses the token or does not know the bucket: the lines are kept, and the writer
    /// asks again after `delay`.
    Blocked {
        /// What was sent.
        batch: Batch,
        /// What the server says.
        error: Error,
        /// How long the writer waits.
        delay: Duration,
    },
    /// Lines are refused, each with its reason: by this crate, by the server, because the retries are
    /// spent, or for want of room.
    Refused {
        /// Where they should have gone.
        target: Arc<Target>,
        /// The lines, and why.
        refused: Arc<[Refused]>,
    },
    /// The last handle of a writer was dropped, and so many lines are still held. They go to the
    /// server as long as the runtime lives.
    Abandoned {
        /// How many.
        lines: u64,
    },
    /// Lines could not be delivered before the writer was closed or its runtime ended; here they are.
    Undelivered(Undelivered),
    /// So many events did not reach this stream, since it was not read.
    Missed(u64),
}

/// Where lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The bucket, by name or ID.
    pub bucket: String,
    /// The organization; none for the client's.
    pub org: Option<String>,
}

/// The lines of one request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Batch {
    /// Where they go.
    pub target: Arc<Target>,
    /// What their times count.
    pub precision: Precision,
    /// The lines, as they are before compression.
    pub body: Bytes,
    /// How many they are.
    pub lines: usize,
}

pub(super) type Callback = Box<dyn Fn(&Event) + Send + Sync>;

/// Those who want to know.
pub(super) struct Listeners {
    callbacks: Vec<Callback>,
    streams: Mutex<Vec<Subscriber>>,
    /// How many streams there are, to be looked at without the lock.
    count: AtomicUsize,
}

struct Subscriber {
    sender: mpsc::Sender<Event>,
    missed: u64,
}

/// The events of a writer, as a stream.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

impl Listeners {
    pub(super) fn new(callbacks: Vec<Callback>) -> Self {
        Self { callbacks, streams: Mutex::default(), count: AtomicUsize::new(0) }
    }

    pub(super) fn subscribe(&self) -> Events {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.push(Subscriber { sender, missed: 0 });
        self.count.store(streams.len(), Ordering::Relaxed);
        Events(receiver)
    }

    /// Tells everyone. What panics in one of them stays there.
    pub(super) fn tell(&self, event: &Event) {
        observe::event(event);
        for callback in &self.callbacks {
            if catch_unwind(AssertUnwindSafe(|| callback(event))).is_err() {
                observe::callback_panicked();
            }
        }
        if self.count.load(Ordering::Relaxed) > 0 {
            let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
            streams.retain_mut(|stream| stream.send(event));
            self.count.store(streams.len(), Ordering::Relaxed);
        }
    }
}

impl Subscriber {
    /// Whether there is still somebody.
    fn send(&mut self, event: &Event) -> bool {
        if self.missed > 0 && self.sender.capacity() > 1 {
            let _ = self.sender.try_send(Event::Missed(std::mem::take(&mut self.missed)));
        }
        if self.missed > 0 || self.sender.try_send(event.clone()).is_err() {
            self.missed += 1;
        }
        !self.sender.is_closed()
    }
}

impl Events {
    /// The next event; `None` when the writer is gone.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(cx)
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners")
            .field("callbacks", &self.callbacks.len())
            .finish_non_exhaustive()
    }
}
