use influx_core::{Measurement, Timestamp};

#[derive(Measurement)]
struct Cpu {
    #[field(unit = "ms")]
    temp: f64,
    #[timestamp(name = "when")]
    time: Timestamp,
}

fn main() {}
