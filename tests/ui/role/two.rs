use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tag]
    #[field]
    core: String,
    #[field]
    temp: f64,
}

fn main() {}
