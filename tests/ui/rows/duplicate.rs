use influx_core::measurement::FromRow;

#[derive(FromRow)]
struct Mean {
    #[column(name = "_value")]
    mean: f64,
    #[column(name = "_value")]
    again: f64,
    #[column(name = "")]
    nameless: f64,
}

fn main() {}
