use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::report::Undelivered;
use crate::error::{Error, Refused};
use crate::time::Precision;

/// What happens in a writer; for [`on_event`](super::WriterBuilder::on_event) and
/// [`events`](super::Writer::events).
///
/// Its `Display` is one clause for a log: what happened, where, to how many lines, and why.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The server has stored a batch, or what is left of one.
    Delivered(Batch),
    /// A request failed and is sent again after `delay`.
    #[non_exhaustive]
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
    #[non_exhaustive]
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
    #[non_exhaustive]
    Refused {
        /// Where they should have gone.
        target: Arc<Target>,
        /// What their times count; none for what line protocol cannot carry.
        precision: Option<Precision>,
        /// The lines, and why.
        refused: Arc<[Refused]>,
    },
    /// The last handle of a writer was dropped, and so many lines are still held. They go to the
    /// server as long as the runtime lives.
    #[non_exhaustive]
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

impl Event {
    /// How many lines it is about; of [`Missed`](Self::Missed), none.
    #[must_use]
    pub fn lines(&self) -> u64 {
        match self {
            Self::Delivered(batch) | Self::Retrying { batch, .. } | Self::Blocked { batch, .. } => {
                batch.lines as u64
            }
            Self::Refused { refused, .. } => {
                refused.iter().map(|refused| refused.reason().refused_line_count() as u64).sum()
            }
            Self::Abandoned { lines } => *lines,
            Self::Undelivered(undelivered) => undelivered.count() as u64,
            Self::Missed(_) => 0,
        }
    }
}

/// Such as `2 lines for bucket `b` are refused: given up after 3 tries in 1.2s: …`.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lines, are) = (Counted(self.lines()), if self.lines() == 1 { "is" } else { "are" });
        match self {
            Self::Delivered(batch) => write!(f, "{lines} delivered to {}", batch.target),
            Self::Retrying { batch, error, failures, delay } => write!(
                f,
                "{lines} for {} {are} sent again in {delay:.1?}, after {}: {error}",
                batch.target,
                Failures(*failures)
            ),
            Self::Blocked { batch, error, delay } => write!(
                f,
                "{lines} for {} {are} kept and sent again in {delay:.1?}: {error}",
                batch.target
            ),
            Self::Refused { target, refused, .. } => {
                write!(f, "{lines} for {target} {are} refused")?;
                let first = refused.first().map(|first| Why(first.reason()));
                first.map_or(Ok(()), |why| write!(f, ": {why}"))?;
                f.write_str(if refused.len() > 1 { "; …" } else { "" })
            }
            Self::Abandoned { .. } => {
                write!(f, "the writer was dropped while it held {lines}; call `close` before")
            }
            Self::Undelivered(undelivered) => undelivered.fmt(f),
            Self::Missed(events) => {
                let noun = if *events == 1 { "event" } else { "events" };
                write!(f, "{events} {noun} missed, since the stream was not read in time")
            }
        }
    }
}

/// Such as ``bucket `b` of organization `o` ``.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bucket `{}`", self.bucket)?;
        self.org.as_ref().map_or(Ok(()), |org| write!(f, " of organization `{org}`"))
    }
}

/// So many lines.
pub(super) struct Counted(pub(super) u64);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "line" } else { "lines" })
    }
}

/// So many failures in a row.
struct Failures(u32);

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "failure" } else { "failures" })
    }
}

/// A reason, with the error of the last try where there was one.
pub(super) struct Why<'e>(pub(super) &'e Error);

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        self.0.last_try().map_or(Ok(()), |last| write!(f, ": {last}"))
    }
}
