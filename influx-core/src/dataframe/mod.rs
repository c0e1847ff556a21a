//! Data frames: query results read into them, and records of derived structs.
//!
//! # Reading
//!
//! | call | gives |
//! |---|---|
//! | [`client.query(flux).data_frame()`](crate::client::Query::data_frame) | one frame, always |
//! | [`….data_frames()`](crate::client::Query::data_frames) | a frame for each table, with its group key |
//! | [`….data_frame_chunks(rows)`](crate::client::Query::data_frame_chunks) | frames of at most so many rows, for results larger than memory |
//! | [`….frames(options)`](crate::client::Query::frames) | the same three with [`FrameOptions`], such as [`wide`](FrameOptions::wide) |
//! | [`client.select::<T>(…)….data_frame()`](crate::client::Select::data_frame) | the columns of a struct |
//! | [`from_csv`], [`tables_from_csv`] | frames of a reply that is in memory |
//! | [`from_records`], [`to_records`] | `Vec<T>` of a derived struct ⇄ frame |
//!
//! Cells go straight from the reply's bytes into the columns; no row is a value of its own.
//!
//! | annotated CSV | polars |
//! |---|---|
//! | `double` | `Float64` |
//! | `long` | `Int64` |
//! | `unsignedLong` | `UInt64` |
//! | `boolean` | `Boolean` |
//! | `dateTime:RFC3339` | `Datetime` in nanoseconds, UTC |
//! | `string` in the group key, as tags are | `Categorical`, of polars' global categories; `String` on request |
//! | `string` elsewhere, and what the format does not know | `String` |
//! | `duration` | `Duration` in nanoseconds; months and years, which have no length, are an error |
//! | `base64Binary` | `Binary` |
//!
//! An empty cell is null, also of a text: the server writes `""` and null alike. A column is what it is
//! in the first table that has it: one that comes later is null in the rows before, one of another type
//! in a later table is an error that names both, unless [`numbers_as_floats`](FrameOptions::numbers_as_floats) makes them one.
//! Two columns of one name in a table are an error. The columns `result` and `table` of the format are left
//! out unless [`with_table`](FrameOptions::with_table) asks for them, and the server's profilers
//! are in no frame. A reply that breaks off, or in which the server reports a failure, is an error and no frame.
//!
//! # Lazy frames and Arrow
//!
//! A frame is polars' own: with its feature `lazy`, `frame.lazy()` begins a query over it, and
//! [`iter_chunks`](polars::prelude::DataFrame::iter_chunks) gives its columns as Arrow record batches,
//! without a copy of their values:
//!
//! ```
//! use influx_core::dataframe::polars::df;
//! use influx_core::dataframe::polars::prelude::CompatLevel;
//!
//! let frame = df!["temp" => [22.35, 20.5]].unwrap();
//! let batches: Vec<_> = frame.iter_chunks(CompatLevel::newest(), false).collect();
//! assert_eq!((batches.len(), batches[0].len()), (1, 2));
//! ```
//!
//! # Versions and cost
//!
//! | `influx-core` | polars | rustc |
//! |---|---|---|
//! | 0.1 | 0.55 | as polars asks: 1.95 |
//!
//! polars breaks its API with each minor version and declares no oldest rustc. So this module is outside
//! of this crate's promises of stability and of its oldest rustc: a minor version of this crate may go
//! on to another polars. Name polars through [`dataframe::polars`](polars), and the versions agree; a
//! dependency of your own, for more of its features, has to be of the version in the table.
//!
//! This room knows polars. It knows nothing of sending ([`Client`](crate::Client)).

mod read;
mod records;

/// The version of polars whose frames these are.
pub use polars;

#[cfg(feature = "client")]
pub(crate) use self::read::{FrameDecoder, Frames, Progress, TypedFrames};
pub use self::read::{FrameOptions, TableFrame, from_csv, tables_from_csv};
pub use self::records::{from_records, to_records};
