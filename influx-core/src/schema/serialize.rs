//! Single values ⇄ the formats of serde.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Value, ValueRef};
use crate::time::Timestamp;

/// Times are texts (RFC 3339). A number that is not finite is `null` in JSON, which has no other
/// word for it.
impl Serialize for ValueRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Null => serializer.serialize_none(),
            Self::Float(value) => serializer.serialize_f64(value),
            Self::Integer(value) => serializer.serialize_i64(value),
            // Of this name, so that it stays unsigned where a mapping writes it.
            Self::Unsigned(value) => serializer.serialize_newtype_struct(Value::UNSIGNED, &value),
            Self::Boolean(value) => serializer.serialize_bool(value),
            Self::String(value) => serializer.serialize_str(value),
            Self::Time(value) => value.serialize(serializer),
        }
    }
}

/// As [`ValueRef`].
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().serialize(serializer)
    }
}

/// Takes what a format such as JSON says of itself: a whole number is an
/// [`Integer`](Value::Integer), and [`Unsigned`](Value::Unsigned) only beyond the range of one; a
/// time stays text. A value of this crate's own rows keeps its type, save where serde keeps it before
/// it knows that a `Value` is wanted (`flatten`, `untagged`, `tag`). Formats that write the names of
/// newtypes, such as RON, cannot be read.
///
/// ```
/// use influx_core::Value;
///
/// let values: Vec<Value> = serde_json::from_str(r#"[1, 18446744073709551615, 1.0, "a", null]"#)?;
/// assert_eq!(values, [1_i64.into(), u64::MAX.into(), 1.0.into(), "a".into(), Value::Null]);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(Self::NAME, AnyValue)
    }
}

impl Value {
    /// By this name a deserializer of this crate knows that it need not lose the type: a map of its
    /// name to the value will do.
    pub(super) const NAME: &str = "influx_core::Value";
    pub(crate) const UNSIGNED: &str = "influx_core::Unsigned";
    pub(super) const TIME: &str = "influx_core::Time";
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a boolean, a text or null")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Unsigned(value), Value::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<Value, D::Error> {
        value.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        match map.next_key::<String>()?.as_deref() {
            Some(Value::UNSIGNED) => map.next_value().map(Value::Unsigned),
            Some(Value::TIME) => {
                map.next_value().map(|nanos| Value::Time(Timestamp::from_nanos(nanos)))
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}
