use influx_core::Measurement;

#[derive(Measurement)]
#[tag(name = "x")]
#[timestamp(bogus)]
struct Cpu {
    #[field]
    temp: f64,
}

fn main() {}
