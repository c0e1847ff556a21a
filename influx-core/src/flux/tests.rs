//! Scripts and their parameters.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value as Json, json};

use super::{IntoParam, Param, Record, Script, ast};
use crate::schema::ValueRef;
use crate::{ErrorKind, Timestamp, Value};

/// The tree of a value.
fn tree(value: impl IntoParam) -> Json {
    let script = Script::new("").param("p", value);
    script.check().unwrap();
    let file = serde_json::to_value(ast::extern_file(&script, false).unwrap()).unwrap();
    let statement = &file["body"][0];
    assert_eq!(statement["type"], "OptionStatement");
    let assignment = &statement["assignment"];
    assert_eq!(assignment["id"], json!({ "type": "Identifier", "name": "p" }));
    assignment["init"].clone()
}

fn refused(script: &Script) -> String {
    let error = script.check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    error.to_string()
}

fn literal(kind: &str, value: impl Into<Json>) -> Json {
    json!({ "type": kind, "value": value.into() })
}

fn call(function: &str, text: &str) -> Json {
    json!({
        "type": "CallExpression",
        "callee": { "type": "Identifier", "name": function },
        "arguments": [{ "type": "ObjectExpression", "properties": [{
            "type": "Property",
            "key": { "type": "Identifier", "name": "v" },
            "value": literal("StringLiteral", text),
        }] }],
    })
}

#[test]
fn every_type_has_its_literal() {
    assert_eq!(tree(true), literal("BooleanLiteral", true));
    assert_eq!(tree(-1_i8), literal("IntegerLiteral", "-1"));
    assert_eq!(tree(i64::MIN), literal("IntegerLiteral", "-9223372036854775808"));
    assert_eq!(tree(7_isize), literal("IntegerLiteral", "7"));
    assert_eq!(tree(u64::MAX), literal("UnsignedIntegerLiteral", "18446744073709551615"));
    assert_eq!(tree(7_usize), literal("UnsignedIntegerLiteral", "7"));
    assert_eq!(tree(0.1 + 0.2), call("float", "0.30000000000000004"));
    assert_eq!(tree(0.5_f32), call("float", "0.5"));
    assert_eq!(tree(-0.0), call("float", "-0.0"));
    assert_eq!(tree(f64::NAN), call("float", "NaN"));
    assert_eq!(tree("a\"$\0"), literal("StringLiteral", "a\"$\0"));
    assert_eq!(tree('é'), literal("StringLiteral", "é"));
    assert_eq!(tree(Param::regex("a/\\d")), literal("RegexpLiteral", "a/\\d"));
    assert_eq!(tree(Param::bytes("é")), call("bytes", "é"));
    assert_eq!(tree(Value::Integer(1)), literal("IntegerLiteral", "1"));
    assert_eq!(tree(ValueRef::String("a")), literal("StringLiteral", "a"));
}

#[test]
fn clocks_are_times_and_spans_are_durations() {
    let second = literal("DateTimeLiteral", "1970-01-01T00:00:01Z");
    let time: DateTime<Utc> = DateTime::from_timestamp_nanos(1_000_000_000);
    assert_eq!(tree(time), second);
    assert_eq!(tree(time.naive_utc()), second);
    assert_eq!(tree(SystemTime::UNIX_EPOCH + Duration::from_secs(1)), second);
    assert_eq!(tree(Timestamp::from_nanos(1_000_000_000)), second);

    let duration = |terms: &[(u64, &str)]| {
        let terms: Vec<_> =
            terms.iter().map(|(value, unit)| json!({ "magnitude": value, "unit": unit })).collect();
        json!({ "type": "DurationLiteral", "values": terms })
    };
    assert_eq!(tree(Duration::ZERO), duration(&[(0, "s")]));
    assert_eq!(
        tree(Duration::from_nanos(1_500_000_007)),
        duration(&[(1, "s"), (500, "ms"), (7, "ns")])
    );
    assert_eq!(
        tree(TimeDelta::seconds(-1)),
        json!({ "type": "UnaryExpression", "operator": "-", "argument": duration(&[(1, "s")]) })
    );
    let smallest = TimeDelta::nanoseconds(i64::MIN);
    assert_eq!(tree(smallest), call("duration", "-106751d23h47m16s854ms775us808ns"));
}

#[test]
fn arrays_and_records_are_trees_of_their_members() {
    let array = json!({ "type": "ArrayExpression", "elements": [
        literal("StringLiteral", "a"), literal("StringLiteral", "b"),
    ] });
    assert_eq!(tree(["a", "b"]), array);
    assert_eq!(tree(vec!["a".to_owned(), "b".to_owned()]), array);
    assert_eq!(tree(&["a", "b"][..]), array);
    let lent = vec!["a", "b"];
    assert_eq!(tree(&lent), array);
    assert_eq!(tree(lent), array);
    let record = Record::new().member("x y", 0_i64).member("x y", 1_i64).member("z", [true]);
    assert_eq!(
        tree(record),
        json!({ "type": "ObjectExpression", "properties": [
            {
                "type": "Property",
                "key": literal("StringLiteral", "x y"),
                "value": literal("IntegerLiteral", "1"),
            },
            {
                "type": "Property",
                "key": literal("StringLiteral", "z"),
                "value": { "type": "ArrayExpression", "elements": [literal("BooleanLiteral", true)] },
            },
        ] })
    );
}

#[test]
fn profilers_are_an_import_and_an_option_in_front_of_the_parameters() {
    assert!(ast::extern_file(&Script::new("x"), false).is_none());
    let script = Script::new("x").param("p", true);
    let file = serde_json::to_value(ast::extern_file(&script, true).unwrap()).unwrap();
    assert_eq!(file["type"], "File");
    assert_eq!(file["package"], Json::Null);
    assert_eq!(file["imports"][0]["path"], literal("StringLiteral", "profiler"));
    let member = &file["body"][0]["assignment"]["member"];
    assert_eq!(member["property"]["name"], "enabledProfilers");
    assert_eq!(file["body"][1]["assignment"]["id"]["name"], "p");
}

#[test]
fn what_flux_cannot_have_is_refused_with_the_reason() {
    let param = |value: Param| refused(&Script::new("").param("p", value));
    assert!(param(Value::Null.into_param()).starts_with("a parameter is null, which Flux cannot"));
    assert!(param(Param::bytes([255])).ends_with("must be UTF-8; these are not"));
    assert!(param(Param::regex("")).starts_with("a regular expression is empty"));
    assert!(param(Duration::MAX.into_param()).contains("64 bits of nanoseconds"));
    assert!(param(DateTime::<Utc>::MAX_UTC.into_param()).contains("outside what the server"));
    let mixed = vec![Value::Integer(1), Value::Float(1.0)];
    assert!(param(mixed.into_param()).ends_with("this one mixes them"));
    assert!(param(vec![Value::Null].into_param()).starts_with("a parameter is null"));
    assert!(param(Record::new().member("a", Value::Null).into_param()).contains("null"));
}

#[test]
fn names_are_those_of_flux() {
    for name in ["a", "_", "a1", "größe", "with", "v"] {
        Script::new("").param(name, 1).check().unwrap();
    }
    for name in ["", "1a", "a-b", "a b", "a\0", "a\"", "a.b"] {
        assert!(
            refused(&Script::new("").param(name, 1)).contains("is no name in Flux"),
            "{name:?}"
        );
    }
    for name in ["and", "exists", "true", "now"] {
        let message = refused(&Script::new("").param(name, 1));
        assert_eq!(message, format!("the parameter `{name}` is a word of Flux itself"));
    }
    let twice = Script::new("").param("a", 1).param("a", 2);
    assert_eq!(refused(&twice), "the parameter `a` is there twice; give each a name");
}

#[test]
fn the_literal_of_a_value_holds_all_of_it() {
    let literal = |value: Param| value.literal().unwrap();
    let record = Record::new().member("a \"b", [1_i64, -2]).member("c", false).into_param();
    assert_eq!(literal(record), r#"{"a \"b": [1, -2], "c": false}"#);
    assert_eq!(literal(Param::bytes("$")), r#"bytes(v: "\x24")"#);
    assert_eq!(literal(Param::regex("a/b")), r"/a\/b/");
    assert_eq!(literal(1.5.into_param()), "1.5");
    assert_eq!(literal(TimeDelta::hours(-1).into_param()), "-1h");
    let null = vec![Value::Null].into_param().literal().unwrap_err();
    assert_eq!(null.kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_column_in_brackets_is_written_as_text() {
    let script =
        Script::__new(&["r[", "] == _x"], &["a\"$".into_param()], [("_x", 1.into_param())]);
    assert_eq!(script.text(), r#"r["a\"\x24"] == _x"#);
    script.check().unwrap();
    let number = Script::__new(&["r[", "]"], &[1.into_param()], []);
    assert!(refused(&number).ends_with("must be its name, as text"));
}

#[test]
fn what_nests_too_deep_is_refused_and_not_followed() {
    let mut record = Record::new().member("a", 1);
    for _ in 0..10_000 {
        record = Record::new().member("a", record);
    }
    let error = Script::new("").param("p", record).check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}
