//! What the handles of a writer and its tasks share.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time;

use super::builder::{Options, WhenFull};
use super::event::{self, Callback, Event, Listeners, Target};
use super::hand_over::{HandOver, Receipt, Settlement};
use super::lane;
use super::report::{Report, Stats, Undelivered};
use crate::batch::{Batch, Buffer, Limits, SchemaGuard};
use crate::error::{Error, Refused, Result, SettingCause, WriterCause};
use crate::http::{Connection, Encoded};
use crate::line_protocol::{DefaultTags, Handed, IntoLines, LineEntry, Lines, Stamps};
use crate::time::Precision;

/// Room is counted in so many bytes, for which a semaphore has permits enough.
const GRAIN: usize = 16;

thread_local! {
    /// The buffers of the last call on this thread.
    static SCRATCH: Cell<Option<Handed>> = const { Cell::new(None) };
}

pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) connection: Arc<Connection>,
    pub(super) events: Listeners,
    pub(super) closing: watch::Sender<bool>,
    runtime: Handle,
    stamps: Option<Stamps>,
    default_tags: DefaultTags,
    /// Room for lines; closed with the writer.
    space: Arc<Semaphore>,
    state: Mutex<State>,
    /// The tasks that whoever closes the writer waits for.
    ending: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct State {
    routes: Vec<Route>,
    tasks: Vec<JoinHandle<()>>,
    is_closed: bool,
    stats: Stats,
    report: Report,
    /// How many bytes the refused lines of the report have.
    kept_bytes: usize,
}

#[derive(Debug)]
struct Route {
    target: Arc<Target>,
    lanes: Vec<Lane>,
    /// Until when the server asked to be left alone.
    gate: Option<Instant>,
    /// Which types its fields have.
    guard: SchemaGuard,
}

#[derive(Debug)]
struct Lane {
    precision: Precision,
    /// Which part of the series.
    shard: usize,
    open: Option<Open>,
    queue: VecDeque<Sealed>,
    /// What is being delivered.
    in_flight: Option<(Arc<Settlement>, Instant)>,
    task: Option<AbortHandle>,
    wake: Arc<Notify>,
    limits: Limits,
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
}

/// Which lane of which route.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneId {
    route: usize,
    lane: usize,
}

/// What a lane has to do.
pub(super) enum Next {
    Deliver(Sealed),
    Wait(Instant, Arc<Notify>),
    End,
}

impl Shared {
    pub(super) fn start(
        connection: Arc<Connection>,
        bucket: String,
        org: Option<String>,
        default_tags: &[(String, String)],
        callbacks: Vec<Callback>,
        options: Options,
    ) -> Result<Self> {
        let runtime = Handle::try_current().map_err(|error| {
            let problem = "needs a Tokio runtime; start it within one, such as `#[tokio::main]`";
            Error::setting(SettingCause::Invalid { what: "writer", problem }, error)
        })?;
        let route = Route::new(Target { bucket, org });
        let permits = capacity(options.max_buffered_bytes);
        Ok(Self {
            default_tags: DefaultTags::new(default_tags, options.overrides_tags)?,
            stamps: options.stamps.then(Stamps::default),
            events: Listeners::new(callbacks),
            closing: watch::Sender::new(false),
            space: Arc::new(Semaphore::new(permits)),
            state: Mutex::new(State { routes: vec![route], ..State::default() }),
            ending: tokio::sync::Mutex::default(),
            options,
            connection,
            runtime,
        })
    }

    /// Nothing in this room panics while it holds the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The route of a bucket, which may be new.
    pub(super) fn route(&self, bucket: String, org: Option<String>) -> usize {
        let target = Target { bucket, org };
        let mut state = self.state();
        let known = state.routes.iter().position(|route| *route.target == target);
        known.unwrap_or_else(|| {
            state.routes.push(Route::new(target));
            state.routes.len() - 1
        })
    }

    pub(super) fn org_of(&self, route: usize) -> Option<String> {
        self.state().routes[route].target.org.clone()
    }

    pub(super) fn target(&self, id: LaneId) -> Arc<Target> {
        Arc::clone(&self.state().routes[id.route].target)
    }

    pub(super) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// What goes over the wire for a body.
    pub(super) fn encode_body(&self, body: Bytes) -> Encoded {
        self.connection.encode(body, self.options.gzip)
    }
}

/// Lines on their way in.
impl Shared {
    pub(super) fn hand_over<Kind>(
        self: &Arc<Self>,
        route: usize,
        lines: impl IntoLines<Kind>,
    ) -> HandOver {
        let handed = self.encode(route, lines);
        let refused = self.note_refused_here(route, &handed);
        let cost = self.cost(&handed);
        let has_room = match self.options.when_full {
            WhenFull::DropOldest => self.make_room(cost),
            _ => self.has_room(cost),
        };
        if has_room {
            return HandOver::done(self.take(route, handed, refused));
        }
        if self.space.is_closed() {
            return HandOver::done(Err(unwritten(WriterCause::Closed, &handed)));
        }
        match self.options.when_full {
            WhenFull::Wait => {
                HandOver::waiting(Arc::clone(self).take_when_possible(route, handed, refused))
            }
            WhenFull::Fail => HandOver::done(Err(self.full(&handed))),
            WhenFull::DropOldest | WhenFull::DropNewest => {
                HandOver::done(Ok(self.drop_newest(route, &handed)))
            }
        }
    }

    pub(super) fn try_hand_over<Kind>(
        self: &Arc<Self>,
        route: usize,
        lines: impl IntoLines<Kind>,
    ) -> Result<Receipt> {
        let handed = self.encode(route, lines);
        let refused = self.note_refused_here(route, &handed);
        if self.has_room(self.cost(&handed)) {
            return self.take(route, handed, refused);
        }
        match self.space.is_closed() {
            true => Err(unwritten(WriterCause::Closed, &handed)),
            false => Err(self.full(&handed)),
        }
    }

    fn encode<Kind>(&self, route: usize, lines: impl IntoLines<Kind>) -> Handed {
        let scratch = SCRATCH.take().unwrap_or_default();
        let (tags, stamps) = (&self.default_tags, self.stamps.as_ref());
        let mut encoded = Lines::for_batches(scratch, self.options.precision, tags, stamps);
        lines.append_to(&mut encoded);
        let mut handed = encoded.into_handed();
        if self.options.guards_schema {
            self.state().routes[route].guard.check(&mut handed);
        }
        handed
    }

    /// How many permits a line needs. One that is larger than all the room takes all of it.
    fn permits(&self, line: usize) -> usize {
        line.div_ceil(GRAIN).min(capacity(self.options.max_buffered_bytes))
    }

    fn cost(&self, handed: &Handed) -> usize {
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
                self.send_all();
                false
            }
        }
    }

    /// Drops the oldest batches that are not on their way until there is room, if that makes enough.
    fn make_room(&self, cost: usize) -> bool {
        if self.space.available_permits() + self.state().waiting_permits() < cost {
            return false;
        }
        while !self.has_room(cost) {
            if self.space.is_closed() {
                return false;
            }
            let Some((target, sealed)) = self.state().take_oldest() else { return false };
            let reason = self.full_cause();
            let refused = sealed.batch.refuse_all(&reason);
            self.note_dropped(&target, &refused);
            self.free(sealed.batch.count(), sealed.batch.bytes().len(), sealed.permits);
            sealed.settlement.settle(refused);
        }
        true
    }

    fn full_cause(&self) -> Error {
        WriterCause::Full { limit: self.options.max_buffered_bytes }.into()
    }

    fn full(&self, handed: &Handed) -> Error {
        unwritten(WriterCause::Full { limit: self.options.max_buffered_bytes }, handed)
    }

    fn drop_newest(&self, route: usize, handed: &Handed) -> Receipt {
        let target = Arc::clone(&self.state().routes[route].target);
        let (settlement, reason) = (Arc::new(Settlement::default()), self.full_cause());
        let mut receipt = Receipt::default();
        let mut refused = Vec::new();
        for (line, (range, _)) in handed.ranges().enumerate() {
            let text = &handed.bytes[range];
            let text = text.strip_suffix(b"\n").unwrap_or(text);
            refused.push(Refused::line_of(line, Bytes::copy_from_slice(text), reason.clone()));
            receipt.push(&settlement, line);
        }
        self.note_dropped(&target, &refused);
        settlement.settle(refused);
        receipt
    }

    /// Takes lines for which there are permits.
    fn take(
        self: &Arc<Self>,
        route: usize,
        handed: Handed,
        refused: Option<Error>,
    ) -> Result<Receipt> {
        let receipt = self.append(route, &handed, handed.ranges());
        recycle(handed);
        match (receipt, refused) {
            (Err(error), _) => Err(error),
            (Ok(_), Some(refused)) => Err(refused),
            (Ok(receipt), None) => Ok(receipt),
        }
    }

    async fn take_when_possible(
        self: Arc<Self>,
        route: usize,
        handed: Handed,
        refused: Option<Error>,
    ) -> Result<Receipt> {
        let all = capacity(self.options.max_buffered_bytes);
        let total = self.cost(&handed);
        // What is more than all the room comes in pieces.
        let piece = if total > all { (all / 4).max(1) } else { total };
        let mut receipt = Receipt::default();
        let mut rest = handed.ranges().peekable();
        while rest.peek().is_some() {
            let (mut lines, mut cost) = (Vec::new(), 0);
            let fits = |line: usize, cost: usize| cost == 0 || cost + self.permits(line) <= piece;
            while let Some((range, entry)) = rest.next_if(|(range, _)| fits(range.len(), cost)) {
                cost += self.permits(range.len());
                lines.push((range, entry));
            }
            if self.space.available_permits() < cost {
                // What was taken before may hold the room, and no line may come that fills its batch.
                self.send_all();
            }
            let from = lines.first().map_or(0, |(range, _)| range.start);
            let permits = u32::try_from(cost).unwrap_or(u32::MAX);
            let acquired = self.space.acquire_many(permits).await.map(|permit| permit.forget());
            let taken = acquired.map_err(|_| Error::from(WriterCause::Closed));
            let taken = taken.and_then(|()| self.append_to(&mut receipt, route, &handed, lines));
            taken.map_err(|error| {
                error.with_unwritten(Bytes::copy_from_slice(&handed.bytes[from..]), Vec::new())
            })?;
        }
        refused.map_or(Ok(receipt), Err)
    }

    fn append(
        self: &Arc<Self>,
        route: usize,
        handed: &Handed,
        lines: impl Iterator<Item = (std::ops::Range<usize>, LineEntry)>,
    ) -> Result<Receipt> {
        let mut receipt = Receipt::default();
        self.append_to(&mut receipt, route, handed, lines).map_err(|error| {
            error.with_unwritten(Bytes::copy_from_slice(&handed.bytes), Vec::new())
        })?;
        Ok(receipt)
    }

    fn append_to(
        self: &Arc<Self>,
        receipt: &mut Receipt,
        route: usize,
        handed: &Handed,
        lines: impl IntoIterator<Item = (std::ops::Range<usize>, LineEntry)>,
    ) -> Result<()> {
        let mut state = self.state();
        if state.is_closed {
            return Err(WriterCause::Closed.into());
        }
        for (range, entry) in lines {
            let line = &handed.bytes[range];
            let shard = self.shard(&line[..entry.series]);
            let id = state.lane(route, entry.precision, shard, &self.options);
            let permits = self.permits(line.len());
            state.stats.taken_lines += 1;
            state.stats.held_lines += 1;
            state.stats.held_bytes += line.len();
            state.routes[route].lanes[id.lane].push(line, entry, permits, receipt);
            if state.routes[route].lanes[id.lane].has_no_task() {
                self.spawn(&mut state, id);
            }
        }
        if self.space.available_permits() == 0 {
            // Somebody may wait for this room.
            state.lanes().for_each(|(_, lane)| lane.seal());
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

    fn spawn(self: &Arc<Self>, state: &mut State, id: LaneId) {
        let task = self.runtime.spawn(lane::run(Arc::clone(self), id));
        state.routes[id.route].lanes[id.lane].task = Some(task.abort_handle());
        state.tasks.retain(|task| !task.is_finished());
        state.tasks.push(task);
    }
}

/// What the tasks ask and tell.
impl Shared {
    pub(super) fn next(&self, id: LaneId) -> Next {
        let mut state = self.state();
        let lane = &mut state.routes[id.route].lanes[id.lane];
        if lane.queue.is_empty() {
            match lane.open.as_ref().map(|open| open.buffer.due(lane.limits)) {
                None => {
                    lane.task = None;
                    return Next::End;
                }
                Some(Some(due)) if due <= time::Instant::now().into_std() => lane.seal(),
                Some(due) => {
                    let far = || time::Instant::now().into_std() + Duration::from_secs(1 << 25);
                    return Next::Wait(due.unwrap_or_else(far), Arc::clone(&lane.wake));
                }
            }
        }
        let Some(mut sealed) = lane.queue.pop_front() else { return Next::End };
        sealed.ceiling = sealed.ceiling.min(lane.limits.bytes);
        lane.in_flight = Some((Arc::clone(&sealed.settlement), sealed.batch.opened()));
        Next::Deliver(sealed)
    }

    /// Waits until the server may be asked.
    pub(super) async fn pass_gate(&self, id: LaneId) {
        loop {
            let gate = self.state().routes[id.route].gate;
            match gate.map(time::Instant::from_std) {
                Some(until) if until > time::Instant::now() => time::sleep_until(until).await,
                _ => break,
            }
        }
        self.state().stats.requests += 1;
    }

    pub(super) fn close_gate(&self, id: LaneId, now: Instant, delay: Duration) {
        let far = || now + Duration::from_secs(1 << 25);
        let until = now.checked_add(delay).unwrap_or_else(far);
        let gate = &mut self.state().routes[id.route].gate;
        *gate = (*gate).max(Some(until));
    }

    pub(super) fn note_delivered(&self, batch: &event::Batch) {
        let mut state = self.state();
        state.stats.delivered_lines += batch.lines as u64;
        state.stats.delivered_bytes += batch.body.len() as u64;
        drop(state);
        self.events.tell(&Event::Delivered(batch.clone()));
    }

    pub(super) fn note_retry(&self, event: &Event) {
        self.state().stats.retries += 1;
        self.events.tell(event);
    }

    /// By the server, or because the retries are spent.
    pub(super) fn note_refused(&self, target: &Arc<Target>, refused: &[Refused]) {
        let mut state = self.state();
        for refused in refused {
            match refused.reason().is_given_up() {
                true => state.stats.given_up += 1,
                false => state.stats.refused_by_server += 1,
            }
        }
        state.keep(refused);
        drop(state);
        self.tell_refused(target, refused);
    }

    fn note_dropped(&self, target: &Arc<Target>, refused: &[Refused]) {
        let mut state = self.state();
        state.stats.dropped += refused.len() as u64;
        state.keep(refused);
        drop(state);
        self.tell_refused(target, refused);
    }

    fn tell_refused(&self, target: &Arc<Target>, refused: &[Refused]) {
        let (target, refused) = (Arc::clone(target), refused.into());
        self.events.tell(&Event::Refused { target, refused });
    }

    /// What line protocol cannot carry, as the error of the call.
    fn note_refused_here(&self, route: usize, handed: &Handed) -> Option<Error> {
        if handed.refused.is_empty() {
            return None;
        }
        let lines: usize =
            handed.refused.iter().map(|refused| refused.reason().refused_line_count()).sum();
        let mut state = self.state();
        state.stats.refused_here += lines as u64;
        state.keep(&handed.refused);
        state.report.refused_lines += (lines - handed.refused.len()) as u64;
        let target = Arc::clone(&state.routes[route].target);
        drop(state);
        self.tell_refused(&target, &handed.refused);
        Some(Error::refused_among_taken(handed.refused.clone(), handed.records))
    }

    pub(super) fn note_undelivered(&self, id: LaneId, precision: Precision, refused: &[Refused]) {
        let mut lines = Vec::new();
        for line in refused.iter().filter_map(Refused::line) {
            lines.extend_from_slice(line);
            lines.push(b'\n');
        }
        let mut state = self.state();
        let Target { bucket, org } = (*state.routes[id.route].target).clone();
        let count = refused.len();
        let undelivered = Undelivered { bucket, org, precision, lines: lines.into(), count };
        state.report.undelivered.push(undelivered.clone());
        state.stats.undelivered += count as u64;
        drop(state);
        self.events.tell(&Event::Undelivered(undelivered));
    }

    pub(super) fn note_settled(
        &self,
        id: LaneId,
        lines: usize,
        bytes: usize,
        permits: usize,
        ceiling: usize,
    ) {
        let mut state = self.state();
        let lane = &mut state.routes[id.route].lanes[id.lane];
        lane.in_flight = None;
        lane.limits.bytes = lane.limits.bytes.min(ceiling);
        drop(state);
        self.free(lines, bytes, permits);
    }

    fn free(&self, lines: usize, bytes: usize, permits: usize) {
        let mut state = self.state();
        state.stats.held_lines -= lines as u64;
        state.stats.held_bytes -= bytes;
        let Stats { held_bytes, held_lines, .. } = state.stats;
        drop(state);
        super::observe::held(held_bytes, held_lines);
        self.space.add_permits(permits);
    }
}

/// The end, and what is asked from outside.
impl Shared {
    /// Lets everything go that is held; what has to be waited for.
    pub(super) fn send_all(&self) -> Vec<Arc<Settlement>> {
        let mut state = self.state();
        let mut settlements = Vec::new();
        for lane in state.routes.iter_mut().flat_map(|route| &mut route.lanes) {
            lane.seal();
            lane.wake.notify_one();
            settlements.extend(lane.in_flight.iter().map(|(settlement, _)| Arc::clone(settlement)));
            settlements.extend(lane.queue.iter().map(|sealed| Arc::clone(&sealed.settlement)));
        }
        settlements
    }

    fn close(&self) {
        self.state().is_closed = true;
        self.space.close();
        self.send_all();
        self.closing.send_replace(true);
    }

    pub(super) async fn close_within(&self, limit: Duration) -> Report {
        self.close();
        let timer = {
            // The caller may be on another runtime, or on none.
            let _context = self.runtime.enter();
            time::timeout(limit, self.join())
        };
        if timer.await.is_err() {
            let aborted = self.state().abort_handles();
            aborted.iter().for_each(AbortHandle::abort);
            self.join().await;
        }
        self.hand_back();
        self.report()
    }

    /// Waits for all tasks.
    async fn join(&self) {
        let mut ending = self.ending.lock().await;
        ending.append(&mut self.state().tasks);
        while let Some(task) = ending.last_mut() {
            // It ends by itself, is aborted, or its runtime is gone.
            let _ = task.await;
            ending.pop();
        }
    }

    /// Hands back what no task has taken up.
    fn hand_back(&self) {
        loop {
            let Some((id, sealed)) = self.state().take_queued() else { return };
            let reason = Error::from(WriterCause::Undelivered { last: None });
            let refused = sealed.batch.refuse_all(&reason);
            self.note_undelivered(id, sealed.precision, &refused);
            self.free(sealed.batch.count(), sealed.batch.bytes().len(), sealed.permits);
            sealed.settlement.settle(refused);
        }
    }

    /// The last handle is gone.
    pub(super) fn abandon(&self) {
        if !self.state().is_closed {
            self.close();
            let lines = self.state().stats.held_lines;
            if lines > 0 {
                self.events.tell(&Event::Abandoned { lines });
            }
        }
    }

    pub(super) fn report(&self) -> Report {
        let state = self.state();
        let Stats { delivered_lines: delivered, held_lines: held, .. } = state.stats;
        Report { delivered, held, ..state.report.clone() }
    }

    pub(super) fn stats(&self) -> Stats {
        let state = self.state();
        let lanes = || state.routes.iter().flat_map(|route| &route.lanes);
        let oldest = lanes().filter_map(Lane::oldest).min();
        let now = time::Instant::now().into_std();
        Stats {
            in_flight: lanes().filter(|lane| lane.in_flight.is_some()).count(),
            oldest: oldest.map(|oldest| now.saturating_duration_since(oldest)),
            ..state.stats
        }
    }
}

impl State {
    fn lane(
        &mut self,
        route: usize,
        precision: Precision,
        shard: usize,
        options: &Options,
    ) -> LaneId {
        let lanes = &mut self.routes[route].lanes;
        let known =
            lanes.iter().position(|lane| lane.precision == precision && lane.shard == shard);
        let lane = known.unwrap_or_else(|| {
            lanes.push(Lane::new(precision, shard, options.limits));
            lanes.len() - 1
        });
        LaneId { route, lane }
    }

    /// Keeps refused lines for the report, as far as that goes.
    fn keep(&mut self, refused: &[Refused]) {
        const LINES: usize = 1_000;
        const BYTES: usize = 1 << 20;
        self.report.refused_lines += refused.len() as u64;
        for refused in refused {
            let length = refused.line().map_or(0, <[u8]>::len);
            if self.report.refused.len() == LINES || self.kept_bytes + length > BYTES {
                return;
            }
            self.kept_bytes += length;
            self.report.refused.push(refused.clone());
        }
    }

    fn lanes(&mut self) -> impl Iterator<Item = (LaneId, &mut Lane)> {
        self.routes.iter_mut().enumerate().flat_map(|(route, of_route)| {
            let lanes = of_route.lanes.iter_mut().enumerate();
            lanes.map(move |(lane, of_lane)| (LaneId { route, lane }, of_lane))
        })
    }

    fn take_queued(&mut self) -> Option<(LaneId, Sealed)> {
        self.lanes().find_map(|(id, lane)| Some((id, lane.queue.pop_front()?)))
    }

    /// The batch that has waited longest, without those in flight.
    fn take_oldest(&mut self) -> Option<(Arc<Target>, Sealed)> {
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
    fn waiting_permits(&mut self) -> usize {
        let of = |lane: &Lane| {
            let queued: usize = lane.queue.iter().map(|sealed| sealed.permits).sum();
            queued + lane.open.as_ref().map_or(0, |open| open.permits)
        };
        self.lanes().map(|(_, lane)| of(lane)).sum()
    }

    fn abort_handles(&mut self) -> Vec<AbortHandle> {
        self.lanes().filter_map(|(_, lane)| lane.task.clone()).collect()
    }
}

impl Route {
    fn new(target: Target) -> Self {
        let (target, guard) = (Arc::new(target), SchemaGuard::default());
        Self { target, lanes: Vec::new(), gate: None, guard }
    }
}

impl Lane {
    fn new(precision: Precision, shard: usize, limits: Limits) -> Self {
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

    fn push(&mut self, line: &[u8], entry: LineEntry, permits: usize, receipt: &mut Receipt) {
        if self.open.as_ref().is_some_and(|open| open.buffer.is_full_for(line.len(), self.limits)) {
            self.seal();
        }
        let (limits, expected) = (self.limits, self.expected);
        let open = self.open.get_or_insert_with(|| Open {
            buffer: Buffer::new(time::Instant::now().into_std(), expected),
            settlement: Arc::default(),
            permits: 0,
        });
        receipt.push(&open.settlement, open.buffer.count());
        open.buffer.push(line, entry.is_timed);
        open.permits += permits;
        if open.buffer.is_full(limits) {
            self.seal();
        }
    }

    /// A task that its runtime has ended is none.
    fn has_no_task(&self) -> bool {
        self.task.as_ref().is_none_or(AbortHandle::is_finished)
    }

    /// Ends the batch that is open.
    fn seal(&mut self) {
        let Some(Open { buffer, settlement, permits }) = self.open.take() else { return };
        let batch = buffer.freeze();
        self.expected.lines = batch.count();
        self.expected.bytes = batch.bytes().len();
        let (precision, ceiling) = (self.precision, self.limits.bytes);
        self.queue.push_back(Sealed { batch, settlement, permits, precision, ceiling });
        self.wake.notify_one();
    }

    fn waiting_since(&self) -> Option<Instant> {
        let queued = self.queue.front().map(|sealed| sealed.batch.opened());
        queued.or_else(|| self.open.as_ref().map(|open| open.buffer.opened()))
    }

    fn oldest(&self) -> Option<Instant> {
        let in_flight = self.in_flight.as_ref().map(|(_, opened)| *opened);
        in_flight.or_else(|| self.waiting_since())
    }
}

/// Nobody is left who could deliver.
impl Drop for Shared {
    fn drop(&mut self) {
        self.close();
        self.hand_back();
    }
}

/// How many permits so many bytes are.
fn capacity(bytes: usize) -> usize {
    bytes.div_ceil(GRAIN).min(Semaphore::MAX_PERMITS).min(u32::MAX as usize)
}

fn unwritten(cause: WriterCause, handed: &Handed) -> Error {
    Error::from(cause).with_unwritten(Bytes::copy_from_slice(&handed.bytes), Vec::new())
}

/// Keeps the buffers for the next call, unless they are large.
fn recycle(handed: Handed) {
    const KEPT: usize = 1 << 20;
    if handed.bytes.capacity() <= KEPT {
        SCRATCH.set(Some(handed));
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
