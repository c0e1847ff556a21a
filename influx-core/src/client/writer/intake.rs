//! Lines on their way into a writer: encoded, given room, and appended to their lanes.

use std::cell::Cell;
use std::future::poll_fn;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

use super::builder::WhenFull;
use super::hand_over::{HandOver, Receipt, Settlement};
use super::lane;
use super::shared::Shared;
use super::state::{LaneId, State};
use crate::error::{Error, Others, Refused, Result, WriterCause};
use crate::line_protocol::{IntoLines, LineEntry, Lines};

/// Room is counted in so many bytes, for which a semaphore has permits enough.
const GRAIN: usize = 16;

thread_local! {
    /// The buffers of the last call on this thread.
    static SCRATCH: Cell<Option<Box<Lines>>> = const { Cell::new(None) };
}

/// What generic code does is little: it is compiled once more for each type of record.
impl Shared {
    pub(super) fn hand_over<Kind>(
        self: &Arc<Self>,
        route: usize,
        lines: impl IntoLines<Kind>,
    ) -> HandOver {
        let mut handed = self.start_encoding();
        lines.append_to(&mut handed);
        self.hand_over_encoded(route, handed)
    }

    pub(super) fn try_hand_over<Kind>(
        self: &Arc<Self>,
        route: usize,
        lines: impl IntoLines<Kind>,
    ) -> Result<Receipt> {
        let mut handed = self.start_encoding();
        lines.append_to(&mut handed);
        self.try_hand_over_encoded(route, handed)
    }

    /// The buffers of this thread, or new ones while it ends.
    fn start_encoding(&self) -> Box<Lines> {
        let scratch = SCRATCH.try_with(Cell::take).ok().flatten();
        let mut lines = scratch.unwrap_or_else(|| Box::new(Lines::new(None)));
        lines.start(&self.style);
        lines
    }

    fn hand_over_encoded(self: &Arc<Self>, route: usize, mut handed: Box<Lines>) -> HandOver {
        self.refuse(route, &mut handed);
        if let Some(outcome) = self.take_if_room(route, &handed) {
            recycle(handed);
            return HandOver::done(outcome);
        }
        match self.options.when_full {
            _ if self.space.is_closed() => HandOver::done(Err(self.no_room(&handed))),
            WhenFull::Wait => HandOver::waiting(Arc::clone(self).take_when_possible(route, handed)),
            WhenFull::Fail => HandOver::done(Err(self.no_room(&handed))),
            WhenFull::DropOldest => HandOver::done(self.drop_oldest(route, &handed)),
            WhenFull::DropNewest => HandOver::done(self.drop_newest(route, &handed)),
        }
    }

    fn try_hand_over_encoded(
        self: &Arc<Self>,
        route: usize,
        mut handed: Box<Lines>,
    ) -> Result<Receipt> {
        self.refuse(route, &mut handed);
        let Some(outcome) = self.take_if_room(route, &handed) else {
            return Err(self.no_room(&handed));
        };
        recycle(handed);
        outcome
    }

    /// Notes what line protocol cannot carry, and what does not fit the lines before.
    #[inline]
    fn refuse(&self, route: usize, handed: &mut Lines) {
        handed.make_sure_of(&self.style);
        let mut guarded = Vec::new();
        if self.options.guards_schema {
            guarded = self.state().routes[route].guard.check(handed);
        }
        if !handed.refused().is_empty() {
            self.note_refused_here(route, handed, &guarded);
        }
    }

    /// How many permits a line needs. One that is larger than all the room takes all of it.
    fn permits(&self, line: usize) -> usize {
        line.div_ceil(GRAIN).min(self.capacity)
    }

    fn cost(&self, handed: &Lines) -> usize {
        handed.ranges().map(|(range, _)| self.permits(range.len())).sum()
    }

    /// Takes the lines if there is room. One lock is all that this costs.
    fn take_if_room(self: &Arc<Self>, route: usize, handed: &Lines) -> Option<Result<Receipt>> {
        let cost = self.cost(handed);
        let mut state = self.state();
        if self.space.is_closed() || !state.room.take(cost, &self.space) {
            // What has been collected takes the room, and no line may come that fills a batch.
            state.seal_all();
            return None;
        }
        let mut receipt = Receipt::default();
        self.append(&mut state, &mut receipt, route, handed, handed.ranges());
        drop(state);
        Some(outcome(receipt, handed, Others::Taken))
    }

    /// Drops the oldest batches that are not on their way until there is room; the lines that came, if
    /// that does not make enough.
    fn drop_oldest(self: &Arc<Self>, route: usize, handed: &Lines) -> Result<Receipt> {
        let limit = self.options.max_buffered_bytes;
        let reason = Error::from(WriterCause::Full { limit });
        while self.can_make_room(handed) {
            let Some((target, sealed)) = self.state().take_oldest() else { break };
            let refused = sealed.batch.refuse_all(&reason);
            self.note_dropped(&target, sealed.precision, &refused);
            self.settle(&sealed, refused);
            if let Some(outcome) = self.take_if_room(route, handed) {
                return outcome;
            }
        }
        if self.space.is_closed() {
            Err(self.no_room(handed))
        } else {
            self.drop_newest(route, handed)
        }
    }

    /// Whether there is room without the lines that are not on their way.
    fn can_make_room(&self, handed: &Lines) -> bool {
        let mut state = self.state();
        let most = state.room.available(&self.space) + state.waiting_permits();
        !self.space.is_closed() && self.cost(handed) <= most
    }

    /// Why there is no room for lines that need so many permits.
    fn full(&self, handed: &Lines) -> Error {
        let (cost, limit) = (self.cost(handed), self.options.max_buffered_bytes);
        if cost > self.capacity {
            let bytes = handed.bytes().len().max(cost.saturating_mul(GRAIN));
            return WriterCause::TooLarge { bytes, limit }.into();
        }
        WriterCause::Full { limit }.into()
    }

    /// Why the lines are not taken.
    fn no_room(&self, handed: &Lines) -> Error {
        let closed = self.space.is_closed();
        let cause = if closed { WriterCause::Closed.into() } else { self.full(handed) };
        unwritten(cause, handed, 0)
    }

    fn drop_newest(&self, route: usize, handed: &Lines) -> Result<Receipt> {
        let target = Arc::clone(&self.state().routes[route].target);
        let (settlement, reason) = (Arc::new(Settlement::default()), self.full(handed));
        let mut receipt = Receipt::default();
        let mut refused = Vec::new();
        for (line, (range, _)) in handed.ranges().enumerate() {
            refused.push(Refused::line_of(line, &handed.bytes()[range], reason.clone()));
            receipt.push(&settlement, line);
        }
        self.note_newest_dropped(&target, handed, &refused);
        settlement.settle(refused);
        outcome(receipt, handed, Others::Dropped)
    }

    async fn take_when_possible(
        self: Arc<Self>,
        route: usize,
        handed: Box<Lines>,
    ) -> Result<Receipt> {
        let total = self.cost(&handed);
        // What is more than all the room comes in pieces.
        let piece = if total > self.capacity { (self.capacity / 4).max(1) } else { total };
        let mut receipt = Receipt::default();
        let mut rest = handed.ranges().peekable();
        while rest.peek().is_some() {
            let (mut lines, mut cost) = (Vec::new(), 0);
            let fits = |line: usize, cost: usize| cost == 0 || cost + self.permits(line) <= piece;
            while let Some((range, entry)) = rest.next_if(|(range, _)| fits(range.len(), cost)) {
                cost += self.permits(range.len());
                lines.push((range, entry));
            }
            let from = lines.first().map_or(0, |(range, _)| range.start);
            let permits = u32::try_from(cost).unwrap_or(u32::MAX);
            let waited = self.wait_for_room(permits).await;
            let mut state = self.state();
            if waited.is_err() || self.space.is_closed() {
                return Err(unwritten(WriterCause::Closed.into(), &handed, from));
            }
            self.append(&mut state, &mut receipt, route, &handed, lines);
        }
        outcome(receipt, &handed, Others::Taken)
    }

    /// Fails when the writer is closed.
    async fn wait_for_room(&self, permits: u32) -> Result<(), AcquireError> {
        let _waiting = Waiting::start(self);
        let (mut room, mut waits) = (pin!(self.space.acquire_many(permits)), false);
        let permit = poll_fn(|cx| {
            let polled = room.as_mut().poll(cx);
            if polled.is_pending() && !std::mem::replace(&mut waits, true) {
                // What was taken before may hold the room, and no line may come that fills its
                // batch. What is taken from now on sees that there is no room, and goes at once.
                self.state().seal_all();
            }
            polled
        });
        permit.await.map(SemaphorePermit::forget)
    }

    /// Appends lines for which there are permits.
    #[inline]
    fn append(
        self: &Arc<Self>,
        state: &mut State,
        receipt: &mut Receipt,
        route: usize,
        handed: &Lines,
        lines: impl IntoIterator<Item = (Range<usize>, LineEntry)>,
    ) {
        let (bytes, mut count, mut length) = (handed.bytes(), 0, 0);
        let mut last = None;
        for (range, entry) in lines {
            let line = &bytes[range];
            let place = (entry.precision, self.shard(&line[..entry.series]));
            let id = match last {
                Some((last, id)) if last == place => id,
                _ => state.lane(route, place, &self.options),
            };
            last = Some((place, id));
            if state.lane_of(id).push(line, entry, self.permits(line.len()), receipt) {
                self.make_sure_of_task(state, id);
            }
            count += 1;
            length += line.len();
        }
        state.stats.taken_lines += count;
        state.stats.held_lines += count;
        state.stats.held_bytes += length;
        if state.room.available(&self.space) == 0 {
            // Somebody may wait for this room.
            state.seal_all();
        }
    }

    /// Which part of the series a line belongs to.
    #[inline]
    fn shard(&self, series: &[u8]) -> usize {
        let shards = self.options.max_in_flight;
        if shards == 1 { 0 } else { shard_of(series, shards) }
    }

    /// The task of a lane with a new batch; it looks at it when the lock is free.
    fn make_sure_of_task(self: &Arc<Self>, state: &mut State, id: LaneId) {
        let lane = state.lane_of(id);
        if lane.has_no_task() {
            let task = self.runtime.spawn(lane::run(Arc::clone(self), id));
            lane.task = Some(task.abort_handle());
        }
    }
}

/// A write that waits for room.
struct Waiting<'s>(&'s Shared);

impl<'s> Waiting<'s> {
    fn start(shared: &'s Shared) -> Self {
        shared.state().room.start_waiting(&shared.space);
        Self(shared)
    }
}

/// Its place in the queue is dropped before, so that what it was given is there again.
impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().room.stop_waiting(&self.0.space);
    }
}

fn shard_of(series: &[u8], shards: usize) -> usize {
    use std::hash::{DefaultHasher, Hasher as _};

    let mut hasher = DefaultHasher::new();
    hasher.write(series);
    usize::try_from(hasher.finish() % shards as u64).unwrap_or_default()
}

/// How many permits so many bytes are.
pub(super) fn capacity(bytes: usize) -> usize {
    bytes.div_ceil(GRAIN).min(Semaphore::MAX_PERMITS).min(u32::MAX as usize)
}

/// What a call comes to whose lines have been dealt with.
#[inline]
fn outcome(receipt: Receipt, handed: &Lines, others: Others) -> Result<Receipt> {
    match handed.refused() {
        [] => Ok(receipt),
        refused => Err(Error::refused_among(refused.to_vec(), handed.records(), others)),
    }
}

/// The error of a call whose lines from here on are not taken.
fn unwritten(error: Error, handed: &Lines, from: usize) -> Error {
    let lines = Bytes::copy_from_slice(&handed.bytes()[from..]);
    error.with_unwritten(lines, handed.refused().to_vec())
}

/// Keeps the buffers for the next call, unless they are large, without what was refused.
#[inline]
fn recycle(mut handed: Box<Lines>) {
    const KEPT: usize = 1 << 20;
    if handed.capacity() <= KEPT {
        handed.clear();
        let _ = SCRATCH.try_with(|scratch| scratch.set(Some(handed)));
    }
}
