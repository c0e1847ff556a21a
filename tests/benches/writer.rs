//! What the batching writer costs, as ratios within each repetition. The last two columns are the CPU
//! time of the thread that writes: other programs on the machine change it less than the wall time.
//!
//! `cargo run --release -p influx-benches --bin writer`; with `INFLUXD` set, against a real server too.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a program that reports on small numbers or fails"
)]

mod influxd;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use influx_core::client::WriterBuilder;
use influx_core::line_protocol::{self, ToLine, Unchecked};
use influx_core::{Client, Measurement};

use self::influxd::Influxd;

const BATCH: usize = 5_000;
const POINTS: usize = 500_000;
const REPETITIONS: usize = 15;

/// `cpu,core=cpu3 temp=22.35 1714564800000000000`
#[derive(Measurement, Clone)]
#[measurement(name = "cpu", write_only)]
struct Cpu {
    #[tag]
    core: &'static str,
    #[field]
    temp: f64,
    #[timestamp(unit = "ns")]
    time: i64,
}

#[derive(Measurement, Clone)]
#[measurement(name = "cpu")]
struct TwoFields {
    #[tag]
    core: u8,
    #[field]
    temp: f64,
    #[field]
    load: i64,
    #[timestamp(unit = "ns")]
    time: i64,
}

fn main() {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(null_server());
    if std::env::var_os("INFLUXD").is_some() {
        runtime.block_on(real_server());
    }
}

/// Reads every request and answers 204; counts the bytes of the bodies.
fn start_null_server() -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let received = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&received);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let counter = Arc::clone(&counter);
            std::thread::spawn(move || serve(stream.unwrap(), &counter));
        }
    });
    (url, received)
}

fn serve(stream: TcpStream, received: &AtomicU64) {
    stream.set_nodelay(true).unwrap();
    let mut input = BufReader::with_capacity(1 << 16, stream.try_clone().unwrap());
    let (mut output, mut line, mut body) = (stream, String::new(), Vec::new());
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if input.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        body.resize(length, 0);
        input.read_exact(&mut body).unwrap();
        received.fetch_add(length as u64, Ordering::Relaxed);
        output.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    }
}

async fn null_server() {
    let (url, received) = start_null_server();
    let client = Client::builder(&url).org("o").build().unwrap();
    let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap();
    let target = format!("{url}/api/v2/write?org=o&bucket=b&precision=ns");
    let time = 1_714_564_800_000_000_000;
    let points: Vec<_> = (0..i64::try_from(POINTS).unwrap())
        .map(|n| Cpu { core: "cpu3", temp: 20.0 + (n % 1_000) as f64 / 100.0, time: time + n })
        .collect();
    let mut expected = Vec::new();
    line_protocol::encode(&points, &mut expected).unwrap();
    let writer = || client.writer("b").batch_size(BATCH);
    let mut times: [Vec<Cost>; 5] = Default::default();
    for _ in 0..=REPETITIONS {
        times[0].push(bare(&http, &target, &points, expected.len() / POINTS * BATCH).await);
        check(&received, expected.len());
        times[1].push(slices(writer(), &points).await);
        check(&received, expected.len());
        times[2].push(one_by_one(writer(), &points).await);
        check(&received, expected.len());
        times[3].push(slices(writer().max_in_flight(2), &points).await);
        check(&received, expected.len());
        times[4].push(slices(writer().gzip(true), &points).await);
        assert!(received.swap(0, Ordering::Relaxed) < expected.len() as u64 / 2);
    }
    println!(
        "null server, {POINTS} points of {} bytes, batches of {BATCH}",
        expected.len() / POINTS
    );
    println!("{:<38}{:>10}{:>10}{:>10}{:>10}", "", "ns/point", "ratio", "CPU", "ratio");
    let names = [
        "encode + reqwest",
        "writer, slices",
        "writer, point by point",
        "writer, slices, 2 in flight",
        "writer, slices, gzip",
    ];
    for (case, name) in names.iter().enumerate() {
        print!("{name:<38}");
        for part in [|cost: &Cost| cost.wall, |cost: &Cost| cost.own] {
            let own: Vec<_> = times[case].iter().map(part).collect();
            let base: Vec<_> = times[0].iter().map(part).collect();
            let nanos = median(own[1..].to_vec()) * 1e9 / POINTS as f64;
            print!("{nanos:>10.1}{:>10.2}", ratio(&own, &base));
        }
        println!();
    }
    let [plain, gzip] =
        [1, 4].map(|case| times[case].iter().map(|cost| cost.wall).collect::<Vec<_>>());
    println!("{:<38}{:>20.2}", "gzip over plain (P22: <= 3)", ratio(&gzip, &plain));
}

fn check(received: &AtomicU64, expected: usize) {
    assert_eq!(received.swap(0, Ordering::Relaxed), expected as u64);
}

/// Seconds that passed, and those of the CPU that the writing thread had until all was handed over.
struct Cost {
    wall: f64,
    own: f64,
}

/// The CPU time of this thread, which drives the futures of `main`, in seconds.
fn thread_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// What a program would write without the writer.
async fn bare(http: &reqwest::Client, target: &str, points: &[Cpu], size: usize) -> Cost {
    let (start, before) = (Instant::now(), thread_time());
    for batch in points.chunks(BATCH) {
        let mut body = Vec::with_capacity(size + size / 8);
        line_protocol::encode(batch, &mut body).unwrap();
        let answer = http.post(target).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }
    Cost { wall: start.elapsed().as_secs_f64(), own: thread_time() - before }
}

async fn slices<T: ToLine>(writer: WriterBuilder, points: &[T]) -> Cost {
    let writer = writer.start().await.unwrap();
    let (start, before) = (Instant::now(), thread_time());
    for batch in points.chunks(BATCH) {
        writer.write(batch).await.unwrap();
    }
    let own = thread_time() - before;
    let report = writer.close().await.complete().unwrap();
    assert_eq!(report.delivered_lines(), points.len() as u64);
    Cost { wall: start.elapsed().as_secs_f64(), own }
}

async fn one_by_one(writer: WriterBuilder, points: &[Cpu]) -> Cost {
    let writer = writer.start().await.unwrap();
    let (start, before) = (Instant::now(), thread_time());
    for point in points {
        writer.write(point).await.unwrap();
    }
    let own = thread_time() - before;
    let report = writer.close().await.complete().unwrap();
    assert_eq!(report.delivered_lines(), points.len() as u64);
    Cost { wall: start.elapsed().as_secs_f64(), own }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The median of the ratios of the repetitions, without the first one.
fn ratio(case: &[f64], base: &[f64]) -> f64 {
    median(case.iter().zip(base).skip(1).map(|(case, base)| case / base).collect())
}

async fn real_server() {
    const REPETITIONS: usize = 9;
    const POINTS: i64 = 200_000;
    let server = Influxd::new();
    let client = server.set_up().await;
    let time = 1_714_564_800_000_000_000;
    let points: Vec<_> = (0..POINTS)
        .map(|n| TwoFields {
            core: u8::try_from(n % 100).unwrap(),
            temp: 20.0 + (n % 1_000) as f64 / 100.0,
            load: n,
            time: time + n,
        })
        .collect();
    let mut bodies = Vec::new();
    for batch in points.chunks(BATCH) {
        let mut body = Vec::new();
        line_protocol::encode(batch, &mut body).unwrap();
        bodies.push(body);
    }
    let (mut posted, mut written, mut two, mut share) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for repetition in 0..=REPETITIONS {
        for case in (0..3).map(|case| (case + repetition) % 3) {
            let bucket = format!("b-{repetition}-{case}");
            client.buckets().create(&bucket).await.unwrap();
            let writer = client.writer(&bucket).batch_size(BATCH);
            let (own, servers) = (cpu_time("self"), cpu_time(&server.pid().to_string()));
            match case {
                0 => posted.push(post(&client, &bucket, &bodies).await),
                1 => {
                    written.push(slices(writer, &points).await.wall);
                    let own = cpu_time("self") - own;
                    share.push(own / (cpu_time(&server.pid().to_string()) - servers));
                }
                _ => two.push(slices(writer.max_in_flight(2), &points).await.wall),
            }
            client.buckets().delete(&bucket).await.unwrap();
        }
    }
    println!("\nreal server, {POINTS} points of two fields, batches of {BATCH}");
    println!(
        "{:<38}{:>10.2}",
        "posting finished lines, us/point",
        median(posted[1..].to_vec()) * 1e6 / POINTS as f64
    );
    println!("{:<38}{:>10.2}", "writer over that (P24: <= 1.1)", ratio(&written, &posted));
    println!("{:<38}{:>10.2}", "writer, 2 in flight, over that", ratio(&two, &posted));
    println!(
        "{:<38}{:>9.1}%",
        "CPU over the server's (P25: <= 5 %)",
        median(share[1..].to_vec()) * 100.0
    );
}

async fn post(client: &Client, bucket: &str, bodies: &[Vec<u8>]) -> f64 {
    let start = Instant::now();
    for body in bodies {
        client.write(bucket, Unchecked(body)).await.unwrap();
    }
    start.elapsed().as_secs_f64()
}

/// In ticks; user and system.
fn cpu_time(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("Linux");
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()
}
