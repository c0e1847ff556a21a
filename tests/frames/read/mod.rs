//! Query results and records → frames.

mod live;
mod records;
mod replies;
