//! One row as a line.

use super::cells::{Cell, Cells};
use super::layout::{Layout, Measurement, Segment, Tag, Time};
use super::zone::Zone;
use crate::error::{FrameCause, FrameCell, Result, TimeCause};
use crate::line_protocol::{Fields, LineWriter, Tags, ToLine};
use crate::time::{Precision, has_offset, parse_loosely};

/// A row of a data frame, as a record: its line, or nothing where all its fields are null.
#[derive(Debug, Clone, Copy)]
pub struct FrameRow<'f> {
    pub(super) layout: &'f Layout,
    pub(super) segment: &'f Segment,
    /// Its place in the segment.
    pub(super) at: usize,
    pub(super) precision: Option<Precision>,
}

impl FrameRow<'_> {
    /// Its place in the frame, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.segment.first + self.at
    }

    /// Whether it has a field.
    pub(super) fn is_point(&self) -> bool {
        let skips = self.layout.skips_non_finite;
        self.segment.fields.iter().any(|cells| cells.is_written(self.at, skips))
    }

    /// Puts the place before what is wrong there.
    #[cold]
    fn refuse(&self, column: &str, problem: FrameCell) -> FrameCause {
        FrameCause::Cell { row: self.index(), column: column.to_owned(), problem }
    }

    fn measurement<'w>(&self, out: &'w mut LineWriter) -> Result<Tags<'w>, FrameCause> {
        match &self.layout.measurement {
            Measurement::Fixed(text) => Ok(out.literal_measurement(text.as_bytes())),
            Measurement::Column(column) => {
                let name = match &self.segment.measurement {
                    Cells::Text(names) => names.get(self.at).unwrap_or_default(),
                    _ => "",
                };
                if name.is_empty() {
                    return Err(self.refuse(column, FrameCell::NoMeasurement));
                }
                let line = out.measurement(name);
                line.map_err(|reason| self.refuse(column, FrameCell::Refused(reason)))
            }
        }
    }

    fn tags(&self, line: &mut Tags<'_>) -> Result<(), FrameCause> {
        for (tag, cells) in self.layout.tags.iter().zip(&self.segment.tags) {
            tag.write(cells, self.at, line).map_err(|problem| self.refuse(&tag.name, problem))?;
        }
        Ok(())
    }

    fn fields(&self, line: &mut Fields<'_>) -> Result<(), FrameCause> {
        for (field, cells) in self.layout.fields.iter().zip(&self.segment.fields) {
            field
                .write(cells, self.at, line)
                .map_err(|problem| self.refuse(&field.name, problem))?;
        }
        Ok(())
    }

    fn finish(&self, line: Fields<'_>) -> Result<(), FrameCause> {
        let Time::Column { column, nanos, zone, or_server } = &self.layout.time else {
            return line.finish().map_err(|reason| self.refuse("", FrameCell::Refused(reason)));
        };
        let time =
            self.time(*nanos, zone.as_deref()).map_err(|problem| self.refuse(column, problem))?;
        let written = match time {
            Some(time) => line.finish_at(|place| place.nanos(time)),
            None if *or_server => line.finish(),
            None => return Err(self.refuse(column, FrameCell::NoTime)),
        };
        written.map_err(|reason| self.refuse(column, FrameCell::Refused(reason)))
    }

    /// `nanos`: how many nanoseconds an integer counts; `zone`: that of texts without an offset.
    #[inline]
    fn time(&self, nanos: i64, zone: Option<&Zone>) -> Result<Option<i128>, FrameCell> {
        Ok(match self.segment.time.get(self.at)? {
            Cell::Date(time) | Cell::Instant(time) => Some(time),
            Cell::Integer(count) => Some(count.saturating_mul(nanos.into())),
            Cell::Text(text) => {
                let refuse = || TimeCause::NotRfc3339 { text: text.to_owned() };
                let time =
                    parse_loosely(text).ok_or_else(|| FrameCell::Refused(refuse().into()))?;
                let zone = zone.filter(|_| !has_offset(text));
                Some(zone.map_or(Ok(time), |zone| zone.instant(time))?)
            }
            _ => None,
        })
    }

    fn write(&self, out: &mut LineWriter) -> Result<(), FrameCause> {
        let mut line = self.measurement(out)?;
        self.tags(&mut line)?;
        let mut line = line.into_fields();
        self.fields(&mut line)?;
        if line.is_empty() {
            line.abandon();
            return Ok(());
        }
        self.finish(line)
    }
}

impl ToLine for FrameRow<'_> {
    #[inline]
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        if self.segment.is_quick && out.quick_line(|line| self.write_quickly(line))? {
            return Ok(());
        }
        match self.write(out) {
            Ok(()) => Ok(()),
            // Without a field there is no point, whatever is wrong with its tags.
            Err(_) if !self.is_point() => {
                out.abandon();
                Ok(())
            }
            Err(cause) => Err(cause.into()),
        }
    }

    fn default_precision(&self) -> Option<Precision> {
        self.precision
    }
}

impl Tag {
    /// Appends the tag, or its default where the cell is null or empty.
    fn write(&self, cells: &Cells, at: usize, line: &mut Tags<'_>) -> Result<(), FrameCell> {
        let cell = cells.get(at)?;
        let place = line.literal_tag(&self.name, self.text.as_bytes());
        let written = match cell {
            Cell::Text(value) if !value.is_empty() => place.text(value),
            Cell::Boolean(value) => place.boolean(value),
            Cell::Integer(value) => place.text(itoa::Buffer::new().format(value)),
            _ => self.default.as_ref().map_or(Ok(()), |default| place.text(default)),
        };
        written.map_err(FrameCell::Refused)
    }
}
