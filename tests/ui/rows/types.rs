use influx_core::measurement::FromRow;

#[derive(FromRow)]
struct Mean {
    #[column]
    parts: Vec<f64>,
    #[column(name = "_time", unit = "ms")]
    time: String,
    #[column]
    text: &'static str,
}

#[derive(FromRow)]
struct Wide {
    #[column]
    parts: Vec<f64>,
    #[column(name = "_time", unit = "ms")]
    time: String,
}

fn main() {}
