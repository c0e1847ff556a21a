//! What generated code may call, and nothing else may. No part of this is covered by semver; the
//! two crates are released in lockstep.

pub use super::plan::RowPlan;
pub use super::{
    CellError, ColumnValue, FieldValue, FromRow, FromRowOwned, Measurement, Mismatches, TagValue,
    TimestampCount, TimestampValue,
};
pub use crate::annotated_csv::{Cell, Record, TableHeader};
use crate::error::CellProblem;
pub use crate::error::{Error, Result};
pub use crate::line_protocol::{
    FieldWriter, Fields, LineWriter, TagWriter, Tags, TimestampWriter, ToLine,
};
pub use crate::schema::{Column, ColumnSchema, Role, Schema, ValueType, role};
pub use crate::time::Precision;

/// Starts a line; `escaped` was checked by the derive.
#[inline]
pub fn measurement<'w>(out: &'w mut LineWriter, escaped: &'static [u8]) -> Tags<'w> {
    out.literal_measurement(escaped)
}

/// The next tag; `text` is `,key=` as the derive has checked and escaped it.
#[inline]
pub fn tag<'s>(line: &'s mut Tags<'_>, name: &'static str, text: &'static [u8]) -> TagWriter<'s> {
    line.literal_tag(name, text)
}

/// The next field; `text` is `,key=` as the derive has checked and escaped it.
#[inline]
pub fn field<'s>(
    line: &'s mut Fields<'_>,
    name: &'static str,
    text: &'static [u8],
) -> FieldWriter<'s> {
    line.literal_field(name, text)
}

/// Fails the build at a member with the option `non_finite` that is not stored as a float.
///
/// # Panics
/// Where the build is to fail.
#[track_caller]
pub const fn assert_float(stored: ValueType) {
    assert!(
        matches!(stored, ValueType::Float),
        "`non_finite` is for floats, and this member is stored as another type; drop the option"
    );
}

/// The text of a tag enum is none of its variants.
#[cold]
pub fn unknown_variant<T>(
    cell: Cell<'_>,
    wanted: &'static str,
) -> core::result::Result<T, CellError> {
    let text = String::from_utf8_lossy(cell.as_bytes()).into_owned();
    Err(CellProblem::UnknownVariant { text, wanted }.into())
}
