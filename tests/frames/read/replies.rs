//! Frames of queries, compared with the rows of the same queries.

use std::collections::BTreeMap;

use influx_core::annotated_csv::OwnedRecord;
use influx_core::dataframe::polars::prelude::{AnyValue, DataFrame};
use influx_core::dataframe::{FrameOptions, tables_from_csv, to_records};
use influx_core::{Client, ErrorKind, Measurement, Timestamp, Value};
use influx_testkit::Server;

/// A row, without what is null.
pub(super) type Row = BTreeMap<String, String>;

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "m")]
pub(super) struct Sample {
    #[tag]
    host: String,
    #[tag]
    rack: Option<String>,
    #[field]
    float: Option<f64>,
    #[field]
    long: Option<i64>,
    #[field]
    text: Option<String>,
    #[field]
    on: Option<bool>,
    #[field]
    count: Option<u64>,
    #[timestamp]
    time: Timestamp,
}

/// Points of several series with gaps: no two series have the same fields at the same times.
pub(super) fn samples(seed: u64) -> Vec<Sample> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut samples = Vec::new();
    for series in 0..random.u8(1..6) {
        let mask = random.u8(1..32);
        for time in 0..random.i64(0..12) {
            let mut has = |bit: u8| mask & bit != 0 && random.u8(..4) > 0;
            let has = [has(1), has(2), has(4), has(8), has(16)];
            if has.contains(&true) {
                samples.push(Sample {
                    host: format!("h,{}", series / 2),
                    rack: (series % 2 == 1).then(|| "a rack with a long name".into()),
                    float: has[0].then(|| random.f64() * 1e3),
                    long: has[1].then(|| random.i64(..)),
                    text: has[2].then(|| format!("\"{}\"\n,", random.u8(..))),
                    on: has[3].then(|| random.bool()),
                    count: has[4].then(|| random.u64(..)),
                    time: Timestamp::from_nanos(time * 1_000_000_007),
                });
            }
        }
    }
    samples
}

pub(super) fn rows_of(frame: &DataFrame) -> Vec<Row> {
    let row = |row| {
        let cells = frame.columns().iter().map(|column| (column.name(), column.get(row).unwrap()));
        let cells = cells.filter(|(_, value)| !value.is_null());
        cells.map(|(name, value)| (name.to_string(), show(&value))).collect()
    };
    (0..frame.height()).map(row).collect()
}

fn show(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Datetime(nanos, ..) | AnyValue::DatetimeOwned(nanos, ..) => {
            Timestamp::from_nanos(*nanos).to_string()
        }
        AnyValue::Float64(float) => format!("{float:?}"),
        other => other.str_value().into_owned(),
    }
}

pub(super) fn rows_of_records(records: &[OwnedRecord]) -> Vec<Row> {
    let row = |record: &OwnedRecord| {
        let cells = record.columns().iter().zip(record.values());
        let text = |value: &Value| match value {
            Value::Float(float) => format!("{float:?}"),
            other => other.to_string(),
        };
        let cells = cells.map(|(column, value)| (column.name.clone(), text(value)));
        cells.filter(|(_, text)| !text.is_empty()).collect()
    };
    records.iter().map(row).collect()
}

pub(super) fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

/// Compares every kind of frame with rows of the same query.
pub(super) async fn compare(client: &Client, bucket: &str, seed: u64) {
    let samples = samples(seed);
    client.write(bucket, &samples).await.unwrap();
    let narrow =
        format!("from(bucket: \"{bucket}\") |> range(start: 0, stop: 2100-01-01T00:00:00Z)");
    let pivot = format!(
        "{narrow} |> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\")"
    );
    let records: Vec<OwnedRecord> = client.query(&*pivot).fetch().await.unwrap();
    let frame = client.query(&*pivot).data_frame().await.unwrap();
    assert_eq!(rows_of(&frame), rows_of_records(&records), "seed {seed}");

    let wide = || client.query(&*narrow).frames(FrameOptions::new().wide());
    let whole = wide().data_frame().await.unwrap();
    assert_eq!(sorted(rows_of(&whole)), sorted(rows_of_records(&records)), "seed {seed}");

    let mut chunked = Vec::new();
    let mut chunks = wide().data_frame_chunks(3);
    while let Some(frame) = chunks.next().await.unwrap() {
        assert!((1..=3).contains(&frame.height()));
        chunked.extend(rows_of(&frame));
    }
    assert_eq!(chunked, rows_of(&whole), "seed {seed}");

    let series = wide().data_frames().await.unwrap();
    let rows: Vec<_> = series.iter().flat_map(|series| rows_of(series.frame())).collect();
    assert_eq!(rows, rows_of(&whole), "seed {seed}");

    let records: Vec<OwnedRecord> = client.query(&*narrow).fetch().await.unwrap();
    let tables = client.query(&*narrow).data_frames().await.unwrap();
    let rows: Vec<_> = tables.iter().flat_map(|table| rows_of(table.frame())).collect();
    assert_eq!(rows, rows_of_records(&records), "seed {seed}");

    let select = || client.select::<Sample>(bucket).range(..);
    let expected = select().fetch().await.unwrap();
    let frame = select().data_frame().await.unwrap();
    assert_eq!(to_records::<Sample>(&frame).unwrap(), expected, "seed {seed}");
    assert_eq!(expected.len(), samples.len());
    let sorted = || select().sort_desc(Sample::TIME).limit(5);
    let expected = sorted().fetch().await.unwrap();
    let frame = sorted().data_frame().await.unwrap();
    assert_eq!(to_records::<Sample>(&frame).unwrap(), expected, "seed {seed}");
}

#[tokio::test]
async fn frames_hold_the_rows_of_their_query() {
    let server = Server::start();
    let client = Client::builder(server.url()).token(server.token()).org(server.org());
    let client = client.build().unwrap();
    for seed in 0..25 {
        let bucket = format!("b{seed}");
        client.buckets().create(&*bucket).await.unwrap();
        compare(&client, &bucket, seed).await;
    }
}

#[tokio::test]
async fn aggregates_are_frames_too() {
    let server = Server::start();
    let client = Client::builder(server.url()).token(server.token()).org(server.org());
    let client = client.build().unwrap();
    client
        .write("my-bucket", "m,host=a float=1,long=1i 1\nm,host=a float=3 2\nm,host=b float=5 3")
        .await
        .unwrap();
    let select = || client.select::<Sample>("my-bucket").range(..);
    let frame = select().mean().fields(Sample::FLOAT).data_frame().await.unwrap();
    let means = rows_of(&frame).into_iter().map(|row| (row["host"].clone(), row["float"].clone()));
    let expected = [("a", "2.0"), ("b", "5.0")].map(|(host, mean)| (host.into(), mean.into()));
    assert_eq!(means.collect::<Vec<(String, String)>>(), expected);
    let hosts = select().distinct(Sample::HOST).data_frame().await.unwrap();
    assert_eq!(sorted(rows_of(&hosts)).len(), 2);
}

#[tokio::test]
async fn a_reply_without_tables_is_an_empty_frame() {
    let server = Server::start();
    let client = Client::builder(server.url()).token(server.token()).org(server.org());
    let client = client.build().unwrap();
    let flux = "from(bucket: \"my-bucket\") |> range(start: 0)";
    assert_eq!(client.query(flux).data_frame().await.unwrap().shape(), (0, 0));
    assert!(client.query(flux).data_frames().await.unwrap().is_empty());
    assert!(client.query(flux).data_frame_chunks(9).next().await.unwrap().is_none());
    let typed = client.select::<Sample>("my-bucket").range(..).data_frame().await.unwrap();
    assert_eq!(typed.shape(), (0, 8));
    let refused = client.query("from(").data_frame().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidFlux);
}

#[tokio::test]
async fn a_reply_that_breaks_off_is_no_frame() {
    use crate::support::canned::{End, client};

    let csv = "#datatype,string,long,double\n#group,false,false,false\n#default,_result,,\n\
               ,result,table,temp\n,,0,1\n,,0,2\n";
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: 1000\r\n\r\n";
    let client = client(format!("{head}{csv}"), End::Close).await;
    let error = client.query("x").data_frame().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    let mut chunks = client.query("x").data_frame_chunks(2);
    assert_eq!(chunks.next().await.unwrap().unwrap().height(), 2);
    assert_eq!(chunks.next().await.unwrap_err().kind(), ErrorKind::Interrupted);
    assert!(chunks.next().await.unwrap().is_none());
}

/// A table of one row.
fn table(datatypes: &str, names: &str, row: &str) -> String {
    let group = |name| if matches!(name, "_time" | "_value") { ",false" } else { ",true" };
    let groups: String = names.split(',').map(group).collect();
    let defaults = ",".repeat(names.split(',').count());
    format!(
        "#datatype,string,long,{datatypes}\n#group,false,false{groups}\n#default,_result,{defaults}\n\
         ,result,table,{names}\n,,0,{row}\n\n"
    )
}

#[test]
fn a_wide_series_has_no_columns_of_the_next_one() {
    let time = "2024-05-01T12:00:00Z";
    let csv = [
        // Of another kind, and with other types for the same names.
        table("double,string", "rack,host", "1.5,a"),
        table(
            "dateTime:RFC3339,double,string,string",
            "_time,_value,_field,host",
            &format!("{time},1.5,temp,a"),
        ),
        table(
            "dateTime:RFC3339,long,string,string",
            "_time,_value,_field,host",
            &format!("{time},3,load,a"),
        ),
        table(
            "dateTime:RFC3339,long,string,string,string",
            "_time,_value,_field,host,rack",
            &format!("{time},4,temp,b,r"),
        ),
    ];
    let tables = tables_from_csv(csv.concat(), FrameOptions::new().wide()).unwrap();
    let names: Vec<_> = tables.iter().map(|table| table.frame().get_column_names()).collect();
    assert_eq!(names.len(), 3);
    assert_eq!(names[0], ["rack", "host"]);
    assert_eq!(names[1], ["_time", "host", "temp", "load"]);
    assert_eq!(names[2], ["_time", "host", "rack", "temp"]);
}
