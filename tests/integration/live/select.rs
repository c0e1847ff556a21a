//! Typed queries and deletes against a real server.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use influx_core::annotated_csv::OwnedRecord;
use influx_core::client::Query;
use influx_core::flux::{Explanation, Way};
use influx_core::measurement::Predicate;
use influx_core::time::TimeBound;
use influx_core::{ErrorKind, Measurement, Timestamp};

use crate::select;
use crate::support::live::{Live, live};

#[derive(Measurement, Debug, Clone, PartialEq)]
struct Cpu {
    #[tag]
    core: String,
    #[tag]
    host: Option<String>,
    #[field]
    temp: f64,
    #[field]
    load: Option<i64>,
    #[timestamp]
    time: Timestamp,
}

/// One field, of each type that filters treat in a way of its own.
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
#[measurement(name = "counter")]
struct Counter {
    #[field]
    value: u64,
    #[timestamp]
    time: Timestamp,
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "note")]
struct Note {
    #[field]
    text: String,
    #[timestamp]
    time: Timestamp,
}

fn cpu(core: &str, temp: f64, nanos: i64) -> Cpu {
    let time = Timestamp::from_nanos(nanos);
    Cpu { core: core.into(), host: None, temp, load: Some(nanos), time }
}

fn at(nanos: i64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

live! {
    async fn generated_queries_are_answered_as_memory_does(live) {
        let questions = std::env::var("QUESTIONS").ok().and_then(|text| text.parse().ok());
        let unknown = select::compare(&live.client, &live.bucket, 2, questions.unwrap_or(1_000)).await;
        assert_eq!(unknown, 0);
    }

    async fn what_is_said_to_be_pushed_down_is(live) {
        let points = [cpu("0", 1.5, 1), cpu("1", 2.5, 2)];
        live.client.write(&live.bucket, &points).await.unwrap();
        live.client.write(&live.bucket, Counter { value: 7, time: at(1) }).await.unwrap();
        live.client.write(&live.bucket, Note { text: "a".into(), time: at(1) }).await.unwrap();
        let mut wrong = Vec::new();
        for (name, query, explanation) in shapes(&live) {
            let (_, profile) = query.fetch_profiled::<OwnedRecord>().await.unwrap();
            let graph = profile.query.unwrap().plan_graph;
            let (said, done) = (in_memory(&explanation), nodes(&graph));
            if done != said {
                wrong.push(format!("{name}: {done:?} instead of {said:?}\n{explanation}{graph}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn a_range_reaches_what_it_says(live) {
        let all: Vec<_> = (-2..3).map(|nanos| Temp { core: "0".into(), temp: 1.5, time: at(nanos) }).collect();
        live.client.write(&live.bucket, &all).await.unwrap();
        let select = || live.client.select::<Temp>(&live.bucket);
        let times = |rows: Vec<Temp>| rows.into_iter().map(|row| row.time.as_nanos()).collect::<Vec<_>>();
        assert_eq!(times(select().range(at(-1)..at(1)).fetch().await.unwrap()), [-1, 0]);
        assert_eq!(times(select().range(at(-1)..=at(1)).fetch().await.unwrap()), [-1, 0, 1]);
        assert_eq!(times(select().range(..at(0)).fetch().await.unwrap()), [-2, -1]);
        assert_eq!(times(select().range(..=at(0)).fetch().await.unwrap()), [-2, -1, 0]);
        assert_eq!(times(select().range(at(1)..).fetch().await.unwrap()), [1, 2]);
        assert_eq!(times(select().range(..).fetch().await.unwrap()), [-2, -1, 0, 1, 2]);
        let now = Timestamp::now().unwrap().as_nanos();
        let recent = |seconds: i64| Temp { core: "1".into(), temp: 1.5, time: at(now + seconds * 1_000_000_000) };
        live.client.write(&live.bucket, [recent(-30), recent(600)]).await.unwrap();
        assert_eq!(select().range(TimeDelta::minutes(-1)..).fetch().await.unwrap().len(), 1);
        let ago = |seconds| TimeBound::ago(Duration::from_secs(seconds));
        assert_eq!(select().range(ago(60)..ago(1)).fetch().await.unwrap().len(), 1);
        assert_eq!(select().range(ago(60)..TimeBound::from_now(Duration::from_secs(900))).fetch().await.unwrap().len(), 2);
        assert_eq!(select().range(..).fetch().await.unwrap().len(), 7);
        let first = Temp { core: "2".into(), temp: 1.5, time: Timestamp::EARLIEST };
        let last = Temp { time: Timestamp::LATEST, ..first.clone() };
        live.client.write(&live.bucket, [&first, &last]).await.unwrap();
        assert_eq!(select().range(..).filter(Temp::CORE.eq("2")).fetch().await.unwrap(), [first, last]);
    }

    async fn rows_come_in_each_form(live) {
        let all = [cpu("0", 1.5, 1), cpu("0", 2.5, 2), cpu("1", 0.5, 1)];
        live.client.write(&live.bucket, &all).await.unwrap();
        let select = || live.client.select::<Cpu>(&live.bucket).range(..);
        assert_eq!(select().fetch().await.unwrap(), all);
        let mut rows = select().whole_rows(Way::Pivot).rows();
        let mut lent = Vec::new();
        while let Some(row) = rows.next().await.unwrap() {
            lent.push(row);
        }
        assert_eq!(lent, all);
        let mut stream = select().filter(Cpu::TEMP.gt(1.0)).sort_desc(Cpu::TEMP).stream();
        let first = futures_util::StreamExt::next(&mut stream).await.unwrap().unwrap();
        assert_eq!(first, all[1]);
        let tables = select().into_query().unwrap().tables().await.unwrap();
        assert_eq!(tables.len(), 4, "one for each field of a series");
        assert_eq!(select().filter(Cpu::CORE.eq("9")).fetch().await.unwrap(), []);
        let assembled = select().limit(1).whole_rows(Way::Assemble).fetch().await.unwrap_err();
        assert_eq!(assembled.kind(), ErrorKind::InvalidInput, "{assembled}");
    }

    async fn a_limit_behind_a_condition_reads_no_further_than_it_must(live) {
        let now = Timestamp::now().unwrap().as_nanos();
        let second = |n: i64| at(now - n * 1_000_000_000);
        let all: Vec<_> = (1..40)
            .flat_map(|n| ["0", "1"].map(|core| Cpu { time: second(n), ..cpu(core, f64::from(i32::try_from(n % 4).unwrap()), n) }))
            .collect();
        live.client.write(&live.bucket, &all).await.unwrap();
        let select = || live.client.select::<Cpu>(&live.bucket);
        let newest = select().range(TimeDelta::minutes(-5)..).filter(Cpu::TEMP.gt(2.5)).sort_desc(Cpu::TIME).limit(3);
        assert!(!newest.explain().unwrap().edge().is_empty());
        let times = |rows: Vec<Cpu>| rows.iter().map(|row| row.time).collect::<Vec<_>>();
        assert_eq!(times(newest.fetch().await.unwrap()), [second(3), second(3), second(7)]);
        let oldest = || select().range(second(30)..).filter(Cpu::TEMP.gt(2.5)).sort(Cpu::TIME).limit(3);
        assert_eq!(times(oldest().fetch().await.unwrap()), [second(27), second(27), second(23)]);
        assert_eq!(times(oldest().skip(4).fetch().await.unwrap()), [second(19), second(19), second(15)]);
        // A start that moves with the clock may leave the first rows behind.
        let moving = select().range(TimeDelta::minutes(-5)..).filter(Cpu::TEMP.gt(2.5)).limit(3);
        assert_eq!(moving.explain().unwrap().edge().len(), 0);
        let few = oldest().filter(Cpu::TEMP.gt(9.0)).fetch().await.unwrap();
        assert_eq!(few, []);
        for (limit, skip, rows) in [(usize::MAX, 0, 14), (usize::MAX, usize::MAX, 0), (0, 0, 0), (20, 12, 2)] {
            let found = oldest().limit(limit).skip(skip).fetch().await.unwrap();
            assert_eq!(found.len(), rows, "{limit} {skip}");
        }
        let series = select().range(..).limit_per_series(usize::MAX).fetch().await.unwrap();
        assert_eq!(series.len(), all.len());
    }

    async fn a_tag_that_is_named_like_a_field_is_not_taken_for_it(live) {
        let lines = "cpu,core=0,load=7 temp=1.5 1\ncpu,core=0,load=8 temp=2.5,load=3i 2";
        live.client.write(&live.bucket, lines).await.unwrap();
        let select = || live.client.select::<Cpu>(&live.bucket).range(..);
        let loads: Vec<_> = select().fetch().await.unwrap().iter().map(|cpu| cpu.load).collect();
        assert_eq!(loads, [None, Some(3)]);
        let pivoted = select().whole_rows(Way::Pivot).fetch().await.unwrap_err();
        assert!([ErrorKind::TypeMismatch, ErrorKind::InvalidFlux].contains(&pivoted.kind()), "{pivoted}");
        let first = select().whole_rows(Way::Pivot).filter(Cpu::TEMP.lt(2.0)).fetch().await.unwrap_err();
        assert!([ErrorKind::TypeMismatch, ErrorKind::InvalidFlux].contains(&first.kind()), "{first}");
    }

    async fn a_condition_of_thousands_of_values_is_read(live) {
        let all: Vec<_> = (0..2_000).map(|core| cpu(&core.to_string(), 1.5, core)).collect();
        live.client.write(&live.bucket, &all).await.unwrap();
        let select = || live.client.select::<Cpu>(&live.bucket).range(..);
        let cores = (0..1_500).map(|core| core.to_string());
        assert_eq!(select().filter(Cpu::CORE.one_of(cores.clone())).fetch().await.unwrap().len(), 1_500);
        let rest = select().filter(!Cpu::CORE.one_of(cores)).fetch().await.unwrap();
        assert_eq!(rest.len(), 500);
        let long = (0..3_000).map(|n| format!("{n:036}")).chain(["7".to_owned()]);
        assert_eq!(select().filter(Cpu::CORE.one_of(long)).fetch().await.unwrap().len(), 1);
        let loads = select().filter(Cpu::LOAD.one_of(0..1_000)).fetch().await.unwrap();
        assert_eq!(loads.len(), 1_000);
        let any = Predicate::any((0..1_000).map(|core| Cpu::CORE.eq(core.to_string())));
        assert_eq!(select().filter(any.clone()).fetch().await.unwrap().len(), 1_000);
        assert_eq!(select().filter(!any).fetch().await.unwrap().len(), 1_000);
        let mut nested = Predicate::from(Cpu::CORE.eq("0"));
        for core in 1..60 {
            nested = nested.and(Cpu::TEMP.gt(0.0)).or(Cpu::CORE.eq(core.to_string()));
        }
        let error = select().filter(nested).fetch().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }

    async fn texts_are_found_by_their_parts(live) {
        let texts = ["a.b", "axb", "a/b", "a\\", "$x", "two\nlines", "ü", ""];
        let notes: Vec<_> = (0..).zip(texts).map(|(nanos, text)| Note { text: text.into(), time: at(nanos) }).collect();
        live.client.write(&live.bucket, &notes).await.unwrap();
        let find = |predicate| {
            let found = live.client.select::<Note>(&live.bucket).range(..).filter(predicate).fetch();
            async move { found.await.unwrap().into_iter().map(|note| note.text).collect::<Vec<_>>() }
        };
        assert_eq!(find(Note::TEXT.starts_with("a.")).await, ["a.b"]);
        assert_eq!(find(Note::TEXT.matches("^a.b$")).await, ["a.b", "axb", "a/b"]);
        assert_eq!(find(Note::TEXT.matches(r"^a\x2eb$")).await, ["a.b"]);
        assert_eq!(find(Note::TEXT.matches("a/")).await, ["a/b"]);
        assert_eq!(find(Note::TEXT.matches(r"\\$")).await, ["a\\"]);
        assert_eq!(find(Note::TEXT.ends_with("\\")).await, ["a\\"]);
        assert_eq!(find(Note::TEXT.contains("\n")).await, ["two\nlines"]);
        assert_eq!(find(Note::TEXT.contains("$")).await, ["$x"]);
        assert_eq!(find(!Note::TEXT.contains("")).await, Vec::<String>::new());
        assert_eq!(find(Note::TEXT.eq("")).await, [""]);
        let broken = live.client.select::<Note>(&live.bucket).range(..).filter(Note::TEXT.matches("a\\"));
        assert_eq!(broken.fetch().await.unwrap_err().kind(), ErrorKind::InvalidInput);
        let look = live.client.select::<Note>(&live.bucket).range(..).filter(Note::TEXT.matches("(?=a)"));
        assert_eq!(look.fetch().await.unwrap_err().kind(), ErrorKind::InvalidFlux);
    }

    async fn aggregations_put_all_fields_in_one_row(live) {
        let mut all = vec![cpu("0", 1.5, 1), cpu("0", 2.5, 2), cpu("1", 4.5, 3)];
        all[2].load = None;
        live.client.write(&live.bucket, &all).await.unwrap();
        let select = || live.client.select::<Cpu>(&live.bucket).range(at(0)..at(1_000_000_000));
        let show = |records: Vec<OwnedRecord>| {
            let cell = |record: &OwnedRecord, name| record.get(name).map(ToString::to_string).unwrap_or_default();
            let mut rows: Vec<_> = records
                .iter()
                .map(|record| format!("{} {} {}", cell(record, "core"), cell(record, "temp"), cell(record, "load")))
                .collect();
            rows.sort();
            rows
        };
        assert_eq!(show(select().count().fetch_as().await.unwrap()), ["0 2 2", "1 1 "]);
        assert_eq!(show(select().mean().fetch_as().await.unwrap()), ["0 2 1.5", "1 4.5 "]);
        assert_eq!(show(select().last().fetch_as().await.unwrap()), ["0 2.5 2", "1 4.5 "]);
        assert_eq!(show(select().max().group_by(()).fetch_as().await.unwrap()), [" 4.5 2"]);
        assert_eq!(show(select().sum().fields(Cpu::LOAD).fetch_as().await.unwrap()), ["0  3"]);
        let seconds = select().count().every(Duration::from_secs(1));
        assert_eq!(show(seconds.fetch_as().await.unwrap()), ["0 2 2", "1 1 "]);
        let hot = select().filter(Cpu::LOAD.gt(1)).count().fields(Cpu::TEMP);
        assert_eq!(show(hot.fetch_as().await.unwrap()), ["0 1 "]);
        let both = select().filter(Cpu::LOAD.gt(1)).count();
        assert_eq!(both.fetch_as::<OwnedRecord>().await.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(show(select().distinct(Cpu::CORE).fetch_as().await.unwrap()), ["0  ", "1  "]);
        assert_eq!(show(select().distinct(Cpu::HOST).fetch_as().await.unwrap()), Vec::<String>::new());
        assert_eq!(show(select().distinct(Cpu::TEMP).fetch_as().await.unwrap()), [" 1.5 ", " 2.5 ", " 4.5 "]);
        let filtered = select().filter(Cpu::LOAD.gt(1)).distinct(Cpu::TEMP);
        assert_eq!(show(filtered.fetch_as().await.unwrap()), [" 2.5 "]);
        let warm = live.client.select::<Temp>(&live.bucket).range(..).filter(Temp::TEMP.gt(2.0)).distinct(Temp::CORE);
        assert_eq!(show(warm.fetch_as().await.unwrap()), ["0  ", "1  "]);
        let picked: OwnedRecord = select().max().fields(Cpu::TEMP).group_by(()).one_as().await.unwrap();
        assert!(picked.get("core").is_none() && picked.get("_time").is_some(), "{picked:?}");
    }

    async fn deletes_take_what_they_say(live) {
        let (client, bucket) = (&live.client, live.bucket.as_str());
        let fill = || async {
            let mut all = Vec::new();
            for core in ["0", "1", "a b", "\"q\"", "back\\slash ", "ü"] {
                all.extend((0..4).map(|nanos| cpu(core, 1.5, nanos)));
            }
            client.delete(bucket).range(..).all().await.unwrap();
            client.write(bucket, &all).await.unwrap();
            client.write(bucket, ["other f=1 0", "cpu,host=h temp=9 0"]).await.unwrap();
        };
        let left = || async {
            let rows = client.select::<Temp>(bucket).range(..).fetch().await.unwrap();
            rows.len()
        };
        fill().await;
        client.delete(bucket).range(at(1)..at(3)).filter(Cpu::CORE.eq("0")).await.unwrap();
        assert_eq!(left().await, 23, "two of four, the end not");
        client.delete(bucket).range(at(1)..=at(3)).filter(Cpu::CORE.eq("0")).await.unwrap();
        assert_eq!(left().await, 22);
        for core in ["a b", "\"q\"", "back\\slash ", "ü"] {
            client.delete(bucket).range(..).filter(Cpu::CORE.eq(core)).await.unwrap();
        }
        assert_eq!(left().await, 6);
        // Those that lack the tag stay.
        client.delete(bucket).range(..).filter(Cpu::CORE.ne("1").and(Cpu::HOST.eq("h"))).await.unwrap();
        assert_eq!(left().await, 6);
        client.delete(bucket).range(..).filter(Cpu::CORE.ne("1")).await.unwrap();
        assert_eq!(left().await, 5);
        client.delete(bucket).range(..at(2)).measurement::<Cpu>().await.unwrap();
        assert_eq!(left().await, 2);
        client.delete(bucket).range(..).predicate("_measurement=\"cpu\" AND core=\"1\"").await.unwrap();
        assert_eq!(left().await, 0);
        let others = client.query(format!("from(bucket: \"{bucket}\") |> range(start: 0, stop: 1)"));
        assert_eq!(others.tables().await.unwrap().len(), 1);
        client.delete(bucket).range(..).all().await.unwrap();

        fill().await;
        let refused = [
            client.delete(bucket).range(..).filter(Cpu::CORE.eq("")).await,
            client.delete(bucket).range(..).filter(Cpu::CORE.eq("a\0b")).await,
            client.delete(bucket).range(..).filter(Predicate::<Cpu, _>::all(Vec::new().into_iter().map(|core: String| Cpu::CORE.eq(core)))).await,
            client.delete(bucket).range(..).predicate(" ").await,
            client.delete(bucket).range(at(3)..at(3)).all().await,
            client.delete(bucket).range(..).predicate("core=\"0\" OR core=\"1\"").await,
        ];
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        assert_eq!(left().await, 25, "nothing was deleted");
        let missing = client.delete("no such bucket").range(..).all().await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
    }
}

type Shape = (&'static str, Query, Explanation);

/// One query of each shape that the builder writes.
fn shapes(live: &Live) -> Vec<Shape> {
    let cpu = || live.client.select::<Cpu>(&live.bucket).range(at(0)..at(9));
    let temp = || live.client.select::<Temp>(&live.bucket).range(at(0)..at(9));
    let counter = || live.client.select::<Counter>(&live.bucket).range(at(0)..at(9));
    let note = || live.client.select::<Note>(&live.bucket).range(at(0)..at(9));
    let many = || (0..150).map(|core| core.to_string());
    macro_rules! shapes {
        ($($name:literal: $select:expr;)*) => {
            vec![$((
                $name,
                live.client.query($select.to_flux().unwrap()),
                $select.explain().unwrap(),
            )),*]
        };
    }
    let second = Duration::from_secs(1);
    shapes! {
        "all": cpu();
        "tag eq": cpu().filter(Cpu::CORE.eq("0"));
        "tag ne": cpu().filter(Cpu::CORE.ne("0"));
        "tag negated": cpu().filter(!Cpu::CORE.eq("0"));
        "tag exists": cpu().filter(Cpu::HOST.exists());
        "tag is missing": cpu().filter(!Cpu::HOST.exists());
        "tag pattern": cpu().filter(Cpu::CORE.starts_with("0"));
        "tag pattern negated": cpu().filter(!Cpu::CORE.matches("^1"));
        "tag one of few": cpu().filter(Cpu::CORE.one_of(["0", "1", "2"]));
        "tag one of many": cpu().filter(Cpu::CORE.one_of(many()));
        "tag none of many": cpu().filter(!Cpu::CORE.one_of(many()));
        "tags or": cpu().filter(Cpu::CORE.eq("0").or(Cpu::HOST.eq("h")));
        "tags nested": cpu().filter(Cpu::CORE.eq("0").or(Cpu::HOST.eq("h").and(Cpu::CORE.ne("1"))));
        "float": temp().filter(Temp::TEMP.gt(1.0));
        "negative float": temp().filter(Temp::TEMP.gt(-1.0));
        "float without a literal": temp().filter(Temp::TEMP.lt(1e300));
        "tag or float": temp().filter(Temp::CORE.eq("0").or(Temp::TEMP.le(-2.5)));
        "unsigned": counter().filter(Counter::VALUE.gt(1));
        "text": note().filter(Note::TEXT.eq("a"));
        "text pattern": note().filter(Note::TEXT.contains("$"));
        "text ne": note().filter(Note::TEXT.ne("a").and(Note::TEXT.ne("b")));
        "time": temp().filter(Temp::TIME.gt(at(1)));
        "time or tag": temp().filter(Temp::TIME.gt(at(1)).or(Temp::CORE.eq("0")));
        "one of several fields": cpu().filter(Cpu::TEMP.gt(1.0));
        "tag and one of several fields": cpu().filter(Cpu::CORE.eq("0").and(Cpu::TEMP.gt(1.0)));
        "sorted": temp().sort(Temp::TEMP);
        "sorted wide": cpu().sort_desc(Cpu::TEMP);
        "first rows": temp().limit(2);
        "first rows wide": cpu().limit(2).skip(1);
        "last rows wide": cpu().sort_desc(Cpu::TIME).limit(2);
        "last row": temp().sort_desc(Temp::TIME).limit(1);
        "last row of each series": cpu().sort_desc(Cpu::TIME).limit_per_series(1);
        "first row of each series": temp().limit_per_series(1);
        "some rows of each series": temp().limit_per_series(3);
        "pivot": cpu().whole_rows(Way::Pivot);
        "count": cpu().count();
        "sum": temp().sum();
        "mean": cpu().mean();
        "min": temp().min();
        "max": temp().max();
        "first": temp().first();
        "last of several": cpu().last();
        "spread": temp().spread();
        "median": temp().median();
        "mean by tag": cpu().mean().group_by(Cpu::CORE);
        "count of all": cpu().count().group_by(());
        "last by tag": temp().last().group_by(Temp::CORE);
        "first by tag of some": temp().filter(Temp::TIME.gt(at(0))).first().group_by(Temp::CORE);
        "mean of windows": temp().mean().every(second);
        "count of windows": cpu().count().every(second).create_empty();
        "windows with an offset": temp().max().every(second).offset(Duration::from_millis(1));
        "windows by their start": temp().max().every(second).time_of_start();
        "last of windows": temp().last().every(second);
        "median of windows": temp().median().every(second);
        "windows by tag": temp().mean().every(second).group_by(Temp::CORE);
        "aggregate of some rows": cpu().filter(Cpu::LOAD.gt(0)).mean().fields(Cpu::TEMP);
        "tag values": cpu().distinct(Cpu::CORE);
        "tag values of some points": temp().filter(Temp::TEMP.gt(1.0)).distinct(Temp::CORE);
        "tag values of some": cpu().filter(Cpu::HOST.ne("x")).distinct(Cpu::CORE);
        "field values": cpu().distinct(Cpu::TEMP);
    }
}

/// The functions of the stages that are said to run in memory, and how many there are of each.
fn in_memory(explanation: &Explanation) -> BTreeMap<String, usize> {
    let mut functions = BTreeMap::new();
    for stage in explanation.stages().iter().filter(|stage| !stage.is_pushed_down) {
        let (function, _) = stage.flux.split_once('(').unwrap();
        *functions.entry(function.to_owned()).or_default() += 1;
    }
    functions
}

/// What the planner makes of windows that it does not push down.
const WINDOWED: [&str; 3] = ["window", "quantile", "duplicate"];

/// The same of a plan: `"filter3"` alone in a line is one.
fn nodes(graph: &str) -> BTreeMap<String, usize> {
    let mut functions = BTreeMap::new();
    for line in graph.lines() {
        let Some(node) = line.trim().strip_prefix('"').and_then(|node| node.strip_suffix('"'))
        else {
            continue;
        };
        if node.contains('"') || node.contains("Read") {
            continue;
        }
        for node in node.trim_start_matches("merged_").split('_') {
            let node = node.trim_end_matches(|digit: char| digit.is_ascii_digit());
            *functions.entry(node.to_owned()).or_default() += 1;
        }
    }
    if functions.contains_key("window") {
        for node in WINDOWED {
            functions.remove(node);
        }
        functions.insert("aggregateWindow".to_owned(), 1);
    }
    functions
}
