//! One binary for all integration tests, so that they share one build and one server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::too_many_lines,
    missing_docs,
    unreachable_pub,
    reason = "tests fail by panicking, hold tables of cases, and have no public API"
)]

mod admin;
mod allocations;
mod architecture;
mod assemble;
mod blocking;
mod compile_errors;
mod connecting;
mod cuts;
mod derive;
mod faults;
mod from_row;
mod fuzz;
mod hygiene;
mod live;
mod observed;
mod quickstart;
mod records;
mod secrets;
mod select;
mod settings;
mod statuses;
mod support;
mod testkit;
mod ways;
mod writer;
mod writer_face;
mod writer_faults;
mod writer_intake;
