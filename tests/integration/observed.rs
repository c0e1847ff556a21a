//! What a writer, and the settings of a client, tell `tracing` and `metrics`.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use influx_core::client::writer::Event;
use influx_testkit::{Fault, Server};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Subscriber};

/// One batch that is delivered at the second try, a text with two bad lines, and a callback that
/// panics.
async fn work() {
    let server = Server::start();
    server.inject(Fault::answer(500));
    let writer = server.client().writer(server.bucket()).retry_interval(Duration::from_millis(1));
    let writer = writer.on_event(|event| assert!(!matches!(event, Event::Delivered(_))));
    let writer = writer.start().await.unwrap();
    writer.write(["m f=1 1", "m f= 2\nm f= 4", "m f=3 3"]).await.unwrap_err();
    assert_eq!(writer.close().await.delivered_lines(), 2);
}

fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

#[derive(Default, Clone)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if ["message", "bucket", "lines", "failures"].contains(&field.name()) {
            write!(self.0, " {value:?}").unwrap();
        }
    }
}

impl Log {
    fn is_ours(metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("influx_core")
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        Self::is_ours(metadata)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(format!("span {}", span.metadata().name()));
        span.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
        Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(event.metadata().level().to_string());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn what_happens_is_logged_within_a_span_for_each_delivery() {
    // With one subscriber alive, tracing asks only the thread that comes to a record first whether
    // anybody wants it, and remembers that. Another test has none, and would silence it here.
    let _second = tracing::Dispatch::new(Log::default());
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || block_on(work()));
    let expected = [
        (Level::ERROR, " \"my-bucket\" 2 lines are refused"),
        (Level::WARN, " \"my-bucket\" 2 1 a write failed and is tried again"),
        (Level::DEBUG, " \"my-bucket\" 2 delivered"),
        (Level::ERROR, " a callback of the writer panicked; the writer goes on"),
    ];
    let lines = log.0.lock().unwrap().clone();
    assert_eq!(
        lines.iter().filter(|line| *line == "span influx_delivery \"my-bucket\" 2").count(),
        1
    );
    let events: Vec<_> = lines.iter().filter(|line| !line.starts_with("span")).collect();
    let words = |line: &str| {
        let mut words: Vec<_> = line.split(' ').map(ToOwned::to_owned).collect();
        words.sort();
        words
    };
    for (event, (level, text)) in events.iter().zip(&expected) {
        assert_eq!(words(event), words(&format!("{level}{text}")));
    }
    assert_eq!(events.len(), expected.len(), "{events:?}");
}

#[test]
fn what_is_likely_not_meant_is_logged_when_the_client_is_built() {
    let _second = tracing::Dispatch::new(Log::default());
    let log = Log::default();
    let path = std::env::temp_dir().join(format!("observed-{}.toml", std::process::id()));
    std::fs::write(&path, "url = \"https://host\"\nverify_ssl = false\ntokne = 1").unwrap();
    tracing::subscriber::with_default(log.clone(), || {
        influx_core::Client::from_config_file(&path).unwrap();
    });
    std::fs::remove_file(&path).unwrap();
    let lines = log.0.lock().unwrap().clone();
    assert!(lines[0].contains("line 3 is no setting; did you mean `token`?"), "{lines:?}");
    assert_eq!(lines[1], "WARN certificates are not verified: anyone can read the token");
    assert_eq!(lines.len(), 2);
}

#[derive(Default)]
struct Counts(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Counts {
    fn cell(&self, key: &Key) -> Arc<AtomicU64> {
        let mut name = key.name().to_owned();
        for label in key.labels() {
            write!(name, " {}", label.value()).unwrap();
        }
        Arc::clone(self.0.lock().unwrap().entry(name).or_default())
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn what_happens_is_counted() {
    let counts = Counts::default();
    metrics::with_local_recorder(&counts, || block_on(work()));
    let counts: BTreeMap<_, _> = counts
        .0
        .into_inner()
        .unwrap()
        .into_iter()
        .map(|(name, cell)| (name, cell.load(Ordering::Relaxed)))
        .collect();
    let expected = [
        ("influx_writer_delivered_bytes_total my-bucket", 16),
        ("influx_writer_delivered_lines_total my-bucket", 2),
        ("influx_writer_held_bytes", 0),
        ("influx_writer_held_lines", 0),
        ("influx_writer_refused_lines_total my-bucket InvalidLine", 2),
        ("influx_writer_retries_total my-bucket", 1),
    ];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
}
