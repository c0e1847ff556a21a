use influx_core::Measurement;

#[derive(Measurement)]
struct Nameless(#[tag] String, #[field] f64, #[field(skip)] u8, #[timestamp] i64);

#[derive(Measurement)]
#[measurement(rename_all = "camelCase")]
struct Renamed(#[field(name = "temp")] f64);

#[derive(Measurement)]
struct Roleless(#[field(name = "temp")] f64, f64);

#[derive(Measurement)]
struct Constants(#[field(name = "1st")] f64, #[field(name = "2nd", column = SECOND)] f64);

#[derive(Measurement)]
struct Same(#[tag(name = "a")] String, #[field(name = "a")] f64);

#[derive(Measurement)]
struct WrongType(#[tag(name = "a")] f64, #[field(name = "b")] f64);

#[derive(Measurement)]
struct Empty();

fn main() {}
