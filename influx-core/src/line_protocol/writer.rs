//! Lines in the making: their order, their keys, their time.

use std::ops::Range;
use std::ptr;
use std::sync::Arc;

use super::default_tags::DefaultTags;
use super::escape::{self, Escapes};
#[cfg(feature = "client")]
use super::ledger::LineEntry;
use super::ledger::{Ledger, Style};
use super::mapping::Values;
use super::{FieldWriter, TagWriter, TimestampWriter, ToLine, number, rules};
use crate::error::{Error, LineCause, Part, Result, Rule, TimeCause};
use crate::time::{Precision, Timestamp};

mod text;

pub(super) use self::text::BadLines;

/// A buffer of whole lines.
///
/// A line is built in the order of the format, and the types hold to it:
/// [`measurement`](Self::measurement) gives [`Tags`], those give [`Fields`], and
/// [`Fields::finish`] ends the line. Values go through [`TagWriter`], [`FieldWriter`] and
/// [`TimestampWriter`], which have one method for each type that the server stores.
///
/// Costs no allocation per point beyond the growth of the buffer.
#[derive(Debug, Default)]
pub struct LineWriter {
    buffer: Vec<u8>,
    precision: Precision,
    /// Where the line that is being built starts, or the last one did.
    start: usize,
    /// Where its field set starts.
    fields: usize,
    /// Whether a line is being built.
    open: bool,
    /// Whether a line was begun within another.
    broken: bool,
    /// Whether a record has put another writer here.
    lost: bool,
    /// How many records are being written, one within the other.
    depth: usize,
    /// Where its run-time keys stand, escaped; what a further one must differ from.
    keys: Vec<Range<usize>>,
    default_tags: Option<DefaultTags>,
    /// Kept where the lines go into batches.
    ledger: Option<Box<Ledger>>,
    /// What the last mapped record left for the next one.
    pub(super) values: Option<Box<Values>>,
}

/// The tag set of a line that is being built.
#[derive(Debug)]
#[must_use = "the line goes on with `into_fields`"]
pub struct Tags<'w>(&'w mut LineWriter);

/// The field set of a line that is being built.
#[derive(Debug)]
#[must_use = "the line ends with `finish`"]
pub struct Fields<'w>(&'w mut LineWriter);

/// A key and how it goes into the line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key<'w> {
    /// Checked and escaped before, by the derive or a mapping: `,key=`.
    Literal { name: &'w str, text: &'w [u8] },
    /// Checked here, and compared with the others.
    Runtime(&'w str),
    /// Checked here; its caller knows that it is new.
    Unique(&'w str),
}

impl LineWriter {
    /// An empty buffer that writes times in `precision`.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        Self::appending_to(Vec::new(), precision)
    }

    pub(super) const fn appending_to(buffer: Vec<u8>, precision: Precision) -> Self {
        Self {
            buffer,
            precision,
            start: 0,
            fields: 0,
            open: false,
            broken: false,
            lost: false,
            depth: 0,
            keys: Vec::new(),
            default_tags: None,
            ledger: None,
            values: None,
        }
    }

    pub(super) fn set_default_tags(&mut self, tags: &DefaultTags) {
        self.default_tags = (!tags.is_empty()).then(|| tags.clone());
    }

    /// Keeps a ledger of its lines from now on.
    pub(super) fn set_style(&mut self, style: &Arc<Style>) {
        self.set_default_tags(&style.default_tags);
        self.ledger = Some(Box::new(Ledger::new(Arc::clone(style))));
    }

    /// What is wrong with lines of the texts that the last record had.
    #[inline]
    pub(super) fn take_bad_lines(&mut self) -> Option<BadLines> {
        let ledger = self.ledger.as_mut()?;
        (!ledger.bad.is_empty()).then(|| std::mem::take(&mut ledger.bad))
    }

    /// Whether this is still the one that had this ledger.
    #[inline]
    fn has_ledger(&self, ledger: Option<*const Ledger>) -> bool {
        self.ledger.as_deref().map(ptr::from_ref) == ledger
    }

    /// Ends a line.
    #[inline]
    pub(super) fn end_line(&mut self, series: usize, is_timed: bool) -> Result<()> {
        match &mut self.ledger {
            Some(ledger) => ledger.end_line(&mut self.buffer, series, self.precision, is_timed),
            None => {
                self.buffer.push(b'\n');
                Ok(())
            }
        }
    }

    /// Appends a record's line, or nothing of it.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry the record.
    #[inline]
    pub fn write(&mut self, record: &(impl ToLine + ?Sized)) -> Result<()> {
        self.may_start()?;
        let before = self.buffer.len();
        let broken_outside = std::mem::take(&mut self.broken);
        self.lost &= self.depth > 0;
        self.depth += 1;
        let (depth, precision) = (self.depth, self.precision);
        let ledger = self.ledger.as_deref().map(ptr::from_ref);
        let outcome = match record.write_line(self) {
            _ if self.lost
                || self.depth != depth
                || self.buffer.len() < before
                || !self.has_ledger(ledger) =>
            {
                self.precision = precision;
                self.replaced()
            }
            Ok(()) if self.open || self.broken => Err(LineCause::Unfinished.into()),
            outcome => outcome,
        };
        self.depth = depth - 1;
        self.open = false;
        self.broken = broken_outside;
        if outcome.is_err() {
            self.buffer.truncate(before);
            if let Some(ledger) = &mut self.ledger {
                ledger.truncate(before);
            }
        }
        outcome
    }

    /// The record has put another writer here, whose content is not this one's. Records around it
    /// fail for that too.
    #[cold]
    fn replaced(&mut self) -> Result<()> {
        self.buffer.clear();
        (self.ledger, self.default_tags) = (None, None);
        self.lost = true;
        Err(LineCause::Replaced.into())
    }

    /// Makes sure that no line is being built.
    #[inline]
    fn may_start(&mut self) -> Result<()> {
        let within = self.open && self.depth > 0;
        self.interrupt();
        if within { Err(LineCause::Unfinished.into()) } else { Ok(()) }
    }

    /// Something else begins: a line that its caller gave up is taken back, and a record that has
    /// begun one will fail, whatever it answers.
    #[inline]
    fn interrupt(&mut self) {
        if self.open {
            self.open = false;
            self.broken = self.depth > 0;
            self.buffer.truncate(self.start);
        }
    }

    /// Where a [quick line](super::quick) may go; nowhere, where each line gets tags of its own.
    #[cfg(feature = "polars")]
    #[inline]
    pub(super) fn start_quick(&mut self) -> Result<Option<&mut Vec<u8>>> {
        self.may_start()?;
        self.start = self.buffer.len();
        Ok(self.default_tags.is_none().then_some(&mut self.buffer))
    }

    /// Takes the line that is being built back, if there is one: there is no such point.
    #[cfg(feature = "polars")]
    pub(crate) fn abandon(&mut self) {
        if self.open {
            self.open = false;
            self.buffer.truncate(self.start);
        }
    }

    /// Starts a line.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry the name, or
    /// when a record begins a second line within its first.
    pub fn measurement(&mut self, name: &str) -> Result<Tags<'_>> {
        self.may_start()?;
        rules::measurement(name.as_bytes())
            .map_err(|rule| refuse(Part::Measurement, name, rule))?;
        self.start_line();
        escape::MEASUREMENT.append(name.as_bytes(), &mut self.buffer);
        Ok(Tags(self))
    }

    /// Starts a line whose measurement was checked and escaped before.
    pub(crate) fn literal_measurement(&mut self, escaped: &[u8]) -> Tags<'_> {
        self.start_line();
        self.buffer.extend_from_slice(escaped);
        Tags(self)
    }

    fn start_line(&mut self) {
        self.interrupt();
        self.open = true;
        self.start = self.buffer.len();
        self.keys.clear();
    }

    /// Appends `,key=`; `set` is where the key's own set starts.
    #[inline]
    fn key(&mut self, key: Key<'_>, escapes: Escapes, set: usize) -> Result<()> {
        match key {
            Key::Literal { text, .. } => {
                self.buffer.extend_from_slice(text);
                Ok(())
            }
            Key::Runtime(name) => self.runtime_key(name, escapes, Some(set)),
            Key::Unique(name) => self.runtime_key(name, escapes, None),
        }
    }

    /// Appends `,key=`, escaped here; `set` is where the keys start that it must differ from.
    fn runtime_key(&mut self, name: &str, escapes: Escapes, set: Option<usize>) -> Result<()> {
        let before = self.buffer.len();
        self.buffer.push(b',');
        escapes.append(name.as_bytes(), &mut self.buffer);
        if let Some(set) = set {
            let key = before + 1..self.buffer.len();
            let mut others = self.keys.iter().filter(|other| other.start > set);
            if others.any(|other| self.buffer[other.clone()] == self.buffer[key.clone()]) {
                self.buffer.truncate(before);
                let part = if set == self.start { Part::TagKey } else { Part::FieldKey };
                return Err(refuse(part, name, Rule::Duplicate));
            }
            self.keys.push(key);
        }
        self.buffer.push(b'=');
        Ok(())
    }

    /// Appends a tag's key; its value goes behind it.
    #[inline]
    pub(super) fn open_tag(&mut self, key: Key<'_>) -> Result<&mut Vec<u8>> {
        self.key(key, escape::TAG, self.start)?;
        Ok(&mut self.buffer)
    }

    /// Appends a field's key; its value goes behind it.
    #[inline]
    pub(super) fn open_field(&mut self, key: Key<'_>) -> Result<&mut Vec<u8>> {
        let before = self.buffer.len();
        self.key(key, escape::FIELD_KEY, self.fields)?;
        // Both are counted as they are escaped; the key has a comma before and a `=` behind it.
        rules::series_key(self.fields - self.start, self.buffer.len() - before - 2).map_err(
            |rule| {
                self.buffer.truncate(before);
                refuse(Part::FieldKey, key.name(), rule)
            },
        )?;
        Ok(&mut self.buffer)
    }

    /// Appends a time in the precision of the lines, rounded down.
    #[inline]
    pub(super) fn append_time(&mut self, nanos: i128) -> Result<()> {
        let count = Timestamp::storable(nanos)?.as_units(self.precision);
        // The rounding alone can leave the range.
        if Timestamp::storable(i128::from(count) * i128::from(self.precision.nanos())).is_err() {
            return Err(TimeCause::OutOfRange { nanos }.into());
        }
        self.buffer.push(b' ');
        number::append_integer(count, &mut self.buffer);
        Ok(())
    }

    /// The lines so far, each ended by LF.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let end = if self.open { self.start } else { self.buffer.len() };
        &self.buffer[..end]
    }

    /// The lines, each ended by LF.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        if self.open {
            self.buffer.truncate(self.start);
        }
        self.buffer
    }

    /// The unit of the times in it.
    #[inline]
    #[must_use]
    pub const fn precision(&self) -> Precision {
        self.precision
    }

    pub(super) const fn set_precision(&mut self, precision: Precision) {
        self.precision = precision;
    }

    #[cold]
    fn measurement_name(&self) -> String {
        let line = &self.buffer[self.start..self.fields];
        let ends = |at: &usize| line[*at] == b',' && line[at - 1] != b'\\';
        let end = (1..line.len()).find(ends).unwrap_or(line.len());
        String::from_utf8_lossy(&line[..end]).replace("\\ ", " ").replace("\\,", ",")
    }
}

impl<'w> Tags<'w> {
    /// The next tag. The server sorts tags by key; writing them sorted is only faster.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry the key; that
    /// the line has it already is told when the value is written.
    pub fn tag<'s>(&'s mut self, key: &'s str) -> Result<TagWriter<'s>> {
        self.checked_tag(key, Key::Runtime(key))
    }

    /// A tag that the line is known not to have.
    pub(super) fn unique_tag<'s>(&'s mut self, key: &'s str) -> Result<TagWriter<'s>> {
        self.checked_tag(key, Key::Unique(key))
    }

    fn checked_tag<'s>(&'s mut self, name: &str, key: Key<'s>) -> Result<TagWriter<'s>> {
        rules::tag_key(name.as_bytes()).map_err(|rule| refuse(Part::TagKey, name, rule))?;
        Ok(TagWriter { out: self.0, key })
    }

    /// A tag whose key was checked and escaped before, and that the line does not have.
    pub(crate) fn literal_tag<'s>(&'s mut self, name: &'s str, text: &'s [u8]) -> TagWriter<'s> {
        TagWriter { out: self.0, key: Key::Literal { name, text } }
    }

    /// Goes on to the field set.
    pub fn into_fields(self) -> Fields<'w> {
        if let Some(tags) = &self.0.default_tags
            && tags.append(&mut self.0.buffer, self.0.start)
        {
            // They are no longer where they were, and no tag comes after this.
            self.0.keys.clear();
        }
        self.0.fields = self.0.buffer.len();
        Fields(self.0)
    }
}

impl Fields<'_> {
    /// The next field.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry the key; that
    /// the line has it already, or that it makes the series key too long, is told when the value is
    /// written.
    pub fn field<'s>(&'s mut self, key: &'s str) -> Result<FieldWriter<'s>> {
        self.checked_field(key, Key::Runtime(key))
    }

    /// A field that the line is known not to have.
    pub(super) fn unique_field<'s>(&'s mut self, key: &'s str) -> Result<FieldWriter<'s>> {
        self.checked_field(key, Key::Unique(key))
    }

    fn checked_field<'s>(&'s mut self, name: &str, key: Key<'s>) -> Result<FieldWriter<'s>> {
        let first = self.0.buffer.len() == self.0.fields;
        rules::field_key(name.as_bytes(), first)
            .map_err(|rule| refuse(Part::FieldKey, name, rule))?;
        Ok(FieldWriter::new(self.0, key))
    }

    /// A field whose key was checked and escaped before, and that the line does not have.
    pub(crate) fn literal_field<'s>(
        &'s mut self,
        name: &'s str,
        text: &'s [u8],
    ) -> FieldWriter<'s> {
        FieldWriter::new(self.0, Key::Literal { name, text })
    }

    /// Whether no field was written yet.
    #[cfg(feature = "polars")]
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.buffer.len() == self.0.fields
    }

    /// Takes the line back: there is no such point.
    #[cfg(feature = "polars")]
    pub(crate) fn abandon(self) {
        self.0.abandon();
    }

    /// Ends the line without a timestamp: the server takes its own time, one for all such lines of
    /// a request.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when the line has no field.
    pub fn finish(self) -> Result<()> {
        self.finish_at(|_| Ok(()))
    }

    /// Ends the line with what `write` puts into the timestamp's place.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when the line has no field, and whatever
    /// `write` fails with.
    pub fn finish_at(self, write: impl FnOnce(TimestampWriter<'_>) -> Result<()>) -> Result<()> {
        let out = self.0;
        // Each field wrote its comma; the first one is the space between tag set and field set.
        match out.buffer.get_mut(out.fields) {
            Some(separator) => *separator = b' ',
            None => {
                return Err(LineCause::NoFields { measurement: out.measurement_name() }.into());
            }
        }
        let before = out.buffer.len();
        write(TimestampWriter(out))?;
        out.end_line(out.fields - out.start, out.buffer.len() > before)?;
        out.open = false;
        Ok(())
    }
}

impl<'w> Key<'w> {
    pub(super) const fn name(&self) -> &'w str {
        match self {
            Self::Literal { name, .. } | Self::Runtime(name) | Self::Unique(name) => name,
        }
    }
}

/// For batches.
#[cfg(feature = "client")]
impl LineWriter {
    /// Whether the last record has put another writer here, so that what was here is lost.
    pub(super) const fn is_lost(&self) -> bool {
        self.lost
    }

    /// The lines so far, as the ledger has them.
    pub(super) fn entries(&self) -> &[LineEntry] {
        self.ledger.as_ref().map_or(&[], |ledger| &ledger.lines)
    }

    /// The lines so far, to be changed together.
    pub(super) fn parts(&mut self) -> Option<(&mut Vec<u8>, &mut Vec<LineEntry>)> {
        Some((&mut self.buffer, &mut self.ledger.as_mut()?.lines))
    }

    /// Forgets everything but how lines are made.
    pub(super) fn clear(&mut self) {
        self.buffer.clear();
        self.keys.clear();
        (self.open, self.broken, self.lost, self.depth) = (false, false, false, 0);
        if let Some(ledger) = &mut self.ledger {
            ledger.lines.clear();
            ledger.bad = BadLines::default();
        }
    }

    /// How much memory it has.
    pub(super) fn capacity(&self) -> usize {
        let entries = self.ledger.as_ref().map_or(0, |ledger| ledger.lines.capacity());
        self.buffer.capacity()
            + self.values.as_ref().map_or(0, |values| values.capacity())
            + self.keys.capacity() * size_of::<Range<usize>>()
            + entries * size_of::<LineEntry>()
    }
}

#[cold]
pub(super) fn refuse(part: Part, text: &str, rule: Rule) -> Error {
    LineCause::Refused { part, text: text.to_owned(), rule }.into()
}
