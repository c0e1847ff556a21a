//! Lines on their way into a writer: encoded, given room, and appended to their lanes.

use std::cell::Cell;
use std::future::poll_fn;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::builder::WhenFull;
use super::hand_over::{HandOver, Receipt, Settlement};
use super::lane;
use super::shared::Shared;
use super::state::{LaneId, State};
use crate::error::{Error, Others, Refused, Result, WriterCause};
use crate::line_protocol::{IntoLines, LineEntry, Lines};
use crate::time::Precision;

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
        lines.restart(&self.style);
        lines
    }

    fn hand_over_encoded(self: &Arc<Self>, route: usize, mut handed: Box<Lines>) -> HandOver {
        self.refuse(route, &mut handed);
        let cost = self.cost(&handed);
        let has_room = match self.options.when_full {
            WhenFull::DropOldest => self.make_room(cost),
            _ => self.has_room(cost),
        };
        if has_room {
            return HandOver::done(self.take(route, handed));
        }
        match self.options.when_full {
            _ if self.space.is_closed() => HandOver::done(Err(self.no_room(&handed))),
            WhenFull::Wait => HandOver::waiting(Arc::clone(self).take_when_possible(route, handed)),
            WhenFull::Fail => HandOver::done(Err(self.no_room(&handed))),
            WhenFull::DropOldest | WhenFull::DropNewest => {
                HandOver::done(self.drop_newest(route, &handed))
            }
        }
    }

    fn try_hand_over_encoded(
        self: &Arc<Self>,
        route: usize,
        mut handed: Box<Lines>,
    ) -> Result<Receipt> {
        self.refuse(route, &mut handed);
        if self.has_room(self.cost(&handed)) {
            return self.take(route, handed);
        }
        Err(self.no_room(&handed))
    }

    /// Notes what line protocol cannot carry, and what does not fit the lines before.
    fn refuse(&self, route: usize, handed: &mut Lines) {
        handed.make_sure_of(&self.style);
        let guarded = match self.options.guards_schema {
            true => self.state().routes[route].guard.check(handed),
            false => Vec::new(),
        };
        self.note_refused_here(route, handed, &guarded);
    }

    /// How many permits a line needs. One that is larger than all the room takes all of it.
    fn permits(&self, line: usize) -> usize {
        line.div_ceil(GRAIN).min(self.capacity)
    }

    fn cost(&self, handed: &Lines) -> usize {
        handed.ranges().map(|(range, _)| self.permits(range.len())).sum()
    }

    fn has_room(&self, cost: usize) -> bool {
        let Ok(cost) = u32::try_from(cost) else { return false };
        match self.space.try_acquire_many(cost) {
            Ok(permit) => {
                permit.forget();
                true
            }
            Err(_) => {
                // What has been collected takes the room, and no line may come that fills a batch.
                self.state().seal_all();
                false
            }
        }
    }

    /// Drops the oldest batches that are not on their way until there is room, if that makes enough.
    fn make_room(&self, cost: usize) -> bool {
        if self.space.available_permits() + self.state().waiting_permits() < cost {
            return false;
        }
        let limit = self.options.max_buffered_bytes;
        let reason = Error::from(WriterCause::Full { limit });
        while !self.has_room(cost) {
            if self.space.is_closed() {
                return false;
            }
            let Some((target, sealed)) = self.state().take_oldest() else { return false };
            let refused = sealed.batch.refuse_all(&reason);
            self.note_dropped(&target, sealed.precision, &refused);
            self.settle(&sealed, refused);
        }
        true
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

    /// Takes lines for which there are permits.
    fn take(self: &Arc<Self>, route: usize, handed: Box<Lines>) -> Result<Receipt> {
        let mut receipt = Receipt::default();
        let outcome = match self.append(&mut receipt, route, &handed, handed.ranges()) {
            Ok(()) => outcome(receipt, &handed, Others::Taken),
            Err(error) => Err(unwritten(error, &handed, 0)),
        };
        recycle(handed);
        outcome
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
            let taken = self.wait_for_room(permits).await;
            let taken = taken.and_then(|()| self.append(&mut receipt, route, &handed, lines));
            taken.map_err(|error| unwritten(error, &handed, from))?;
        }
        outcome(receipt, &handed, Others::Taken)
    }

    async fn wait_for_room(&self, permits: u32) -> Result<()> {
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
        permit.await.map(SemaphorePermit::forget).map_err(|_| WriterCause::Closed.into())
    }

    fn append(
        self: &Arc<Self>,
        receipt: &mut Receipt,
        route: usize,
        handed: &Lines,
        lines: impl IntoIterator<Item = (Range<usize>, LineEntry)>,
    ) -> Result<()> {
        let mut state = self.state();
        if self.space.is_closed() {
            return Err(WriterCause::Closed.into());
        }
        let (mut count, mut length) = (0, 0);
        let mut last = None;
        for (range, entry) in lines {
            let line = &handed.bytes()[range];
            let place = (entry.precision, self.shard(&line[..entry.series]));
            let id = match last {
                Some((last, id)) if last == place => id,
                _ => self.lane_with_task(&mut state, route, place),
            };
            last = Some((place, id));
            state.lane_of(id).push(line, entry, self.permits(line.len()), receipt);
            count += 1;
            length += line.len();
        }
        state.stats.taken_lines += count;
        state.stats.held_lines += count;
        state.stats.held_bytes += length;
        if self.space.available_permits() == 0 {
            // Somebody may wait for this room.
            state.seal_all();
        }
        Ok(())
    }

    /// Which part of the series a line belongs to.
    fn shard(&self, series: &[u8]) -> usize {
        use std::hash::{DefaultHasher, Hasher as _};

        if self.options.max_in_flight == 1 {
            return 0;
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(series);
        let shards = self.options.max_in_flight as u64;
        usize::try_from(hasher.finish() % shards).unwrap_or_default()
    }

    /// The lane of a route; its task looks at it when the lock is free.
    fn lane_with_task(
        self: &Arc<Self>,
        state: &mut State,
        route: usize,
        (precision, shard): (Precision, usize),
    ) -> LaneId {
        let id = state.lane(route, precision, shard, &self.options);
        if state.lane_of(id).has_no_task() {
            self.spawn(state, id);
        }
        id
    }

    fn spawn(self: &Arc<Self>, state: &mut State, id: LaneId) {
        let task = self.runtime.spawn(lane::run(Arc::clone(self), id));
        state.lane_of(id).task = Some(task.abort_handle());
    }
}

/// How many permits so many bytes are.
pub(super) fn capacity(bytes: usize) -> usize {
    bytes.div_ceil(GRAIN).min(Semaphore::MAX_PERMITS).min(u32::MAX as usize)
}

/// What a call comes to whose lines have been dealt with.
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
fn recycle(mut handed: Box<Lines>) {
    const KEPT: usize = 1 << 20;
    if handed.capacity() <= KEPT {
        handed.clear();
        let _ = SCRATCH.try_with(|scratch| scratch.set(Some(handed)));
    }
}
