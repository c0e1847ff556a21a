//! An InfluxDB client in which a struct is the schema: derive it once, write typed records, read
//! query results back into the same struct.
//!
//! ```
//! use chrono::{DateTime, TimeDelta, Utc};
//! use influx_core::{Client, Measurement, flux};
//!
//! #[derive(Measurement, Debug, Clone, PartialEq)]
//! struct Cpu {
//!     #[tag]
//!     core: String,
//!     #[field]
//!     temp: f64,
//!     #[field]
//!     load: Option<i64>,
//!     #[timestamp]
//!     time: DateTime<Utc>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> influx_core::Result<()> {
//! # let server = influx_testkit::Server::start();
//! # let url = server.url(); // of a server for tests, inside the process
//! let client = Client::builder(url).token("my-token").org("my-org").build()?;
//! let cpu = Cpu { core: "0".into(), temp: 22.35, load: None, time: Utc::now() };
//! client.write("my-bucket", &cpu).await?;
//!
//! let select = || client.select::<Cpu>("my-bucket").range(TimeDelta::hours(-1)..);
//! let rows: Vec<Cpu> = select().filter(Cpu::CORE.eq("0")).fetch().await?;
//! assert_eq!(rows, [cpu]);
//! println!("{}", select().filter(Cpu::TEMP.gt(20.0)).explain()?);
//!
//! // Or Flux itself: values in it cannot change what it means.
//! let core = "0";
//! let script = flux!(
//!     r#"from(bucket: "my-bucket")
//!         |> range(start: -1h)
//!         |> filter(fn: (r) => r._measurement == "cpu" and r.core == {core})"#
//! );
//! assert_eq!(client.query(script).fetch::<Cpu>().await?, rows);
//! # Ok(())
//! # }
//! ```
//!
//! Points need no derive either: [`line_protocol`] has the table of the six ways to hand over data, among
//! them maps and structs that serde knows, with a [`Mapping`].
//!
//! Rows need no derive: [`Serde<T>`](measurement::Serde) reads them into any type that serde knows,
//! [`OwnedRecord`](annotated_csv::OwnedRecord) takes them as they come.
//!
//! Servers: InfluxDB OSS 2.x (tested against 2.9.1) and what else speaks its `/api/v2`.
//!
//! # The rooms
//!
//! Each module's page can be read alone; the order is a good one.
//!
//! | module | knows |
//! |---|---|
//! | [`error`] | every reason for which the crate fails |
//! | [`time`] | instants in nanoseconds, precisions, RFC 3339 |
//! | [`schema`] | columns, roles, types, single values |
//! | [`mod@flux`] | how values get into a query, also through the macro [`flux!`] |
//! | [`line_protocol`] | how points are written |
//! | [`annotated_csv`] | how query results are read |
//! | [`measurement`] | **the guide to the derive**; structs, members, and which cell goes where |
//! | [`client::ClientBuilder`] | **all settings**, and how they come from files and the environment |
//! | [`client`] | writes, **typed queries** ([`Select`](client::Select)) and scripts, deletes, health |
//! | [`client::writer`] | **writing from many tasks**: batches, retries, and what becomes of each line |
//! | `blocking` | the same without async; a feature |
//! | [`admin`] | **setting a server up**, and all that it has: buckets, tokens, users, tasks, labels, … |
//!
//! [Coming from the Python client](from_python)? Its snippets, each beside ours.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `derive` | yes | the macros [`Measurement`], [`TagValue`], [`FromRow`](macro@measurement::FromRow) and [`flux!`] |
//! | `client` | yes | the HTTP client; without it the codecs stand alone, without I/O |
//! | `rustls` | yes | `https://`, with ring and the platform's certificates |
//! | `gzip` | yes | compressed writes (on request) and replies |
//! | `config-file` | yes | settings from TOML, INI and JSON files, and the profiles of the `influx` CLI |
//! | `http2` | no | HTTP/2 over `https://`, where the server offers it |
//! | `encrypted-keys` | no | encrypted keys of client certificates (PKCS #8) |
//! | `http-client` | no | a ready client of reqwest 0.13 instead of settings of one's own |
//! | `blocking` | no | `wait` in the place of `.await`, for programs without async |
//! | `tracing` | no | log records and spans of writers, warnings of settings |
//! | `metrics` | no | counts and gauges of writers, through the facade `metrics` |
//! | `polars` | no | the module `dataframe`: results and records as polars' `DataFrame`s; takes minutes to build |
//!
//! serde is there without any feature, but without its macros: depend on it yourself to derive
//! `Deserialize`.
//!
//! # Nulls
//!
//! A member that is `None` is not written. An empty cell reads as `None`; so does a column that a
//! table lacks, as it does when none of its points has the field. InfluxDB's CSV has the same bytes
//! for null and for the empty text: `Some("")` comes back as `None`, and a `String` reads an empty
//! cell as `""`. An empty tag is not written and a tag that a series lacks reads as `""`; for
//! InfluxDB these are the same. Anything else that is missing is an error, never a default.

#[cfg(feature = "client")]
pub mod admin;
pub mod annotated_csv;
#[cfg(feature = "client")]
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod config;
#[cfg(feature = "polars")]
pub mod dataframe;
pub mod error;
pub mod flux;
#[cfg(all(feature = "client", feature = "derive"))]
#[doc = include_str!("from_python.md")]
pub mod from_python {}
#[cfg(feature = "client")]
mod http;
#[cfg_attr(
    not(feature = "client"),
    allow(dead_code, reason = "batches and default tags are the client's")
)]
pub mod line_protocol;
pub mod measurement;
pub mod schema;
pub mod time;

#[cfg(feature = "client")]
pub use self::client::Client;
pub use self::error::{Error, ErrorKind, Result};
#[cfg(feature = "client")]
pub use self::http::Token;
pub use self::line_protocol::{Mapping, Point};
pub use self::measurement::{FromRow, Measurement, TagValue};
pub use self::schema::Value;
pub use self::time::{Precision, Timestamp};
#[cfg(feature = "derive")]
pub use influx_derive::{Measurement, TagValue};
