use std::fmt;

use super::{Value, ValueType};
use crate::time::Timestamp;

/// A [`Value`] whose text is borrowed: what a cell of a reply is, without a copy of it.
///
/// It is a serde deserializer too, with the rules of [`OwnedRecord::deserialize`], so that any type
/// can be made of a single value:
///
/// ```
/// use influx_core::schema::ValueRef;
/// use serde::Deserialize as _;
///
/// let value = ValueRef::Integer(300);
/// assert_eq!(u16::deserialize(value)?, 300);
/// assert_eq!(Option::<u16>::deserialize(ValueRef::Null)?, None);
/// assert!(u8::deserialize(value).is_err());
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// [`OwnedRecord::deserialize`]: crate::annotated_csv::OwnedRecord::deserialize
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// No value: an empty cell.
    #[default]
    Null,
    /// 64-bit float.
    Float(f64),
    /// 64-bit signed integer.
    Integer(i64),
    /// 64-bit unsigned integer.
    Unsigned(u64),
    /// A truth value.
    Boolean(bool),
    /// UTF-8 text.
    String(&'a str),
    /// An instant.
    Time(Timestamp),
}

impl<'a> ValueRef<'a> {
    /// The same with a copy of its text.
    #[must_use]
    pub fn into_owned(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Float(value) => Value::Float(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Unsigned(value) => Value::Unsigned(value),
            Self::Boolean(value) => Value::Boolean(value),
            Self::String(value) => Value::String(value.to_owned()),
            Self::Time(value) => Value::Time(value),
        }
    }

    /// The type, unless the value is [`Null`](Self::Null).
    #[must_use]
    pub const fn value_type(self) -> Option<ValueType> {
        Some(match self {
            Self::Null => return None,
            Self::Float(_) => ValueType::Float,
            Self::Integer(_) => ValueType::Integer,
            Self::Unsigned(_) => ValueType::Unsigned,
            Self::Boolean(_) => ValueType::Boolean,
            Self::String(_) => ValueType::String,
            Self::Time(_) => ValueType::Time,
        })
    }

    /// Whether there is no value.
    #[must_use]
    pub const fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// The number, if the value is a float.
    #[must_use]
    pub const fn as_float(self) -> Option<f64> {
        if let Self::Float(value) = self { Some(value) } else { None }
    }

    /// The number, if the value is a signed integer.
    #[must_use]
    pub const fn as_integer(self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(value) } else { None }
    }

    /// The number, if the value is an unsigned integer.
    #[must_use]
    pub const fn as_unsigned(self) -> Option<u64> {
        if let Self::Unsigned(value) = self { Some(value) } else { None }
    }

    /// The truth value, if the value is one.
    #[must_use]
    pub const fn as_boolean(self) -> Option<bool> {
        if let Self::Boolean(value) = self { Some(value) } else { None }
    }

    /// The text, if the value is text.
    #[must_use]
    pub const fn as_str(self) -> Option<&'a str> {
        if let Self::String(value) = self { Some(value) } else { None }
    }

    /// The instant, if the value is one.
    #[must_use]
    pub const fn as_time(self) -> Option<Timestamp> {
        if let Self::Time(value) = self { Some(value) } else { None }
    }
}

/// As a cell of the server's CSV shows it: floats as the shortest decimal without an exponent,
/// `NaN`, `+Inf` and `-Inf`; times in RFC 3339; texts as they are; nothing for null.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.pad(""),
            Self::Float(value) if value.is_infinite() => {
                f.pad(if *value > 0.0 { "+Inf" } else { "-Inf" })
            }
            Self::Float(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::String(value) => value.fmt(f),
            Self::Time(value) => value.fmt(f),
        }
    }
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        value.as_ref()
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        value.into_owned()
    }
}
