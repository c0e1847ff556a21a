use crate::line_protocol::Point;
use crate::schema::Value;
use crate::time::Timestamp;

#[test]
fn a_point_is_read_from_a_dictionary() {
    let read = |json: &str| serde_json::from_str::<Point>(json).map(|point| point.to_string());
    for (json, expected) in [
        (r#"{"measurement": "m", "fields": {"a": 1, "b": 1.0}}"#, "m a=1i,b=1"),
        (
            r#"{"fields": {"b": "x", "a": true}, "tags": null, "time": null, "measurement": "m"}"#,
            "m a=true,b=\"x\"",
        ),
        (
            r#"{"measurement": "m", "tags": {"z": 1, "b": true, "a": null, "c": "", "d": -1}, "fields": {"n": null, "u": 18446744073709551615}}"#,
            "m,b=true,d=-1,z=1 u=18446744073709551615u",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "time": "2024-05-01T12:00:00.123456789+02:00"}"#,
            "m a=1i 1714557600123456789",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "time": "2024-05-01"}"#,
            "m a=1i 1714521600000000000",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "time": "2024-05-01T00:00:00"}"#,
            "m a=1i 1714521600000000000",
        ),
        (r#"{"measurement": "m", "fields": {"a": 1}, "time": -5}"#, "m a=1i -5"),
        (
            r#"{"measurement": "m", "fields": {"a": 1, "b": 2, "c": 3}, "field_types": {"a": "float", "b": "uint", "c": "int"}}"#,
            "m a=1,b=2u,c=3i",
        ),
    ] {
        assert_eq!(read(json).unwrap(), expected, "{json}");
    }
}

/// What is said of JSON that is no point.
fn assert_refused(cases: &[(&str, &str)]) {
    for (json, reason) in cases {
        let error = serde_json::from_str::<Point>(json).unwrap_err().to_string();
        assert!(error.contains(reason), "{json}: {error}");
        assert!(error.contains(" line 1 column "), "{error}");
    }
}

#[test]
fn a_dictionary_of_another_shape_is_refused_with_its_key() {
    assert_refused(&[
        (r#"{"measurement": "m"}"#, "missing field `fields`"),
        (r#"{"fields": {"a": 1}}"#, "missing field `measurement`"),
        (
            r#"{"measurement": 1, "fields": {}}"#,
            "the key `measurement`: invalid type: integer `1`, expected a string",
        ),
        (
            r#"{"measurement": "m", "fields": null}"#,
            "the key `fields`: invalid type: Option value, expected a map",
        ),
        (
            r#"{"measurement": "m", "fields": [1]}"#,
            "the key `fields`: invalid type: sequence, expected a map",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "tag": {}}"#,
            "unknown field `tag`, expected one of `measurement`, `tags`, `fields`",
        ),
        (
            r#"{"measurement": "m", "measurement": "n", "fields": {"a": 1}}"#,
            "duplicate field `measurement`",
        ),
    ]);
}

#[test]
fn a_value_that_is_no_tag_field_or_time_is_refused_with_its_key() {
    assert_refused(&[
        (
            r#"{"measurement": "m", "fields": {"a": 1, "b": 2, "a": 1}}"#,
            "the field `a` is there twice",
        ),
        (r#"{"measurement": "m", "fields": {"a": {"b": 1}}}"#, "the field `a`: invalid type: map"),
        (
            r#"{"measurement": "m", "tags": {"a": [1]}, "fields": {"a": 1}}"#,
            "the tag `a`: invalid type: sequence",
        ),
        (
            r#"{"measurement": "m", "tags": {"a": 1.5}, "fields": {"a": 1}}"#,
            "the tag `a`: invalid type: floating point `1.5`, expected a text, an integer",
        ),
        (
            r#"{"measurement": "m", "tags": {"a": "x", "a": "x"}, "fields": {"a": 1}}"#,
            "the tag `a` is there twice",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "time": "noon"}"#,
            "the key `time`: `noon` is not an RFC 3339 time",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "time": 1.5}"#,
            "the key `time`: invalid type: floating point `1.5`",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": -1}, "field_types": {"a": "uint"}}"#,
            "the field `a` is negative",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "field_types": {"b": "uint"}}"#,
            "no field `b`",
        ),
        (
            r#"{"measurement": "m", "fields": {"a": 1}, "field_types": {"a": "word"}}"#,
            "invalid value: string \"word\", expected `int`, `uint` or `float`",
        ),
        (r#"[]"#, "expected a dictionary with the keys"),
    ]);
}

#[test]
fn a_point_that_no_line_carries_becomes_no_dictionary() {
    let point = Point::measurement("m").field("a", 1);
    let time: Timestamp = "2024-05-01T12:00:00.5Z".parse().unwrap();
    assert_eq!(
        serde_json::to_value(point.clone().tag("b", "x").timestamp(time)).unwrap(),
        serde_json::json!({
            "measurement": "m",
            "tags": {"b": "x"},
            "fields": {"a": 1},
            "time": "2024-05-01T12:00:00.500000000Z"
        })
    );
    let unsigned = point.clone().field("u", 1_u64).field("w", u64::MAX);
    let json = serde_json::to_value(&unsigned).unwrap();
    assert_eq!(json["field_types"], serde_json::json!({"u": "uint"}));
    assert_eq!(serde_json::from_value::<Point>(json).unwrap(), unsigned);
    for (point, reason) in [
        (point.clone().field("n", f64::NAN), "the field `n` is NaN or infinite"),
        (point.clone().field("n", Value::Time(time)), "the field `n` is a time"),
        (
            point.timestamp(chrono::DateTime::<chrono::Utc>::MAX_UTC),
            "is outside what the server stores",
        ),
    ] {
        let error = serde_json::to_string(&point).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
