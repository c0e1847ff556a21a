use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tag]
    core: f64,
    #[field]
    temp: f64,
}

fn main() {
    let _ = influx_core::measurement::rows::<Cpu>("");
}
