use influx_core::measurement::FromRow;

#[derive(FromRow)]
struct Mean {
    host: String,
    #[column(name = "_value")]
    mean: f64,
}

#[derive(FromRow)]
struct Nothing {
    #[column(skip)]
    host: String,
}

fn main() {}
