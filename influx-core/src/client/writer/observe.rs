//! What a writer tells `tracing` and `metrics`, each behind its feature. A panic of whoever listens there
//! stays there.

#[cfg(any(feature = "tracing", feature = "metrics"))]
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(feature = "tracing")]
use super::event::Why;
use super::event::{Event, Target};

/// As a log record, and as counts.
pub(super) fn event(event: &Event) {
    #[cfg(feature = "tracing")]
    shielded(|| log(event));
    #[cfg(feature = "metrics")]
    shielded(|| count(event));
    #[cfg(not(any(feature = "tracing", feature = "metrics")))]
    let _ = event;
}

#[cfg(any(feature = "tracing", feature = "metrics"))]
fn shielded(tell: impl FnOnce()) {
    // There is nobody left to be told.
    let _ = catch_unwind(AssertUnwindSafe(tell));
}

/// The delivery of a batch, as a span.
#[cfg(feature = "tracing")]
pub(super) fn delivery<F: Future>(
    target: &Target,
    lines: usize,
    work: F,
) -> impl Future<Output = F::Output> {
    let span = tracing::info_span!("influx_delivery", bucket = target.bucket, lines);
    tracing::Instrument::instrument(work, span)
}

#[cfg(not(feature = "tracing"))]
pub(super) fn delivery<F: Future>(_: &Target, _: usize, work: F) -> F {
    work
}

pub(super) fn callback_too_deep() {
    #[cfg(feature = "tracing")]
    tracing::error!("callbacks of writers call themselves through a writer; one is not told more");
}

pub(super) fn callback_panicked() {
    #[cfg(feature = "tracing")]
    shielded(|| tracing::error!("a callback of the writer panicked; the writer goes on"));
}

#[cfg(feature = "tracing")]
fn log(event: &Event) {
    match event {
        Event::Delivered(batch) => {
            let bytes = batch.body.len();
            tracing::debug!(bucket = batch.target.bucket, lines = batch.lines, bytes, "delivered");
        }
        Event::Retrying { batch, error, failures, delay } => tracing::warn!(
            bucket = batch.target.bucket, lines = batch.lines, failures, ?delay, %error,
            "a write failed and is tried again"
        ),
        Event::Blocked { batch, error, delay } => tracing::error!(
            bucket = batch.target.bucket, lines = batch.lines, ?delay, %error,
            "the server does not let this writer write; the lines are kept"
        ),
        Event::Refused { target, refused, .. } => {
            let reason = refused.first().map(|refused| tracing::field::display(refused.reason()));
            tracing::error!(
                bucket = target.bucket,
                lines = event.lines(),
                reason,
                "lines are refused"
            );
        }
        Event::Abandoned { lines } => {
            tracing::warn!(lines, "a writer was dropped without `close`; its lines may be lost");
        }
        Event::Undelivered(undelivered) => {
            let (bucket, lines) = (undelivered.bucket(), undelivered.count());
            tracing::error!(
                bucket,
                lines,
                reason = %Why(undelivered.reason()),
                "lines could not be delivered; the report hands them back"
            );
        }
        Event::Missed(_) => {}
    }
}

/// The names start with `influx_writer_`; the label `bucket` says which.
#[cfg(feature = "metrics")]
fn count(event: &Event) {
    let bucket = |target: &Target| target.bucket.clone();
    match event {
        Event::Delivered(batch) => {
            let bucket = bucket(&batch.target);
            metrics::counter!("influx_writer_delivered_lines_total", "bucket" => bucket.clone())
                .increment(batch.lines as u64);
            metrics::counter!("influx_writer_delivered_bytes_total", "bucket" => bucket)
                .increment(batch.body.len() as u64);
        }
        Event::Retrying { batch, .. } => {
            metrics::counter!("influx_writer_retries_total", "bucket" => bucket(&batch.target))
                .increment(1);
        }
        Event::Blocked { batch, .. } => {
            metrics::counter!("influx_writer_blocked_total", "bucket" => bucket(&batch.target))
                .increment(1);
        }
        Event::Refused { target, refused, .. } => {
            for refused in &**refused {
                let reason = format!("{:?}", refused.reason().kind());
                metrics::counter!(
                    "influx_writer_refused_lines_total",
                    "bucket" => bucket(target), "reason" => reason
                )
                .increment(refused.reason().refused_line_count() as u64);
            }
        }
        Event::Undelivered(undelivered) => {
            let bucket = undelivered.bucket().to_owned();
            metrics::counter!("influx_writer_undelivered_lines_total", "bucket" => bucket)
                .increment(undelivered.count() as u64);
        }
        Event::Abandoned { .. } | Event::Missed(_) => {}
    }
}

/// How much is held, in all lanes of the writer that told it last.
#[cfg(not(feature = "metrics"))]
pub(super) const fn held(_: usize, _: u64) {}

#[cfg(feature = "metrics")]
pub(super) fn held(bytes: usize, lines: u64) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    let (bytes, lines) = (bytes as f64, lines as f64);
    shielded(|| {
        metrics::gauge!("influx_writer_held_bytes").set(bytes);
        metrics::gauge!("influx_writer_held_lines").set(lines);
    });
}
