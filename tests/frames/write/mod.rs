//! Frames → lines.

mod cells;
mod client;
mod defects;
mod generated;
mod live;
mod plan;

use influx_core::dataframe::polars::prelude::DataFrame;
use influx_core::{Error, Mapping, line_protocol};

/// The lines of a frame.
fn lines(frame: &DataFrame, mapping: &Mapping) -> Result<String, Error> {
    let mut buffer = Vec::new();
    line_protocol::encode(&mapping.frame(frame)?, &mut buffer)?;
    Ok(String::from_utf8(buffer).unwrap())
}

/// Why a frame is refused.
fn refusal(frame: &DataFrame, mapping: &Mapping) -> String {
    lines(frame, mapping).unwrap_err().to_string()
}
