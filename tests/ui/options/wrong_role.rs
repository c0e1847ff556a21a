use influx_core::{Measurement, Timestamp};

#[derive(Measurement)]
struct Cpu {
    #[tag(non_finite = "skip")]
    core: String,
    #[field(unit = "ms")]
    temp: f64,
    #[timestamp(name = "when", non_finite = "skip")]
    time: Timestamp,
}

fn main() {}
