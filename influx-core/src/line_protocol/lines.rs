//! One record or many, collected into one body.

#[cfg(feature = "client")]
use std::ops::Range;
#[cfg(feature = "client")]
use std::sync::Arc;

use super::default_tags::DefaultTags;
#[cfg(feature = "client")]
use super::ledger::{self, LineEntry, Style};
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
    /// Where the lines go into batches.
    #[cfg(feature = "client")]
    style: Option<Arc<Style>>,
    /// The first record whose line may still be there.
    #[cfg(feature = "client")]
    kept_from: usize,
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
            #[cfg(feature = "client")]
            style: None,
            #[cfg(feature = "client")]
            kept_from: 0,
        }
    }

    /// Adds these tags to each structured record.
    pub(crate) fn default_tags(mut self, tags: &DefaultTags) -> Self {
        self.writer.set_default_tags(tags);
        self
    }

    /// Appends one record, or notes why it is refused.
    #[inline]
    pub fn push(&mut self, record: &(impl ToLine + ?Sized)) {
        let outcome = self
            .settle_precision(record.default_precision())
            .and_then(|()| self.writer.write(record));
        let bad = self.writer.take_bad_lines();
        if let Some(reason) = outcome.err().or_else(|| bad?.into_error()) {
            self.refuse(reason);
        }
        self.records += 1;
    }

    /// Refuses the record that was pushed last.
    #[cold]
    fn refuse(&mut self, reason: Error) {
        #[cfg(feature = "client")]
        if self.writer.is_lost() {
            self.refuse_lost(&reason);
        }
        self.refused.push(Refused::new(self.records, reason));
    }

    #[inline]
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

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.writer.as_bytes()
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
    /// Makes lines in this style from now on. There are none yet, or they are [cleared](Self::clear).
    pub(crate) fn start(&mut self, style: &Arc<Style>) {
        if !self.has_style(style) {
            self.restart(style);
        }
    }

    /// Begins anew in the same buffers.
    fn restart(&mut self, style: &Arc<Style>) {
        self.style = Some(Arc::clone(style));
        self.writer.set_style(style);
        self.clear();
        self.writer.set_precision(style.precision.unwrap_or_default());
        self.precision = if style.precision.is_some() { Source::Caller } else { Source::Each };
    }

    /// Forgets all lines and refusals.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.writer.clear();
        (self.records, self.kept_from) = (0, 0);
        if !self.refused.is_empty() {
            self.refused = Vec::new();
        }
    }

    #[inline]
    fn has_style(&self, style: &Arc<Style>) -> bool {
        self.style.as_ref().is_some_and(|own| Arc::ptr_eq(own, style))
    }

    /// Makes sure that these are the lines that were [restarted](Self::restart): an implementation of
    /// [`IntoLines`] can put others here, of which nothing is known.
    #[inline]
    pub(crate) fn make_sure_of(&mut self, style: &Arc<Style>) {
        if !self.has_style(style) {
            self.replaced(style);
        }
    }

    #[cold]
    fn replaced(&mut self, style: &Arc<Style>) {
        self.restart(style);
        self.refuse(LineCause::Replaced.into());
        self.records = 1;
    }

    /// A record has put another writer here. The records before it are lost with the first one, so
    /// they are refused; those behind it go on in a new one.
    fn refuse_lost(&mut self, reason: &Error) {
        let Some(style) = &self.style else { return };
        let precision = self.writer.precision();
        self.writer = LineWriter::new(precision);
        self.writer.set_style(style);
        // Of a text with refused lines there may have been others.
        let all_of = |refused: &Refused| !refused.reason().is_of_text();
        let known: Vec<_> =
            self.refused.iter().filter(|refused| all_of(refused)).map(Refused::index).collect();
        let lost =
            (self.kept_from..self.records).filter(|record| known.binary_search(record).is_err());
        let lost: Vec<_> = lost.map(|record| Refused::new(record, reason.clone())).collect();
        self.refused.extend(lost);
        self.refused.sort_by_key(Refused::index);
        self.kept_from = self.records + 1;
    }

    /// Takes lines out: those that `judge` has a reason against. They are the last of those refused;
    /// says what their times count.
    pub(crate) fn refuse_lines(
        &mut self,
        mut judge: impl FnMut(&[u8], Precision) -> Result<()>,
    ) -> Vec<Precision> {
        let mut precisions = Vec::new();
        let Some((bytes, entries)) = self.writer.parts() else { return precisions };
        let refused = &mut self.refused;
        let (mut start, mut kept, mut index) = (0, 0, 0);
        entries.retain_mut(|entry| {
            let line = start..entry.end;
            start = entry.end;
            index += 1;
            if let Err(reason) = judge(&bytes[line.clone()], entry.precision) {
                refused.push(Refused::line_of(index - 1, &bytes[line], reason));
                precisions.push(entry.precision);
                return false;
            }
            let length = line.len();
            bytes.copy_within(line, kept);
            kept += length;
            entry.end = kept;
            true
        });
        bytes.truncate(kept);
        precisions
    }

    #[inline]
    pub(crate) fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Where the lines stand, line feeds included.
    #[inline]
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (Range<usize>, LineEntry)> {
        ledger::ranges(self.writer.entries())
    }

    /// How much memory its buffers have.
    pub(crate) fn capacity(&self) -> usize {
        self.writer.capacity()
    }
}
