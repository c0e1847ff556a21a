//! The resources of a server: setting it up, and its buckets.
//!
//! This room knows the JSON of `/api/v2`. Source: the API of InfluxDB 2.9.1, as seen on a live
//! server.

mod buckets;
mod setup;

pub use self::buckets::{Bucket, Buckets, CreateBucket};
pub(crate) use self::setup::is_allowed;
pub use self::setup::{Setup, SetupResult};
