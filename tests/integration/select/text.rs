//! What typed queries look like, and which cannot be made.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use influx_core::client::{Ranged, Select};
use influx_core::flux::Way;
use influx_core::measurement::Predicate;
use influx_core::time::{IntoTimeRange, TimeBound, TimeRange};
use influx_core::{Client, ErrorKind, Measurement, TagValue, Timestamp};

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[influx(rename_all = "kebab-case")]
enum Zone {
    EastWing,
    West,
}

#[derive(Measurement, Debug)]
#[measurement(name = "my cpu")]
struct Cpu {
    #[tag]
    core: String,
    #[tag]
    zone: Zone,
    #[tag(name = "rack no")]
    rack: Option<u8>,
    #[field]
    temp: f64,
    #[field]
    load: Option<i64>,
    #[timestamp]
    time: DateTime<Utc>,
}

#[derive(Measurement, Debug)]
struct One {
    #[tag]
    core: String,
    #[field]
    small: f32,
    #[timestamp(unit = "s")]
    time: i64,
}

fn client() -> Client {
    Client::builder("http://localhost:8086").org("my-org").build().unwrap()
}

fn cpu() -> Select<Cpu, Ranged> {
    client().select("my \"bucket\"").range(TimeDelta::hours(-1)..)
}

fn one() -> Select<One, Ranged> {
    client().select("b").range(TimeDelta::hours(-1)..)
}

/// Everything behind the read of a `Cpu` or a `One`.
fn tail(flux: &str) -> &str {
    let read = flux.find("r._measurement == ").unwrap();
    flux[read..].split_once('\n').map_or("", |(_, tail)| tail).trim_start()
}

/// The conditions of the read of a `Cpu` or a `One`.
fn condition(flux: &str) -> String {
    let read = flux.split_once("\n    |> filter(fn: (r) => ").unwrap().1;
    let read = read.lines().next().unwrap().strip_suffix(')').unwrap();
    let fields = ["(r._field == \"temp\" or r._field == \"load\")", "r._field == \"small\""];
    let start = fields.iter().find_map(|field| read.find(field).map(|at| at + field.len()));
    read[start.unwrap()..].trim_start_matches(" and ").to_owned()
}

#[test]
fn a_typed_query_is_the_script_that_one_would_write() {
    assert_eq!(
        cpu().filter(Cpu::CORE.eq("0").and(Cpu::ZONE.ne(Zone::EastWing))).to_flux().unwrap(),
        r#"from(bucket: "my \"bucket\"")
    |> range(start: -1h)
    |> filter(fn: (r) => r._measurement == "my cpu" and (r._field == "temp" or r._field == "load") and (r["core"] == "0" and (exists r["zone"] and r["zone"] != "east-wing")))
    |> rename(columns: {_field: "\xf4\x8f\xbf\xbf"})
    |> drop(columns: ["_start", "_stop", "_measurement"])"#
    );
    assert_eq!(
        one().filter(One::SMALL.gt(-0.1)).to_flux().unwrap(),
        r#"v0 = -0.1
from(bucket: "b")
    |> range(start: -1h)
    |> filter(fn: (r) => r._measurement == "one" and r._field == "small" and r._value > v0)
    |> drop(columns: ["_start", "_stop", "_measurement"])"#
    );
}

#[test]
fn conditions_keep_their_meaning() {
    type Question = (Predicate<Cpu>, &'static str);
    let questions: [Question; 16] = [
        (Cpu::RACK.eq(7).into(), r#"r["rack no"] == "7""#),
        (!Cpu::CORE.eq("0"), r#"(exists r["core"] and r["core"] != "0")"#),
        (!!Cpu::CORE.eq("0"), r#"r["core"] == "0""#),
        (Cpu::CORE.exists(), r#"exists r["core"]"#),
        (!Cpu::CORE.exists(), r#"not exists r["core"]"#),
        // For the server an empty tag is a missing one.
        (Cpu::CORE.ne("").into(), r#"exists r["core"]"#),
        (!Cpu::CORE.eq(""), r#"exists r["core"]"#),
        (Cpu::CORE.one_of(["", "a"]), r#"r["core"] == "a""#),
        (
            !Cpu::CORE.one_of(["a", "b"]),
            r#"(exists r["core"] and (r["core"] != "a" and r["core"] != "b"))"#,
        ),
        (!Cpu::CORE.one_of(Vec::<&str>::new()), r#"exists r["core"]"#),
        (
            !(Cpu::CORE.eq("a") & Cpu::CORE.eq("b")),
            r#"((exists r["core"] and r["core"] != "a") or (exists r["core"] and r["core"] != "b"))"#,
        ),
        (
            !(Cpu::CORE.eq("a") | Cpu::CORE.eq("b")),
            r#"((exists r["core"] and r["core"] != "a") and (exists r["core"] and r["core"] != "b"))"#,
        ),
        (Cpu::CORE.starts_with("a/.$"), r#"(exists r["core"] and r["core"] =~ /^(?:a\/\.\$)/)"#),
        (!Cpu::CORE.contains(r"\"), r#"(exists r["core"] and r["core"] !~ /(?:\\)/)"#),
        (Cpu::CORE.matches("a|b"), r#"(exists r["core"] and r["core"] =~ /a|b/)"#),
        (Predicate::all([Cpu::CORE.eq("$")]).into(), r#"r["core"] == "\x24""#),
    ];
    for (question, expected) in questions {
        let text = format!("{question:?}");
        let flux = cpu().filter(question).to_flux().unwrap();
        assert_eq!(condition(&flux), expected, "{text}");
    }
    assert_eq!(condition(&cpu().filter(Predicate::<Cpu>::all([])).to_flux().unwrap()), "");
    let never = cpu().filter(Cpu::CORE.one_of(Vec::<&str>::new())).to_flux().unwrap();
    assert!(tail(&never).starts_with("|> filter(fn: (r) => false)"), "{never}");
    let many = cpu().filter(Cpu::CORE.one_of((0..120).map(|core| format!("a.{core}"))));
    assert!(condition(&many.to_flux().unwrap()).contains(r#"r["core"] =~ /^(?:a\.0|a\.1|a\.2|"#));
}

#[test]
fn what_a_condition_asks_says_where_it_stands() {
    let of_rows = cpu().filter(Cpu::TEMP.gt(1.0) & Cpu::CORE.eq("0")).to_flux().unwrap();
    assert_eq!(condition(&of_rows), r#"r["core"] == "0""#);
    assert_eq!(
        tail(&of_rows),
        r#"|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> filter(fn: (r) => r["temp"] > 1.0)
    |> drop(columns: ["_start", "_stop", "_measurement"])
    |> sort(columns: ["_time"])"#
    );
    let split = cpu().filter(Cpu::TEMP.gt(1.0) | Cpu::CORE.eq("0")).to_flux().unwrap();
    assert_eq!(condition(&split), "");
    assert!(
        tail(&split).contains(r#"filter(fn: (r) => (r["temp"] > 1.0 or r["core"] == "0"))"#),
        "{split}"
    );
    let noon: Timestamp = "2024-05-01T12:00:00Z".parse().unwrap();
    let timed = one().filter(One::TIME.ge(noon).and(One::SMALL.exists())).to_flux().unwrap();
    assert_eq!(
        tail(&timed),
        r#"|> filter(fn: (r) => r._time >= 2024-05-01T12:00:00.000000000Z)
    |> drop(columns: ["_start", "_stop", "_measurement"])"#
    );
}

#[test]
fn order_and_limits_read_no_more_than_they_need() {
    let newest = cpu().sort_desc(Cpu::TIME).limit_per_series(1).to_flux().unwrap();
    assert!(tail(&newest).starts_with("|> last()\n    |> pivot"), "{newest}");
    let page = cpu().sort(Cpu::TIME).limit(10).skip(20).to_flux().unwrap();
    assert_eq!(
        tail(&page),
        r#"|> limit(n: 30)
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> drop(columns: ["_start", "_stop", "_measurement"])
    |> group()
    |> sort(columns: ["_time", "core", "zone", "rack no"])
    |> limit(n: 10, offset: 20)"#
    );
    let hot = cpu().filter(Cpu::TEMP.gt(80.0)).sort_desc(Cpu::TIME).limit(10).explain().unwrap();
    assert_eq!(
        hot.to_string(),
        r#"first, how far to read:
pushed down | from(bucket: "my \"bucket\"")
pushed down | range(start: -1h)
pushed down | filter(fn: (r) => r._measurement == "my cpu" and r._field == "temp" and r._value > 80.0)
in memory   | keep(columns: ["_time"])
in memory   | group()
in memory   | sort(columns: ["_time"], desc: true)
in memory   | limit(n: 1, offset: 9)
then no further than that:
pushed down | from(bucket: "my \"bucket\"")
pushed down | range(start: -1h)
pushed down | filter(fn: (r) => r._measurement == "my cpu" and (r._field == "temp" or r._field == "load"))
in memory   | pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
in memory   | filter(fn: (r) => r["temp"] > 80.0)
in memory   | drop(columns: ["_start", "_stop", "_measurement"])
in memory   | group()
in memory   | sort(columns: ["_time", "core", "zone", "rack no"], desc: true)
in memory   | limit(n: 10)
whole rows: by the server's pivot, which holds all rows in memory
"#
    );
    assert_eq!((hot.way(), hot.edge().len()), (Some(Way::Pivot), 7));
}

#[test]
fn what_cannot_be_asked_is_told_when_the_query_is_made() {
    let later = Timestamp::from_nanos(1)..Timestamp::from_nanos(1);
    let select = || client().select::<Cpu>("b");
    let second = Duration::from_secs(1);
    let problems = [
        select().range(later).to_flux(),
        select().range(TimeDelta::hours(1)..TimeDelta::hours(-1)).to_flux(),
        select().range(..DateTime::<Utc>::MAX_UTC).to_flux(),
        cpu().filter(Cpu::TEMP.gt(f64::NAN)).to_flux(),
        cpu().filter(Cpu::CORE.matches("")).to_flux(),
        cpu().filter(Cpu::TIME.gt(DateTime::<Utc>::MAX_UTC)).to_flux(),
        cpu().limit(1).whole_rows(Way::Assemble).to_flux(),
        cpu().quantile(1.5).to_flux(),
        cpu().limit(1).mean().to_flux(),
        cpu().sort(Cpu::TEMP).distinct(Cpu::CORE).to_flux(),
        cpu().mean().every(Duration::ZERO).to_flux(),
        cpu().mean().offset(second).to_flux(),
        cpu().median().fields(Cpu::LOAD).to_flux(),
        cpu().mean().fields(()).to_flux(),
        client().select::<Cpu>("b").range(..).mean().every(second).create_empty().to_flux(),
        cpu().mean().every(Duration::MAX).to_flux(),
        select().range(TimeBound::ago(Duration::MAX)..).to_flux(),
        select().range(..=TimeBound::from_now(Duration::from_nanos(i64::MAX as u64))).to_flux(),
    ];
    let told: Vec<_> = problems.into_iter().map(|problem| problem.unwrap_err()).collect();
    for (index, error) in told.iter().enumerate() {
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{index}: {error}");
        assert!(!error.to_string().contains("  "), "{error}");
    }
    assert_eq!(
        told[0].to_string(),
        "no instant is in the time range 1970-01-01T00:00:00.000000001Z..1970-01-01T00:00:00.000000001Z; are its ends swapped?"
    );
    assert_eq!(
        told[12].to_string(),
        "`median` is not defined for the field `load` of type Option<i64>; leave it out of `fields`"
    );
}

#[tokio::test]
async fn a_query_that_cannot_be_made_fails_when_it_is_run() {
    let error = cpu().filter(Cpu::CORE.matches("a\\")).fetch().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let error = cpu().quantile(-1.0).rows_as::<Cpu>().next().await.unwrap_err();
    assert_eq!(error.to_string(), "the quantile -1 is not from 0 to 1");
}

#[test]
fn ranges_are_those_of_rust() {
    let start: Timestamp = "2024-05-01T12:00:00Z".parse().unwrap();
    let shown = |range: TimeRange| range.to_string();
    assert_eq!(shown((start..).into_time_range()), "2024-05-01T12:00:00Z..");
    assert_eq!(shown((..=start).into_time_range()), "..=2024-05-01T12:00:00Z");
    let ago = TimeBound::ago(Duration::from_secs(1));
    assert_eq!(
        shown((ago..TimeBound::from_now(Duration::ZERO)).into_time_range()),
        "-1000000000 ns from now..0 ns from now"
    );
    let ranges = [
        (
            client().select::<One>("b").range(..),
            "start: 1677-09-21T00:12:43.145224194Z, stop: 2262-04-11T23:47:16.854775806Z",
        ),
        (
            client().select::<One>("b").range(start..=start),
            "start: 2024-05-01T12:00:00.000000000Z, stop: 2024-05-01T12:00:00.000000001Z",
        ),
        (client().select::<One>("b").range(ago..), "start: -1s"),
        (
            client().select::<One>("b").range(TimeDelta::weeks(-1)..=TimeDelta::zero()),
            "start: -7d, stop: 1ns",
        ),
    ];
    for (select, expected) in ranges {
        let flux = select.to_flux().unwrap();
        assert!(flux.contains(&format!("range({expected})")), "{flux}");
    }
}
