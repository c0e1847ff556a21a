use influx_core::Measurement;

#[derive(Measurement)]
struct Cpu {
    #[tag]
    core: String,
    load: i64,
    #[field]
    temp: f64,
    other: i64,
}

fn main() {
    // What depends on the struct reports nothing more.
    let _ = influx_core::measurement::rows::<Cpu>("");
    let _ = (Cpu::SCHEMA, Cpu::TEMP);
}
