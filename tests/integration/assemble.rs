//! Whole rows of an un-pivoted result, put together series by series.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use influx_core::annotated_csv::OwnedRecord;
use influx_core::measurement::{self, Decoder, FromRowOwned, Progress, Serde};
use influx_core::{Error, ErrorKind, Measurement, Timestamp};
use proptest::prelude::*;

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "m")]
struct Loose {
    #[tag]
    host: String,
    #[field]
    a: Option<f64>,
    #[field]
    b: Option<i64>,
    #[timestamp(unit = "s")]
    time: i64,
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "m")]
struct Strict {
    #[tag]
    host: String,
    #[field]
    a: f64,
    #[field]
    b: i64,
}

/// `_start` and `_stop`, as a read puts them in front.
const RANGE: &str = "1677-09-21T00:12:43.145224194Z,2262-04-11T23:47:16.854775806Z";

/// A table of one series and field; rows are a second each and a value.
fn table(result: &str, tags: &str, field: &str, datatype: &str, rows: &[(u32, &str)]) -> String {
    let tags: Vec<_> = tags.split_terminator(',').filter_map(|tag| tag.split_once('=')).collect();
    let columns = |text: &dyn Fn(&(&str, &str)) -> String| {
        tags.iter().map(|tag| format!(",{}", text(tag))).collect::<String>()
    };
    let mut csv = format!(
        "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,{datatype},string{}\r\n\
         #group,false,false,true,true,false,false,true{}\r\n#default,{result},,,,,,{}\r\n\
         ,result,table,_start,_stop,_time,_value,_field{}\r\n",
        columns(&|_| "string".into()),
        columns(&|_| "true".into()),
        columns(&|_| String::new()),
        columns(&|(name, _)| (*name).into()),
    );
    let texts = columns(&|(_, text)| (*text).into());
    for (second, value) in rows {
        let (minute, second) = (second / 60, second % 60);
        write!(
            csv,
            ",,0,{RANGE},1970-01-01T00:{minute:02}:{second:02}Z,{value},{field}{texts}\r\n"
        )
        .unwrap();
    }
    csv + "\r\n"
}

fn a(tags: &str, rows: &[(u32, &str)]) -> String {
    table("_result", tags, "a", "double", rows)
}

fn b(tags: &str, rows: &[(u32, &str)]) -> String {
    table("_result", tags, "b", "long", rows)
}

fn loose(host: &str, time: i64, a: Option<f64>, b: Option<i64>) -> Loose {
    Loose { host: host.into(), a, b, time }
}

fn refused<T: FromRowOwned + std::fmt::Debug>(csv: String, kind: ErrorKind, says: &[&str]) {
    let error = measurement::rows::<T>(csv).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    for part in says {
        assert!(error.to_string().contains(part), "{part:?} is not in: {error}");
    }
}

/// The rows before the end or the error, in pieces of this size.
fn in_pieces<T: FromRowOwned>(csv: &str, size: usize) -> (Vec<T>, Option<Error>) {
    let (mut decoder, mut rows) = (Decoder::<T>::new(), Vec::new());
    let mut chunks = csv.as_bytes().chunks(size);
    loop {
        match decoder.advance() {
            Ok(Progress::Row) => match decoder.row().unwrap() {
                Ok(row) => rows.push(row),
                Err(error) => return (rows, Some(error)),
            },
            Ok(Progress::NeedInput) => match chunks.next() {
                Some(chunk) => decoder.feed(chunk.to_vec()),
                None => decoder.finish(),
            },
            Ok(Progress::End) => return (rows, None),
            Err(error) => return (rows, Some(error)),
        }
    }
}

#[test]
fn fields_of_a_series_become_rows_by_time() {
    let csv = a("host=x", &[(1, "1.5"), (2, "2.5"), (4, "4.5")])
        + &b("host=x", &[(1, "10"), (3, "30"), (4, "40"), (5, "50")])
        + &a("host=y", &[(1, "-1")]);
    let expected = [
        loose("x", 1, Some(1.5), Some(10)),
        loose("x", 2, Some(2.5), None),
        loose("x", 3, None, Some(30)),
        loose("x", 4, Some(4.5), Some(40)),
        loose("x", 5, None, Some(50)),
        loose("y", 1, Some(-1.0), None),
    ];
    assert_eq!(measurement::rows::<Loose>(csv.clone()).unwrap(), expected);
    for size in [1, 2, 7, 64] {
        let (rows, error) = in_pieces::<Loose>(&csv, size);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(rows, expected);
    }
}

#[test]
fn the_columns_of_a_result_that_was_not_dropped_do_not_disturb() {
    let header = "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string\n\
                  #group,false,false,true,true,false,false,true,true,true\n#default,_result,,,,,,,,\n\
                  ,result,table,_start,_stop,_time,_value,_field,_measurement,host\n";
    let row = |table, time, value, field| {
        format!(
            ",,{table},1970-01-01T00:00:00Z,1970-01-02T00:00:00Z,1970-01-01T00:00:0{time}Z,{value},{field},m,x\n"
        )
    };
    let csv = [
        header.to_owned(),
        row(0, 1, 1, "a"),
        row(0, 2, 2, "a"),
        row(1, 1, 3, "c"),
        row(1, 2, 4, "c"),
    ];
    #[derive(Measurement, Debug, PartialEq)]
    #[measurement(name = "m")]
    struct Both {
        #[field]
        a: f64,
        #[field]
        c: f64,
    }
    let both = measurement::rows::<Both>(csv.concat()).unwrap();
    assert_eq!(both, [Both { a: 1.0, c: 3.0 }, Both { a: 2.0, c: 4.0 }]);
    refused::<Both>(
        csv.concat().replace(",m,x", ",other,x"),
        ErrorKind::MissingColumn,
        &["the rows are of measurement `other`, the struct is `m`", "line 5"],
    );
    // Where it is not in the group key, it is looked at in each row.
    let mixed = csv.concat().replace("true,true,true\n", "true,false,true\n");
    assert_eq!(measurement::rows::<Both>(mixed.clone()).unwrap(), both);
    let other = mixed.replacen(",4,c,m,x", ",4,c,other,x", 1);
    refused::<Both>(other, ErrorKind::MissingColumn, &["measurement `other`", "line 8"]);
}

#[test]
fn fields_that_the_struct_lacks_are_left_out() {
    let csv = table("_result", "host=x", "other", "string", &[(1, "t"), (7, "t")])
        + &a("host=x", &[(1, "1")])
        + &table("_result", "host=x", "host", "string", &[(9, "t")])
        + &b("host=x", &[(1, "2")])
        + &table("_result", "host=y", "other", "string", &[(1, "t")]);
    assert_eq!(measurement::rows::<Loose>(csv).unwrap(), [loose("x", 1, Some(1.0), Some(2))]);
}

#[test]
fn a_tag_that_is_named_like_a_field_is_not_taken_for_it() {
    let csv = b("a=7,host=x", &[(1, "2")]) + &b("a=8,host=x", &[(1, "3")]);
    assert_eq!(
        measurement::rows::<Loose>(csv).unwrap(),
        [loose("x", 1, None, Some(2)), loose("x", 1, None, Some(3))]
    );
}

#[test]
fn a_row_that_lacks_a_field_which_is_no_option_is_an_error_that_names_the_point() {
    let csv = a("host=x", &[(1, "1"), (2, "2")]) + &b("host=x", &[(1, "1")]);
    refused::<Strict>(
        csv.clone(),
        ErrorKind::TypeMismatch,
        &[
            "column `b` does not fit `Strict.b`: series `host=x` lacks the field at 1970-01-01T00:00:02Z; read it as an `Option`",
            "line 6",
        ],
    );
    let (rows, error) = in_pieces::<Strict>(&csv, 5);
    assert_eq!(rows, [Strict { host: "x".into(), a: 1.0, b: 1 }]);
    assert_eq!(error.unwrap().kind(), ErrorKind::TypeMismatch);

    // Also a text, which an empty cell would be.
    #[derive(Measurement, Debug)]
    #[measurement(name = "m")]
    struct Text {
        #[field]
        a: f64,
        #[field]
        text: String,
    }
    let csv = a("host=x", &[(1, "1")]) + &table("_result", "host=x", "text", "string", &[(2, "t")]);
    refused::<Text>(csv, ErrorKind::TypeMismatch, &["`Text.text`", "lacks the field"]);
}

#[test]
fn a_member_with_a_default_reads_a_missing_field_as_that() {
    #[derive(Measurement, Debug, PartialEq)]
    #[measurement(name = "m")]
    struct Filled {
        #[field(default)]
        a: f64,
        #[field]
        b: Option<i64>,
    }
    let csv = a("host=x", &[(1, "1")]) + &b("host=x", &[(2, "2")]);
    let rows = measurement::rows::<Filled>(csv).unwrap();
    assert_eq!(rows, [Filled { a: 1.0, b: None }, Filled { a: 0.0, b: Some(2) }]);
}

#[test]
fn a_series_without_a_field_is_named_with_everything_else_that_does_not_fit() {
    let csv = a("host=x", &[(1, "1")]);
    refused::<Strict>(
        csv,
        ErrorKind::MissingColumn,
        &[
            "does not fit `Strict` in series `host=x`: `Strict.b` needs column `b`",
            "the table has `host`, `_time`, `a`",
        ],
    );
    let csv = table("_result", "host=x", "a", "string", &[(1, "1")])
        + &table("_result", "host=x", "b", "double", &[(1, "1")]);
    refused::<Strict>(
        csv,
        ErrorKind::TypeMismatch,
        &[
            "`Strict.a` is `f64`, but column `a` is of the server's type `string`; make the member a `String`",
            "`Strict.b` is `i64`, but column `b` is of the server's type `double`; make the member an `f64`",
        ],
    );
}

#[test]
fn a_null_is_a_point_without_a_value() {
    let csv = a("host=x", &[(1, ""), (2, "2")]) + &b("host=x", &[(1, "")]);
    let expected = [loose("x", 1, None, None), loose("x", 2, Some(2.0), None)];
    assert_eq!(measurement::rows::<Loose>(csv.clone()).unwrap(), expected);
    refused::<Strict>(csv, ErrorKind::TypeMismatch, &["`Strict.a`", "the cell is empty", "line 5"]);
}

#[test]
fn a_series_that_comes_back_is_an_error_and_the_rows_before_it_are_good() {
    let csv = a("host=x", &[(1, "1")]) + &a("host=y", &[(1, "2")]) + &b("host=x", &[(1, "3")]);
    refused::<Loose>(
        csv.clone(),
        ErrorKind::MissingColumn,
        &["series `host=x` comes back after another one", "pivot", "line 17"],
    );
    let (rows, _) = in_pieces::<Loose>(&csv, 3);
    assert_eq!(rows, [loose("x", 1, Some(1.0), None), loose("y", 1, Some(2.0), None)]);
    // A table of another kind between the two changes nothing.
    let other = "#datatype,string,long,string,double\n#group,false,false,true,false\n\
                 #default,_result,,,\n,result,table,host,a\n,,0,z,1\n";
    let csv = a("host=x", &[(1, "1")]) + other + &b("host=x", &[(1, "3")]);
    #[derive(Measurement, Debug, PartialEq)]
    #[measurement(name = "m")]
    struct Timeless {
        #[tag]
        host: String,
        #[field]
        a: Option<f64>,
        #[field]
        b: Option<i64>,
    }
    refused::<Timeless>(csv, ErrorKind::MissingColumn, &["comes back"]);
}

/// What `drop` leaves of a read.
fn dropped(csv: &str) -> String {
    let csv = csv.replace("dateTime:RFC3339,dateTime:RFC3339,dateTime", "dateTime");
    let csv = csv.replace("false,true,true,false,false", "false,false,false");
    csv.replace("_result,,,", "_result,")
        .replace("_start,_stop,", "")
        .replace(&format!("{RANGE},"), "")
}

#[test]
fn tables_that_are_sorted_by_field_are_an_error_before_the_first_half_row() {
    let by_field = a("host=x", &[(1, "1")]) + &a("host=y", &[(1, "2")]) + &b("host=x", &[(1, "3")]);
    for size in [1, 4096] {
        let (rows, error) = in_pieces::<Loose>(&dropped(&by_field), size);
        assert_eq!(
            (rows, error.as_ref().map(Error::kind)),
            (vec![], Some(ErrorKind::MissingColumn))
        );
        assert!(error.unwrap().to_string().contains("the tables come field by field"));
    }
    // The only series of the first field was whole, and so is the one of which that field has nothing.
    let whole = a("host=x", &[(1, "1")]) + &b("host=x", &[(1, "3")]) + &b("host=y", &[(1, "4")]);
    let expected = [loose("x", 1, Some(1.0), Some(3)), loose("y", 1, None, Some(4))];
    assert_eq!(measurement::rows::<Loose>(dropped(&whole)).unwrap(), expected);
    // The next field says that the order is another one.
    let by_series = b("host=x", &[(1, "3")]) + &a("host=y", &[(1, "4")]);
    assert_eq!(measurement::rows::<Loose>(dropped(&by_series)).unwrap().len(), 2);
    // A tag in capitals is sorted before the field.
    let capital = a("HOST=x", &[(1, "1")]) + &a("HOST=y", &[(1, "2")]);
    assert_eq!(measurement::rows::<Loose>(dropped(&capital)).unwrap().len(), 2);
}

#[test]
fn pivoted_and_un_pivoted_tables_of_one_reply_are_both_read() {
    #[derive(Measurement, Debug, PartialEq)]
    #[measurement(name = "m")]
    struct Timeless {
        #[tag]
        host: String,
        #[field]
        a: Option<f64>,
        #[field]
        b: Option<i64>,
    }
    let pivoted = |host| {
        format!(
            "#datatype,string,long,string,double\n#group,false,false,true,false\n\
             #default,p,,,\n,result,table,host,a\n,,0,{host},1\n,,0,{host},2\n\n"
        )
    };
    let csv = pivoted("p") + &a("host=x", &[(1, "3")]) + &pivoted("q") + &b("host=y", &[(1, "4")]);
    let row = |host: &str, a, b| Timeless { host: host.into(), a, b };
    let expected = [
        row("p", Some(1.0), None),
        row("p", Some(2.0), None),
        row("x", Some(3.0), None),
        row("q", Some(1.0), None),
        row("q", Some(2.0), None),
        row("y", None, Some(4)),
    ];
    for size in [1, 13, 4096] {
        let (rows, error) = in_pieces::<Timeless>(&csv, size);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(rows, expected);
    }
}

#[test]
fn two_tables_of_one_series_and_field_are_an_error() {
    let csv = a("host=x", &[(1, "1")]) + &a("host=x", &[(2, "1")]).replace(",,0,", ",,1,");
    refused::<Loose>(
        csv,
        ErrorKind::MissingColumn,
        &["series `host=x` has two tables of field `a`", "line 11"],
    );
}

#[test]
fn results_of_several_yields_are_apart() {
    let of = |result, value| {
        table(result, "host=x", "a", "double", &[(1, value)])
            + &table(result, "host=x", "b", "long", &[(1, value)])
    };
    assert_eq!(
        measurement::rows::<Loose>(of("one", "1") + &of("two", "2")).unwrap(),
        [loose("x", 1, Some(1.0), Some(1)), loose("x", 1, Some(2.0), Some(2))]
    );
}

#[test]
fn a_tag_that_a_series_lacks_is_one_with_an_empty_one() {
    let csv = a("host=", &[(1, "1")]) + &b("", &[(1, "2")]);
    assert_eq!(measurement::rows::<Loose>(csv).unwrap(), [loose("", 1, Some(1.0), Some(2))]);
    // In whatever order the columns come.
    let csv = a("host=x,zone=1", &[(1, "1")]) + &b("zone=1,host=x", &[(1, "2")]);
    assert_eq!(measurement::rows::<Loose>(csv).unwrap(), [loose("x", 1, Some(1.0), Some(2))]);
}

#[test]
fn a_tag_that_is_not_in_the_group_key_is_an_error() {
    let grouped = a("host=x", &[(1, "1")]) + &b("host=x", &[(1, "2")]);
    for (from, to, column) in
        [("true,true\r", "true,false\r", "host"), ("true,true\r", "false,true\r", "_field")]
    {
        refused::<Loose>(
            grouped.replace(from, to),
            ErrorKind::MissingColumn,
            &[&format!("column `{column}` is not in the group key"), "pivot", "line 5"],
        );
    }
}

#[test]
fn rows_that_descend_stay_so_and_others_are_an_error() {
    let csv = a("host=x", &[(3, "3"), (1, "1")]) + &b("host=x", &[(3, "30"), (2, "20"), (0, "0")]);
    assert_eq!(
        measurement::rows::<Loose>(csv).unwrap(),
        [
            loose("x", 3, Some(3.0), Some(30)),
            loose("x", 2, None, Some(20)),
            loose("x", 1, Some(1.0), None),
            loose("x", 0, None, Some(0)),
        ]
    );
    let says = ["field `b` not in order of time at 1970-01-01T00:00:03Z", "sort"];
    let opposite = a("host=x", &[(3, "3"), (1, "1")]) + &b("host=x", &[(2, "2"), (3, "3")]);
    refused::<Loose>(opposite, ErrorKind::MissingColumn, &says);
    let neither = b("host=x", &[(2, "2"), (1, "3"), (3, "3")]);
    refused::<Loose>(neither, ErrorKind::MissingColumn, &says);
}

#[test]
fn a_time_that_a_field_has_twice_is_an_error() {
    let says = ["series `host=x` has field `b` twice at 1970-01-01T00:00:02Z", "tags"];
    let csv = a("host=x", &[(2, "2"), (3, "3")]) + &b("host=x", &[(2, "2"), (2, "3")]);
    refused::<Loose>(csv, ErrorKind::MissingColumn, &says);
    let first = b("host=x", &[(1, "2"), (2, "3"), (2, "3")]);
    refused::<Loose>(first, ErrorKind::MissingColumn, &says);
    // Also if it is spelled in another way.
    let csv = a("host=x", &[(2, "2")]) + &b("host=x", &[(2, "2")]).replace("02Z", "02.000Z");
    assert_eq!(measurement::rows::<Loose>(csv).unwrap(), [loose("x", 2, Some(2.0), Some(2))]);
}

#[test]
fn a_time_that_is_none_is_an_error() {
    let csv = a("host=x", &[(1, "1")]).replace("1970-01-01T00:00:01Z", "yesterday");
    refused::<Loose>(csv, ErrorKind::TypeMismatch, &["column `_time`: `yesterday`", "line 5"]);
}

#[test]
fn one_row_for_each_field_needs_no_time() {
    #[derive(Measurement, Debug, PartialEq)]
    #[measurement(name = "m")]
    struct Means {
        #[tag]
        host: String,
        #[field]
        a: f64,
        #[field]
        b: f64,
    }
    let mean = |field: &str, value: &str| {
        format!(
            "#datatype,string,long,string,double,string\n#group,false,false,true,false,true\n\
             #default,_result,,,,\n,result,table,_field,_value,host\n,,0,{field},{value},x\n"
        )
    };
    let csv = mean("a", "1.5") + &mean("b", "2.5");
    assert_eq!(
        measurement::rows::<Means>(csv.clone()).unwrap(),
        [Means { host: "x".into(), a: 1.5, b: 2.5 }]
    );
    // The struct says whether it can do without.
    refused::<Loose>(
        csv,
        ErrorKind::TypeMismatch,
        &["`Loose.time` needs column `_time`", "`Loose.b` is"],
    );
    let twice = mean("a", "1.5,x\n,,0,a,2");
    refused::<Means>(twice, ErrorKind::MissingColumn, &["has rows without `_time`"]);
    let sometimes = a("host=x", &[(1, "1")]) + &mean("b", "2");
    refused::<Means>(sometimes, ErrorKind::MissingColumn, &["has rows without `_time`"]);
}

#[test]
fn a_series_of_which_not_all_came_gives_no_row() {
    let csv = a("host=w", &[(1, "0")]) + &a("host=x", &[(1, "1")]) + &b("host=x", &[(1, "2")]);
    let failed = csv.clone()
        + "#datatype,string,string\n#group,true,true\n#default,,\n,error,reference\n,boom,\n";
    for size in [1, 4096] {
        let (rows, error) = in_pieces::<Loose>(&failed, size);
        assert_eq!(rows, [loose("w", 1, Some(0.0), None)]);
        assert_eq!(error.unwrap().kind(), ErrorKind::Server);
    }
    let cut = csv.trim_end();
    let (rows, error) = in_pieces::<Loose>(cut, 9);
    assert_eq!(rows, [loose("w", 1, Some(0.0), None)]);
    assert_eq!(error.unwrap().kind(), ErrorKind::InvalidCsv);
}

#[test]
fn rows_of_any_shape_stay_as_the_server_sends_them() {
    let csv = a("host=x", &[(1, "1"), (2, "2")]) + &b("host=x", &[(1, "2")]);
    assert_eq!(measurement::rows::<OwnedRecord>(csv.clone()).unwrap().len(), 3);
    let maps = measurement::rows::<Serde<BTreeMap<String, influx_core::Value>>>(csv).unwrap();
    assert_eq!(maps.len(), 3);
}

#[test]
fn rows_that_were_put_together_lend_their_texts() {
    #[derive(Measurement, Debug, PartialEq)]
    #[measurement(name = "m")]
    struct Lent<'r> {
        #[tag]
        host: &'r str,
        #[field]
        text: &'r str,
        #[field]
        b: i64,
    }
    let csv =
        table("_result", "host=x", "text", "string", &[(1, "\"a \"\"b\"\",\r\nc\""), (2, "d")])
            + &b("host=x", &[(1, "1"), (2, "2")]);
    let mut decoder = Decoder::<Lent<'_>>::new();
    decoder.feed(csv);
    assert_eq!(decoder.advance().unwrap(), Progress::NeedInput);
    assert!(decoder.row().is_none());
    decoder.finish();
    for expected in
        [Lent { host: "x", text: "a \"b\",\nc", b: 1 }, Lent { host: "x", text: "d", b: 2 }]
    {
        assert_eq!(decoder.advance().unwrap(), Progress::Row);
        assert_eq!(decoder.row().unwrap().unwrap(), expected);
    }
    assert_eq!(decoder.advance().unwrap(), Progress::End);
    assert_eq!(decoder.advance().unwrap(), Progress::End);
    assert!(decoder.row().is_none());
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "m")]
struct Every {
    #[tag]
    host: Option<String>,
    #[tag]
    zone: String,
    #[field]
    double: Option<f64>,
    #[field]
    long: Option<i64>,
    #[field]
    unsigned: Option<u64>,
    #[field]
    boolean: Option<bool>,
    #[field]
    text: Option<String>,
    #[timestamp]
    time: Timestamp,
}

const FIELDS: [(&str, &str); 5] = [
    ("double", "double"),
    ("long", "long"),
    ("unsigned", "unsignedLong"),
    ("boolean", "boolean"),
    ("text", "string"),
];

/// The cells of a point: `None` for a field that it lacks, an empty text for null.
type Point = [Option<String>; 5];
type Points = BTreeMap<i64, Point>;
type Tags = (Option<String>, String);

fn cell(value: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Option<String>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(String::new())), 5 => value.prop_map(Some)].boxed()
}

fn point() -> impl Strategy<Value = Point> {
    [
        cell(
            any::<f64>()
                .prop_filter("NaN", |f| !f.is_nan())
                .prop_map(|f| influx_core::Value::from(f).to_string()),
        ),
        cell(any::<i64>().prop_map(|n| n.to_string())),
        cell(any::<u64>().prop_map(|n| n.to_string())),
        cell(any::<bool>().prop_map(|b| b.to_string())),
        cell("[ -~é]{1,6}".prop_map(String::from)),
    ]
}

fn all_series() -> impl Strategy<Value = BTreeMap<Tags, Points>> {
    let time = prop_oneof![0_i64..6, any::<i64>(), (0_i64..4).prop_map(|n| n * 1_000_000_000)];
    let points = prop::collection::btree_map(time, point(), 0..12);
    let tags = (prop::option::of("[ab]"), "[xy]?");
    prop::collection::btree_map(tags, points, 0..5)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn heads(types: &[&str], groups: &[&str], names: &[&str]) -> String {
    format!(
        "#datatype,string,long,{}\r\n#group,false,false,{}\r\n#default,_result,{}\r\n,result,table,{}\r\n",
        types.join(","),
        groups.join(","),
        ",".repeat(names.len()),
        names.join(",")
    )
}

/// As a server sends it: one table for each series and field.
fn narrow(series: &BTreeMap<Tags, Points>) -> String {
    let (mut csv, mut table) = ("\r\n".to_owned(), 0);
    for ((host, zone), points) in series {
        for (index, (field, datatype)) in FIELDS.into_iter().enumerate() {
            let rows: Vec<_> = points
                .iter()
                .filter_map(|(time, point)| Some((time, point[index].as_ref()?)))
                .collect();
            if rows.is_empty() {
                continue;
            }
            csv += &heads(
                &[
                    "dateTime:RFC3339",
                    "dateTime:RFC3339",
                    "dateTime:RFC3339",
                    datatype,
                    "string",
                    "string",
                    "string",
                ],
                &["true", "true", "false", "false", "true", "true", "true"],
                &["_start", "_stop", "_time", "_value", "_field", "zone", "host"],
            );
            for (time, value) in rows {
                let (time, host) =
                    (Timestamp::from_nanos(*time), host.as_deref().unwrap_or_default());
                write!(csv, ",,{table},{RANGE},{time},{},{field},{zone},{host}\r\n", quoted(value))
                    .unwrap();
            }
            csv += "\r\n";
            table += 1;
        }
    }
    csv
}

/// As a server's `pivot` would send it, in the order of times.
fn pivoted(series: &BTreeMap<Tags, Points>) -> String {
    let (mut csv, mut table) = ("\r\n".to_owned(), 0);
    let [types, names] = [FIELDS.map(|(_, datatype)| datatype), FIELDS.map(|(name, _)| name)];
    for ((host, zone), points) in series {
        if !points.values().flatten().any(Option::is_some) {
            continue;
        }
        csv += &heads(
            &[&["dateTime:RFC3339", "string", "string"], &types[..]].concat(),
            &["false", "true", "true", "false", "false", "false", "false", "false"],
            &[&["_time", "zone", "host"], &names[..]].concat(),
        );
        for (time, point) in points.iter().filter(|(_, point)| point.iter().any(Option::is_some)) {
            let cells = point.each_ref().map(|cell| quoted(cell.as_deref().unwrap_or_default()));
            let (time, host) = (Timestamp::from_nanos(*time), host.as_deref().unwrap_or_default());
            write!(csv, ",,{table},{time},{zone},{host},{}\r\n", cells.join(",")).unwrap();
        }
        csv += "\r\n";
        table += 1;
    }
    csv
}

/// Put together in the plainest way.
fn plain(series: &BTreeMap<Tags, Points>) -> Vec<Every> {
    fn read<T: std::str::FromStr>(cell: &Option<String>) -> Option<T> {
        cell.as_ref().and_then(|text| text.replace("+Inf", "inf").parse().ok())
    }
    let mut rows = Vec::new();
    for ((host, zone), points) in series {
        for (time, point) in points.iter().filter(|(_, point)| point.iter().any(Option::is_some)) {
            let [double, long, unsigned, boolean, text] = point;
            rows.push(Every {
                host: host.clone(),
                zone: zone.clone(),
                double: read(double),
                long: read(long),
                unsigned: read(unsigned),
                boolean: read(boolean),
                text: text.clone().filter(|text| !text.is_empty()),
                time: Timestamp::from_nanos(*time),
            });
        }
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whole_rows_are_those_that_a_pivot_gives(series in all_series(), size in 1_usize..200) {
        let expected = plain(&series);
        let csv = narrow(&series);
        prop_assert_eq!(&measurement::rows::<Every>(csv.clone()).unwrap(), &expected);
        let (in_pieces, error) = in_pieces::<Every>(&csv, size);
        prop_assert!(error.is_none());
        prop_assert_eq!(&in_pieces, &expected);
        prop_assert_eq!(&measurement::rows::<Every>(pivoted(&series)).unwrap(), &expected);
    }
}
