//! Annotated CSV → frames, against polars' own `CsvReader` over the same bytes: medians of the ratios
//! of repetitions, in one process and one thread.
//!
//! `cargo run --release -p influx-frames-benches --bin frames-read [file]`; the reply is written to
//! the file, if one is named, for other programs to read.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "a program that reports on small numbers or fails"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use influx_core::Timestamp;
use influx_core::dataframe::{self, FrameOptions};
use polars::prelude::{CsvParseOptions, CsvReadOptions, DataFrame, DataType, SerReader as _};

const ROWS: usize = 1_000_000;
const TABLES: usize = 160;
const REPETITIONS: usize = 15;
const COLUMNS: [&str; 4] = ["_time", "_value", "core", "hostname"];
const HEADER: &str = "\
    #datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,\
    string,string\r\n#group,false,false,true,true,false,false,true,true,true,true\r\n\
    #default,_result,,,,,,,,,\r\n\
    ,result,table,_start,_stop,_time,_value,_field,_measurement,core,hostname\r\n";

/// A named piece of work.
type Case<'a> = (&'static str, Box<dyn Fn() -> DataFrame + 'a>);

fn main() {
    let csv = reply();
    if let Some(file) = std::env::args().nth(1) {
        std::fs::write(file, &csv).unwrap();
    }
    println!("{ROWS} rows, {:.1} bytes each, {TABLES} tables", csv.len() as f64 / ROWS as f64);
    let four = || FrameOptions::new().columns(COLUMNS);
    // The handle is cheap: the bytes are not copied.
    let bytes = Bytes::copy_from_slice(csv.as_bytes());
    let ours = |options: FrameOptions| {
        let bytes = bytes.clone();
        Box::new(move || dataframe::from_csv(bytes.clone(), options.clone()).unwrap())
    };
    let cases: [Case<'_>; 6] = [
        ("polars CsvReader, 4 columns, time as text", Box::new(|| of_polars(&csv, false))),
        ("polars CsvReader, 4 columns, time parsed", Box::new(|| of_polars(&csv, true))),
        ("from_csv, 4 columns", ours(four())),
        ("from_csv, 4 columns, tags as text", ours(four().text_tags())),
        ("from_csv, all 8 columns", ours(FrameOptions::new())),
        (
            "from_csv, wide, 4 columns",
            ours(FrameOptions::new().wide().columns(["_time", "temp", "core", "hostname"])),
        ),
    ];
    check(&cases);
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..=REPETITIONS {
        for ((_, work), times) in cases.iter().zip(&mut times) {
            let start = Instant::now();
            let frame = black_box(work());
            times.push(start.elapsed().as_secs_f64());
            drop(frame);
        }
    }
    println!("{:44}{:>11}{:>12}{:>12}", "", "a row", "to text", "to parsed");
    for ((name, _), own) in cases.iter().zip(&times) {
        // The first round warms up.
        let ratio = |base: usize| {
            median(own[1..].iter().zip(&times[base][1..]).map(|(own, base)| own / base))
        };
        let nanos = median(own[1..].iter().map(|seconds| seconds * 1e9 / ROWS as f64));
        println!("{name:44}{nanos:>8.1} ns{:>10.3} x{:>10.3} x", ratio(0), ratio(1));
    }
    sizes(&cases);
}

fn reply() -> String {
    let mut csv = String::from(HEADER);
    let span = "2024-05-01T00:00:00Z,2024-06-01T00:00:00Z";
    for row in 0..ROWS {
        let table = row * TABLES / ROWS;
        let time = Timestamp::from_nanos(1_714_564_800_000_000_000 + row as i64 * 10_000_000);
        let temp = 20.0 + (row % 1000) as f64 / 100.0;
        let (core, host) = (table % 4, table / 4);
        write!(csv, ",,{table},{span},{time},{temp},temp,cpu,cpu{core},host_{host}\r\n").unwrap();
    }
    csv
}

fn of_polars(csv: &str, parses_times: bool) -> DataFrame {
    let columns = COLUMNS.iter().map(|name| (*name).into()).collect::<Vec<_>>();
    let parse = CsvParseOptions::default()
        .with_comment_prefix(Some("#"))
        .with_try_parse_dates(parses_times);
    let options = CsvReadOptions::default()
        .with_n_threads(Some(1))
        .with_columns(Some(Arc::from(columns)))
        .with_parse_options(parse);
    options.into_reader_with_file_handle(Cursor::new(csv.as_bytes())).finish().unwrap()
}

/// Makes sure that all frames hold the same.
fn check(cases: &[Case<'_>]) {
    let expected = cases[1].1();
    assert!(matches!(expected.column("_time").unwrap().dtype(), DataType::Datetime(..)));
    for (name, work) in &cases[2..] {
        let mut frame = work();
        if name.contains("wide") {
            frame.rename("temp", "_value".into()).unwrap();
        }
        assert_eq!(frame.height(), ROWS, "{name}");
        for column in COLUMNS {
            let column = frame.column(column).unwrap();
            let expected = expected.column(column.name()).unwrap();
            let column = column.cast(expected.dtype()).unwrap();
            assert!(column.equals(expected), "{name}: {}", column.name());
        }
    }
}

/// What the frames take.
fn sizes(cases: &[Case<'_>]) {
    for (name, work) in &cases[2..4] {
        let frame = work();
        println!("{name:44}{:>8.1} bytes a row", frame.estimated_size() as f64 / ROWS as f64);
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
