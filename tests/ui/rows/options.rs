use influx_core::measurement::FromRow;

#[derive(FromRow)]
#[from_row(name = "mean")]
#[column(rename_all = "lowercase")]
struct Mean {
    #[column(nam = "host")]
    host: String,
    #[column(name = "_value", name = "mean")]
    mean: f64,
    #[column(skip, unit = "s")]
    seen: i64,
}

fn main() {}
