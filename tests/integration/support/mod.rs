//! What the tests stand on: a real server, and one whose every byte a test decides.

pub mod canned;
pub mod influxd;
pub mod live;
pub mod proxy;
pub mod tls;
