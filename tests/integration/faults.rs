//! Answers that a real server does not give, or not on demand.

use std::future::Future as _;
use std::time::Duration;

use futures_util::StreamExt as _;
use influx_core::annotated_csv::OwnedRecord;
use influx_core::client::HealthStatus;
use influx_core::{Client, Error, ErrorKind};
use influx_testkit::Server;

use crate::support::canned::{End, answer, client};

async fn write(answer: impl Into<Vec<u8>>) -> Error {
    client(answer, End::Close).await.write("b", "m f=1").await.unwrap_err()
}

async fn query(answer: impl Into<Vec<u8>>) -> Error {
    client(answer, End::Close).await.query("buckets()").tables().await.unwrap_err()
}

#[tokio::test]
async fn every_kind_of_error_body_is_read() {
    let json = "content-type: application/json; charset=utf-8\r\n";
    for (status, headers, body, kind, code, message) in [
        (
            "400 Bad Request",
            json,
            r#"{"code":"invalid","message":"unable to parse 'x': missing fields"}"#,
            ErrorKind::InvalidLine,
            Some("invalid"),
            "unable to parse 'x': missing fields",
        ),
        (
            "400 Bad Request",
            json,
            "{\n\t\"code\": \"invalid\",\n\t\"message\": \"no\"\n}",
            ErrorKind::InvalidInput,
            Some("invalid"),
            "no",
        ),
        (
            "400 Bad Request",
            json,
            r#"{"error":"unable to parse"}"#,
            ErrorKind::InvalidLine,
            None,
            "unable to parse",
        ),
        (
            "401 Unauthorized",
            json,
            r#"{"code":"unauthorized","message":"unauthorized access"}"#,
            ErrorKind::Unauthorized,
            Some("unauthorized"),
            "unauthorized access",
        ),
        (
            "401 Unauthorized",
            json,
            r#"{"code":"unauthorized","message":"write:orgs/0/buckets is unauthorized"}"#,
            ErrorKind::Forbidden,
            Some("unauthorized"),
            "write:orgs/0/buckets is unauthorized",
        ),
        (
            "403 Forbidden",
            json,
            r#"{"code":"forbidden","message":"insufficient permissions for write"}"#,
            ErrorKind::Forbidden,
            Some("forbidden"),
            "insufficient permissions for write",
        ),
        (
            "404 Not Found",
            "content-type: text/plain\r\n",
            "404 page not found\n",
            ErrorKind::NotFound,
            None,
            "404 page not found",
        ),
        ("405 Method Not Allowed", "", "", ErrorKind::InvalidInput, None, ""),
        (
            "413 Request Entity Too Large",
            "content-type: text/html\r\n",
            "<html>nginx</html>",
            ErrorKind::TooLarge,
            None,
            "<html>nginx</html>",
        ),
        (
            "422 Unprocessable Entity",
            json,
            r#"{"code":"unprocessable entity","message":"partial write"}"#,
            ErrorKind::PartialWrite,
            Some("unprocessable entity"),
            "partial write",
        ),
        (
            "500 Internal Server Error",
            "x-platform-error-code: internal error\r\nx-influx-error: boom\r\n",
            "",
            ErrorKind::Server,
            Some("internal error"),
            "boom",
        ),
        ("500 Internal Server Error", json, "{\"code\":", ErrorKind::Server, None, "{\"code\":"),
        (
            "501 Not Implemented",
            json,
            r#"{"code":"not implemented","message":"no"}"#,
            ErrorKind::Server,
            Some("not implemented"),
            "no",
        ),
        (
            "502 Bad Gateway",
            "content-type: text/html\r\n",
            "<html>",
            ErrorKind::Unavailable,
            None,
            "<html>",
        ),
        ("503 Service Unavailable", "", "", ErrorKind::Unavailable, None, ""),
    ] {
        let error = write(answer(status, headers, body)).await;
        assert_eq!(
            (error.kind(), error.server_code(), error.server_message()),
            (kind, code, Some(message)),
            "{error}"
        );
        assert_eq!(error.status(), status[..3].parse().ok());
        assert!(error.to_string().contains(&status[..3]), "{error}");
        assert_eq!(error.is_retryable(), ["500", "502", "503"].contains(&&status[..3]), "{error}");
    }
}

#[tokio::test]
async fn a_422_of_a_proxy_is_no_partial_write() {
    let error = write(answer("422 Unprocessable Entity", "", "<html>blocked</html>")).await;
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_page_with_an_error_status_asks_for_what_is_behind_it() {
    let page = |status| answer(status, "content-type: text/html\r\n", "<html>nginx</html>");
    for (status, kind, remedy) in [
        ("502 Bad Gateway", ErrorKind::Unavailable, "is the server behind that proxy running?"),
        (
            "404 Not Found",
            ErrorKind::NotFound,
            "is the client's URL the base URL of an InfluxDB 2 server?",
        ),
    ] {
        for (error, noun) in
            [(write(page(status)).await, "write"), (query(page(status)).await, "query")]
        {
            let status = &status[..3];
            let message = format!(
                "the {noun} was answered with status {status}, not in the words of InfluxDB: \
                 <html>nginx</html>; {remedy}"
            );
            assert_eq!((error.to_string(), error.kind()), (message, kind));
        }
    }
}

#[tokio::test]
async fn a_throttling_server_says_for_how_long() {
    for (header, wait) in [
        ("retry-after: 7\r\n", Some(Duration::from_secs(7))),
        ("retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n", Some(Duration::ZERO)),
        ("retry-after: soon\r\n", None),
        ("", None),
    ] {
        let error = write(answer("429 Too Many Requests", header, "")).await;
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, wait));
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn a_full_query_queue_may_pass_and_other_refusals_do_not() {
    let full = r#"{"code":"invalid","message":"queue length exceeded"}"#;
    let error = query(answer("400 Bad Request", "", full)).await;
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_names_the_place() {
    let error =
        write(answer("308 Permanent Redirect", "location: http://elsewhere/api/v2/write\r\n", ""))
            .await;
    assert_eq!(
        error.to_string(),
        "the write was redirected to `http://elsewhere/api/v2/write` (status 308), which is not followed; use that URL, or allow it with `redirects`"
    );
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Server, false));
}

#[tokio::test]
async fn a_huge_error_body_is_read_up_to_a_limit() {
    let body = format!("<html>{}</html>", "x".repeat(10 << 20));
    let error = write(answer("500 Internal Server Error", "", &body)).await;
    assert_eq!(error.server_message().unwrap().len(), 1 << 20);
    assert!(error.to_string().len() < 1_500);
}

#[tokio::test]
async fn a_refusal_too_long_to_read_whole_is_still_the_server_s() {
    let lines = "x".repeat(2 << 20);
    let body =
        format!(r#"{{"code":"invalid","message":"unable to parse '{lines}': missing fields"}}"#);
    let error = write(answer("400 Bad Request", "x-platform-error-code: invalid\r\n", &body)).await;
    assert_eq!((error.kind(), error.server_code()), (ErrorKind::InvalidLine, Some("invalid")));
    assert!(
        error.to_string().starts_with("the server refused the write with status 400"),
        "{error}"
    );
}

#[tokio::test]
async fn only_the_server_s_word_that_a_bucket_is_missing_counts() {
    let find = |body: &'static str| async move {
        let client = client(answer("404 Not Found", "", body), End::Close).await;
        client.buckets().find("x").await.map_err(|error| error.kind())
    };
    assert_eq!(find("<html>not found</html>").await, Err(ErrorKind::NotFound));
    assert_eq!(
        find(r#"{"code":"not found","message":"path not found"}"#).await,
        Err(ErrorKind::NotFound)
    );
}

const CSV: &str = "#datatype,string,long,long\r\n#group,false,false,false\r\n#default,_result,,\r\n,result,table,n\r\n,,0,1\r\n,,0,2\r\n";

fn chunked(csv: &str, last: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{csv}\r\n{last}",
        csv.len()
    )
}

#[tokio::test]
async fn a_reply_without_its_last_chunk_is_an_error_behind_its_rows() {
    let client = client(chunked(CSV, ""), End::Close).await;
    let rows: Vec<_> = client.query("x").stream::<OwnedRecord>().collect().await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1].as_ref().unwrap().get("n").unwrap().as_integer(), Some(2));
    let error = rows[2].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Interrupted, true));
}

#[tokio::test]
async fn a_reply_that_ends_with_its_connection_is_complete_with_its_empty_line() {
    for head in ["HTTP/1.0 200 OK\r\n", "HTTP/1.1 200 OK\r\nconnection: close\r\n"] {
        let read = async |csv: &str| {
            let reply = format!("{head}content-type: text/csv\r\n\r\n{csv}");
            let client = client(reply, End::Close).await;
            client.query("x").stream::<OwnedRecord>().collect::<Vec<_>>().await
        };
        let whole = read(&format!("{CSV}\r\n")).await;
        assert!(whole.len() == 2 && whole.iter().all(Result::is_ok), "{whole:?}");
        assert!(read("\r\n").await.is_empty());

        let cut = read(CSV).await;
        let error = cut[2].as_ref().unwrap_err();
        assert_eq!((cut.len(), error.kind()), (3, ErrorKind::Interrupted));
        assert!(error.to_string().contains("does not end with the empty line"), "{error}");

        // A failure ends with its own line, and what is raw is handed over as it came.
        let failed = format!("{CSV}\r\n,error,reference\r\n,boom,\r\n");
        assert_eq!(read(&failed).await[2].as_ref().unwrap_err().kind(), ErrorKind::Server);
        let reply = format!("{head}content-type: text/csv\r\n\r\n{failed}");
        let raw = client(reply, End::Close).await.query("x").raw().bytes().await.unwrap();
        assert_eq!(raw, failed);
    }
}

#[tokio::test]
async fn a_reply_that_ends_within_a_line_is_an_error_behind_its_rows() {
    let client = client(chunked(&format!("{CSV},,0,30"), "0\r\n\r\n"), End::Close).await;
    let rows: Vec<_> = client.query("x").stream::<OwnedRecord>().collect().await;
    let error = rows[2].as_ref().unwrap_err();
    assert_eq!((rows.len(), error.kind()), (3, ErrorKind::InvalidCsv));
}

#[tokio::test]
async fn an_error_table_comes_behind_the_rows_that_were_good() {
    let csv = format!(
        "{CSV}\r\n#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n\
         ,error,reference\r\n,runtime error @1:1-2:3: boom,\r\n"
    );
    let client = client(chunked(&csv, "0\r\n\r\n"), End::Close).await;
    let mut streamed: Vec<_> = client.query("x").stream::<OwnedRecord>().collect().await;
    let from_stream = streamed.pop().unwrap().unwrap_err();
    assert!(streamed.len() == 2 && streamed.iter().all(Result::is_ok));
    let mut rows = client.query("x").rows::<OwnedRecord>();
    assert!(rows.next().await.unwrap().is_some() && rows.next().await.unwrap().is_some());
    let from_rows = rows.next().await.unwrap_err();
    let from_fetch = client.query("x").fetch::<OwnedRecord>().await.unwrap_err();
    for error in [from_stream, from_rows, from_fetch] {
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Server, false));
        assert_eq!(error.server_message(), Some("runtime error @1:1-2:3: boom"));
        assert_eq!(error.position().unwrap().line, 12);
        assert!(
            error
                .to_string()
                .starts_with("the server failed while it was sending rows: runtime error"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn json_of_a_crashing_server_behind_rows_is_its_failure() {
    for line_end in ["\n", ""] {
        let crash = format!(
            r#"{CSV}{{"code":"internal error","message":"a panic has occurred: x"}}{line_end}"#
        );
        let error = query(chunked(&crash, "0\r\n\r\n")).await;
        assert_eq!((error.kind(), error.position().unwrap().line), (ErrorKind::Server, 7));
        assert!(error.server_message().unwrap().contains("a panic has occurred"), "{error}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_page_with_status_200_is_no_success() {
    let page = answer("200 OK", "content-type: text/html\r\n", "<html>please log in</html>\n");
    for (error, message) in [
        (
            write(page.clone()).await,
            "the answer to the write has status 200 and content type `text/html`, not the 204 of \
             InfluxDB: <html>please log in</html>; what answers there?",
        ),
        (
            query(page).await,
            "the answer to the query has status 200 and content type `text/html`, not the CSV of \
             InfluxDB: <html>please log in</html>; what answers there?",
        ),
        (
            query(answer("204 No Content", "", "")).await,
            "the answer to the query has status 204, not the CSV of InfluxDB; what answers there?",
        ),
    ] {
        assert_eq!(error.to_string(), message);
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Decode, false));
    }
    // Without a type the text has to say it.
    let error = query(answer("200 OK", "", "<html>please log in</html>\n")).await;
    assert_eq!(error.kind(), ErrorKind::InvalidCsv);
    assert_eq!(query(answer("206 Partial Content", "", CSV)).await.kind(), ErrorKind::Decode);
    client("HTTP/1.1 204 No Content\r\n\r\n", End::Close).await.write("b", "m f=1").await.unwrap();
}

#[tokio::test]
async fn a_reply_of_another_type_is_no_csv_whatever_it_holds() {
    for content_type in ["application/json", "text/plain; charset=utf-8", "x; y=text/csv"] {
        let header = format!("content-type: {content_type}\r\n");
        let error = query(answer("200 OK", &header, CSV)).await;
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains(&format!("content type `{content_type}`")), "{error}");
    }
    for header in
        ["content-type: text/csv; charset=utf-8\r\n", "Content-Type: Application/CSV\r\n", ""]
    {
        let client = client(answer("200 OK", header, CSV), End::Close).await;
        assert_eq!(client.query("x").fetch::<OwnedRecord>().await.unwrap().len(), 2, "{header}");
    }
}

#[tokio::test]
async fn a_page_that_does_not_end_is_quoted_as_far_as_it_came() {
    let page = format!("<html>{}", "x".repeat(1_000));
    let endless = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 9999\r\n\r\n";
    let client = client(format!("{endless}{page}"), End::Stall).await;
    let error = client.query("x").tables().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains(": <html>xxx") && error.to_string().len() < 500, "{error}");
}

#[tokio::test]
async fn the_status_says_what_a_body_that_never_comes_cannot() {
    let stalled = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 100\r\n\r\n{";
    let error = client(stalled, End::Stall).await.write("b", "m f=1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unauthorized, false));

    // What did come of it counts.
    let body = r#"{"code":"invalid","message":"unable to parse 'm f=1': missing fields"}"#;
    let stalled = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 1000\r\n\r\n{body}");
    let error = client(stalled, End::Stall).await.write("b", "m f=1").await.unwrap_err();
    assert_eq!((error.kind(), error.server_code()), (ErrorKind::InvalidLine, Some("invalid")));
}

#[tokio::test]
async fn a_name_too_long_for_a_url_is_refused() {
    let client = client("", End::Close).await;
    let error = client.write("b".repeat(70_000), "m f=1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidInput, false));
}

#[tokio::test]
async fn a_reply_that_falls_silent_times_out() {
    let silent = client(chunked(CSV, ""), End::Stall).await;
    let mut rows = silent.query("x").rows::<OwnedRecord>();
    assert!(rows.next().await.unwrap().is_some());
    assert!(rows.next().await.unwrap().is_some());
    let error = rows.next().await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable());
    assert_eq!(
        error.to_string(),
        "the query had no answer within 300ms; allow more with `read_timeout` of the client's builder"
    );
    assert!(rows.next().await.unwrap().is_none(), "behind an error there are no more rows");
}

#[tokio::test]
async fn a_reply_that_keeps_coming_is_never_cut() {
    // 27 pieces with 30 ms between them: far longer than the 300 ms of silence that are allowed.
    let client = client(chunked(CSV, "0\r\n\r\n"), End::Drip).await;
    let start = std::time::Instant::now();
    assert_eq!(client.query("x").fetch::<OwnedRecord>().await.unwrap().len(), 2);
    assert!(start.elapsed() > Duration::from_millis(400));
}

#[tokio::test]
async fn a_consumer_that_takes_its_time_is_not_silence() {
    let client = client(chunked(CSV, "0\r\n\r\n"), End::Drip).await;
    let mut rows = client.query("x").rows::<OwnedRecord>();
    assert!(rows.next().await.unwrap().is_some());
    std::thread::sleep(Duration::from_millis(400));
    assert!(rows.next().await.unwrap().is_some());
    assert!(rows.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_no_row() {
    let client = client(chunked(CSV, "0\r\n\r\n"), End::Drip).await;
    let mut rows = client.query("x").rows::<OwnedRecord>();
    let mut found = Vec::new();
    loop {
        // Each wait is dropped after a moment and started anew.
        match tokio::time::timeout(Duration::from_millis(7), rows.next()).await {
            Err(_) => {}
            Ok(Ok(Some(row))) => found.push(row.get("n").unwrap().as_integer()),
            Ok(Ok(None)) => break,
            Ok(Err(error)) => panic!("{error}"),
        }
    }
    assert_eq!(found, [Some(1), Some(2)]);
}

#[tokio::test]
async fn limits_of_any_length_are_taken() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let builder = Client::builder(url).org("o").timeout(Duration::MAX);
    let client = builder.read_timeout(Duration::MAX).connect_timeout(None).build().unwrap();
    let query = tokio::spawn(client.query("x").fetch::<OwnedRecord>());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!query.is_finished());
    query.abort();
}

#[tokio::test]
async fn large_writes_are_compressed_on_request_and_small_ones_are_not() {
    let server = Server::start();
    let client = Client::builder(server.url()).token(server.token()).org(server.org());
    let client = client.gzip(true).build().unwrap();
    let lines = "cpu,core=0 temp=22.35 1714564800000000000\n".repeat(100);
    client.write("my-bucket", &lines).await.unwrap();
    client.write("my-bucket", "m f=1").await.unwrap();
    let requests = server.requests();
    let [large, small] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(large.header("content-encoding"), Some("gzip"));
    assert_eq!(large.text(), lines);
    assert!(large.raw_body().len() < lines.len() / 10);
    assert_eq!(small.header("content-encoding"), None);
    assert_eq!(small.raw_body(), b"m f=1\n");
}

#[tokio::test]
async fn a_server_that_does_not_answer_times_out() {
    let silent = client("", End::Stall).await;
    for error in [
        silent.write("b", "m f=1").await.unwrap_err(),
        silent.ping().await.unwrap_err(),
        silent.query("x").tables().await.unwrap_err(),
    ] {
        assert!(error.is_timeout(), "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_is_interrupted() {
    for part in ["", "HTTP/1.1 204 No", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"] {
        let error = client(part, End::Close).await.version().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{part:?}: {error:?}");
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test]
async fn an_unwell_server_is_a_health_and_something_else_is_not() {
    let body =
        r#"{"name":"influxdb","message":"down","status":"fail","checks":[],"version":"v2.9.1"}"#;
    let unwell = client(answer("503 Service Unavailable", "", body), End::Close).await;
    assert_eq!(unwell.health().await.unwrap().status, HealthStatus::Fail);
    let other = client(answer("200 OK", "", "<html>hello</html>"), End::Close).await;
    assert_eq!(other.health().await.unwrap_err().kind(), ErrorKind::Decode);
    let proxy =
        client(answer("503 Service Unavailable", "", "<html>nobody</html>"), End::Close).await;
    let error = proxy.health().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true));
    assert_eq!(other.version().await.unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn without_a_runtime_the_error_says_so() {
    let client = Client::builder("http://127.0.0.1:1").build().unwrap();
    let mut ping = std::pin::pin!(client.ping());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = ping.as_mut().poll(&mut context) else {
        panic!("no error")
    };
    assert_eq!(
        error.to_string(),
        "the client needs a Tokio runtime; await it within one, such as `#[tokio::main]`"
    );
}

#[tokio::test]
async fn a_query_may_ask_for_a_reply_as_it_is() {
    let server = Server::start();
    let lines: String = (0..500).map(|n| format!("m,host=h f={n} {n}\n")).collect();
    server.client().write(server.bucket(), lines.as_str()).await.unwrap();
    let script = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    for gzip in [true, false] {
        let query = server.client().query(script).gzip(gzip);
        assert_eq!(query.tables().await.unwrap()[0].records().len(), 500);
        let requests = server.requests();
        let accepts = requests.last().unwrap().header("accept-encoding").map(str::to_owned);
        assert_eq!(accepts.as_deref(), Some(if gzip { "gzip" } else { "identity" }));
    }
}
