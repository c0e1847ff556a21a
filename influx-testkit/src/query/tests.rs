use super::cell::Cell;
use super::csv::Encoder;
use super::dialect::{Annotation, Dialect};
use super::run;
use super::table::{GroupKey, Header, Table};
use crate::engine::Engine;
use crate::flux;
use crate::line_protocol::{self, Precision};
use crate::point::Text;
use crate::query::cell::Kind;

const ALL: [Annotation; 3] = [Annotation::Datatype, Annotation::Group, Annotation::Default];

fn table(label: &str, cells: Vec<Cell>) -> Table {
    let kind = cells.iter().find_map(Cell::kind).unwrap_or(Kind::String);
    Table {
        key: GroupKey::new(Vec::new()).into(),
        headers: [Header::new(label, kind)].into(),
        blocks: vec![cells.into_iter().map(|cell| vec![cell]).collect()],
        failure: None,
    }
}

fn encode(dialect: &Dialect, tables: Vec<Table>) -> String {
    let mut encoder = Encoder::new(dialect);
    encoder.result("r", tables).unwrap();
    encoder.end_result();
    String::from_utf8(encoder.into_bytes()).unwrap()
}

#[test]
fn cells_are_written_as_go_writes_them() {
    let cases = [
        (Cell::Null, "", "null"),
        (Cell::Float(1.0), "1", "1E+00"),
        (Cell::Float(-0.0), "-0", "-0E+00"),
        (Cell::Float(1e21), "1000000000000000000000", "1E+21"),
        (Cell::Float(1.5e-7), "0.00000015", "1.5E-07"),
        (Cell::Float(-2.5e300), &format!("-25{}", "0".repeat(299)), "-2.5E+300"),
        (Cell::Float(f64::INFINITY), "+Inf", "+Inf"),
        (Cell::Float(f64::NAN), "NaN", "NaN"),
        // Two decimals are equally near.
        (Cell::Float(3_999_999_999_999_997.0 / 4.0), "999999999999999.2", "9.999999999999992E+14"),
        (Cell::Float(2_828_427_124_746_199.0 / 4.0), "707106781186549.8", "7.071067811865498E+14"),
        (Cell::Float(1e23), &format!("1{}", "0".repeat(23)), "1E+23"),
        (
            Cell::Float(f64::MIN_POSITIVE),
            &format!("0.{}22250738585072014", "0".repeat(307)),
            "2.2250738585072014E-308",
        ),
        (Cell::Unsigned(u64::MAX), "18446744073709551615", "18446744073709551615"),
        (Cell::Boolean(true), "true", "true"),
        (Cell::Time(0), "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000000Z"),
        (Cell::Time(1_500_000_000), "1970-01-01T00:00:01.5Z", "1970-01-01T00:00:01.500000000Z"),
        (Cell::Time(i64::MIN), "1677-09-21T00:12:43.145224192Z", "1677-09-21T00:12:43.145224192Z"),
    ];
    for (cell, csv, label) in cases {
        let (mut out, mut name) = (Vec::new(), Vec::new());
        cell.write_csv(&mut out);
        cell.write_label(&mut name);
        assert_eq!(
            (String::from_utf8(out).unwrap(), String::from_utf8(name).unwrap()),
            (csv.into(), label.into())
        );
    }
}

#[test]
fn cells_are_quoted_when_go_quotes_them() {
    let dialect = Dialect { header: false, delimiter: b';', annotations: Vec::new() };
    let cases = [
        ("a,b", "a,b"),
        ("a;b", "\"a;b\""),
        ("a\"b", "\"a\"\"b\""),
        (" a", "\" a\""),
        ("a ", "a "),
        ("\u{3000}", "\"\u{3000}\""),
        ("\0", "\0"),
        ("\\.", "\"\\.\""),
        ("a\nb\r\nc\r", "\"a\r\nb\r\nc\""),
        ("", ""),
    ];
    for (cell, written) in cases {
        let body = encode(&dialect, vec![table("v", vec![Cell::String(cell.into())])]);
        assert_eq!(body, format!(";r;0;{written}\r\n\r\n"));
    }
}

#[test]
fn tables_share_a_header_unless_one_is_empty() {
    let dialect = Dialect { header: true, delimiter: b',', annotations: ALL.to_vec() };
    let tables = [vec![Cell::Integer(1)], vec![Cell::Integer(2)], vec![Cell::Float(3.0)], vec![]];
    let body = encode(&dialect, tables.map(|cells| table("v", cells)).into());
    let schema = |kind: &str, id: &str| {
        format!(
            "#datatype,string,long,{kind}\r\n#group,false,false,false\r\n#default,r,{id},\r\n\
             ,result,table,v\r\n"
        )
    };
    let expected = [
        &schema("long", ""),
        ",,0,1\r\n,,1,2\r\n\r\n",
        &schema("double", ""),
        ",,2,3\r\n\r\n",
        &schema("string", "3"),
        "\r\n",
    ];
    assert_eq!(body, expected.concat());
}

#[test]
fn a_delimiter_that_go_refuses_writes_nothing() {
    for annotations in [Vec::new(), ALL.to_vec()] {
        let dialect = Dialect { header: true, delimiter: b'"', annotations };
        let mut encoder = Encoder::new(&dialect);
        let written = encoder.result("r", vec![table("v", vec![Cell::Integer(1)])]);
        assert_eq!(written.is_err(), !dialect.annotations.is_empty());
        encoder.end_result();
        assert_eq!(encoder.into_bytes(), b"\r\n");
    }
}

#[test]
fn group_keys_are_ordered_by_label_and_value() {
    let key = |columns: &[(&str, Option<&str>)]| {
        let cell =
            |text: &Option<&str>| text.map_or(Cell::Null, |text| Cell::String(Text::from(text)));
        let columns = columns.iter();
        let columns = columns.map(|(label, text)| (Header::new(*label, Kind::String), cell(text)));
        GroupKey::new(columns.collect())
    };
    let ascending = [
        key(&[]),
        key(&[("b", Some("a"))]),
        key(&[("a", None)]),
        key(&[("a", Some("a"))]),
        key(&[("a", Some("a")), ("c", Some("z"))]),
        key(&[("b", Some("a")), ("a", Some("a"))]),
        key(&[("a", Some("b"))]),
    ];
    for pair in ascending.windows(2) {
        assert!(pair[0] < pair[1], "{pair:?}");
    }
    assert_eq!(key(&[("a", None), ("b", None)]), key(&[("b", None), ("a", None)]));
}

/// Pipelines over a small data set, and what the real server answers (2.9.1, no annotations).
const PIPELINES: [(&str, &str); 9] = [
    (
        r#"|> filter(fn: (r) => r._field == "f") |> keep(columns: ["_time", "_value", "t"]) |> tail(n: 2)"#,
        r#",result,table,_time,_value,t
,_result,0,1970-01-01T00:00:02Z,3,a
,_result,0,1970-01-01T00:00:01Z,1,a
,_result,1,1970-01-01T00:00:03Z,1,b
,_result,1,1970-01-01T00:00:01Z,1,b"#,
    ),
    (
        r#"|> filter(fn: (r) => r._field == "f") |> group(columns: ["t"]) |> keep(columns: ["t", "u", "_value"])"#,
        r#",result,table,_value,t,u
,_result,0,3,a,
,_result,0,1,a,x

,result,table,_value,t
,_result,1,1,b
,_result,1,1,b"#,
    ),
    (
        r#"|> filter(fn: (r) => r._field == "f") |> limit(n: 9) |> group() |> drop(columns: ["_start", "_stop", "_measurement"]) |> sort(columns: ["u", "_time"], desc: true) |> limit(n: 3)"#,
        r#",result,table,_time,_value,_a,_field,t,u
,_result,0,1970-01-01T00:00:03Z,1,2,f,b,
,_result,0,1970-01-01T00:00:02Z,3,,f,a,
,_result,0,1970-01-01T00:00:01Z,1,,f,b,"#,
    ),
    (
        r#"|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> group(columns: ["_measurement"]) |> drop(columns: ["_start", "_stop", "_a"]) |> sort(columns: ["g"])"#,
        r#",result,table,_time,_measurement,t,f,g,u
,_result,0,1970-01-01T00:00:03Z,m,b,1,,
,_result,0,1970-01-01T00:00:01Z,m,b,1,,
,_result,0,1970-01-01T00:00:01Z,m,a,1,2,x
,_result,0,1970-01-01T00:00:02Z,m,a,3,4,"#,
    ),
    (
        r#"|> filter(fn: (r) => r._value > 1.5, onEmpty: "keep") |> drop(columns: ["_start", "_stop", "_measurement", "_time"])"#,
        r#",result,table,_value,_field,t
,_result,0,3,f,a

,result,table,_value,_field,t,u

,result,table,_value,_field,t

,result,table,_value,_field,t
,_result,3,4,g,a

,result,table,_value,_field,t,u
,_result,4,2,g,a,x

,result,table,_value,_a,_field,t"#,
    ),
    (
        r#"|> range(start: 1970-01-01T00:00:02Z, stop: 1970-01-01T00:00:03Z) |> limit(n: 1) |> filter(fn: (r) => exists r.t) |> keep(columns: ["_start", "_value", "_field"])"#,
        r#",result,table,_start,_value,_field
,_result,0,1970-01-01T00:00:02Z,3,f

,result,table,_start,_value,_field
,_result,1,1970-01-01T00:00:02Z,4,g"#,
    ),
    (
        r#"|> keep(columns: ["_value"])"#,
        r#"runtime error @1:89-1:114: keep: schema collision detected: column "_value" is both of type int and float"#,
    ),
    (
        r#"|> group(columns: ["t"])"#,
        r#",result,table,_start,_stop,_time,_value,_field,_measurement,t,u
,_result,0,1970-01-01T00:00:00Z,1970-01-02T00:00:00Z,1970-01-01T00:00:02Z,3,f,m,a,

,error,reference
,schema collision: cannot group float and integer types together,"#,
    ),
    (
        r#"|> pivot(rowKey: ["_time"], columnKey: ["q"], valueColumn: "_value")"#,
        r#"runtime error @1:89-1:154: pivot: specified column does not exist in table: q"#,
    ),
];

const POINTS: &str = "m,t=a,u=x f=1,g=2i 1000000000
m,t=a f=3,g=4i 2000000000
m,t=b f=1 1000000000
m,t=b,_a=2 f=1 3000000000";

#[test]
fn pipelines_answer_as_the_real_server_does() {
    let points = line_protocol::parse(POINTS.as_bytes(), Precision::Nanoseconds, 0).unwrap();
    let mut engine = Engine::new("b", 604_800_000_000_000, None);
    engine.write(points, 0).unwrap();
    let dialect = Dialect { header: true, delimiter: b',', annotations: Vec::new() };
    for (stages, expected) in PIPELINES {
        let range = "range(start: 1970-01-01T00:00:00Z, stop: 1970-01-02T00:00:00Z)";
        let script = format!(r#"from(bucket: "u1") |> {range} {stages}"#);
        let program = flux::compile(&script, None, 0).unwrap();
        let answer = match run(&program, |_| Some(&engine), &dialect) {
            Ok(reply) => String::from_utf8(reply.csv).unwrap().replace("\r\n", "\n"),
            Err(refusal) => refusal.message,
        };
        assert_eq!(answer.trim_end(), expected, "{stages}");
    }
}
