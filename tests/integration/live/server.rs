//! Servers of their own: TLS, tokens, and servers that die.

use futures_util::{Stream, StreamExt as _, stream};
use influx_core::admin::Bucket;
use influx_core::annotated_csv::{OwnedRecord, Record, TableHeader};
use influx_core::error::{CellError, Mismatches};
use influx_core::measurement::{FromRow, FromRowOwned};
use influx_core::{Client, Error, ErrorKind, Point, Timestamp, Token};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::influxd::Influxd;

/// Defines a test that starts servers itself; without one to start it is listed as ignored.
macro_rules! own_server {
    ($(async fn $name:ident() $body:block)*) => {$(
        #[tokio::test]
        #[cfg_attr(
            not(own_server),
            ignore = "starts a server; INFLUXD=$(tests/influxd/build.sh) cargo test"
        )]
        async fn $name() $body
    )*};
}
pub(super) use own_server;

own_server! {
    async fn https_trusts_the_authority_that_it_is_told_to() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "a test server");
        let certificate = params.self_signed(&key).unwrap().pem();
        let server = tokio::task::spawn_blocking({
            let (certificate, key) = (certificate.clone(), key.serialize_pem());
            move || {
                Influxd::start(&["--tls-cert", "{folder}/cert.pem", "--tls-key", "{folder}/key.pem"], |folder| {
                    std::fs::write(folder.join("cert.pem"), certificate).unwrap();
                    std::fs::write(folder.join("key.pem"), key).unwrap();
                })
            }
        })
        .await
        .unwrap();
        let url = format!("https://{}", server.address);

        let trusting = Client::builder(&url).ca_certificate(certificate).org("o").build().unwrap();
        let setup = trusting.setup("admin", "o", "b").password("a-password").await.unwrap();
        let client = Client::builder(&url).ca_certificate(key_less(&trusting)).org("o").build();
        assert!(client.is_err(), "a text without a certificate is refused");

        let stranger = Client::builder(&url).org("o").build().unwrap();
        let error = stranger.ping().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, false));
        assert!(error.to_string().contains("is not trusted; name its authority"), "{error}");
        assert!(!setup.token.expose().is_empty());
        tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
    }

    async fn a_token_for_one_bucket_is_refused_at_another() {
        let own = Own::start().await;
        let admin = own.client(own.token.clone());
        admin.buckets().create("other").await.unwrap();
        let bucket = admin.buckets().find("b").await.unwrap().unwrap();
        let client = own.client(own.token_for(&bucket).await);
        client.write("b", "m f=1").await.unwrap();
        assert_eq!(client.query("from(bucket: \"b\") |> range(start: 0)").tables().await.unwrap().len(), 1);

        let error = client.write("other", "m f=1").await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Forbidden, Some(403)));
        assert!(error.to_string().ends_with("; give the token the permission"), "{error}");
        // What may not be read is not there.
        let error = client.query("from(bucket: \"other\") |> range(start: 0)").tables().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
        assert!(error.to_string().ends_with("could not find bucket \"other\"; check the name, and that the token may see it"), "{error}");
        own.stop().await;
    }

    async fn a_server_that_dies_is_a_failure_that_may_pass() {
        let own = Own::start().await;
        let client = own.client(own.token.clone());
        client.write("b", Point::measurement("m").field("f", 1)).await.unwrap();
        own.server.signal("-KILL");
        let error = client.write("b", Point::measurement("m").field("f", 1)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Connect | ErrorKind::Interrupted), "{error:?}");
        assert!(error.is_retryable());
        own.stop().await;
    }

    async fn a_server_that_dies_within_a_reply_leaves_good_rows_and_an_error() {
        let own = Own::start().await;
        let client = own.client(own.token.clone());
        let point = |n| Point::measurement("m").field("f", n).timestamp(Timestamp::from_nanos(n));
        client.write("b", (0..ROWS).map(point)).await.unwrap();
        let pad = incompressible(40_000);
        let flux = format!("from(bucket: \"b\") |> range(start: 0) |> set(key: \"pad\", value: \"{pad}\")");
        let query = || client.query(&flux);

        let mut streamed = query().stream::<OwnedRecord>();
        let mut lent = Box::pin(stream::unfold(query().rows::<OwnedRecord>(), |mut rows| async {
            rows.next().await.transpose().map(|row| (row, rows))
        }));
        expect_rows(0..10, &mut streamed).await;
        expect_rows(0..10, &mut lent).await;
        let fetched = tokio::spawn(query().fetch::<Noticed>());
        NOTICE.notified().await;
        own.server.signal("-KILL");

        for error in [
            expect_rows_and_error(10, streamed).await,
            expect_rows_and_error(10, lent).await,
            fetched.await.unwrap().unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Interrupted, true), "{error:?}");
            assert_eq!(error.to_string(), "the connection broke during the query; is the server still running?");
        }
        own.stop().await;
    }
}

/// Points of the bucket that is read while its server dies. With the text that is added to each, far
/// more than the sockets between the two hold, so that the server is still at it.
const ROWS: i64 = 2_000;

/// A text that stays long when rows that hold it are compressed: it is longer than what deflate
/// looks back on.
fn incompressible(length: usize) -> String {
    let step = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let states = std::iter::successors(Some(1), step);
    states.map(|state| char::from(b'a' + state.to_be_bytes()[0] % 26)).take(length).collect()
}

/// The next rows are those of these points.
async fn expect_rows(
    points: std::ops::Range<i64>,
    rows: &mut (impl Stream<Item = Result<OwnedRecord, Error>> + Unpin),
) {
    for n in points {
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.get("_value").unwrap().as_integer(), Some(n));
    }
}

/// The rows from this point on, not all of them, and the error behind them, which is the last.
async fn expect_rows_and_error(
    first: i64,
    mut rows: impl Stream<Item = Result<OwnedRecord, Error>> + Unpin,
) -> Error {
    for n in first..ROWS {
        match rows.next().await.expect("a short success") {
            Ok(row) => assert_eq!(row.get("_value").unwrap().as_integer(), Some(n)),
            Err(error) => {
                assert!(rows.next().await.is_none());
                return error;
            }
        }
    }
    panic!("all rows came from a server that was killed")
}

/// A row that says when one is read.
#[derive(Debug)]
struct Noticed;

static NOTICE: Notify = Notify::const_new();

impl FromRow for Noticed {
    type Row<'r> = Self;
    type Plan = ();

    fn plan(_: &TableHeader) -> Result<(), Mismatches> {
        Ok(())
    }

    fn read<'r>((): &mut (), _: &Record<'r>) -> Result<Self, CellError> {
        NOTICE.notify_one();
        Ok(Self)
    }
}

impl FromRowOwned for Noticed {}

/// A server with the organization `o`, the bucket `b`, and a token that may do everything.
struct Own {
    server: Influxd,
    token: Token,
}

impl Own {
    async fn start() -> Self {
        let server = tokio::task::spawn_blocking(|| Influxd::start(&[], |_| {})).await.unwrap();
        let anyone = Client::builder(format!("http://{}", server.address)).build().unwrap();
        let token = anyone.setup("admin", "o", "b").password("a-password").await.unwrap().token;
        Self { server, token }
    }

    async fn stop(self) {
        tokio::task::spawn_blocking(move || drop(self.server)).await.unwrap();
    }

    fn client(&self, token: impl Into<Token>) -> Client {
        let builder = Client::builder(format!("http://{}", self.server.address));
        builder.token(token).org("o").build().unwrap()
    }

    /// A token that may read and write this bucket only. The client cannot make one.
    async fn token_for(&self, bucket: &Bucket) -> String {
        let Bucket { id, org_id, .. } = bucket;
        let permissions = ["read", "write"].map(|action| {
            format!(r#"{{"action":"{action}","resource":{{"type":"buckets","id":"{id}"}}}}"#)
        });
        let body = format!(r#"{{"orgID":"{org_id}","permissions":[{}]}}"#, permissions.join(","));
        let request = format!(
            "POST /api/v2/authorizations HTTP/1.1\r\nhost: {}\r\nauthorization: Token {}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.server.address,
            self.token.expose(),
            body.len()
        );
        let mut stream = TcpStream::connect(&self.server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let token = answer.split_once(r#""token": ""#).and_then(|(_, rest)| rest.split_once('"'));
        token.unwrap_or_else(|| panic!("no token in {answer}")).0.to_owned()
    }
}

/// Some text that is no PEM.
fn key_less(client: &Client) -> String {
    format!("{client:?}")
}
