use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[field]
    temps: Vec<f64>,
    #[field]
    count: u128,
}

fn main() {
    let _ = influx_core::measurement::rows::<Cpu>("");
}
