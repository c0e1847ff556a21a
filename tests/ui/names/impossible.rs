use influx_core::Measurement;

#[derive(Measurement)]
#[measurement(name = "#cpu")]
struct Cpu {
    #[tag(name = "")]
    empty: String,
    #[tag(name = "a\nb")]
    feed: String,
    #[tag(name = "a\\ b")]
    space: String,
    #[tag(name = "a#!~#b")]
    separator: String,
    #[field(name = "a\\")]
    backslash: f64,
    #[field(name = "a\\,b")]
    comma: f64,
    #[field(name = "\tf")]
    tab: f64,
}

fn main() {}
