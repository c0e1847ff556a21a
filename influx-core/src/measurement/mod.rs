#![doc = include_str!("derive.md")]
//!
//! # The pieces
//!
//! - [`Measurement`]: what a derived struct says of itself.
//! - [`TagValue`], [`FieldValue`], [`TimestampValue`]: the types of members, one trait for each role,
//!   for writing and reading. Implement them for types of your own. [`ColumnValue`] is for reading
//!   alone.
//! - [`FromRow`]: a row of a result, read in two phases: `plan` once for each header, `read` for
//!   each row. [`Serde`] is one for types that only serde knows.
//! - [`Decoder`]: chunks of annotated CSV → rows; [`rows()`] for a reply that is in memory.
//!
//! This room knows structs and their members. Bytes are the business of
//! [`line_protocol`](crate::line_protocol) and [`annotated_csv`](crate::annotated_csv), sending and
//! receiving that of [`Client`](crate::Client).

#[doc(hidden)]
pub mod __private;
mod assembly;
mod column;
mod decoder;
mod field;
mod mapping;
mod plan;
mod predicate;
mod row;
mod tag;
mod timestamp;

#[cfg(feature = "polars")]
pub(crate) use self::assembly::{Texts, fingerprint, show};
pub use self::column::ColumnValue;
pub use self::decoder::{Decoder, Progress, rows};
pub use self::field::FieldValue;
#[cfg(all(feature = "client", feature = "polars"))]
pub(crate) use self::plan::RowPlan;
pub use self::predicate::{
    Compares, Deletable, Equates, General, Join, Number, Operand, Ordered, Predicate,
};
pub use self::row::{FromRow, FromRowOwned, Serde};
pub use self::tag::TagValue;
pub use self::timestamp::{TimestampCount, TimestampValue};
pub use crate::error::{CellError, Mismatch, Mismatches};
#[cfg(feature = "derive")]
pub use influx_derive::FromRow;

use crate::schema::Schema;

/// A struct that is a point of one measurement.
///
/// Derived: see [the guide](self).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a measurement",
    note = "annotate the struct with `#[derive(Measurement)]`"
)]
pub trait Measurement {
    /// Its measurement, columns, roles and types.
    const SCHEMA: Schema;
}
