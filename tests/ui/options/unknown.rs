use influx_core::Measurement;

#[derive(Measurement)]
#[measurement(nmae = "cpu")]
struct Cpu {
    #[tag(nam = "c")]
    core: String,
    #[field(flatten)]
    temp: f64,
}

fn main() {}
