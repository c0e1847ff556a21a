//! Any type that serde reads ← a single value.

use std::iter::once;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, MapAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::{Value, ValueRef};
use crate::error::CellError;

impl<'de> Deserializer<'de> for ValueRef<'de> {
    type Error = CellError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Float(value) => visitor.visit_f64(value),
            Self::Integer(value) => visitor.visit_i64(value),
            Self::Unsigned(value) => visitor.visit_u64(value),
            Self::Boolean(value) => visitor.visit_bool(value),
            Self::String(value) => visitor.visit_borrowed_str(value),
            Self::Time(value) => visitor.visit_str(value.rfc3339().as_str()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// For text, null and empty are the same.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        let text = if self.is_null() { Self::String("") } else { self };
        text.deserialize_any(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        self.deserialize_str(visitor)
    }

    /// serde would make infinities of what is too large.
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        match self {
            Self::Float(value) if value.is_finite() && value.abs() > f32::MAX.into() => {
                Err(CellError::invalid_value(Unexpected::Float(value), &"f32"))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    /// What is made into a [`Value`] keeps its type.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CellError> {
        match (name, self) {
            (Value::NAME, Self::Time(time)) => {
                visitor.visit_map(one_entry(Value::TIME, time.as_nanos()))
            }
            (Value::NAME, Self::Unsigned(value)) => {
                visitor.visit_map(one_entry(Value::UNSIGNED, value))
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_unit()
    }

    /// The name of a variant without data.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CellError> {
        match self {
            Self::String(name) => visitor.visit_enum(BorrowedStrDeserializer::new(name)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f64 char bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier
    }
}

fn one_entry<'de, T: IntoDeserializer<'de, CellError>>(
    name: &'static str,
    value: T,
) -> impl MapAccess<'de, Error = CellError> {
    MapDeserializer::new(once((name, value)))
}
