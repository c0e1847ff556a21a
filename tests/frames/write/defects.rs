//! What the official client does to a pandas frame, seen case by case: none of it happens here.

use influx_core::dataframe::polars::prelude::{
    DataFrame, DataType, IntoColumn as _, NamedFrom as _, Series, TimeUnit, df,
};
use influx_core::schema::ValueType;
use influx_core::{ErrorKind, Mapping, Precision};

use super::{lines, refusal};

fn m() -> Mapping {
    Mapping::measurement("m").server_time()
}

#[test]
fn infinity_is_refused_or_left_out() {
    let frame = df!("a" => [1.0, f64::INFINITY, f64::NAN], "b" => [1_i64, 2, 3]).unwrap();
    let error = lines(&frame, &m()).unwrap_err();
    let places: Vec<_> = error.refused().iter().map(influx_core::error::Refused::index).collect();
    assert_eq!(places, [1, 2]);
    let reason = error.refused()[0].reason().to_string();
    assert!(
        reason.starts_with("row 1, column `a`: the value of field `a` is NaN or infinite"),
        "{reason}"
    );
    let skipping = m().skip_non_finite();
    assert_eq!(lines(&frame, &skipping).unwrap(), "m a=1,b=1i\nm b=2i\nm b=3i\n");

    let as_text = |mapping: Mapping| mapping.ignore("b").field_type("a", ValueType::String);
    assert_eq!(lines(&frame, &as_text(m())).unwrap_err().refused().len(), 2);
    assert_eq!(lines(&frame, &as_text(skipping)).unwrap(), "m a=\"1\"\n");
}

#[test]
fn a_tag_column_with_a_null_is_escaped_as_tags_are() {
    let frame = df!("t" => [Some("x y"), None], "z" => [1.0, 2.0]).unwrap();
    assert_eq!(lines(&frame, &m().tag("t")).unwrap(), "m,t=x\\ y z=1\nm z=2\n");
}

#[test]
fn an_empty_tag_is_left_out() {
    let frame = df!("t" => ["", "a"], "f" => [1.0, 2.0]).unwrap();
    assert_eq!(lines(&frame, &m().tag("t")).unwrap(), "m f=1\nm,t=a f=2\n");
}

#[test]
fn a_null_in_the_first_field_leaves_no_comma() {
    let frame = df!("a" => [None::<f64>, Some(2.0)], "ů" => [1.0, 2.0]).unwrap();
    assert_eq!(lines(&frame, &m()).unwrap(), "m ů=1\nm a=2,ů=2\n");
}

#[test]
fn a_text_that_looks_like_the_gap_of_a_field_stays() {
    let frame = df!("a" => [None::<f64>], "b" => ["p ,q"]).unwrap();
    assert_eq!(lines(&frame, &m()).unwrap(), "m b=\"p ,q\"\n");
}

#[test]
fn columns_whose_names_are_in_that_of_the_time_stay() {
    let frame = df!("time" => [7_i64], "t" => [1.0], "i" => [2.0]).unwrap();
    let mapping = Mapping::measurement("m").time_in("time", Precision::Seconds);
    assert_eq!(lines(&frame, &mapping).unwrap(), "m i=2,t=1 7000000000\n");
}

#[test]
fn a_duration_is_an_integer() {
    let span =
        Series::new("d".into(), [1_500_i64]).cast(&DataType::Duration(TimeUnit::Milliseconds));
    let frame = DataFrame::new(1, vec![span.unwrap().into_column()]).unwrap();
    assert_eq!(lines(&frame, &m()).unwrap(), "m d=1500000000i\n");
}

#[test]
fn an_unsigned_integer_is_one() {
    let frame = df!("u" => [u64::MAX]).unwrap();
    assert_eq!(lines(&frame, &m()).unwrap(), "m u=18446744073709551615u\n");
}

#[test]
fn a_small_float_keeps_its_digits() {
    let frame = df!("f" => [3.1_f32, 0.1]).unwrap();
    assert_eq!(lines(&frame, &m()).unwrap(), "m f=3.1\nm f=0.1\n");
}

#[test]
fn a_frame_without_a_field_says_so() {
    let frame = df!("t" => ["a"]).unwrap();
    let error = lines(&frame, &m().tag("t")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        error.to_string(),
        "no column of the frame is a field; it has `t`; a point needs one"
    );
    assert_eq!(
        refusal(&DataFrame::empty(), &m()),
        "no column of the frame is a field; it has no columns; a point needs one"
    );
}

#[test]
fn a_column_with_a_number_as_its_name_is_the_tag_that_it_is_said_to_be() {
    let frame = df!("1" => ["a"], "2" => [1.0]).unwrap();
    assert_eq!(lines(&frame, &m().tag("1")).unwrap(), "m,1=a 2=1\n");
}

#[test]
fn a_backslash_at_the_end_of_a_tag_is_refused() {
    let frame = df!("t" => ["a\\"], "f" => [1.0]).unwrap();
    let error = refusal(&frame, &m().tag("t"));
    assert!(
        error.starts_with("row 0, column `t`: the value of tag `t` ends in a backslash"),
        "{error}"
    );
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let frame = df!("a" => [1.0], "b" => [2.0]).unwrap();
    let error = lines(&frame, &m().rename("a", "b")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`a`") && error.to_string().contains("`b`"), "{error}");
}

#[test]
fn a_measurement_that_would_be_a_comment_is_refused() {
    let frame = df!("name" => ["#m"], "f" => [1.0]).unwrap();
    let error = refusal(&frame, &Mapping::measurement_key("name").server_time());
    assert!(
        error.starts_with("row 0, column `name`: the measurement name `#m` starts with `#`"),
        "{error}"
    );
    assert!(refusal(&frame, &Mapping::measurement("#m").server_time()).contains("starts with `#`"));
}
