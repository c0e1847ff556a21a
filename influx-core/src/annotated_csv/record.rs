use super::scanner::Scanner;
use super::{Cell, TableHeader};
use crate::error::Position;

/// The columns of the format itself: annotation, result, table.
pub(super) const LEADING: usize = 3;

/// One row, lent until the reader goes on.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    scanner: &'r Scanner,
    table: &'r TableHeader,
}

impl<'r> Record<'r> {
    pub(super) const fn new(scanner: &'r Scanner, table: &'r TableHeader) -> Self {
        Self { scanner, table }
    }

    /// The cell of this column, counted without the three of the format; null past the last one.
    #[must_use]
    #[inline]
    pub fn cell(&self, index: usize) -> Cell<'r> {
        let text = self.scanner.cell(index.saturating_add(LEADING));
        if !text.is_empty() {
            return Cell::new(text);
        }
        let table = self.table;
        Cell::new(table.columns().get(index).map_or(&[][..], |column| column.default.as_bytes()))
    }

    /// The cell of the first column of this name, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cell<'r>> {
        self.table.position(name).map(|index| self.cell(index))
    }

    /// The cells in the order of the table's columns.
    pub fn iter(&self) -> impl Iterator<Item = Cell<'r>> + use<'r> {
        let record = *self;
        (0..record.table.columns().len()).map(move |index| record.cell(index))
    }

    /// The table that the row belongs to.
    #[must_use]
    pub const fn table(&self) -> &'r TableHeader {
        self.table
    }

    /// Where the row starts in the reply.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.scanner.position()
    }
}
