//! Struct → line protocol → influxd → annotated CSV → the same struct.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use influx_core::{Measurement, Precision, TagValue, Timestamp};

use crate::support::live::live;

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[influx(rename_all = "kebab-case")]
enum Weather {
    Sun,
    HeavyRain,
    #[influx(name = "nebel, dicht")]
    Fog,
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "every type, =\"x\"")]
struct EveryType {
    #[tag]
    text: String,
    #[tag(name = "key with space, comma=")]
    boxed: Box<str>,
    #[tag]
    shared: Option<Arc<str>>,
    #[tag]
    weather: Weather,
    #[tag]
    number: i64,
    #[tag]
    unsigned_number: Option<u64>,
    #[tag]
    flag: bool,
    #[field]
    float: f64,
    #[field]
    small_float: f32,
    #[field]
    i8: i8,
    #[field]
    i16: i16,
    #[field]
    i32: i32,
    #[field]
    i64: i64,
    #[field]
    isize: isize,
    #[field]
    u8: u8,
    #[field]
    u16: u16,
    #[field]
    u32: u32,
    #[field]
    u64: u64,
    #[field]
    usize: usize,
    #[field]
    truth: bool,
    #[field(name = "field \"key\", =x")]
    message: String,
    #[field]
    maybe: Option<f64>,
    #[field(default)]
    defaulted: i64,
    #[field(skip, default = forty_two)]
    skipped: i64,
    #[timestamp]
    time: DateTime<Utc>,
}

fn forty_two() -> i64 {
    42
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "every type, =\"x\"")]
struct Borrowing<'a> {
    #[tag]
    text: &'a str,
    #[tag(name = "key with space, comma=")]
    boxed: Cow<'a, str>,
    #[tag]
    shared: Option<&'a str>,
    #[field(name = "field \"key\", =x")]
    message: &'a str,
    #[timestamp]
    time: Timestamp,
}

fn low() -> EveryType {
    EveryType {
        text: "a".into(),
        boxed: "b".into(),
        shared: None,
        weather: Weather::Sun,
        number: i64::MIN,
        unsigned_number: None,
        flag: false,
        float: f64::MIN,
        small_float: f32::MIN_POSITIVE,
        i8: i8::MIN,
        i16: i16::MIN,
        i32: i32::MIN,
        i64: i64::MIN,
        isize: isize::MIN,
        u8: 0,
        u16: 0,
        u32: 0,
        u64: 0,
        usize: 0,
        truth: false,
        message: "plain".into(),
        maybe: None,
        defaulted: -1,
        skipped: 42,
        time: Timestamp::EARLIEST.into(),
    }
}

fn high() -> EveryType {
    EveryType {
        text: "ü, =\"\\,x\r\t".into(),
        boxed: "\u{1F980}=, ".into(),
        shared: Some("s".into()),
        weather: Weather::Fog,
        number: i64::MAX,
        unsigned_number: Some(u64::MAX),
        flag: true,
        float: f64::MAX,
        small_float: 0.1,
        i8: i8::MAX,
        i16: i16::MAX,
        i32: i32::MAX,
        i64: i64::MAX,
        isize: isize::MAX,
        u8: u8::MAX,
        u16: u16::MAX,
        u32: u32::MAX,
        u64: u64::MAX,
        usize: usize::MAX,
        truth: true,
        message: "quote \" backslash \\ comma , line\nfeed \\".into(),
        maybe: Some(5e-324),
        defaulted: 7,
        skipped: 42,
        time: Timestamp::LATEST.into(),
    }
}

live! {
    async fn every_type_comes_back_equal_at_its_extremes(live) {
        let mut high = high();
        // A lone CR in a tag is stored, but the server's CSV drops it.
        high.text = high.text.replace('\r', "");
        let records = [low(), high, EveryType { weather: Weather::HeavyRain, time: DateTime::UNIX_EPOCH, ..low() }];
        live.client.write(&live.bucket, &records).await.unwrap();
        let mut rows: Vec<EveryType> = live.client.query(live.pivoted()).fetch().await.unwrap();
        rows.sort_by_key(|row| row.time);
        let mut expected = records.to_vec();
        expected.sort_by_key(|row| row.time);
        assert_eq!(rows, expected);
    }

    async fn a_struct_that_borrows_and_one_that_owns_read_the_same_rows(live) {
        live.client.write(&live.bucket, [low(), high()]).await.unwrap();
        let owned: Vec<EveryType> = live.client.query(live.pivoted()).fetch().await.unwrap();
        let mut rows = live.client.query(live.pivoted()).rows::<Borrowing<'_>>();
        let mut count = 0;
        while let Some(row) = rows.next().await.unwrap() {
            let twin = &owned[count];
            let borrowed = Borrowing {
                text: &twin.text,
                boxed: Cow::Borrowed(&twin.boxed),
                shared: twin.shared.as_deref(),
                message: &twin.message,
                time: row.time,
            };
            assert_eq!(row, borrowed);
            assert_eq!(DateTime::<Utc>::from(row.time), twin.time);
            assert!(matches!(row.boxed, Cow::Borrowed(_)));
            count += 1;
        }
        assert_eq!(count, 2);
    }

    async fn every_clock_keeps_its_time_at_every_precision(live) {
        #[derive(Measurement, Debug, Clone, PartialEq)]
        struct Clock<T> {
            #[tag]
            kind: String,
            #[field]
            n: i64,
            #[timestamp]
            time: T,
        }
        #[derive(Measurement, Debug, Clone, PartialEq)]
        #[measurement(name = "clock", precision = "ms")]
        struct Count {
            #[tag]
            kind: String,
            #[field]
            n: i64,
            #[timestamp(unit = "ms")]
            time: i64,
        }
        let client = &live.client;
        let instants = [Timestamp::EARLIEST, Timestamp::from_nanos(-1), Timestamp::from_nanos(1_714_564_800_123_456_789), Timestamp::LATEST];
        for (n, time) in (0..).zip(instants) {
            client.write(&live.bucket, &Clock { kind: "ours".into(), n, time }).await.unwrap();
            client.write(&live.bucket, &Clock { kind: "utc".into(), n, time: DateTime::<Utc>::from(time) }).await.unwrap();
            client.write(&live.bucket, &Clock { kind: "naive".into(), n, time: NaiveDateTime::from(time) }).await.unwrap();
            client.write(&live.bucket, &Clock { kind: "system".into(), n, time: SystemTime::from(time) }).await.unwrap();
        }
        let of = |kind: &str| format!("{} |> filter(fn: (r) => r.kind == \"{kind}\") |> sort(columns: [\"_time\"])", live.pivoted());
        let ours: Vec<Clock<Timestamp>> = client.query(of("ours")).fetch().await.unwrap();
        assert_eq!(ours.iter().map(|row| row.time).collect::<Vec<_>>(), instants);
        let utc: Vec<Clock<DateTime<Utc>>> = client.query(of("utc")).fetch().await.unwrap();
        assert_eq!(utc.iter().map(|row| row.time).collect::<Vec<_>>(), instants.map(DateTime::from));
        let fixed: Vec<Clock<DateTime<FixedOffset>>> = client.query(of("utc")).fetch().await.unwrap();
        assert!(fixed.iter().zip(&utc).all(|(a, b)| a.time == b.time));
        let naive: Vec<Clock<NaiveDateTime>> = client.query(of("naive")).fetch().await.unwrap();
        assert_eq!(naive.iter().map(|row| row.time).collect::<Vec<_>>(), instants.map(NaiveDateTime::from));
        let system: Vec<Clock<SystemTime>> = client.query(of("system")).fetch().await.unwrap();
        assert_eq!(system.iter().map(|row| row.time).collect::<Vec<_>>(), instants.map(SystemTime::from));

        for precision in [Precision::Nanoseconds, Precision::Microseconds, Precision::Milliseconds, Precision::Seconds] {
            let kind = precision.to_string();
            let time = instants[2];
            client.write(&live.bucket, &Clock { kind: kind.clone(), n: 0, time }).precision(precision).await.unwrap();
            let rows: Vec<Clock<Timestamp>> = client.query(of(&kind)).fetch().await.unwrap();
            assert_eq!(rows[0].time, Timestamp::from_units(time.as_units(precision), precision).unwrap());
        }

        let count = Count { kind: "count".into(), n: 1, time: -1 };
        client.write(&live.bucket, &count).await.unwrap();
        client.write(&live.bucket, &Count { time: 1_723_648_878_722, ..count.clone() }).precision(Precision::Nanoseconds).await.unwrap();
        let counts: Vec<Count> = client.query(of("count")).fetch().await.unwrap();
        assert_eq!(counts, [count.clone(), Count { time: 1_723_648_878_722, ..count }]);
    }
}
