use std::fmt;

use super::{ValueRef, ValueType};
use crate::time::Timestamp;

/// A value whose type is known only at run time: a field of a [`Point`](crate::Point), or a cell of a
/// [`Table`](crate::annotated_csv::Table).
///
/// ```
/// use influx_core::{Timestamp, Value};
///
/// assert_eq!(Value::from(22.0).to_string(), "22");
/// assert_eq!(Value::Time(Timestamp::from_nanos(0)).to_string(), "1970-01-01T00:00:00Z");
/// assert_eq!(Value::from("room 1").as_ref().as_str(), Some("room 1"));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Value {
    /// No value: a field that is not written, an empty cell that is read.
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
    String(String),
    /// An instant. Cells hold them; a field cannot.
    Time(Timestamp),
}

impl Value {
    /// The same with its text borrowed, as [`Option::as_ref`] does.
    #[must_use]
    pub const fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Float(value) => ValueRef::Float(*value),
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Unsigned(value) => ValueRef::Unsigned(*value),
            Self::Boolean(value) => ValueRef::Boolean(*value),
            Self::String(value) => ValueRef::String(value.as_str()),
            Self::Time(value) => ValueRef::Time(*value),
        }
    }

    /// The type, unless the value is [`Null`](Self::Null).
    #[must_use]
    pub const fn value_type(&self) -> Option<ValueType> {
        self.as_ref().value_type()
    }

    /// Whether there is no value.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        self.as_ref().is_null()
    }

    /// The number, if the value is a float.
    #[must_use]
    pub const fn as_float(&self) -> Option<f64> {
        self.as_ref().as_float()
    }

    /// The number, if the value is a signed integer.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        self.as_ref().as_integer()
    }

    /// The number, if the value is an unsigned integer.
    #[must_use]
    pub const fn as_unsigned(&self) -> Option<u64> {
        self.as_ref().as_unsigned()
    }

    /// The truth value, if the value is one.
    #[must_use]
    pub const fn as_boolean(&self) -> Option<bool> {
        self.as_ref().as_boolean()
    }

    /// The text, if the value is text.
    #[must_use]
    pub const fn as_str(&self) -> Option<&str> {
        self.as_ref().as_str()
    }

    /// The instant, if the value is one.
    #[must_use]
    pub const fn as_time(&self) -> Option<Timestamp> {
        self.as_ref().as_time()
    }
}

/// As [`ValueRef`].
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

macro_rules! from {
    ($($rust:ty => $variant:ident),* $(,)?) => {$(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    f64 => Float,
    i8 => Integer, i16 => Integer, i32 => Integer, i64 => Integer,
    u8 => Unsigned, u16 => Unsigned, u32 => Unsigned, u64 => Unsigned,
    bool => Boolean,
    &str => String, String => String,
}

impl From<isize> for Value {
    fn from(value: isize) -> Self {
        Self::Integer(value as i64)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Unsigned(value as u64)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::String(value.clone())
    }
}

/// Takes the shortest decimal that names the `f32`, so that 0.1 stays 0.1.
impl From<f32> for Value {
    fn from(value: f32) -> Self {
        let exact = f64::from(value);
        Self::Float(if value.is_finite() {
            zmij::Buffer::new().format_finite(value).parse().unwrap_or(exact)
        } else {
            exact
        })
    }
}

/// `None` is [`Value::Null`], a field that is not written.
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
