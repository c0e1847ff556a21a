//! What a measurement is made of: columns, their roles and types, and single values.
//!
//! [`Schema`] is what the derive knows about a struct at compile time; [`Column`] is the typed name
//! of one of its columns; [`Value`] is a value whose type is known only at run time, [`ValueRef`] the
//! same with its text borrowed.
//!
//! This room knows names and types. How they are written is the business of
//! [`line_protocol`](crate::line_protocol), how they are read that of
//! [`annotated_csv`](crate::annotated_csv).

mod column;
mod deserializer;
mod serialize;
#[cfg(test)]
mod tests;
mod value;
mod value_ref;

use std::fmt;

pub use self::column::{Column, RoleType, role};
pub use self::value::Value;
pub use self::value_ref::ValueRef;

use crate::time::Precision;

/// The column in which un-pivoted rows name their field.
pub(crate) const FIELD: &str = "_field";

/// What typed queries call that column. InfluxDB 2.9.1 sorts tables by the names and values of their
/// group keys once it changes these; as the last of all names it leaves the fields of a series together.
pub(crate) const FIELD_LAST: &str = "\u{10ffff}";

/// The columns of a derived struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    pub(crate) row: &'static str,
    pub(crate) measurement: &'static str,
    pub(crate) precision: Option<Precision>,
    pub(crate) columns: &'static [ColumnSchema],
}

impl Schema {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        row: &'static str,
        measurement: &'static str,
        precision: Option<Precision>,
        columns: &'static [ColumnSchema],
    ) -> Self {
        Self { row, measurement, precision, columns }
    }

    /// The name of the struct, for messages.
    #[must_use]
    pub const fn row(&self) -> &'static str {
        self.row
    }

    /// The name of the measurement.
    #[must_use]
    pub const fn measurement(&self) -> &'static str {
        self.measurement
    }

    /// The precision of writes that name none.
    #[must_use]
    pub const fn precision(&self) -> Option<Precision> {
        self.precision
    }

    /// Tags, fields and the timestamp, in the order of the struct's members.
    pub fn columns(&self) -> impl Iterator<Item = &'static ColumnSchema> + use<> {
        self.columns.iter()
    }

    /// The column of this name. The timestamp's is `_time`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static ColumnSchema> {
        self.columns().find(|column| column.name == name)
    }
}

/// One column of a [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnSchema {
    /// The key on the server; `_time` for the timestamp.
    pub name: &'static str,
    /// Tag, field or timestamp.
    pub role: Role,
    /// The type on the server.
    pub value_type: ValueType,
    /// Whether the reader does without the column (an `Option`, a default, a text tag).
    pub optional: bool,
    /// The name of the member.
    pub member: &'static str,
    /// The type of the member as the source spells it, for messages.
    pub rust_type: &'static str,
    /// The doc comment of the member.
    pub doc: &'static str,
}

impl ColumnSchema {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        role: Role,
        value_type: ValueType,
        optional: bool,
        [member, rust_type, doc]: [&'static str; 3],
    ) -> Self {
        Self { name, role, value_type, optional, member, rust_type, doc }
    }

    /// One that belongs to no measurement.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_result(
        name: &'static str,
        value_type: ValueType,
        optional: bool,
        texts: [&'static str; 3],
    ) -> Self {
        let role = match value_type {
            ValueType::Time => Role::Timestamp,
            _ => Role::Field,
        };
        Self::new(name, role, value_type, optional, texts)
    }
}

/// What a column is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Indexed text; part of the series key.
    Tag,
    /// A stored value.
    Field,
    /// The time of the point.
    Timestamp,
}

/// The types that the server stores. Tags are always [`String`](Self::String).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueType {
    /// 64-bit float; `double` in annotated CSV.
    Float,
    /// 64-bit signed integer; `long`.
    Integer,
    /// 64-bit unsigned integer; `unsignedLong`.
    Unsigned,
    /// `boolean`.
    Boolean,
    /// UTF-8 text; `string`.
    String,
    /// Nanoseconds since 1970; `dateTime:RFC3339`. No field can be one.
    Time,
}

impl ValueType {
    /// The name in the `#datatype` row of annotated CSV.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Float => "double",
            Self::Integer => "long",
            Self::Unsigned => "unsignedLong",
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Time => "dateTime:RFC3339",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
