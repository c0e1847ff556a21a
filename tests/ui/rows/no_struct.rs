use influx_core::measurement::FromRow;

#[derive(FromRow)]
enum Sky {
    Clear,
}

#[derive(FromRow)]
union Bits {
    float: f64,
    integer: i64,
}

#[derive(FromRow)]
struct Unit;

fn main() {}
