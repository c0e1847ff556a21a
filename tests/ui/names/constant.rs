use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tag]
    core_0: String,
    #[field(column = CORE_0)]
    temp: f64,
}

#[derive(Measurement)]
struct Clash {
    #[field]
    temp: f64,
}

impl Clash {
    pub const TEMP: f64 = 1.0;
}

fn main() {}
