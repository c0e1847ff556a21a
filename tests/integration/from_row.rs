//! Rows that are no measurement's: `#[derive(FromRow)]`.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use influx_core::measurement::{self, Decoder, FromRow, FromRowOwned, Progress};
use influx_core::{ErrorKind, TagValue};

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[influx(rename_all = "lowercase")]
enum Sky {
    Clear,
    Cloudy,
}

#[derive(FromRow, Debug, Clone, PartialEq)]
struct Mean {
    #[column]
    host: String,
    #[column]
    sky: Option<Sky>,
    #[column(name = "_value")]
    mean: f64,
    #[column(name = "_time")]
    time: DateTime<Utc>,
    #[column(name = "_stop", unit = "ms")]
    stop: Option<i64>,
    #[column(default)]
    count: i64,
    #[column(skip)]
    seen: bool,
}

const CSV: &str = "#datatype,string,long,string,string,double,dateTime:RFC3339,dateTime:RFC3339,long,string\r\n\
     #group,false,false,true,true,false,false,true,false,true\r\n#default,_result,,,,,,,,\r\n\
     ,result,table,host,sky,_value,_time,_stop,count,_field\r\n\
     ,,0,a,clear,1.5,1970-01-01T00:00:01Z,1970-01-01T00:00:09.5Z,3,temp\r\n\
     ,,1,b,,2.5,1970-01-01T00:00:02Z,1970-01-01T00:00:09.5Z,,load\r\n";

fn mean(host: &str, sky: Option<Sky>, mean: f64, second: i64, count: i64) -> Mean {
    let time = DateTime::from_timestamp(second, 0).unwrap();
    Mean { host: host.into(), sky, mean, time, stop: Some(9_500), count, seen: false }
}

#[test]
fn columns_are_read_by_name_whatever_the_measurement_and_field_are() {
    assert_eq!(
        measurement::rows::<Mean>(CSV).unwrap(),
        [mean("a", Some(Sky::Clear), 1.5, 1, 3), mean("b", None, 2.5, 2, 0)]
    );
    let error = measurement::rows::<Mean>(CSV.replace(",clear,", ",green,")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    assert!(
        error.to_string().contains("column `sky` does not fit `Mean.sky`: `green` is none of"),
        "{error}"
    );
}

#[test]
fn every_column_that_is_missing_or_of_another_type_is_in_one_error() {
    let csv = CSV
        .replace(
            "#datatype,string,long,string,string,double,dateTime:RFC3339",
            "#datatype,string,long,long,string,string,string",
        )
        .replace(",_time,", ",other,");
    let error = measurement::rows::<Mean>(csv).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    let members: Vec<_> = error.mismatches().iter().map(measurement::Mismatch::member).collect();
    assert_eq!(members, ["host", "mean", "time"]);
    for part in [
        "`Mean.host` is `String`, but column `host` is of the server's type `long`; make the member an `i64`",
        "`Mean.mean` is `f64`, but column `_value` is of the server's type `string`; make the member a `String`",
        "`Mean.time` needs column `_time`",
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
    #[derive(FromRow, Debug)]
    struct Wrong {
        #[column(name = "_time")]
        #[expect(dead_code, reason = "it is never read")]
        time: String,
    }
    let error = measurement::rows::<Wrong>(CSV).unwrap_err();
    assert!(error.to_string().contains("make the member a time"), "{error}");
}

#[test]
fn a_column_that_is_absent_is_none_for_an_option_and_else_an_error() {
    let without = |name: &str| CSV.replace(&format!(",{name},"), ",other,");
    assert_eq!(measurement::rows::<Mean>(without("_stop")).unwrap()[0].stop, None);
    assert_eq!(measurement::rows::<Mean>(without("count")).unwrap()[0].count, 0);
    let error = measurement::rows::<Mean>(without("host")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingColumn);
    assert!(error.to_string().contains("`Mean.host` needs column `host`"), "{error}");
}

#[test]
fn structs_borrow_rename_and_are_generic() {
    #[derive(FromRow, Debug, PartialEq)]
    #[from_row(rename_all = "camelCase")]
    struct Lent<'r, T> {
        #[column]
        host_name: &'r str,
        #[column]
        r#type: Cow<'r, str>,
        #[column]
        last_value: T,
    }
    fn owned<T: FromRowOwned>() {}
    owned::<Mean>();
    let csv = "#datatype,string,long,string,string,unsignedLong\n#group,false,false,true,false,false\n\
               #default,_result,,,,\n,result,table,hostName,type,lastValue\n,,0,a,b,7\n";
    let mut decoder = Decoder::<Lent<'_, u64>>::new();
    decoder.feed(csv);
    assert_eq!(decoder.advance().unwrap(), Progress::Row);
    let row = decoder.row().unwrap().unwrap();
    assert_eq!(row, Lent { host_name: "a", r#type: "b".into(), last_value: 7 });
}

#[test]
fn un_pivoted_rows_stay_as_they_are() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Narrow {
        #[column(name = "_field")]
        field: String,
        #[column(name = "_value")]
        value: f64,
    }
    let rows = measurement::rows::<Narrow>(CSV).unwrap();
    assert_eq!(rows[1], Narrow { field: "load".into(), value: 2.5 });
}
