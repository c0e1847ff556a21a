use influx_core::measurement::FromRow;

#[derive(FromRow)]
struct Nameless(#[column] f64, #[column(skip)] f64);

#[derive(FromRow)]
struct Roleless(#[column(name = "a")] f64, f64);

#[derive(FromRow)]
#[from_row(rename_all = "camelCase")]
struct Renamed(#[column(name = "a")] f64);

#[derive(FromRow)]
struct Same(#[column(name = "a")] f64, #[column(name = "a")] f64);

fn main() {}
