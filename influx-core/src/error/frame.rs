use std::fmt;
use std::ops::Range;

use super::{Error, ErrorKind, Excerpt, Refused, line};

/// Why a data frame, or a cell of it, cannot be written as the mapping says.
#[derive(Debug)]
pub(crate) enum FrameCause {
    /// The mapping names a column that the frame does not have; `may_be_allowed`: whether it is a tag or a
    /// field.
    NoColumn { column: String, columns: Vec<String>, may_be_allowed: bool },
    /// No column becomes a field.
    NoField { columns: Vec<String> },
    /// A column of a type that has no place there.
    Type { column: String, dtype: String, place: &'static str, remedy: &'static str },
    /// polars could not convert a column.
    Conversion { column: String, reason: String },
    /// The time zone database has no such zone.
    NoZone { name: String },
    /// A cell.
    Cell { row: usize, column: String, problem: FrameCell },
}

/// What is wrong with a cell.
#[derive(Debug)]
pub(crate) enum FrameCell {
    Refused(Error),
    NoMeasurement,
    NoTime,
    /// A number outside of the stored type.
    Beyond {
        value: String,
        stored: &'static str,
    },
    /// A time outside of the years of RFC 3339.
    BeyondYears,
    /// A clock reading that comes twice.
    Ambiguous {
        reading: String,
        zone: String,
    },
    /// A clock reading that is skipped.
    Skipped {
        reading: String,
        zone: String,
    },
}

/// Rows of a frame that were to be written together, and were not.
#[derive(Debug)]
pub(crate) struct FailedRows {
    pub(super) rows: Range<usize>,
    /// The reason, unless rows are refused.
    pub(super) error: Error,
    pub(super) refused: Vec<Refused>,
}

impl FrameCause {
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::NoColumn { .. } => ErrorKind::MissingColumn,
            Self::Type { .. } | Self::Conversion { .. } => ErrorKind::TypeMismatch,
            Self::Cell { problem: FrameCell::Refused(reason), .. } => reason.kind(),
            Self::Cell { problem: FrameCell::NoMeasurement, .. } => ErrorKind::InvalidLine,
            Self::NoField { .. } | Self::NoZone { .. } | Self::Cell { .. } => {
                ErrorKind::InvalidInput
            }
        }
    }
}

impl fmt::Display for FrameCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColumn { column, columns, may_be_allowed } => {
                write!(f, "the frame has no column `{}`", Excerpt(column))?;
                fmt_columns(columns, f)?;
                f.write_str(remedy(*may_be_allowed))
            }
            Self::NoField { columns } => {
                f.write_str("no column of the frame is a field")?;
                fmt_columns(columns, f)?;
                f.write_str("; a point needs one")
            }
            Self::Type { column, dtype, place, remedy } => write!(
                f,
                "the column `{}` of type {dtype} cannot be {place}; {remedy}",
                Excerpt(column)
            ),
            Self::Conversion { column, reason } => {
                write!(f, "the column `{}` cannot be read: {}", Excerpt(column), Excerpt(reason))
            }
            Self::NoZone { name } => write!(
                f,
                "there is no time zone `{}`; take a name of the IANA database, such as \
                 Europe/Prague",
                Excerpt(name)
            ),
            Self::Cell { row, column, problem } => {
                write!(f, "row {row}, column `{}`: {problem}", Excerpt(column))
            }
        }
    }
}

/// Of a key or column that is missing.
pub(super) const fn remedy(may_be_allowed: bool) -> &'static str {
    if may_be_allowed {
        "; correct the mapping, or let tags and fields be absent with `allow_missing`"
    } else {
        "; correct the mapping"
    }
}

pub(super) fn fmt_columns(columns: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const SHOWN: usize = 12;
    if columns.is_empty() {
        return f.write_str("; it has no columns");
    }
    f.write_str("; it has ")?;
    for (place, column) in columns.iter().take(SHOWN).enumerate() {
        write!(f, "{}`{}`", if place == 0 { "" } else { ", " }, Excerpt(column))?;
    }
    if columns.len() > SHOWN {
        write!(f, " and {} more", columns.len() - SHOWN)?;
    }
    Ok(())
}

impl fmt::Display for FrameCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => reason.fmt(f),
            Self::NoMeasurement => f.write_str(
                "is null or empty, but names the measurement; fill it, or leave the \
                             row out",
            ),
            Self::NoTime => f.write_str(
                "the time is null; fill it, leave the row out, or let the server give such points \
                 its own with `server_time`",
            ),
            Self::Beyond { value, stored } => write!(
                f,
                "{value} is outside the range of the stored type, {stored}; store the column with \
                 another `field_type`"
            ),
            Self::BeyondYears => f.write_str(
                "the time is outside the years 0 to 9999; store the column with \
                 `field_type(…, ValueType::Integer)`, or leave the row out",
            ),
            Self::Ambiguous { reading, zone } => write!(
                f,
                "{reading} comes twice in {zone}, when clocks are set back; give the column its \
                 zone with polars' `replace_time_zone`, which can choose"
            ),
            Self::Skipped { reading, zone } => write!(
                f,
                "{reading} does not exist in {zone}, where clocks are set forward; correct it, or \
                 give the column its zone with polars' `replace_time_zone`, which can leave it out"
            ),
        }
    }
}

impl fmt::Display for FailedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.rows;
        if self.refused.is_empty() || !self.error.unwritten().is_empty() {
            return write!(f, "{} (rows {start} to {} of the frame)", self.error, end.max(1) - 1);
        }
        let noun = if self.refused.len() == 1 { "row" } else { "rows" };
        write!(f, "{} {noun} of the frame cannot be written", self.refused.len())?;
        line::fmt_reasons(&self.refused, self.refused.len(), f, |refused, f| {
            refused.reason().fmt(f)
        })?;
        write!(f, "; of the rows from {start} on nothing was written")
    }
}
