use influx_core::Measurement;

struct Cache;

#[derive(Measurement)]
struct Cpu {
    #[field]
    temp: f64,
    #[field(skip)]
    cache: Cache,
}

fn main() {}
