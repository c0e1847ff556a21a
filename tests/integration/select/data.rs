//! The points that all questions are about.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use influx_core::Value;

/// One point, as it is stored.
#[derive(Debug, Clone)]
pub struct Point {
    pub measurement: &'static str,
    pub tags: BTreeMap<&'static str, String>,
    pub fields: BTreeMap<&'static str, Value>,
    pub nanos: i64,
}

/// Tag values that some language takes for its own.
pub const TEXTS: [&str; 14] = [
    "a",
    "b",
    "ab",
    "0",
    "a b",
    "a,b",
    "a=b",
    "\"a\"",
    "$${x}",
    "a\\b",
    "^a.*$",
    "a/b",
    "é𝄞",
    "' or true) //",
];

/// Values of text fields, which hold more than tags.
pub const VALUES: [&str; 8] = ["", "a", "b\\", "\"", "two\nlines", "${x}", "a/b$", "ü"];

/// Times before and after 1970, on whole seconds and between them.
pub const TIMES: [i64; 10] = [
    -86_400_000_000_000,
    -1_500_000_000,
    -1,
    0,
    1,
    1_000_000_000,
    1_500_000_001,
    2_000_000_000,
    59_000_000_000,
    3_600_000_000_000,
];

/// Points of two measurements: series that lack tags, points that lack fields, times that series
/// have in common.
pub fn points() -> Vec<Point> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut points: BTreeMap<_, Point> = BTreeMap::new();
    for measurement in ["wide", "other"] {
        for _ in 0..400 {
            let mut tags = BTreeMap::new();
            for key in ["host", "zone", "not read"] {
                if random.u8(..4) > 0 {
                    tags.insert(key, random.choice(TEXTS).unwrap_or("a").to_owned());
                }
            }
            if random.bool() {
                tags.insert("rack", random.u8(..4).to_string());
            }
            let nanos = random.choice(TIMES).unwrap_or(0);
            let key = (measurement, tags.clone(), nanos);
            points.entry(key).or_insert_with(|| Point {
                measurement,
                tags,
                fields: fields(&mut random),
                nanos,
            });
        }
    }
    points.into_values().collect()
}

/// At least one, of which one is not read.
fn fields(random: &mut fastrand::Rng) -> BTreeMap<&'static str, Value> {
    let mut fields = BTreeMap::new();
    while fields.is_empty() {
        for name in ["f", "i", "u", "b", "s", "unread"] {
            if random.u8(..3) > 0 {
                fields.insert(name, value(name, random));
            }
        }
    }
    fields
}

/// A value of the type of a field. Floats are such that sums are exact in any order.
pub fn value(field: &str, random: &mut fastrand::Rng) -> Value {
    match field {
        "f" => (f64::from(random.i32(-40..40)) / 4.0).into(),
        "i" => match random.u8(..8) {
            0 => i64::MIN.into(),
            1 => i64::MAX.into(),
            _ => random.i64(-5..5).into(),
        },
        "u" => match random.u8(..8) {
            0 => u64::MAX.into(),
            _ => random.u64(..5).into(),
        },
        "b" => random.bool().into(),
        _ => random.choice(VALUES).unwrap_or("a").into(),
    }
}

/// Line protocol, written by rules of its own.
pub fn lines(points: &[Point]) -> String {
    let mut out = String::new();
    for point in points {
        out.push_str(point.measurement);
        for (key, value) in &point.tags {
            write!(out, ",{}={}", escape(key), escape(value)).unwrap();
        }
        for (index, (key, value)) in point.fields.iter().enumerate() {
            out.push(if index == 0 { ' ' } else { ',' });
            match value {
                Value::Integer(value) => write!(out, "{key}={value}i"),
                Value::Unsigned(value) => write!(out, "{key}={value}u"),
                Value::String(text) => {
                    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                    write!(out, "{key}=\"{text}\"")
                }
                value => write!(out, "{key}={value}"),
            }
            .unwrap();
        }
        writeln!(out, " {}", point.nanos).unwrap();
    }
    out
}

fn escape(text: &str) -> String {
    text.replace(',', "\\,").replace('=', "\\=").replace(' ', "\\ ")
}
