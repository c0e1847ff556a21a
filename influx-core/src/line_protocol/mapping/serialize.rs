//! A record, taken apart by serde: each value goes where the plan says, those without a role nowhere.

use std::fmt;
use std::ops::Range;

use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    SerializeTupleStruct, Serializer,
};

use super::KeyRole;
use super::key::KeySerializer;
use super::plan::Plan;
use super::refused::refused;
use super::scalar::{Failure, ScalarSerializer};
use super::values::Values;
use crate::error::{MappingCause, Result};

/// Takes a map, a struct or a sequence.
#[derive(Debug)]
pub(super) struct RecordSerializer<'p, 'v> {
    pub(super) plan: &'p Plan,
    pub(super) values: &'v mut Values,
}

/// Takes the values of a map or a struct.
#[derive(Debug)]
pub(super) struct Members<'p, 'v> {
    record: RecordSerializer<'p, 'v>,
    /// Of a map: the key whose value comes next, in the text.
    key: Range<usize>,
}

/// Takes the values of a sequence.
#[derive(Debug)]
pub(super) struct Elements<'p, 'v> {
    record: RecordSerializer<'p, 'v>,
    next: usize,
    is_loose: bool,
}

impl<'p, 'v> RecordSerializer<'p, 'v> {
    /// Takes the value of a key.
    fn put<T>(&mut self, key: &str, value: &T, is_loose: bool) -> Result<(), Failure>
    where
        T: Serialize + ?Sized,
    {
        match self.plan.find(key) {
            Some(place) => self.put_named(place, value, is_loose),
            None if self.plan.others == KeyRole::Field => {
                let start = self.values.text.len();
                self.values.text.push_str(key);
                self.put_other(start..self.values.text.len(), value, is_loose)
            }
            None => Ok(()),
        }
    }

    fn put_named<T>(&mut self, place: usize, value: &T, is_loose: bool) -> Result<(), Failure>
    where
        T: Serialize + ?Sized,
    {
        let key = &self.plan.keys[place];
        if key.role == KeyRole::Ignored {
            return Ok(());
        }
        let scalar = ScalarSerializer { text: &mut self.values.text, is_loose };
        let scalar = value.serialize(scalar).map_err(|failure| failure.of(&key.name))?;
        Ok(self.values.set(self.plan, place, scalar)?)
    }

    /// Takes the value of a field that the mapping does not name; its key stands in the text.
    fn put_other<T>(&mut self, key: Range<usize>, value: &T, is_loose: bool) -> Result<(), Failure>
    where
        T: Serialize + ?Sized,
    {
        self.plan.may_be_stored(&self.values.text[key.clone()])?;
        let scalar = ScalarSerializer { text: &mut self.values.text, is_loose };
        match value.serialize(scalar) {
            Ok(scalar) => {
                self.values.push(key, scalar);
                Ok(())
            }
            Err(failure) => Err(failure.of(&self.values.text[key]).into()),
        }
    }

    /// A value whose key is its place.
    fn put_position<T>(&mut self, place: usize, value: &T, is_loose: bool) -> Result<(), Failure>
    where
        T: Serialize + ?Sized,
    {
        let plan = self.plan;
        match plan.positions.get(place) {
            Some(key) => self.put(key, value, is_loose),
            None if plan.positions.is_empty() => Err(MappingCause::NoPositions.into()),
            None => Err(MappingCause::Positions { named: plan.positions.len(), more: true }.into()),
        }
    }

    const fn members(self) -> Members<'p, 'v> {
        Members { record: self, key: 0..0 }
    }

    const fn elements(self, is_loose: bool) -> Elements<'p, 'v> {
        Elements { record: self, next: 0, is_loose }
    }
}

impl Elements<'_, '_> {
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.record.put_position(self.next, value, self.is_loose)?;
        self.next += 1;
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        let named = self.record.plan.positions.len();
        if self.next < named && !self.record.plan.allows_missing {
            return Err(MappingCause::Positions { named, more: false }.into());
        }
        Ok(())
    }
}

fn no_record(found: &'static str) -> Failure {
    MappingCause::NoRecord { found }.into()
}

impl<'p, 'v> Serializer for RecordSerializer<'p, 'v> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Elements<'p, 'v>;
    type SerializeTuple = Elements<'p, 'v>;
    type SerializeTupleStruct = Elements<'p, 'v>;
    type SerializeTupleVariant = Impossible<(), Failure>;
    type SerializeMap = Members<'p, 'v>;
    type SerializeStruct = Members<'p, 'v>;
    type SerializeStructVariant = Impossible<(), Failure>;

    refused! { no_record =>
        serialize_bool(bool) -> Ok, "a boolean";
        serialize_i8(i8) -> Ok, "a number";
        serialize_i16(i16) -> Ok, "a number";
        serialize_i32(i32) -> Ok, "a number";
        serialize_i64(i64) -> Ok, "a number";
        serialize_i128(i128) -> Ok, "a number";
        serialize_u8(u8) -> Ok, "a number";
        serialize_u16(u16) -> Ok, "a number";
        serialize_u32(u32) -> Ok, "a number";
        serialize_u64(u64) -> Ok, "a number";
        serialize_u128(u128) -> Ok, "a number";
        serialize_f32(f32) -> Ok, "a number";
        serialize_f64(f64) -> Ok, "a number";
        serialize_char(char) -> Ok, "a text";
        serialize_str(&str) -> Ok, "a text";
        serialize_bytes(&[u8]) -> Ok, "bytes";
        serialize_none() -> Ok, "null";
        serialize_unit() -> Ok, "null";
        serialize_unit_struct(&'static str) -> Ok, "a struct without members";
        serialize_unit_variant(&'static str, u32, &'static str) -> Ok, "an enum variant";
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant,
            "an enum variant";
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant,
            "an enum variant";
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, _: &T) -> Result<(), Failure> {
        self.serialize_str("")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failure> {
        value.serialize(self)
    }

    /// A tuple of one value is this to serde, and so is a struct that wraps another.
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        if self.plan.positions.len() == 1 {
            self.put_position(0, value, false)
        } else {
            value.serialize(self)
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Failure> {
        Err(no_record("an enum variant"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'p, 'v>, Failure> {
        Ok(self.members())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'p, 'v>, Failure> {
        Ok(self.members())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'p, 'v>, Failure> {
        Ok(self.elements(true))
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'p, 'v>, Failure> {
        Ok(self.elements(false))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Elements<'p, 'v>, Failure> {
        Ok(self.elements(false))
    }
}

impl SerializeMap for Members<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        let text = &mut self.record.values.text;
        let start = text.len();
        key.serialize(KeySerializer { text })?;
        self.key = start..text.len();
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let record = &mut self.record;
        let key = self.key.clone();
        match record.plan.find(&record.values.text[key.clone()]) {
            Some(place) => {
                record.values.text.truncate(key.start);
                record.put_named(place, value, true)
            }
            None if record.plan.others == KeyRole::Field => record.put_other(key, value, true),
            None => {
                record.values.text.truncate(key.start);
                Ok(())
            }
        }
    }

    fn end(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl SerializeStruct for Members<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T>(&mut self, key: &'static str, value: &T) -> Result<(), Failure>
    where
        T: Serialize + ?Sized,
    {
        self.record.put(key, value, false)
    }

    fn end(self) -> Result<(), Failure> {
        Ok(())
    }
}

macro_rules! elements {
    ($($kind:ident::$method:ident),*) => {$(
        impl $kind for Elements<'_, '_> {
            type Ok = ();
            type Error = Failure;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
                self.put(value)
            }

            fn end(self) -> Result<(), Failure> {
                self.end()
            }
        }
    )*};
}

elements!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field
);
