//! A real server is killed under load and comes back a minute later: the writer's memory stays
//! bounded, and every point is delivered. Linux only.
//!
//! `INFLUXD=$(tests/influxd/build.sh) cargo run --release -p influx-benches --bin outage [seconds]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a program that reports on small numbers or fails"
)]

mod influxd;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use influx_core::annotated_csv::OwnedRecord;
use influx_core::client::writer::Writer;
use influx_core::{Client, Measurement};

use self::influxd::Influxd;

const PRODUCERS: u64 = 8;
/// In a minute more than the writer may hold, so that producers have to wait.
const POINTS_PER_SECOND: u64 = 64_000;
const CAP: usize = 64 << 20;
/// What the process may have in all: the cap, as much again for half-filled buffers, and itself.
const LIMIT: u64 = 160 << 10;

#[derive(Measurement)]
#[measurement(name = "cpu")]
struct Cpu {
    #[tag]
    core: u64,
    #[field]
    temp: f64,
    #[timestamp(unit = "ns")]
    time: i64,
}

fn main() -> ExitCode {
    let seconds = std::env::args().nth(1).map_or(60, |seconds| seconds.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(outage(Duration::from_secs(seconds)))
}

async fn outage(away: Duration) -> ExitCode {
    let mut server = Influxd::new();
    let client = server.set_up().await;
    let writer = client.writer("bucket").batch_size(5_000).max_buffered_bytes(CAP);
    let writer =
        writer.retry_interval(Duration::from_secs(1)).max_retry_delay(Duration::from_secs(2));
    let writer = writer.max_retries(u32::MAX).max_retry_time(away * 3 + Duration::from_secs(60));
    let writer = writer.start().await.unwrap();
    let (before, after) = (Duration::from_secs(5), Duration::from_secs(5));
    let each = (before + away + after).as_secs() * POINTS_PER_SECOND / PRODUCERS;
    let start = Instant::now();
    let producers: Vec<_> =
        (0..PRODUCERS).map(|core| tokio::spawn(produce(writer.clone(), core, each))).collect();
    println!(
        "{:<10}{:>12}{:>12}{:>12}{:>10}{:>14}",
        "s", "taken", "delivered", "held", "retries", "peak in MiB"
    );
    watch(&writer, start, before).await;
    server.kill();
    watch(&writer, start, before + away).await;
    server.restart();
    for producer in producers {
        producer.await.unwrap();
    }
    let report = writer.close().await;
    print(&writer, start);
    println!("{report}");
    let stored = count(&client).await;
    println!("{stored} of {} points are stored", PRODUCERS * each);
    let lost = stored != PRODUCERS * each || !report.is_complete();
    if lost || peak() > LIMIT { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn produce(writer: Writer, core: u64, points: u64) {
    let pause = Duration::from_millis(10);
    let burst = POINTS_PER_SECOND / PRODUCERS / 100;
    let mut ticks = tokio::time::interval(pause);
    for time in 0..points {
        if time % burst == 0 {
            ticks.tick().await;
        }
        let time = i64::try_from(time).unwrap();
        writer.write(Cpu { core, temp: 22.35, time }).await.unwrap();
    }
}

async fn watch(writer: &Writer, start: Instant, until: Duration) {
    while start.elapsed() < until {
        print(writer, start);
        tokio::time::sleep((until - start.elapsed()).min(Duration::from_secs(5))).await;
    }
}

fn print(writer: &Writer, start: Instant) {
    let stats = writer.stats();
    println!(
        "{:<10.0}{:>12}{:>12}{:>12}{:>10}{:>14.1}",
        start.elapsed().as_secs_f64(),
        stats.taken_lines,
        stats.delivered_lines,
        stats.held_bytes,
        stats.retries,
        peak() as f64 / 1024.0,
    );
}

/// Of resident memory, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn count(client: &Client) -> u64 {
    let flux = r#"from(bucket: "bucket") |> range(start: 0) |> group() |> count()"#;
    let rows: Vec<OwnedRecord> = client.query(flux).fetch().await.unwrap();
    rows.first().map_or(0, |row| row.get_as("_value").unwrap())
}
