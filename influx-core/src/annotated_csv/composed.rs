//! Rows that are put together here, of cells of other rows.

use std::sync::Arc;

use super::cells::Cells;
use super::record::LEADING;
use super::{Column, Datatype, Record, TableHeader};
use crate::error::Position;

/// The cells of a row, one after the other, each with one byte behind it.
#[derive(Debug, Default)]
pub(crate) struct Composed {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Composed {
    /// Begins a row: the three columns of the format are empty.
    pub(crate) fn begin(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        (0..LEADING).for_each(|_| self.push(b""));
    }

    /// Adds a cell. One that begins beyond 4 GiB is left out; [`fits`](Self::fits) tells.
    pub(crate) fn push(&mut self, cell: &[u8]) {
        self.bytes.extend_from_slice(cell);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.bytes.push(b',');
    }

    /// How many cells there are, without the three of the format.
    pub(crate) fn width(&self) -> usize {
        self.ends.len().saturating_sub(LEADING)
    }

    /// Takes all cells from this one on away.
    pub(crate) fn truncate(&mut self, width: usize) {
        self.ends.truncate(width + LEADING);
        self.bytes.truncate(self.ends.last().map_or(0, |end| *end as usize + 1));
    }

    /// Whether the places of all cells could be counted.
    pub(crate) fn fits(&self) -> bool {
        self.ends.last().is_none_or(|end| *end < u32::MAX)
    }

    /// The row as one of `table`.
    pub(crate) fn record<'r>(&'r self, table: &'r TableHeader, position: Position) -> Record<'r> {
        Record::of(Cells::plain(&self.bytes, &self.ends), table, position)
    }
}

impl TableHeader {
    /// A table of these columns.
    pub(crate) fn composed(columns: Arc<[Column]>) -> Self {
        Self { columns, ..Self::default() }
    }
}

impl Column {
    pub(crate) fn composed(name: &str, datatype: Datatype, group: bool) -> Self {
        Self { name: name.to_owned(), datatype, group, default: String::new() }
    }
}
