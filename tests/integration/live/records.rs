//! Rows of any shape, and rows as types that only serde knows.

use chrono::{DateTime, Utc};
use influx_core::annotated_csv::{OwnedRecord, Record};
use influx_core::measurement::Serde;
use influx_core::{ErrorKind, Point, Timestamp, Value};
use serde::Deserialize;
use serde_json::json;

use crate::support::live::{Live, live};

#[derive(Deserialize, Debug, PartialEq)]
struct Every<S> {
    #[serde(rename = "_time")]
    time: Timestamp,
    host: S,
    float: f64,
    integer: i32,
    unsigned: Option<u64>,
    boolean: Option<bool>,
    text: S,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(tag = "_measurement", rename_all = "lowercase")]
enum Any {
    Every { float: f64 },
    Other { level: String },
}

/// Two rows of one measurement, of which the second lacks three fields, and one of another.
async fn fill(live: &Live) {
    let at = |seconds: i64| Timestamp::from_nanos(seconds * 1_000_000_000 + 1);
    let every = Point::measurement("every").tag("host", "a \"b\"").field("float", 22.35);
    let full =
        every.clone().field("integer", -7).field("unsigned", u64::MAX).field("boolean", true);
    let points = [
        full.field("text", "x, \"y\"\nz").timestamp(at(1)),
        every.field("integer", 8).timestamp(at(2)),
        Point::measurement("other").field("level", "high").timestamp(at(3)),
    ];
    live.client.write(&live.bucket, points).await.unwrap();
}

fn every<S: From<&'static str>>() -> [Every<S>; 2] {
    let row = |nanos, integer| Every {
        time: Timestamp::from_nanos(nanos),
        host: "a \"b\"".into(),
        float: 22.35,
        integer,
        unsigned: None,
        boolean: None,
        text: "".into(),
    };
    let [mut full, sparse] = [row(1_000_000_001, -7), row(2_000_000_001, 8)];
    full =
        Every { unsigned: Some(u64::MAX), boolean: Some(true), text: "x, \"y\"\nz".into(), ..full };
    [full, sparse]
}

fn pivoted(live: &Live, measurement: &str) -> String {
    format!("{} |> filter(fn: (r) => r._measurement == \"{measurement}\")", live.pivoted())
}

live! {
    async fn every_type_and_null_is_read_without_a_derive(live) {
        fill(&live).await;
        let flux = pivoted(&live, "every");
        let rows: Vec<Serde<Every<String>>> = live.client.query(&flux).fetch().await.unwrap();
        assert_eq!(rows, every().map(Serde));

        let mut lent = live.client.query(&flux).rows::<Record<'_>>();
        for expected in every() {
            let record = lent.next().await.unwrap().unwrap();
            assert_eq!(record.deserialize::<Every<std::borrow::Cow<'_, str>>>().unwrap(), expected);
            let text: &str = record.get_as("text").unwrap();
            assert_eq!(text, expected.text);
        }
        assert!(lent.next().await.unwrap().is_none());

        let error = live.client.query(&flux).fetch::<Serde<(f64, f64)>>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TypeMismatch);
        assert!(error.to_string().starts_with("column `_start`: invalid type: string"), "{error}");
        assert_eq!(error.position().unwrap().line, 5);
    }

    async fn records_of_any_shape_answer_by_name_type_and_position(live) {
        fill(&live).await;
        let records: Vec<OwnedRecord> = live.client.query(pivoted(&live, "every")).fetch().await.unwrap();
        let [full, sparse] = &records[..] else { panic!("two rows") };
        assert_eq!(full.measurement(), Some("every"));
        assert_eq!(full.time().map(DateTime::<Utc>::from), DateTime::from_timestamp(1, 1));
        assert_eq!((full.start(), full.field(), full.value()), (Some(Timestamp::EARLIEST), None, None));
        assert_eq!(full.get_as::<u64>("unsigned").unwrap(), u64::MAX);
        assert_eq!(sparse.get_as::<Option<u64>>("unsigned").unwrap(), None);
        assert_eq!(sparse.get_as::<u64>("unsigned").unwrap_err().kind(), ErrorKind::TypeMismatch);
        let error = sparse.get_as::<u64>("unsinged").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingColumn);
        assert!(error.to_string().contains("the table has `_start`, `_stop`, `_time`"), "{error}");
        let place = full.columns().iter().position(|column| column.name == "float").unwrap();
        assert_eq!(full.values()[place].to_string(), "22.35");
        let json = serde_json::to_value(sparse).unwrap();
        assert_eq!((&json["_time"], &json["float"], &json["text"]), (&json!("1970-01-01T00:00:02.000000001Z"), &json!(22.35), &json!(null)));
    }

    async fn tables_of_different_columns_are_read_into_one_enum_and_into_json(live) {
        fill(&live).await;
        let mut tables = live.client.query(live.pivoted()).tables().await.unwrap();
        tables.sort_by_key(|table| table.columns().len());
        let [other, every] = &tables[..] else { panic!("two tables") };
        assert_eq!((other.column_index("float"), other.records().len()), (None, 1));
        assert_eq!(every.records().len(), 2);
        let json = serde_json::to_value(&tables).unwrap();
        assert_eq!((&json[0][0]["level"], &json[1][0]["boolean"]), (&json!("high"), &json!(true)));

        let flux = format!("{} |> drop(columns: [\"_start\", \"_stop\"])", live.pivoted());
        let rows: Vec<Serde<Any>> = live.client.query(flux).fetch().await.unwrap();
        let every = || Serde(Any::Every { float: 22.35 });
        assert_eq!(rows.len(), 3);
        assert_eq!(rows.iter().filter(|row| **row == every()).count(), 2);
        assert!(rows.contains(&Serde(Any::Other { level: "high".into() })));
    }

    async fn a_table_without_rows_keeps_its_group_key(live) {
        fill(&live).await;
        let flux = format!(
            "{} |> filter(fn: (r) => r._measurement == \"other\") |> filter(fn: (r) => r._value == \"low\", onEmpty: \"keep\")",
            live.narrow()
        );
        let tables = live.client.query(flux).tables().await.unwrap();
        let [table] = &tables[..] else { panic!("one table: {tables:?}") };
        assert_eq!(table.records(), []);
        let key: Vec<_> = table.group_key().filter(|(name, _)| !name.starts_with("_st")).collect();
        assert_eq!(key, [("_field", &Value::from("level")), ("_measurement", &Value::from("other"))]);
        let start = table.group_key().find(|(name, _)| *name == "_start").unwrap().1;
        assert_eq!(start.as_time(), Some(Timestamp::EARLIEST));
    }
}
