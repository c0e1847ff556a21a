//! One binary for all integration tests, so that they share one build and one server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "tests fail by panicking and have no public API"
)]

mod allocations;
mod architecture;
mod compile_errors;
mod derive;
mod faults;
mod hygiene;
mod live;
mod secrets;
mod support;
