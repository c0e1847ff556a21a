//! Any type that serde reads ← a row.

use std::marker::PhantomData;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::column::index_of;
use super::row::Row;
use crate::error::{CellError, CellProblem};
use crate::schema::ValueRef;

/// Reads the whole row.
pub(crate) fn row<'de, T: Deserialize<'de>>(row: impl Row<'de>) -> Result<T, CellError> {
    T::deserialize(RowDeserializer(row)).map_err(|error| error.among(names(row)))
}

/// Reads the cell of the first column of this name.
pub(super) fn column<'de, T: Deserialize<'de>>(
    row: impl Row<'de>,
    name: &str,
) -> Result<T, CellError> {
    match index_of(row.columns(), name) {
        Some(index) => cell(row, index, PhantomData),
        None => T::deserialize(Absent(name)).map_err(|error| error.among(names(row))),
    }
}

fn cell<'de, S: DeserializeSeed<'de>>(
    row: impl Row<'de>,
    index: usize,
    seed: S,
) -> Result<S::Value, CellError> {
    let name = &row.columns()[index].name;
    seed.deserialize(CellDeserializer { row, index }).map_err(|error| error.in_column(name))
}

/// A cell that is read only when a type asks for its value: not every column is wanted.
struct CellDeserializer<R> {
    row: R,
    index: usize,
}

impl<'de, R: Row<'de>> CellDeserializer<R> {
    fn with<T>(
        self,
        read: impl FnOnce(ValueRef<'de>) -> Result<T, CellError>,
    ) -> Result<T, CellError> {
        let value = self.row.at(self.index)?;
        // Whatever the type says of the unit or the empty text, what it did not expect is null.
        read(value).map_err(|error| if value.is_null() { CellProblem::Null.into() } else { error })
    }
}

macro_rules! read_value {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, CellError> {
            self.with(|value| value.$method($($argument,)* visitor))
        }
    )*};
}

impl<'de, R: Row<'de>> Deserializer<'de> for CellDeserializer<R> {
    type Error = CellError;

    read_value! {
        deserialize_any();
        deserialize_option();
        deserialize_str();
        deserialize_string();
        deserialize_f32();
        deserialize_newtype_struct(name: &'static str);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f64 char bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier
    }
}

fn names<'de>(row: impl Row<'de>) -> impl Iterator<Item = &'de str> {
    row.columns().iter().map(|column| column.name.as_str())
}

struct RowDeserializer<R>(R);

impl<'de, R: Row<'de>> Deserializer<'de> for RowDeserializer<R> {
    type Error = CellError;

    /// By name.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_map(Cells { row: self.0, next: 0 })
    }

    /// By position.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        let mut cells = Cells { row: self.0, next: 0 };
        let value = visitor.visit_seq(&mut cells)?;
        if cells.left() == 0 {
            return Ok(value);
        }
        let columns = self.0.columns().len();
        Err(CellError::new(format!("the row has {columns} columns, and a tuple takes all of them")))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, CellError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, CellError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, CellError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct map struct enum identifier ignored_any
    }
}

/// The cells that are still to be read.
struct Cells<R> {
    row: R,
    next: usize,
}

impl<'de, R: Row<'de>> Cells<R> {
    fn left(&self) -> usize {
        self.row.columns().len() - self.next
    }

    fn read<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, CellError> {
        let index = self.next;
        self.next += 1;
        cell(self.row, index, seed)
    }
}

impl<'de, R: Row<'de>> SeqAccess<'de> for &mut Cells<R> {
    type Error = CellError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, CellError> {
        if self.left() == 0 { Ok(None) } else { self.read(seed).map(Some) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}

impl<'de, R: Row<'de>> MapAccess<'de> for Cells<R> {
    type Error = CellError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, CellError> {
        let column = self.row.columns().get(self.next);
        column.map(|c| seed.deserialize(BorrowedStrDeserializer::new(&c.name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, CellError> {
        self.read(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}

/// A column that the table lacks, as it does when none of its points has the field.
struct Absent<'a>(&'a str);

impl<'de> Deserializer<'de> for Absent<'_> {
    type Error = CellError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, CellError> {
        Err(CellProblem::NoColumn { column: self.0.to_owned(), columns: Vec::new() }.into())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
