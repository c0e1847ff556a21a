//! Reading annotated CSV, the format of query results.
//!
//! # The format
//!
//! ```text
//! #datatype,string,long,dateTime:RFC3339,double,string
//! #group,false,false,false,false,true
//! #default,_result,,,,
//! ,result,table,_time,temp,host
//! ,,0,2024-05-01T12:00:00Z,22.35,a
//! ,,0,2024-05-01T12:00:10Z,22.5,a
//! ,,1,2024-05-01T12:00:00Z,19,b
//! ```
//!
//! Annotation rows give the type of each column, whether it is in the group key, and what an empty
//! cell stands for. A header row names the columns. The first three columns (annotation, result,
//! table) belong to the format; those after them are the user's. A new table begins where the
//! table number or the result changes, or a new header comes; blank lines mean
//! nothing, unless there are neither headers nor annotations. A table
//! without rows has its number and its group key in the default row. Null and the empty text are
//! the same bytes. A failure of the server in mid-reply is a table with the
//! header `error,reference`.
//!
//! # The pieces
//!
//! - [`Reader`] takes chunks of bytes and steps from table to table and record to record. It does
//!   no I/O, holds what it was fed and has not read, and its result does not depend on where chunks
//!   are cut.
//! - [`Dialect`]: a delimiter other than the comma, rows without headers.
//! - [`TableHeader`] and [`Column`] say what a table is; [`Record`] lends one row, [`Cell`] one cell
//!   with typed access.
//! - [`Table`] and [`OwnedRecord`] hold rows whose types are known only at run time, and serialize.
//! - `get_as` and `deserialize`, of both kinds of record, make of a cell or a row any type that serde
//!   reads.
//!
//! Source: the Flux CSV encoder of InfluxDB 2.9.1 (flux v0.200.0), as seen on a live server; RFC 4180
//! for quoting.
//!
//! This room knows cells and types. Which cell goes into which member of a struct is the business
//! of [`measurement`](crate::measurement).

mod cell;
mod cells;
mod column;
mod composed;
mod decimal;
mod deserialize;
#[cfg(test)]
mod deserialize_tests;
mod dialect;
mod header;
mod owned_record;
mod reader;
mod record;
mod row;
mod scanner;
mod table;
#[cfg(test)]
mod tests;

pub use self::cell::Cell;
pub use self::column::{Column, Datatype};
pub(crate) use self::composed::Composed;
pub(crate) use self::deserialize::row as deserialize_row;
pub use self::dialect::{Annotation, Dialect};
pub use self::header::TableHeader;
pub use self::owned_record::OwnedRecord;
pub use self::reader::{Reader, Step};
pub use self::record::Record;
#[cfg(feature = "client")]
pub(crate) use self::table::collect;
pub use self::table::{Table, tables};
