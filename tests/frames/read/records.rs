//! `Vec<T>` ⇄ frame.

use influx_core::dataframe::polars::df;
use influx_core::dataframe::polars::prelude::{
    DataFrame, DataType, NamedFrom as _, Series, TimeUnit, TimeZone,
};
use influx_core::dataframe::{from_records, to_records};
use influx_core::measurement::{CellError, FieldValue};
use influx_core::{ErrorKind, Measurement, TagValue, Timestamp};
use proptest::prelude::{Strategy, any, proptest};

#[derive(TagValue, Debug, Clone, PartialEq)]
enum Kind {
    Small,
    Large,
}

#[derive(Debug, Clone, PartialEq)]
struct Celsius(f64);

impl FieldValue for Celsius {
    const TYPE: influx_core::schema::ValueType = <f64 as FieldValue>::TYPE;

    fn write_field(
        &self,
        field: influx_core::line_protocol::FieldWriter<'_>,
    ) -> influx_core::Result<()> {
        self.0.write_field(field)
    }

    type Base = f64;
    type Read<'r> = Self;

    fn read_field(cell: influx_core::annotated_csv::Cell<'_>) -> Result<Self, CellError> {
        f64::read_field(cell).map(Self)
    }
}

/// A member of every type.
#[derive(Measurement, Debug, Clone, PartialEq)]
struct Every {
    #[tag]
    host: String,
    #[tag(name = "the rack, no.")]
    rack: Option<String>,
    #[tag]
    kind: Kind,
    #[tag]
    core: u16,
    #[field]
    float: f64,
    #[field]
    short: Option<f32>,
    #[field]
    long: i64,
    #[field]
    byte: Option<u8>,
    #[field]
    count: u64,
    #[field]
    on: bool,
    #[field]
    off: Option<bool>,
    #[field]
    text: String,
    #[field]
    temp: Option<Celsius>,
    #[timestamp]
    time: Timestamp,
}

/// Text that a tag can be; never empty, which reads as `None`.
fn tag() -> impl Strategy<Value = String> {
    "[a-zA-Zč=, \"']{1,20}"
}

fn every() -> impl Strategy<Value = Every> {
    let float = || any::<f64>().prop_filter("finite", |float| float.is_finite());
    let short = any::<Option<f32>>().prop_filter("finite", |f| f.is_none_or(f32::is_finite));
    let tags = (tag(), proptest::option::of(tag()), any::<bool>(), any::<u16>());
    let numbers = (float(), short, any::<i64>(), any::<Option<u8>>(), any::<u64>());
    let rest = (any::<bool>(), any::<Option<bool>>(), "[ -~č\n\"\\\\]{0,30}");
    let times = (proptest::option::of(float()), i64::MIN + 2..i64::MAX - 2);
    (tags, numbers, rest, times).prop_map(|(tags, numbers, rest, (temp, nanos))| Every {
        host: tags.0,
        rack: tags.1,
        kind: if tags.2 { Kind::Small } else { Kind::Large },
        core: tags.3,
        float: numbers.0,
        short: numbers.1,
        long: numbers.2,
        byte: numbers.3,
        count: numbers.4,
        on: rest.0,
        off: rest.1,
        text: rest.2,
        temp: temp.map(Celsius),
        time: Timestamp::from_nanos(nanos),
    })
}

proptest! {
    #[test]
    fn records_come_back_from_their_frame(records in proptest::collection::vec(every(), 0..20)) {
        let frame = from_records(&records).unwrap();
        assert_eq!(frame.shape(), (records.len(), 14));
        assert_eq!(to_records::<Every>(&frame).unwrap(), records);
        // In pieces too, and cut out of a longer one.
        let mut pieces = frame.head(Some(3));
        pieces.vstack_mut(&frame.slice(3, usize::MAX)).unwrap();
        assert_eq!(to_records::<Every>(&pieces).unwrap(), records);
        let from = records.len() / 2;
        assert_eq!(to_records::<Every>(&frame.tail(Some(records.len() - from))).unwrap(), records[from..]);
    }
}

#[test]
fn a_frame_of_records_has_their_columns() {
    let frame = from_records::<Every>(&[]).unwrap();
    let types: Vec<_> = frame.dtypes().iter().map(ToString::to_string).collect();
    assert_eq!(frame.get_column_names()[..2], ["host", "the rack, no."]);
    let tags = ["cat"; 4].into_iter();
    let fields = ["f64", "f64", "i64", "u64", "u64", "bool", "bool", "str", "f64"];
    let expected: Vec<_> = tags.chain(fields).chain(["datetime[ns, UTC]"]).collect();
    assert_eq!(types, expected);
}

#[derive(Measurement, Debug, PartialEq)]
struct Cpu {
    #[tag]
    host: Option<String>,
    #[field]
    temp: f64,
    #[field]
    load: Option<i64>,
    #[timestamp]
    time: Timestamp,
}

fn cpu(temp: f64, load: Option<i64>, nanos: i64) -> Cpu {
    Cpu { host: Some("a".into()), temp, load, time: Timestamp::from_nanos(nanos) }
}

#[test]
fn what_a_write_refuses_is_refused() {
    let records = [cpu(1.0, None, 1), cpu(f64::NAN, None, 1), cpu(f64::INFINITY, None, 2)];
    let error = from_records(&records).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLine);
    assert_eq!(error.refused().iter().map(|r| r.index()).collect::<Vec<_>>(), [1, 2]);
}

fn frame_of(host: Series, temp: Series, load: Series, time: Series) -> DataFrame {
    let columns = [(host, "host"), (temp, "temp"), (load, "load"), (time, "_time")];
    let columns = columns.map(|(series, name)| series.with_name(name.into()).into());
    DataFrame::new_infer_height(columns.to_vec()).unwrap()
}

fn series<T, P: ?Sized>(values: T, dtype: &DataType) -> Series
where
    Series: influx_core::dataframe::polars::prelude::NamedFrom<T, P>,
{
    Series::new("".into(), values).strict_cast(dtype).unwrap()
}

#[test]
fn dtypes_that_fit_are_read() {
    let datetime = |unit, zone| DataType::Datetime(unit, zone);
    let day = 86_400_000_000_000;
    for (time, expected) in [
        (series([2_i64], &datetime(TimeUnit::Milliseconds, None)), 2_000_000),
        (series([2_i64], &datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))), 2_000),
        (series([-1_i64], &datetime(TimeUnit::Nanoseconds, None)), -1),
        (series([3_i32], &DataType::Date), 3 * day),
    ] {
        for (temp, load) in [
            (series([1.5_f32], &DataType::Float32), series([3_i32], &DataType::Int32)),
            (series([1.5_f64], &DataType::Float64), series([3_u32], &DataType::UInt32)),
        ] {
            let host = series(["a"], &DataType::String);
            let frame = frame_of(host, temp, load, time.clone());
            assert_eq!(to_records::<Cpu>(&frame).unwrap(), [cpu(1.5, Some(3), expected)]);
        }
    }
    let nothing = Series::new_null("".into(), 1);
    let small = series([7_i8], &DataType::Int8);
    let time = series([5_i64], &datetime(TimeUnit::Nanoseconds, None));
    let frame = frame_of(nothing.clone(), small, nothing, time);
    let expected = Cpu { host: None, ..cpu(7.0, None, 5) };
    assert_eq!(to_records::<Cpu>(&frame).unwrap(), [expected]);
}

#[test]
fn columns_that_do_not_fit_are_all_named() {
    let frame = df!["host" => [1_i64], "temp" => ["x"], "load" => [1_u64]].unwrap();
    let error = to_records::<Cpu>(&frame).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    let columns: Vec<_> = error.mismatches().iter().filter_map(|m| m.column()).collect();
    assert_eq!(columns, ["host", "temp", "load", "_time"]);
}

#[test]
fn rows_that_do_not_fit_are_named() {
    let datetime = DataType::Datetime(TimeUnit::Milliseconds, None);
    let one = |temp: [Option<f64>; 2], time: [i64; 2]| {
        let host = series(["a", "b"], &DataType::String);
        let load = Series::new_null("".into(), 2);
        let frame = frame_of(host, series(temp, &DataType::Float64), load, series(time, &datetime));
        to_records::<Cpu>(&frame).unwrap_err()
    };
    let null = one([Some(1.0), None], [1, 1]);
    assert_eq!(null.kind(), ErrorKind::TypeMismatch);
    assert!(null.to_string().starts_with("row 1 of the frame: column `temp`"), "{null}");
    let late = one([Some(1.0), Some(1.0)], [1, i64::MAX / 1000]);
    assert!(late.to_string().starts_with("row 1 of the frame: the time in"), "{late}");
}

#[test]
fn rows_of_another_measurement_are_none() {
    let time = series([1_i64], &DataType::Datetime(TimeUnit::Nanoseconds, None));
    let frame = df!["temp" => [1.5], "_measurement" => ["disk"], "_time" => [1_i64]].unwrap();
    let mut frame = frame;
    frame.replace("_time", time.with_name("_time".into()).into()).unwrap();
    let error = to_records::<Cpu>(&frame).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingColumn);
    assert!(error.to_string().contains("measurement `disk`"), "{error}");
}

#[test]
fn what_does_not_fit_of_a_frame_is_said_in_terms_of_frames() {
    #[derive(Measurement, Debug)]
    #[allow(dead_code, reason = "nothing is read")]
    struct Cpu {
        #[field]
        temp: f64,
        #[timestamp]
        time: Timestamp,
    }
    let told = |frame| to_records::<Cpu>(&frame).unwrap_err().to_string();
    let other = told(df!["temp" => [1_i64], "other" => ["x"]].unwrap());
    assert!(other.contains("the frame does not fit `Cpu`"), "{other}");
    assert!(other.contains("cast it with polars"), "{other}");
    assert!(other.contains("rename the column of the time"), "{other}");
    assert!(other.contains("the frame has `temp`, `other`"), "{other}");
    assert!(!other.contains("query") && !other.contains("table"), "{other}");
    assert!(told(DataFrame::empty()).contains("the frame has no columns"));
}
