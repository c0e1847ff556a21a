//! Data frames against the test kit and a real server.

mod read;
#[path = "../integration/support/mod.rs"]
#[allow(dead_code, reason = "the other tests use all of it")]
mod support;
