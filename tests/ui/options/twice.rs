use influx_core::Measurement;

#[derive(Measurement)]
#[measurement(name = "a", name = "b")]
struct Cpu {
    #[tag(name = "a")]
    #[tag(name = "b")]
    core: String,
    #[field(default, default = zero)]
    temp: f64,
}

fn main() {}
