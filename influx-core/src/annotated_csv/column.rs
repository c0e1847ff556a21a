use std::fmt;

#[cfg(feature = "polars")]
use super::Cell;
#[cfg(feature = "polars")]
use crate::error::CellError;
#[cfg(feature = "polars")]
use crate::schema::ValueRef;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type of its cells.
    pub datatype: Datatype,
    /// Whether it is in the group key: all rows of the table have the same value.
    pub group: bool,
    /// What an empty cell stands for; empty for nothing.
    pub default: String,
}

#[cfg(feature = "polars")]
impl Column {
    /// What an empty cell stands for.
    pub(crate) fn default_value(&self) -> Result<ValueRef<'_>, CellError> {
        Cell::new(self.default.as_bytes()).value(&self.datatype)
    }
}

/// The place of the first column of this name.
pub(super) fn index_of(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name == name)
}

/// The type of a column, from the `#datatype` row.
///
/// InfluxDB OSS writes the first six; the others come from Cloud or from other writers of the
/// format.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Datatype {
    /// `string`; also a column of a reply without `#datatype`.
    String,
    /// `double`
    Double,
    /// `long`
    Long,
    /// `unsignedLong`
    UnsignedLong,
    /// `boolean`
    Boolean,
    /// `dateTime:RFC3339`, `dateTime:RFC3339Nano` and `dateTime`
    DateTime,
    /// `duration`
    Duration,
    /// `base64Binary`
    Base64Binary,
    /// Any other; its cells are read as text.
    Other(String),
}

impl Datatype {
    pub(super) fn parse(name: &str) -> Self {
        match name {
            "string" => Self::String,
            "double" => Self::Double,
            "long" => Self::Long,
            "unsignedLong" => Self::UnsignedLong,
            "boolean" => Self::Boolean,
            "dateTime:RFC3339" | "dateTime:RFC3339Nano" | "dateTime" => Self::DateTime,
            "duration" => Self::Duration,
            "base64Binary" => Self::Base64Binary,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Datatype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "string",
            Self::Double => "double",
            Self::Long => "long",
            Self::UnsignedLong => "unsignedLong",
            Self::Boolean => "boolean",
            Self::DateTime => "dateTime:RFC3339",
            Self::Duration => "duration",
            Self::Base64Binary => "base64Binary",
            Self::Other(name) => name,
        })
    }
}
