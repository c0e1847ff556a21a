//! Single cells: conversions, times, measurements.

use influx_core::dataframe::polars::prelude::{
    DataFrame, DataType, IntoColumn as _, NamedFrom as _, Series, TimeUnit, TimeZone, df,
};
use influx_core::schema::ValueType;
use influx_core::{ErrorKind, Mapping, Precision};

use super::{lines, refusal};

fn m() -> Mapping {
    Mapping::measurement("m").server_time()
}

fn one(series: Series) -> DataFrame {
    DataFrame::new(series.len(), vec![series.with_name("f".into()).into_column()]).unwrap()
}

fn cast(count: i64, dtype: &DataType) -> Series {
    Series::new("f".into(), [count]).cast(dtype).unwrap()
}

#[test]
fn fields_are_stored_with_the_type_asked_for() {
    use ValueType::{Boolean, Float, Integer, String, Unsigned};
    let decimal = DataType::Decimal(20, 2);
    let decimal = || Series::new("f".into(), [1.1]).cast(&decimal).unwrap();
    let datetime = || cast(1_714_564_800_500, &DataType::Datetime(TimeUnit::Milliseconds, None));
    let noon = || cast(43_200_000_000_000, &DataType::Time);
    for (series, stored, text) in [
        (Series::new("f".into(), [7_i8]), Unsigned, "7u"),
        (Series::new("f".into(), [7_u8]), Integer, "7i"),
        (Series::new("f".into(), [7_u64]), Float, "7"),
        (Series::new("f".into(), [-7_i64]), String, "\"-7\""),
        (Series::new("f".into(), [i128::from(i64::MIN)]), Integer, "-9223372036854775808i"),
        (Series::new("f".into(), [i128::MAX]), Float, "1.7014118346046923e+38"),
        (
            Series::new("f".into(), [i128::MIN]),
            String,
            "\"-170141183460469231731687303715884105728\"",
        ),
        (Series::new("f".into(), [u128::from(u64::MAX)]), Unsigned, "18446744073709551615u"),
        (Series::new("f".into(), [0.1_f32]), String, "\"0.1\""),
        (Series::new("f".into(), [1.0]), String, "\"1\""),
        (Series::new("f".into(), [true]), String, "\"true\""),
        (Series::new("f".into(), [true]), Boolean, "true"),
        (decimal(), Float, "1.1"),
        (decimal(), String, "\"1.10\""),
        (datetime(), String, "\"2024-05-01T12:00:00.5Z\""),
        (datetime(), Integer, "1714564800500000000i"),
        (datetime(), Unsigned, "1714564800500000000u"),
        (cast(19_844, &DataType::Date), String, "\"2024-05-01\""),
        (cast(19_844, &DataType::Date), Integer, "1714521600000000000i"),
        (noon(), String, "\"12:00:00\""),
        (noon(), Integer, "43200000000000i"),
        (cast(-2, &DataType::Duration(TimeUnit::Milliseconds)), Float, "-2000000"),
    ] {
        let written = lines(&one(series), &m().field_type("f", stored)).unwrap();
        assert_eq!(written, format!("m f={text}\n"));
    }
}

#[test]
fn numbers_that_the_stored_type_cannot_hold_are_refused_with_row_and_column() {
    use ValueType::{Integer, Unsigned};
    let milliseconds = DataType::Duration(TimeUnit::Milliseconds);
    for (series, stored, value, named) in [
        (Series::new("f".into(), [-1_i64]), Unsigned, "-1", "unsigned integer"),
        (Series::new("f".into(), [u64::MAX]), Integer, "18446744073709551615", "integer"),
        (Series::new("f".into(), [1_i128 << 64]), Integer, "18446744073709551616", "integer"),
        (cast(i64::MAX, &milliseconds), Integer, "9223372036854775807000000", "integer"),
    ] {
        let error = lines(&one(series), &m().field_type("f", stored)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "row 0, column `f`: {value} is outside the range of the stored type, {named}; store \
                 the column with another `field_type`"
            )
        );
    }
    let years = DataType::Datetime(TimeUnit::Milliseconds, None);
    let error = refusal(&one(cast(i64::MAX, &years)), &m());
    assert!(error.contains("outside the years 0 to 9999"), "{error}");
}

#[test]
fn a_time_is_what_its_column_says() {
    let at = |series: Series, mapping: Mapping| {
        let f = Series::new("v".into(), vec![1_i64; series.len()]).into_column();
        let time = series.with_name("at".into()).into_column();
        let frame = DataFrame::new(f.len(), vec![f, time]).unwrap();
        let written = lines(&frame, &mapping)?;
        Ok::<_, influx_core::Error>(written.replace("m v=1i ", "").trim_end().to_owned())
    };
    let named = || Mapping::measurement("m").time("at");
    let in_ms = || Mapping::measurement("m").time_in("at", Precision::Milliseconds);
    let naive = |unit| DataType::Datetime(unit, None);
    let text = |text: &str| Series::new("at".into(), [text]);
    for (series, mapping, expected) in [
        (cast(1_714_564_800_500, &naive(TimeUnit::Milliseconds)), named(), "1714564800500000000"),
        // The unit of the type, not that of the mapping.
        (cast(1_714_564_800, &naive(TimeUnit::Microseconds)), in_ms(), "1714564800000"),
        (cast(19_844, &DataType::Date), named(), "1714521600000000000"),
        (Series::new("at".into(), [7_u8]), in_ms(), "7000000"),
        (Series::new("at".into(), [7_i128]), in_ms(), "7000000"),
        (text("2024-05-01T14:00:00.5+02:00"), named(), "1714564800500000000"),
        (text("2024-05-01"), named(), "1714521600000000000"),
    ] {
        assert_eq!(at(series, mapping).unwrap(), expected);
    }
    let prague = || named().time_zone("Europe/Prague");
    let local = |count| cast(count, &naive(TimeUnit::Milliseconds));
    assert_eq!(at(local(1_714_564_800_000), prague()).unwrap(), "1714557600000000000");
    for (reading, expected) in [
        ("2024-05-01T14:00:00", "1714564800000000000"),
        ("2024-05-01T14:00:00Z", "1714572000000000000"),
        ("2024-05-01", "1714514400000000000"),
    ] {
        assert_eq!(at(text(reading), prague()).unwrap(), expected);
    }
    let zoned = DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC));
    assert_eq!(at(cast(1_714_564_800_000, &zoned), prague()).unwrap(), "1714564800000000000");

    for (series, mapping, expected) in [
        (text("noon"), named(), "row 0, column `at`: `noon` is not an RFC 3339 time"),
        (local(i64::MAX / 4), named(), "row 0, column `at`: the time "),
        (Series::new("at".into(), [i64::MAX]), in_ms(), "row 0, column `at`: the time "),
        (Series::new("at".into(), [None::<i64>]), in_ms(), "row 0, column `at`: the time is null"),
        (
            local(1_711_852_200_000),
            prague(),
            "row 0, column `at`: 2024-03-31 02:30:00 does not exist",
        ),
        (text("2024-03-31T02:30:00"), prague(), "row 0, column `at`: 2024-03-31 02:30:00 does"),
        (local(1_729_996_200_000), prague(), "row 0, column `at`: 2024-10-27 02:30:00 comes twice"),
        (local(0), named().time_zone("Mars"), "there is no time zone `Mars`"),
    ] {
        let error = at(series, mapping).unwrap_err();
        let kind = error.refused().first().map_or(error.kind(), |refused| refused.reason().kind());
        assert_eq!(kind, ErrorKind::InvalidInput);
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    let nulls = Series::new("at".into(), [None, Some(1_i64)]);
    assert_eq!(at(nulls, in_ms().server_time()).unwrap(), "m v=1i\n1000000");
}

#[test]
fn a_local_time_is_a_field_as_it_is_a_time() {
    let datetime = cast(1_714_564_800_000, &DataType::Datetime(TimeUnit::Milliseconds, None));
    let mapping = m().time_zone("Europe/Prague");
    assert_eq!(lines(&one(datetime), &mapping).unwrap(), "m f=\"2024-05-01T10:00:00Z\"\n");
}

#[test]
fn a_measurement_may_be_a_column() {
    let frame = df!("name" => [Some("a b"), None, Some("")], "f" => [1_i64, 2, 3]).unwrap();
    let mapping = Mapping::measurement_key("name").server_time();
    let error = lines(&frame, &mapping).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLine);
    assert_eq!(error.refused().len(), 2);
    assert!(error.to_string().contains("row 1, column `name`: is null or empty"), "{error}");
    assert_eq!(lines(&frame.head(Some(1)), &mapping).unwrap(), "a\\ b f=1i\n");
}

#[test]
fn a_row_without_fields_is_no_point_whatever_its_tags_are() {
    let frame = df!(
        "name" => [None, Some("m"), Some("m")],
        "t" => ["a\n", "b\\", "c"],
        "f" => [None, None, Some(1.5)],
        "at" => [None, None, Some(1_i64)]
    );
    let mapping = Mapping::measurement_key("name").tag("t").time_in("at", Precision::Nanoseconds);
    assert_eq!(lines(&frame.unwrap(), &mapping).unwrap(), "m,t=c f=1.5 1\n");
}

#[test]
fn all_bad_rows_are_told() {
    let frame = df!("t" => ["a\n", "b", "c\\"], "f" => [1.0, 2.0, 3.0]).unwrap();
    let error = lines(&frame, &m().tag("t")).unwrap_err();
    let places: Vec<_> = error.refused().iter().map(influx_core::error::Refused::index).collect();
    assert_eq!(places, [0, 2]);
}
