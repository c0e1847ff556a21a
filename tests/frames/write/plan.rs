//! Columns and the places that a mapping gives them.

use influx_core::dataframe::polars::prelude::{
    Column, DataFrame, DataType, IntoColumn as _, NamedFrom as _, Scalar, Series, df,
};
use influx_core::dataframe::{from_records, to_records};
use influx_core::schema::ValueType;
use influx_core::{ErrorKind, Mapping, Measurement, Precision, Timestamp};

use super::{lines, refusal};

fn m() -> Mapping {
    Mapping::measurement("m").server_time()
}

#[test]
fn a_missing_column_is_told_with_those_that_there_are() {
    let frame = df!("host" => ["a"], "f" => [1.0]).unwrap();
    let named = [
        m().tag("hots"),
        m().field("hots"),
        m().field_type("hots", ValueType::Float),
        m().rename("hots", "x"),
        Mapping::measurement_key("hots").server_time(),
        Mapping::measurement("m").time("hots"),
    ];
    for mapping in named {
        let error = lines(&frame, &mapping).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingColumn);
        let text = error.to_string();
        let start = "the frame has no column `hots`; it has `host`, `f`; correct the mapping";
        assert!(text.starts_with(start), "{text}");
    }
}

#[test]
fn a_column_may_be_missing_where_that_is_allowed() {
    let frame = df!("f" => [1.0]).unwrap();
    let mapping = m().tag("host").field("f").field("g").default_tag("host", "x").allow_missing();
    assert_eq!(lines(&frame, &mapping).unwrap(), "m,host=x f=1\n");
    let timed = Mapping::measurement("m").time("at").allow_missing();
    assert!(refusal(&frame, &timed).contains("no column `at`"));
    assert_eq!(lines(&frame, &timed.server_time()).unwrap(), "m f=1\n");
}

#[test]
fn a_type_that_has_no_place_is_refused_with_its_column() {
    let list = Series::new("list".into(), [Series::new("".into(), [1_i64, 2])]);
    let binary = Series::new("binary".into(), [b"x".as_slice()]);
    let cases = [
        (list, m(), "the column `list` of type list[i64] cannot be a field; leave it out"),
        (binary, m(), "the column `binary` of type binary cannot be a field; leave it out"),
        (
            Series::new("f".into(), [1.0]),
            m().tag("f"),
            "the column `f` of type f64 cannot be a tag; make it a field",
        ),
        (
            Series::new("f".into(), [1.0]),
            m().field_type("f", ValueType::Integer),
            "the column `f` of type f64 cannot be stored as an integer; leave out",
        ),
        (
            Series::new("t".into(), ["x"]),
            m().field_type("t", ValueType::Boolean),
            "the column `t` of type str cannot be stored as a boolean",
        ),
        (
            Series::new("n".into(), [1_i64]),
            Mapping::measurement_key("n").server_time(),
            "the column `n` of type i64 cannot be the measurement; name a column of texts",
        ),
        (
            Series::new("at".into(), [1_i64]),
            Mapping::measurement("m").time("at"),
            "the column `at` of type i64 cannot be the time; say what its integers count, with \
             `time_in`",
        ),
        (
            Series::new("at".into(), [1.0]),
            Mapping::measurement("m").time_in("at", Precision::Seconds),
            "the column `at` of type f64 cannot be the time; name a column of dates",
        ),
    ];
    for (series, mapping, expected) in cases {
        let ok = Series::new("ok".into(), [1_i64]);
        let frame = DataFrame::new(1, vec![series.into_column(), ok.into_column()]).unwrap();
        let error = lines(&frame, &mapping).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TypeMismatch, "{error}");
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[test]
fn what_is_ignored_may_be_anything() {
    let list = Series::new("list".into(), [Series::new("".into(), [1_i64, 2])]);
    let ok = Series::new("ok".into(), [1_i64]);
    let frame = DataFrame::new(1, vec![list.into_column(), ok.into_column()]).unwrap();
    assert_eq!(lines(&frame, &m().ignore("list")).unwrap(), "m ok=1i\n");
    assert_eq!(lines(&frame, &m().field("ok")).unwrap(), "m ok=1i\n");
}

#[test]
fn names_are_checked_before_any_row() {
    for (name, mapping) in [
        ("a\nb", m()),
        ("_time", m()),
        ("f", m().rename("f", "time")),
        ("f", m().default_tag("_field", "x")),
        ("f", m().default_tag("f", "x")),
    ] {
        let series = Series::new_empty(name.into(), &DataType::Float64);
        let frame = DataFrame::new(0, vec![series.into_column()]).unwrap();
        assert!(mapping.frame(&frame).is_err(), "{name}");
    }
}

#[test]
fn default_tags_stand_in_for_nulls() {
    let frame = df!("host" => [Some("a"), None, Some("")], "f" => [1_i64, 2, 3]).unwrap();
    let mapping = m().tag("host").default_tag("host", "x y").default_tag("z", "0");
    assert_eq!(
        lines(&frame, &mapping).unwrap(),
        "m,host=a,z=0 f=1i\nm,host=x\\ y,z=0 f=2i\nm,host=x\\ y,z=0 f=3i\n"
    );
}

#[test]
fn frames_without_rows_and_scalar_columns_are_frames() {
    let empty = df!("f" => Vec::<f64>::new()).unwrap();
    assert_eq!(lines(&empty, &m()).unwrap(), "");
    let scalar = Column::new_scalar("f".into(), Scalar::from(1.5), 2);
    let frame = DataFrame::new(2, vec![scalar]).unwrap();
    assert_eq!(lines(&frame, &m()).unwrap(), "m f=1.5\nm f=1.5\n");
}

#[test]
fn thousands_of_chunks_are_read_as_one() {
    let mut frame = df!("f" => [0_i64], "t" => ["x"]).unwrap();
    for row in 1..3_000_i64 {
        frame.vstack_mut(&df!("f" => [row], "t" => ["y"]).unwrap()).unwrap();
    }
    let written = lines(&frame, &m().tag("t")).unwrap();
    assert_eq!(written.lines().count(), 3_000);
    assert!(written.ends_with("m,t=y f=2999i\n"));
}

#[test]
fn an_empty_chunk_hides_nothing() {
    let mut frame = df!("f" => Vec::<i64>::new()).unwrap();
    for part in [df!("f" => [1_i64]), df!("f" => Vec::<i64>::new()), df!("f" => [2_i64])] {
        frame.vstack_mut(&part.unwrap()).unwrap();
    }
    assert_eq!(lines(&frame, &m()).unwrap(), "m f=1i\nm f=2i\n");
}

#[test]
fn columns_of_integers_are_floats_where_that_is_said() {
    let frame = df!("n" => [1_u8], "t" => [-21_i64], "own" => [3_i32], "b" => [true]).unwrap();
    let mapping = m().numbers_as_floats().field_type("own", ValueType::Integer);
    assert_eq!(lines(&frame, &mapping).unwrap(), "m b=true,n=1,own=3i,t=-21\n");
}

#[test]
fn a_frame_of_records_is_written_by_their_schema() {
    #[derive(Measurement, Debug, Clone, PartialEq)]
    struct Cpu {
        #[tag]
        host: String,
        #[field]
        load: Option<i64>,
        #[timestamp]
        time: Timestamp,
    }
    let cpu = Cpu { host: "a".into(), load: Some(3), time: Timestamp::from_nanos(7) };
    let mut frame = from_records(std::slice::from_ref(&cpu)).unwrap();
    assert_eq!(to_records::<Cpu>(&frame).unwrap(), [cpu]);
    let start = Series::new("_start".into(), ["2024-05-01T12:00:00Z"]);
    frame.with_column(start.into_column()).unwrap();
    assert_eq!(lines(&frame, &Mapping::of::<Cpu>()).unwrap(), "cpu,host=a load=3i 7\n");
}
