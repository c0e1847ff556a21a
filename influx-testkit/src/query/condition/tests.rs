use super::{Kind, RowFilter, Scalar, StoredFilter, partition};
use crate::flux::{Filter, StageKind, compile};
use crate::point::{Series, Text, Value};

/// The filter `(r) => body` right behind a read.
fn filter(body: &str) -> Filter {
    let script = format!("from(bucket: \"b\") |> range(start: 0) |> filter(fn: (r) => {body})");
    let program = compile(&script, None, 1).unwrap();
    match &program.results[0].1.stages[1].kind {
        StageKind::Filter(filter) => filter.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_planner_gives_to_storage() {
    for (body, is_pushed) in [
        (r#"r.t == "a""#, true),
        (r#"r._value > 1.0"#, true),
        (r#"r.t =~ /a/ or r._value == "x""#, true),
        ("exists r.t", true),
        ("not exists r.t", true),
        ("r._time == 1", true),
        ("r.t == true", true),
        (r#"r.t != """#, true),
        (r#"r._value == """#, true),
        (r#"r.t == """#, false),
        (r#"r.t > "a""#, false),
        ("exists r._value", false),
        (r#"not (r.t == "a")"#, false),
        ("r._value > -1", false),
        (r#"r._value == uint(v: "1")"#, false),
        (r#""a" == r.t"#, false),
        ("r.t == r.u", false),
        ("r._time > 2020-01-01T00:00:00Z", false),
        (r#"r.t == "a" or r.t > "b""#, false),
        ("r.b", false),
        ("true", false),
    ] {
        let (pushed, left) = partition(&filter(body).condition);
        assert_eq!((pushed.is_some(), left.is_some()), (is_pushed, !is_pushed), "{body}");
    }
    let (pushed, left) = partition(&filter(r#"r.a == "1" and r.b and r.c == "2""#).condition);
    assert_eq!(pushed, Some(filter(r#"r.a == "1" and r.c == "2""#).condition));
    assert_eq!(left, Some(filter("r.b").condition));
}

#[test]
fn storage_takes_a_missing_tag_for_an_empty_one() {
    let series = Series { measurement: Text::from("m"), tags: vec![("t".into(), "a".into())] };
    for (body, value, expected) in [
        (r#"r.t == "a""#, Value::Float(1.0), true),
        (r#"r.u != "a""#, Value::Float(1.0), true),
        (r#"r.u !~ /a/"#, Value::Float(1.0), true),
        (r#"r.u =~ /^$/"#, Value::Float(1.0), true),
        ("exists r.u", Value::Float(1.0), false),
        ("not exists r.u", Value::Float(1.0), true),
        ("not not exists r.u", Value::Float(1.0), false),
        ("r.t != 1", Value::Float(1.0), false),
        ("r._value == 1", Value::Float(1.0), true),
        ("r._value < 1.5", Value::Integer(1), true),
        ("r._value == 1", Value::Unsigned(1), false),
        ("r._value != 1", Value::Unsigned(2), false),
        (r#"r._value < "b""#, Value::String("a".into()), false),
        (r#"r._value != "b""#, Value::String("a".into()), true),
        ("r._value != true", Value::Boolean(false), true),
        ("r._value != true", Value::String("a".into()), false),
        (r#"r._measurement == "m" and r._field == "f""#, Value::Float(1.0), true),
        ("exists r._time", Value::Float(1.0), false),
    ] {
        let stored = StoredFilter::new(&filter(body).condition).unwrap();
        assert_eq!(stored.keeps(&series, &Text::from("f"), &value), expected, "{body} {value:?}");
    }
}

/// A row with a string `s`, a null string `n`, a float `f`, an unsigned `u`, a boolean `b`.
fn kind(column: &str) -> Option<Kind> {
    Some(match column {
        "s" | "n" => Kind::String,
        "f" => Kind::Float,
        "u" => Kind::Unsigned,
        "b" => Kind::Boolean,
        _ => return None,
    })
}

fn cell(column: &str) -> Option<Scalar<'static>> {
    Some(match column {
        "s" => Scalar::String(b"x"),
        "f" => Scalar::Float(1.5),
        "u" => Scalar::Unsigned(3),
        "b" => Scalar::Boolean(true),
        _ => return None,
    })
}

#[test]
fn the_query_engine_knows_null() {
    for (body, expected) in [
        (r#"r.s == "x""#, true),
        (r#"r.n == "x""#, false),
        (r#"r.n != "x""#, false),
        (r#"not (r.n == "x")"#, false),
        (r#"not (r.n == "x" and true)"#, true),
        (r#"not (true and r.n == "x")"#, false),
        (r#"r.n == "x" or r.b"#, true),
        ("r.n =~ /x/ or r.f > -1", true),
        ("exists r.n or not exists r.s", false),
        ("r.u == 3", true),
        ("r.u > -1", true),
        ("r.f < r.u", true),
        ("1 < r.f", true),
        ("r.missing == r.s", false),
    ] {
        let filter = filter(body);
        let row = RowFilter::new(&filter, &filter.condition).unwrap();
        assert_eq!(row.check(kind), Ok(()), "{body}");
        assert_eq!(row.keeps(cell), expected, "{body}");
    }
}

#[test]
fn the_query_engine_refuses_types() {
    for (body, expected) in [
        ("r.f", "type conflict: bool != float"),
        ("r.f =~ /x/", "type conflict: string != float"),
        (
            r#"r.f == "x""#,
            "cannot compile @ 1:52-1:69: unsupported binary expression float == string",
        ),
        ("r.s == r.b", "cannot compile @ 1:52-1:69: unsupported binary expression string == bool"),
        (
            "r.q =~ /x/ or r.q == 1",
            "cannot compile @ 1:52-1:81: unsupported binary expression string == int",
        ),
        (
            "r.q >= r.q",
            "cannot compile @ 1:52-1:69: unsupported binary expression invalid >= invalid",
        ),
    ] {
        let filter = filter(body);
        let row = RowFilter::new(&filter, &filter.condition).unwrap();
        assert_eq!(row.check(kind), Err(expected.to_owned()), "{body}");
    }
}
