//! x
pub mod annotated_csv;
pub mod error;
pub mod line_protocol;
pub mod measurement;
pub mod schema;
pub mod time;
pub use self::error::{Error, ErrorKind, Result};
pub use self::line_protocol::Point;
pub use self::schema::Value;
pub use self::time::{Precision, Timestamp};
