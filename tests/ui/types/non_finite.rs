use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[field(non_finite = "skip")]
    temp: Option<f64>,
    #[field(non_finite = "skip")]
    load: i64,
    #[field(non_finite = "error")]
    note: Option<String>,
    #[field(non_finite = "skip")]
    temps: Vec<f64>,
}

fn main() {
    let _ = influx_core::measurement::rows::<Cpu>("");
}
