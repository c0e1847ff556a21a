use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use serde_json::json;

use super::Mapping;
use crate::error::{Error, ErrorKind};
use crate::line_protocol::{Point, encode};
use crate::schema::{Value, ValueType};
use crate::time::{Precision, Timestamp};

fn line(mapping: &Mapping, value: impl Serialize) -> String {
    let mut buffer = Vec::new();
    match encode(mapping.record(value), &mut buffer) {
        Ok(_) => String::from_utf8(buffer).unwrap().trim_end().to_owned(),
        Err(error) => format!("refused: {error}"),
    }
}

/// Without a time; what is not named is a field.
fn plain() -> Mapping {
    Mapping::measurement("m").server_time()
}

#[test]
fn each_kind_of_record_gives_the_line_of_its_point() {
    #[derive(Serialize)]
    struct Reading<'a> {
        room: &'a str,
        count: Option<u64>,
        temp: f32,
        at: DateTime<Utc>,
    }
    #[derive(Serialize)]
    struct Tuple<'a>(&'a str, Option<u64>, f32, Timestamp);
    #[derive(Serialize)]
    struct Wrapped<T>(T);

    let time: Timestamp = "2024-05-01T12:00:00.25Z".parse().unwrap();
    let mapping = Mapping::measurement("a b").tag("room").time("at");
    let expected = "a\\ b,room=x\\,y count=3u,temp=0.1 1714564800250000000";
    let reading = Reading { room: "x,y", count: Some(3), temp: 0.1, at: time.into() };
    assert_eq!(line(&mapping, &reading), expected);
    assert_eq!(line(&mapping, Some(&reading)), expected);
    assert_eq!(line(&mapping, Wrapped(&reading)), expected);
    let positions = mapping.clone().positions(["room", "count", "temp", "at"]);
    assert_eq!(line(&positions, Tuple("x,y", Some(3), 0.1, time)), expected);
    assert_eq!(line(&positions, ("x,y", Some(3_u64), 0.1_f32, time)), expected);
    assert_eq!(line(&positions, reading), expected, "a struct has keys of its own");

    let point = Point::measurement("a b").tag("room", "x,y").field("temp", 0.1).field("count", 3);
    let point = point.timestamp(time).to_string();
    let object = json!({"room": "x,y", "count": 3, "temp": 0.1, "at": time});
    assert_eq!(line(&mapping, &object), point);
    assert_eq!(line(&positions, json!(["x,y", 3, 0.1, time])), point);
    let map: BTreeMap<&str, Value> = [
        ("room", Value::from("x,y")),
        ("temp", 0.1.into()),
        ("count", 3.into()),
        ("at", Value::Time(time)),
    ]
    .into();
    assert_eq!(line(&mapping, map), point);
    assert_eq!(line(&plain(), HashMap::from([(7, true)])), "m 7=true");
}

#[test]
fn values_become_what_the_table_says() {
    #[derive(Serialize)]
    enum Weather {
        Sun,
    }
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct Celsius(f64);
    #[derive(Serialize)]
    struct All {
        null: Option<i8>,
        unit: (),
        unit_struct: Unit,
        variant: Weather,
        letter: char,
        newtype: Celsius,
        date: NaiveDate,
        narrow: i8,
        wide: i128,
        byte: u8,
        big: u128,
        single: f32,
        yes: bool,
    }
    let all = All {
        null: None,
        unit: (),
        unit_struct: Unit,
        variant: Weather::Sun,
        letter: '"',
        newtype: Celsius(1.0),
        date: NaiveDate::from_ymd_opt(2024, 5, 1).unwrap(),
        narrow: -1,
        wide: i64::MIN.into(),
        byte: 1,
        big: u64::MAX.into(),
        single: 0.1,
        yes: true,
    };
    assert_eq!(
        line(&plain(), &all),
        "m variant=\"Sun\",letter=\"\\\"\",newtype=1,date=\"2024-05-01\",narrow=-1i,\
         wide=-9223372036854775808i,byte=1u,big=18446744073709551615u,single=0.1,yes=true"
    );
    let tags = ["null", "unit", "variant", "narrow", "byte", "big", "yes", "date"];
    let mapping = plain().tags(tags).field("newtype");
    assert_eq!(
        line(&mapping, &all),
        "m,big=18446744073709551615,byte=1,date=2024-05-01,narrow=-1,variant=Sun,yes=true newtype=1"
    );
    let strings = ["narrow", "byte", "single", "newtype", "yes", "letter"];
    let mapping = strings
        .iter()
        .fold(plain().fields(strings), |mapping, key| mapping.field_type(*key, ValueType::String));
    assert_eq!(
        line(&mapping, &all),
        "m letter=\"\\\"\",newtype=\"1\",narrow=\"-1\",byte=\"1\",single=\"0.1\",yes=\"true\""
    );
}

#[test]
fn whole_numbers_of_maps_are_integers_and_those_of_structs_what_they_are() {
    #[derive(Serialize)]
    struct Count {
        n: u64,
    }
    assert_eq!(line(&plain(), Count { n: 3 }), "m n=3u");
    assert_eq!(line(&plain(), json!({"n": 3})), "m n=3i");
    assert_eq!(line(&plain(), json!({"n": u64::MAX})), format!("m n={}u", u64::MAX));
    assert_eq!(line(&plain(), BTreeMap::from([("n", 3_u32)])), "m n=3u");
    assert_eq!(line(&plain(), BTreeMap::from([("n", Value::Unsigned(3))])), "m n=3u");
    let unsigned = plain().field_type("n", ValueType::Unsigned);
    assert_eq!(line(&unsigned, json!({"n": 3})), "m n=3u");
    assert_eq!(line(&plain().positions(["n"]), [3_u64]), "m n=3u");
    assert_eq!(line(&plain().positions(["n"]), vec![3_u64]), "m n=3i");
}

#[test]
fn numbers_are_converted_as_far_as_they_fit() {
    let to = |stored| plain().field_type("n", stored);
    for (stored, value, expected) in [
        (ValueType::Float, json!(3), "m n=3"),
        (ValueType::Float, json!(-3), "m n=-3"),
        (ValueType::Float, json!(u64::MAX), "m n=1.8446744073709552e+19"),
        (ValueType::Float, json!(0.5), "m n=0.5"),
        (ValueType::Integer, json!(3), "m n=3i"),
        (ValueType::Unsigned, json!(3), "m n=3u"),
        (
            ValueType::Unsigned,
            json!(-3),
            "refused: the key `n` holds -3, which is not within the 64 bits of an unsigned integer",
        ),
        (
            ValueType::Integer,
            json!(u64::MAX),
            "refused: the key `n` holds 18446744073709551615, which is not within the 64 bits of an integer",
        ),
        (
            ValueType::Integer,
            json!(1.0),
            "refused: the key `n` holds a float, but must hold an integer, to be stored as one",
        ),
        (
            ValueType::Boolean,
            json!(1),
            "refused: the key `n` holds an integer, but must hold a boolean, to be stored as one",
        ),
        (
            ValueType::Float,
            json!("1"),
            "refused: the key `n` holds a text, but must hold a number, to be stored as a float",
        ),
        (ValueType::String, json!("1"), "m n=\"1\""),
        (ValueType::String, json!(1.5), "m n=\"1.5\""),
        (ValueType::String, json!(-15), "m n=\"-15\""),
        (ValueType::String, json!(false), "m n=\"false\""),
    ] {
        assert_eq!(line(&to(stored), json!({"n": value})), expected, "{value} as {stored}");
    }
    let infinite = BTreeMap::from([("n", f64::INFINITY), ("o", 1.0)]);
    let text = || to(ValueType::String);
    assert!(line(&text(), &infinite).contains("the value of field `n` is NaN or infinite"));
    assert_eq!(line(&text().skip_non_finite(), &infinite), "m o=1");

    #[derive(Serialize)]
    struct Wide {
        n: u128,
    }
    for n in [1 << 64, u128::MAX] {
        assert_eq!(
            line(&plain(), Wide { n }),
            format!(
                "refused: the key `n` holds {n}, which is not within the 64 bits of an unsigned integer"
            )
        );
    }
}

#[test]
fn times_are_texts_or_counts_with_a_unit() {
    let text = Mapping::measurement("m").time("t");
    let naive: NaiveDateTime = "2024-05-01T12:00:00.5".parse().unwrap();
    for (time, nanos) in [
        (json!("2024-05-01T12:00:00Z"), 1_714_564_800_000_000_000_i64),
        (json!("2024-05-01T14:00:00.123456789+02:00"), 1_714_564_800_123_456_789),
        (json!("2024-05-01 12:00:00"), 1_714_564_800_000_000_000),
        (json!(naive), 1_714_564_800_500_000_000),
        (json!("2024-05-01"), 1_714_521_600_000_000_000),
        (json!(Timestamp::EARLIEST), Timestamp::EARLIEST.as_nanos()),
    ] {
        let value = json!({"n": true, "t": time});
        assert_eq!(line(&text, &value), format!("m n=true {nanos}"), "{value}");
    }
    let seconds = Mapping::measurement("m").time_in("t", Precision::Seconds);
    assert_eq!(line(&seconds, json!({"n": 1, "t": -1})), "m n=1i -1000000000");
    assert_eq!(line(&seconds, json!({"n": 1, "t": "1970-01-02"})), "m n=1i 86400000000000");
    assert!(line(&seconds, json!({"n": 1, "t": i64::MAX})).contains("check its unit"));
    for (time, reason) in [
        (json!(5), "the key `t` holds a count of time; say its unit with `time_in`"),
        (json!("noon"), "the key `t` holds `noon`, which is no time; write it like"),
        (json!("2024-02-30"), "the key `t` holds `2024-02-30`, which is no time; write it like"),
        (json!("2024-05-01T12:00:00.1234567891Z"), "which is no time"),
        (json!(1.5), "the key `t` holds a float, but must hold a date and time"),
        (json!(null), "the key `t` holds no time; leave it to the server with `server_time`"),
        (json!([1]), "the key `t` holds a list, but a tag, field or time is a single value"),
    ] {
        let refused = line(&text, json!({"n": 1, "t": time}));
        assert!(refused.starts_with("refused: ") && refused.contains(reason), "{refused}");
    }
    let or_server = text.server_time();
    assert_eq!(line(&or_server, json!({"n": 1, "t": null})), "m n=1i");
    assert_eq!(line(&or_server, json!({"n": 1})), "m n=1i");
    assert_eq!(line(&or_server, json!({"n": 1, "t": "1970-01-01"})), "m n=1i 0");
}

#[test]
fn keys_are_renamed_defaulted_and_left_out() {
    let mapping = Mapping::measurement_key("kind")
        .tags(["zone", "host"])
        .rename("zone", "a zone")
        .rename("t", "temp")
        .ignore("secret")
        .default_tag("host", "here")
        .default_tag("site", "x")
        .default_tag("none", "")
        .server_time();
    let value = json!({"kind": "k", "zone": "z", "host": null, "t": 1.5, "secret": [1]});
    assert_eq!(line(&mapping, value), "k,a\\ zone=z,host=here,site=x temp=1.5");
    let value = json!({"kind": "k", "zone": "", "host": "own", "t": 1.5});
    assert_eq!(line(&mapping, value), "k,host=own,site=x temp=1.5");
    let value = json!({"kind": "k", "zone": "z", "host": "h", "t": 1.5, "site": 1});
    assert_eq!(
        line(&mapping, value),
        "refused: the keys `site` and `site` are both stored as `site`; `rename` one of them"
    );
    let value = json!({"kind": "k", "zone": "z", "host": "h", "t": 1.5, "temp": 1});
    assert!(line(&mapping, value).contains("the keys `t` and `temp` are both stored as `temp`"));
    let listed = plain().tag("a").fields(["b", "c"]).allow_missing();
    assert_eq!(line(&listed, json!({"b": 1, "other": {"x": 1}})), "m b=1i");
    assert!(line(&listed, json!({"a": "x"})).contains("has no field"));
}

#[test]
fn what_a_record_lacks_or_has_wrongly_is_told_with_its_key() {
    let mapping = plain().tag("room").field("temp");
    for (value, reason) in [
        (json!({"temp": 1}), "there is no key `room`"),
        (json!({"room": "a"}), "there is no key `temp`"),
        (
            json!({"room": 1.5, "temp": 1}),
            "the key `room` holds a float, but must hold a text, an integer",
        ),
        (json!({"room": {"a": 1}, "temp": 1}), "the key `room` holds a map"),
        (json!({"room": "a", "temp": [1]}), "the key `temp` holds a list"),
        (json!({"room": "a\n", "temp": 1}), "the value of tag `room` holds a line feed"),
        (json!("text"), "a text is no record; hand over a map, a struct or a tuple"),
        (json!(1), "a number is no record"),
        (json!(null), "null is no record"),
        (json!(["a", 1]), "name them in order with `positions`"),
    ] {
        let refused = line(&mapping, &value);
        assert!(refused.starts_with("refused: ") && refused.contains(reason), "{value}: {refused}");
    }
    let positions = mapping.positions(["room", "temp"]);
    assert!(line(&positions, ("a", 1, 2)).contains("more values than `positions` names (2)"));
    assert!(line(&positions, ["a"]).contains("fewer values than `positions` names (2)"));
    assert!(line(&plain(), json!({"a": f64::NAN.to_string(), "b": null})).starts_with("m a="));
    assert!(line(&plain(), HashMap::from([("a", f64::NAN)])).contains("value of field `a` is NaN"));
    assert_eq!(
        line(&plain().skip_non_finite(), BTreeMap::from([("a", f64::NAN), ("b", 1.0)])),
        "m b=1"
    );
    let key = Mapping::measurement_key("kind").server_time();
    assert!(
        line(&key, json!({"kind": 1, "a": 1}))
            .contains("the key `kind` holds an integer, but must hold a text, the name")
    );
    assert!(line(&key, json!({"a": 1})).contains("there is no key `kind`"));
    assert!(line(&key, json!({"kind": "", "a": 1})).contains("the measurement name is empty"));
}

/// What fails by itself.
struct Broken;

impl Serialize for Broken {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("bad\nluck"))
    }
}

#[test]
fn a_key_that_is_missing_or_fails_is_named_with_the_others() {
    let told = line(&plain().tag("hots"), json!({"f": 1, "host": "a"}));
    assert!(told.contains("no key `hots`; it has `f`, `host`; correct the mapping"), "{told}");
    let told = line(&plain(), HashMap::from([("a", Broken)]));
    assert!(told.contains("the value of the key `a` cannot be serialized: bad"), "{told}");
    assert!(!told.contains('\n'), "{told}");
}

/// Two entries of one key, as a careless implementation of `Serialize` gives them.
struct Twice(&'static str);

impl Serialize for Twice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, 1), (self.0, 2)])
    }
}

#[test]
fn a_key_is_there_once() {
    assert!(line(&plain(), Twice("a")).contains("the field key `a` is there twice"));
    assert!(line(&plain().field("a"), Twice("a")).contains("the key `a` is there twice"));
    assert!(line(&plain().tag("a"), Twice("a")).contains("the key `a` is there twice"));
    assert!(line(&plain(), HashMap::from([(Some("x"), 1)])).starts_with("m x=1i"));
    assert!(line(&plain(), BTreeMap::from([((1, 2), 1)])).contains("a key of the map is a tuple"));
}

#[test]
fn mistakes_in_a_mapping_are_told_once_before_or_with_the_first_write() {
    let cases: [(Mapping, ErrorKind, &str); 11] = [
        (Mapping::measurement("m"), ErrorKind::InvalidInput, "does not say what the time is"),
        (plain().tag("a").field("a"), ErrorKind::InvalidInput, "gives the key `a` two roles"),
        (plain().tag("a").time("a"), ErrorKind::InvalidInput, "gives the key `a` two roles"),
        (
            plain().tags(["a", "b"]).rename("a", "b"),
            ErrorKind::InvalidInput,
            "the keys `a` and `b` are both stored as `b`",
        ),
        (
            plain().field("b").default_tag("b", "x"),
            ErrorKind::InvalidInput,
            "are both stored as `b`",
        ),
        (
            plain().tag("a").field_type("a", ValueType::Float),
            ErrorKind::InvalidInput,
            "`field_type` of the mapping is for fields, which the key `a` is not",
        ),
        (
            plain().field("a").field_type("b", ValueType::Float),
            ErrorKind::InvalidInput,
            "which the key `b` is not",
        ),
        (
            plain().field_type("a", ValueType::Time),
            ErrorKind::InvalidInput,
            "as a time, which no field can be",
        ),
        (
            plain().ignore("a").rename("a", "b"),
            ErrorKind::InvalidInput,
            "`rename` of the mapping is for tags and fields",
        ),
        (plain().positions(["a", "a"]), ErrorKind::InvalidInput, "two positions for the key `a`"),
        (plain().tag("_time"), ErrorKind::InvalidLine, "the tag key `_time` is reserved"),
    ];
    for (mapping, kind, message) in cases {
        let error = mapping.check().unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(message), "{error}");
        let values = [json!({"a": 1}), json!({"a": 2})];
        let error: Error = encode(mapping.records(values), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(!error.to_string().contains("record"), "{error}");
    }
    assert!(Mapping::measurement("").server_time().check().is_err());
    assert!(plain().default_tag("a", "x\\").check().is_err());
    assert!(plain().tags(["a", "a"]).tag("a").check().is_ok(), "the same twice is the same");
}

#[test]
fn refused_records_have_their_places_and_the_others_their_lines() {
    let mapping = plain().tag("a");
    let values = [json!({"a": "x", "n": 1}), json!({"n": 1}), json!({"a": "y", "n": []})];
    let mut lines = crate::line_protocol::Lines::new(None);
    mapping.records(&values).for_each(|record| lines.push(&record));
    let error = lines.finish().unwrap_err();
    let places: Vec<_> = error.refused().iter().map(crate::error::Refused::index).collect();
    assert_eq!(places, [1, 2]);
    assert_eq!(error.refused()[1].reason().kind(), ErrorKind::TypeMismatch);
}

#[test]
fn a_mapping_that_was_used_can_be_told_more() {
    let mapping = plain();
    assert_eq!(line(&mapping, json!({"a": "x", "n": 1})), "m a=\"x\",n=1i");
    let more = mapping.clone().tag("a");
    assert_eq!(line(&more, json!({"a": "x", "n": 1})), "m,a=x n=1i");
    assert_ne!(mapping, more);
    assert_eq!(mapping, plain());
}

#[test]
fn whole_numbers_are_floats_beside_others_where_that_is_said() {
    let mapping = plain().tag("core").numbers_as_floats().field_type("n", ValueType::Unsigned);
    let value = json!({"core": 3, "n": 2, "temp": 21, "text": "7", "up": true});
    assert_eq!(line(&mapping, value), "m,core=3 n=2u,temp=21,text=\"7\",up=true");
    assert_eq!(
        line(&mapping.fields(["temp", "n"]), json!({"core": 3, "n": 1, "temp": -4})),
        "m,core=3 n=1u,temp=-4"
    );
}
