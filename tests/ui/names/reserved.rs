use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tag(name = "_measurement")]
    kind: String,
    #[tag(name = "$")]
    dollar: String,
    #[field]
    time: i64,
    #[field(name = "_value")]
    value: f64,
}

fn main() {}
