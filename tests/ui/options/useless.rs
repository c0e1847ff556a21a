use influx_core::Measurement;

#[derive(Measurement)]
#[measurement(columns = false)]
struct Cpu {
    #[field(column = DEGREES)]
    temp: f64,
}

fn main() {}
