use influx_core::Measurement;

#[derive(Measurement)]
#[measurement(rename_all = "lowercase")]
struct Cpu {
    #[tag]
    host: String,
    #[field(name = "host")]
    temp: f64,
    #[field]
    Host: f64,
}

fn main() {}
