//! Data frames against the test kit and a real server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::too_many_lines,
    missing_docs,
    unreachable_pub,
    reason = "tests fail by panicking, hold tables of cases, and have no public API"
)]

mod read;
mod readme;
#[path = "../integration/support"]
#[allow(dead_code, reason = "the other tests use all of it")]
mod support {
    pub mod canned;
    pub mod influxd;
    pub mod live;
}
mod write;
