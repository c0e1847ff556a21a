//! The keys of maps.

use std::fmt::{self, Write as _};

use serde::ser::{Error as _, Impossible, Serialize, Serializer};

use super::refused::{refused, refused_unless_single};
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

fn no_key(found: &'static str) -> Failure {
    MappingCause::NoKey { found }.into()
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

    refused! { no_key =>
        serialize_f32(f32) -> Ok, "a float";
        serialize_f64(f64) -> Ok, "a float";
        serialize_none() -> Ok, "null";
        serialize_unit() -> Ok, "null";
        serialize_unit_struct(&'static str) -> Ok, "null";
    }

    refused_unless_single!(no_key);

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
}
