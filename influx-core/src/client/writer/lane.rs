//! The task that brings home the batches of one lane, one after the other.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::time;

use super::event::{Batch, Event, Target};
use super::hand_over::Settlement;
use super::observe;
use super::shared::Shared;
use super::state::{LaneId, Next, Sealed};
use crate::batch::{Delivery, Reaction};
use crate::client::write::{check_stored, request};
use crate::error::{Error, Refused, Result, WriterCause};
use crate::http::Encoded;
use crate::time::Precision;

/// A batch that is being delivered. However that ends, its lines have a fate.
pub(super) struct InFlight {
    shared: Arc<Shared>,
    id: LaneId,
    target: Arc<Target>,
    precision: Precision,
    delivery: Delivery,
    settlement: Arc<Settlement>,
    permits: usize,
    refused: Vec<Refused>,
    settled: bool,
}

/// Works until the lane is empty.
pub(super) async fn run(shared: Arc<Shared>, id: LaneId) {
    loop {
        match shared.next(id) {
            Next::Deliver(sealed) => {
                let mut in_flight = InFlight::new(&shared, id, sealed);
                let target = Arc::clone(&in_flight.target);
                let lines = in_flight.delivery.batch().count();
                let work = async { observe::delivery(&target, lines, in_flight.deliver()).await };
                if !is_done_without_panic(work).await {
                    in_flight.refuse_rest();
                }
                in_flight.settle();
            }
            Next::Wait(due, wake) => {
                let _ = time::timeout_at(due.into(), wake.notified()).await;
            }
            Next::End => return,
        }
    }
}

/// Whether `work` comes to its end. A panic in it, such as one of a token provider, stays there.
async fn is_done_without_panic(work: impl Future<Output = ()>) -> bool {
    let mut work = pin!(work);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)));
        polled.map_or(Poll::Ready(false), |polled| polled.map(|()| true))
    })
    .await
}

fn now() -> Instant {
    time::Instant::now().into_std()
}

impl InFlight {
    fn new(shared: &Arc<Shared>, id: LaneId, sealed: Sealed) -> Self {
        let Sealed { batch, settlement, permits, precision, ceiling, .. } = sealed;
        Self {
            shared: Arc::clone(shared),
            id,
            target: shared.target(id),
            precision,
            delivery: Delivery::new(batch, precision, ceiling),
            settlement,
            permits,
            refused: Vec::new(),
            settled: false,
        }
    }

    async fn deliver(&mut self) {
        let jitter = self.shared.options.jitter_interval;
        if !jitter.is_zero() {
            self.rest(jitter.mul_f64(fastrand::f64())).await;
        }
        while let Some((body, lines)) = self.delivery.body() {
            let batch =
                Batch { target: Arc::clone(&self.target), precision: self.precision, body, lines };
            let encoded = self.shared.encode_body(batch.body.clone());
            self.bring_home(&batch, encoded).await;
        }
    }

    /// Sends one body until it is answered.
    async fn bring_home(&mut self, batch: &Batch, encoded: Encoded) {
        loop {
            self.shared.pass_gate(self.id).await;
            let sent = now();
            let outcome = self.send(encoded.clone()).await;
            let reaction = match outcome {
                Ok(()) => {
                    self.delivery.stored();
                    self.shared.note_delivered(batch);
                    Reaction::Next
                }
                Err(error) => self.failed(batch, error, sent),
            };
            match reaction {
                Reaction::Next => return,
                Reaction::Throttle(delay) => self.shared.close_gate(self.id, now(), delay),
                Reaction::Hold(_) if self.shared.is_closing() => {
                    self.delivery.abandon();
                    self.note_undelivered();
                    return;
                }
                Reaction::Retry(delay) | Reaction::Hold(delay) => self.rest(delay).await,
            }
        }
    }

    async fn send(&self, body: Encoded) -> Result<()> {
        let connection = &self.shared.connection;
        let org = connection.org(self.target.org.as_deref())?;
        let request = request(body, org, &self.target.bucket, self.precision);
        check_stored(connection.call(request).await?)
    }

    fn failed(&mut self, batch: &Batch, error: Error, sent: Instant) -> Reaction {
        let rules = &self.shared.options.rules;
        let reaction = self.delivery.failed(&error, rules, sent, now(), fastrand::f64());
        self.note_refused();
        let batch = batch.clone();
        let failures = self.delivery.failures();
        match reaction {
            Reaction::Next => {}
            Reaction::Retry(delay) | Reaction::Throttle(delay) => {
                self.shared.note_retry(&Event::Retrying { batch, error, failures, delay });
            }
            Reaction::Hold(delay) => {
                self.shared.note_retry(&Event::Blocked { batch, error, delay });
            }
        }
        reaction
    }

    /// Waits, unless the writer is closed meanwhile: then the next try is at once.
    async fn rest(&self, delay: Duration) {
        let mut closing = self.shared.closing.subscribe();
        if *closing.borrow_and_update() {
            time::sleep(delay).await;
        } else {
            let _ = time::timeout(delay, closing.wait_for(|closing| *closing)).await;
        }
    }

    /// After a panic.
    fn refuse_rest(&mut self) {
        self.delivery.refuse_rest(&WriterCause::Panicked.into());
        self.note_refused();
    }

    fn note_refused(&mut self) {
        let refused = self.delivery.take_refused();
        if !refused.is_empty() {
            self.shared.note_refused(&self.target, self.precision, &refused);
            self.refused.extend(refused);
        }
    }

    fn note_undelivered(&mut self) {
        let refused = self.delivery.take_refused();
        self.shared.note_undelivered(self.id, self.precision, &refused);
        self.refused.extend(refused);
    }

    fn settle(&mut self) {
        self.settled = true;
        let mut refused = std::mem::take(&mut self.refused);
        refused.sort_by_key(Refused::index);
        self.shared.note_settled(self.id, self.permits, self.delivery.ceiling());
        self.settlement.settle(refused);
    }
}

/// The task was ended: the writer's time to close is up, or the runtime's.
impl Drop for InFlight {
    fn drop(&mut self) {
        if !self.settled {
            // Before there is room for lines that nobody would deliver.
            self.shared.close();
            if !self.delivery.abandon().is_empty() {
                self.note_undelivered();
            }
            self.settle();
        }
    }
}
