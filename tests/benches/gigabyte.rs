//! Reads a reply of 1 GiB in constant memory, row by row, and fails when its peak is 64 MiB or more.
//! Linux only.
//!
//! `cargo run --release -p influx-benches --bin gigabyte [MiB]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "a program that reports on small numbers or fails"
)]

mod cpu;
mod generator;

use std::process::ExitCode;
use std::time::Instant;

use futures_util::StreamExt as _;
use influx_core::Client;
use influx_core::client::Query;

use self::cpu::{BorrowedCpu, OwnedCpu};
use self::generator::{Digest, Generator};

/// The peak of resident memory that is too much, in KiB.
const LIMIT: u64 = 64 << 10;

/// A reply that nobody reads to its end, in MiB.
const ENDLESS: u64 = 1 << 40;

fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some(generator::ARGUMENT) {
        generator::serve();
        return ExitCode::SUCCESS;
    }
    let size = argument.map_or(1024, |size| size.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let peak = runtime.block_on(read(size));
    if peak < LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads a reply of so many MiB in each way; the highest peak.
async fn read(size: u64) -> u64 {
    let mut generator = Generator::start();
    let client = Client::builder(&generator.url).org("o").build().unwrap();
    println!("{:<22}{:>10}{:>10}{:>8}{:>9}{:>13}", "", "MiB", "rows", "s", "MB/s", "peak in MiB");
    let query = || client.query(size.to_string());
    let streamed = measure("stream::<OwnedCpu>", streamed(query()), &mut generator).await;
    let lent = measure("rows::<BorrowedCpu>", lent(query()), &mut generator).await;
    drop_early(client.query(ENDLESS.to_string()), generator).await;
    streamed.max(lent)
}

async fn streamed(query: Query) -> Digest {
    let (mut rows, mut digest) = (query.stream::<OwnedCpu>(), Digest::default());
    while let Some(row) = rows.next().await {
        let OwnedCpu { core, hostname, temp, time } = row.unwrap();
        digest.add(&core, &hostname, temp, time);
    }
    digest
}

async fn lent(query: Query) -> Digest {
    let (mut rows, mut digest) = (query.rows::<BorrowedCpu<'_>>(), Digest::default());
    while let Some(row) = rows.next().await.unwrap() {
        digest.add(row.core, row.hostname, row.temp, row.time);
    }
    digest
}

/// Compares what was read with what was sent, and prints what it took; the peak.
async fn measure(name: &str, read: impl Future<Output = Digest>, generator: &mut Generator) -> u64 {
    reset_peak();
    let start = Instant::now();
    let digest = read.await;
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak();
    let sent = generator.report();
    assert_eq!((digest, false), (sent.digest, sent.cut), "what was read is not what was sent");
    println!(
        "{name:<22}{:>10.1}{:>10}{seconds:>8.2}{:>9.0}{:>13.1}",
        mebi(sent.bytes),
        digest.rows,
        sent.bytes as f64 / 1e6 / seconds,
        peak as f64 / 1024.0
    );
    peak
}

/// A stream that is dropped closes its connection, so that the server stops.
async fn drop_early(query: Query, mut generator: Generator) {
    let first: Vec<_> = query.stream::<OwnedCpu>().take(10).collect().await;
    assert!(first.len() == 10 && first.iter().all(Result::is_ok));
    // The runtime is left free to close it.
    let sent = tokio::task::spawn_blocking(move || generator.report()).await.unwrap();
    assert!(sent.cut, "the server went on to the end");
    println!("dropped after 10 rows: the server's write failed after {} KiB", sent.bytes >> 10);
}

fn mebi(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Forgets the highest resident memory so far.
fn reset_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// The highest resident memory, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}
