//! Names and values of hostile characters: each point is refused here, or stored by the server and
//! read back exactly. Every line is judged with another line behind it.

use influx_core::annotated_csv::OwnedRecord;
use influx_core::{Point, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::live::live;

/// Characters with a meaning in line protocol, Flux or CSV. No CR: the server's CSV drops it.
fn hostile() -> impl Strategy<Value = String> {
    let characters = prop::sample::select(vec![
        'a',
        'b',
        'é',
        '\u{1F980}',
        ' ',
        ',',
        '=',
        '"',
        '\\',
        '\'',
        '#',
        '\t',
        '\n',
        '{',
        '$',
        '_',
        '/',
        '\u{1}',
        '\u{7f}',
        '\u{a0}',
    ]);
    prop::collection::vec(characters, 1..6).prop_map(String::from_iter)
}

#[derive(Debug, Clone)]
struct Case {
    measurement: String,
    tag: (String, String),
    field: (String, String),
}

fn cases(count: usize) -> Vec<Case> {
    let strategy = (hostile(), (hostile(), hostile()), (hostile(), hostile()))
        .prop_map(|(measurement, tag, field)| Case { measurement, tag, field });
    // A new seed in each run; the one that is printed repeats it.
    let seed: Option<u64> = std::env::var("HOSTILE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| std::process::id().into());
    eprintln!("HOSTILE_SEED={seed}");
    let bytes: [u8; 32] = std::array::from_fn(|at| (seed >> (at % 8 * 8)).to_le_bytes()[0]);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn point(case: &Case, time: usize) -> Point {
    Point::measurement(&case.measurement)
        .tag(&case.tag.0, &case.tag.1)
        .field(&case.field.0, case.field.1.as_str())
        .timestamp(Timestamp::from_nanos(i64::try_from(time).unwrap()))
}

live! {
    async fn a_hostile_point_is_refused_or_comes_back_exactly(live) {
        let count = std::env::var("HOSTILE_POINTS").ok().and_then(|count| count.parse().ok());
        let cases = cases(count.unwrap_or(3_000));
        let writable = |point: &Point| influx_core::line_protocol::encode(point, &mut Vec::new()).is_ok();
        let points: Vec<_> = cases.iter().enumerate().map(|(n, case)| point(case, n)).collect();
        let accepted: Vec<_> = points.iter().filter(|point| writable(point)).collect();
        assert!(accepted.len() > cases.len() / 6, "only {} were accepted", accepted.len());
        let plain = Point::measurement("behind").field("f", 1).timestamp(Timestamp::from_nanos(0));
        for chunk in accepted.chunks(200) {
            let lines: Vec<_> = chunk.iter().flat_map(|point| [*point, &plain]).collect();
            live.client.write(&live.bucket, lines).await.unwrap();
        }
        let flux = format!("{} |> filter(fn: (r) => r._measurement != \"behind\")", live.narrow());
        let records: Vec<OwnedRecord> = live.client.query(flux).fetch().await.unwrap();
        assert_eq!(records.len(), accepted.len(), "points were lost or multiplied");
        for record in &records {
            let text = |name: &str| record.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
            let time = record.get("_time").unwrap().as_time().unwrap().as_nanos();
            let case = &cases[usize::try_from(time).unwrap()];
            assert_eq!(text("_measurement"), case.measurement);
            assert_eq!(text("_field"), case.field.0);
            assert_eq!(text("_value"), case.field.1);
            let tag = record.iter().filter(|(column, _)| column.name == case.tag.0);
            let values: Vec<_> = tag.filter_map(|(_, value)| value.as_str()).collect();
            assert!(values.contains(&case.tag.1.as_str()), "{case:?} came back as {record:?}");
        }
    }
}
