use std::borrow::Cow;
use std::sync::Arc;

use super::CellError;
use super::predicate::operand;
use crate::annotated_csv::Cell;
use crate::error::Result;
use crate::line_protocol::TagWriter;

/// A type that a `#[tag]` can have. On the server every tag is text.
///
/// Implemented for texts, integers, `bool` and `Option`s of them, and derived for enums with
/// `#[derive(TagValue)]`. For a type of your own:
///
/// ```
/// use influx_core::Result;
/// use influx_core::annotated_csv::Cell;
/// use influx_core::line_protocol::TagWriter;
/// use influx_core::measurement::{CellError, TagValue};
///
/// #[derive(Debug, PartialEq)]
/// struct Rack(u16);
///
/// impl TagValue for Rack {
///     type Base = Self;
///     type Read<'r> = Self;
///
///     fn write_tag(&self, tag: TagWriter<'_>) -> Result<()> {
///         tag.text(&format!("rack-{}", self.0))
///     }
///
///     fn read_tag(cell: Cell<'_>) -> Result<Self, CellError> {
///         let number = cell.text()?.strip_prefix("rack-").and_then(|n| n.parse().ok());
///         number.map(Self).ok_or_else(|| CellError::new("a rack is called `rack-` and a number"))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a tag",
    label = "not a tag type",
    note = "tags can be `String`, `&str`, `Cow<str>`, `Box<str>`, `Arc<str>`, `bool`, an integer of up to 64 bits, or an `Option` of one",
    note = "for an enum without data, `#[derive(TagValue)]`; floats make poor tags: each value is a series of its own, use `#[field]`",
    note = "for another type, implement `TagValue`"
)]
pub trait TagValue {
    /// What the column is compared with.
    type Base: ?Sized;
    /// What reading gives: the type itself, or its form that borrows from the row.
    type Read<'r>;
    /// Whether the reader does without the column: a series that lacks the tag has none.
    const OPTIONAL: bool = false;

    /// Writes the value, or nothing.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry it.
    fn write_tag(&self, tag: TagWriter<'_>) -> Result<()>;

    /// Reads the value; an empty cell means that the series lacks the tag.
    ///
    /// # Errors
    /// When the text is not of the type.
    fn read_tag(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError>;

    /// The text that the server holds for this value: what a column is compared with.
    ///
    /// # Errors
    /// As [`write_tag`](Self::write_tag).
    fn tag_text(&self) -> Result<String> {
        operand::of_tag(|tag| self.write_tag(tag))
    }
}

/// What text tags are compared with.
impl TagValue for str {
    type Base = Self;
    type Read<'r> = &'r Self;
    const OPTIONAL: bool = true;

    fn write_tag(&self, tag: TagWriter<'_>) -> Result<()> {
        tag.text(self)
    }

    fn read_tag(cell: Cell<'_>) -> Result<&Self, CellError> {
        cell.text()
    }

    /// Any text; one that no tag can have is found nowhere.
    fn tag_text(&self) -> Result<String> {
        Ok(self.to_owned())
    }
}

macro_rules! texts {
    ($([$($life:lifetime)?] $rust:ty, reads $read:ty, from $from:expr;)*) => {$(
        impl $(<$life>)? TagValue for $rust {
            type Base = str;
            type Read<'r> = $read;
            const OPTIONAL: bool = true;

            #[inline]
            fn write_tag(&self, tag: TagWriter<'_>) -> Result<()> {
                tag.text(self)
            }

            #[inline]
            fn read_tag(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
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
    ($($rust:ty: |$value:ident, $tag:ident| $write:expr, $name:literal;)*) => {$(
        impl TagValue for $rust {
            type Base = Self;
            type Read<'r> = Self;

            #[inline]
            fn write_tag(&self, $tag: TagWriter<'_>) -> Result<()> {
                let $value = *self;
                $write
            }

            #[inline]
            fn read_tag(cell: Cell<'_>) -> Result<Self, CellError> {
                cell.parse($name)
            }
        }
    )*};
}

scalars! {
    i8: |value, tag| tag.integer(value.into()), "8-bit integer";
    i16: |value, tag| tag.integer(value.into()), "16-bit integer";
    i32: |value, tag| tag.integer(value.into()), "32-bit integer";
    i64: |value, tag| tag.integer(value), "64-bit integer";
    isize: |value, tag| tag.integer(value as i64), "integer of this machine's width";
    u8: |value, tag| tag.unsigned(value.into()), "unsigned 8-bit integer";
    u16: |value, tag| tag.unsigned(value.into()), "unsigned 16-bit integer";
    u32: |value, tag| tag.unsigned(value.into()), "unsigned 32-bit integer";
    u64: |value, tag| tag.unsigned(value), "unsigned 64-bit integer";
    usize: |value, tag| tag.unsigned(value as u64), "unsigned integer of this machine's width";
    bool: |value, tag| tag.boolean(value), "boolean";
}

impl<T: TagValue> TagValue for Option<T> {
    type Base = T::Base;
    type Read<'r> = Option<T::Read<'r>>;
    const OPTIONAL: bool = true;

    #[inline]
    fn write_tag(&self, tag: TagWriter<'_>) -> Result<()> {
        self.as_ref().map_or(Ok(()), |value| value.write_tag(tag))
    }

    #[inline]
    fn read_tag(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
        if cell.is_null() { Ok(None) } else { T::read_tag(cell).map(Some) }
    }
}
