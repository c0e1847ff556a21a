use influx_core::{Measurement, Timestamp};

#[derive(Measurement)]
struct NoUnit {
    #[field]
    temp: f64,
    #[timestamp]
    time: i64,
}

#[derive(Measurement)]
struct NeedlessUnit {
    #[field]
    temp: f64,
    #[timestamp(unit = "s")]
    time: Timestamp,
}

fn main() {}
