//! The keys of maps.

use std::fmt::{self, Write as _};

use serde::ser::{Error as _, Impossible, Serialize, Serializer};

use super::scalar::Failure;
use crate::error::{MappingCause, Result};

/// Takes one key as a text, which goes behind those that are there.
#[derive(Debug)]
pub(super) struct KeySerializer<'s> {
    pub(super) text: &'s mut String,
}

macro_rules! printed {
    ($($method:ident: $rust:ty;)*) => {$(
        fn $method(self, value: $rust) -> Result<(), Failure> {
            self.collect_str(&value)
        }
    )*};
}

macro_rules! no_key {
    ($($method:ident($($argument:ty),*) -> $part:ident, $found:literal;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Self::$part, Failure> {
            Err(MappingCause::NoKey { found: $found }.into())
        }
    )*};
}

impl Serializer for KeySerializer<'_> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Impossible<(), Failure>;
    type SerializeTuple = Impossible<(), Failure>;
    type SerializeTupleStruct = Impossible<(), Failure>;
    type SerializeTupleVariant = Impossible<(), Failure>;
    type SerializeMap = Impossible<(), Failure>;
    type SerializeStruct = Impossible<(), Failure>;
    type SerializeStructVariant = Impossible<(), Failure>;

    printed! {
        serialize_bool: bool;
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
        serialize_char: char;
        serialize_str: &str;
    }

    no_key! {
        serialize_f32(f32) -> Ok, "a float";
        serialize_f64(f64) -> Ok, "a float";
        serialize_bytes(&[u8]) -> Ok, "bytes";
        serialize_none() -> Ok, "null";
        serialize_unit() -> Ok, "null";
        serialize_unit_struct(&'static str) -> Ok, "null";
        serialize_seq(Option<usize>) -> SerializeSeq, "a list";
        serialize_tuple(usize) -> SerializeTuple, "a tuple";
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct, "a tuple";
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant,
            "an enum variant with data";
        serialize_map(Option<usize>) -> SerializeMap, "a map";
        serialize_struct(&'static str, usize) -> SerializeStruct, "a struct";
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant,
            "an enum variant with data";
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Failure> {
        write!(self.text, "{value}").map_err(Failure::custom)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failure> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Failure> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Failure> {
        Err(MappingCause::NoKey { found: "an enum variant with data" }.into())
    }
}
