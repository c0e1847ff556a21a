use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tga]
    core: String,
    #[field]
    temp: f64,
}

fn main() {}
