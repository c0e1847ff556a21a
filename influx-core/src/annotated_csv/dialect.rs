use bytes::Bytes;

use super::{Reader, Table, table};
use crate::error::{Result, SettingCause};

/// What a reply does not say of its own format: the delimiter, and whether there are headers.
///
/// The rest is seen from it: all three, some or none of the annotation rows, in any order, before
/// each header; LF or CRLF; a byte order mark in front.
///
/// ```
/// use influx_core::annotated_csv::{Dialect, Reader, Step};
///
/// let dialect = Dialect::new().delimiter(b';')?.header(false);
/// let mut reader = Reader::with_dialect(dialect);
/// reader.feed("#datatype;string;long;double\n;_result;0;22.35\n");
/// assert_eq!(reader.advance()?, Step::Table);
/// assert_eq!(reader.table().columns()[0].name, "col0");
/// assert_eq!(reader.advance()?, Step::Record);
/// assert_eq!(reader.record().unwrap().cell(0).float()?, 22.35);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub(super) delimiter: u8,
    pub(super) header: bool,
}

impl Dialect {
    /// Commas between cells, and a header before each block of rows.
    #[must_use]
    pub const fn new() -> Self {
        Self { delimiter: b',', header: true }
    }

    /// What stands between cells: one ASCII character.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a quote, a line end, NUL, or a byte that is
    /// only a part of a character.
    pub fn delimiter(mut self, delimiter: u8) -> Result<Self> {
        if matches!(delimiter, b'"' | b'\r' | b'\n' | 0 | 128..) {
            let problem = "must be ASCII and no quote or line end; use `,`, `;` or a tab";
            return Err(SettingCause::Invalid { what: "delimiter", problem }.into());
        }
        self.delimiter = delimiter;
        Ok(self)
    }

    /// The delimiter, and whether there are headers.
    #[cfg(feature = "client")]
    pub(crate) const fn parts(self) -> (char, bool) {
        (self.delimiter as char, self.header)
    }

    /// Reads a whole reply in this dialect, as [`tables`](super::tables) does.
    ///
    /// ```
    /// use influx_core::annotated_csv::Dialect;
    ///
    /// let csv = ";result;table;host;temp\n;_result;0;a;22.35\n";
    /// let tables = Dialect::new().delimiter(b';')?.tables(csv)?;
    /// assert_eq!(tables[0].records()[0].get_as::<&str>("host")?, "a");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`tables`](super::tables).
    pub fn tables(self, csv: impl Into<Bytes>) -> Result<Vec<Table>> {
        table::read(Reader::with_dialect(self), csv.into())
    }

    /// Whether a header names the columns. Without one they are called `col0`, `col1`, … after the
    /// three of the format, and rows without annotations begin a new block after a blank line.
    #[must_use]
    pub const fn header(mut self, header: bool) -> Self {
        self.header = header;
        self
    }
}

/// A row of annotations that stands before each block of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotation {
    /// The types of the columns.
    Datatype,
    /// Which columns are in the group key.
    Group,
    /// What empty cells stand for, and the name of the result.
    Default,
}

impl Default for Dialect {
    fn default() -> Self {
        Self::new()
    }
}
