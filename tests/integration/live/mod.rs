//! Against a real server.

mod admin;
mod alike;
mod blocking;
mod connecting;
mod errors;
mod flux;
mod hostile;
mod queries;
mod records;
mod round_trip;
mod select;
mod server;
mod ways;
mod writer;
mod writes;
