//! Shapes of results, and what does not fit.

use futures_util::StreamExt as _;
use influx_core::annotated_csv::{Datatype, OwnedRecord};
use influx_core::{ErrorKind, Measurement, Point, Timestamp, Value};

use crate::support::live::{Live, live};

#[derive(Measurement, Debug, Clone, PartialEq)]
struct Cpu {
    #[tag]
    core: String,
    #[field]
    temp: f64,
    #[field]
    load: Option<i64>,
    #[timestamp]
    time: Timestamp,
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "cpu")]
struct Temp {
    #[tag]
    core: String,
    #[field]
    temp: f64,
    #[timestamp]
    time: Timestamp,
}

#[derive(Measurement, Debug, Clone, PartialEq)]
struct Every {
    #[tag]
    sensor: Option<String>,
    #[field]
    always: i64,
    #[field]
    double: Option<f64>,
    #[field]
    unsigned: Option<u64>,
    #[field]
    boolean: Option<bool>,
    #[field]
    text: Option<String>,
    #[timestamp]
    time: Timestamp,
}

fn cpu(core: u64, n: i64) -> Cpu {
    let load = (n % 2 == 0).then_some(n);
    Cpu { core: core.to_string(), temp: 20.5, load, time: Timestamp::from_nanos(n) }
}

async fn fill(live: &Live, cores: u64, rows: i64) -> Vec<Cpu> {
    let all: Vec<_> = (0..cores).flat_map(|core| (0..rows).map(move |n| cpu(core, n))).collect();
    live.client.write(&live.bucket, &all).await.unwrap();
    all
}

live! {
    async fn fetch_stream_rows_and_tables_agree(live) {
        let all = fill(&live, 3, 2_000).await;
        let flux = live.pivoted();
        let mut fetched: Vec<Cpu> = live.client.query(&flux).fetch().await.unwrap();
        let streamed: Vec<Cpu> = live.client.query(&flux).stream().map(Result::unwrap).collect().await;
        assert_eq!(streamed, fetched);
        let mut rows = live.client.query(&flux).rows::<Cpu>();
        let mut lent = Vec::new();
        while let Some(row) = rows.next().await.unwrap() {
            lent.push(row);
        }
        assert!(rows.next().await.unwrap().is_none());
        assert_eq!(lent, fetched);
        let tables = live.client.query(&flux).tables().await.unwrap();
        assert_eq!(tables.len(), 3);
        assert_eq!(tables.iter().map(|table| table.records().len()).sum::<usize>(), all.len());
        let records: Vec<OwnedRecord> = live.client.query(&flux).fetch().await.unwrap();
        assert_eq!(records, tables.iter().flat_map(|table| table.records().to_vec()).collect::<Vec<_>>());
        let raw = live.client.query(&flux).raw().bytes().await.unwrap();
        assert!(raw.ends_with(b"\r\n\r\n"), "a complete reply ends with an empty line");
        assert!(raw.starts_with(b"#datatype,string,long,"));
        assert_eq!(influx_core::measurement::rows::<Cpu>(raw).unwrap(), fetched);
        fetched.sort_by(|a, b| (&a.core, a.time).cmp(&(&b.core, b.time)));
        assert_eq!(fetched, all);
    }

    async fn tables_have_types_group_keys_and_results(live) {
        fill(&live, 1, 2).await;
        let flux = format!("data = {}\ndata |> yield(name: \"a\")\ndata |> limit(n: 1) |> yield(name: \"b\")", live.pivoted());
        let mut tables = live.client.query(flux).tables().await.unwrap();
        tables.sort_by(|a, b| a.result().cmp(b.result()));
        assert_eq!(tables.iter().map(|t| (t.result(), t.records().len())).collect::<Vec<_>>(), [("a", 2), ("b", 1)]);
        let key: Vec<_> = tables[0].group_key().filter(|(name, _)| !name.starts_with('_')).collect();
        assert_eq!(key, [("core", &Value::from("0"))]);
        let load = tables[0].columns().iter().find(|column| column.name == "load").unwrap();
        assert_eq!((&load.datatype, load.group), (&Datatype::Long, false));
        assert_eq!(tables[0].records()[1].get("load"), Some(&Value::Null));
    }

    async fn un_pivoted_rows_are_read_into_a_struct_with_one_field(live) {
        let all = fill(&live, 2, 10).await;
        let flux = format!("{} |> filter(fn: (r) => r._field == \"temp\")", live.narrow());
        let rows: Vec<Temp> = live.client.query(&flux).fetch().await.unwrap();
        let expected = all.into_iter().map(|Cpu { core, temp, time, .. }| Temp { core, temp, time });
        assert_eq!(rows, expected.collect::<Vec<_>>());
        // The same without the columns that say what the rows are.
        let kept = format!("{flux} |> keep(columns: [\"_time\", \"_value\", \"core\"])");
        assert_eq!(live.client.query(kept).fetch::<Temp>().await.unwrap(), rows);
        // Ungrouped, `_measurement` and `_field` are checked in every row.
        let ungrouped = format!("{flux} |> group()");
        assert_eq!(live.client.query(ungrouped).fetch::<Temp>().await.unwrap().len(), 20);
    }

    async fn un_pivoted_rows_of_several_fields_become_whole_ones(live) {
        let all = fill(&live, 3, 2_000).await;
        let one = format!(
            "{} |> filter(fn: (r) => r.core == \"0\") |> drop(columns: [\"_start\", \"_stop\", \"_measurement\"])",
            live.narrow()
        );
        assert_eq!(live.client.query(one).fetch::<Cpu>().await.unwrap(), all[..2_000]);
        let grouped = format!("{} |> group(columns: [\"core\", \"_field\"])", live.narrow());
        for flux in [live.narrow(), grouped] {
            assert_eq!(live.client.query(&flux).fetch::<Cpu>().await.unwrap(), all);
            let streamed: Vec<Cpu> = live.client.query(&flux).stream().map(Result::unwrap).collect().await;
            assert_eq!(streamed, all);
        }
        let descending = format!("{} |> sort(columns: [\"_time\"], desc: true)", live.narrow());
        let mut rows = live.client.query(descending).fetch::<Cpu>().await.unwrap();
        rows.reverse();
        rows.sort_by(|left, right| left.core.cmp(&right.core));
        assert_eq!(rows, all);
    }

    async fn whole_rows_are_those_of_a_pivot_on_the_server(live) {
        let every = |sensor: u64, n: i64| {
            let gap = |k: i64| (n + sensor.cast_signed()) % k != 0;
            Every {
                sensor: (sensor > 0).then(|| format!("s {sensor}, \"quoted\"")),
                always: n,
                double: gap(2).then_some(f64::from(i32::try_from(n).unwrap()) / 7.0),
                unsigned: gap(3).then_some(u64::MAX - n.cast_unsigned()),
                boolean: gap(5).then_some(n % 2 == 0),
                text: gap(7).then(|| format!("text {n}, \"quoted\"\nand more")),
                time: Timestamp::from_nanos(n * 1_234_567_891),
            }
        };
        let all: Vec<_> = (0..4).flat_map(|s| (0..500).map(move |n| every(s, n))).collect();
        live.client.write(&live.bucket, &all).await.unwrap();
        let whole: Vec<Every> = live.client.query(live.narrow()).fetch().await.unwrap();
        assert_eq!(whole, all);
        let pivoted = format!("{} |> sort(columns: [\"_time\"])", live.pivoted());
        let mut pivoted: Vec<Every> = live.client.query(pivoted).fetch().await.unwrap();
        // The server sends tables of one header in an order of its own.
        pivoted.sort_by(|left, right| (&left.sensor, left.time).cmp(&(&right.sensor, right.time)));
        assert_eq!(pivoted, all);
    }

    async fn what_cannot_be_put_together_is_an_error(live) {
        fill(&live, 2, 4).await;
        for (then, says) in [
            ("|> group()", "is not in the group key"),
            ("|> group(columns: [\"core\"])", "`_field` is not in the group key"),
            ("|> drop(columns: [\"core\"])", "not in order of time"),
            ("|> drop(columns: [\"_start\", \"_stop\", \"_measurement\"])", "the tables come field by field"),
            ("|> keep(columns: [\"_time\", \"_field\", \"_value\", \"core\"])", "the tables come field by field"),
        ] {
            let flux = format!("{} {then}", live.narrow());
            let error = live.client.query(flux).fetch::<Cpu>().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MissingColumn);
            assert!(error.to_string().contains(says), "{then}: {error}");
        }
    }

    async fn rows_of_another_measurement_or_field_name_the_filter(live) {
        fill(&live, 1, 2).await;
        let other = Point::measurement("disk").tag("core", "0").field("temp", 1.5).timestamp(Timestamp::from_nanos(5));
        live.client.write(&live.bucket, other).await.unwrap();
        let only_disk = format!("{} |> filter(fn: (r) => r._measurement == \"disk\")", live.pivoted());
        for flux in [only_disk.clone(), format!("{only_disk} |> group()")] {
            let error = live.client.query(flux).fetch::<Cpu>().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MissingColumn);
            assert!(error.to_string().contains("the rows are of measurement `disk`, the struct is `cpu`; add `|> filter(fn: (r) => r._measurement == \"cpu\")`"), "{error}");
            assert!(error.position().is_some());
        }
        let loads = format!("{} |> filter(fn: (r) => r._field == \"load\") |> toFloat()", live.narrow());
        let error = live.client.query(loads).fetch::<Temp>().await.unwrap_err();
        assert!(error.to_string().contains("r._field == \"temp\""), "{error}");
    }

    async fn every_mismatch_of_a_table_is_in_one_error(live) {
        #[derive(Measurement, Debug)]
        #[measurement(name = "cpu")]
        struct Wrong {
            #[field]
            temp: i64,
            #[field(name = "load")]
            system_load: f64,
            #[field]
            missing: bool,
            #[tag]
            host: u64,
            #[field]
            also_missing: Option<bool>,
        }
        fill(&live, 1, 2).await;
        let error = live.client.query(live.pivoted()).fetch::<Wrong>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TypeMismatch);
        let columns: Vec<_> = error.mismatches().iter().map(|m| (m.member(), m.column())).collect();
        assert_eq!(columns, [
            ("temp", Some("temp")),
            ("system_load", Some("load")),
            ("missing", Some("missing")),
            ("host", Some("host")),
        ]);
        let text = error.to_string();
        for words in [
            "the result does not fit `Wrong`: `Wrong.temp` is `i64`, but column `temp` is of the \
             server's type `double`; make the member an `f64`, or convert in the query",
            "`Wrong.system_load` is `f64`, but column `load` is of the server's type `long`",
            "`Wrong.missing` needs column `missing`, which the table lacks; mend the name, or make \
             the member an `Option` if it may be missing",
            "; the table has `_start`, `_stop`, `_time`, `_measurement`, `core`, ",
        ] {
            assert!(text.contains(words), "{text} should say {words:?}");
        }
    }

    async fn a_null_in_a_member_that_is_no_option_is_an_error_behind_the_good_rows(live) {
        #[derive(Measurement, Debug)]
        #[measurement(name = "cpu")]
        struct Strict {
            #[field]
            load: i64,
        }
        fill(&live, 1, 4).await;
        let flux = format!("{} |> sort(columns: [\"_time\"])", live.pivoted());
        let rows: Vec<_> = live.client.query(flux).stream::<Strict>().collect().await;
        assert_eq!(rows.len(), 2, "one good row, one error, then the end");
        assert_eq!(rows[0].as_ref().unwrap().load, 0);
        let error = rows[1].as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TypeMismatch);
        assert_eq!(error.position().unwrap().line, 6);
        assert!(error.to_string().starts_with("column `load` does not fit `Strict.load`: the cell is empty; read it as an `Option`"), "{error}");
    }

    async fn missing_columns_read_as_none_empty_or_default(live) {
        #[derive(Measurement, Debug, PartialEq)]
        #[measurement(name = "cpu")]
        struct Lenient {
            #[tag]
            rack: String,
            #[tag]
            room: Option<String>,
            #[field]
            temp: f64,
            #[field]
            fan: Option<u64>,
            #[field(default)]
            count: i64,
            #[field(default = twelve)]
            load: i64,
            #[timestamp]
            time: Option<Timestamp>,
        }
        fn twelve() -> i64 {
            12
        }
        fill(&live, 1, 2).await;
        let flux = format!("{} |> drop(columns: [\"_time\"])", live.pivoted());
        let rows: Vec<Lenient> = live.client.query(flux).fetch().await.unwrap();
        let row = |load| Lenient { rack: String::new(), room: None, temp: 20.5, fan: None, count: 0, load, time: None };
        assert_eq!(rows, [row(0), row(12)]);
    }

    async fn a_stream_that_is_dropped_early_leaves_the_client_usable(live) {
        fill(&live, 2, 20_000).await;
        for _ in 0..20 {
            let mut rows = live.client.query(live.narrow()).stream::<OwnedRecord>();
            assert!(rows.next().await.unwrap().is_ok());
        }
        live.client.ping().await.unwrap();
    }
}
