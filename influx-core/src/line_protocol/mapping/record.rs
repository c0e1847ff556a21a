//! Values that serde can serialize, as records.

use serde::Serialize;

use super::Mapping;
use super::serialize::RecordSerializer;
use super::values::Values;
use crate::error::Result;
use crate::line_protocol::{LineWriter, ToLine};

/// A value with the mapping that makes a point of it; from [`Mapping::record`].
#[derive(Debug, Clone, Copy)]
pub struct MappedRecord<'m, T> {
    mapping: &'m Mapping,
    value: T,
}

/// Values with the mapping that makes points of them; from [`Mapping::records`].
#[derive(Debug, Clone)]
#[must_use = "an iterator does nothing until it is written"]
pub struct MappedRecords<'m, I> {
    mapping: &'m Mapping,
    values: I,
    /// Whether the mapping itself is wrong and a record has said so: that is enough.
    is_over: bool,
}

impl<'m, T> MappedRecord<'m, T> {
    pub(super) const fn new(mapping: &'m Mapping, value: T) -> Self {
        Self { mapping, value }
    }
}

impl<'m, I> MappedRecords<'m, I> {
    pub(super) const fn new(mapping: &'m Mapping, values: I) -> Self {
        Self { mapping, values, is_over: false }
    }
}

impl<T: Serialize> ToLine for MappedRecord<'_, T> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        let plan = self.mapping.plan()?;
        let mut values = out.take_values();
        values.clear(plan);
        let taken = self.value.serialize(RecordSerializer { plan, values: &mut values });
        // The key is known to whoever has one; what has none is the record itself.
        let taken = taken.map_err(|failure| failure.of(""));
        let outcome =
            taken.and_then(|()| values.check(plan)).and_then(|()| values.write(plan, out));
        out.keep_values(values);
        outcome
    }
}

impl<'m, I: Iterator<Item: Serialize>> Iterator for MappedRecords<'m, I> {
    type Item = MappedRecord<'m, I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        self.is_over = self.mapping.plan().is_err();
        self.values.next().map(|value| MappedRecord::new(self.mapping, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.values.size_hint();
        if self.mapping.plan().is_ok() { (least, most) } else { (0, Some(1)) }
    }
}

/// Buffers that one record leaves for the next.
impl LineWriter {
    fn take_values(&mut self) -> Box<Values> {
        self.values.take().unwrap_or_default()
    }

    fn keep_values(&mut self, values: Box<Values>) {
        self.values = Some(values);
    }
}
