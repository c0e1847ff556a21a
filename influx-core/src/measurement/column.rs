use std::borrow::Cow;
use std::sync::Arc;

use super::{CellError, FieldValue};
use crate::annotated_csv::Cell;
use crate::schema::ValueType;

/// A type that a `#[column]` of a [`FromRow`](super::FromRow) struct can have: whatever a
/// [`FieldValue`] or a [`TimestampValue`](super::TimestampValue) of this crate is, an enum that derives
/// [`TagValue`](crate::TagValue), and an `Option` of one.
///
/// ```
/// use influx_core::annotated_csv::Cell;
/// use influx_core::measurement::{CellError, ColumnValue};
/// use influx_core::schema::ValueType;
///
/// struct Celsius(f64);
///
/// impl ColumnValue for Celsius {
///     type Read<'r> = Self;
///     const TYPE: ValueType = ValueType::Float;
///
///     fn read_column(cell: Cell<'_>) -> Result<Self, CellError> {
///         cell.float().map(Self)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column",
    label = "not a column type",
    note = "columns can be `f64`, `f32`, `bool`, an integer of up to 64 bits, `String`, `&str`, `Cow<str>`, `Box<str>`, `Arc<str>`, `DateTime<Utc>`, `NaiveDateTime`, `SystemTime`, `influx_core::Timestamp`, or an `Option` of one",
    note = "for an enum without data, `#[derive(TagValue)]`; for another type, implement `ColumnValue`"
)]
pub trait ColumnValue {
    /// What reading gives: the type itself, or its form that borrows from the row.
    type Read<'r>;
    /// The type of the column.
    const TYPE: ValueType;
    /// Whether the reader does without the column.
    const OPTIONAL: bool = false;

    /// Reads the value from a cell of a column of type [`TYPE`](Self::TYPE).
    ///
    /// # Errors
    /// When the cell is null, or its value does not fit the type.
    fn read_column(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError>;
}

macro_rules! values {
    ($([$($life:lifetime)?] $rust:ty;)*) => {$(
        impl $(<$life>)? ColumnValue for $rust {
            type Read<'r> = <Self as FieldValue>::Read<'r>;
            const TYPE: ValueType = <Self as FieldValue>::TYPE;

            #[inline]
            fn read_column(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
                <Self as FieldValue>::read_field(cell)
            }
        }
    )*};
}

values! {
    [] f64;
    [] f32;
    [] i8;
    [] i16;
    [] i32;
    [] i64;
    [] isize;
    [] u8;
    [] u16;
    [] u32;
    [] u64;
    [] usize;
    [] bool;
    [] String;
    [] Box<str>;
    [] Arc<str>;
    ['a] &'a str;
    ['a] Cow<'a, str>;
}

impl<T: ColumnValue> ColumnValue for Option<T> {
    type Read<'r> = Option<T::Read<'r>>;
    const TYPE: ValueType = T::TYPE;
    const OPTIONAL: bool = true;

    #[inline]
    fn read_column(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
        if cell.is_null() { Ok(None) } else { T::read_column(cell).map(Some) }
    }
}
