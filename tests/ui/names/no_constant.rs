use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[field]
    _1: f64,
    #[field(column = SECOND)]
    _2: f64,
    #[field(name = "third")]
    __: f64,
}

fn main() {}
