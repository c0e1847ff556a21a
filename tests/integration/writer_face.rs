//! What a writer tells its user: events, reports, receipts, and the settings for outages.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use influx_core::client::writer::{Event, WhenFull};
use influx_core::client::{Writer, WriterBuilder};
use influx_core::line_protocol::Unchecked;
use influx_core::{ErrorKind, Point, Precision};
use influx_testkit::{Fault, Server};

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3_600);

/// Nothing goes by age, and retries come fast.
fn builder(server: &Server) -> WriterBuilder {
    let writer = server.client().writer(server.bucket()).flush_interval(LONG);
    writer.retry_interval(SHORT).max_retry_delay(SHORT)
}

/// A point with the time that `n` is, and a text of this length.
fn long(n: u32, length: usize) -> String {
    format!("m text=\"{}\" {n}", "x".repeat(length))
}

/// A callback that keeps what the events say.
fn log() -> (Arc<Mutex<Vec<String>>>, impl Fn(&Event) + Send + Sync + 'static) {
    let texts = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&texts);
    (texts, move |event: &Event| log.lock().unwrap().push(event.to_string()))
}

#[tokio::test]
async fn an_event_is_one_clause_with_the_place_the_lines_and_the_reason() {
    let server = Server::start();
    server
        .inject(Fault::answer(500).body(r#"{"code":"internal error","message":"busy"}"#).times(2));
    let (texts, callback) = log();
    let writer = builder(&server).max_retries(1).on_event(callback).start().await.unwrap();
    writer.write("m f=1 1\nm f=2 2").await.unwrap();
    let _ = writer.flush().await;
    writer.write("m f=1 1").await.unwrap();
    let _ = writer.flush().await;
    writer.write("m f=\nm f=oops\nm f=3 3").await.unwrap_err();
    writer.to_org("none", "my-org").write("m f=1 1").await.unwrap();
    let _ = writer.close().await;
    let texts = texts.lock().unwrap().clone();
    let expected = [
        "2 lines for bucket `my-bucket` are sent again in ",
        "2 lines for bucket `my-bucket` are refused: given up after 2 tries in ",
        "1 line delivered to bucket `my-bucket`",
        "2 lines for bucket `my-bucket` are refused: 2 lines of the text are refused",
        "1 line for bucket `none` of organization `my-org` is kept and sent again in ",
    ];
    for expected in expected {
        assert!(texts.iter().any(|text| text.starts_with(expected)), "{expected}: {texts:#?}");
    }
    assert!(texts[0].contains(", after 1 failure: ") && texts[0].ends_with("busy"), "{}", texts[0]);
    assert!(texts[1].contains("busy"), "the error of the last try: {}", texts[1]);
    let last = texts.last().unwrap();
    assert!(last.starts_with("1 line for bucket `none` of organization `my-org` not delivered"));
    assert!(last.contains("could not find bucket") || last.contains("not found"), "{last}");
}

#[tokio::test]
async fn refused_lines_come_back_with_all_that_writes_them_again() {
    let server = Server::start();
    let _ = server.client().write("my-bucket", "m f=1i 1").await;
    let events = Arc::<Mutex<Vec<_>>>::default();
    let seen = Arc::clone(&events);
    let writer = builder(&server).precision(Precision::Seconds).on_event(move |event| {
        if let Event::Refused { target, precision, refused, .. } = event {
            let lines: Vec<_> =
                refused.iter().map(|line| line.line().map(<[u8]>::to_vec)).collect();
            seen.lock().unwrap().push((target.bucket.clone(), *precision, lines));
        }
    });
    let writer = writer.start().await.unwrap();
    writer.write("m f=2.5 1\nm g=1 1").await.unwrap();
    writer.write("m f=").await.unwrap_err();
    let report = writer.close().await;
    assert_eq!(
        (report.delivered_lines(), report.refused_lines(), report.given_up_lines()),
        (1, 2, 0)
    );
    let by_server = report.refused().iter().find(|line| line.precision().is_some()).unwrap();
    assert_eq!(
        (by_server.bucket(), by_server.org(), by_server.precision(), by_server.line()),
        ("my-bucket", None, Some(Precision::Seconds), Some(&b"m f=2.5 1"[..]))
    );
    assert!(by_server.to_string().starts_with("for bucket `my-bucket`, refused: "), "{by_server}");
    let mut events = events.lock().unwrap().clone();
    events.sort();
    let expected = [
        ("my-bucket".to_owned(), None, vec![Some(b"m f=".to_vec())]),
        ("my-bucket".to_owned(), Some(Precision::Seconds), vec![Some(b"m f=2.5 1".to_vec())]),
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn lines_of_several_precisions_are_refused_by_the_guard_each_with_its_own() {
    let server = Server::start();
    let writer = builder(&server).schema_guard();
    let events = Arc::<Mutex<Vec<_>>>::default();
    let seen = Arc::clone(&events);
    let writer = writer.on_event(move |event| {
        if let Event::Refused { precision, .. } = event {
            seen.lock().unwrap().push((*precision, event.lines()));
        }
    });
    let writer = writer.start().await.unwrap();
    writer.write("m f=1 1").await.unwrap();
    writer.write("m f=1i 2\nm f=").await.unwrap_err();
    let expected = [(None, 1), (Some(Precision::Nanoseconds), 1)];
    assert_eq!(*events.lock().unwrap(), expected);
    writer.close().await.complete().unwrap_err();
}

#[tokio::test]
async fn a_report_counts_what_was_given_up_and_what_is_held() {
    let server = Server::start();
    server.inject(Fault::answer(500));
    let writer = builder(&server).max_retries(0).start().await.unwrap();
    writer.write("m f=1 1").await.unwrap();
    let report = writer.flush().await;
    assert_eq!((report.refused_lines(), report.given_up_lines()), (1, 1));
    assert!(report.to_string().starts_with("0 lines delivered, 1 refused, 1 of them given up ("));
    let flushing = writer.clone();
    server.inject(Fault::stall());
    writer.write("m f=1 1").await.unwrap();
    let _ = tokio::time::timeout(SHORT, flushing.flush()).await;
    writer.write("m f=2 2").await.unwrap();
    let report = writer.close_within(SHORT).await;
    assert_eq!((report.undelivered_lines(), report.held_lines()), (2, 0));
    assert_eq!(report.undelivered()[0].reason().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn what_is_handed_back_says_why() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    writer.to("none").write("m f=1 1\nm f=2 2").await.unwrap();
    let report = writer.close().await;
    let undelivered = &report.undelivered()[0];
    assert_eq!(undelivered.reason().status(), Some(404));
    let text = undelivered.to_string();
    assert!(
        text.starts_with("2 lines for bucket `none` not delivered before the writer was closed")
    );
    assert!(text.contains(r#"bucket "none" not found"#), "{text}");
    // And can be written again as it is.
    server.add_bucket("none");
    let again = server.client().write(undelivered.bucket(), Unchecked(undelivered.lines()));
    again.precision(undelivered.precision()).await.unwrap();
    assert_eq!(server.lines("none").len(), 2);
}

/// A full writer that drops new lines, and writes another one for each that was dropped.
async fn recursive(server: &Server) -> (Writer, Arc<Mutex<u64>>) {
    let own = Arc::<OnceLock<Writer>>::default();
    let (writer, calls) = (Arc::clone(&own), Arc::<Mutex<u64>>::default());
    let count = Arc::clone(&calls);
    let builder = builder(server).when_full(WhenFull::DropNewest).max_buffered_bytes(16);
    let builder = builder.on_event(move |event| {
        if let (Event::Refused { .. }, Some(writer)) = (event, writer.get()) {
            *count.lock().unwrap() += 1;
            drop(writer.write("lost f=1 1"));
        }
    });
    let writer = builder.start().await.unwrap();
    own.set(writer.clone()).unwrap();
    (writer, calls)
}

#[tokio::test]
async fn a_callback_that_causes_its_own_event_does_not_overflow_the_stack() {
    let server = Server::start();
    server.inject(Fault::stall().always());
    let (writer, calls) = recursive(&server).await;
    writer.write("m f=1 1").await.unwrap();
    let mut events = writer.events();
    for round in 1..3 {
        drop(writer.write("m f=2 2"));
        assert_eq!((*calls.lock().unwrap(), writer.stats().untold_events), (8 * round, round));
    }
    let mut told = 0;
    while tokio::time::timeout(SHORT, events.next()).await.is_ok() {
        told += 1;
    }
    assert_eq!(told, 18, "a stream is told everything");
    let _ = writer.close_within(Duration::ZERO).await;
}

#[tokio::test]
async fn a_stream_of_events_holds_so_many_bytes_and_tells_the_last_it_missed() {
    const MIB: usize = 1 << 20;
    let server = Server::start();
    let writer = builder(&server).gzip(false).start().await.unwrap();
    let mut events = writer.events();
    for n in 0..10 {
        writer.write(Unchecked(long(n, MIB - 100))).await.unwrap();
        writer.flush().await.complete().unwrap();
    }
    let _ = writer.close().await;
    drop(writer);
    let mut bytes = 0;
    let mut missed = 0;
    while let Some(event) = events.next().await {
        match event {
            Event::Delivered(batch) => bytes += batch.body.len(),
            Event::Missed(events) => missed += events,
            other => panic!("{other}"),
        }
    }
    assert!(bytes > 7 * MIB && bytes <= 8 * MIB, "{bytes}");
    assert_eq!(missed, 2);
}

#[tokio::test]
async fn a_stream_of_events_takes_one_that_is_larger_than_its_bound_and_goes_on_when_read() {
    let server = Server::start();
    let writer = builder(&server).gzip(false).max_batch_bytes(32 << 20).start().await.unwrap();
    let mut events = writer.events();
    for lines in [9, 1] {
        writer.write((0..lines).map(|n| Unchecked(long(n, 1_000_000)))).await.unwrap();
        writer.flush().await.complete().unwrap();
        let event = events.next().await.unwrap();
        assert!(
            matches!(&event, Event::Delivered(batch) if batch.lines == lines as usize),
            "{event}"
        );
    }
}

#[tokio::test]
async fn a_receipt_can_be_looked_at_without_waiting() {
    let server = Server::start();
    let writer = builder(&server).batch_size(2).start().await.unwrap();
    let receipt = writer.write(["m f=1 1", "m f=2 2", "m f=3 3"]).await.unwrap();
    assert!(!receipt.is_settled());
    assert!(receipt.try_outcome().is_none());
    writer.flush().await.complete().unwrap();
    assert!(receipt.is_settled());
    receipt.try_outcome().unwrap().unwrap();
    receipt.await.unwrap();

    server.inject(Fault::answer(400).body(r#"{"code":"invalid","message":"no"}"#));
    let receipt = writer.write(Point::measurement("m").field("f", 1)).await.unwrap();
    let _ = writer.flush().await;
    assert_eq!(receipt.try_outcome().unwrap().unwrap_err().refused().len(), 1);
}

#[tokio::test]
async fn retries_until_closed_have_no_bound_but_the_close() {
    let server = Server::start();
    server.inject(Fault::answer(503).times(20));
    let writer = builder(&server).retry_interval(Duration::from_millis(1)).retry_until_closed();
    let writer = writer.start().await.unwrap();
    let receipt = writer.write("m f=1 1").await.unwrap();
    let _ = writer.flush().await.complete().unwrap();
    receipt.await.unwrap();
    assert!(writer.stats().retries == 20, "{:?}", writer.stats());

    server.inject(Fault::reset().always());
    writer.write("m f=2 2").await.unwrap();
    let report = writer.close_within(SHORT * 5).await;
    assert_eq!((report.undelivered_lines(), report.given_up_lines()), (1, 0));
}

#[tokio::test]
async fn an_outage_ends_and_the_lines_written_in_it_are_stored() {
    let server = Server::start();
    let kinds = Arc::<Mutex<Vec<ErrorKind>>>::default();
    let seen = Arc::clone(&kinds);
    let writer = builder(&server).batch_size(1).retry_until_closed().on_event(move |event| {
        if let Event::Retrying { error, .. } = event {
            seen.lock().unwrap().push(error.kind());
        }
    });
    let writer = writer.start().await.unwrap();
    writer.write("m f=1 1").await.unwrap().await.unwrap();
    server.go_away().await;
    let receipt = writer.write("m f=2 2\nm f=3 3").await.unwrap();
    while kinds.lock().unwrap().len() < 10 {
        tokio::time::sleep(SHORT).await;
    }
    assert!(!receipt.is_settled());
    server.come_back().await.unwrap();
    receipt.await.unwrap();
    assert_eq!(server.lines("my-bucket").len(), 3);
    assert_eq!(writer.close().await.complete().unwrap().delivered_lines(), 3);
    assert_eq!(kinds.lock().unwrap().last(), Some(&ErrorKind::Connect));
}
