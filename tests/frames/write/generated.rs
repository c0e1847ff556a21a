//! Frames of every type with nulls, in chunks and slices, and the points that they must become.

use fastrand::Rng;
use influx_core::dataframe::polars::prelude::{
    AnyValue, Categories, Column, DataFrame, DataType, FrozenCategories, IntoColumn as _,
    NamedFrom as _, Series, TimeUnit, TimeZone,
};
use influx_core::{Mapping, Point, Precision, Timestamp, Value, line_protocol};

use super::lines;

pub(super) const TEXTS: [&str; 8] = [
    "a",
    "",
    "a b,c=d",
    "\"quoted\"",
    "long text that is not kept in its view, ž",
    "x\\y",
    "0",
    "ů",
];
/// Tags and their columns' types.
const TAGS: [&str; 5] = ["t_bool", "t_cat", "t_enum", "t_int", "t_text"];
const START: i64 = 1_714_564_800_000_000_000;

fn some<T>(rng: &mut Rng, make: impl FnOnce(&mut Rng) -> T) -> Option<T> {
    if rng.u8(..4) == 0 { None } else { Some(make(rng)) }
}

fn column<T>(name: &str, rows: usize, rng: &mut Rng, make: impl Fn(&mut Rng) -> T) -> Series
where
    Series: influx_core::dataframe::polars::prelude::NamedFrom<Vec<Option<T>>, [Option<T>]>,
{
    let cells: Vec<_> = (0..rows).map(|_| some(rng, &make)).collect();
    Series::new(name.into(), cells)
}

fn texts(name: &str, rows: usize, rng: &mut Rng) -> Series {
    column(name, rows, rng, |rng| TEXTS[rng.usize(..TEXTS.len())])
}

fn counts(name: &str, rows: usize, rng: &mut Rng, span: i64, dtype: &DataType) -> Series {
    column(name, rows, rng, |rng| rng.i64(-span..span)).strict_cast(dtype).unwrap()
}

fn enumerated() -> DataType {
    DataType::from_frozen_categories(FrozenCategories::new(TEXTS).unwrap())
}

/// Rows whose time is unique from `first` on.
pub(super) fn chunk(first: usize, rows: usize, rng: &mut Rng) -> DataFrame {
    let day = 86_400;
    let global = DataType::from_categories(Categories::global());
    let own = Categories::random(
        "own".into(),
        influx_core::dataframe::polars::prelude::CategoricalPhysical::U8,
    );
    let datetime = |unit, zone| DataType::Datetime(unit, zone);
    let mut series = vec![
        texts("t_text", rows, rng),
        texts("t_cat", rows, rng).cast(&global).unwrap(),
        texts("t_enum", rows, rng).cast(&enumerated()).unwrap(),
        column("t_bool", rows, rng, Rng::bool),
        column("t_int", rows, rng, |rng| rng.i32(..)),
        column("i8", rows, rng, |rng| rng.i8(..)),
        column("i16", rows, rng, |rng| rng.i16(..)),
        column("i32", rows, rng, |rng| rng.i32(..)),
        column("i64", rows, rng, |rng| rng.i64(..)),
        column("i128", rows, rng, |rng| i128::from(rng.i64(..))),
        column("u8", rows, rng, |rng| rng.u8(..)),
        column("u16", rows, rng, |rng| rng.u16(..)),
        column("u32", rows, rng, |rng| rng.u32(..)),
        column("u64", rows, rng, |rng| rng.u64(..)),
        column("u128", rows, rng, |rng| u128::from(rng.u64(..))),
        column("f32", rows, rng, |rng| f32::from(rng.i16(..)) / 100.0),
        column("f64", rows, rng, |rng| (rng.f64() - 0.5) * 1e9),
        column("decimal", rows, rng, |rng| rng.i64(-9_999_999..9_999_999) as f64 / 1000.0)
            .cast(&DataType::Decimal(20, 3))
            .unwrap(),
        column("bool", rows, rng, Rng::bool),
        texts("text", rows, rng),
        texts("cat", rows, rng).cast(&DataType::from_categories(own)).unwrap(),
        texts("enum", rows, rng).cast(&enumerated()).unwrap(),
        Series::new_null("null".into(), rows),
        counts("date", rows, rng, 700_000, &DataType::Int32).cast(&DataType::Date).unwrap(),
        counts("ms", rows, rng, 60_000 * day * 1000, &datetime(TimeUnit::Milliseconds, None)),
        counts("us", rows, rng, 60_000 * day * 1_000_000, &datetime(TimeUnit::Microseconds, None)),
        counts("ns", rows, rng, i64::MAX, &datetime(TimeUnit::Nanoseconds, Some(TimeZone::UTC))),
        counts("span", rows, rng, 1 << 40, &DataType::Duration(TimeUnit::Microseconds)),
    ];
    let time_of_day = column("time_of_day", rows, rng, |rng| rng.i64(0..day * 1_000_000_000));
    series.push(time_of_day.cast(&DataType::Time).unwrap());
    let times = (first..first + rows).map(|row| START + i64::try_from(row).unwrap());
    series.push(Series::new("at".into(), times.collect::<Vec<_>>()));
    let columns: Vec<Column> = series.into_iter().map(Series::into_column).collect();
    DataFrame::new(rows, columns).unwrap()
}

/// Chunks that are not the same in all columns, sliced.
pub(super) fn frame(rng: &mut Rng) -> DataFrame {
    // Categories of its own make a frame of several chunks impossible.
    let mut all = chunk(0, rng.usize(0..30), rng).drop("cat").unwrap();
    for _ in 0..rng.usize(0..3) {
        let more = chunk(all.height(), rng.usize(0..20), rng).drop("cat").unwrap();
        all.vstack_mut(&more).unwrap();
    }
    let text = all.column("text").unwrap().as_materialized_series().rechunk();
    all.with_column(text.into_column()).unwrap();
    let offset = rng.usize(..=all.height());
    let offset = if rng.bool() { 0 } else { offset };
    all.slice(i64::try_from(offset).unwrap(), rng.usize(..=all.height() - offset))
}

pub(super) fn mapping() -> Mapping {
    Mapping::measurement("every").tags(TAGS).time_in("at", Precision::Nanoseconds)
}

/// `2024-05-01T12:00:00.5` by chrono, which is not how the library does it.
fn civil(nanos: i128) -> String {
    let (seconds, fraction) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
    let time = chrono::DateTime::from_timestamp(
        i64::try_from(seconds).unwrap(),
        u32::try_from(fraction).unwrap(),
    );
    let text = time.unwrap().format("%Y-%m-%dT%H:%M:%S%.9f").to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn nanos(unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Nanoseconds => 1,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1_000_000,
    }
}

/// What the documentation says that a cell is stored as.
pub(super) fn stored(cell: &AnyValue<'_>) -> Value {
    let signed = |value: i128| Value::Integer(i64::try_from(value).unwrap());
    match cell {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(value) => Value::Boolean(*value),
        AnyValue::Int8(value) => signed((*value).into()),
        AnyValue::Int16(value) => signed((*value).into()),
        AnyValue::Int32(value) => signed((*value).into()),
        AnyValue::Int64(value) => signed((*value).into()),
        AnyValue::Int128(value) => signed(*value),
        AnyValue::UInt8(value) => Value::Unsigned((*value).into()),
        AnyValue::UInt16(value) => Value::Unsigned((*value).into()),
        AnyValue::UInt32(value) => Value::Unsigned((*value).into()),
        AnyValue::UInt64(value) => Value::Unsigned(*value),
        AnyValue::UInt128(value) => Value::Unsigned(u64::try_from(*value).unwrap()),
        AnyValue::Float32(value) => Value::Float(value.to_string().parse().unwrap()),
        AnyValue::Float64(value) => Value::Float(*value),
        AnyValue::Decimal(..) => Value::Float(cell.to_string().parse().unwrap()),
        AnyValue::Date(days) => {
            let text = civil(i128::from(*days) * 86_400_000_000_000);
            Value::String(text.split('T').next().unwrap().to_owned())
        }
        AnyValue::Datetime(count, unit, _) => stored(&AnyValue::DatetimeOwned(*count, *unit, None)),
        AnyValue::DatetimeOwned(count, unit, _) => {
            Value::String(civil(i128::from(*count) * nanos(*unit)) + "Z")
        }
        AnyValue::Time(count) => {
            Value::String(civil((*count).into()).split('T').nth(1).unwrap().to_owned())
        }
        AnyValue::Duration(count, unit) => signed(i128::from(*count) * nanos(*unit)),
        _ => Value::String(cell.get_str().unwrap_or_else(|| panic!("{cell:?}")).to_owned()),
    }
}

/// The point of a row; `None` where it has no field.
pub(super) fn point(frame: &DataFrame, row: usize) -> Option<Point> {
    let mut point = Point::measurement("every");
    for column in frame.columns() {
        let (name, cell) = (column.name().as_str(), column.get(row).unwrap());
        point = match stored(&cell) {
            Value::Integer(nanos) if name == "at" => point.timestamp(Timestamp::from_nanos(nanos)),
            Value::Null => point,
            Value::String(text) if TAGS.contains(&name) => point.tag(name, text),
            Value::Integer(value) if TAGS.contains(&name) => point.tag(name, value.to_string()),
            Value::Boolean(value) if TAGS.contains(&name) => point.tag(name, value.to_string()),
            value => point.field(name, value),
        };
    }
    if point.fields().next().is_some() { Some(point) } else { None }
}

#[test]
fn a_row_is_the_point_of_its_values() {
    for seed in 0..150 {
        let frame = frame(&mut Rng::with_seed(seed));
        let points: Vec<_> = (0..frame.height()).filter_map(|row| point(&frame, row)).collect();
        let mut expected = Vec::new();
        line_protocol::encode(&points, &mut expected).unwrap();
        let written = lines(&frame, &mapping()).unwrap();
        assert_eq!(written, String::from_utf8(expected).unwrap(), "seed {seed}");
    }
}

#[test]
fn categories_of_the_frames_own_are_texts() {
    for seed in 0..20 {
        let frame = chunk(0, 20, &mut Rng::with_seed(seed));
        let points: Vec<_> = (0..frame.height()).filter_map(|row| point(&frame, row)).collect();
        let mut expected = Vec::new();
        line_protocol::encode(&points, &mut expected).unwrap();
        assert_eq!(lines(&frame, &mapping()).unwrap(), String::from_utf8(expected).unwrap());
    }
}

#[test]
fn threads_and_limits_change_nothing() {
    for seed in 0..2 {
        let mut rng = Rng::with_seed(seed);
        let mut all = chunk(0, 8_000, &mut rng).drop("cat").unwrap();
        all.vstack_mut(&chunk(8_000, 5_000, &mut rng).drop("cat").unwrap()).unwrap();
        let lines = mapping().frame(&all).unwrap();
        let mut expected = Vec::new();
        line_protocol::encode(&lines, &mut expected).unwrap();
        for threads in [0, 1, 3] {
            let mut written = Vec::new();
            let report = lines.clone().threads(threads).write_to(&mut written).unwrap();
            assert!(written == expected, "seed {seed}, {threads} threads");
            assert_eq!(report.rows(), 13_000);
            assert_eq!(report.points() + report.skipped(), 13_000);
        }
    }
}
