use chrono::{DateTime, Utc};
use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[field]
    temp: f64,
    #[timestamp]
    start: DateTime<Utc>,
    #[timestamp]
    end: DateTime<Utc>,
}

fn main() {}
