use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tag]
    core: String,
    #[field(skip)]
    cache: u8,
}

fn main() {}
