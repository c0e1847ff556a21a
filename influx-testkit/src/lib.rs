//! An InfluxDB 2 server inside the process, for tests, examples and offline work.

mod api;
mod catalog;
mod clock;
mod engine;
mod faults;
mod flux;
mod http;
mod line_protocol;
mod log;
mod predicate;
mod query;
mod refusal;
mod server;

pub use catalog::Permission;
pub use faults::Fault;
pub use log::RecordedRequest;
pub use server::{Builder, Server};

/// The version of the server that this one stands in for.
pub const VERSION: &str = "v2.9.1";
