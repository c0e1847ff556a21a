//! The client without async.

use std::thread;
use std::time::Duration;

use futures_util::stream;
use influx_core::blocking::{Wait as _, WaitEach as _};
use influx_core::{Client, ErrorKind, Point};
use influx_testkit::Server;

fn point(core: usize) -> Point {
    Point::measurement("cpu").tag("core", core.to_string()).field("temp", 22.5)
}

#[test]
fn many_threads_wait_at_once() {
    let server = Server::start();
    let client = server.client();
    thread::scope(|scope| {
        for core in 0..8 {
            let (client, bucket) = (&client, server.bucket());
            scope.spawn(move || client.write(bucket, point(core)).wait().unwrap());
        }
    });
    assert_eq!(server.lines(server.bucket()).len(), 8);
}

#[test]
fn a_thread_that_ends_gets_an_error() {
    use std::cell::RefCell;
    use std::sync::mpsc;

    struct AtEnd(Client, mpsc::Sender<influx_core::Result<()>>);

    impl Drop for AtEnd {
        fn drop(&mut self) {
            self.1.send(self.0.write("my-bucket", point(0)).wait()).unwrap();
        }
    }
    thread_local!(static LAST: RefCell<Option<AtEnd>> = const { RefCell::new(None) });

    let server = Server::start();
    let (sender, results) = mpsc::channel();
    let client = server.client();
    let thread = thread::spawn(move || {
        // Dropped behind what the runtime keeps for the thread, since it was there before.
        LAST.with_borrow_mut(|last| *last = Some(AtEnd(client.clone(), sender)));
        client.write("my-bucket", point(1)).wait().unwrap();
    });
    thread.join().unwrap();
    if let Err(error) = results.recv().unwrap() {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("while its thread ends"), "{error}");
    }
}

#[test]
fn a_writer_works_on_while_nobody_waits() {
    let server = Server::start();
    let writer = server.client().writer(server.bucket());
    let writer = writer.flush_interval(Duration::from_millis(20)).start().wait().unwrap();
    writer.write(point(0)).wait().unwrap();
    let delivered = || server.lines(server.bucket()).len() == 1;
    for _ in 0..1_000 {
        if delivered() {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    assert!(delivered());
    assert_eq!(writer.close().wait().unwrap().to_string(), "1 line delivered");
}

#[test]
fn within_a_runtime_it_is_an_error_and_no_panic() {
    let server = Server::start();
    let client = server.client();
    let attempt = || {
        let error = client.write(server.bucket(), point(0)).wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("use `.await`"), "{error}");
        let mut items = stream::iter([Ok::<_, influx_core::Error>(1)]).wait_each();
        assert_eq!(items.next().unwrap().unwrap_err().kind(), ErrorKind::InvalidInput);
        assert!(items.next().is_none(), "a loop that only logs errors ends");
    };
    for builder in
        [tokio::runtime::Builder::new_current_thread, tokio::runtime::Builder::new_multi_thread]
    {
        let runtime = builder().enable_all().build().unwrap();
        runtime.block_on(async { attempt() });
    }
    assert!(server.lines(server.bucket()).is_empty());
    client.write(server.bucket(), point(0)).wait().unwrap();
}

#[test]
fn an_error_is_that_of_the_call() {
    let client = Client::builder("http://127.0.0.1:9").org("o").build().unwrap();
    assert_eq!(client.ping().wait().unwrap_err().kind(), ErrorKind::Connect);
    let rows = client.query("buckets()").stream::<influx_core::annotated_csv::OwnedRecord>();
    let outcome: Vec<_> = rows.wait_each().map(|row| row.unwrap_err().kind()).collect();
    assert_eq!(outcome, [ErrorKind::Connect]);
}
