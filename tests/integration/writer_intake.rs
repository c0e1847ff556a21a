//! How lines get into the batching writer: what is refused on the way, and what is handed back.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use influx_core::client::writer::WhenFull;
use influx_core::client::{Writer, WriterBuilder};
use influx_core::error::Refused;
use influx_core::line_protocol::{IntoLines, LineWriter, Lines, ToLine, Unchecked};
use influx_core::{Client, Error, ErrorKind, Point, Precision, Result, Timestamp};
use influx_testkit::{Fault, Server};

const LONG: Duration = Duration::from_secs(3_600);

fn builder(server: &Server) -> WriterBuilder {
    server.client().writer(server.bucket()).flush_interval(LONG)
}

fn point(time: i64) -> Point {
    Point::measurement("cpu").field("temp", 0.5).timestamp(Timestamp::from_nanos(time))
}

fn indices(refused: &[Refused]) -> Vec<usize> {
    refused.iter().map(Refused::index).collect()
}

/// Puts another writer where it was handed one, and writes into that.
struct Usurper(bool);

impl ToLine for Usurper {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        let taken = std::mem::take(out);
        if self.0 {
            *out = LineWriter::new(Precision::Seconds);
        }
        drop(taken);
        let mut line = out.measurement("usurper")?.into_fields();
        line.field("f")?.integer(1)?;
        line.finish()
    }
}

/// Does not tell that what it holds has failed.
struct Silent<'a>(&'a dyn ToLine, &'a dyn ToLine);

impl ToLine for Silent<'_> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        let _ = out.write(self.0);
        let _ = out.write(self.1);
        Ok(())
    }
}

#[tokio::test]
async fn a_record_that_replaces_its_writer_costs_no_line_silently() {
    for tags in [false, true] {
        let server = Server::start();
        let mut builder = builder(&server);
        if tags {
            builder = builder.default_tag("host", "a");
        }
        let writer = builder.start().await.unwrap();
        let (first, third, fourth) = (point(1), point(3), point(4));
        for bad in
            [&Usurper(false) as &dyn ToLine, &Usurper(true), &Silent(&Usurper(false), &first)]
        {
            let error =
                writer.write([&first as &dyn ToLine, bad, &third, &fourth]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidLine);
            assert_eq!(indices(error.refused()), [0, 1], "{error}");
            let text = error.to_string();
            assert!(text.starts_with("2 records were refused and the others were taken"), "{text}");
            // As the first of all, it costs no other.
            let error = writer.write([bad, &third]).await.unwrap_err();
            assert_eq!(indices(error.refused()), [0], "{error}");
        }
        let report = writer.close().await;
        assert_eq!((report.delivered_lines(), report.refused_lines()), (9, 9), "{report}");
        let host = if tags { ",host=a" } else { "" };
        let stored = [format!("cpu{host} temp=0.5 3"), format!("cpu{host} temp=0.5 4")];
        let mut lines = server.lines(server.bucket());
        lines.sort();
        assert_eq!(lines, stored);
    }
}

#[tokio::test]
async fn a_record_that_replaces_its_writer_fails_the_whole_direct_write() {
    let server = Server::start();
    let builder = Client::builder(server.url()).token(server.token()).org(server.org());
    for client in [server.client(), builder.default_tag("host", "a").build().unwrap()] {
        let good = point(1);
        for bad in [&Usurper(false) as &dyn ToLine, &Silent(&Usurper(false), &good)] {
            for records in [vec![&good as &dyn ToLine, bad, &good], vec![bad, &good]] {
                let error = client.write(server.bucket(), records).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidLine);
                assert!(error.to_string().contains("nothing was sent"), "{error}");
            }
        }
    }
    assert!(server.lines(server.bucket()).is_empty());
}

#[tokio::test]
async fn records_that_replace_all_lines_are_refused() {
    struct All;
    struct Kind;
    impl IntoLines<Kind> for All {
        fn append_to(self, lines: &mut Lines) {
            *lines = Lines::new(None);
            lines.push(&point(1));
        }
    }
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    assert_eq!(indices(writer.write(All).await.unwrap_err().refused()), [0]);
    writer.write(point(2)).await.unwrap();
    let report = writer.close().await;
    assert_eq!((report.delivered_lines(), report.refused_lines()), (1, 1), "{report}");
}

#[test]
fn a_thread_that_ends_may_still_write() {
    struct Late(Writer);
    impl Drop for Late {
        fn drop(&mut self) {
            self.0.try_write(point(2)).unwrap();
        }
    }
    thread_local! {
        static LATE: RefCell<Option<Late>> = const { RefCell::new(None) };
    }
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let writer = runtime.block_on(builder(&server).start()).unwrap();
    let late = writer.clone();
    let thread = std::thread::spawn(move || {
        // Destroyed after what the writer keeps for the thread, which comes later.
        LATE.set(Some(Late(late.clone())));
        late.try_write(point(1)).unwrap();
    });
    thread.join().unwrap();
    assert_eq!(runtime.block_on(writer.close()).delivered_lines(), 2);
}

/// Holds as much as it may, since the server does not answer.
async fn full(builder: WriterBuilder, server: &Server) -> Writer {
    server.inject(Fault::stall().always());
    let writer = builder.max_buffered_bytes(32).start().await.unwrap();
    writer.write([point(1), point(2)]).await.unwrap();
    writer
}

#[tokio::test]
async fn refusals_are_told_whatever_becomes_of_the_other_records() {
    let bad = || Point::measurement("").field("f", 1).timestamp(Timestamp::from_nanos(1));
    let handed = || [point(3), bad()];
    let server = Server::start();
    let writer = full(builder(&server).when_full(WhenFull::Fail), &server).await;
    let errors = [writer.write(handed()).await, writer.try_write(handed())];
    for error in errors.map(Result::unwrap_err) {
        assert_eq!((error.kind(), indices(error.refused())), (ErrorKind::Full, vec![1]));
        assert_eq!(error.unwritten(), b"cpu temp=0.5 3\n");
    }
    let stream = futures_util::stream::iter([handed(), handed()]);
    let error = writer.write_stream(stream).await.unwrap_err();
    assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Full, &b"cpu temp=0.5 3\n"[..]));
    let stream = futures_util::stream::iter([vec![bad()], vec![], handed().into(), vec![]]);
    let error = writer.write_stream(stream).await.unwrap_err();
    assert_eq!((error.kind(), error.unwritten()), (ErrorKind::Full, &b"cpu temp=0.5 3\n"[..]));
    assert_eq!(indices(error.refused()), [0, 2]);
    let _ = writer.close_within(Duration::ZERO).await;
    let error = writer.write(handed()).await.unwrap_err();
    assert_eq!((error.kind(), indices(error.refused())), (ErrorKind::Closed, vec![1]));
    assert_eq!(error.unwritten(), b"cpu temp=0.5 3\n");

    let writer = full(builder(&server).when_full(WhenFull::DropNewest), &server).await;
    let error = writer.write([point(3), bad(), point(4)]).await.unwrap_err();
    assert_eq!((error.kind(), indices(error.refused())), (ErrorKind::InvalidLine, vec![1]));
    assert!(error.to_string().contains("the others were dropped for want of room"), "{error}");
    let report = writer.close_within(Duration::ZERO).await;
    assert_eq!(report.refused_lines(), 3, "{report}");

    let writer = full(builder(&server).when_full(WhenFull::DropOldest), &server).await;
    let error = writer.write(handed()).await.unwrap_err();
    assert_eq!((error.kind(), indices(error.refused())), (ErrorKind::InvalidLine, vec![1]));
    let _ = writer.close_within(Duration::ZERO).await;
}

#[tokio::test]
async fn a_call_that_is_larger_than_all_the_room_says_so() {
    let server = Server::start();
    let records: Vec<_> = (0..100).map(point).collect();
    let start = |when_full| builder(&server).max_buffered_bytes(256).when_full(when_full).start();
    let check = |error: &Error| {
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Full, false));
        let text = error.to_string();
        for part in ["take 1600 bytes", "`max_buffered_bytes` allows 256", "in parts"] {
            assert!(text.contains(part), "{text}");
        }
    };
    for when_full in [WhenFull::Fail, WhenFull::DropOldest, WhenFull::DropNewest] {
        let writer = start(when_full).await.unwrap();
        check(&writer.try_write(&records).unwrap_err());
        match when_full {
            WhenFull::Fail => check(&writer.write(&records).await.unwrap_err()),
            _ => {
                let error = writer.write(&records).await.unwrap().await.unwrap_err();
                check(error.refused()[0].reason());
            }
        }
        assert!(writer.close().await.undelivered().is_empty());
    }
    // Where it may wait, it goes in parts.
    let writer = start(WhenFull::Wait).await.unwrap();
    writer.write(&records).await.unwrap();
    assert_eq!(writer.close().await.delivered_lines(), 100);
}

#[tokio::test]
async fn a_text_without_a_closing_quote_is_handed_back_line_by_line() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    // The server sees one line up to the next quote.
    let swallowed = "cpu note=\"open 2\ncpu temp=0.5 3\ncpu note=\"closed 4";
    let error = writer.write(format!("cpu temp=0.5 1\n{swallowed}\ncpu temp=0.5 5\n")).await;
    let error = error.unwrap_err();
    let [refused] = error.refused() else { panic!("{error}") };
    assert_eq!(refused.line(), Some(swallowed.as_bytes()));
    assert_eq!(refused.reason().position().unwrap().line, 2);
    assert_eq!(writer.stats().refused_here, 3);

    // With another one, and longer than what a message shows.
    let long = format!("cpu note=\"{}\ncpu temp=0.5 6", "x".repeat(1_000));
    let error = writer.write(format!("cpu temp= 1\r\n{long}")).await.unwrap_err();
    let lines = error.refused()[0].reason().refused();
    assert_eq!(
        lines.iter().map(|line| line.line().unwrap()).collect::<Vec<_>>(),
        [b"cpu temp= 1", long.as_bytes()]
    );
    assert!(error.to_string().contains("3 lines of the text are refused"), "{error}");
    assert!(!error.to_string().contains("more"), "{error}");
    let report = writer.close().await;
    assert_eq!((report.delivered_lines(), report.refused_lines()), (2, 6), "{report}");
    assert_eq!(report.refused()[0].line(), Some(swallowed.as_bytes()));

    let error = server.client().write(server.bucket(), swallowed).await.unwrap_err();
    assert_eq!(error.refused()[0].line(), Some(swallowed.as_bytes()));
}

#[tokio::test]
async fn a_record_of_several_texts_tells_what_is_wrong_with_each() {
    struct Both;
    impl ToLine for Both {
        fn write_line(&self, out: &mut LineWriter) -> Result<()> {
            out.write("cpu temp=0.5 1\ncpu temp=")?;
            out.write("cpu temp=x\ncpu temp=0.5 2")
        }
    }
    /// Fails behind a text with a bad line, which is no fault of the next record.
    struct Failing;
    impl ToLine for Failing {
        fn write_line(&self, out: &mut LineWriter) -> Result<()> {
            out.write("cpu temp=")?;
            out.write(&Point::measurement("").field("f", 1))
        }
    }
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    let error = writer.write(Both).await.unwrap_err();
    assert_eq!(error.refused()[0].reason().refused().len(), 2, "{error}");
    let next = point(3);
    let error = writer.write([&Failing as &dyn ToLine, &next]).await.unwrap_err();
    assert_eq!(indices(error.refused()), [0], "{error}");
    assert_eq!(writer.close().await.delivered_lines(), 3);
}

#[tokio::test]
async fn blank_unchecked_text_is_nothing_in_each_kind_of_write() {
    let server = Server::start();
    let writer = builder(&server).start().await.unwrap();
    for text in ["\r\n", "\r", " \t\r\n\r\n", "\x0c\n"] {
        server.client().write(server.bucket(), Unchecked(text)).await.unwrap();
        writer.write(Unchecked(text)).await.unwrap().await.unwrap();
    }
    assert_eq!(writer.close().await.to_string(), "0 lines delivered");
    assert!(server.requests().is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn a_loop_that_only_writes_leaves_deliveries_their_turn() {
    let server = Server::start();
    let writer = builder(&server).batch_size(10).start().await.unwrap();
    let start = Instant::now();
    let mut time = 0;
    while writer.stats().delivered_lines == 0 {
        writer.write(point(time)).await.unwrap();
        time += 1;
        assert!(start.elapsed() < Duration::from_secs(20), "{time} lines, and none is delivered");
    }
    writer.close().await.complete().unwrap();
}
