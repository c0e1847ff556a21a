//! The batching writer against the in-process server, whose faults a real one does not have.
//!
//! The rows of the official client's write API, and where each is tested:
//!
//! | row | test |
//! |---|---|
//! | W01, W02 one request, one precision | lanes by precision: `each_precision_has_its_lane` |
//! | W03 record kinds, W05 nothing to write | `everything_that_is_a_record_is_taken` |
//! | W04 what is no record | does not compile: `tests/ui/calls/write_what_is_no_record.rs` |
//! | W06 streams with default tags | `a_stream_is_taken_with_default_tags` |
//! | W07 precision of call and record | `each_precision_has_its_lane` |
//! | W08 success codes | `any_success_without_words_is_one` |
//! | W09 batch size, timer from the first line | `a_batch_goes_when_it_is_full_or_old` |
//! | W10 alternating buckets | `alternating_buckets_have_full_batches` |
//! | W11 413 | `a_batch_that_is_too_large_is_sent_in_parts` |
//! | W12 frames | with data frames, which are not there yet |
//! | W13 order | `the_order_of_lines_survives_retries` |
//! | W14 isolation | `a_bucket_that_fails_delays_no_other` |
//! | W15 queue bound | `when_it_is_full_*` |
//! | W16 many producers | `many_producers_lose_nothing`, and live |
//! | W17–W19, W23, W24 jitter, back-off, ends of retries | `influx-core/src/batch/tests.rs` |
//! | W20, W21 what is retried | `batch/tests.rs`, `what_is_transient_is_sent_again` |
//! | W22 `Retry-After` | `a_throttled_bucket_waits_and_its_other_lanes_with_it` |
//! | W25, W26 giving up | `what_is_given_up_is_handed_back` |
//! | W27, W28 callbacks | `events_tell_what_happens_and_a_panic_in_one_stays_there` |
//! | W29 flush | `flush_waits_until_everything_has_its_fate` |
//! | W30 close | `close_*`, `a_closed_writer_hands_back_what_it_is_given` |
//! | W31 dropped without close | `a_writer_that_is_dropped_goes_on_and_says_so` |
//! | W32–W34 default tags | `default_tags_*` |
//! | W35 helpers | log records: feature `tracing`; streams: W06; processes: not needed, threads share a writer |

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use influx_core::client::writer::{Event, Treatment, WhenFull};
use influx_core::client::{Writer, WriterBuilder};
use influx_core::line_protocol::{ToLine, Unchecked};
use influx_core::{Client, ErrorKind, Measurement, Point, Precision, Timestamp};
use influx_testkit::{Fault, Permission, Server};

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3_600);

#[derive(Measurement, Clone)]
#[measurement(precision = "s")]
struct Cpu {
    #[tag]
    core: String,
    #[field]
    temp: f64,
    #[timestamp(unit = "s")]
    time: i64,
}

fn cpu(time: i64) -> Cpu {
    Cpu { core: "0".into(), temp: 0.5, time }
}

fn untimed(core: &str) -> Point {
    Point::measurement("cpu").tag("core", core).field("temp", 0.5)
}

/// Nothing goes by age, and retries come fast.
fn builder(server: &Server) -> WriterBuilder {
    let writer = server.client().writer(server.bucket()).flush_interval(LONG);
    writer.retry_interval(SHORT).max_retry_delay(SHORT)
}

fn writes(server: &Server) -> Vec<String> {
    let writes = server.requests().into_iter().filter(|request| request.path() == "/api/v2/write");
    writes.map(|request| request.text()).collect()
}

fn line_counts(server: &Server) -> Vec<usize> {
    writes(server).iter().map(|body| body.lines().count()).collect()
}

#[tokio::test]
async fn everything_that_is_a_record_is_taken() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    writer.write(&[cpu(2), cpu(3)]).await.unwrap();
    writer.write((4..6).map(cpu)).await.unwrap();
    writer.write(Some(cpu(6))).await.unwrap();
    writer
        .write("cpu,core=0 temp=0.5 7000000000\n# a comment\n\ncpu,core=0 temp=0.5 8000000000")
        .await
        .unwrap();
    writer.write(Unchecked(b"\n#\n cpu,core=0 temp=0.5 9000000000")).await.unwrap();
    let mixed: Vec<Box<dyn ToLine>> =
        vec![Box::new(cpu(10)), Box::new("cpu,core=0 temp=0.5 11000000000")];
    writer.write(mixed).await.unwrap();
    writer.write(Vec::<Cpu>::new()).await.unwrap();
    writer.write(" \n# nothing\n").await.unwrap();
    writer.write(Unchecked("\n")).await.unwrap().await.unwrap();
    let report = writer.close().await;
    assert_eq!((report.delivered_lines(), report.is_complete()), (11, true), "{report}");
    assert_eq!(report.to_string(), "11 lines delivered");
    assert_eq!(server.lines(server.bucket()).len(), 11);
}

#[tokio::test]
async fn a_batch_goes_when_it_is_full_or_old() {
    let server = Server::start();
    let writer = builder(&server).batch_size(3).start().await.unwrap();
    writer.write((0..7).map(cpu)).await.unwrap();
    writer.flush().await.complete().unwrap();
    assert_eq!(line_counts(&server), [3, 3, 1]);
    assert_eq!(writer.stats().held_lines, 0);

    let age = Duration::from_millis(300);
    let writer = server.client().writer(server.bucket()).flush_interval(age).start().await.unwrap();
    let start = Instant::now();
    let first = writer.write(cpu(20)).await.unwrap();
    tokio::time::sleep(age / 2).await;
    let second = writer.write(cpu(21)).await.unwrap();
    first.await.unwrap();
    assert!(start.elapsed() >= age && start.elapsed() < age * 3, "{:?}", start.elapsed());
    second.await.unwrap();
    assert_eq!(line_counts(&server)[3..], [2], "the first line starts the clock");

    // As large as it may be, and one line that is larger.
    let writer = builder(&server).max_batch_bytes(60).start().await.unwrap();
    writer.write((0..5).map(cpu)).await.unwrap();
    writer.flush().await.complete().unwrap();
    writer.write(untimed(&"x".repeat(100))).await.unwrap();
    writer.close().await.complete().unwrap();
    assert_eq!(line_counts(&server)[4..], [2, 2, 1, 1]);
}

#[tokio::test]
async fn alternating_buckets_have_full_batches() {
    let server = Server::start();
    server.add_bucket("other");
    let writer = builder(&server).batch_size(4).start().await.unwrap();
    let other = writer.to("other");
    for time in 0..8 {
        writer.write(cpu(time)).await.unwrap();
        other.write(cpu(time)).await.unwrap();
    }
    writer.close().await.complete().unwrap();
    assert_eq!(line_counts(&server), [4; 4]);
    assert_eq!((server.lines("my-bucket").len(), server.lines("other").len()), (8, 8));
    assert_eq!(other.write(cpu(9)).await.unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn each_precision_has_its_lane() {
    #[derive(Measurement)]
    #[measurement(name = "cpu", precision = "ms")]
    struct Coarse {
        #[field]
        temp: f64,
        #[timestamp]
        time: Timestamp,
    }
    let server = Server::start();
    let time = Timestamp::from_nanos(1_999_999_999);
    let writer = builder(&server).start().await.unwrap();
    writer.write(Coarse { temp: 1.5, time }).await.unwrap();
    writer.write(untimed("0").timestamp(time)).await.unwrap();
    writer.write("cpu temp=2.5 17").await.unwrap();
    writer.close().await.complete().unwrap();
    let mut lines = server.lines(server.bucket());
    lines.sort();
    let stored = ["cpu temp=1.5 1999000000", "cpu temp=2.5 17", "cpu,core=0 temp=0.5 1999999999"];
    assert_eq!(lines, stored);

    // The writer's own wins, and a point without a time keeps its nanoseconds.
    let server = Server::start();
    let before = Timestamp::now().unwrap().as_nanos();
    let writer = builder(&server).precision(Precision::Seconds).start().await.unwrap();
    writer.write(Coarse { temp: 1.5, time }).await.unwrap();
    writer.write("cpu temp=2.5 17\ncpu temp=3.5").await.unwrap();
    writer
        .write(Unchecked("cpu,a=\"1 text=\"x 1\",note=t -3\ncpu,b=1 text=\"x 1\""))
        .await
        .unwrap();
    writer.write(untimed("1")).await.unwrap();
    writer.close().await.complete().unwrap();
    let parameters =
        |name| server.requests().iter().filter_map(|r| r.parameter(name)).collect::<Vec<_>>();
    let mut precisions = parameters("precision");
    precisions.sort();
    assert_eq!(precisions, ["ns", "s"]);
    let lines = server.lines(server.bucket());
    let of = |start: &str| {
        let line = lines
            .iter()
            .find(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("{start}: {lines:?}"));
        line.rsplit(' ').next().unwrap().parse::<i64>().unwrap()
    };
    assert_eq!((of("cpu temp=1.5"), of("cpu temp=2.5")), (1_000_000_000, 17_000_000_000));
    assert_eq!(of("cpu,a=\"1 "), -3_000_000_000);
    for start in ["cpu temp=3.5", "cpu,b=1", "cpu,core=1"] {
        assert!(of(start) >= before, "{start}");
    }
}

#[tokio::test]
async fn points_without_a_time_do_not_collapse() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let writer = writer.clone();
            tokio::spawn(async move {
                for _ in 0..250 {
                    writer.write(untimed("0")).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    writer.close().await.complete().unwrap();
    assert_eq!(server.lines(server.bucket()).len(), 1_000);

    // Left to the server, those of one series are one.
    let server = Server::start();
    let writer = builder(&server).server_times().start().await.unwrap();
    writer.write([untimed("0"), untimed("0")]).await.unwrap();
    writer.close().await.complete().unwrap();
    assert_eq!(server.lines(server.bucket()).len(), 1);
}

#[tokio::test]
async fn what_cannot_be_carried_costs_itself_only() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    let nan = Cpu { temp: f64::NAN, ..cpu(2) };
    let error = writer.write([cpu(1), nan.clone(), cpu(3)]).await.unwrap_err();
    assert_eq!((error.kind(), error.refused()[0].index()), (ErrorKind::InvalidLine, 1));
    assert!(
        error.to_string().starts_with("1 record was refused and the others were taken: record 1: "),
        "{error}"
    );
    let error =
        writer.write("cpu temp=1 4\ncpu temp= 5\ncpu temp=1 6\ncpu temp=x 7").await.unwrap_err();
    assert_eq!(error.refused()[0].reason().refused().len(), 2, "{error}");
    let error = writer.write(&nan).await.unwrap_err();
    assert!(error.to_string().starts_with("the value of field `temp` is NaN"), "{error}");
    let report = writer.close().await;
    assert_eq!((report.delivered_lines(), report.refused_lines()), (4, 4));
    assert_eq!(report.complete().unwrap_err().kind(), ErrorKind::InvalidLine);
    assert_eq!(server.lines(server.bucket()).len(), 4);
}

#[tokio::test]
async fn a_stream_is_taken_with_default_tags() {
    let server = Server::start();
    let writer = builder(&server).default_tag("host", "a").start().await.unwrap();
    let items = futures_util::stream::iter(0..10)
        .map(|n| if n == 5 { untimed("").field("temp", f64::NAN) } else { untimed("0") });
    let error = writer.write_stream(items).await.unwrap_err();
    assert_eq!((error.refused().len(), error.refused()[0].index()), (1, 5));
    assert_eq!(writer.write_stream(futures_util::stream::iter((0..3).map(cpu))).await.unwrap(), 3);
    let _ = writer.close().await;
    let lines = server.lines(server.bucket());
    assert_eq!(lines.len(), 12);
    assert!(lines.iter().all(|line| line.starts_with("cpu,core=0,host=a ")), "{lines:?}");
    let late = writer.write_stream(futures_util::stream::iter([cpu(1)])).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn default_tags_yield_to_a_record_s_own_unless_told_otherwise() {
    let server = Server::start();
    let writer =
        builder(&server).default_tag("core", "9").default_tag("host", "a").start().await.unwrap();
    let mut point = untimed("0").timestamp(Timestamp::from_nanos(1));
    writer.write(&point).await.unwrap();
    writer
        .write([&Point::measurement("cpu").field("temp", 1.5).timestamp(Timestamp::from_nanos(2))])
        .await
        .unwrap();
    writer.write(cpu(3)).await.unwrap();
    writer.write("cpu temp=1.5 4").await.unwrap();
    writer.close().await.complete().unwrap();
    let mut lines = server.lines(server.bucket());
    lines.sort();
    assert_eq!(
        lines,
        [
            "cpu temp=1.5 4",
            "cpu,core=0,host=a temp=0.5 1",
            "cpu,core=0,host=a temp=0.5 3000000000",
            "cpu,core=9,host=a temp=1.5 2",
        ]
    );
    assert_eq!(point.to_string(), "cpu,core=0 temp=0.5 1", "the caller's data stays as it is");

    let server = Server::start();
    let writer =
        builder(&server).default_tag("core", "9").default_tags_override().start().await.unwrap();
    point = point.tag("zone", "z");
    writer.write(&point).await.unwrap();
    writer.close().await.complete().unwrap();
    assert_eq!(server.lines(server.bucket()), ["cpu,core=9,zone=z temp=0.5 1"]);
}

#[tokio::test]
async fn default_tags_stay_with_their_client() {
    let server = Server::start();
    let client = || Client::builder(server.url()).token(server.token()).org(server.org());
    let tagged = client().default_tag("host", "a").default_tag("zone", "z").build().unwrap();
    let plain = client().build().unwrap();
    let point = |time| untimed("0").timestamp(Timestamp::from_nanos(time));
    tagged.write("my-bucket", point(1)).await.unwrap();
    plain.write("my-bucket", point(2)).await.unwrap();
    for (client, time) in [(tagged.clone(), 3), (plain, 4)] {
        let writer = client.writer("my-bucket").start().await.unwrap();
        writer.write(point(time)).await.unwrap();
        writer.close().await.complete().unwrap();
    }
    let writer = tagged.writer("my-bucket").default_tag("zone", "").start().await.unwrap();
    writer.write(point(5)).await.unwrap();
    writer.close().await.complete().unwrap();
    let mut lines = server.lines("my-bucket");
    lines.sort_by_key(|line| line.as_bytes()[line.len() - 1]);
    let tags =
        ["core=0,host=a,zone=z", "core=0", "core=0,host=a,zone=z", "core=0", "core=0,host=a"];
    let expected: Vec<_> =
        (1..).zip(tags).map(|(time, tags)| format!("cpu,{tags} temp=0.5 {time}")).collect();
    assert_eq!(lines, expected);
    let error = tagged.writer("b").default_tag("time", "x").start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLine);
}

#[tokio::test]
async fn any_success_without_words_is_one() {
    let server = Server::start();
    for status in [200, 201, 204] {
        server.inject(Fault::answer(status).body(""));
        server.client().write("my-bucket", cpu(1)).await.unwrap();
    }
    // A login page is a success, too, but not InfluxDB's: the lines are kept.
    server.inject(Fault::html(200));
    let writer = builder(&server).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    writer.flush().await.complete().unwrap();
    assert_eq!((server.lines("my-bucket").len(), writer.stats().retries), (1, 1));
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_sent_in_parts() {
    let server = Server::start();
    server.inject(Fault::answer(413).times(2));
    let writer = builder(&server).start().await.unwrap();
    let receipt = writer.write((0..100).map(cpu)).await.unwrap();
    writer.flush().await.complete().unwrap();
    receipt.await.unwrap();
    assert_eq!(line_counts(&server)[..3], [100, 50, 25]);
    assert_eq!(server.lines("my-bucket").len(), 100);
    // The lane keeps to what it has learned.
    writer.write((100..200).map(cpu)).await.unwrap();
    writer.close().await.complete().unwrap();
    assert!(line_counts(&server)[3..].iter().all(|lines| *lines <= 25));
    assert_eq!(server.lines("my-bucket").len(), 200);
}

#[tokio::test]
async fn the_order_of_lines_survives_retries() {
    let server = Server::start();
    server.inject(Fault::answer(500));
    server.inject(Fault::reset());
    let writer = builder(&server).batch_size(10).start().await.unwrap();
    for value in 0..50 {
        writer.write(format!("m f={value} 1")).await.unwrap();
    }
    writer.close().await.complete().unwrap();
    assert_eq!(server.lines("my-bucket"), ["m f=49 1"], "the last one wins");
}

#[tokio::test]
async fn what_is_transient_is_sent_again() {
    let server = Server::start();
    let faults = [
        Fault::answer(500),
        Fault::answer(408),
        Fault::answer(499),
        Fault::answer(502),
        Fault::html(504),
        Fault::reset(),
    ];
    for fault in faults {
        server.inject(fault);
    }
    let writer = builder(&server).max_retries(6).start().await.unwrap();
    let receipt = writer.write(cpu(1)).await.unwrap();
    writer.flush().await.complete().unwrap();
    receipt.await.unwrap();
    let stats = writer.stats();
    assert_eq!((stats.requests, stats.retries, stats.delivered_lines), (7, 6, 1));
    // The table can be changed.
    server.inject(Fault::answer(418));
    server.inject(Fault::answer(500));
    let writer =
        builder(&server).on_status(418, Treatment::Retry).on_status(500, Treatment::Refuse);
    let writer = writer.start().await.unwrap();
    let receipt = writer.write(cpu(2)).await.unwrap();
    let _ = writer.flush().await;
    assert_eq!(receipt.await.unwrap_err().refused()[0].reason().status(), Some(500));
}

#[tokio::test]
async fn a_throttled_bucket_waits_and_its_other_lanes_with_it() {
    let server = Server::start();
    server.add_bucket("other");
    let asked = Duration::from_secs(1);
    for junk in [Fault::answer(429).header("retry-after", "soon"), Fault::answer(503)] {
        server.inject(junk);
    }
    let writer = builder(&server).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    let start = Instant::now();
    writer.flush().await.complete().unwrap();
    assert!(start.elapsed() < asked, "junk is ignored");

    server.inject(Fault::answer(429).retry_after(asked));
    let start = Instant::now();
    let throttled = writer.write(cpu(2)).await.unwrap();
    let flushed = tokio::spawn({
        let writer = writer.clone();
        async move { writer.flush().await }
    });
    while writer.stats().retries < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Another lane of the same bucket, and another bucket.
    let sibling = writer.write(Unchecked("m f=1")).await.unwrap();
    let stranger = writer.to("other").write(cpu(1)).await.unwrap();
    let _ = writer.flush().await;
    stranger.await.unwrap();
    sibling.await.unwrap();
    assert!(start.elapsed() >= asked, "{:?}", start.elapsed());
    throttled.await.unwrap();
    flushed.await.unwrap().complete().unwrap();
}

#[tokio::test]
async fn a_bucket_that_fails_delays_no_other() {
    let server = Server::start();
    server.add_bucket("other");
    let writer = builder(&server).retry_interval(LONG).max_retry_delay(LONG).max_retry_time(LONG);
    let writer = writer.start().await.unwrap();
    server.inject(Fault::answer(500));
    let failing = writer.write(cpu(1)).await.unwrap();
    let flushing = tokio::spawn({
        let writer = writer.clone();
        async move { writer.flush().await }
    });
    while writer.stats().retries == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let other = store_alone(&writer.to("other"), cpu(1)).await;
    assert_eq!(server.lines("other").len(), 1);
    assert_eq!(other, 1);
    assert_eq!(writer.stats().in_flight, 1);
    // To close it is to try at once.
    writer.close().await.complete().unwrap();
    failing.await.unwrap();
    flushing.await.unwrap().complete().unwrap();
    assert_eq!(server.lines("my-bucket").len(), 1);
}

/// Hands over a record and waits until it is stored, without waiting for other buckets.
async fn store_alone(writer: &Writer, record: Cpu) -> u64 {
    let before = writer.stats().delivered_lines;
    let receipt = writer.write(record).await.unwrap();
    let other = writer.clone();
    let flushing = tokio::spawn(async move { other.flush().await });
    receipt.await.unwrap();
    flushing.abort();
    writer.stats().delivered_lines - before
}

#[tokio::test]
async fn what_is_given_up_is_handed_back() {
    let server = Server::start();
    server.inject(
        Fault::answer(500).body(r#"{"code":"internal error","message":"timeout"}"#).always(),
    );
    let writer = builder(&server).max_retries(2).start().await.unwrap();
    let receipt = writer.write((0..3).map(cpu)).await.unwrap();
    assert_eq!(receipt.lines(), 3);
    let report = writer.flush().await;
    assert_eq!((report.delivered_lines(), report.refused_lines()), (0, 3));
    let error = receipt.await.unwrap_err();
    assert_eq!(error.refused().len(), 3);
    let refused = &error.refused()[1];
    assert_eq!(refused.line(), Some(&b"cpu,core=0 temp=0.5 1"[..]));
    assert!(refused.reason().to_string().starts_with("given up after 3 tries in "), "{error}");
    assert_eq!(
        (refused.reason().status(), refused.reason().server_message()),
        (Some(500), Some("timeout"))
    );
    assert_eq!((writer.stats().given_up, writer.stats().requests), (3, 3));
    assert_eq!(writer.stats().held_bytes, 0);
}

#[tokio::test]
async fn what_is_not_the_fault_of_the_lines_is_kept_until_it_is_mended() {
    let server = Server::start();
    let blocked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&blocked);
    let writer = server.client().writer("later").flush_interval(SHORT).retry_interval(SHORT);
    let writer = writer.max_retries(0).on_event(move |event| {
        if let Event::Blocked { error, .. } = event {
            seen.lock().unwrap().push(error.kind());
        }
    });
    let writer = writer.max_retry_delay(SHORT).start().await.unwrap();
    let receipt = writer.write(cpu(1)).await.unwrap();
    while blocked.lock().unwrap().len() < 3 {
        tokio::time::sleep(SHORT).await;
    }
    assert_eq!(blocked.lock().unwrap()[0], ErrorKind::NotFound);
    server.add_bucket("later");
    receipt.await.unwrap();
    assert_eq!(server.lines("later").len(), 1);
    assert_eq!(writer.close().await.delivered_lines(), 1);
}

#[tokio::test]
async fn close_hands_back_at_once_what_the_server_will_not_have() {
    let server = Server::start();
    server.add_token("reader", [Permission::read("my-bucket")]);
    let client = Client::builder(server.url()).token("reader").org(server.org()).build().unwrap();
    let writer = client.writer("my-bucket").start().await.unwrap();
    let receipt = writer.write([cpu(1), cpu(2)]).await.unwrap();
    let start = Instant::now();
    let report = writer.close().await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!((report.undelivered_lines(), report.is_complete()), (2, false));
    let undelivered = &report.undelivered()[0];
    assert_eq!((undelivered.bucket(), undelivered.precision()), ("my-bucket", Precision::Seconds));
    assert_eq!(undelivered.lines(), b"cpu,core=0 temp=0.5 1\ncpu,core=0 temp=0.5 2\n");
    let error = receipt.await.unwrap_err();
    assert_eq!(
        (error.kind(), error.refused()[0].reason().status()),
        (ErrorKind::Closed, Some(403))
    );
    let error = report.complete().unwrap_err();
    assert_eq!((error.kind(), error.unwritten().len()), (ErrorKind::Closed, 44));
}

#[tokio::test]
async fn close_ends_when_its_time_is_up_and_again_gives_the_same_report() {
    let server = Server::start();
    server.inject(Fault::stall().always());
    let writer = builder(&server).batch_size(2).start().await.unwrap();
    let receipt = writer.write((0..5).map(cpu)).await.unwrap();
    let start = Instant::now();
    let report = writer.close_within(Duration::from_millis(200)).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(report.undelivered_lines(), 5);
    assert!(report.to_string().ends_with("5 handed back undelivered"), "{report}");
    assert_eq!(receipt.await.unwrap_err().refused().len(), 5);
    let stats = writer.stats();
    assert_eq!(
        (stats.held_lines, stats.held_bytes, stats.undelivered, stats.in_flight),
        (0, 0, 5, 0)
    );
    assert_eq!(writer.close().await.undelivered_lines(), 5);
    assert_eq!(writer.flush().await.undelivered_lines(), 5);
}

#[tokio::test]
async fn close_that_is_given_up_goes_on_and_two_may_wait() {
    let server = Server::start();
    server.inject(Fault::through().delay(Duration::from_millis(300)));
    let writer = builder(&server).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(50), writer.close()).await;
    assert!(given_up.is_err());
    let other = writer.clone();
    let (one, other) = tokio::join!(writer.close(), other.close_within(LONG));
    assert_eq!((one.delivered_lines(), other.delivered_lines()), (1, 1));
}

#[tokio::test]
async fn a_closed_writer_hands_back_what_it_is_given() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    writer.close().await.complete().unwrap();
    for error in [
        writer.write([cpu(1), cpu(2)]).await.unwrap_err(),
        writer.try_write([cpu(1), cpu(2)]).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Closed);
        assert_eq!(error.unwritten(), b"cpu,core=0 temp=0.5 1\ncpu,core=0 temp=0.5 2\n");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn flush_waits_until_everything_has_its_fate() {
    let server = Server::start();
    server.inject(Fault::through().delay(Duration::from_millis(200)));
    let writer = builder(&server).batch_size(10).start().await.unwrap();
    writer.write((0..25).map(cpu)).await.unwrap();
    let report = writer.flush().await;
    assert_eq!(report.delivered_lines(), 25);
    assert_eq!(server.lines("my-bucket").len(), 25);
    assert_eq!(writer.flush().await.delivered_lines(), 25, "nothing to wait for");
}

#[tokio::test]
async fn events_tell_what_happens_and_a_panic_in_one_stays_there() {
    let server = Server::start();
    server.inject(Fault::answer(500));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let writer = builder(&server)
        .on_event(|_| panic!("a mistake of the application"))
        .on_event(move |event| {
            log.lock().unwrap().push(match event {
                Event::Delivered(batch) => format!(
                    "{} {} {}: {:?}",
                    batch.target.bucket, batch.precision, batch.lines, batch.body
                ),
                Event::Retrying { failures, error, .. } => {
                    format!("retry {failures}: {:?}", error.status())
                }
                Event::Refused { refused, .. } => format!("refused {}", refused.len()),
                other => format!("{other:?}"),
            });
        })
        .start()
        .await
        .unwrap();
    let mut events = writer.events();
    writer.write(cpu(1)).await.unwrap();
    writer.write(Cpu { temp: f64::NAN, ..cpu(2) }).await.unwrap_err();
    assert_eq!(writer.close().await.refused_lines(), 1);
    let expected =
        ["refused 1", "retry 1: Some(500)", "my-bucket s 1: b\"cpu,core=0 temp=0.5 1\\n\""];
    assert_eq!(*seen.lock().unwrap(), expected);
    drop(writer);
    assert!(matches!(events.next().await, Some(Event::Refused { .. })));
    assert!(matches!(events.next().await, Some(Event::Retrying { .. })));
    assert!(matches!(StreamExt::next(&mut events).await, Some(Event::Delivered(_))));
    assert!(StreamExt::next(&mut events).await.is_none(), "the stream ends with the writer");
}

#[tokio::test]
async fn a_stream_of_events_that_is_not_read_tells_how_many_it_missed() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    let mut events = writer.events();
    for _ in 0..300 {
        writer.write("nonsense").await.unwrap_err();
    }
    for _ in 0..256 {
        assert!(matches!(events.next().await, Some(Event::Refused { .. })));
    }
    writer.write("nonsense").await.unwrap_err();
    assert!(matches!(events.next().await, Some(Event::Missed(44))));
    assert!(matches!(events.next().await, Some(Event::Refused { .. })));
    assert_eq!(writer.stats().refused_here, 301);
}

#[tokio::test]
async fn a_writer_that_is_dropped_goes_on_and_says_so() {
    let server = Server::start();
    let (sender, told) = std::sync::mpsc::channel();
    let writer = builder(&server).on_event(move |event| {
        if let Event::Abandoned { lines, .. } = event {
            let _ = sender.send(*lines);
        }
    });
    let writer = writer.start().await.unwrap();
    let receipt = writer.write((0..3).map(cpu)).await.unwrap();
    let clone = writer.clone();
    drop(writer);
    assert!(told.try_recv().is_err(), "there is another handle");
    drop(clone);
    assert_eq!(told.try_recv(), Ok(3));
    receipt.await.unwrap();
    assert_eq!(server.lines("my-bucket").len(), 3);
}

#[test]
fn a_runtime_that_ends_leaves_no_receipt_without_an_answer() {
    let server = Server::start();
    server.inject(Fault::stall().always());
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    };
    let first = runtime();
    let (writer, receipt) = first.block_on(async {
        let writer = builder(&server).start().await.unwrap();
        let receipt = writer.write(cpu(1)).await.unwrap();
        let _ = tokio::time::timeout(SHORT, writer.flush()).await;
        (writer, receipt)
    });
    drop(first);
    let report = runtime().block_on(async {
        assert_eq!(receipt.await.unwrap_err().kind(), ErrorKind::Closed);
        assert_eq!(writer.write(cpu(2)).await.unwrap_err().kind(), ErrorKind::Closed);
        writer.close_within(Duration::from_secs(10)).await
    });
    assert_eq!(report.undelivered_lines(), 1);
}

/// A server that is away, and room for so many of these lines.
async fn full(when_full: WhenFull) -> (Server, Writer) {
    let server = Server::start();
    server.inject(Fault::stall().always());
    // 22 bytes each, counted as 32.
    let writer = builder(&server).batch_size(2).max_buffered_bytes(4 * 32).when_full(when_full);
    let writer = writer.start().await.unwrap();
    for time in 0..4 {
        writer.write(cpu(time)).await.unwrap();
        tokio::task::yield_now().await;
    }
    while writer.stats().in_flight == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (server, writer)
}

#[tokio::test]
async fn when_it_is_full_a_write_waits_and_takes_nothing_if_it_is_dropped() {
    let (server, writer) = full(WhenFull::Wait).await;
    let error = writer.try_write(cpu(9)).unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Full, true));
    assert_eq!(error.unwritten(), b"cpu,core=0 temp=0.5 9\n");
    let waited = tokio::time::timeout(SHORT, writer.write(cpu(5))).await;
    assert!(waited.is_err());
    assert_eq!(writer.stats().taken_lines, 4, "nothing was taken");
    let waiting = tokio::spawn(writer.write(cpu(6)));
    tokio::time::sleep(SHORT).await;
    server.clear_faults();
    let client_gives_up = writer.close_within(Duration::from_millis(100)).await;
    assert_eq!(client_gives_up.undelivered_lines(), 4);
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Closed, &b"cpu,core=0 temp=0.5 6\n"[..])
    );
}

#[tokio::test]
async fn when_it_is_full_a_write_may_fail() {
    let (_server, writer) = full(WhenFull::Fail).await;
    let error = writer.write(cpu(5)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.unwritten()),
        (ErrorKind::Full, &b"cpu,core=0 temp=0.5 5\n"[..])
    );
    let _ = writer.close_within(Duration::ZERO).await;
}

#[tokio::test]
async fn when_it_is_full_the_newest_or_the_oldest_lines_are_dropped() {
    let (_server, writer) = full(WhenFull::DropNewest).await;
    let error = writer.write(cpu(5)).await.unwrap().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.refused()[0].line()),
        (ErrorKind::Full, Some(&b"cpu,core=0 temp=0.5 5"[..]))
    );
    assert_eq!(writer.close_within(Duration::ZERO).await.undelivered_lines(), 4);

    let (_server, writer) = full(WhenFull::DropOldest).await;
    let newest = writer.write(cpu(5)).await.unwrap();
    let report = writer.close_within(Duration::ZERO).await;
    let dropped: Vec<_> = report.refused().iter().map(|refused| refused.line().unwrap()).collect();
    assert_eq!(
        dropped,
        [b"cpu,core=0 temp=0.5 2", b"cpu,core=0 temp=0.5 3"],
        "those in flight stay"
    );
    assert_eq!((report.undelivered_lines(), writer.stats().dropped), (3, 2));
    assert_eq!(newest.await.unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn more_than_all_the_room_is_taken_piece_by_piece() {
    let server = Server::start();
    let writer = builder(&server).batch_size(10).max_buffered_bytes(1_000).start().await.unwrap();
    let receipt = writer.write((0..1_000).map(cpu)).await.unwrap();
    assert_eq!(receipt.lines(), 1_000);
    writer.write(untimed(&"x".repeat(5_000))).await.unwrap();
    writer.close().await.complete().unwrap();
    receipt.await.unwrap();
    assert_eq!(server.lines("my-bucket").len(), 1_001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_producers_lose_nothing() {
    let server = Server::start();
    let writer =
        builder(&server).max_in_flight(3).max_buffered_bytes(100_000).start().await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let writer = writer.clone();
            tokio::spawn(async move {
                for n in 0..4_000 {
                    let core = format!("{}", n % 7);
                    writer.write(Cpu { core, ..cpu(task * 4_000 + n) }).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let start = Instant::now();
    let report = writer.close().await.complete().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(report.delivered_lines(), 32_000);
    assert_eq!(server.lines("my-bucket").len(), 32_000);
}

#[tokio::test]
async fn lanes_of_a_bucket_keep_the_order_of_each_series() {
    let server = Server::start();
    let writer = builder(&server).batch_size(5).max_in_flight(4).start().await.unwrap();
    for value in 0..40 {
        for series in 0..10 {
            writer.write(format!("m,s={series} f={value} 1")).await.unwrap();
        }
    }
    writer.close().await.complete().unwrap();
    let lines = server.lines("my-bucket");
    assert!(lines.len() == 10 && lines.iter().all(|line| line.ends_with(" f=39 1")), "{lines:?}");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let server = Server::start();
    let client = server.client();
    let kind = async |builder: WriterBuilder| {
        let error = builder.start().await.unwrap_err();
        assert!(!error.to_string().is_empty());
        error.kind()
    };
    assert_eq!(kind(client.writer("")).await, ErrorKind::InvalidInput);
    assert_eq!(kind(client.writer("b").batch_size(0)).await, ErrorKind::InvalidInput);
    assert_eq!(kind(client.writer("b").max_in_flight(0)).await, ErrorKind::InvalidInput);
    assert_eq!(kind(client.writer("b").max_buffered_bytes(0)).await, ErrorKind::InvalidInput);
    let nobody = Client::builder(server.url()).build().unwrap();
    assert_eq!(kind(nobody.writer("b")).await, ErrorKind::InvalidInput);
    let longest =
        client.writer("my-bucket").flush_interval(Duration::MAX).max_retry_time(Duration::MAX);
    let writer =
        longest.max_close_wait(Duration::MAX).retry_interval(Duration::MAX).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    writer.close().await.complete().unwrap();
}

#[test]
fn a_writer_needs_a_runtime_and_says_so() {
    let server = Server::start();
    let start = std::pin::pin!(server.client().writer("b").start());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = start.poll(&mut context) else { panic!("no error") };
    assert!(error.to_string().contains("needs a Tokio runtime"), "{error}");
}

#[tokio::test]
async fn a_direct_write_hands_back_what_may_not_be_stored() {
    let server = Server::start();
    let client = server.client();
    let text = "m f=1 1\nm f= 2\nm f=\"a\nb\" 3";
    let error = client.write("my-bucket", Unchecked(text)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidLine, Some(400)));
    assert_eq!(error.unwritten(), format!("{text}\n").as_bytes());
    assert_eq!((error.refused().len(), error.refused()[0].index()), (1, 1));
    assert_eq!(error.refused()[0].line(), Some(&b"m f= 2"[..]));
    client.write("my-bucket", "m f=1 1").await.unwrap();
    let error = client.write("my-bucket", "m f=2 2\nm f=3i 3").await.unwrap_err();
    assert_eq!((error.kind(), error.refused()[0].index()), (ErrorKind::PartialWrite, 1));
    server.inject(Fault::reset());
    let error = client.write("my-bucket", cpu(1)).await.unwrap_err();
    assert_eq!((error.is_retryable(), error.unwritten()), (true, &b"cpu,core=0 temp=0.5 1\n"[..]));
}

#[tokio::test]
async fn a_field_of_another_type_can_be_refused_before_it_is_sent() {
    let server = Server::start();
    let writer = builder(&server).schema_guard().start().await.unwrap();
    let error = writer.write("m f=1,g=t 1\nm f=2i 2\nn f=2i 3\nm g=f,f=3 4").await.unwrap_err();
    let refused = &error.refused()[0];
    assert_eq!(
        (error.refused().len(), refused.index(), refused.line()),
        (1, 1, Some(&b"m f=2i 2"[..]))
    );
    assert!(
        refused.reason().to_string().starts_with(
            "the field `f` of measurement `m` is of type integer here and of type float"
        ),
        "{error}"
    );
    let error = writer.write(untimed("0").field("temp", 1)).await.map(|_| ());
    assert!(error.is_ok());
    assert_eq!(writer.write(untimed("0")).await.unwrap_err().kind(), ErrorKind::InvalidLine);
    let report = writer.close().await;
    assert_eq!((report.delivered_lines(), report.refused_lines()), (4, 2));
}

#[tokio::test]
async fn a_token_that_is_rotated_is_read_again() {
    let server = Server::start();
    server.add_token("first", [Permission::write("my-bucket")]);
    let token = Arc::new(Mutex::new("first".to_owned()));
    let (source, asked) = (Arc::clone(&token), Arc::new(Mutex::new(0)));
    let count = Arc::clone(&asked);
    let client = Client::builder(server.url()).org(server.org()).token_provider(move || {
        *count.lock().unwrap() += 1;
        match source.lock().unwrap().as_str() {
            "" => Err("no token today".into()),
            token => Ok(token.into()),
        }
    });
    let client = client.build().unwrap();
    assert_eq!(*asked.lock().unwrap(), 0);
    let writer = client.writer("my-bucket").retry_interval(SHORT).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    writer.flush().await.complete().unwrap();
    client.write("my-bucket", cpu(2)).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), 1);

    server.add_token("second", [Permission::write("my-bucket")]);
    server.inject(
        Fault::answer(401).body(r#"{"code":"unauthorized","message":"unauthorized access"}"#),
    );
    *token.lock().unwrap() = "second".into();
    writer.write(cpu(3)).await.unwrap();
    writer.flush().await.complete().unwrap();
    assert_eq!((*asked.lock().unwrap(), writer.stats().retries), (2, 0), "at once");
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Token second"));

    // Nothing new: the lines are kept.
    server.inject(
        Fault::answer(401).body(r#"{"code":"unauthorized","message":"unauthorized access"}"#),
    );
    writer.write(cpu(4)).await.unwrap();
    writer.flush().await.complete().unwrap();
    assert_eq!(*asked.lock().unwrap(), 3);

    let broken = Client::builder(server.url())
        .org("o")
        .token_provider(|| Err("no token today".into()))
        .build()
        .unwrap();
    let error = broken.write("my-bucket", cpu(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no token today");
    let wrong = Client::builder(server.url())
        .org("o")
        .token_provider(|| Ok("a\nb".into()))
        .build()
        .unwrap();
    assert!(!wrong.write("b", cpu(1)).await.unwrap_err().to_string().contains("a\nb"));
    assert!(format!("{client:?}").contains("Provider(hidden)"));
}

#[tokio::test]
async fn a_token_that_cannot_be_read_for_a_while_costs_no_line() {
    let server = Server::start();
    let (secret, tries) = (server.token().to_owned(), AtomicUsize::new(0));
    let client =
        Client::builder(server.url()).org(server.org()).token_provider(move || {
            match tries.fetch_add(1, Ordering::Relaxed) {
                0 => Err("the file is being replaced".into()),
                1 => Ok("".into()),
                _ => Ok(secret.as_str().into()),
            }
        });
    let client = client.build().unwrap();
    let writer = client.writer("my-bucket").retry_interval(SHORT).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    writer.flush().await.complete().unwrap();
    assert_eq!(server.lines("my-bucket").len(), 1);
}

#[tokio::test]
async fn an_answer_that_quotes_more_than_is_read_takes_few_requests() {
    let server = Server::start();
    let lines: Vec<_> = (0..5_000)
        .map(|n| {
            Unchecked(format!(
                "m,s=\"{}\\\u{e4} f={} {n}",
                "x".repeat(400),
                if n % 10 == 0 { "1" } else { "bad" }
            ))
        })
        .collect();
    let writer = builder(&server).batch_size(5_000).start().await.unwrap();
    let receipt = writer.write(lines).await.unwrap();
    let report = writer.close().await;
    assert_eq!((report.delivered_lines(), report.refused_lines()), (500, 4_500));
    assert!(writer.stats().requests <= 4, "{:?}", writer.stats());
    let error = receipt.await.unwrap_err();
    assert!(
        error
            .refused()
            .iter()
            .all(|refused| refused.reason().server_message().unwrap().len() < 1_000)
    );
    assert_eq!(report.refused().len(), 1_000, "the report keeps so many");
}

#[tokio::test]
async fn a_record_that_panics_harms_nobody_else() {
    struct Panics;
    impl ToLine for Panics {
        fn write_line(
            &self,
            out: &mut influx_core::line_protocol::LineWriter,
        ) -> influx_core::Result<()> {
            let _unfinished = out.measurement("m")?;
            panic!("a mistake of the application");
        }
    }
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    writer.write(cpu(1)).await.unwrap();
    let panicking = writer.clone();
    assert!(tokio::spawn(async move { panicking.write([Panics]).await }).await.is_err());
    writer.write(cpu(2)).await.unwrap();
    assert_eq!(writer.close().await.complete().unwrap().delivered_lines(), 2);
}

#[tokio::test]
async fn a_record_may_write_another_one_while_it_is_written() {
    struct Nested(Writer);
    impl ToLine for Nested {
        fn write_line(
            &self,
            out: &mut influx_core::line_protocol::LineWriter,
        ) -> influx_core::Result<()> {
            self.0.try_write("inner f=1 1")?;
            let mut line = out.measurement("outer")?.into_fields();
            line.field("f")?.integer(1)?;
            line.finish_at(|time| time.nanos(2))
        }
    }
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    writer.write([Nested(writer.clone()), Nested(writer.clone())]).await.unwrap();
    writer.close().await.complete().unwrap();
    let mut lines = server.lines("my-bucket");
    lines.sort();
    assert_eq!(lines, ["inner f=1 1", "outer f=1i 2"]);
}

#[tokio::test]
async fn a_callback_may_use_the_writer() {
    let server = Server::start();
    let slot: Arc<std::sync::OnceLock<Writer>> = Arc::default();
    let own = Arc::clone(&slot);
    let writer = builder(&server).batch_size(1).on_event(move |event| {
        let Some(writer) = own.get() else { return };
        if let Event::Delivered(batch) = event {
            assert!(writer.stats().requests > 0);
            if batch.body.starts_with(b"m ") {
                writer.try_write("n f=1 1").unwrap();
            }
        }
    });
    let writer = writer.start().await.unwrap();
    slot.set(writer.clone()).unwrap();
    writer.write("m f=1 1").await.unwrap();
    while writer.stats().delivered_lines < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(writer.close().await.delivered_lines(), 2);
}

#[tokio::test]
async fn whatever_the_server_answers_every_line_has_a_fate_and_the_counts_add_up() {
    let server = Server::start();
    let conflict = r#"{"code":"unprocessable entity","message":"failure writing points to database: partial write: something new dropped=1"}"#;
    let stranger = r#"{"code":"invalid","message":"unable to parse 'not ours': missing fields"}"#;
    let faults = [
        Fault::answer(422).body(conflict),
        Fault::answer(400).body(stranger),
        Fault::answer(413),
        Fault::answer(301).header("location", "http://elsewhere/"),
        Fault::answer(500),
        Fault::html(404),
        Fault::answer(400).body(vec![b'x'; 10 << 20]),
        Fault::answer(204).retry_after(LONG),
        Fault::answer(500).cut_after(60),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        server.clear_faults();
        server.inject(fault.times(40));
        let writer = builder(&server).batch_size(16).max_retries(1).start().await.unwrap();
        let receipt = writer.write((0..40).map(cpu)).await.unwrap();
        let report = writer.close_within(Duration::from_secs(20)).await;
        let stats = writer.stats();
        let fates = stats.delivered_lines
            + stats.refused_by_server
            + stats.given_up
            + stats.dropped
            + stats.undelivered;
        assert_eq!(
            (stats.taken_lines, fates, stats.held_lines),
            (40, 40, 0),
            "fault {n}: {stats:?}"
        );
        assert_eq!(
            report.delivered_lines() + report.refused_lines() + report.undelivered_lines(),
            40
        );
        let refused = receipt.await.map_or_else(|error| error.refused().len(), |()| 0);
        assert_eq!(refused as u64 + report.delivered_lines(), 40);
    }
}

#[tokio::test]
async fn the_room_is_the_same_after_lines_of_every_length() {
    let server = Server::start();
    let writer = builder(&server).batch_size(3).max_buffered_bytes(64).start().await.unwrap();
    for n in 0..50 {
        let core = |length: usize| "x".repeat(1 + length * 13 % 200);
        writer.write([untimed(&core(n)), untimed("0"), untimed(&core(n + 1))]).await.unwrap();
    }
    writer.flush().await.complete().unwrap();
    server.inject(Fault::stall().always());
    for _ in 0..2 {
        writer.try_write("m f=1 1\nm f=2 2").unwrap();
    }
    assert_eq!(writer.try_write("m f=3 3").unwrap_err().kind(), ErrorKind::Full);
    assert_eq!(writer.close_within(Duration::ZERO).await.undelivered_lines(), 4);
}
