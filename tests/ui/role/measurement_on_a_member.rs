use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[measurement]
    name: String,
    #[field]
    temp: f64,
}

fn main() {}
