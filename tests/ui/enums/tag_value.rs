use influx_core::TagValue;

#[derive(TagValue)]
#[influx(rename_al = "lowercase")]
enum Weather {
    Sun,
    #[influx(name = "Sun")]
    Clear,
    Rain(f64),
    #[influx(name = "")]
    Nothing,
    #[influx(other)]
    A,
    #[influx(other)]
    B,
    #[influx(name = "c\\")]
    C,
}

#[derive(TagValue)]
struct Text(String);

fn main() {}
