use influx_core::Measurement;

#[derive(Measurement)]
enum Cpu {
    One,
}

#[derive(Measurement)]
union Bits {
    float: f64,
    int: i64,
}

#[derive(Measurement)]
struct Unit;

fn main() {}
