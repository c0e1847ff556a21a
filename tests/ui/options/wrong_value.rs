use influx_core::{Measurement, Timestamp};

#[derive(Measurement)]
#[measurement(rename_all = "snake", precision = "m", columns = "no", write_only = true)]
#[measurement(non_finite = "drop")]
struct Cpu {
    #[tag = "core"]
    core: String,
    #[tag(name)]
    host: String,
    #[field(default = "zero")]
    temp: f64,
    #[field(default = 3.0)]
    level: f64,
    #[field(non_finite = "ignore")]
    power: f64,
    #[field("loud")]
    noise: f64,
    #[field(skip, name = "x", non_finite = "skip")]
    cache: f64,
    #[timestamp(unit = "minutes")]
    time: i64,
}

fn main() {}
