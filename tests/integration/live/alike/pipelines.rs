//! Pipelines: stages in every order over small data sets, and how their tables are written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::case::{Case, FROM};
use super::chance::Chance;

/// Everything that the data sets hold.
const RANGE: &str = "range(start: 1970-01-01T00:00:00Z, stop: 1970-01-02T00:00:00Z)";

const PIVOT: &str = r#"pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")"#;

/// Two measurements, tags and fields that are missing here and there, every type.
const DATA: &str = r#"m,t=a,u=x f=1,g=2i 1000000000
m,t=a f=3,g=4i 2000000000
m,t=b f=1 1000000000
m,t=b,_a=2 f=1 3000000000
m2,B=1 s="q",f=true 1000000000
m2,B=1 s="",f=false,n=5u 3000000000"#;

pub fn cases() -> Vec<Case> {
    let mut cases = stages();
    cases.extend([dialects(), special_characters(), long_tables(), results()]);
    cases.extend((0..150).map(generated));
    cases
}

fn query(case: Case, stages: &str) -> Case {
    case.query(&format!("{FROM} |> {RANGE} {stages}"))
}

/// One case for each pipeline, so that a difference names it.
fn stages() -> Vec<Case> {
    let m = r#"|> filter(fn: (r) => r._measurement == "m")"#;
    let f = r#"|> filter(fn: (r) => r._measurement == "m" and r._field == "f")"#;
    let pipelines = [
        (f, r#"|> group(columns: ["t", "zz"])"#),
        (f, r#"|> limit(n: 5) |> group(columns: ["t", "zz"])"#),
        (f, r#"|> group(columns: ["t"], mode: "except")"#),
        (f, r#"|> group(columns: ["_time"])"#),
        (f, r#"|> group(columns: ["_start", "t"])"#),
        (f, r#"|> group() |> group(columns: ["t"])"#),
        (f, r#"|> limit(n: 9) |> group() |> group(columns: ["t"])"#),
        // Storage cannot group several types; what it read before that is sent.
        (m, "|> group()"),
        (m, r#"|> group(columns: ["t"]) |> limit(n: 1)"#),
        (m, "|> limit(n: 5) |> group()"),
        (m, r#"|> limit(n: 5) |> group() |> group(columns: ["_measurement"])"#),
        (m, r#"|> drop(columns: ["_field"])"#),
        (f, r#"|> drop(columns: ["u", "t"])"#),
        (f, r#"|> keep(columns: ["zz"])"#),
        (f, r#"|> keep(columns: ["_start"])"#),
        (f, r#"|> drop(columns: ["_value"]) |> sort(columns: ["_time"], desc: true)"#),
        ("", &format!("|> {PIVOT}")),
        (m, &format!("|> {PIVOT} |> group() |> sort(columns: [\"_time\"]) |> limit(n: 2)")),
        (f, r#"|> group() |> pivot(rowKey: ["_time"], columnKey: ["t"], valueColumn: "_value")"#),
        (
            f,
            r#"|> group() |> pivot(rowKey: ["_time"], columnKey: ["t", "u"], valueColumn: "_value")"#,
        ),
        (f, r#"|> pivot(rowKey: ["t"], columnKey: ["_time"], valueColumn: "_value")"#),
        (f, r#"|> pivot(rowKey: ["_time"], columnKey: ["_value"], valueColumn: "_field")"#),
        (f, r#"|> pivot(rowKey: ["_time"], columnKey: ["_value"], valueColumn: "_value")"#),
        (f, r#"|> pivot(rowKey: [], columnKey: [], valueColumn: "_value")"#),
        ("", r#"|> pivot(rowKey: ["zz"], columnKey: ["_field"], valueColumn: "_value")"#),
        ("", r#"|> pivot(rowKey: ["_time"], columnKey: ["zz"], valueColumn: "_value")"#),
        ("", r#"|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "zz")"#),
        // A failure in the last moment names no place.
        (f, &format!("|> limit(n: 0) |> {PIVOT} |> group() |> {PIVOT}")),
        (f, "|> limit(n: 0)"),
        (f, "|> limit(n: -1)"),
        (f, "|> limit(n: 1, offset: 1)"),
        (f, "|> group() |> limit(n: 2, offset: 1)"),
        (f, "|> tail(n: 0)"),
        (f, "|> tail(n: 1, offset: 1)"),
        (f, "|> group() |> tail(n: 2, offset: 1)"),
        (f, r#"|> sort(columns: ["_value"]) |> limit(n: 0)"#),
        (f, r#"|> sort(columns: ["_value"]) |> limit(n: -1)"#),
        (f, r#"|> limit(n: 5) |> group() |> sort(columns: ["_a", "u"])"#),
        (
            f,
            r#"|> limit(n: 5) |> group() |> sort(columns: ["_a", "u"], desc: true) |> limit(n: 2)"#,
        ),
        (f, r#"|> group() |> sort(columns: ["zz", "t"], desc: true)"#),
        (r#"|> filter(fn: (r) => r._measurement == "none")"#, "|> group()"),
    ];
    let case = |(filter, stages): (&str, &str)| {
        query(
            Case::new(format!("pipeline {filter} {stages}")).write(DATA),
            &format!("{filter} {stages}"),
        )
    };
    pipelines.into_iter().map(case).collect()
}

fn dialects() -> Case {
    let dialects = [
        json!({}),
        json!({ "annotations": ["default"] }),
        json!({ "annotations": ["group", "datatype"], "header": false }),
        json!({ "header": false }),
        json!({ "delimiter": ";", "annotations": ["group", "group"] }),
        json!({ "delimiter": "t", "annotations": ["datatype"] }),
        json!({ "delimiter": " " }),
        json!({ "delimiter": "\u{0}" }),
        json!({ "delimiter": "\"" }),
        json!({ "delimiter": "\n", "annotations": ["default"] }),
    ];
    let mut case = Case::new("dialects").write(DATA);
    for dialect in dialects {
        for stages in ["", "|> limit(n: 0)", "|> group()", "|> keep(columns: [\"zz\"])"] {
            let query = format!("{FROM} |> {RANGE} {stages}");
            case = case.query_with(&json!({ "query": query, "dialect": dialect }));
        }
    }
    case
}

fn special_characters() -> Case {
    let texts =
        ["a,b", "a\nb", "a\r\nb\r", " a", "\u{3000}", "\t", "\\\\.", "#a", "\\\"", "é\u{0}"];
    let mut lines = String::new();
    for (time, text) in texts.iter().enumerate() {
        writeln!(lines, "m s=\"{text}\" {time}").unwrap();
        let tag = text.replace(['\n', '\r', '\u{0}'], "").replace(',', "\\,").replace(' ', "\\ ");
        writeln!(lines, "m,{tag}={tag}x f=1.5e300,g=-0.0,h=1e-300 {time}").unwrap();
    }
    lines.push_str("m,result=a,table=b f=9007199254740993i 1\nm u=18446744073709551615u -1");
    let case = Case::new("special characters").write(lines);
    let range = "range(start: 1960-01-01T00:00:00Z, stop: 1970-01-02T00:00:00Z)";
    ["", &format!("|> {PIVOT}"), "|> limit(n: 0)"]
        .iter()
        .fold(case, |case, stages| case.query(&format!("{FROM} |> {range} {stages}")))
}

/// More rows than come in one block, in one shard and in many: both show in the order of ties.
fn long_tables() -> Case {
    let mut lines = String::new();
    for row in 0..2_500 {
        writeln!(lines, "m,t=a f={},g=1 {row}000000000", row * 7 % 3).unwrap();
    }
    for day in 0..60 {
        writeln!(lines, "m,t=b f={},g=1 {}000000000", day * 5 % 4, day * 86_400).unwrap();
    }
    let case = Case::new("long tables").write(lines);
    let range = "range(start: 1970-01-01T00:00:00Z, stop: 1970-05-01T00:00:00Z)";
    let stages = [
        r#"|> filter(fn: (r) => r._field == "f") |> sort(columns: ["_value"])"#,
        r#"|> filter(fn: (r) => r._value > 0.5) |> sort(columns: ["_value"], desc: true)"#,
        r#"|> sort(columns: ["_value"]) |> limit(n: 1200)"#,
        r#"|> group() |> sort(columns: ["_value"]) |> limit(n: 7)"#,
        r#"|> drop(columns: ["t"]) |> sort(columns: ["_value"]) |> tail(n: 30, offset: 3)"#,
        "|> limit(n: 3, offset: 1200)",
        "|> tail(n: 1100, offset: 900)",
        r#"|> group() |> sort(columns: ["_field"], desc: true) |> limit(n: 20)"#,
    ];
    let query = |case: Case, stages| case.query(&format!("{FROM} |> {range} {stages}"));
    stages.into_iter().fold(case, query)
}

/// The order of results is random on the real server.
fn results() -> Case {
    let m = r#"|> filter(fn: (r) => r._measurement == "m")"#;
    let names = |stages: [&str; 2]| {
        format!(
            "x = {FROM} |> {RANGE} {m} {}\nx |> yield(name: \"a\")\nx {} |> yield(name: \"b\")",
            stages[0], stages[1]
        )
    };
    let case = Case::new("several results").asked(12).write(DATA.replace('i', ""));
    let case = case.query(&names(["", r#"|> group(columns: ["t"]) |> limit(n: 1)"#]));
    let case =
        case.query(&names([r#"|> group(columns: ["_field"])"#, r#"|> group(columns: ["t"])"#]));
    case.query(&names(["|> limit(n: 0)", "|> limit(n: 1)"]))
}

/// A data set and a few pipelines over it.
fn generated(seed: u8) -> Case {
    let mut chance = Chance::new(seed);
    let count = 1 + chance.below(3);
    let tags = chance.some(&["t", "u", "A", "_b", "zz", "result"], count);
    let case = Case::new(format!("generated pipelines {seed}")).may_be_unknown();
    let mut case = case.write(data(&mut chance, &tags));
    for _ in 0..6 {
        let mut stages = String::new();
        for _ in 0..chance.below(3) {
            write!(stages, "|> filter(fn: (r) => {}) ", condition(&mut chance, &tags, 0)).unwrap();
        }
        for _ in 0..chance.below(5) {
            write!(stages, "|> {} ", stage(&mut chance, &tags)).unwrap();
        }
        case = query(case, &stages);
    }
    case
}

fn data(chance: &mut Chance, tags: &[&str]) -> String {
    let mut types = BTreeMap::new();
    let mut lines = String::new();
    for _ in 0..chance.one(&[3, 8, 15, 40]) {
        let measurement = chance.one(&["m", "m", "m2"]);
        lines.push_str(measurement);
        for tag in tags {
            if chance.often(75) {
                write!(lines, ",{tag}={}", chance.one(&["a", "b", r"x\,y", "q\"r"])).unwrap();
            }
        }
        let count = 1 + chance.below(3);
        for (index, field) in chance.some(&["f", "g", "h", "t2"], count).into_iter().enumerate() {
            let values = types.entry((measurement, field)).or_insert_with(|| {
                chance.one(&[
                    ["1", "2.5", "-0.5"],
                    ["1", "2", "3"],
                    ["1i", "2i", "-3i"],
                    ["1u", "2u", "3u"],
                    ["true", "false", "t"],
                    [r#""""#, r#""x""#, r#""a,b""#],
                ])
            });
            let separator = if index == 0 { ' ' } else { ',' };
            write!(lines, "{separator}{field}={}", chance.one(values.as_slice())).unwrap();
        }
        writeln!(lines, " {}000000000", 1 + chance.below(6)).unwrap();
    }
    lines
}

fn condition(chance: &mut Chance, tags: &[&str], depth: usize) -> String {
    if depth < 2 && chance.often(30) {
        let operator = chance.one(&["and", "and", "or"]);
        let left = condition(chance, tags, depth + 1);
        return format!("({left} {operator} {})", condition(chance, tags, depth + 1));
    }
    let tag = chance.one(tags);
    let tag_is = format!("r[\"{tag}\"] == \"a\"");
    let tag_exists = format!("exists r[\"{tag}\"]");
    let measurement = r#"r._measurement == "m""#;
    let conditions = [
        measurement,
        measurement,
        measurement,
        r#"r._field == "f""#,
        r#"r._field == "f""#,
        r#"r._field == "g""#,
        r#"r._measurement == "m2""#,
        &tag_is,
        &tag_exists,
        "r._time < 1970-01-01T00:00:04Z",
        "true",
    ];
    chance.one(&conditions).to_owned()
}

fn stage(chance: &mut Chance, tags: &[&str]) -> String {
    let columns =
        [tags, &["_start", "_stop", "_time", "_value", "_field", "_measurement", "q", "f"]]
            .concat();
    let few = 1 + chance.below(3);
    let many = 3 + chance.below(4);
    let (few, many) = (chance.some(&columns, few), chance.some(&columns, many));
    let (n, offset) = (chance.one(&[0, 1, 1, 2, 3, 100]), chance.one(&[0, 0, 0, 1, 2]));
    let descending = chance.often(40);
    match chance.below(20) {
        0..2 => "group()".to_owned(),
        2..5 => format!("group(columns: {few:?})"),
        5 => r#"group(columns: ["_time", "_value"], mode: "except")"#.to_owned(),
        6 => format!("group(columns: {many:?}, mode: \"except\")"),
        7..10 => PIVOT.to_owned(),
        10 => pivot(chance, &many),
        11 => format!("sort(columns: [\"_value\"], desc: {descending})"),
        12 => format!("sort(columns: [\"_time\"], desc: {descending})"),
        13 => format!("sort(columns: {few:?}, desc: {descending})"),
        14 | 15 => format!("limit(n: {n}, offset: {offset})"),
        16 => format!("tail(n: {n}, offset: {offset})"),
        17 => format!("keep(columns: {:?})", [&["_time", "_value"], many.as_slice()].concat()),
        18 => format!("drop(columns: {few:?})"),
        _ => format!("filter(fn: (r) => {}, onEmpty: \"keep\")", condition(chance, tags, 1)),
    }
}

/// Not more than one column key: which of several is missing, the real server says at random.
fn pivot(chance: &mut Chance, columns: &[&str]) -> String {
    let (row, column) = columns.split_at(columns.len() - 1);
    let row = &row[..1 + chance.below(row.len() - 1)];
    let value = chance.one(&["_value", "_value", "_field"]);
    format!("pivot(rowKey: {row:?}, columnKey: {column:?}, valueColumn: {value:?})")
}
