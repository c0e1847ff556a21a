//! Servers of their own: TLS, and one that dies.

use influx_core::{Client, ErrorKind, Point};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

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

    async fn a_server_that_dies_is_a_failure_that_may_pass() {
        let server = tokio::task::spawn_blocking(|| Influxd::start(&[], |_| {})).await.unwrap();
        let url = format!("http://{}", server.address);
        let anyone = Client::builder(&url).build().unwrap();
        let token = anyone.setup("admin", "o", "b").password("a-password").await.unwrap().token;
        let client = Client::builder(&url).token(token).org("o").build().unwrap();
        client.write("b", Point::measurement("m").field("f", 1)).await.unwrap();
        server.signal("-KILL");
        let error = client.write("b", Point::measurement("m").field("f", 1)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Connect | ErrorKind::Interrupted), "{error:?}");
        assert!(error.is_retryable());
        tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
    }
}

/// Some text that is no PEM.
fn key_less(client: &Client) -> String {
    format!("{client:?}")
}
