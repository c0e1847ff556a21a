//! Against a real server.

mod round_trip;
