//! What the derives generate, without a server.

use std::fmt::Debug;
use std::marker::PhantomData;

use influx_core::annotated_csv::Cell;
use influx_core::line_protocol::{FieldWriter, ToLine};
use influx_core::measurement::{CellError, FieldValue};
use influx_core::schema::{Role, ValueType};
use influx_core::{
    Measurement, Point, Precision, TagValue, Timestamp, Value, line_protocol, measurement,
};

/// A processor.
#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(rename_all = "camelCase", precision = "ms")]
struct CpuLoad {
    /// Which host.
    #[tag(name = "host")]
    hostname: String,
    #[tag]
    core_number: Option<u64>,
    #[field]
    user_time: f64,
    #[field(column = NOTE)]
    remark: Option<String>,
    #[timestamp]
    time: Timestamp,
}

#[test]
fn the_schema_says_what_the_struct_is() {
    let schema = CpuLoad::SCHEMA;
    assert_eq!(
        (schema.row(), schema.measurement(), schema.precision()),
        ("CpuLoad", "cpu_load", Some(Precision::Milliseconds))
    );
    let columns: Vec<_> = schema
        .columns()
        .map(|c| (c.name, c.role, c.value_type, c.optional, c.member, c.rust_type))
        .collect();
    assert_eq!(
        columns,
        [
            ("host", Role::Tag, ValueType::String, true, "hostname", "String"),
            ("coreNumber", Role::Tag, ValueType::String, true, "core_number", "Option<u64>"),
            ("userTime", Role::Field, ValueType::Float, false, "user_time", "f64"),
            ("remark", Role::Field, ValueType::String, true, "remark", "Option<String>"),
            ("_time", Role::Timestamp, ValueType::Time, false, "time", "Timestamp"),
        ]
    );
    assert_eq!(schema.column("host").unwrap().doc, "Which host.");
}

#[test]
fn columns_are_typed_constants() {
    assert_eq!(CpuLoad::HOSTNAME.name(), "host");
    assert_eq!(CpuLoad::CORE_NUMBER.name(), "coreNumber");
    assert_eq!(CpuLoad::NOTE.name(), "remark");
    assert_eq!(CpuLoad::TIME.name(), "_time");
    let _: influx_core::schema::Column<CpuLoad, influx_core::schema::role::Tag, u64> =
        CpuLoad::CORE_NUMBER;
    let _: influx_core::schema::Column<CpuLoad, influx_core::schema::role::Field, str> =
        CpuLoad::NOTE;
}

#[test]
fn the_derive_writes_what_a_point_writes() {
    let time: Timestamp = "2024-05-01T12:00:00.123456789Z".parse().unwrap();
    let load = CpuLoad {
        hostname: "a b".into(),
        core_number: Some(3),
        user_time: 0.5,
        remark: None,
        time,
    };
    let mut buffer = Vec::new();
    line_protocol::encode(&load, &mut buffer).unwrap();
    assert_eq!(buffer, b"cpu_load,coreNumber=3,host=a\\ b userTime=0.5 1714564800123456789\n");
    // Names with every escape: the derive escapes them by itself, a point does at run time.
    #[derive(Measurement)]
    #[measurement(name = "m ,=\"\\x")]
    struct Escapes {
        #[tag(name = "t ,=\"\\x")]
        tag: String,
        #[field(name = "f ,=\"\\x")]
        field: i64,
    }
    let (mut derived, mut dynamic) = (Vec::new(), Vec::new());
    line_protocol::encode(Escapes { tag: "v".into(), field: 1 }, &mut derived).unwrap();
    let point = Point::measurement("m ,=\"\\x").tag("t ,=\"\\x", "v").field("f ,=\"\\x", 1);
    line_protocol::encode(point, &mut dynamic).unwrap();
    assert_eq!(derived, dynamic);
}

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[influx(rename_all = "SCREAMING-KEBAB-CASE")]
enum Phase {
    WarmUp,
    #[influx(name = "steady, =x")]
    Steady,
    #[influx(other)]
    Unknown,
}

#[derive(TagValue, Debug, PartialEq)]
enum Strict {
    A,
}

#[derive(Measurement, Debug, PartialEq)]
#[measurement(name = "m")]
struct Tagged<T> {
    #[tag]
    tag: T,
    #[field]
    n: i64,
}

fn read<T: measurement::FromRowOwned>(tag: &str) -> influx_core::Result<Vec<T>> {
    measurement::rows(format!(
        "#datatype,string,long,string,long\n#group,false,false,true,false\n#default,_result,,,\n,result,table,tag,n\n,,0,\"{tag}\",1\n"
    ))
}

#[test]
fn enums_are_tags() {
    let line = |tag| line(Tagged { tag, n: 1 }).unwrap();
    assert_eq!(line(Phase::WarmUp), "m,tag=WARM-UP n=1i\n");
    assert_eq!(line(Phase::Steady), "m,tag=steady\\,\\ \\=x n=1i\n");
    for (text, phase) in [
        ("WARM-UP", Phase::WarmUp),
        ("steady, =x", Phase::Steady),
        ("new", Phase::Unknown),
        ("", Phase::Unknown),
    ] {
        assert_eq!(read::<Tagged<Phase>>(text).unwrap(), [Tagged { tag: phase, n: 1 }]);
    }
    assert_eq!(read::<Tagged<Option<Strict>>>("").unwrap(), [Tagged { tag: None, n: 1 }]);
    // A series without the tag has no such column; `other` reads that like any other text.
    let without = "#datatype,string,long,long\n#group,false,false,false\n#default,_result,,\n,result,table,n\n,,0,1\n";
    assert_eq!(measurement::rows::<Tagged<Phase>>(without).unwrap()[0].tag, Phase::Unknown);
    assert!(measurement::rows::<Tagged<Strict>>(without).is_err());
    let error = read::<Tagged<Strict>>("B").unwrap_err();
    assert_eq!(
        error.to_string(),
        "column `tag` does not fit `Tagged.tag`: `B` is none of the texts of `Strict`: `A` (line 5, byte 104 of the reply)"
    );
}

#[test]
fn a_number_that_does_not_fit_its_member_is_an_error() {
    assert_eq!(read::<Tagged<u8>>("255").unwrap()[0].tag, 255);
    for wrong in ["256", "-1", "1.5", "x", ""] {
        assert!(read::<Tagged<u8>>(wrong).is_err(), "{wrong:?}");
    }
    assert!(read::<Tagged<bool>>("true").unwrap()[0].tag);
    assert!(read::<Tagged<bool>>("yes").is_err());
}

/// A type of the user's own that is stored as a float.
#[derive(Debug, Clone, Copy)]
struct Celsius(f64);

impl FieldValue for Celsius {
    type Base = Self;
    type Read<'r> = Self;
    const TYPE: ValueType = ValueType::Float;

    fn write_field(&self, field: FieldWriter<'_>) -> influx_core::Result<()> {
        field.float(self.0)
    }

    fn read_field(cell: Cell<'_>) -> Result<Self, CellError> {
        cell.float().map(Self)
    }
}

fn line(record: impl ToLine) -> influx_core::Result<String> {
    let mut buffer = Vec::new();
    line_protocol::encode(&record, &mut buffer)?;
    Ok(String::from_utf8(buffer).unwrap())
}

#[test]
fn a_float_that_is_not_finite_is_left_out_where_the_member_says_so() {
    #[derive(Measurement)]
    #[measurement(name = "m")]
    struct Floats<T> {
        #[field(non_finite = "skip")]
        a: f64,
        #[field(non_finite = "skip")]
        b: Option<f64>,
        #[field(non_finite = "skip")]
        c: f32,
        #[field(non_finite = "skip")]
        d: Option<f32>,
        #[field(non_finite = "skip")]
        e: Celsius,
        #[field(non_finite = "skip")]
        f: T,
    }
    let all = |value: f64, narrow: f32| {
        let (b, d, e) = (Some(value), Some(narrow), Celsius(value));
        Floats { a: value, b, c: narrow, d, e, f: Some(e) }
    };
    assert_eq!(line(all(1.5, 0.1)).unwrap(), "m a=1.5,b=1.5,c=0.1,d=0.1,e=1.5,f=1.5\n");
    assert_eq!(line(all(1.5, f32::INFINITY)).unwrap(), "m a=1.5,b=1.5,e=1.5,f=1.5\n");
    assert_eq!(line(all(f64::NEG_INFINITY, 0.1)).unwrap(), "m c=0.1,d=0.1\n");
    let error = line(all(f64::NAN, f32::NAN)).unwrap_err();
    assert_eq!(error.to_string(), "a point of measurement `m` has no field; set at least one");
}

#[test]
fn the_struct_chooses_for_its_floats_and_a_member_for_itself() {
    #[derive(Measurement)]
    #[measurement(name = "m", non_finite = "skip")]
    struct Skips {
        #[field]
        float: f64,
        #[field]
        note: String,
        #[field(non_finite = "error")]
        own: f64,
    }
    #[derive(Measurement)]
    #[measurement(name = "m", non_finite = "error")]
    struct Refuses {
        #[field]
        float: f64,
        #[field(non_finite = "skip")]
        own: f64,
    }
    let skips = |float, own| line(Skips { float, note: "x".into(), own });
    assert_eq!(skips(f64::NAN, 2.0).unwrap(), "m note=\"x\",own=2\n");
    assert_eq!(
        skips(1.0, f64::NAN).unwrap_err().to_string(),
        "the value of field `own` is NaN or infinite, which the server cannot store; leave it out, \
         in a derived struct with `#[field(non_finite = \"skip\")]`"
    );
    assert_eq!(line(Refuses { float: 1.0, own: f64::NAN }).unwrap(), "m float=1\n");
    let error = line(Refuses { float: f64::NAN, own: 2.0 }).unwrap_err();
    assert!(error.to_string().contains("field `float`"), "{error}");
}

fn same<T: Debug + PartialEq>(
    value: impl Into<Value>,
    expected: T,
    get: impl Fn(&Value) -> Option<T>,
) {
    let value = value.into();
    assert_eq!(get(&value), Some(expected));
}

#[test]
fn values_keep_what_they_are_made_of() {
    same(0.1_f32, 0.1, Value::as_float);
    same(-3_i8, -3, Value::as_integer);
    same(3_u8, 3, Value::as_unsigned);
    same(true, true, Value::as_boolean);
    assert_eq!(Value::from("x").as_str(), Some("x"));
    assert!(Value::from(None::<i64>).is_null());
}

#[test]
fn generic_structs_with_lifetimes_and_where_clauses_work() {
    #[derive(Measurement, Debug, PartialEq)]
    #[measurement(name = "m")]
    struct Generic<'a, T, const N: usize>
    where
        T: Clone,
    {
        #[tag]
        tag: &'a str,
        #[field]
        n: T,
        #[field(skip)]
        padding: PhantomData<[(); N]>,
    }
    let csv = "#datatype,string,long,string,long\n#group,false,false,true,false\n#default,_result,,,\n,result,table,tag,n\n,,0,x,1\n";
    let mut decoder = measurement::Decoder::<Generic<'_, i64, 2>>::new();
    decoder.feed(csv);
    assert_eq!(decoder.advance().unwrap(), measurement::Progress::Row);
    assert_eq!(decoder.row().unwrap().unwrap(), Generic { tag: "x", n: 1, padding: PhantomData });
}

#[test]
fn generic_members_with_defaults_and_bounds_by_lifetimes_work() {
    fn none<T>() -> Option<T> {
        None
    }

    #[derive(Measurement)]
    #[measurement(name = "m")]
    struct Defaults<T> {
        #[field]
        n: i64,
        #[field(default)]
        value: T,
        #[field(skip, default = none)]
        cache: Option<Vec<T>>,
    }

    #[derive(Measurement)]
    #[measurement(name = "m")]
    struct Outlives<'a, T: 'a, U>
    where
        U: Clone + 'a,
    {
        #[tag]
        tag: &'a str,
        #[field]
        n: T,
        #[field(skip)]
        other: Option<U>,
    }

    let csv = "#datatype,string,long,string,long\n#group,false,false,true,false\n#default,_result,,,\n,result,table,tag,n\n,,0,x,1\n";
    let rows = measurement::rows::<Defaults<f64>>(csv).unwrap();
    assert!(rows[0].n == 1 && rows[0].value.abs() < f64::MIN_POSITIVE && rows[0].cache.is_none());
    let mut decoder = measurement::Decoder::<Outlives<'_, i64, String>>::new();
    decoder.feed(csv);
    decoder.advance().unwrap();
    let row = decoder.row().unwrap().unwrap();
    assert!(row.tag == "x" && row.n == 1 && row.other.is_none());
}

#[test]
fn every_kind_of_text_and_pointer_is_a_record() {
    use std::borrow::Cow;
    use std::rc::Rc;
    use std::sync::Arc;

    let mut point = Point::measurement("p").field("f", 1);
    let mut buffer = Vec::new();
    line_protocol::encode(b"a f=1", &mut buffer).unwrap();
    line_protocol::encode(bytes::Bytes::from_static(b"b f=1"), &mut buffer).unwrap();
    line_protocol::encode(Cow::Borrowed("c f=1"), &mut buffer).unwrap();
    line_protocol::encode(&mut point, &mut buffer).unwrap();
    line_protocol::encode([Rc::new(point.clone())], &mut buffer).unwrap();
    line_protocol::encode(Arc::new(point), &mut buffer).unwrap();
    assert_eq!(String::from_utf8(buffer).unwrap(), "a f=1\nb f=1\nc f=1\np f=1i\np f=1i\np f=1i\n");
}

#[test]
fn defaults_of_borrowed_and_deprecated_members_work() {
    #![deny(warnings)]

    #[derive(Measurement)]
    #[measurement(name = "m")]
    struct Borrowed<'a> {
        #[tag(default)]
        host: &'a str,
        #[field]
        n: i64,
        #[field(skip)]
        marker: PhantomData<&'a str>,
        /// Old.
        #[deprecated = "use `n`"]
        #[field(default)]
        old: i64,
    }

    let csv = "#datatype,string,long,long\n#group,false,false,false\n#default,_result,,\n,result,table,n\n,,0,1\n";
    let mut decoder = measurement::Decoder::<Borrowed<'_>>::new();
    decoder.feed(csv);
    decoder.advance().unwrap();
    let row = decoder.row().unwrap().unwrap();
    assert_eq!((row.host, row.n, row.marker), ("", 1, PhantomData));
}

#[test]
fn a_column_that_is_there_twice_or_a_tag_that_is_named_like_a_field_is_no_guess() {
    #[derive(Measurement, Debug)]
    #[measurement(name = "m")]
    struct Optional {
        #[field]
        load: Option<String>,
        #[field]
        temp: Option<f64>,
    }
    let twice = "#datatype,string,long,long,long\n#group,false,false,false,false\n#default,_result,,,\n,result,table,n,n\n,,0,,2\n";
    #[derive(Measurement, Debug)]
    #[measurement(name = "m")]
    struct N {
        #[field]
        n: Option<i64>,
    }
    let error = measurement::rows::<N>(twice).unwrap_err();
    assert!(error.to_string().contains("which the table has twice"), "{error}");
    let narrow = "#datatype,string,long,string,double,string\n#group,false,false,true,false,true\n#default,_result,,,,\n,result,table,_field,_value,load\n,,0,temp,1.5,tag text\n";
    let rows = measurement::rows::<Optional>(narrow).unwrap();
    assert_eq!((rows[0].temp, rows[0].load.as_deref()), (Some(1.5), None));
    let alone = "#datatype,string,long,double\n#group,false,false,false\n#default,_result,,\n,result,table,_value\n,,0,1.5\n";
    let error = measurement::rows::<Optional>(alone).unwrap_err();
    assert!(error.to_string().contains("a struct with one field"), "{error}");
}

#[test]
fn behind_an_error_a_decoder_has_no_rows() {
    let csv = "#datatype,string,long,string,long\n#group,false,false,true,false\n#default,_result,,,\n,result,table,tag,n\n,,0,x,1\n\n#datatype,string,long,long,string\n#group,false,false,false,true\n#default,_result,,,\n,result,table,n,other\n,,1,2,y\n,,1,x,y\n";
    let mut decoder = measurement::Decoder::<Tagged<Strict>>::new();
    decoder.feed(csv);
    assert_eq!(decoder.advance().unwrap(), measurement::Progress::Row);
    assert!(decoder.row().unwrap().is_err(), "`x` is no variant");
    assert!(decoder.row().is_none());
    assert_eq!(decoder.advance().unwrap(), measurement::Progress::End);

    let mut decoder = measurement::Decoder::<Tagged<u8>>::new();
    decoder.feed(csv.replace(",x,1", ",7,1"));
    assert_eq!(decoder.advance().unwrap(), measurement::Progress::Row);
    assert_eq!(decoder.row().unwrap().unwrap(), Tagged { tag: 7, n: 1 });
    decoder.advance().unwrap_err();
    assert!(decoder.row().is_none());
    assert_eq!(decoder.advance().unwrap(), measurement::Progress::End);
}

#[test]
fn a_type_that_does_not_fit_says_what_would() {
    #[derive(Measurement, Debug)]
    #[measurement(name = "m")]
    struct Row {
        #[tag]
        tag: i64,
        #[field]
        text: String,
        #[timestamp]
        time: Timestamp,
    }
    let csv = |tag, text, time| {
        format!(
            "#datatype,string,long,{tag},{text},{time}\n#group,false,false,true,false,false\n#default,_result,,,,\n,result,table,tag,text,_time\n,,0,1,1,2024-05-01T12:00:00Z\n"
        )
    };
    let fits = measurement::rows::<Row>(csv("string", "duration", "dateTime:RFC3339")).unwrap();
    assert_eq!((fits[0].tag, fits[0].text.as_str()), (1, "1"));
    assert_eq!(fits[0].time.to_string(), "2024-05-01T12:00:00Z");
    for (reply, words) in [
        (csv("long", "string", "dateTime:RFC3339"), "`string(v: …)`"),
        (csv("string", "dateTime:RFC3339", "dateTime:RFC3339"), "the #[timestamp]"),
        (csv("string", "unsignedLong", "dateTime:RFC3339"), "a `u64`"),
        (csv("string", "boolean", "dateTime:RFC3339"), "a `bool`"),
        (csv("string", "string", "long"), "`time(v: …)`"),
    ] {
        let error = measurement::rows::<Row>(reply).unwrap_err();
        assert!(error.to_string().contains(words), "{error} should say {words:?}");
    }
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "cpu")]
struct Tuple<'a>(
    #[tag(name = "core")] &'a str,
    /// In °C.
    #[field(name = "air temp")]
    f64,
    #[field(skip, default = seven)] u8,
    #[field(name = "load", column = BUSY)] Option<i64>,
    #[timestamp] Timestamp,
);

const fn seven() -> u8 {
    7
}

#[test]
fn a_tuple_struct_is_a_measurement_by_its_names() {
    let columns: Vec<_> = Tuple::SCHEMA.columns().map(|c| (c.name, c.member, c.doc)).collect();
    assert_eq!(
        columns,
        [("core", "0", ""), ("air temp", "1", "In °C."), ("load", "3", ""), ("_time", "4", "")]
    );
    assert_eq!(
        [Tuple::CORE.name(), Tuple::AIR_TEMP.name(), Tuple::BUSY.name(), Tuple::TIME.name()],
        ["core", "air temp", "load", "_time"]
    );
    let cpu = Tuple("a b", 21.5, 7, None, Timestamp::from_nanos(5));
    let mut buffer = Vec::new();
    line_protocol::encode(&cpu, &mut buffer).unwrap();
    assert_eq!(buffer, b"cpu,core=a\\ b air\\ temp=21.5 5\n");
    let reply = "#datatype,string,long,dateTime:RFC3339,string,double\n\
                 #group,false,false,false,true,false\n#default,_result,,,,\n\
                 ,result,table,_time,core,air temp\n,,0,1970-01-01T00:00:00.000000005Z,a b,21.5\n";
    let mut decoder = measurement::Decoder::<Tuple<'_>>::new();
    decoder.feed(reply);
    decoder.finish();
    assert_eq!(decoder.advance().unwrap(), measurement::Progress::Row);
    assert_eq!(decoder.row().unwrap().unwrap(), cpu);
}

#[test]
fn a_row_may_be_a_tuple_struct() {
    #[derive(influx_core::measurement::FromRow, Debug, PartialEq)]
    struct Mean(#[column(name = "host")] String, #[column(name = "_value", default)] f64);

    let reply = "#datatype,string,long,string,double\n#group,false,false,true,false\n\
                 #default,_result,,,\n,result,table,host,_value\n,,0,a,21.25\n,,0,b,\n";
    let rows: Vec<Mean> = measurement::rows(reply).unwrap();
    assert_eq!(rows, [Mean("a".into(), 21.25), Mean("b".into(), 0.0)]);
}
