//! The in-process server as its users meet it: started, asked, made to fail, looked into.

use std::time::{Duration, Instant, SystemTime};

use futures_util::StreamExt as _;
use influx_core::annotated_csv::OwnedRecord;
use influx_core::flux::{IntoParam as _, Param};
use influx_core::{Client, Error, ErrorKind, Measurement, Precision, Timestamp, flux};
use influx_testkit::{Fault, Permission, RecordedRequest, Server};

/// With a short patience.
fn client(server: &Server) -> Client {
    let short = Duration::from_secs(2);
    let builder = Client::builder(server.url()).token(server.token()).org(server.org());
    builder.timeout(short).read_timeout(short).build().unwrap()
}

async fn write(server: &Server) -> Result<(), Error> {
    client(server).write(server.bucket(), "m,t=a f=1 1").await
}

/// All rows, and the error after them.
async fn read(server: &Server) -> (usize, Option<Error>) {
    let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    let mut rows = client(server).query(flux).stream::<OwnedRecord>();
    let mut count = 0;
    while let Some(row) = rows.next().await {
        match row {
            Ok(_) => count += 1,
            Err(error) => return (count, Some(error)),
        }
    }
    (count, None)
}

/// A server with ten thousand points: a reply of about a megabyte.
async fn filled() -> Server {
    let server = Server::start();
    let lines: Vec<String> = (0..10_000).map(|time| format!("m,t=a f={time} {time}")).collect();
    client(&server).write(server.bucket(), lines.join("\n")).await.unwrap();
    server
}

#[test]
fn a_server_starts_in_a_moment_without_any_runtime() {
    // The first one pays for what every process pays once.
    drop(Server::start());
    let start = Instant::now();
    let servers: Vec<_> = (0..10).map(|_| Server::start()).collect();
    assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    let mut urls: Vec<_> = servers.iter().map(Server::url).collect();
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 10, "each on a port of its own");
}

#[tokio::test]
async fn a_dropped_server_takes_no_more_connections() {
    let server = Server::start();
    let client = client(&server);
    client.ping().await.unwrap();
    drop(server);
    // The first one learns that its idle connection is gone, or that there is nothing to connect to.
    client.ping().await.unwrap_err();
    assert_eq!(client.ping().await.unwrap_err().kind(), ErrorKind::Connect);
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let server = Server::start();
    let port = server.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Server::builder().port(port).start().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn names_that_influxdb_refuses_are_an_error() {
    for builder in [
        Server::builder().bucket("_b"),
        Server::builder().bucket(""),
        Server::builder().bucket("a\"b"),
        Server::builder().org(" "),
        Server::builder().token(""),
        Server::builder().token("a\nb"),
    ] {
        let error = builder.start().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
    let outside = Server::builder().start_in_runtime().unwrap_err();
    assert!(outside.to_string().contains("reactor"), "{outside}");
}

#[tokio::test]
async fn a_server_can_wait_for_its_set_up() {
    let server = Server::builder().not_set_up().start().unwrap();
    let client = Client::builder(server.url()).build().unwrap();
    assert!(client.is_setup_allowed().await.unwrap());
    let setup = client.setup("admin", "an-org", "a-bucket").token("a-token").await.unwrap();
    assert_eq!(setup.token.expose(), "a-token");
    assert!(!client.is_setup_allowed().await.unwrap());
    let again = client.setup("admin", "an-org", "a-bucket").await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn an_answer_on_demand_is_given_instead() {
    let server = Server::start();
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
    for (fault, kind, after) in [
        (
            Fault::answer(503).retry_after(Duration::from_secs(3)),
            ErrorKind::Unavailable,
            Some(3..4),
        ),
        (
            Fault::answer(429).retry_after(Duration::from_millis(1_500)),
            ErrorKind::RateLimited,
            Some(2..3),
        ),
        (Fault::answer(503).retry_after_date(date), ErrorKind::Unavailable, Some(10_000..u64::MAX)),
        (Fault::answer(503).header("Retry-After", "soon"), ErrorKind::Unavailable, None),
        (Fault::answer(413), ErrorKind::TooLarge, None),
        (Fault::html(502), ErrorKind::Unavailable, None),
        (Fault::answer(500).body("x".repeat(10 << 20)), ErrorKind::Server, None),
        (Fault::answer(500).body("x".repeat(10 << 20)).chunked(), ErrorKind::Server, None),
    ] {
        server.inject(fault);
        let error = write(&server).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let told = error.retry_after().map(|after| after.as_secs());
        match after {
            Some(range) => assert!(told.is_some_and(|told| range.contains(&told)), "{told:?}"),
            None => assert_eq!(told, None),
        }
        assert!(error.to_string().len() < 5_000, "{}", error.to_string().len());
    }
    assert!(server.lines(server.bucket()).is_empty(), "nothing was carried out");
    write(&server).await.unwrap();
    assert_eq!(server.lines(server.bucket()), ["m,t=a f=1 1"]);
}

#[tokio::test]
async fn the_servers_own_answer_can_be_changed() {
    let server = filled().await;
    let csv = ",result,table,n\r\n,_result,0,1\r\n,_result,0,2\r\n\r\n";
    server.inject(Fault::through().header("X-Influxdb-Version", "v2.0.0").on("/ping"));
    server.inject(Fault::through().body(csv).on("/api/v2/query"));
    server.inject(Fault::answer(200).header("Content-Type", "text/csv").body(csv).chunked());
    assert_eq!(read(&server).await.0, 2);
    assert_eq!(read(&server).await.0, 2);
    client(&server).ping().await.unwrap();
    assert_eq!(server.pending_faults(), 0);
}

#[test]
fn what_could_never_work_panics_at_once() {
    let server = Server::start();
    let panics = |of: &dyn Fn()| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(of)).unwrap_err();
    };
    panics(&|| drop(server.lines("typo")));
    panics(&|| server.deactivate_token("typo"));
    panics(&|| server.add_bucket("my-bucket"));
    panics(&|| server.add_bucket("_b"));
    panics(&|| server.add_bucket_with("short", Duration::from_secs(60)));
    panics(&|| drop(Fault::through().on("api/v2/write")));
    panics(&|| drop(Fault::through().header("a b", "c")));
    for status in [0, 100, 199, 1_000] {
        panics(&|| drop(Fault::answer(status)));
    }
    // The server works on all the same.
    assert!(server.lines("my-bucket").is_empty());
}

#[tokio::test]
async fn points_beyond_the_retention_are_refused() {
    let server = Server::start();
    server.add_bucket_with("short", Duration::from_secs(3_600));
    server.set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(10_000));
    let client = client(&server);
    // Both in one request would be stored: the second opens the shard of the first, there as here.
    let error = client.write("short", "m f=1 6399000000000").await.unwrap_err();
    client.write("short", "m f=2 6400000000000").await.unwrap();
    assert_eq!(error.kind(), ErrorKind::PartialWrite);
    assert_eq!(server.lines("short"), ["m f=2 6400000000000"]);
}

#[tokio::test]
async fn a_connection_is_reset_before_or_after_the_request_is_carried_out() {
    let server = Server::start();
    for (fault, stored, told) in [
        (Fault::reset(), false, false),
        (Fault::stall(), false, false),
        (Fault::through().reset_before_headers(), true, false),
        // An answer without a body is complete with its headers.
        (Fault::through().reset_after(0), true, true),
    ] {
        server.inject(fault.clone());
        assert_eq!(write(&server).await.is_ok(), told, "{fault:?}");
        assert_eq!(!server.lines(server.bucket()).is_empty(), stored, "{fault:?}");
    }
    let told: Vec<_> = server.requests().iter().map(RecordedRequest::status).collect();
    assert_eq!(told, [None, None, None, Some(204)]);
}

#[tokio::test]
async fn a_reply_breaks_off_in_every_way() {
    let server = filled().await;
    for (fault, kind) in [
        (Fault::through().cut_after(10_000), ErrorKind::Interrupted),
        (Fault::through().end_after(10_000), ErrorKind::Interrupted),
        (Fault::through().reset_after(10_000), ErrorKind::Interrupted),
        (Fault::through().stall_after(10_000), ErrorKind::Timeout),
        (Fault::through().reset_after(0), ErrorKind::Interrupted),
    ] {
        server.inject(fault.clone());
        let (rows, error) = read(&server).await;
        let error = error.unwrap_or_else(|| panic!("{fault:?} went unnoticed"));
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        assert!(rows < 10_000);
    }
    server.inject(Fault::through().drip(5_000, Duration::from_millis(1)));
    assert_eq!(read(&server).await.0, 10_000);
    assert_eq!(read(&server).await.0, 10_000);
}

#[tokio::test]
async fn faults_meet_the_requests_that_they_are_meant_for() {
    let server = Server::start();
    server.inject(Fault::answer(503).on("/api/v2/write").times(2));
    server.inject(Fault::answer(500).on("/api/v2/write"));
    server.inject(Fault::answer(504).times(0));
    assert_eq!(server.pending_faults(), 2);
    assert!(read(&server).await.1.is_none(), "a query is no write");
    for status in [503, 503, 500] {
        assert_eq!(write(&server).await.unwrap_err().status(), Some(status));
    }
    assert_eq!(server.pending_faults(), 0);
    write(&server).await.unwrap();
    server.inject(Fault::answer(503).always());
    for _ in 0..3 {
        write(&server).await.unwrap_err();
    }
    server.clear_faults();
    write(&server).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn under_a_paused_clock_delays_pass_at_once() {
    let server = Server::builder().start_in_runtime().unwrap();
    server.inject(Fault::through().delay(Duration::from_secs(3_600)));
    let client = Client::builder(server.url()).token(server.token()).org(server.org());
    let client = client.timeout(None).build().unwrap();
    let start = (tokio::time::Instant::now(), Instant::now());
    client.write(server.bucket(), "m f=1 1").await.unwrap();
    assert!(start.0.elapsed() >= Duration::from_secs(3_600));
    assert!(start.1.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn what_was_asked_can_be_looked_at() {
    let server = Server::start();
    let lines = "m f=1 1\n".repeat(500);
    let gzipping = Client::builder(server.url()).token(server.token()).org(server.org());
    gzipping.gzip(true).build().unwrap().write("my-bucket", &lines).await.unwrap();
    client(&server).write("a b&c", "m f=1 1").precision(Precision::Seconds).await.unwrap_err();
    let requests = server.take_requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].method(), requests[0].path()), ("POST", "/api/v2/write"));
    assert_eq!(requests[0].header("content-ENCODING"), Some("gzip"));
    assert_eq!(requests[0].text(), lines);
    assert!(requests[0].raw_body().len() < 200);
    assert_eq!(requests[0].status(), Some(204));
    assert_eq!(requests[1].parameter("bucket").as_deref(), Some("a b&c"));
    assert_eq!(requests[1].parameter("precision").as_deref(), Some("s"));
    assert_eq!(requests[1].header("content-encoding"), None);
    assert_eq!(requests[1].status(), Some(404));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_clock_stamps_points_and_bounds_queries() {
    let server = Server::start();
    server.set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
    let client = client(&server);
    client.write("my-bucket", "m f=1").await.unwrap();
    server.advance_time(Duration::from_secs(60));
    client.write("my-bucket", "m f=2").await.unwrap();
    assert_eq!(server.lines("my-bucket"), ["m f=1 1000000000000", "m f=2 1060000000000"]);
    for (start, expected) in [("-59s", 0), ("-60s", 1), ("-1h", 1)] {
        let flux = format!(r#"from(bucket: "my-bucket") |> range(start: {start})"#);
        let tables = client.query(flux).tables().await.unwrap();
        let rows: usize = tables.iter().map(|table| table.records().len()).sum();
        // The point at 1060 s is at `now()`, which is past the end of every range.
        assert_eq!(rows, expected, "{start}");
    }
}

#[tokio::test]
async fn tokens_may_do_what_they_were_given() {
    let server = Server::start();
    server.add_bucket("other");
    server.add_token("reader", [Permission::read("my-bucket")]);
    server.add_token("writer", [Permission::write("my-bucket"), Permission::write("other")]);
    let with =
        |token: &str| Client::builder(server.url()).token(token).org(server.org()).build().unwrap();
    let (reader, writer) = (with("reader"), with("writer"));
    writer.write("my-bucket", "m f=1 1").await.unwrap();
    writer.write("other", "m f=1 1").await.unwrap();
    let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    assert_eq!(reader.query(flux).tables().await.unwrap().len(), 1);
    assert_eq!(reader.write("my-bucket", "m f=1").await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(writer.query(flux).tables().await.unwrap_err().kind(), ErrorKind::NotFound);
    server.deactivate_token("writer");
    assert_eq!(writer.write("other", "m f=1").await.unwrap_err().kind(), ErrorKind::Forbidden);
    let unknown = with("nobody").write("other", "m f=1").await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn what_it_does_not_know_it_says() {
    let server = Server::start();
    let flux = r#"from(bucket: "my-bucket") |> range(start: 0) |> derivative()"#;
    let error = client(&server).query(flux).tables().await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    let message = error.server_message().unwrap();
    assert!(message.contains("in-process server does not know"), "{message}");
    assert!(message.contains("derivative"), "{message}");
    write(&server).await.unwrap();
    let unknown: Vec<_> = server.requests().iter().map(RecordedRequest::was_unknown).collect();
    assert_eq!(unknown, [true, false]);
}

#[tokio::test]
async fn the_syntax_of_scripts_is_checked() {
    let server = Server::start();
    let client = client(&server);
    assert_eq!(client.check("no_such_function(a: [1, 2])").await.unwrap(), []);
    // The words for what is wrong are the real server's.
    let refused = client.check("x = (2 +").await.unwrap_err();
    assert!(refused.server_message().unwrap().contains("does not know"), "{refused}");
    let unknown: Vec<_> = server.requests().iter().map(RecordedRequest::was_unknown).collect();
    assert_eq!(unknown, [false, true]);
}

/// A server with two points that no condition below means.
async fn with_two_points() -> Server {
    let server = Server::start();
    client(&server).write(server.bucket(), "m,a=1,b=2 f=1 1\nm,a=3,b=4 f=2 1").await.unwrap();
    server
}

async fn tables(server: &Server, condition: &str) -> usize {
    let from = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 2)"#;
    let script = format!("{from} |> filter(fn: (r) => {condition})");
    client(server).query(script).tables().await.unwrap().len()
}

#[tokio::test]
async fn values_that_are_escaped_badly_change_a_script_as_they_do_on_a_real_server() {
    let server = with_two_points().await;
    let of_strings = r#"r.a == "$\\" and r.b == " or true) //")"#;
    let of_regex = "r.a =~ /^a\\\\/ and r.b == \"/ or true) //\"";
    for condition in [of_strings, of_regex] {
        assert_eq!(tables(&server, condition).await, 2, "{condition}");
    }
}

#[tokio::test]
async fn no_value_changes_what_a_filter_means() {
    let server = with_two_points().await;
    let literal = |text: &str| text.into_param().literal().unwrap();
    let (a, b) = ("$\\", " or true) //");
    let condition = format!("r.a == {} and r.b == {}", literal(a), literal(b));
    assert_eq!(tables(&server, &condition).await, 0);
    let (a, b) = (Param::regex(r"^a\\"), "/ or true) //");
    let condition = format!("r.a =~ {} and r.b == {}", a.literal().unwrap(), literal(b));
    assert_eq!(tables(&server, &condition).await, 0);
    let bucket = server.bucket();
    let query = client(&server).query(flux!(
        "from(bucket: {bucket}) |> range(start: 0, stop: 2)
             |> filter(fn: (r) => r.a =~ {a} and r.b == {b})"
    ));
    assert_eq!(query.tables().await.unwrap().len(), 0);
    assert!(!server.requests().iter().any(RecordedRequest::was_unknown));
}

#[derive(Measurement, Debug, Clone, PartialEq)]
struct Pair {
    #[tag]
    a: String,
    #[tag]
    b: Option<String>,
    #[field]
    f: f64,
    #[timestamp]
    time: Timestamp,
}

#[tokio::test]
async fn typed_conditions_select_and_delete_what_they_say() {
    let server = Server::start();
    let (client, bucket) = (client(&server), server.bucket());
    let texts = ["$\\x", " or true) //", "\"q\"", "/ or true) //", "ü"];
    for a in texts {
        let pair = |b: &str, nanos| {
            let (a, b, time) = (a.to_owned(), Some(b.to_owned()), Timestamp::from_nanos(nanos));
            Pair { a, b, f: 1.0, time }
        };
        client.write(bucket, [pair("1", 1), pair("1", 2), pair("2", 1)]).await.unwrap();
    }
    for (count, a) in texts.into_iter().enumerate() {
        let is_a = || Pair::A.eq(a).and(Pair::B.ne("2"));
        let found = client.select::<Pair>(bucket).range(..).filter(is_a()).fetch().await.unwrap();
        assert_eq!(found.len(), 2, "{a}");
        let first = Timestamp::from_nanos(0)..Timestamp::from_nanos(2);
        client.delete(bucket).range(first).filter(is_a()).await.unwrap();
        let left = client.select::<Pair>(bucket).range(..).fetch().await.unwrap();
        assert_eq!(left.len(), 14 - count, "{a}");
        assert_eq!(left.iter().filter(|pair| pair.a == a).count(), 2);
    }
    assert!(!server.requests().iter().any(RecordedRequest::was_unknown));
}

#[test]
fn secrets_do_not_reach_debug() {
    let server = Server::builder().token("a-secret-token").start().unwrap();
    server.add_token("another-secret-token", []);
    let shown = format!("{server:?} {:?}", Server::builder().token("a-secret-token"));
    assert!(!shown.contains("secret"), "{shown}");
}

/// What comes back for these bytes until the connection ends; `None` where it does not.
fn on_the_wire(server: &Server, request: &str) -> Option<String> {
    use std::io::{Read as _, Write as _};
    let address = server.url();
    let mut stream = std::net::TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok().map(|_| answer)
}

const WRITE: &str = "POST /api/v2/write?org=my-org&bucket=my-bucket HTTP/1.1\r\nHost: x\r\n\
    Authorization: Token my-token\r\n";

#[test]
fn faults_send_no_body_where_http_allows_none() {
    let server = Server::start();
    for fault in [Fault::through().drip(5, Duration::ZERO), Fault::through().end_after(5)] {
        server.inject(fault.clone());
        let head = on_the_wire(&server, "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert!(head.ends_with("\r\n\r\n") && head.contains("content-length: 131"), "{head}");
        server.inject(fault);
        let write = format!("{WRITE}Content-Length: 5\r\n\r\nm f=1");
        let answer = on_the_wire(&server, &write).unwrap();
        let is_bare = !answer.contains("content-length") && !answer.contains("transfer-encoding");
        assert!(answer.starts_with("HTTP/1.1 204") && is_bare, "{answer}");
        assert!(answer.ends_with("\r\n\r\n") && !answer.ends_with("0\r\n\r\n"), "{answer}");
    }
}

#[test]
fn a_fault_may_lie_about_its_length() {
    let server = Server::start();
    server.inject(Fault::answer(500).header("Content-Length", "3000").body("short"));
    let answer = on_the_wire(&server, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(
        answer.contains("content-length: 3000") && answer.ends_with("\r\n\r\nshort"),
        "{answer}"
    );
}

#[test]
fn a_chunked_body_that_is_none_ends_the_connection() {
    let server = Server::start();
    let request = format!("{WRITE}Transfer-Encoding: chunked\r\n\r\nzz\r\nm f=1\r\n0\r\n\r\n");
    assert!(on_the_wire(&server, &request).is_some());
    assert!(server.requests().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn stalled_connections_are_let_go_when_their_clients_go() {
    let server = Server::start();
    // Only what this server's thread holds is counted: sockets that wait for their owner to close.
    let port = server.url().rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let waiting = || {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let local = format!("0100007F:{port:04X}");
        table
            .lines()
            .filter(|line| line.contains(&format!(" {local} ")) && line.contains(" 08 "))
            .count()
    };
    server.inject(Fault::stall().times(3));
    server.inject(Fault::answer(500).stall_after(3).times(3));
    for _ in 0..6 {
        assert!(on_the_wire(&server, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n").is_none());
    }
    let start = Instant::now();
    while waiting() > 0 {
        assert!(start.elapsed() < Duration::from_secs(5), "{} still open", waiting());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn a_server_that_goes_away_refuses_and_resets_and_comes_back_with_its_data() {
    for server in [Server::start(), Server::builder().start_in_runtime().unwrap()] {
        let client = server.client();
        client.write("my-bucket", "m f=1 1").await.unwrap();
        server.inject(Fault::through().delay(Duration::from_secs(3_600)).times(1));
        server.inject(Fault::stall());
        let under_way: Vec<_> = (0..2)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.write("my-bucket", "m f=2 2").await })
            })
            .collect();
        while server.requests().len() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.go_away().await;
        server.go_away().await;
        for request in under_way {
            assert_eq!(request.await.unwrap().unwrap_err().kind(), ErrorKind::Interrupted);
        }
        assert_eq!(client.ping().await.unwrap_err().kind(), ErrorKind::Connect);
        server.come_back().await.unwrap();
        server.come_back().await.unwrap();
        client.write("my-bucket", "m f=3 3").await.unwrap();
        assert!(server.lines("my-bucket").len() >= 2);
    }
}
