//! One record or many, collected into one body.

use super::default_tags::DefaultTags;
#[cfg(feature = "client")]
use super::ledger::{Handed, Stamps};
use super::{LineWriter, ToLine};
use crate::error::{Error, LineCause, Refused, Result};
use crate::time::Precision;

/// Marks [`IntoLines`] of a single record.
#[derive(Debug, Clone, Copy)]
pub enum One {}

/// Marks [`IntoLines`] of an iterator of records.
#[derive(Debug, Clone, Copy)]
pub enum Many {}

/// Whatever a write takes: a record, or anything that iterates over records (a slice, an array, a
/// `Vec`, an `Option`, an iterator), by value or by reference.
///
/// `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as line protocol",
    label = "neither a record nor an iterator of records",
    note = "records are structs with `#[derive(Measurement)]`, `Point`s and lines as text"
)]
pub trait IntoLines<Kind> {
    /// Appends each record.
    fn append_to(self, lines: &mut Lines);
}

impl<T: ToLine> IntoLines<One> for T {
    fn append_to(self, lines: &mut Lines) {
        lines.push(&self);
    }
}

impl<I: IntoIterator<Item: ToLine>> IntoLines<Many> for I {
    fn append_to(self, lines: &mut Lines) {
        for record in self {
            lines.push(&record);
        }
    }
}

/// Records on their way into one request: whole lines, and the records that were refused.
///
/// ```
/// use influx_core::line_protocol::{IntoLines, Lines};
/// use influx_core::{Point, Precision, Timestamp};
///
/// let time: Timestamp = "2024-05-01T12:00:00Z".parse()?;
/// let mut lines = Lines::new(Some(Precision::Seconds));
/// let core = |core| Point::measurement("cpu").tag("core", core).field("load", 1).timestamp(time);
/// [core("0"), core("1")].append_to(&mut lines);
/// let (bytes, precision) = lines.finish()?;
/// assert_eq!(bytes, b"cpu,core=0 load=1i 1714564800\ncpu,core=1 load=1i 1714564800\n");
/// assert_eq!(precision, Precision::Seconds);
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Lines {
    writer: LineWriter,
    precision: Source,
    records: usize,
    refused: Vec<Refused>,
}

/// Who settles the precision.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    Caller,
    /// The first record will.
    Open,
    Records(Precision),
    /// Each record has its own.
    Each,
}

impl Lines {
    /// No lines yet. Without a precision, the records' own default decides, else nanoseconds.
    #[must_use]
    pub fn new(precision: Option<Precision>) -> Self {
        Self::appending_to(Vec::new(), precision)
    }

    pub(super) fn appending_to(buffer: Vec<u8>, precision: Option<Precision>) -> Self {
        Self {
            writer: LineWriter::appending_to(buffer, precision.unwrap_or_default()),
            precision: if precision.is_some() { Source::Caller } else { Source::Open },
            records: 0,
            refused: Vec::new(),
        }
    }

    /// Adds these tags to each structured record.
    pub(crate) fn default_tags(mut self, tags: &DefaultTags) -> Self {
        self.writer.set_default_tags(tags);
        self
    }

    /// Appends one record, or notes why it is refused.
    pub fn push(&mut self, record: &(impl ToLine + ?Sized)) {
        let outcome = self
            .settle_precision(record.default_precision())
            .and_then(|()| self.writer.write(record));
        let outcome = match self.writer.ledger().and_then(|ledger| ledger.reason.take()) {
            Some(reason) => Err(reason),
            None => outcome,
        };
        if let Err(reason) = outcome {
            self.refused.push(Refused::new(self.records, reason));
        }
        self.records += 1;
    }

    fn settle_precision(&mut self, own: Option<Precision>) -> Result<()> {
        let own = own.unwrap_or_default();
        match self.precision {
            Source::Caller => Ok(()),
            Source::Each => {
                self.writer.set_precision(own);
                Ok(())
            }
            Source::Open => {
                self.precision = Source::Records(own);
                self.writer.set_precision(own);
                Ok(())
            }
            Source::Records(settled) if settled == own => Ok(()),
            Source::Records(_) => Err(LineCause::MixedPrecision.into()),
        }
    }

    /// How many records were pushed, the refused ones too.
    #[must_use]
    pub const fn records(&self) -> usize {
        self.records
    }

    /// The lines, each ended by LF, and the precision of their times.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when a record was refused, with all of them in
    /// [`refused`](crate::Error::refused).
    pub fn finish(self) -> Result<(Vec<u8>, Precision)> {
        let (bytes, outcome) = self.into_parts();
        outcome.map(|precision| (bytes, precision))
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, Result<Precision>) {
        let precision = self.writer.precision();
        let outcome = if self.refused.is_empty() {
            Ok(precision)
        } else {
            Err(Error::refused_records(self.refused, self.records))
        };
        (self.writer.into_bytes(), outcome)
    }
}

/// For batches: each line is known by itself, and the good lines of a text stay.
#[cfg(feature = "client")]
impl Lines {
    /// Goes on in the buffers of `scratch`. With a precision, all lines have it; without, each
    /// record's own, else nanoseconds. Lines without a time get one from `stamps`.
    pub(crate) fn for_batches(
        scratch: Handed,
        precision: Option<Precision>,
        default_tags: &DefaultTags,
        stamps: Option<&Stamps>,
    ) -> Self {
        let Handed { mut bytes, mut ledger, mut refused, .. } = scratch;
        bytes.clear();
        ledger.lines.clear();
        ledger.stamps = stamps.cloned();
        refused.clear();
        let mut writer = LineWriter::appending_to(bytes, precision.unwrap_or_default());
        writer.set_default_tags(default_tags);
        writer.set_ledger(ledger);
        let precision = if precision.is_some() { Source::Caller } else { Source::Each };
        Self { writer, precision, records: 0, refused }
    }

    pub(crate) fn into_handed(mut self) -> Handed {
        let ledger = self.writer.take_ledger().unwrap_or_default();
        let (records, refused) = (self.records, self.refused);
        Handed { bytes: self.writer.into_bytes(), ledger, refused, records }
    }
}
