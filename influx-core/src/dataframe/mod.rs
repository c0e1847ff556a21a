//! Data frames: written as line protocol, read from query results, and as records of derived structs.
//!
//! ```
//! # #[cfg(feature = "client")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = influx_testkit::Server::start();
//! # let client = influx_core::Client::builder(server.url()).token(server.token());
//! # let client = client.org(server.org()).build()?;
//! use influx_core::dataframe::{FrameOptions, polars::df};
//! use influx_core::{Mapping, Precision};
//!
//! let frame = df!["host" => ["a", "b"], "temp" => [22.35, 20.5], "at" => [60_i64, 60]]?;
//! let mapping = Mapping::measurement("cpu").tag("host").time_in("at", Precision::Seconds);
//! client.write_frame("my-bucket", &frame, &mapping).await?;
//!
//! let flux = r#"from(bucket: "my-bucket") |> range(start: 0)"#;
//! let frame = client.query(flux).frames(FrameOptions::new().wide()).data_frame().await?;
//! assert_eq!(frame.column("temp")?.f64()?.get(1), Some(20.5));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "client"))]
//! # fn main() {}
//! ```
//!
//! # Writing
//!
//! A [`Mapping`](crate::Mapping) says which column is what. [`Mapping::frame`](crate::Mapping::frame)
//! settles it for one frame: columns are found, types and names are checked, keys are escaped, once.
//! Its rows are then records like all others.
//!
//! | call | for |
//! |---|---|
//! | `client.write_frame(bucket, &frame, &mapping)` | a frame of any size, in several requests |
//! | `client.write(bucket, &mapping.frame(&frame)?)` | a small one, in one request |
//! | `writer.write(&mapping.frame(&frame)?)` | batches, retries; bad rows cost nobody else |
//! | [`FrameLines::write_to`] | a file |
//! | [`encode(&mapping.frame(&frame)?, &mut buffer)`](crate::line_protocol::encode()) | a buffer |
//!
//! | type of the column | as a tag | as a field | with [`field_type`](crate::Mapping::field_type) |
//! |---|---|---|---|
//! | `Int8` … `Int64`, `Int128` | its digits | integer | unsigned, float (the nearest), string |
//! | `UInt8` … `UInt64`, `UInt128` | its digits | unsigned | integer, float (the nearest), string |
//! | `Float64` | – | float | string |
//! | `Float32`, `Float16` | – | float, by the shortest digits of 32 bits: 0.1 stays 0.1 | string |
//! | `Decimal` | – | float (the nearest) | string, with all its digits |
//! | `Boolean` | `true`, `false` | boolean | string |
//! | `String`, `Categorical`, `Enum` | its text | string | – |
//! | `Datetime` | – | string, RFC 3339 in UTC | integer, unsigned: nanoseconds since 1970 |
//! | `Date` | – | string, `2024-05-01` | integer, unsigned: nanoseconds since 1970 |
//! | `Time` | – | string, `12:00:00.5` | integer, unsigned: nanoseconds since midnight |
//! | `Duration` | – | integer, nanoseconds | unsigned, float |
//! | `Null` | left out | left out | left out |
//! | `Binary`, `List`, `Array`, `Struct`, `Object` | – | – | – |
//!
//! What has no place is refused before any row, with the column and what to do. A number that the
//! stored type cannot hold, a NaN or an infinity, and a text that line protocol cannot carry refuse
//! their row: the error has row and column, and [`refused`](crate::Error::refused) has all such rows.
//! Floats are no tags, since they have several spellings, each of which would be a series of its own.
//!
//! **The time** is a column of `Datetime` (whatever unit it has counts, not that of the mapping),
//! `Date` (midnight), integers with a unit ([`time_in`](crate::Mapping::time_in)) or texts in RFC 3339.
//! A `Datetime` with a zone, or a text with an offset, is an instant; one without, and a `Date`, is UTC, or local where
//! [`time_zone`](crate::Mapping::time_zone) says so: then a reading that clocks skip, or show twice,
//! refuses its row. A time that is null refuses it too, unless there is
//! [`server_time`](crate::Mapping::server_time).
//!
//! **Nulls** are not written. A row whose fields are all null is no point, whatever else it holds;
//! reports count them ([`FrameReport::skipped`]). An empty tag is left out, as it is for the server;
//! an empty string field is stored, but InfluxDB's replies have the same bytes for it and for null.
//!
//! Tags and fields are in the order of their names on the server. Chunks and slices are read where
//! they are; only a frame cut into more than 1,024 pieces is copied into one.
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
//! The feature adds 84 crates to the 105 of the default build. On two cores a debug build of this
//! repository's tests and examples of frames took 3 minutes and 12 seconds, with all that they depend on; a
//! release build takes about twice as long. Without it nothing of polars is downloaded or built.
//!
//! This room knows polars. It knows nothing of sending ([`Client`](crate::Client)).

mod read;
mod records;
mod write;

pub use self::write::{FrameLines, FrameReport, FrameRow, FrameRows};

#[cfg(feature = "client")]
pub(crate) use self::write::{Block, Blocks, Limits};
#[cfg(feature = "client")]
pub(crate) use polars::prelude::DataFrame;

/// The version of polars whose frames these are.
pub use polars;

#[cfg(feature = "client")]
pub(crate) use self::read::{FrameDecoder, Frames, Progress, TypedFrames};
pub use self::read::{FrameOptions, TableFrame, from_csv, tables_from_csv};
pub use self::records::{from_records, to_records};
