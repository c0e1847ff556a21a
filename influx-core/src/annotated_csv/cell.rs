use std::fmt;

use super::{Datatype, decimal};
use crate::error::{CellError, CellProblem};
use crate::schema::ValueRef;
use crate::time::{Timestamp, parse_rfc3339};

/// One cell of a record: its text, and typed access to it.
///
/// An empty cell is null; for text, null and empty are the same. The accessors read the text as
/// what they are named for, whatever the column's type; a typed reader has compared the types
/// before, once for the table.
#[derive(Clone, Copy)]
pub struct Cell<'r> {
    text: &'r [u8],
}

impl<'r> Cell<'r> {
    /// The cell that stands for a missing column.
    pub(crate) const NULL: Cell<'static> = Cell { text: &[] };

    pub(crate) const fn new(text: &'r [u8]) -> Self {
        Self { text }
    }

    /// Whether the cell is empty.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        self.text.is_empty()
    }

    /// The bytes as the server sent them, without quotes.
    #[must_use]
    pub const fn as_bytes(&self) -> &'r [u8] {
        self.text
    }

    /// The text; empty for null.
    ///
    /// # Errors
    /// When the bytes are not UTF-8.
    pub fn text(&self) -> Result<&'r str, CellError> {
        std::str::from_utf8(self.text).map_err(|_| CellError::unreadable(self.text, "UTF-8 text"))
    }

    /// A `double`; `NaN`, `+Inf` and `-Inf` too.
    ///
    /// # Errors
    /// When the cell is null, no number, or a number beyond the range of `f64`.
    pub fn float(&self) -> Result<f64, CellError> {
        if let Some(value) = decimal::parse(self.text) {
            return Ok(value);
        }
        let value: f64 = self.parse("float")?;
        if value.is_infinite() { self.infinity(value) } else { Ok(value) }
    }

    /// A `double`, as the nearest `f32`.
    ///
    /// # Errors
    /// When the cell is null, no number, or a number beyond the range of `f32`.
    pub fn float32(&self) -> Result<f32, CellError> {
        let value: f32 = self.parse("float")?;
        if value.is_infinite() { self.infinity(value) } else { Ok(value) }
    }

    /// Tells an infinity, which has no digits, from a number that is too large.
    fn infinity<T>(&self, value: T) -> Result<T, CellError> {
        if self.text.iter().any(u8::is_ascii_digit) {
            return Err(CellError::unreadable(self.text, "float of this width"));
        }
        Ok(value)
    }

    /// A `long`.
    ///
    /// # Errors
    /// When the cell is null, no integer, or outside 64 bits.
    pub fn integer(&self) -> Result<i64, CellError> {
        self.parse("64-bit integer")
    }

    /// An `unsignedLong`.
    ///
    /// # Errors
    /// When the cell is null, no unsigned integer, or outside 64 bits.
    pub fn unsigned(&self) -> Result<u64, CellError> {
        self.parse("unsigned 64-bit integer")
    }

    /// A `boolean`.
    ///
    /// # Errors
    /// When the cell is null or neither `true` nor `false`.
    pub fn boolean(&self) -> Result<bool, CellError> {
        match self.present()? {
            b"true" => Ok(true),
            b"false" => Ok(false),
            other => Err(CellError::unreadable(other, "boolean")),
        }
    }

    /// A `dateTime`.
    ///
    /// # Errors
    /// When the cell is null or no RFC 3339 time within 64 bits of nanoseconds.
    pub fn time(&self) -> Result<Timestamp, CellError> {
        let text = self.present()?;
        parse_rfc3339(text).ok_or_else(|| CellError::unreadable(text, "RFC 3339 time"))
    }

    /// The value that the column's type makes of the text; [`ValueRef::Null`] for an empty cell.
    ///
    /// # Errors
    /// When the text is not of that type.
    pub fn value(&self, datatype: &Datatype) -> Result<ValueRef<'r>, CellError> {
        if self.is_null() {
            return Ok(ValueRef::Null);
        }
        match datatype {
            Datatype::Double => self.float().map(ValueRef::Float),
            Datatype::Long => self.integer().map(ValueRef::Integer),
            Datatype::UnsignedLong => self.unsigned().map(ValueRef::Unsigned),
            Datatype::Boolean => self.boolean().map(ValueRef::Boolean),
            Datatype::DateTime => self.time().map(ValueRef::Time),
            Datatype::String | Datatype::Duration | Datatype::Base64Binary | Datatype::Other(_) => {
                self.text().map(ValueRef::String)
            }
        }
    }

    /// Reads the text by its `FromStr`; `wanted` names the type in the error.
    pub(crate) fn parse<T: std::str::FromStr>(&self, wanted: &'static str) -> Result<T, CellError> {
        let text = self.present()?;
        std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| CellError::unreadable(text, wanted))
    }

    fn present(&self) -> Result<&'r [u8], CellError> {
        if self.is_null() { Err(CellProblem::Null.into()) } else { Ok(self.text) }
    }
}

/// The text in quotes.
impl fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(self.text).fmt(f)
    }
}
