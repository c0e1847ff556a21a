//! An InfluxDB 2 server inside the process, for tests, examples and offline work.

mod engine;
mod flux;
mod line_protocol;
mod query;
mod refusal;
