//! Signing in, redirects, retries, headers, proxies, client certificates: what goes over the wire, and where.

use std::time::Duration;

use influx_core::client::ClientBuilder;
use influx_core::{Client, ErrorKind};
use influx_testkit::{Fault, Permission, Server};

use crate::support::canned::{End, answer, sequence};

fn signing_in(server: &Server) -> ClientBuilder {
    let builder = Client::builder(server.url()).org(server.org());
    builder.session(server.username(), server.password())
}

fn paths(server: &Server) -> Vec<String> {
    server.take_requests().iter().map(|request| request.path().to_owned()).collect()
}

#[tokio::test]
async fn a_session_signs_in_once_for_all_and_sends_only_its_cookie() {
    let server = Server::start();
    let client = signing_in(&server).build().unwrap();
    let lines = |n: usize| format!("m,n={n} f={n} {n}");
    let writes = (0..8).map(|n| tokio::spawn(client.write("my-bucket", lines(n)).into_future()));
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    let requests = server.take_requests();
    let sign_ins: Vec<_> = requests.iter().filter(|it| it.path() == "/api/v2/signin").collect();
    assert_eq!((sign_ins.len(), requests.len()), (1, 9));
    assert!(sign_ins[0].header("authorization").unwrap().starts_with("Basic "));
    for write in requests.iter().filter(|it| it.path() == "/api/v2/write") {
        let cookie = write.header("cookie").unwrap();
        assert!(cookie.starts_with("influxdb-oss-session=") && !cookie.contains(';'), "{cookie}");
        assert_eq!(write.header("authorization"), None);
    }
}

#[tokio::test]
async fn a_session_that_has_ended_begins_again_once() {
    let server = Server::start();
    let client = signing_in(&server).build().unwrap();
    client.write("my-bucket", "m f=1 1").await.unwrap();
    server.end_sessions();
    let _ = server.take_requests();
    // Both find out, and one of them signs in.
    let (first, second) =
        tokio::join!(client.write("my-bucket", "m f=2 2"), client.write("my-bucket", "m f=3 3"));
    first.and(second).unwrap();
    let sign_ins = paths(&server).iter().filter(|path| *path == "/api/v2/signin").count();
    assert_eq!((sign_ins, server.lines("my-bucket").len()), (1, 3));

    // A server that ends sessions at once gets no third try.
    server.inject(
        Fault::answer(401)
            .body(r#"{"code":"unauthorized","message":"unauthorized access"}"#)
            .on("/api/v2/write")
            .times(2),
    );
    let error = client.write("my-bucket", "m f=4 4").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(paths(&server), ["/api/v2/write", "/api/v2/signin", "/api/v2/write"]);
}

#[tokio::test]
async fn a_changed_password_is_the_one_to_sign_in_with() {
    let server = Server::start();
    let client = signing_in(&server).build().unwrap();
    let other = signing_in(&server).build().unwrap();
    client.write("my-bucket", "m f=1 1").await.unwrap();
    for password in ["seven.!".to_owned(), "x".repeat(73)] {
        let error = client.users().change_password(password).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidInput, None));
    }
    // Also where the session has ended meanwhile.
    server.end_sessions();
    client.users().change_password("a new password").await.unwrap();
    server.end_sessions();
    client.write("my-bucket", "m f=1 2").await.unwrap();

    let error = other.users().change_password("another password").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
    let error = other.write("my-bucket", "m f=1 3").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
    let error = server.client().users().change_password("a new password").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`session`"), "{error}");
}

#[tokio::test]
async fn a_query_without_a_limit_does_not_wait_for_ever_for_a_sign_in() {
    let server = Server::start();
    server.inject(Fault::stall().on("/api/v2/signin"));
    let builder = signing_in(&server).timeout(Duration::from_secs(1)).read_timeout(None);
    let client = builder.build().unwrap();
    let error = client.query("buckets()").tables().await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().starts_with("the sign-in "), "{error}");
    client.write("my-bucket", "m f=1").await.unwrap();
}

#[tokio::test]
async fn a_missing_permission_is_no_reason_to_sign_in_again() {
    let server = Server::start();
    let client = signing_in(&server).build().unwrap();
    client.write("my-bucket", "m f=1").await.unwrap();
    let _ = server.take_requests();
    server.inject(
        Fault::answer(401)
            .body(r#"{"code":"unauthorized","message":"read:users is unauthorized"}"#)
            .on("/api/v2/buckets"),
    );
    let error = client.buckets().find("b").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(paths(&server), ["/api/v2/buckets"]);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_a_later_request_begins_another() {
    let server = Server::start();
    let client = signing_in(&server).build().unwrap();
    client.sign_out().await.unwrap();
    assert_eq!(server.take_requests().len(), 0, "there was no session yet");
    client.ping().await.unwrap();
    assert!(!client.is_setup_allowed().await.unwrap());
    assert_eq!(paths(&server), ["/ping", "/api/v2/setup"], "anybody may ask that");
    client.write("my-bucket", "m f=1").await.unwrap();
    client.sign_out().await.unwrap();
    client.sign_out().await.unwrap();
    assert_eq!(paths(&server), ["/api/v2/signin", "/api/v2/write", "/api/v2/signout"]);
    client.write("my-bucket", "m f=1").await.unwrap();
    assert_eq!(paths(&server), ["/api/v2/signin", "/api/v2/write"]);
    // One that the server has forgotten is over.
    server.end_sessions();
    client.sign_out().await.unwrap();
    server.client().sign_out().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_told_as_such() {
    let server = Server::start();
    let client = Client::builder(server.url()).org("o").session("admin", "wrong").build().unwrap();
    let error = client.write("my-bucket", "m f=1").await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthorized, Some(401)));
    assert_eq!(
        error.to_string(),
        "the server refused the sign-in with status 401: unauthorized access; check the user name and \
         the password"
    );
    let elsewhere = sequence([answer("200 OK", "", "").into_bytes()], End::Close).await;
    let error = elsewhere.session("u", "p").build().unwrap().write("b", "m f=1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

/// The words of 1.8's documentation; it was never run against a server of that version.
#[tokio::test]
async fn the_form_of_1_8_needs_no_organization() {
    let server = Server::start();
    server.add_token("me:secret", [Permission::write("db/rp")]);
    let client = Client::builder(server.url()).compat_v1("me", "secret").build().unwrap();
    // The test kit, which is no 1.8, refuses the organization `-`; what it was asked is what counts.
    client.write("db/rp", "m f=1").await.unwrap_err();
    client.query("buckets()").tables().await.unwrap_err();
    let requests = server.take_requests();
    assert_eq!(requests[0].header("authorization"), Some("Token me:secret"));
    assert_eq!(requests[0].parameter("bucket").as_deref(), Some("db/rp"));
    for request in &requests {
        assert_eq!(request.parameter("org").as_deref(), Some("-"));
    }

    let basic =
        Client::builder(server.url()).basic_auth("me", "secret:ä").org("-").build().unwrap();
    basic.write("db/rp", "m f=1").await.unwrap_err();
    let requests = server.take_requests();
    assert_eq!(requests[0].header("authorization"), Some("Basic bWU6c2VjcmV0OsOk"));
}

#[tokio::test]
async fn redirects_are_followed_only_when_asked_and_only_within_the_server() {
    let server = Server::start();
    let builder = || Client::builder(server.url()).token(server.token()).org(server.org());
    let redirect = |status, location: &str| Fault::answer(status).header("Location", location);
    let away = "http://127.0.0.1:1/api/v2/write";
    let same = "/api/v2/write?org=my-org&bucket=my-bucket&precision=ns";

    let (strict, lenient) = (builder().build().unwrap(), builder().redirects(2).build().unwrap());
    server.inject(redirect(308, same));
    let error = strict.write("my-bucket", "m f=1 1").await.unwrap_err();
    assert!(
        error.to_string().ends_with(
            "(status 308), which is not followed; use that URL, or allow it with `redirects`"
        ),
        "{error}"
    );

    server.inject(redirect(308, same));
    server.inject(redirect(307, same));
    lenient.write("my-bucket", "m f=1 1").await.unwrap();
    assert_eq!(server.lines("my-bucket"), ["m f=1 1"]);

    for (status, location, words) in [
        (308, away, "which is another server, where the token must not go"),
        (302, same, "which would make another request of it"),
        (308, "//127.0.0.1:1/x", "which is another server"),
    ] {
        let _ = server.take_requests();
        server.inject(redirect(status, location));
        let error = lenient.write("my-bucket", "m f=2 2").await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(
            (error.kind(), error.status(), error.is_retryable()),
            (ErrorKind::Server, Some(status), false)
        );
        assert_eq!(server.take_requests().len(), 1);
    }
    for _ in 0..3 {
        server.inject(redirect(308, same));
    }
    let error = lenient.write("my-bucket", "m f=2 2").await.unwrap_err();
    assert!(error.to_string().contains("one more than `redirects` allows"), "{error}");
    assert_eq!(server.lines("my-bucket"), ["m f=1 1"]);
}

#[tokio::test(start_paused = true)]
async fn what_only_reads_is_asked_again() {
    let server = Server::builder().start_in_runtime().unwrap();
    let builder = Client::builder(server.url()).token(server.token()).org(server.org());
    let client = builder.retries(2).build().unwrap();
    let unavailable = || Fault::answer(503).retry_after(Duration::from_secs(7));

    server.inject(unavailable());
    server.inject(Fault::reset());
    let start = tokio::time::Instant::now();
    client.version().await.unwrap();
    assert_eq!(server.take_requests().len(), 3);
    let waited = start.elapsed();
    assert!(
        waited > Duration::from_millis(7_200) && waited < Duration::from_millis(7_900),
        "{waited:?}"
    );

    server.inject(unavailable());
    client.query("buckets()").tables().await.unwrap_err();
    assert_eq!(
        server.take_requests().len(),
        2,
        "the test kit knows no `buckets()`, which is final"
    );

    for _ in 0..3 {
        server.inject(unavailable());
    }
    let error = client.version().await.unwrap_err();
    assert_eq!((error.kind(), server.take_requests().len()), (ErrorKind::Unavailable, 3));

    // What writes is not.
    server.inject(unavailable());
    let error = client.write("my-bucket", "m f=1").await.unwrap_err();
    assert_eq!((error.kind(), server.take_requests().len()), (ErrorKind::Unavailable, 1));
}

#[tokio::test]
async fn an_empty_organization_of_a_call_is_not_the_clients() {
    let server = Server::start();
    let client = server.client();
    let write = client.write("my-bucket", "m f=1").org("").await.unwrap_err();
    let query = client.query("buckets()").org("").tables().await.unwrap_err();
    let writer = client.writer("my-bucket").org("").start().await.unwrap_err();
    for error in [write, query, writer] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("named for this call is empty"), "{error}");
    }
    assert_eq!(server.take_requests().len(), 0);
}

#[tokio::test]
async fn headers_go_with_every_request() {
    let server = Server::start();
    let builder = Client::builder(server.url()).token(server.token()).org(server.org());
    // As of a file, and of the code behind it.
    let builder = builder.header("zap-trace-span", "first").header("Zap-Trace-Span", "x");
    let client = builder.user_agent("mine/1").build().unwrap();
    client.ping().await.unwrap();
    client.write("my-bucket", "m f=1").await.unwrap();
    for request in server.take_requests() {
        assert_eq!(request.header("zap-trace-span"), Some("x"));
        assert_eq!(request.header("user-agent"), Some("mine/1"));
    }
    server.client().ping().await.unwrap();
    let product = concat!("influx-core/", env!("CARGO_PKG_VERSION"));
    assert_eq!(server.take_requests()[0].header("user-agent"), Some(product));
}

#[tokio::test]
async fn a_ready_http_client_is_used_as_it_is() {
    let server = Server::start();
    let http = || crate::support::tls::http(None).user_agent("ready/1").build().unwrap();
    let builder = || Client::builder(server.url()).token(server.token()).org(server.org());
    let client = builder().http_client(http()).header("x-mine", "a").build().unwrap();
    client.write("my-bucket", "m f=1").await.unwrap();
    let request = &server.take_requests()[0];
    assert_eq!(
        (request.header("user-agent"), request.header("x-mine")),
        (Some("ready/1"), Some("a"))
    );
    for (builder, setting) in [
        (builder().connect_timeout(Duration::from_secs(1)), "connect_timeout"),
        (builder().idle_connections(1), "idle_connections"),
        (builder().idle_timeout(None), "idle_timeout"),
        (builder().proxy("http://p"), "proxy"),
        (builder().ca_certificate("x"), "certificates"),
        (builder().danger_accept_invalid_certificates(true), "certificates"),
    ] {
        let error = builder.http_client(http()).build().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{setting}` is set beside `http_client`")), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_takes_no_connection_is_given_up_in_time() {
    use tokio::net::{TcpSocket, TcpStream};

    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Until no more connections are queued for somebody who takes none.
    let mut queued = Vec::new();
    let short = Duration::from_millis(200);
    while let Ok(stream) = tokio::time::timeout(short, TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    let client = Client::builder(format!("http://{address}")).connect_timeout(short);
    let error = client.build().unwrap().ping().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.is_timeout(), error.is_retryable()),
        (ErrorKind::Connect, true, true)
    );
    assert!(
        error.to_string().starts_with(&format!("cannot connect to http://{address} in time;")),
        "{error}"
    );
}

#[tokio::test]
async fn connections_are_kept_as_long_as_one_says() {
    let server = Server::start();
    let once = |builder: ClientBuilder| async move {
        let client = builder.build().unwrap();
        client.ping().await.unwrap();
        client.ping().await.unwrap();
    };
    let proxy = crate::support::proxy::Proxy::start(None).await;
    once(Client::builder(server.url()).proxy(proxy.url())).await;
    assert_eq!(proxy.heads().len(), 1);
    once(Client::builder(server.url()).proxy(proxy.url()).idle_connections(0)).await;
    assert_eq!(proxy.heads().len(), 3);
}

#[tokio::test]
async fn a_tunnel_that_a_proxy_refuses_is_told_as_such() {
    let proxy = crate::support::proxy::Proxy::start(Some("Basic dTpw")).await;
    for url in ["https://localhost:1", "http://localhost:1"] {
        let client = Client::builder(url).danger_accept_invalid_certificates(true);
        let client = client.proxy(proxy.url().replace("http", "HTTP")).retries(3).build().unwrap();
        let error = client.buckets().list().org("0123456789abcdef").all().await.unwrap_err();
        assert_eq!((error.status(), error.is_retryable()), (Some(407), false), "{url}");
        assert!(
            error.to_string().ends_with("; check the proxy's user name and password"),
            "{error}"
        );
    }
    assert_eq!(proxy.heads().len(), 2);
}

#[tokio::test]
async fn a_token_that_is_locked_is_asked_for_again() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let server = Server::start();
    let locked = || {
        let body = r#"{"code":"forbidden","message":"token is inactive"}"#;
        Fault::answer(403).body(body).on("/api/v2/write").times(1)
    };
    server.inject(locked());
    let (asked, token) = (AtomicUsize::new(0), server.token().to_owned());
    let client = Client::builder(server.url()).org(server.org()).token_provider(move || {
        let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        Ok(if first { "locked".into() } else { token.as_str().into() })
    });
    client.build().unwrap().write("my-bucket", "m f=1 1").await.unwrap();
    server.inject(locked());
    let error = server.client().write("my-bucket", "m f=1 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(
        error.to_string().ends_with("; set its status to active, or use another one"),
        "{error}"
    );
}

#[tokio::test]
async fn a_time_out_is_for_the_words_of_an_error_too() {
    let late = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 9\r\n\r\n";
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        stream.write_all(late).await.unwrap();
        std::future::pending::<()>().await;
    });
    let client = Client::builder(format!("http://{address}")).timeout(Duration::from_millis(300));
    let client = client.idle_timeout(Duration::MAX).build().unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(client.write("b", "m f=1").org("o").await.unwrap_err().status(), Some(500));
    assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
}

#[test]
fn a_client_certificate_must_be_whole_and_its_key_readable() {
    const CERTIFICATE: &str = include_str!("pem/client.crt");
    const ENCRYPTED: &str = include_str!("pem/client.key");
    const OLD: &str = include_str!("pem/client-old.key");

    let identity = |certificate: &str, key: &str| {
        Client::builder("https://localhost")
            .danger_accept_invalid_certificates(true)
            .identity(certificate, key)
    };
    identity(CERTIFICATE, ENCRYPTED).identity_password("a-password").build().unwrap();
    let both = format!("a comment: ENCRYPTED\n{CERTIFICATE}{ENCRYPTED}");
    identity(&both, "").identity_password("a-password").build().unwrap();
    let other = crate::support::tls::Signed::local();
    identity(&format!("# ENCRYPTED\n{}{}", other.certificate, other.key), "").build().unwrap();
    identity(&other.certificate, &other.key).build().unwrap();
    for (builder, words) in [
        (identity("x", &other.key), "`identity` holds no certificate; it takes PEM text"),
        (identity(CERTIFICATE, "hunter2"), "`identity` holds no private key"),
        (identity(CERTIFICATE, &other.key), "do not belong together"),
        (identity(CERTIFICATE, ENCRYPTED), "is encrypted; give its password as well"),
        (identity(CERTIFICATE, ENCRYPTED).identity_password("hunter2"), "is its password right?"),
        (identity(CERTIFICATE, OLD).identity_password("a-password"), "`openssl pkcs8 -topk8"),
    ] {
        let error = builder.build().unwrap_err();
        let all = format!("{error} {error:?}");
        assert!(all.contains(words) && !all.contains("hunter2"), "{all} should say {words:?}");
    }
}
