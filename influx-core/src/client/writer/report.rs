use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::event::{Counted, Target, Why};
use crate::error::{Error, Refused, Result, WriterCause};
use crate::time::Precision;

/// What became of the lines that a writer was handed, since it was started.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub(super) delivered: u64,
    pub(super) refused_lines: u64,
    pub(super) given_up: u64,
    pub(super) held: u64,
    /// Whether no more lines come: then none should be held.
    pub(super) closed: bool,
    pub(super) refused: Vec<RefusedLine>,
    pub(super) undelivered: Vec<Undelivered>,
}

/// A line or record that was refused, with what is needed to write it again.
#[derive(Debug, Clone)]
pub struct RefusedLine {
    pub(super) target: Arc<Target>,
    pub(super) precision: Option<Precision>,
    pub(super) refused: Refused,
}

/// Lines that a closed writer hands back.
#[derive(Debug, Clone)]
pub struct Undelivered {
    pub(super) target: Arc<Target>,
    pub(super) precision: Precision,
    pub(super) lines: Bytes,
    pub(super) count: usize,
    pub(super) reason: Error,
}

/// What a writer has done and what it holds.
///
/// Every line taken is counted once more, at any moment: `taken_lines` is the sum of
/// `delivered_lines`, `refused_by_server`, `given_up`, `dropped`, `undelivered` and `held_lines`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Lines handed over, without those refused here.
    pub taken_lines: u64,
    /// Lines that the server has stored.
    pub delivered_lines: u64,
    /// The bytes of those, before compression.
    pub delivered_bytes: u64,
    /// Requests sent.
    pub requests: u64,
    /// Requests that will be sent again.
    pub retries: u64,
    /// Records and lines of text that line protocol cannot carry.
    pub refused_here: u64,
    /// Lines that the server would not have.
    pub refused_by_server: u64,
    /// Lines whose retries were spent, or whose delivery panicked.
    pub given_up: u64,
    /// Lines dropped for want of room, as [`when_full`](super::WriterBuilder::when_full) says.
    pub dropped: u64,
    /// Lines that were handed back undelivered.
    pub undelivered: u64,
    /// Lines held now, those in flight too.
    pub held_lines: u64,
    /// The bytes of those.
    pub held_bytes: usize,
    /// Requests on their way, or waiting for another try.
    pub in_flight: usize,
    /// How long the oldest line has been held.
    pub oldest: Option<Duration>,
    /// Events that the callbacks were not told, since they were
    /// [within each other](super::WriterBuilder::on_event).
    pub untold_events: u64,
}

impl Report {
    /// How many lines the server has stored.
    #[must_use]
    pub const fn delivered_lines(&self) -> u64 {
        self.delivered
    }

    /// How many lines and records were refused: here, by the server, because the retries were spent,
    /// or for want of room.
    #[must_use]
    pub const fn refused_lines(&self) -> u64 {
        self.refused_lines
    }

    /// How many of the refused lines were given up, since their
    /// [retries](super::WriterBuilder::max_retries) were spent.
    #[must_use]
    pub const fn given_up_lines(&self) -> u64 {
        self.given_up
    }

    /// How many lines the writer still holds; of a closed one, those whose delivery
    /// [blocks its thread](super::Writer::close_within).
    #[must_use]
    pub const fn held_lines(&self) -> u64 {
        self.held
    }

    /// The first thousand of the refused lines, or the first MiB, with their reasons and where they
    /// should have gone.
    #[must_use]
    pub fn refused(&self) -> &[RefusedLine] {
        &self.refused
    }

    /// The lines that were not delivered before the writer was closed.
    #[must_use]
    pub fn undelivered(&self) -> &[Undelivered] {
        &self.undelivered
    }

    /// How many lines those are.
    #[must_use]
    pub fn undelivered_lines(&self) -> u64 {
        self.undelivered.iter().map(|lines| lines.count as u64).sum()
    }

    /// Whether nothing was refused and nothing handed back. One bad record is enough for `false`; for
    /// lines that were good and did not arrive there are [`undelivered_lines`](Self::undelivered_lines) and
    /// [`given_up_lines`](Self::given_up_lines).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.refused_lines == 0 && self.undelivered.is_empty() && self.stuck() == 0
    }

    /// Lines of a closed writer whose delivery did not end when it was ended.
    const fn stuck(&self) -> u64 {
        if self.closed { self.held } else { 0 }
    }

    /// The report, if it [is complete](Self::is_complete).
    ///
    /// # Errors
    /// What the first refused line was refused for, or [`Closed`](crate::ErrorKind::Closed).
    /// [`refused`](crate::Error::refused) and [`unwritten`](crate::Error::unwritten) have the lines.
    pub fn complete(self) -> Result<Self> {
        if self.is_complete() {
            return Ok(self);
        }
        let undelivered = self.undelivered_lines() + self.stuck();
        let lines = self.delivered + self.refused_lines + undelivered;
        let unwritten: Vec<u8> =
            self.undelivered.iter().flat_map(|undelivered| &undelivered.lines).copied().collect();
        let hidden = self.refused_lines.saturating_sub(self.refused.len() as u64);
        let undelivered = undelivered + hidden;
        let refused: Vec<_> = self.refused.into_iter().map(|line| line.refused).collect();
        let cause = WriterCause::NotStored { refused: refused.clone(), lines, undelivered };
        Err(Error::from(cause).with_unwritten(unwritten.into(), refused))
    }
}

/// Such as `1000 lines delivered, 3 refused, 2 of them given up (…), 20 handed back undelivered`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 3;
        write!(f, "{} delivered", Counted(self.delivered))?;
        if self.refused_lines > 0 {
            write!(f, ", {} refused", self.refused_lines)?;
            if self.given_up > 0 {
                write!(f, ", {} of them given up", self.given_up)?;
            }
            f.write_str(" (")?;
            for (place, refused) in self.refused.iter().take(SHOWN).enumerate() {
                f.write_str(if place == 0 { "" } else { "; " })?;
                Why(refused.reason()).fmt(f)?;
            }
            let more = self.refused_lines > SHOWN as u64;
            f.write_str(if more { "; …)" } else { ")" })?;
        }
        if !self.undelivered.is_empty() {
            write!(f, ", {} handed back undelivered", self.undelivered_lines())?;
        }
        if self.held > 0 {
            write!(f, ", {} still held", self.held)?;
        }
        Ok(())
    }
}

impl RefusedLine {
    /// Where it should have gone.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.target.bucket
    }

    /// The organization, where it is not the client's.
    #[must_use]
    pub fn org(&self) -> Option<&str> {
        self.target.org.as_deref()
    }

    /// What its time counts; none for what line protocol cannot carry.
    #[must_use]
    pub const fn precision(&self) -> Option<Precision> {
        self.precision
    }

    /// The line itself, without a line feed at its end; to be written again with
    /// [`Unchecked`](crate::line_protocol::Unchecked). None for a record that could not become one; see
    /// [`Refused::line`].
    #[must_use]
    pub fn line(&self) -> Option<&[u8]> {
        self.refused.line()
    }

    /// Why it was refused.
    #[must_use]
    pub const fn reason(&self) -> &Error {
        self.refused.reason()
    }

    /// Its place within its batch; of a record that was refused here, within its call.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.refused.index()
    }
}

/// Such as ``for bucket `b`, refused: the field `f` of measurement `m` has …``.
impl fmt::Display for RefusedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "for {}, refused: {}", self.target, Why(self.reason()))
    }
}

impl Undelivered {
    /// Where they should have gone.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.target.bucket
    }

    /// The organization, where it is not the client's.
    #[must_use]
    pub fn org(&self) -> Option<&str> {
        self.target.org.as_deref()
    }

    /// Why they were not delivered. The error of the last try, if there was one, is its
    /// [`source`](std::error::Error::source), and gives it its [`status`](Error::status).
    #[must_use]
    pub const fn reason(&self) -> &Error {
        &self.reason
    }

    /// What their times count.
    #[must_use]
    pub const fn precision(&self) -> Precision {
        self.precision
    }

    /// The lines, each ended by a line feed; to be written again with
    /// [`Unchecked`](crate::line_protocol::Unchecked).
    #[must_use]
    pub fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// How many they are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }
}

/// Such as ``20 lines for bucket `b` not delivered before the writer was closed …: …``.
impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = Counted(self.count as u64);
        write!(f, "{lines} for {} {}", self.target, Why(&self.reason))
    }
}
