//! The same data handed over in different ways is the same lines.

use std::collections::BTreeMap;

use influx_core::line_protocol::{IntoLines, LineReader, encode};
use influx_core::{Mapping, Measurement, Point, Precision, Timestamp, Value};
use influx_testkit::Server;
use proptest::collection::btree_map;
use proptest::prelude::*;
use serde::Serialize;

#[derive(Measurement, Serialize, Debug, Clone)]
#[measurement(name = "cpu, all")]
struct Cpu {
    #[tag]
    core: Option<String>,
    #[tag]
    number: u16,
    #[tag]
    is_on: bool,
    #[field]
    temp: f64,
    #[field]
    single: f32,
    #[field]
    signed: i64,
    #[field]
    unsigned: Option<u64>,
    #[field]
    text: String,
    #[field]
    truth: bool,
    #[timestamp(unit = "ms")]
    time: i64,
}

fn mapping() -> Mapping {
    let mapping = Mapping::measurement("cpu, all").tags(["core", "number", "is_on"]);
    mapping.time_in("time", Precision::Milliseconds)
}

/// The lines, or why there are none, by kind and words where `says` so.
fn lines<Kind>(records: impl IntoLines<Kind>) -> Result<String, usize> {
    let mut buffer = Vec::new();
    match encode(records, &mut buffer) {
        Ok(_) => Ok(String::from_utf8(buffer).unwrap()),
        Err(error) => Err(error.refused().len()),
    }
}

prop_compose! {
    fn cpu()(
        core in proptest::option::of(".{0,6}"),
        (number, is_on, truth) in any::<(u16, bool, bool)>(),
        (temp, single) in (any::<f64>(), any::<f32>()),
        (signed, unsigned) in any::<(i64, Option<u64>)>(),
        text in ".*",
        time in prop_oneof![any::<i64>(), -1_000_000_000_000_i64..1_000_000_000_000],
    ) -> Cpu {
        Cpu { core, number, is_on, temp, single, signed, unsigned, text, truth, time }
    }
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,3}", "[a-z ,=\"\\\\]{1,4}", "\\PC{1,3}"]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0_u64..10).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        Just(Value::Null),
    ]
}

prop_compose! {
    fn point()(
        name in key(),
        tags in btree_map(key(), ".{0,5}", 0..4),
        fields in btree_map(key(), value(), 0..5),
        time in proptest::option::of(Timestamp::EARLIEST.as_nanos()..=Timestamp::LATEST.as_nanos()),
    ) -> Point {
        let point = tags.into_iter().fold(Point::measurement(name), |p, (k, v)| p.tag(k, v));
        let point = fields.into_iter().fold(point, |p, (k, v)| p.field(k, v));
        time.map_or(point.clone(), |nanos| point.timestamp(Timestamp::from_nanos(nanos)))
    }
}

proptest! {
    #[test]
    fn a_struct_by_mapping_is_the_derived_line(cpu in cpu()) {
        let derived = lines(&cpu);
        let mapping = mapping();
        prop_assert_eq!(&lines(mapping.record(&cpu)), &derived);
        let Cpu { core, number, is_on, temp, single, signed, unsigned, text, truth, time } = cpu;
        let tuple = (core, number, is_on, temp, single, signed, unsigned, text, truth, time);
        let keys = ["core", "number", "is_on", "temp", "single", "signed", "unsigned", "text", "truth", "time"];
        prop_assert_eq!(lines(mapping.positions(keys).record(tuple)), derived);
    }

    #[test]
    fn a_dictionary_comes_back_as_the_point_that_it_was(point in point()) {
        let json = serde_json::to_string(&point).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Point>(&json).unwrap(), &point);
        let value = serde_json::to_value(&point).unwrap();
        prop_assert_eq!(serde_json::from_value::<Point>(value).unwrap(), point);
    }

    #[test]
    fn a_map_by_mapping_is_the_line_of_its_point(
        tags in btree_map("t[a-z ,=]{1,3}", ".{1,5}", 0..4),
        fields in btree_map("f[a-z ,=\"]{1,3}", value(), 0..5),
        nanos in Timestamp::EARLIEST.as_nanos()..=Timestamp::LATEST.as_nanos(),
    ) {
        let time = Timestamp::from_nanos(nanos);
        let point = tags.iter().fold(Point::measurement("m"), |p, (k, v)| p.tag(k, v));
        let point = fields.iter().fold(point, |p, (k, v)| p.field(k, v.clone())).timestamp(time);
        let mut map: BTreeMap<&str, Value> = fields.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
        map.extend(tags.iter().map(|(k, v)| (k.as_str(), v.as_str().into())));
        map.insert("time", Value::Time(time));
        let mapping = Mapping::measurement("m").tags(tags.keys()).time("time");
        prop_assert_eq!(lines(mapping.record(&map)), lines(&point));
    }
}

#[tokio::test]
async fn mapped_records_go_wherever_records_do() {
    let server = Server::start();
    let client = server.client();
    let mapping = Mapping::measurement("m").tag("a").default_tag("b", "mapped").server_time();
    let values = [serde_json::json!({"a": "x", "n": 1}), serde_json::json!({"n": 2})];
    let error = client.write(server.bucket(), mapping.records(&values)).await.unwrap_err();
    assert_eq!((error.refused().len(), error.refused()[0].index()), (1, 1));
    assert!(error.to_string().contains("record 1: there is no key `a`"), "{error}");

    let writer = client.writer(server.bucket()).default_tag("b", "w").default_tag("c", "w");
    let writer = writer.start().await.unwrap();
    let error = writer.write(mapping.records(&values)).await.unwrap_err();
    assert_eq!(error.refused()[0].index(), 1);
    drop(writer.write(mapping.record(&values[0])).await.unwrap());
    assert_eq!(writer.close().await.delivered_lines(), 2);
    let lines = server.lines(server.bucket());
    assert!(lines.iter().all(|line| line.starts_with("m,a=x,b=mapped,c=w n=1i ")), "{lines:?}");
}

#[tokio::test]
async fn a_file_goes_through_a_writer_with_its_bad_lines_by_number() {
    let server = Server::start();
    let writer = server.client().writer(server.bucket()).schema_guard().max_buffered_bytes(1 << 16);
    let writer = writer.start().await.unwrap();
    let line = |n: u64| match n {
        5_000 => "# a comment\n".to_owned(),
        7_000 => "m a=hot 7000\n".to_owned(),
        7_001 => "m a=\"x\" 7001\n".to_owned(),
        20_000 => "m a=1i 20000\n".to_owned(),
        _ => format!("m,host=h{} a={n} {n}\n", n % 7),
    };
    let text: String = (1..=30_000).map(line).collect();
    let path = std::env::temp_dir().join(format!("influx-core-ways-{}.lp", std::process::id()));
    std::fs::write(&path, &text).unwrap();
    let report = writer.write_file(&path).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let places: Vec<_> = report.refused().iter().map(|refused| refused.index() + 1).collect();
    assert_eq!(places, [7_000, 7_001, 20_000]);
    assert_eq!(report.refused()[0].reason().position().unwrap().line, 7_000);
    assert_eq!((report.taken_lines(), report.refused_lines()), (29_996, 3));
    assert_eq!(writer.close().await.delivered_lines(), 29_996);
    assert_eq!(server.lines(server.bucket()).len(), 29_996);

    let error = writer.write_file(&path).await.unwrap_err();
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    std::fs::write(&path, &text).unwrap();
    let error = writer.write_file(&path).await.unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(error.kind(), influx_core::ErrorKind::Closed);
}

#[tokio::test]
async fn a_time_beyond_the_precision_of_a_writer_counts_once() {
    let server = Server::start();
    let writer = server.client().writer(server.bucket()).precision(Precision::Seconds);
    let writer = writer.start().await.unwrap();
    let text: &[u8] = b"m a=1 60\nm a=2 9223372036854775\nm a=hot 61\nm a=3 62\n";
    let report = writer.write_reader(LineReader::new(text)).await.unwrap();
    let places: Vec<_> = report.refused().iter().map(|refused| refused.index() + 1).collect();
    assert_eq!(places, [2, 3]);
    assert_eq!((report.taken_lines(), report.refused_lines()), (2, 2));
    assert_eq!(writer.close().await.delivered_lines(), 2);
}
