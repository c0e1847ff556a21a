use std::fmt;
#[cfg(feature = "polars")]
use std::ops::Range;

use serde::de::Deserialize;
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};

use super::cells::Cells;
use super::scanner::Scanner;
use super::{Cell, Column, OwnedRecord, TableHeader, deserialize};
use crate::error::{Position, Result};

/// The columns of the format itself: annotation, result, table.
pub(super) const LEADING: usize = 3;

/// One row, lent until the reader goes on. It serializes as an
/// [`OwnedRecord`](super::OwnedRecord) does.
#[derive(Clone, Copy)]
pub struct Record<'r> {
    cells: Cells<'r>,
    table: &'r TableHeader,
    position: Position,
}

impl<'r> Record<'r> {
    #[inline]
    pub(super) fn new(scanner: &'r Scanner, table: &'r TableHeader) -> Self {
        Self { cells: scanner.cells(), table, position: scanner.position() }
    }

    pub(super) const fn of(cells: Cells<'r>, table: &'r TableHeader, position: Position) -> Self {
        Self { cells, table, position }
    }

    /// The cell of this column, counted without the three of the format; null past the last one.
    #[must_use]
    #[inline]
    pub fn cell(&self, index: usize) -> Cell<'r> {
        let text = self.cells.get(index.saturating_add(LEADING));
        if !text.is_empty() {
            return Cell::new(text);
        }
        let table = self.table;
        Cell::new(table.columns().get(index).map_or(&[][..], |column| column.default.as_bytes()))
    }

    /// The bytes of neighbouring cells with the delimiters between them; `None` where any cell of the
    /// row is in quotes.
    #[cfg(feature = "polars")]
    #[inline]
    pub(crate) fn raw(&self, columns: Range<usize>) -> Option<&'r [u8]> {
        self.cells.raw(columns.start + LEADING..columns.end + LEADING)
    }

    /// The cell of the first column of this name, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cell<'r>> {
        self.table.column_index(name).map(|index| self.cell(index))
    }

    /// The value of the first column of this name, as a type that serde reads.
    ///
    /// What [`OwnedRecord::get_as`](super::OwnedRecord::get_as) says holds here too; a `&str` is
    /// not copied.
    ///
    /// # Errors
    /// As [`OwnedRecord::get_as`](super::OwnedRecord::get_as), with the position.
    pub fn get_as<T: Deserialize<'r>>(&self, name: &str) -> Result<T> {
        deserialize::column(*self, name).map_err(|error| error.into_error(self.position()))
    }

    /// The row as a type that serde reads.
    ///
    /// What [`OwnedRecord::deserialize`](super::OwnedRecord::deserialize) says holds here too; a
    /// `&str` is not copied.
    ///
    /// ```
    /// use influx_core::annotated_csv::{Reader, Step};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, Debug, PartialEq)]
    /// struct Cpu<'r> {
    ///     host: &'r str,
    ///     temp: f64,
    /// }
    ///
    /// let mut reader = Reader::new();
    /// reader.feed(
    ///     "#datatype,string,long,double,string\n#group,false,false,false,true\n\
    ///      #default,_result,,,\n,result,table,temp,host\n,,0,22.35,a\n",
    /// );
    /// while reader.advance()? != Step::Record {}
    /// let record = reader.record().unwrap();
    /// assert_eq!(record.deserialize::<Cpu<'_>>()?, Cpu { host: "a", temp: 22.35 });
    /// assert_eq!(record.get_as::<f32>("temp")?, 22.35);
    /// assert_eq!(record.group_key().next().unwrap().0, "host");
    /// assert_eq!(serde_json::to_string(&record).unwrap(), r#"{"temp":22.35,"host":"a"}"#);
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`OwnedRecord::deserialize`](super::OwnedRecord::deserialize), with the position.
    pub fn deserialize<T: Deserialize<'r>>(&self) -> Result<T> {
        deserialize::row(*self).map_err(|error| error.into_error(self.position()))
    }

    /// Columns and cells.
    pub fn iter(&self) -> impl Iterator<Item = (&'r Column, Cell<'r>)> + use<'r> {
        let record = *self;
        let columns = self.table.columns().iter().enumerate();
        columns.map(move |(index, column)| (column, record.cell(index)))
    }

    /// The columns of the group key with their cells.
    pub fn group_key(&self) -> impl Iterator<Item = (&'r str, Cell<'r>)> + use<'r> {
        let in_key = self.iter().filter(|(column, _)| column.group);
        in_key.map(|(column, cell)| (column.name.as_str(), cell))
    }

    /// The row with copies of its texts, to be kept.
    ///
    /// # Errors
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch), with the position, when a cell does not hold
    /// what its column's type says.
    pub fn into_owned(self) -> Result<OwnedRecord> {
        OwnedRecord::read(&self).map_err(|error| error.into_error(self.position))
    }

    /// The table that the row belongs to.
    #[must_use]
    pub const fn table(&self) -> &'r TableHeader {
        self.table
    }

    /// Where the row starts in the reply.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }
}

/// A map from names to cells.
impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(column, cell)| (&column.name, cell))).finish()
    }
}

/// A map from names to values, in the order of the columns. A name that is there twice comes twice.
/// A cell that does not hold what its column's type says is an error.
impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.table.columns().len()))?;
        for (column, cell) in self.iter() {
            let value = cell.value(&column.datatype).map_err(S::Error::custom)?;
            map.serialize_entry(&column.name, &value)?;
        }
        map.end()
    }
}
