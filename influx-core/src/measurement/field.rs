use std::borrow::Cow;
use std::sync::Arc;

use super::CellError;
use super::predicate::operand;
use crate::annotated_csv::Cell;
use crate::error::Result;
use crate::line_protocol::FieldWriter;
use crate::schema::{Value, ValueType};

/// A type that a `#[field]` can have.
///
/// | Rust | on the server |
/// |---|---|
/// | `f64`, `f32` | float |
/// | `i8` … `i64`, `isize` | integer |
/// | `u8` … `u64`, `usize` | unsigned |
/// | `bool` | boolean |
/// | `String`, `&str`, `Cow<str>`, `Box<str>`, `Arc<str>` | string |
/// | `Option<T>` | as `T`; `None` is not written, an empty cell or a missing column reads as `None` |
///
/// A type of your own chooses one of them; [`TagValue`](super::TagValue) shows the pattern.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field",
    label = "not a field type",
    note = "fields can be `f64`, `f32`, `bool`, an integer of up to 64 bits, `String`, `&str`, `Cow<str>`, `Box<str>`, `Arc<str>`, or an `Option` of one",
    note = "the server stores no integers of 128 bits, no lists and no structs; for another type, implement `FieldValue`"
)]
pub trait FieldValue {
    /// What the column is compared with.
    type Base: ?Sized;
    /// What reading gives: the type itself, or its form that borrows from the row.
    type Read<'r>;
    /// The type on the server.
    const TYPE: ValueType;
    /// Whether the reader does without the column.
    const OPTIONAL: bool = false;

    /// Writes the value, or nothing.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry it.
    fn write_field(&self, field: FieldWriter<'_>) -> Result<()>;

    /// Reads the value from a cell of a column of type [`TYPE`](Self::TYPE).
    ///
    /// # Errors
    /// When the cell is null, or its value does not fit the type.
    fn read_field(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError>;

    /// The value that the server holds: what a column is compared with. [`Null`](Value::Null) where
    /// nothing is written.
    ///
    /// # Errors
    /// As [`write_field`](Self::write_field).
    fn field_value(&self) -> Result<Value> {
        operand::of_field(|field| self.write_field(field))
    }
}

/// What text fields are compared with.
impl FieldValue for str {
    type Base = Self;
    type Read<'r> = &'r Self;
    const TYPE: ValueType = ValueType::String;

    fn write_field(&self, field: FieldWriter<'_>) -> Result<()> {
        field.text(self)
    }

    fn read_field(cell: Cell<'_>) -> Result<&Self, CellError> {
        cell.text()
    }

    /// Any text; one that no field can have is found nowhere.
    fn field_value(&self) -> Result<Value> {
        Ok(self.into())
    }
}

macro_rules! texts {
    ($([$($life:lifetime)?] $rust:ty, reads $read:ty, from $from:expr;)*) => {$(
        impl $(<$life>)? FieldValue for $rust {
            type Base = str;
            type Read<'r> = $read;
            const TYPE: ValueType = ValueType::String;

            #[inline]
            fn write_field(&self, field: FieldWriter<'_>) -> Result<()> {
                field.text(self)
            }

            #[inline]
            fn read_field(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
                cell.text().map($from)
            }
        }
    )*};
}

texts! {
    [] String, reads Self, from str::to_owned;
    [] Box<str>, reads Self, from Box::from;
    [] Arc<str>, reads Self, from Arc::from;
    ['a] &'a str, reads &'r str, from std::convert::identity;
    ['a] Cow<'a, str>, reads Cow<'r, str>, from Cow::Borrowed;
}

macro_rules! scalars {
    ($($rust:ty, $server:ident: |$value:ident, $field:ident| $write:expr, $name:literal;)*) => {$(
        impl FieldValue for $rust {
            type Base = Self;
            type Read<'r> = Self;
            const TYPE: ValueType = ValueType::$server;

            #[inline]
            fn write_field(&self, $field: FieldWriter<'_>) -> Result<()> {
                let $value = *self;
                $write
            }

            #[inline]
            fn read_field(cell: Cell<'_>) -> Result<Self, CellError> {
                cell.parse($name)
            }
        }
    )*};
}

scalars! {
    i8, Integer: |value, field| field.integer(value.into()), "8-bit integer";
    i16, Integer: |value, field| field.integer(value.into()), "16-bit integer";
    i32, Integer: |value, field| field.integer(value.into()), "32-bit integer";
    i64, Integer: |value, field| field.integer(value), "64-bit integer";
    isize, Integer: |value, field| field.integer(value as i64), "integer of this machine's width";
    u8, Unsigned: |value, field| field.unsigned(value.into()), "unsigned 8-bit integer";
    u16, Unsigned: |value, field| field.unsigned(value.into()), "unsigned 16-bit integer";
    u32, Unsigned: |value, field| field.unsigned(value.into()), "unsigned 32-bit integer";
    u64, Unsigned: |value, field| field.unsigned(value), "unsigned 64-bit integer";
    usize, Unsigned: |value, field| field.unsigned(value as u64), "unsigned integer of this machine's width";
    bool, Boolean: |value, field| field.boolean(value), "boolean";
}

macro_rules! floats {
    ($($rust:ty: $write:ident, $read:ident;)*) => {$(
        impl FieldValue for $rust {
            type Base = Self;
            type Read<'r> = Self;
            const TYPE: ValueType = ValueType::Float;

            #[inline]
            fn write_field(&self, field: FieldWriter<'_>) -> Result<()> {
                field.$write(*self)
            }

            #[inline]
            fn read_field(cell: Cell<'_>) -> Result<Self, CellError> {
                cell.$read()
            }
        }
    )*};
}

floats! {
    f64: float, float;
    f32: float32, float32;
}

impl<T: FieldValue> FieldValue for Option<T> {
    type Base = T::Base;
    type Read<'r> = Option<T::Read<'r>>;
    const TYPE: ValueType = T::TYPE;
    const OPTIONAL: bool = true;

    #[inline]
    fn write_field(&self, field: FieldWriter<'_>) -> Result<()> {
        self.as_ref().map_or(Ok(()), |value| value.write_field(field))
    }

    #[inline]
    fn read_field(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
        if cell.is_null() { Ok(None) } else { T::read_field(cell).map(Some) }
    }
}
