//! x
#[cfg(feature = "client")]
pub mod admin;
pub mod annotated_csv;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod config;
pub mod error;
#[cfg(feature = "client")]
mod http;
pub mod line_protocol;
pub mod measurement;
pub mod schema;
pub mod time;

#[cfg(feature = "client")]
pub use self::client::Client;
pub use self::error::{Error, ErrorKind, Result};
#[cfg(feature = "client")]
pub use self::http::Token;
pub use self::line_protocol::Point;
pub use self::measurement::{Measurement, TagValue};
pub use self::schema::Value;
pub use self::time::{Precision, Timestamp};
#[cfg(feature = "derive")]
pub use influx_derive::{Measurement, TagValue};
