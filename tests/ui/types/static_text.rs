use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tag]
    core: &'static str,
    #[field]
    temp: f64,
}

fn main() {}
