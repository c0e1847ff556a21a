//! Reads rows of three fields from a real server: by a typed query and by a script, both put together
//! here, and pivoted by the server. Fails when the first takes more than 0.6 of the last one's time.
//!
//! `INFLUXD=$(tests/influxd/build.sh) cargo run --release -p influx-benches --bin pivot`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a program that reports or fails"
)]

mod influxd;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use influx_core::client::Rows;
use influx_core::{Client, Measurement};

use self::influxd::Influxd;

const SERIES: i64 = 50;
const ROWS: i64 = 4_000;
const ROUNDS: usize = 7;
/// What is the most, and what is wanted.
const LIMIT: f64 = 0.6;
const TARGET: f64 = 0.4;

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "weather")]
struct Weather {
    #[tag]
    station: i64,
    #[field]
    temp: f64,
    #[field]
    wind: f64,
    #[field]
    visits: i64,
    #[timestamp(unit = "ns")]
    time: i64,
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ratio = runtime.block_on(compare());
    if ratio <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn compare() -> f64 {
    let server = Influxd::new();
    let client = server.set_up().await;
    fill(&client).await;
    let read = "from(bucket: \"bucket\") |> range(start: 0, stop: 1970-01-02T00:00:00Z)
        |> filter(fn: (r) => r._measurement == \"weather\"
            and (r._field == \"temp\" or r._field == \"wind\" or r._field == \"visits\"))";
    let pivoted = format!(
        "{read} |> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\")"
    );
    let typed = || client.select::<Weather>("bucket").range(..);
    let (mut here, mut script, mut there) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        here.push(time(typed().rows()).await);
        script.push(time(client.query(read).rows()).await);
        there.push(time(client.query(&pivoted).rows()).await);
    }
    let (here, script, there) = (median(here), median(script), median(there));
    let ratio = here.as_secs_f64() / there.as_secs_f64();
    println!("{} rows of three fields, median of {ROUNDS}", SERIES * ROWS);
    println!("typed query        {:>8.1} ms", here.as_secs_f64() * 1e3);
    println!("script, no pivot   {:>8.1} ms", script.as_secs_f64() * 1e3);
    println!("server's pivot     {:>8.1} ms", there.as_secs_f64() * 1e3);
    println!("ratio              {ratio:>8.2}    limit {LIMIT}, target {TARGET}");
    ratio
}

async fn fill(client: &Client) {
    for station in 0..SERIES {
        let row = |n: i64| {
            let value = f64::from(i32::try_from(n).unwrap()) / 8.0;
            let time = n * 10_000_000_000;
            Weather { station, temp: value, wind: value / 3.0, visits: n, time }
        };
        client.write("bucket", (0..ROWS).map(row).collect::<Vec<_>>()).await.unwrap();
    }
}

/// Reads all rows, one after the other.
async fn time(mut rows: Rows<Weather>) -> Duration {
    let start = Instant::now();
    let mut count = 0;
    while let Some(row) = rows.next().await.unwrap() {
        count += i64::from(row.time >= 0);
    }
    assert_eq!(count, SERIES * ROWS);
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
