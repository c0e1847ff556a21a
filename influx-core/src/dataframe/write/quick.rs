//! Rows whose cells go into their line as they are, which is what most rows are made of.

use polars::prelude::StaticArray as _;

use super::cells::Cells;
use super::field::Field;
use super::layout::{Layout, Measurement, Segment, Time};
use super::row::FrameRow;
use crate::line_protocol::QuickLine;
use crate::schema::ValueType;

impl Layout {
    /// Whether the rows of a segment are, unless something is wrong with one.
    pub(super) fn is_quick(&self, segment: &Segment) -> bool {
        let is_text = |cells: &Cells| matches!(cells, Cells::Text(_) | Cells::Null);
        let mut fields = self.fields.iter().zip(&segment.fields);
        let has_time = matches!(self.time, Time::Server) || segment.time.is_plain_time();
        matches!(self.measurement, Measurement::Fixed(_))
            && segment.tags.iter().all(is_text)
            && fields.all(|(field, cells)| field.is_quick(cells))
            && has_time
    }
}

impl Field {
    fn is_quick(&self, cells: &Cells) -> bool {
        matches!(
            (cells, self.stored),
            (Cells::Null | Cells::Text(_), _)
                | (Cells::Float(_), ValueType::Float)
                | (Cells::Integer(_), ValueType::Integer)
                | (Cells::Unsigned(_), ValueType::Unsigned)
                | (Cells::Boolean(_), ValueType::Boolean)
        )
    }

    /// Appends the field, unless the cell is null.
    #[inline]
    fn write_quickly(&self, cells: &Cells, at: usize, line: &mut QuickLine<'_>) -> Option<()> {
        let key = &self.text;
        match cells {
            Cells::Float(cells) => cells.get(at).map_or(Some(()), |value| line.float(key, value)),
            Cells::Integer(cells) => {
                cells.get(at).into_iter().for_each(|value| line.integer(key, value));
                Some(())
            }
            Cells::Unsigned(cells) => {
                cells.get(at).into_iter().for_each(|value| line.unsigned(key, value));
                Some(())
            }
            Cells::Boolean(cells) => {
                cells.get(at).into_iter().for_each(|value| line.boolean(key, value));
                Some(())
            }
            Cells::Text(cells) => cells.get(at).map_or(Some(()), |value| line.text(key, value)),
            Cells::Null => Some(()),
            _ => None,
        }
    }
}

impl FrameRow<'_> {
    /// The row as a line, if it is a point and nothing is wrong with it.
    #[inline]
    pub(super) fn write_quickly(&self, line: &mut QuickLine<'_>) -> Option<()> {
        let (layout, segment, at) = (self.layout, self.segment, self.at);
        let Measurement::Fixed(measurement) = &layout.measurement else { return None };
        line.measurement(measurement);
        for (tag, cells) in layout.tags.iter().zip(&segment.tags) {
            let value = match cells {
                Cells::Text(cells) => cells.get(at).filter(|value| !value.is_empty()),
                _ => None,
            };
            line.tag(&tag.text, value.or(tag.default.as_deref()).unwrap_or_default())?;
        }
        line.begin_fields(layout.longest_field)?;
        for (field, cells) in layout.fields.iter().zip(&segment.fields) {
            field.write_quickly(cells, at, line)?;
        }
        line.end_fields()?;
        match layout.time {
            Time::Server => Some(()),
            Time::Column { nanos, .. } => line.time(segment.time.plain_time(at, nanos)?),
        }
    }
}
