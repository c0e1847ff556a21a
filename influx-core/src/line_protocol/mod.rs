//! Writing line protocol.
//!
//! # The format
//!
//! One line is one point; a line ends with LF, never CRLF:
//!
//! ```text
//! cpu,core=0,host=a temp=22.35,load=3i 1714564800000000000
//! ─┬─ ──────┬────── ─────────┬──────── ─────────┬─────────
//! measurement  tag set       field set        timestamp (optional)
//! ```
//!
//! | field type | written as |
//! |---|---|
//! | float | shortest decimal that reads back equal, `22.35`, `1e21` |
//! | integer, unsigned | `3i`, `3u` |
//! | boolean | `true`, `false` |
//! | string | `"…"`, with `\"` and `\\` escaped; LF, CR, tab stay as they are |
//!
//! # Six ways to hand over data
//!
//! Each is a record, or several, for `client.write`, a writer, and [`encode()`]:
//!
//! | way | is | for |
//! |---|---|---|
//! | text | `&str`, `String`, bytes; a file or reader through [`LineReader`] | lines that are there already |
//! | dictionary | a [`Point`] that serde reads: `{measurement, tags, fields, time}` | JSON that says what it is |
//! | point | [`Point`] | keys that are known only at run time, one by one |
//! | data class | a struct with [`#[derive(Measurement)]`](crate::measurement) | **what a program knows when it is compiled** |
//! | named tuple | a tuple struct with the same, or a tuple with a [`Mapping`] | the same without names |
//! | data frame | a frame with a [`Mapping`] (feature `polars`) | columns |
//!
//! Maps and structs of others are written with a [`Mapping`], too.
//!
//! Text:
//!
//! ```
//! # fn line<K>(r: impl influx_core::line_protocol::IntoLines<K>) -> String {
//! #     let mut buffer = Vec::new();
//! #     influx_core::line_protocol::encode(r, &mut buffer).unwrap();
//! #     String::from_utf8(buffer).unwrap()
//! # }
//! let text = "cpu,core=0 temp=22.35 1714564800000000000";
//! assert_eq!(line(text), "cpu,core=0 temp=22.35 1714564800000000000\n"); // by `encode`
//! ```
//!
//! A dictionary:
//!
//! ```
//! # fn line<K>(r: impl influx_core::line_protocol::IntoLines<K>) -> String {
//! #     let mut buffer = Vec::new();
//! #     influx_core::line_protocol::encode(r, &mut buffer).unwrap();
//! #     String::from_utf8(buffer).unwrap()
//! # }
//! use influx_core::Point;
//!
//! let json = r#"{"measurement": "cpu", "tags": {"core": "0"}, "fields": {"temp": 22.35},
//!                "time": "2024-05-01T12:00:00Z"}"#;
//! let point: Point = serde_json::from_str(json)?;
//! assert_eq!(line(point), "cpu,core=0 temp=22.35 1714564800000000000\n");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! A point:
//!
//! ```
//! # fn line<K>(r: impl influx_core::line_protocol::IntoLines<K>) -> String {
//! #     let mut buffer = Vec::new();
//! #     influx_core::line_protocol::encode(r, &mut buffer).unwrap();
//! #     String::from_utf8(buffer).unwrap()
//! # }
//! use influx_core::{Point, Timestamp};
//!
//! let time: Timestamp = "2024-05-01T12:00:00Z".parse()?;
//! let point = Point::measurement("cpu").tag("core", "0").field("temp", 22.35).timestamp(time);
//! assert_eq!(line(point), "cpu,core=0 temp=22.35 1714564800000000000\n");
//! # Ok::<(), influx_core::Error>(())
//! ```
//!
//! A data class and a named tuple:
//!
//! ```
//! # fn line<K>(r: impl influx_core::line_protocol::IntoLines<K>) -> String {
//! #     let mut buffer = Vec::new();
//! #     influx_core::line_protocol::encode(r, &mut buffer).unwrap();
//! #     String::from_utf8(buffer).unwrap()
//! # }
//! use influx_core::{Mapping, Measurement, Precision, Timestamp};
//!
//! #[derive(Measurement)]
//! struct Cpu {
//!     #[tag] core: String,
//!     #[field] temp: f64,
//!     #[timestamp] time: Timestamp,
//! }
//! #[derive(Measurement)]
//! #[measurement(name = "cpu")]
//! struct Tuple(#[tag(name = "core")] u8, #[field(name = "temp")] f64, #[timestamp] Timestamp);
//!
//! let time: Timestamp = "2024-05-01T12:00:00Z".parse()?;
//! let expected = "cpu,core=0 temp=22.35 1714564800000000000\n";
//! assert_eq!(line(Cpu { core: "0".into(), temp: 22.35, time }), expected);
//! assert_eq!(line(Tuple(0, 22.35, time)), expected);
//! let mapping = Mapping::measurement("cpu").tag("core").time_in("at", Precision::Seconds);
//! let mapping = mapping.positions(["core", "temp", "at"]);
//! assert_eq!(line(mapping.record(("0", 22.35, 1_714_564_800))), expected);
//! # Ok::<(), influx_core::Error>(())
//! ```
//!
#![cfg_attr(
    feature = "polars",
    doc = "A data frame: see the page of the module [`dataframe`](crate::dataframe)."
)]
#![cfg_attr(not(feature = "polars"), doc = "Data frames need the feature `polars`.")]
//!
//! # The pieces
//!
//! - [`ToLine`]: what can become a line: derived structs, [`Point`], text.
//! - [`LineWriter`]: a buffer of whole lines, and the one place where values become bytes. A record
//!   that fails half-way leaves no trace in it.
//! - [`Mapping`]: what makes points of maps, structs and tuples that serde knows.
//! - [`LineReader`]: a file → chunks of whole lines, in bounded memory.
//! - [`IntoLines`]: one record, a slice or any iterator of records.
//! - [`encode()`]: all of it without a client.
//! - [`Parser`]: text → lines, by the server's own rules. Text that is written goes through it;
//!   [`Unchecked`] text does not.
//!
//! What line protocol cannot carry is refused with a typed error that names the key and the rule,
//! never changed, and dropped only on request. Source of the rules: `models.ParsePoints` of
//! InfluxDB 2.9.1, as seen on a live server.
//!
//! A CR in a name or text is stored as it is, but the server's CSV leaves it out of every reply: what
//! comes back has none.
//!
//! This room knows bytes. It knows nothing of structs ([`measurement`](crate::measurement)) or of
//! sending ([`Client`](crate::Client)).

mod default_tags;
mod escape;
mod ledger;
mod lines;
mod mapping;
mod number;
mod parser;
#[cfg(test)]
mod parser_tests;
mod point;
#[cfg(feature = "polars")]
mod quick;
mod reader;
#[cfg(test)]
mod reader_tests;
mod record;
mod rules;
mod slot;
#[cfg(test)]
mod tests;
mod token;
mod writer;

pub use self::lines::{IntoLines, Lines, Many, One};
#[cfg(feature = "polars")]
pub(crate) use self::mapping::{KeyRole, Named, Plan, PlannedTag, Time, field_text};
pub use self::mapping::{MappedRecord, MappedRecords, Mapping};
pub use self::parser::{ParsedLine, Parser};
pub use self::point::Point;
pub use self::reader::{LineChunk, LineReader};
pub use self::record::{ToLine, Unchecked};
pub use self::slot::{FieldWriter, TagWriter, TimestampWriter};
pub use self::writer::{Fields, LineWriter, Tags};

#[cfg(feature = "client")]
pub(crate) use self::default_tags::DefaultTags;
#[cfg(feature = "client")]
pub(crate) use self::ledger::{LineEntry, Style};
#[cfg(feature = "polars")]
pub(crate) use self::quick::{Piece, QuickLine};
#[cfg(feature = "client")]
pub(crate) use self::token::line_ends;

use crate::error::Result;
use crate::time::Precision;

/// Appends the lines of one record, a slice or an iterator to `buffer`; returns how many records
/// that were.
///
/// Times are in nanoseconds, which is what text counts when a write names no precision; for
/// another one use [`Lines`].
///
/// ```
/// use influx_core::{Point, line_protocol};
///
/// let mut buffer = Vec::new();
/// let point = Point::measurement("cpu").tag("core", "0").field("temp", 22.35);
/// line_protocol::encode(&point, &mut buffer)?;
/// assert_eq!(buffer, b"cpu,core=0 temp=22.35\n");
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// # Errors
/// [`InvalidLine`](crate::ErrorKind::InvalidLine) when a record cannot be carried;
/// [`refused`](crate::Error::refused) lists all of them, and `buffer` is as it was.
pub fn encode<Kind>(lines: impl IntoLines<Kind>, buffer: &mut Vec<u8>) -> Result<usize> {
    // What is there already is kept out of reach of foreign implementations.
    let mut before = std::mem::take(buffer);
    let own = if before.is_empty() { std::mem::take(&mut before) } else { Vec::new() };
    let mut encoded = Lines::appending_to(own, Some(Precision::Nanoseconds));
    lines.append_to(&mut encoded);
    let records = encoded.records();
    let (mut bytes, outcome) = encoded.into_parts();
    if outcome.is_err() {
        bytes.clear();
    }
    *buffer = if before.is_empty() {
        bytes
    } else {
        before.append(&mut bytes);
        before
    };
    outcome.map(|_| records)
}
