//! Encoding and decoding as ratios: each repetition runs every case once, and the median of the
//! repetitions' ratios is printed, so that a machine whose speed drifts does not matter.
//!
//! `cargo run --release -p influx-benches`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "a program that reports on small numbers or fails"
)]

mod cpu;

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use influx_core::annotated_csv::OwnedRecord;
use influx_core::line_protocol::{self, ToLine, Unchecked};
use influx_core::measurement::{Decoder, FromRow, Progress, Serde};
use influx_core::{Measurement, Point, Timestamp};
use serde::Deserialize;

use self::cpu::{BorrowedCpu, OwnedCpu, temp};

const REPETITIONS: usize = 15;
const POINTS: usize = 200_000;
const ROWS: usize = 320_000;
/// Points for each reuse of the buffer, as in a batch.
const BATCH: usize = 5_000;

#[derive(Measurement)]
#[measurement(name = "cpu")]
struct Cpu<'a> {
    #[tag]
    core: &'a str,
    #[field]
    temp: f64,
    #[timestamp(unit = "ns")]
    time: i64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is enough that they are read")]
struct SerdeCpu {
    core: String,
    hostname: String,
    _value: f64,
    _time: Timestamp,
}

/// A named piece of work.
type Case<'a> = (&'static str, Box<dyn FnMut() + 'a>);

/// Runs the cases in turns; prints each one's time per item, and its ratio to the first.
fn compare(title: &str, items: usize, cases: &mut [Case<'_>]) {
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..=REPETITIONS {
        for ((_, work), times) in cases.iter_mut().zip(&mut times) {
            let start = Instant::now();
            work();
            times.push(start.elapsed().as_secs_f64());
        }
    }
    println!("\n{title}");
    for ((name, _), own) in cases.iter().zip(&times) {
        // The first round warms up.
        let ratios = own[1..].iter().zip(&times[0][1..]).map(|(own, base)| own / base);
        let nanos = own[1..].iter().map(|seconds| seconds * 1e9 / items as f64);
        println!("{name:<52}{:>9.1} ns{:>8.2} x", median(nanos), median(ratios));
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn encode() {
    let cores = ["cpu0", "cpu1", "cpu2", "cpu3"];
    let points: Vec<Cpu<'_>> = (0..POINTS)
        .map(|n| Cpu { core: cores[n % 4], temp: temp(n), time: cpu::START + n as i64 })
        .collect();
    let dynamic: Vec<Point> = points
        .iter()
        .map(|p| {
            let point = Point::measurement("cpu").tag("core", p.core).field("temp", p.temp);
            point.timestamp(Timestamp::from_nanos(p.time))
        })
        .collect();
    let mut text = Vec::new();
    line_protocol::encode(&points, &mut text).unwrap();
    let texts: Vec<_> = lines(&text).chunks(BATCH).map(<[&[u8]]>::concat).collect();
    let unchecked: Vec<_> = texts.iter().map(Unchecked).collect();
    let mut cases: [Case<'_>; 5] = [
        (
            "one `write!` with a format string, no escaping",
            Box::new(|| {
                let mut text = String::new();
                for batch in points.chunks(BATCH) {
                    text.clear();
                    for p in batch {
                        writeln!(text, "cpu,core={} temp={} {}", p.core, p.temp, p.time).unwrap();
                    }
                    black_box(&text);
                }
            }),
        ),
        ("derived struct", Box::new(|| write_all(&points, BATCH))),
        ("`Point`, built before", Box::new(|| write_all(&dynamic, BATCH))),
        ("finished text, checked", Box::new(|| write_all(&texts, 1))),
        ("finished text, unchecked", Box::new(|| write_all(&unchecked, 1))),
    ];
    compare("encode `cpu,core=cpu3 temp=22.35 <19 digits>`", POINTS, &mut cases);
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn write_all<T: ToLine>(records: &[T], batch: usize) {
    let mut buffer = Vec::new();
    for batch in records.chunks(batch) {
        buffer.clear();
        line_protocol::encode(batch, &mut buffer).unwrap();
        black_box(&buffer);
    }
}

/// A reply of 160 tables.
fn reply(rows: usize) -> Bytes {
    let mut csv = String::from(cpu::HEADER);
    for n in 0..rows {
        let table = n / (rows / 160);
        cpu::write_row(&mut csv, table, &cpu::tags(table), cpu::time(n), temp(n));
    }
    csv.into()
}

fn decode<T: FromRow>(csv: &Bytes, mut each: impl FnMut(T::Row<'_>)) {
    let mut decoder = Decoder::<T>::new();
    let mut at = 0;
    loop {
        match decoder.advance().unwrap() {
            Progress::End => return,
            Progress::Row => each(decoder.row().unwrap().unwrap()),
            Progress::NeedInput if at == csv.len() => decoder.finish(),
            Progress::NeedInput => {
                let next = csv.len().min(at + (16 << 10));
                decoder.feed(csv.slice(at..next));
                at = next;
            }
        }
    }
}

/// The same work by hand on the `csv` crate.
fn by_csv_crate(csv: &Bytes, mut each: impl FnMut(&csv::StringRecord, f64, i64)) {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&csv[..]);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).unwrap() {
        if !record[0].is_empty() || &record[1] == "result" {
            continue;
        }
        let time = chrono::DateTime::parse_from_rfc3339(&record[5]).unwrap();
        each(&record, record[6].parse().unwrap(), time.timestamp_nanos_opt().unwrap());
    }
}

fn read() {
    let csv = reply(ROWS);
    let mut borrowed: [Case<'_>; 2] = [
        (
            "csv StringRecord + chrono, texts borrowed",
            Box::new(|| {
                by_csv_crate(&csv, |row, temp, time| {
                    black_box((&row[9], &row[10], temp, time));
                })
            }),
        ),
        (
            "derived struct that borrows",
            Box::new(|| {
                decode::<BorrowedCpu<'_>>(&csv, |row| {
                    black_box((row.core, row.hostname, row.temp, row.time));
                })
            }),
        ),
    ];
    compare("decode un-pivoted rows, 16 KiB chunks, texts borrowed", ROWS, &mut borrowed);
    let mut owned: [Case<'_>; 2] = [
        (
            "csv StringRecord + chrono -> Vec of structs",
            Box::new(|| {
                let mut rows = Vec::new();
                by_csv_crate(&csv, |row, temp, time| {
                    rows.push(OwnedCpu {
                        core: row[9].into(),
                        hostname: row[10].into(),
                        temp,
                        time,
                    });
                });
                assert_eq!(black_box(&rows).len(), ROWS);
            }),
        ),
        (
            "derived struct that owns -> Vec",
            Box::new(|| {
                let mut rows: Vec<OwnedCpu> = Vec::new();
                decode::<OwnedCpu>(&csv, |row| rows.push(row));
                assert_eq!(black_box(&rows).len(), ROWS);
                assert!(rows.iter().all(|row| row.core.len() == 4 && !row.hostname.is_empty()));
            }),
        ),
    ];
    compare("decode into owned structs", ROWS, &mut owned);
}

fn read_any_shape() {
    let csv = reply(ROWS);
    let mut all_columns: [Case<'_>; 3] = [
        (
            "csv StringRecord, all columns as a Vec of Strings",
            Box::new(|| {
                by_csv_crate(&csv, |row, _, _| {
                    black_box(row.iter().skip(3).map(str::to_owned).collect::<Vec<_>>());
                })
            }),
        ),
        (
            "`OwnedRecord`, all columns typed",
            Box::new(|| decode::<OwnedRecord>(&csv, |row| drop(black_box(row)))),
        ),
        (
            "`Serde` of a struct of four members",
            Box::new(|| decode::<Serde<SerdeCpu>>(&csv, |row| drop(black_box(row)))),
        ),
    ];
    compare("decode rows of any shape", ROWS, &mut all_columns);
}

fn main() {
    encode();
    read();
    read_any_shape();
}
