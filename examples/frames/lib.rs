//! What the examples of data frames share: a table of real readings.

use std::io::Cursor;

use influx_core::Mapping;
use polars::prelude::{CsvParseOptions, CsvReadOptions, DataFrame, PolarsResult, SerReader as _};

const CSV: &[u8] = include_bytes!("../data/hourly-temperatures-2010.csv");

/// Two cities, 8,759 hours each: `city`, `time` (a clock without a zone), `temperature_f`.
///
/// # Errors
/// None, as long as the file is as it was.
pub fn hourly_temperatures() -> PolarsResult<DataFrame> {
    CsvReadOptions::default()
        .with_parse_options(CsvParseOptions::default().with_try_parse_dates(true))
        .into_reader_with_file_handle(Cursor::new(CSV))
        .finish()
}

/// How its rows become points. The clocks were eight hours behind UTC all year.
pub fn temperature() -> Mapping {
    Mapping::measurement("temperature")
        .tag("city")
        .rename("temperature_f", "fahrenheit")
        .time("time")
        .time_zone("Etc/GMT+8")
}
