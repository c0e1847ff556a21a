//! What the handles of a writer and its tasks share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;
use tokio::time;

use super::builder::Options;
use super::event::{self, Event, Target};
use super::listeners::{Callback, Listeners};
use super::report::{RefusedLine, Report, Stats, Undelivered};
use super::state::{Lane, LaneId, Next, Route, Sealed, State, far_from};
use super::{intake, observe, runtime};
use crate::error::{Refused, Result, WriterCause};
use crate::http::{Connection, Encoded};
use crate::line_protocol::{DefaultTags, Lines, Style};
use crate::time::Precision;

pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) connection: Arc<Connection>,
    pub(super) events: Listeners,
    pub(super) closing: watch::Sender<bool>,
    pub(super) runtime: Handle,
    /// How lines are made.
    pub(super) style: Arc<Style>,
    /// Where writes wait for [room](super::room); closed with the writer.
    pub(super) space: Semaphore,
    /// How many permits all the room is.
    pub(super) capacity: usize,
    state: Mutex<State>,
}

impl Shared {
    pub(super) fn start(
        connection: Arc<Connection>,
        bucket: String,
        org: Option<String>,
        default_tags: &[(String, String)],
        callbacks: Vec<Callback>,
        options: Options,
    ) -> Result<Arc<Self>> {
        let runtime = runtime::current()?;
        let capacity = intake::capacity(options.max_buffered_bytes);
        let default_tags = DefaultTags::new(default_tags, options.overrides_tags)?;
        let shared = Arc::new(Self {
            style: Arc::new(Style::new(options.precision, default_tags, options.stamps)),
            events: Listeners::new(callbacks),
            closing: watch::Sender::new(false),
            space: Semaphore::new(0),
            capacity,
            state: Mutex::new(State::new(Target { bucket, org }, capacity)),
            options,
            connection,
            runtime,
        });
        runtime::watch(&shared);
        Ok(shared)
    }

    /// Nothing in this room panics while it holds the lock.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
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

/// What the tasks ask and tell.
impl Shared {
    pub(super) fn next(&self, id: LaneId) -> Next {
        self.state().next(id, time::Instant::now().into_std())
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
        let until = now.checked_add(delay).unwrap_or_else(|| far_from(now));
        let gate = &mut self.state().routes[id.route].gate;
        *gate = (*gate).max(Some(until));
    }

    pub(super) fn note_delivered(&self, batch: &event::Batch) {
        let mut state = self.state();
        state.stats.delivered_lines += batch.lines as u64;
        state.stats.delivered_bytes += batch.body.len() as u64;
        state.let_go(batch.lines, batch.body.len());
        drop(state);
        self.events.tell(&Event::Delivered(batch.clone()));
    }

    pub(super) fn note_retry(&self, event: &Event) {
        self.state().stats.retries += 1;
        self.events.tell(event);
    }

    /// By the server, or because the retries are spent.
    pub(super) fn note_refused(
        &self,
        target: &Arc<Target>,
        precision: Precision,
        refused: &[Refused],
    ) {
        let mut state = self.state();
        for refused in refused {
            match refused.reason().is_given_up() {
                true => state.stats.given_up += 1,
                false => state.stats.refused_by_server += 1,
            }
        }
        state.let_go_of(refused);
        let refused = refused.iter().map(|refused| (Some(precision), refused));
        self.keep_and_tell(state, target, refused);
    }

    /// Lines that were held, for those that come.
    pub(super) fn note_dropped(
        &self,
        target: &Arc<Target>,
        precision: Precision,
        refused: &[Refused],
    ) {
        let mut state = self.state();
        state.let_go_of(refused);
        state.stats.dropped += refused.len() as u64;
        let refused = refused.iter().map(|refused| (Some(precision), refused));
        self.keep_and_tell(state, target, refused);
    }

    /// Lines that came. They count as taken, as those do that make room.
    pub(super) fn note_newest_dropped(
        &self,
        target: &Arc<Target>,
        handed: &Lines,
        refused: &[Refused],
    ) {
        let mut state = self.state();
        state.stats.taken_lines += refused.len() as u64;
        state.stats.dropped += refused.len() as u64;
        let precisions = handed.ranges().map(|(_, entry)| Some(entry.precision));
        self.keep_and_tell(state, target, precisions.zip(refused));
    }

    /// Keeps refused lines for the report, and tells of them: an event for each precision in a row.
    fn keep_and_tell<'r>(
        &self,
        mut state: MutexGuard<'_, State>,
        target: &Arc<Target>,
        refused: impl Iterator<Item = (Option<Precision>, &'r Refused)>,
    ) {
        let refused: Vec<_> = refused.collect();
        state.keep(refused.iter().map(|(precision, refused)| RefusedLine {
            target: Arc::clone(target),
            precision: *precision,
            refused: (*refused).clone(),
        }));
        drop(state);
        for alike in refused.chunk_by(|(one, _), (other, _)| one == other) {
            let precision = alike.first().and_then(|(precision, _)| *precision);
            let refused = alike.iter().map(|(_, refused)| (*refused).clone()).collect();
            let target = Arc::clone(target);
            self.events.tell(&Event::Refused { target, precision, refused });
        }
    }

    /// What line protocol cannot carry; and behind that the lines that the guard refused, with what
    /// their times count.
    pub(super) fn note_refused_here(&self, route: usize, handed: &Lines, guarded: &[Precision]) {
        let refused = handed.refused();
        if refused.is_empty() {
            return;
        }
        let lines: usize =
            refused.iter().map(|refused| refused.reason().refused_line_count()).sum();
        let mut state = self.state();
        state.stats.refused_here += lines as u64;
        let target = Arc::clone(&state.routes[route].target);
        let precisions = std::iter::repeat_n(None, refused.len().saturating_sub(guarded.len()));
        let precisions = precisions.chain(guarded.iter().copied().map(Some));
        self.keep_and_tell(state, &target, precisions.zip(refused));
    }

    pub(super) fn note_undelivered(&self, id: LaneId, precision: Precision, refused: &[Refused]) {
        let Some(first) = refused.first() else { return };
        let mut lines = Vec::new();
        for line in refused.iter().filter_map(Refused::line) {
            lines.extend_from_slice(line);
            lines.push(b'\n');
        }
        let mut state = self.state();
        let target = Arc::clone(&state.routes[id.route].target);
        let (lines, count, reason) = (lines.into(), refused.len(), first.reason().clone());
        let undelivered = Undelivered { target, precision, lines, count, reason };
        state.report.undelivered.push(undelivered.clone());
        state.stats.undelivered += count as u64;
        state.let_go_of(refused);
        drop(state);
        self.events.tell(&Event::Undelivered(undelivered));
    }

    /// A batch that was in flight has its fate.
    pub(super) fn note_settled(&self, id: LaneId, permits: usize, ceiling: usize) {
        let mut state = self.state();
        state.lane_of(id).in_flight = None;
        state.routes[id.route].limit_bytes(ceiling);
        drop(state);
        self.free(permits);
    }

    /// Makes room for other lines.
    fn free(&self, permits: usize) {
        let mut state = self.state();
        state.room.give(permits, &self.space);
        let Stats { held_bytes, held_lines, .. } = state.stats;
        drop(state);
        observe::held(held_bytes, held_lines);
    }

    /// A batch that nobody delivers has its fate.
    pub(super) fn settle(&self, sealed: &Sealed, refused: Vec<Refused>) {
        self.free(sealed.permits);
        sealed.settlement.settle(refused);
    }
}

/// The end, and what is asked from outside.
impl Shared {
    /// Lets everything go that is held, and waits until it has its fate.
    pub(super) async fn send_all(&self) {
        let settlements = {
            let mut state = self.state();
            state.seal_all();
            state.settlements()
        };
        for settlement in settlements {
            settlement.wait().await;
        }
    }

    /// Takes no more lines.
    pub(super) fn close(&self) {
        self.space.close();
        self.state().seal_all();
        self.closing.send_replace(true);
    }

    pub(super) async fn close_within(&self, limit: Duration) -> Report {
        /// For tasks to notice that they are ended. One that blocks its thread does not.
        const GRACE: Duration = Duration::from_secs(1);
        self.close();
        if !runtime::is_done_within(&self.runtime, limit, self.send_all()).await {
            let aborted = self.state().abort_handles();
            aborted.iter().for_each(AbortHandle::abort);
            self.hand_back();
            runtime::is_done_within(&self.runtime, GRACE, self.send_all()).await;
        }
        self.report()
    }

    /// Takes no more lines, and hands back those that are not on their way.
    pub(super) fn end(&self) {
        self.close();
        self.hand_back();
    }

    /// Hands back what no task has taken up.
    fn hand_back(&self) {
        loop {
            let Some((id, sealed)) = self.state().take_queued() else { return };
            let refused = sealed.batch.refuse_all(&WriterCause::Undelivered { last: None }.into());
            self.note_undelivered(id, sealed.precision, &refused);
            self.settle(&sealed, refused);
        }
    }

    /// The last handle is gone.
    pub(super) fn abandon(&self) {
        if !self.space.is_closed() {
            self.close();
            let lines = self.state().stats.held_lines;
            if lines > 0 {
                self.events.tell(&Event::Abandoned { lines });
            }
        }
    }

    pub(super) fn report(&self) -> Report {
        let state = self.state();
        let Stats { delivered_lines: delivered, given_up, held_lines: held, .. } = state.stats;
        let closed = self.space.is_closed();
        Report { delivered, given_up, held, closed, ..state.report.clone() }
    }

    pub(super) fn stats(&self) -> Stats {
        let state = self.state();
        let lanes = || state.routes.iter().flat_map(|route| &route.lanes);
        let oldest = lanes().filter_map(Lane::oldest).min();
        let now = time::Instant::now().into_std();
        Stats {
            in_flight: lanes().filter(|lane| lane.in_flight.is_some()).count(),
            oldest: oldest.map(|oldest| now.saturating_duration_since(oldest)),
            untold_events: self.events.untold(),
            ..state.stats
        }
    }
}

/// Nobody is left who could deliver.
impl Drop for Shared {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
