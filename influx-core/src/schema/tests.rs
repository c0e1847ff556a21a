use serde::Deserialize;

use super::{Value, ValueRef, ValueType};
use crate::time::Timestamp;

/// A value of each type with what the server's CSV shows and what JSON does.
fn cases() -> Vec<(Value, &'static str, &'static str)> {
    vec![
        (Value::Null, "", "null"),
        (22.35.into(), "22.35", "22.35"),
        (19.0.into(), "19", "19.0"),
        ((-0.0).into(), "-0", "-0.0"),
        (1e21.into(), "1000000000000000000000", "1e+21"),
        (1e-7.into(), "0.0000001", "1e-7"),
        (f64::NAN.into(), "NaN", "null"),
        (f64::INFINITY.into(), "+Inf", "null"),
        (f64::NEG_INFINITY.into(), "-Inf", "null"),
        (i64::MIN.into(), "-9223372036854775808", "-9223372036854775808"),
        (u64::MAX.into(), "18446744073709551615", "18446744073709551615"),
        (true.into(), "true", "true"),
        ("a \"b\"".into(), "a \"b\"", r#""a \"b\"""#),
        (
            Value::Time(Timestamp::from_nanos(1)),
            "1970-01-01T00:00:00.000000001Z",
            "\"1970-01-01T00:00:00.000000001Z\"",
        ),
    ]
}

#[test]
fn values_print_as_the_servers_csv_and_serialize_as_json() {
    for (value, text, json) in cases() {
        assert_eq!(value.to_string(), text);
        assert_eq!(value.as_ref().to_string(), text);
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(serde_json::to_string(&value.as_ref()).unwrap(), json);
    }
    assert_eq!(
        format!("[{:>6.1}|{:<3}|{:2}]", Value::from(2.25), Value::from(1), Value::Null),
        "[   2.2|1  |  ]"
    );
}

#[test]
fn lent_and_owned_values_are_the_same() {
    for (value, ..) in cases() {
        let lent = value.as_ref();
        let same = lent.into_owned();
        assert!(same == value || value.as_float().is_some_and(f64::is_nan), "{value:?}");
        assert_eq!(lent.value_type(), value.value_type());
        assert_eq!(lent.is_null(), value.is_null());
        assert_eq!(lent.as_str(), value.as_str());
        assert_eq!(lent.as_time(), value.as_time());
    }
    assert_eq!(Value::from(1_u8).value_type(), Some(ValueType::Unsigned));
    assert_eq!(ValueRef::default(), Value::default().as_ref());
}

#[test]
fn values_come_back_from_json_save_for_what_json_has_no_word_for() {
    for (value, text, json) in cases() {
        let back: Value = serde_json::from_str(json).unwrap();
        match value {
            Value::Float(float) if !float.is_finite() => assert_eq!(back, Value::Null),
            Value::Time(_) => assert_eq!(back, text.into()),
            _ => assert_eq!(back, value),
        }
    }
    assert_eq!(serde_json::from_str::<Value>("5").unwrap(), Value::Integer(5));
    assert!(serde_json::from_str::<Value>("[1]").unwrap_err().to_string().contains("null"));
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Weather {
    Sun,
    Rain,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Celsius(f64);

/// What `T` makes of a value, with the error as text.
fn read<'v, T: Deserialize<'v>>(value: ValueRef<'v>) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

#[test]
fn a_value_becomes_any_type_that_holds_it() {
    let time = Timestamp::from_nanos(1_500_000_000);
    assert_eq!(read(ValueRef::Integer(-128)), Ok(i8::MIN));
    assert_eq!(read(ValueRef::Integer(255)), Ok(u8::MAX));
    assert_eq!(read(ValueRef::Unsigned(u64::MAX)), Ok(u128::from(u64::MAX)));
    assert_eq!(read(ValueRef::Integer(3)), Ok(3.0));
    assert_eq!(read(ValueRef::Float(0.1)), Ok(0.1_f32));
    assert_eq!(read(ValueRef::Float(1.5)), Ok(Celsius(1.5)));
    assert_eq!(read(ValueRef::Boolean(true)), Ok(true));
    assert_eq!(read(ValueRef::String("a")), Ok("a"));
    assert_eq!(read(ValueRef::String("a")), Ok('a'));
    assert_eq!(read(ValueRef::String("rain")), Ok(Weather::Rain));
    assert_eq!(read(ValueRef::Time(time)), Ok(time));
    assert_eq!(read(ValueRef::Time(time)), Ok("1970-01-01T00:00:01.5Z".to_owned()));
    assert_eq!(read(ValueRef::Null), Ok(String::new()));
    assert_eq!(read(ValueRef::Null), Ok(""));
    assert_eq!(read(ValueRef::Null), Ok(None::<Weather>));
    assert_eq!(read(ValueRef::Null), Ok(()));
    assert_eq!(read(ValueRef::String("")), Ok(Some("")));
    let infinite = read::<f32>(ValueRef::Float(f64::NEG_INFINITY)).unwrap();
    assert!(infinite.is_infinite());
}

#[test]
fn a_value_that_a_type_does_not_hold_is_an_error() {
    let text = ValueRef::String("x");
    for (outcome, words) in [
        (read::<u8>(ValueRef::Integer(256)).err(), "integer `256`, expected u8"),
        (read::<u64>(ValueRef::Integer(-1)).err(), "integer `-1`, expected u64"),
        (read::<i64>(ValueRef::Unsigned(u64::MAX)).err(), "expected i64"),
        (read::<i64>(ValueRef::Float(1.0)).err(), "floating point `1.0`, expected i64"),
        (read::<f32>(ValueRef::Float(1e300)).err(), "expected f32"),
        (read::<f64>(text).err(), "string \"x\", expected f64"),
        (read::<bool>(text).err(), "expected a boolean"),
        (read::<Timestamp>(text).err(), "`x` is not an RFC 3339 time"),
        (read::<Timestamp>(ValueRef::Integer(1)).err(), "expected an RFC 3339 time"),
        (read::<String>(ValueRef::Float(1.0)).err(), "expected a string"),
        (read::<Weather>(text).map(drop).err(), "unknown variant `x`, expected `sun` or `rain`"),
        (read::<Weather>(ValueRef::Null).map(drop).err(), "expected enum Weather"),
        (read::<f64>(ValueRef::Null).err(), "expected f64"),
        (read::<Vec<u8>>(text).map(drop).err(), "expected a sequence"),
    ] {
        let error = outcome.unwrap();
        assert!(error.contains(words), "{error} should say {words}");
    }
    let long = "x".repeat(1 << 20);
    assert!(read::<f64>(ValueRef::String(&long)).unwrap_err().len() < 2_000);
}
