//! The batching writer when what it stands on gives way: its runtime, a callback, the caller's patience.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use influx_core::ErrorKind;
use influx_core::client::writer::{Stats, WhenFull};
use influx_core::client::{Writer, WriterBuilder};
use influx_testkit::{Fault, Server};
use tokio::runtime::{Builder, Runtime};

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3_600);
/// Longer than anything takes that does not hang.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing goes by age, and retries come fast.
fn builder(server: &Server) -> WriterBuilder {
    let writer = server.client().writer(server.bucket()).flush_interval(LONG);
    writer.retry_interval(SHORT).max_retry_delay(SHORT)
}

fn runtimes() -> [Runtime; 2] {
    let mut threads = Builder::new_multi_thread();
    [
        threads.worker_threads(2).enable_all().build().unwrap(),
        Builder::new_current_thread().enable_all().build().unwrap(),
    ]
}

async fn in_time<F: Future>(work: F) -> F::Output {
    tokio::time::timeout(PATIENCE, work).await.unwrap()
}

/// Polls it a single time.
async fn poll_once<F: Future>(mut work: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await
}

#[test]
fn a_runtime_that_ends_gives_every_line_a_fate() {
    for runtime in runtimes() {
        let server = Server::start();
        server.inject(Fault::stall().always());
        // 8 bytes each, counted as 16.
        let writer = builder(&server).batch_size(2).max_buffered_bytes(5 * 16);
        let (writer, receipts) = runtime.block_on(async {
            let writer = writer.start().await.unwrap();
            // On their way, queued, and collected.
            let mut receipts = Vec::new();
            for time in 1..=5 {
                receipts.push(writer.write(format!("m f=1 {time}")).await.unwrap());
            }
            while writer.stats().in_flight == 0 {
                tokio::time::sleep(SHORT).await;
            }
            (writer, receipts)
        });
        let [elsewhere, _] = runtimes();
        let waits = elsewhere.spawn(writer.write("m f=1 6"));
        let flushes = elsewhere.spawn({
            let writer = writer.clone();
            async move { writer.flush().await }
        });
        while elsewhere.metrics().num_alive_tasks() < 2 {
            std::thread::sleep(SHORT);
        }
        drop(runtime);
        elsewhere.block_on(async {
            for receipt in receipts {
                let error = in_time(receipt.into_future()).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Closed);
            }
            in_time(flushes).await.unwrap().complete().unwrap_err();
            let error = in_time(waits).await.unwrap().unwrap_err();
            assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Closed, &b"m f=1 6\n"[..]));
            let error = writer.write("m f=1 7").await.unwrap_err();
            assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Closed, &b"m f=1 7\n"[..]));
            let report = in_time(writer.close()).await;
            assert_eq!(report.undelivered_lines(), 5);
            assert_eq!(writer.stats().held_lines, 0);
        });
    }
}

#[test]
fn a_runtime_that_ends_after_the_last_handle_hands_the_lines_back() {
    for runtime in runtimes() {
        let server = Server::start();
        server.inject(Fault::stall().always());
        let (mut events, receipt) = runtime.block_on(async {
            let writer = builder(&server).batch_size(1).start().await.unwrap();
            let _ = writer.write("m f=1 1").await.unwrap();
            let receipt = writer.write("m f=1 2").await.unwrap();
            (writer.events(), receipt)
        });
        drop(runtime);
        let [elsewhere, _] = runtimes();
        elsewhere.block_on(async {
            assert_eq!(receipt.await.unwrap_err().kind(), ErrorKind::Closed);
            while in_time(events.next()).await.is_some() {}
        });
    }
}

#[tokio::test]
async fn the_task_that_watches_the_runtime_ends_with_the_writer() {
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let (server, before) = (Server::start(), tasks());
    let writer = builder(&server).start().await.unwrap();
    writer.write("m f=1 1").await.unwrap();
    let mut events = writer.events();
    drop(writer);
    while in_time(events.next()).await.is_some() {}
    assert_eq!(server.lines(server.bucket()).len(), 1, "what is dropped still delivers");
    let waited = Instant::now();
    while tasks() > before + 1 && waited.elapsed() < PATIENCE {
        // One is the connection's.
        tokio::time::sleep(SHORT).await;
    }
    assert!(tasks() <= before + 1, "{} tasks are left", tasks() - before);
}

#[test]
fn close_outlives_the_runtime_of_the_writer() {
    for runtime in runtimes() {
        let server = Server::start();
        server.inject(Fault::stall().always());
        let writer = runtime.block_on(async {
            let writer = builder(&server).batch_size(1).start().await.unwrap();
            writer.write(["m f=1 1", "m f=1 2"]).await.unwrap();
            writer
        });
        let [elsewhere, _] = runtimes();
        elsewhere.block_on(async {
            let (mut first, mut second) = (pin!(writer.close()), pin!(writer.close()));
            assert!(poll_once(first.as_mut()).await.is_pending());
            assert!(poll_once(second.as_mut()).await.is_pending());
            runtime.shutdown_background();
            assert_eq!(in_time(second).await.undelivered_lines(), 2);
            assert_eq!(in_time(first).await.undelivered_lines(), 2);
        });
    }
}

#[test]
fn close_does_not_wait_for_a_task_that_blocks_its_thread() {
    let [runtime, _] = runtimes();
    let server = Server::start();
    let blocks = || {
        std::thread::sleep(Duration::from_secs(4));
        Err("too late".into())
    };
    let client = influx_core::Client::builder(server.url()).org(server.org());
    let client = client.token_provider(blocks).build().unwrap();
    runtime.block_on(async {
        let writer = client.writer(server.bucket()).batch_size(1).start().await.unwrap();
        let _ = writer.write("m f=1 1").await.unwrap();
        let queued = writer.write("m f=1 2").await.unwrap();
        while writer.stats().requests == 0 {
            tokio::time::sleep(SHORT).await;
        }
        let start = Instant::now();
        let report = writer.close_within(SHORT).await;
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        assert_eq!((report.undelivered_lines(), report.is_complete()), (1, false), "{report}");
        assert!(report.to_string().ends_with("1 still held"), "{report}");
        assert_eq!(queued.await.unwrap_err().kind(), ErrorKind::Closed);
        // It is over at last, and what came of it is told.
        let report = in_time(writer.close()).await;
        assert_eq!((report.undelivered_lines(), report.refused_lines()), (2, 0), "{report}");
    });
}

#[test]
fn a_runtime_without_timers_is_refused_with_the_remedy() {
    let server = Server::start();
    let runtime = Builder::new_current_thread().enable_io().build().unwrap();
    let error = runtime.block_on(builder(&server).start()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`enable_time`"), "{error}");
}

#[tokio::test]
async fn a_delivery_that_panics_costs_its_batch_only() {
    let server = Server::start();
    let (token, calls) = (server.token().to_owned(), AtomicUsize::new(0));
    let provider = move || {
        assert!(calls.fetch_add(1, Ordering::Relaxed) > 0, "the first call panics");
        Ok(token.as_str().into())
    };
    let client = influx_core::Client::builder(server.url()).org(server.org());
    let client = client.token_provider(provider).build().unwrap();
    let writer = client.writer(server.bucket()).batch_size(2).start().await.unwrap();
    let first = writer.write(["m f=1 1", "m f=1 2"]).await.unwrap();
    let second = writer.write(["m f=1 3", "m f=1 4"]).await.unwrap();
    let error = in_time(first.into_future()).await.unwrap_err();
    assert!(error.to_string().contains("panicked"), "{error}");
    let lines: Vec<_> = error.refused().iter().filter_map(|refused| refused.line()).collect();
    assert_eq!(lines, [b"m f=1 1", b"m f=1 2"]);
    in_time(second.into_future()).await.unwrap();
    let (report, stats) = (in_time(writer.close()).await, writer.stats());
    assert_eq!((report.delivered_lines(), report.refused_lines()), (2, 2));
    assert_eq!((stats.delivered_lines, stats.given_up, stats.held_lines), (2, 2, 0));
}

/// Whether each line that was taken is in one place.
fn adds_up(stats: &Stats) -> bool {
    let settled = stats.delivered_lines + stats.refused_by_server + stats.given_up;
    stats.taken_lines == settled + stats.dropped + stats.undelivered + stats.held_lines
}

#[tokio::test]
async fn the_counts_add_up_while_a_batch_is_delivered_in_parts() {
    let server = Server::start();
    // Of eight lines the first half, then the third quarter; one of the rest is bad.
    for fault in [413, 413, 0, 0, 413] {
        server.inject(if fault == 0 { Fault::through() } else { Fault::answer(fault) });
    }
    let (seen, writer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(OnceLock::<Writer>::new()));
    let building = builder(&server).batch_size(8).on_event({
        let (seen, writer) = (Arc::clone(&seen), Arc::clone(&writer));
        move |_| seen.lock().unwrap().push(writer.get().unwrap().stats())
    });
    writer.set(building.start().await.unwrap()).unwrap();
    let writer = writer.get().unwrap();
    let text: Vec<_> = (0..8).map(|n| format!("m f={n} {n}")).collect();
    let _ = writer.write(text).await.unwrap();
    assert!(in_time(writer.flush()).await.is_complete());
    let seen = seen.lock().unwrap();
    let held: Vec<_> = seen.iter().map(|stats| (stats.held_lines, stats.held_bytes)).collect();
    assert!(held.len() > 2 && held.is_sorted_by(|a, b| a > b), "{held:?}");
    assert_eq!(held.last(), Some(&(0, 0)));
    assert!(seen.iter().all(adds_up), "{seen:?}");
}

#[tokio::test]
async fn the_counts_add_up_whatever_is_dropped() {
    for when_full in [WhenFull::DropNewest, WhenFull::DropOldest] {
        let server = Server::start();
        server.inject(Fault::stall().always());
        let writer = builder(&server).batch_size(1).max_buffered_bytes(3 * 16);
        let writer = writer.when_full(when_full).start().await.unwrap();
        for time in 0..9 {
            let _ = writer.write(format!("m f=1 {time}")).await.unwrap();
            tokio::task::yield_now().await;
        }
        let stats = writer.stats();
        assert_eq!(
            (stats.taken_lines, stats.dropped, stats.held_lines),
            (9, 6, 3),
            "{when_full:?}"
        );
        assert!(adds_up(&stats), "{stats:?}");
        let _ = writer.close_within(SHORT).await;
        let stats = writer.stats();
        assert_eq!((stats.undelivered, stats.held_bytes), (3, 0), "{when_full:?}");
        assert!(adds_up(&stats), "{stats:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_unknown_is_not_asked_in_a_busy_loop() {
    let server = Server::start();
    let writer = server.client().writer("unknown").retry_interval(Duration::ZERO).batch_size(1);
    let writer = writer.start().await.unwrap();
    let _ = writer.write("m f=1 1").await.unwrap();
    tokio::time::sleep(Duration::from_millis(350)).await;
    let requests = writer.stats().requests;
    assert!((1..=5).contains(&requests), "{requests} requests");
    assert_eq!(in_time(writer.close()).await.undelivered_lines(), 1);
}

#[tokio::test]
async fn a_size_that_one_lane_learned_holds_for_all_of_the_bucket() {
    let server = Server::start();
    server.inject(Fault::answer(413));
    let writer = builder(&server).max_in_flight(8).start().await.unwrap();
    let of_series = |series: u32| (0..8).map(move |n| format!("m,s={series} f={n} {n}"));
    let text: Vec<String> = of_series(0).collect();
    let _ = writer.write(text).await.unwrap();
    let _ = in_time(writer.flush()).await;
    let asked = writer.stats().requests;
    for series in 1..16 {
        let text: Vec<String> = of_series(series).collect();
        let _ = writer.write(text).await.unwrap();
    }
    assert!(in_time(writer.close()).await.is_complete());
    // 13 bytes and more each; half of eight such lines is the most.
    let later = server.requests().into_iter().skip(usize::try_from(asked).unwrap());
    let longest = later.map(|request| request.text().lines().count()).max();
    assert_eq!(longest, Some(4));
}

#[test]
fn a_write_that_waits_for_room_is_woken_whoever_takes_it_meanwhile() {
    let [runtime, _] = runtimes();
    runtime.block_on(async {
        let server = Server::start();
        let writer = builder(&server).max_buffered_bytes(6 * 16).start().await.unwrap();
        let writes = (0..4).map(|task| {
            let writer = writer.clone();
            tokio::spawn(async move {
                for time in 0..300 {
                    let lines = 1 + (time + task) % 5;
                    let text: Vec<_> = (0..lines).map(|n| format!("m f={task} {n}")).collect();
                    let _ = writer.write(text).await.unwrap();
                }
            })
        });
        for write in writes.collect::<Vec<_>>() {
            in_time(write).await.unwrap();
        }
        assert!(in_time(writer.close()).await.is_complete());
    });
}

#[test]
fn close_ends_though_nobody_drives_the_runtime_of_the_writer() {
    let [runtime, idle] = runtimes();
    let server = Server::start();
    server.inject(Fault::stall().always());
    let writer = idle.block_on(async {
        let writer = builder(&server).batch_size(1).start().await.unwrap();
        let _ = writer.write("m f=1 1").await.unwrap();
        while server.requests().is_empty() {
            tokio::time::sleep(SHORT).await;
        }
        let _ = writer.write("m f=1 2").await.unwrap();
        writer
    });
    let report = runtime.block_on(in_time(writer.close_within(SHORT)));
    assert_eq!((report.undelivered_lines(), report.held_lines()), (1, 1), "{report}");
    assert!(!report.is_complete());
    drop(idle);
    let report = runtime.block_on(in_time(writer.close()));
    assert_eq!((report.undelivered_lines(), report.held_lines()), (2, 0), "{report}");
}

/// A subscriber that panics at every record.
struct Panics;

impl tracing::Subscriber for Panics {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("influx_core")
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn event(&self, _: &tracing::Event<'_>) {
        panic!("nobody may log");
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_log_that_panics_harms_no_line() {
    let [_, runtime] = runtimes();
    // See `observed.rs` for why there are two.
    let _second = tracing::Dispatch::new(Panics);
    tracing::subscriber::with_default(Panics, || {
        runtime.block_on(async {
            let server = Server::start();
            server.inject(Fault::answer(418));
            let writer = builder(&server).batch_size(1).start().await.unwrap();
            let refused = writer.write("m f=1 1").await.unwrap();
            let stored = writer.write("m f=1 2").await.unwrap();
            let error = in_time(refused.into_future()).await.unwrap_err();
            assert_eq!(error.refused()[0].line(), Some(&b"m f=1 1"[..]));
            assert!(!error.to_string().contains("panicked"), "{error}");
            in_time(stored.into_future()).await.unwrap();
            let report = in_time(writer.close()).await;
            assert_eq!((report.delivered_lines(), report.refused_lines()), (1, 1));
        });
    });
}
