//! What a writer holds: routes, their lanes, and the batches in them. All of it is behind one lock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time;

use super::builder::Options;
use super::event::Target;
use super::hand_over::{Receipt, Settlement};
use super::report::{RefusedLine, Report, Stats};
use super::room::Room;
use crate::batch::{Batch, Buffer, Limits, SchemaGuard};
use crate::error::Refused;
use crate::line_protocol::LineEntry;
use crate::time::Precision;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) routes: Vec<Route>,
    pub(super) stats: Stats,
    pub(super) report: Report,
    pub(super) room: Room,
    /// How many bytes the refused lines of the report have.
    kept_bytes: usize,
}

#[derive(Debug)]
pub(super) struct Route {
    pub(super) target: Arc<Target>,
    pub(super) lanes: Vec<Lane>,
    /// Until when the server asked to be left alone.
    pub(super) gate: Option<Instant>,
    /// Which types its fields have.
    pub(super) guard: SchemaGuard,
}

#[derive(Debug)]
pub(super) struct Lane {
    precision: Precision,
    /// Which part of the series.
    shard: usize,
    open: Option<Open>,
    queue: VecDeque<Sealed>,
    /// What is being delivered, and when its first line came.
    pub(super) in_flight: Option<(Arc<Settlement>, Instant)>,
    pub(super) task: Option<AbortHandle>,
    wake: Arc<Notify>,
    pub(super) limits: Limits,
    /// How large the last batch was.
    expected: Limits,
}

#[derive(Debug)]
struct Open {
    buffer: Buffer,
    settlement: Arc<Settlement>,
    permits: usize,
}

/// A batch that waits for its delivery.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) batch: Batch,
    pub(super) settlement: Arc<Settlement>,
    pub(super) permits: usize,
    pub(super) precision: Precision,
    pub(super) ceiling: usize,
    /// When its first line came.
    opened: Instant,
}

/// Which lane of which route.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneId {
    pub(super) route: usize,
    lane: usize,
}

/// What a lane has to do.
pub(super) enum Next {
    Deliver(Sealed),
    Wait(Instant, Arc<Notify>),
    End,
}

impl State {
    /// With one route, and so many permits.
    pub(super) fn new(target: Target, permits: usize) -> Self {
        let (routes, room) = (vec![Route::new(target)], Room::new(permits));
        Self { routes, room, ..Self::default() }
    }

    #[inline]
    pub(super) fn lane(
        &mut self,
        route: usize,
        (precision, shard): (Precision, usize),
        options: &Options,
    ) -> LaneId {
        let lanes = &mut self.routes[route].lanes;
        let known =
            lanes.iter().position(|lane| lane.precision == precision && lane.shard == shard);
        let lane = known.unwrap_or_else(|| {
            let limits = lanes.first().map_or(options.limits, |lane| lane.limits);
            lanes.push(Lane::new(precision, shard, limits));
            lanes.len() - 1
        });
        LaneId { route, lane }
    }

    /// So much has its fate.
    pub(super) fn let_go(&mut self, lines: usize, bytes: usize) {
        self.stats.held_lines -= lines as u64;
        self.stats.held_bytes -= bytes;
    }

    /// These are held no more.
    pub(super) fn let_go_of(&mut self, refused: &[Refused]) {
        // With its line feed.
        let length = |line: &Refused| line.line().map_or(0, |line| line.len() + 1);
        self.let_go(refused.len(), refused.iter().map(length).sum());
    }

    /// Keeps refused lines for the report, as far as that goes.
    pub(super) fn keep(&mut self, refused: impl Iterator<Item = RefusedLine>) {
        const LINES: usize = 1_000;
        const BYTES: usize = 1 << 20;
        let mut has_room = true;
        for refused in refused {
            self.report.refused_lines += refused.reason().refused_line_count() as u64;
            let length = refused.refused.size();
            has_room &= self.report.refused.len() < LINES && self.kept_bytes + length <= BYTES;
            if has_room {
                self.kept_bytes += length;
                self.report.refused.push(refused);
            }
        }
    }

    #[inline]
    pub(super) fn lane_of(&mut self, id: LaneId) -> &mut Lane {
        &mut self.routes[id.route].lanes[id.lane]
    }

    pub(super) fn lanes(&mut self) -> impl Iterator<Item = (LaneId, &mut Lane)> {
        self.routes.iter_mut().enumerate().flat_map(|(route, of_route)| {
            let lanes = of_route.lanes.iter_mut().enumerate();
            lanes.map(move |(lane, of_lane)| (LaneId { route, lane }, of_lane))
        })
    }

    /// Ends all batches that are open.
    pub(super) fn seal_all(&mut self) {
        self.lanes().for_each(|(_, lane)| lane.seal());
    }

    /// What the lines wait for that have no fate yet.
    pub(super) fn settlements(&mut self) -> Vec<Arc<Settlement>> {
        let of = |(_, lane): (LaneId, &mut Lane)| {
            let in_flight = lane.in_flight.iter().map(|(settlement, _)| settlement);
            let queued = lane.queue.iter().map(|sealed| &sealed.settlement);
            in_flight.chain(queued).cloned().collect::<Vec<_>>()
        };
        self.lanes().flat_map(of).collect()
    }

    pub(super) fn take_queued(&mut self) -> Option<(LaneId, Sealed)> {
        self.lanes().find_map(|(id, lane)| Some((id, lane.queue.pop_front()?)))
    }

    /// The batch that has waited longest, without those in flight.
    pub(super) fn take_oldest(&mut self) -> Option<(Arc<Target>, Sealed)> {
        let waiting = |lane: &Lane| lane.waiting_since();
        let oldest = self.lanes().filter_map(|(id, lane)| Some((waiting(lane)?, id)));
        let (_, id) = oldest.min_by_key(|(since, _)| *since)?;
        let route = &mut self.routes[id.route];
        let lane = &mut route.lanes[id.lane];
        if lane.queue.is_empty() {
            lane.seal();
        }
        Some((Arc::clone(&route.target), lane.queue.pop_front()?))
    }

    /// How many permits the lines have that are not on their way.
    pub(super) fn waiting_permits(&mut self) -> usize {
        let of = |lane: &Lane| {
            let queued: usize = lane.queue.iter().map(|sealed| sealed.permits).sum();
            queued + lane.open.as_ref().map_or(0, |open| open.permits)
        };
        self.lanes().map(|(_, lane)| of(lane)).sum()
    }

    /// The next batch of a lane, or what it waits for.
    pub(super) fn next(&mut self, id: LaneId, now: Instant) -> Next {
        let lane = self.lane_of(id);
        if lane.queue.is_empty() {
            match lane.open.as_ref().map(|open| open.buffer.due(lane.limits)) {
                None => {
                    lane.task = None;
                    return Next::End;
                }
                Some(Some(due)) if due <= now => lane.seal(),
                Some(due) => {
                    let due = due.unwrap_or_else(|| far_from(now));
                    return Next::Wait(due, Arc::clone(&lane.wake));
                }
            }
        }
        let Some(mut sealed) = lane.queue.pop_front() else { return Next::End };
        sealed.ceiling = sealed.ceiling.min(lane.limits.bytes);
        lane.in_flight = Some((Arc::clone(&sealed.settlement), sealed.opened));
        Next::Deliver(sealed)
    }

    pub(super) fn abort_handles(&mut self) -> Vec<AbortHandle> {
        self.lanes().filter_map(|(_, lane)| lane.task.clone()).collect()
    }
}

impl Route {
    pub(super) fn new(target: Target) -> Self {
        let (target, guard) = (Arc::new(target), SchemaGuard::default());
        Self { target, lanes: Vec::new(), gate: None, guard }
    }

    /// No body is larger, in any lane: the server would not take it.
    pub(super) fn limit_bytes(&mut self, ceiling: usize) {
        for lane in &mut self.lanes {
            lane.limits.bytes = lane.limits.bytes.min(ceiling);
        }
    }
}

impl Open {
    #[cold]
    fn new(expected: Limits) -> Self {
        let buffer = Buffer::new(time::Instant::now().into_std(), expected);
        Self { buffer, settlement: Arc::default(), permits: 0 }
    }
}

impl Lane {
    pub(super) fn new(precision: Precision, shard: usize, limits: Limits) -> Self {
        Self {
            precision,
            shard,
            open: None,
            queue: VecDeque::new(),
            in_flight: None,
            task: None,
            wake: Arc::default(),
            limits,
            expected: Limits { lines: 0, bytes: 0, ..limits },
        }
    }

    /// Appends a line; returns whether it is the first one of a batch.
    #[inline]
    pub(super) fn push(
        &mut self,
        line: &[u8],
        entry: LineEntry,
        permits: usize,
        receipt: &mut Receipt,
    ) -> bool {
        let open = self.open.as_ref();
        if open.is_some_and(|open| open.buffer.is_full_for(line.len(), self.limits)) {
            self.seal();
        }
        let open = self.open.get_or_insert_with(|| Open::new(self.expected));
        let before = open.buffer.count();
        receipt.push(&open.settlement, before);
        open.buffer.push(line, entry.is_timed);
        open.permits += permits;
        if open.buffer.is_full(self.limits) {
            self.seal();
        }
        before == 0
    }

    /// A task that its runtime has ended is none.
    pub(super) fn has_no_task(&self) -> bool {
        self.task.as_ref().is_none_or(AbortHandle::is_finished)
    }

    /// Ends the batch that is open.
    pub(super) fn seal(&mut self) {
        let Some(Open { buffer, settlement, permits }) = self.open.take() else { return };
        let (opened, batch) = (buffer.opened(), buffer.freeze());
        self.expected.lines = batch.count();
        self.expected.bytes = batch.bytes().len();
        let (precision, ceiling) = (self.precision, self.limits.bytes);
        self.queue.push_back(Sealed { batch, settlement, permits, precision, ceiling, opened });
        self.wake.notify_one();
    }

    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let queued = self.queue.front().map(|sealed| sealed.opened);
        queued.or_else(|| self.open.as_ref().map(|open| open.buffer.opened()))
    }

    pub(super) fn oldest(&self) -> Option<Instant> {
        let in_flight = self.in_flight.as_ref().map(|(_, opened)| *opened);
        in_flight.or_else(|| self.waiting_since())
    }
}

/// What is too far away to be named is a year away.
pub(super) fn far_from(now: Instant) -> Instant {
    now + Duration::from_secs(1 << 25)
}
