//! Data frames: written as line protocol, read from query results.
//!
//! This room knows polars. It knows nothing of sending ([`Client`](crate::Client)).

/// The version of polars whose frames these are.
pub use polars;
