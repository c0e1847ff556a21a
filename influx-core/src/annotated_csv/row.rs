use super::{Cell, Column, OwnedRecord, Record, TableHeader};
use crate::error::CellError;
use crate::schema::ValueRef;

/// One value for each column, lent or owned.
pub(crate) trait Row<'r>: Copy {
    fn columns(self) -> &'r [Column];

    /// The value of the column `index`, which there is; an error names the column.
    fn at(self, index: usize) -> Result<ValueRef<'r>, CellError>;
}

impl<'r> Row<'r> for Record<'r> {
    fn columns(self) -> &'r [Column] {
        self.table().columns()
    }

    fn at(self, index: usize) -> Result<ValueRef<'r>, CellError> {
        typed(self.cell(index), &self.columns()[index])
    }
}

impl<'r> Row<'r> for &'r OwnedRecord {
    fn columns(self) -> &'r [Column] {
        OwnedRecord::columns(self)
    }

    fn at(self, index: usize) -> Result<ValueRef<'r>, CellError> {
        Ok(self.values()[index].as_ref())
    }
}

/// The default row: for a table without records, its group key.
impl<'r> Row<'r> for &'r TableHeader {
    fn columns(self) -> &'r [Column] {
        TableHeader::columns(self)
    }

    fn at(self, index: usize) -> Result<ValueRef<'r>, CellError> {
        let column = &self.columns()[index];
        typed(Cell::new(column.default.as_bytes()), column)
    }
}

fn typed<'r>(cell: Cell<'r>, column: &Column) -> Result<ValueRef<'r>, CellError> {
    cell.value(&column.datatype).map_err(|error| error.in_column(&column.name))
}
