//! Single values as serde hands them over, and what is written for them.

use std::fmt::{self, Write as _};
use std::ops::Range;

use serde::ser::{Error as _, Impossible, Serialize, Serializer};

use super::refused::{refused, refused_unless_single};
use crate::error::{Error, MappingCause, Result};
use crate::line_protocol::{FieldWriter, TagWriter};
use crate::schema::{Value, ValueType};
use crate::time::Precision;

/// What is said to be exceeded.
const UNSIGNED: &str = "the 64 bits of an unsigned integer";

/// A value of a record; texts stand in the buffer of the [`Values`](super::values::Values).
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Float(f64),
    Float32(f32),
    Signed(i128),
    Unsigned(i128),
    Boolean(bool),
    Text(Range<usize>),
}

/// A scalar with its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Valued<'v> {
    /// In the record, for messages.
    pub(super) key: &'v str,
    pub(super) scalar: &'v Scalar,
    pub(super) text: &'v str,
}

impl Valued<'_> {
    fn wrong(self, wanted: &'static str) -> Error {
        let found = match self.scalar {
            Scalar::Null => "null",
            Scalar::Float(_) | Scalar::Float32(_) => "a float",
            Scalar::Signed(_) | Scalar::Unsigned(_) => "an integer",
            Scalar::Boolean(_) => "a boolean",
            Scalar::Text(_) => "a text",
        };
        MappingCause::WrongType { key: self.key.to_owned(), found: found.to_owned(), wanted }.into()
    }

    pub(super) fn measurement(self) -> Result<()> {
        match self.scalar {
            Scalar::Text(_) => Ok(()),
            _ => Err(self.wrong("a text, the name of the measurement")),
        }
    }

    /// Whether there is a tag to write.
    pub(super) fn is_empty(self) -> bool {
        matches!(self.scalar, Scalar::Null) || self.text.is_empty() && self.is_text()
    }

    const fn is_text(&self) -> bool {
        matches!(self.scalar, Scalar::Text(_))
    }

    pub(super) const fn is_integer(&self) -> bool {
        matches!(self.scalar, Scalar::Signed(_) | Scalar::Unsigned(_))
    }

    pub(super) fn write_tag(self, tag: TagWriter<'_>) -> Result<()> {
        match *self.scalar {
            Scalar::Null => Ok(()),
            Scalar::Text(_) => tag.text(self.text),
            Scalar::Signed(value) | Scalar::Unsigned(value) => {
                tag.text(itoa::Buffer::new().format(value))
            }
            Scalar::Boolean(value) => tag.boolean(value),
            Scalar::Float(_) | Scalar::Float32(_) => {
                Err(self.wrong("a text, an integer or a boolean to be a tag; make it a field"))
            }
        }
    }

    pub(super) fn write_field(
        self,
        stored: Option<ValueType>,
        field: FieldWriter<'_>,
    ) -> Result<()> {
        use ValueType::{Boolean, Float, Integer, String, Unsigned};
        // Its own type, and those that it can be stored with.
        let possible: &[ValueType] = match self.scalar {
            Scalar::Null => return Ok(()),
            Scalar::Float(_) | Scalar::Float32(_) => &[Float, String],
            Scalar::Signed(_) => &[Integer, Unsigned, Float, String],
            Scalar::Unsigned(_) => &[Unsigned, Integer, Float, String],
            Scalar::Boolean(_) => &[Boolean, String],
            Scalar::Text(_) => &[String],
        };
        let stored = stored.unwrap_or(possible[0]);
        if !possible.contains(&stored) {
            return Err(self.wrong(wanted(stored)));
        }
        match *self.scalar {
            Scalar::Float(value) => field.float_as(value, stored),
            Scalar::Float32(value) => field.float32_as(value, stored),
            Scalar::Signed(value) | Scalar::Unsigned(value) => {
                field.integer_as(value, stored).unwrap_or_else(|| Err(self.beyond(value, stored)))
            }
            Scalar::Boolean(value) => field.boolean_as(value, stored),
            Scalar::Text(_) | Scalar::Null => field.text(self.text),
        }
    }

    fn beyond(self, value: i128, stored: ValueType) -> Error {
        let wanted = match stored {
            ValueType::Unsigned => UNSIGNED,
            _ => "the 64 bits of an integer",
        };
        MappingCause::OutOfRange { key: self.key.to_owned(), value: value.to_string(), wanted }
            .into()
    }

    /// Nanoseconds since 1970; none for null.
    pub(super) fn nanos(self, unit: Option<Precision>) -> Result<Option<i128>> {
        let nanos = match *self.scalar {
            Scalar::Null => return Ok(None),
            Scalar::Text(_) => crate::time::parse_loosely(self.text).ok_or_else(|| {
                let (key, text) = (self.key.to_owned(), self.text.to_owned());
                MappingCause::NoTimeText { key, text }
            })?,
            Scalar::Signed(count) | Scalar::Unsigned(count) => {
                let unit = unit.ok_or_else(|| MappingCause::NoUnit { key: self.key.to_owned() })?;
                // What this cuts off is far outside what can be stored all the same.
                count.saturating_mul(unit.nanos().into())
            }
            Scalar::Float(_) | Scalar::Float32(_) | Scalar::Boolean(_) => {
                return Err(self.wrong("a date and time as a text, or an integer"));
            }
        };
        Ok(Some(nanos))
    }
}

const fn wanted(stored: ValueType) -> &'static str {
    match stored {
        ValueType::Float => "a number, to be stored as a float",
        ValueType::Integer => "an integer, to be stored as one",
        ValueType::Unsigned => "an integer that is not negative, to be stored as an unsigned one",
        ValueType::Boolean => "a boolean, to be stored as one",
        ValueType::String | ValueType::Time => "a single value",
    }
}

/// Why a value is not taken.
#[derive(Debug)]
pub(super) enum Failure {
    Nested(&'static str),
    Wide(u128),
    /// What the value's own implementation of `Serialize` says.
    Foreign(String),
    Told(Error),
}

impl Failure {
    /// The same of the value of this key.
    pub(super) fn of(self, key: &str) -> Error {
        let key = key.to_owned();
        match self {
            Self::Nested(found) => MappingCause::Nested { key, found }.into(),
            Self::Wide(value) => {
                MappingCause::OutOfRange { key, value: value.to_string(), wanted: UNSIGNED }.into()
            }
            Self::Foreign(message) => MappingCause::Foreign { key, message }.into(),
            Self::Told(error) => error,
        }
    }
}

impl<T: Into<Error>> From<T> for Failure {
    fn from(error: T) -> Self {
        Self::Told(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nested(found) => f.write_str(found),
            Self::Wide(value) => value.fmt(f),
            Self::Foreign(message) => message.fmt(f),
            Self::Told(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl serde::ser::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Foreign(message.to_string())
    }
}

/// Takes one value; its text goes behind those that are there.
#[derive(Debug)]
pub(super) struct ScalarSerializer<'s> {
    pub(super) text: &'s mut String,
    /// Whether the value may come from a format such as JSON, whose whole numbers have no sign of
    /// their type: then one that fits is an integer.
    pub(super) is_loose: bool,
}

macro_rules! numbers {
    ($($method:ident: $rust:ty => $variant:ident;)*) => {$(
        fn $method(self, value: $rust) -> Result<Scalar, Failure> {
            Ok(Scalar::$variant(value.into()))
        }
    )*};
}

impl Serializer for ScalarSerializer<'_> {
    type Ok = Scalar;
    type Error = Failure;
    type SerializeSeq = Impossible<Scalar, Failure>;
    type SerializeTuple = Impossible<Scalar, Failure>;
    type SerializeTupleStruct = Impossible<Scalar, Failure>;
    type SerializeTupleVariant = Impossible<Scalar, Failure>;
    type SerializeMap = Impossible<Scalar, Failure>;
    type SerializeStruct = Impossible<Scalar, Failure>;
    type SerializeStructVariant = Impossible<Scalar, Failure>;

    numbers! {
        serialize_bool: bool => Boolean;
        serialize_i8: i8 => Signed;
        serialize_i16: i16 => Signed;
        serialize_i32: i32 => Signed;
        serialize_i64: i64 => Signed;
        serialize_i128: i128 => Signed;
        serialize_u8: u8 => Unsigned;
        serialize_u16: u16 => Unsigned;
        serialize_u32: u32 => Unsigned;
        serialize_f32: f32 => Float32;
        serialize_f64: f64 => Float;
    }

    refused_unless_single!(Failure::Nested);

    fn serialize_u64(self, value: u64) -> Result<Scalar, Failure> {
        let is_integer = self.is_loose && i64::try_from(value).is_ok();
        let value = value.into();
        Ok(if is_integer { Scalar::Signed(value) } else { Scalar::Unsigned(value) })
    }

    fn serialize_u128(self, value: u128) -> Result<Scalar, Failure> {
        value.try_into().map(Scalar::Unsigned).map_err(|_| Failure::Wide(value))
    }

    fn serialize_char(self, value: char) -> Result<Scalar, Failure> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Scalar, Failure> {
        let start = self.text.len();
        self.text.push_str(value);
        Ok(Scalar::Text(start..self.text.len()))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<Scalar, Failure> {
        let start = self.text.len();
        write!(self.text, "{value}").map_err(Failure::custom)?;
        Ok(Scalar::Text(start..self.text.len()))
    }

    fn serialize_none(self) -> Result<Scalar, Failure> {
        Ok(Scalar::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Scalar, Failure> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Scalar, Failure> {
        Ok(Scalar::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Scalar, Failure> {
        Ok(Scalar::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Scalar, Failure> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Scalar, Failure> {
        // This crate's own values know their types.
        let is_loose = self.is_loose && name != Value::UNSIGNED;
        value.serialize(ScalarSerializer { text: self.text, is_loose })
    }
}
