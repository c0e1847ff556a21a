//! Texts and points of any bytes.

use influx_core::line_protocol::{self, Parser};
use influx_core::{ErrorKind, Point, Precision, Timestamp, Value};

/// Whatever the text, each of its lines is refused or is one that can be sent: alone it is the same
/// line, another one behind it does not change it, and its point is written as the same point.
pub fn lines(text: &[u8]) {
    let mut before = 0;
    for line in Parser::new(text) {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidLine);
                assert!(error.position().unwrap().byte >= before);
                before = error.position().unwrap().byte;
                continue;
            }
        };
        assert!(line.position().byte >= before);
        before = line.position().byte;
        // In front a line end: what looks like a byte order mark is one only at the start.
        let behind = format!("\n{}\nbehind f=1i 1\r\n", line.as_str());
        let [first, second] = &Parser::new(&behind).map(Result::unwrap).collect::<Vec<_>>()[..]
        else {
            panic!("one line was taken for several: {behind:?}");
        };
        assert_eq!((first.as_str(), second.as_str()), (line.as_str(), "behind f=1i 1"));
        writes_itself(&line.to_point());
    }
    let mut sent = Vec::new();
    if line_protocol::encode(text, &mut sent).is_ok() {
        let good = |text| Parser::new(text).map(|line| line.unwrap().as_str()).collect::<Vec<_>>();
        sent.insert(0, b'\n');
        assert_eq!(good(text), good(&sent));
    }
}

/// A point that was read from a line comes back from its own, unless the order of its fields, which
/// a point sorts, is what made the line possible.
fn writes_itself(point: &Point) {
    let mut line = Vec::new();
    match line_protocol::encode(point, &mut line) {
        Ok(_) => assert_eq!(read(&line), *point),
        Err(error) => assert!(error.to_string().contains("starts with a tab or NUL"), "{error}"),
    }
}

fn read(line: &[u8]) -> Point {
    format!("\n{}", std::str::from_utf8(line).unwrap()).parse().unwrap()
}

/// Whatever the names and values, the point is refused, or its line is read as the same point; in a
/// coarser precision, as one with its time rounded down.
pub fn round_trip(data: &[u8]) {
    let mut texts = data.split(|byte| *byte == 0xFF);
    let mut text = || texts.next().map(|text| String::from_utf8_lossy(text).into_owned());
    let Some(measurement) = text() else { return };
    let mut point = Point::measurement(measurement);
    while let Some(key) = text() {
        let Some(value) = text() else { break };
        let Some((kind, value)) = value.split_at_checked(1) else { continue };
        point = match kind {
            "@" => point.timestamp(Timestamp::from_nanos(number(value))),
            "t" => point.tag(key, value),
            _ => point.field(key, field(kind, value)),
        };
    }
    let mut line = Vec::new();
    match line_protocol::encode(&point, &mut line) {
        Ok(_) => assert_eq!(without_empty(&read(&line)), without_empty(&point)),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::InvalidLine | ErrorKind::InvalidInput))
        }
    }
    rounded(&point);
}

/// The value that a text of any form stands for.
fn field(kind: &str, text: &str) -> Value {
    let bits = || number(text).cast_unsigned();
    match kind {
        "f" => f64::from_bits(bits()).into(),
        "i" => number(text).into(),
        "u" => bits().into(),
        "b" => text.is_empty().into(),
        "0" => Value::Null,
        _ => text.into(),
    }
}

/// Up to eight of the bytes.
fn number(text: &str) -> i64 {
    text.bytes().take(8).fold(0, |number, byte| number << 8 | i64::from(byte))
}

/// As its line has it: a tag without a text and a field without a value are not there.
fn without_empty(point: &Point) -> String {
    let mut line = Vec::new();
    line_protocol::encode(point, &mut line).unwrap();
    String::from_utf8(line).unwrap()
}

fn rounded(point: &Point) {
    let mut lines = line_protocol::Lines::new(Some(Precision::Seconds));
    lines.push(point);
    let Ok((line, precision)) = lines.finish() else { return };
    let parsed = Parser::new(&line).precision(precision).next().unwrap().unwrap();
    assert_eq!(
        parsed.timestamp().map(|time| time.as_nanos() % 1_000_000_000),
        parsed.timestamp().map(|_| 0)
    );
}
