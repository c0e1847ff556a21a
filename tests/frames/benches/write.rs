//! Frames → lines, against polars' own `CsvWriter`: ratios of medians, in one process.
//!
//! `cargo run --release -p influx-frames-benches --bin frames-write`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    missing_docs,
    reason = "a program that measures, and stops where something is wrong"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use influx_core::dataframe::FrameLines;
use influx_core::dataframe::polars::prelude::{
    Column, DataFrame, DataType, IntoColumn as _, NamedFrom as _, Series,
};
use influx_core::{Mapping, Precision, line_protocol};
use polars::prelude::{CsvWriter, SerWriter as _};

const START: i64 = 1_714_564_800_000_000_000;
const REPETITIONS: usize = 21;

struct Case {
    name: &'static str,
    frame: DataFrame,
    mapping: Mapping,
    /// The lines, made by another way.
    expected: String,
}

fn main() {
    println!("{REPETITIONS} repetitions each, medians, ns a row");
    println!(
        "{:24} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "", "CSV", "frame", "ratio", "2 threads", "ratio"
    );
    for case in [
        cpu(1_000_000),
        tsbs("TSBS, integers", 200_000, false),
        tsbs("TSBS, floats", 200_000, true),
    ] {
        measure(case, false);
    }
    measure(cpu(1_000_000), true);
}

/// With tags as categoricals, if asked.
fn measure(mut case: Case, categorical: bool) {
    if categorical {
        let core = case.frame.column("core").unwrap().clone();
        let dtype = DataType::from_categories(polars::prelude::Categories::global());
        case.frame.with_column(core.cast(&dtype).unwrap()).unwrap();
    }
    let lines = case.mapping.frame(&case.frame).unwrap();
    let rows = case.frame.height();
    let mut buffer = Vec::new();
    line_protocol::encode(&lines, &mut buffer).unwrap();
    assert!(buffer == case.expected.as_bytes(), "{}: other lines", case.name);
    let mut parallel = Vec::new();
    lines.clone().threads(2).write_to(&mut parallel).unwrap();
    assert!(parallel == buffer, "{}: other lines on two threads", case.name);

    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..REPETITIONS {
        times[0].push(timed(|| csv(&mut case.frame, &mut buffer)));
        times[1].push(timed(|| encode(&lines, &mut buffer)));
        times[2].push(timed(|| {
            parallel.clear();
            lines.clone().threads(2).write_to(&mut parallel).unwrap();
        }));
    }
    let [csv, frame, two] = times.map(|mut times| {
        times.sort();
        times[REPETITIONS / 2].as_secs_f64() * 1e9 / rows as f64
    });
    let name = format!("{}{}", case.name, if categorical { ", categorical" } else { "" });
    println!("{name:24} {csv:8.1} {frame:8.1} {:8.2} {two:8.1} {:8.2}", frame / csv, two / csv);
}

fn timed(mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn csv(frame: &mut DataFrame, buffer: &mut Vec<u8>) {
    buffer.clear();
    CsvWriter::new(&mut *buffer).n_threads(1).include_header(false).finish(frame).unwrap();
    black_box(&buffer);
}

fn encode(lines: &FrameLines, buffer: &mut Vec<u8>) {
    buffer.clear();
    line_protocol::encode(lines, buffer).unwrap();
    black_box(&buffer);
}

fn times(rows: usize) -> Column {
    let times: Vec<i64> = (0..rows).map(|row| START + row as i64 * 10_000_000).collect();
    Series::new("time".into(), times).into_column()
}

/// `cpu,core=cpu3 temp=22.35 <19 digits>`
fn cpu(rows: usize) -> Case {
    let core = |row: usize| format!("cpu{}", row % 4);
    let temp = |row: usize| 20.0 + (row % 1000) as f64 / 100.0;
    let cores: Vec<_> = (0..rows).map(core).collect();
    let temps: Vec<_> = (0..rows).map(temp).collect();
    let columns = vec![
        Series::new("core".into(), cores).into_column(),
        Series::new("temp".into(), temps).into_column(),
        times(rows),
    ];
    let mut expected = String::new();
    for row in 0..rows {
        let time = START + row as i64 * 10_000_000;
        writeln!(expected, "cpu,core={} temp={} {time}", core(row), temp(row)).unwrap();
    }
    Case {
        name: "cpu1",
        frame: DataFrame::new(rows, columns).unwrap(),
        mapping: Mapping::measurement("cpu").tag("core").time_in("time", Precision::Nanoseconds),
        expected,
    }
}

const TAGS: [&str; 10] = [
    "arch",
    "datacenter",
    "hostname",
    "os",
    "rack",
    "region",
    "service",
    "service_environment",
    "service_version",
    "team",
];
const FIELDS: [&str; 10] = [
    "usage_guest",
    "usage_guest_nice",
    "usage_idle",
    "usage_iowait",
    "usage_irq",
    "usage_nice",
    "usage_softirq",
    "usage_steal",
    "usage_system",
    "usage_user",
];

/// The `cpu` of TSBS: 10 tags, 10 fields.
fn tsbs(name: &'static str, rows: usize, floats: bool) -> Case {
    let tag = |tag: usize, row: usize| {
        let host = row % 100;
        match TAGS[tag] {
            "arch" => ["x64", "x86"][host % 2].to_owned(),
            "datacenter" => format!("us-west-2{}", ["a", "b", "c"][host % 3]),
            "hostname" => format!("host_{host}"),
            "os" => ["Ubuntu15.10", "Ubuntu16.04LTS"][host % 2].to_owned(),
            "region" => "us-west-2".to_owned(),
            "service_environment" => "production".to_owned(),
            "team" => ["SF", "NYC", "LON"][host % 3].to_owned(),
            _ => (host % 20).to_string(),
        }
    };
    let value = |field: usize, row: usize| ((row * 31 + field * 17) % 101) as i64;
    let float = |field: usize, row: usize| {
        let mixed = (row * 31 + field * 17) as u64 * 0x9e37_79b9_7f4a_7c15;
        (mixed >> 11) as f64 / (1_u64 << 53) as f64 * 100.0
    };
    let mut columns = Vec::new();
    for (place, key) in TAGS.iter().enumerate() {
        let cells: Vec<_> = (0..rows).map(|row| tag(place, row)).collect();
        columns.push(Series::new((*key).into(), cells).into_column());
    }
    for (place, key) in FIELDS.iter().enumerate() {
        let cells = (0..rows).map(|row| value(place, row));
        columns.push(if floats {
            let cells: Vec<_> = (0..rows).map(|row| float(place, row)).collect();
            Series::new((*key).into(), cells).into_column()
        } else {
            Series::new((*key).into(), cells.collect::<Vec<_>>()).into_column()
        });
    }
    columns.push(times(rows));
    let mut expected = String::new();
    for row in 0..rows {
        expected.push_str("cpu");
        for (place, key) in TAGS.iter().enumerate() {
            write!(expected, ",{key}={}", tag(place, row)).unwrap();
        }
        for (place, key) in FIELDS.iter().enumerate() {
            let separator = if place == 0 { ' ' } else { ',' };
            if floats {
                write!(expected, "{separator}{key}={}", float(place, row)).unwrap();
            } else {
                write!(expected, "{separator}{key}={}i", value(place, row)).unwrap();
            }
        }
        writeln!(expected, " {}", START + row as i64 * 10_000_000).unwrap();
    }
    Case {
        name,
        frame: DataFrame::new(rows, columns).unwrap(),
        mapping: Mapping::measurement("cpu").tags(TAGS).time_in("time", Precision::Nanoseconds),
        expected,
    }
}
