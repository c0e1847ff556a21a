//! Sessions, TLS, client certificates and proxies, in front of real servers.

use influx_core::client::ClientBuilder;
use influx_core::{Client, ErrorKind};

use super::server::own_server;
use crate::support::influxd::Influxd;
use crate::support::proxy::Proxy;
use crate::support::tls::{Signed, front, http};

own_server! {
    async fn a_user_signs_in_once_and_again_when_the_session_has_ended() {
        let own = Own::start(None).await;
        let anyone = Client::builder(own.url("http")).build().unwrap();
        anyone.setup("admin", "o", "b").password("a-password").await.unwrap();
        let proxy = Proxy::start(None).await;
        // One connection for each request, so that the proxy sees each head.
        let builder = own.builder("http").proxy(proxy.url()).idle_connections(0);
        let client = builder.session("admin", "a-password").build().unwrap();
        let writes = (0..5).map(|n| tokio::spawn(client.write("b", format!("m f={n} {n}")).into_future()));
        for write in writes.collect::<Vec<_>>() {
            write.await.unwrap().unwrap();
        }
        let count = |words: &str| proxy.heads().iter().filter(|head| head.contains(words)).count();
        assert_eq!((count("/api/v2/signin"), count("/api/v2/write")), (1, 5));

        // Somebody else ends the session.
        let heads = proxy.heads();
        let cookie = heads.iter().flat_map(|head| head.lines()).find_map(|line| line.strip_prefix("cookie: "));
        let sign_out = http(None).build().unwrap().post(format!("{}/api/v2/signout", own.url("http")));
        let reply = sign_out.header("cookie", cookie.unwrap()).send().await.unwrap();
        assert_eq!(reply.status(), 204);
        client.write("b", "m f=9 9").await.unwrap();
        assert_eq!((count("/api/v2/signin"), count("/api/v2/write")), (2, 7), "refused, signed in, sent again");
        let rows = client.query("from(bucket: \"b\") |> range(start: 0)").tables().await.unwrap();
        assert_eq!(rows[0].records().len(), 6);
        client.sign_out().await.unwrap();
        assert_eq!(count("/api/v2/signout"), 1);
        client.buckets().find("b").await.unwrap().unwrap();
        assert_eq!(count("/api/v2/signin"), 3);

        client.users().change_password("another password").await.unwrap();
        client.sign_out().await.unwrap();
        client.users().me().await.unwrap();
        let stale = own.builder("http").session("admin", "a-password").build().unwrap();
        assert_eq!(stale.users().me().await.unwrap_err().kind(), ErrorKind::Unauthorized);

        let stranger = own.builder("http").session("admin", "wrong").build().unwrap();
        let error = stranger.write("b", "m f=1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(error.to_string().ends_with("unauthorized access; check the user name and the password"), "{error}");
        own.stop().await;
    }

    async fn certificates_are_verified_unless_one_says_otherwise() {
        let signed = Signed::local();
        let own = Own::start(Some(signed.clone())).await;
        let url = own.url("https");
        let client = |builder: ClientBuilder| builder.build().unwrap();
        client(own.builder("https").ca_certificate(signed.certificate.as_str())).ping().await.unwrap();
        client(own.builder("https").danger_accept_invalid_certificates(true)).ping().await.unwrap();

        let others = Signed::local();
        let error = client(own.builder("https").ca_certificate(others.certificate)).ping().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, false));
        assert_eq!(error.to_string(), format!("the certificate of {url} is not trusted; name its authority with `ca_certificate` on the client's builder"));
        // Somebody who trusts the platform only is told the same.
        let error = client(own.builder("https")).ping().await.unwrap_err();
        assert!(error.to_string().contains("`ca_certificate`"), "{error}");
        own.stop().await;

        for (signed, words) in [
            (Signed::new(&["elsewhere.example"], 2020..2090), "is for other names; use one of them in the URL"),
            (Signed::new(&["127.0.0.1"], 2001..2002), "is over or not yet valid"),
        ] {
            let own = Own::start(Some(signed.clone())).await;
            let trusting = client(own.builder("https").ca_certificate(signed.certificate.as_str()));
            let error = trusting.ping().await.unwrap_err();
            assert!(error.to_string().contains(words), "{error}: {:?}", std::error::Error::source(&error));
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, false));
            client(own.builder("https").danger_accept_invalid_certificates(true)).ping().await.unwrap();
            own.stop().await;
        }
    }

    async fn one_connection_carries_many_requests_where_the_server_speaks_http2() {
        let signed = Signed::local();
        let own = Own::start(Some(signed.clone())).await;
        let proxy = Proxy::start(None).await;
        let builder = own.builder("https").ca_certificate(signed.certificate.as_str());
        let client = builder.proxy(proxy.url()).build().unwrap();
        ask_at_once(&client).await;
        assert_eq!(proxy.heads().len(), 1);

        // HTTP/1.1 takes a connection for each request that is on its way.
        let older = http(Some(&signed)).http1_only();
        let older = older.proxy(reqwest::Proxy::all(proxy.url()).unwrap()).build().unwrap();
        ask_at_once(&own.builder("https").http_client(older).build().unwrap()).await;
        assert!(proxy.heads().len() > 2, "{} connections", proxy.heads().len());
        own.stop().await;
    }

    async fn a_server_that_asks_for_a_client_certificate_gets_it() {
        let own = Own::start(None).await;
        let (server, client) = (Signed::local(), Signed::new(&["a client"], 2020..2090));
        let address = front(&server, &client, own.server.address.clone()).await;
        let url = format!("https://{address}");
        let builder = || Client::builder(&url).ca_certificate(server.certificate.as_str());
        let known = builder().identity(client.certificate.as_str(), client.key.as_str()).build().unwrap();
        known.ping().await.unwrap();
        assert_eq!(known.version().await.unwrap(), "v2.9.1");

        let error = builder().build().unwrap().ping().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, false), "{error:?}");
        assert_eq!(error.to_string(), format!("{url} asks for a certificate of the client; hand it over with `identity` on the client's builder"));
        let other = Signed::new(&["a client"], 2020..2090);
        let stranger = builder().identity(other.certificate, other.key).build().unwrap();
        let error = stranger.ping().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, false), "{error:?}");
        assert!(error.to_string().contains("does not accept the client's certificate"), "{error}");
        own.stop().await;
    }

    async fn proxies_see_only_what_they_must() {
        let signed = Signed::local();
        let (plain, own) = (Own::start(None).await, Own::start(Some(signed.clone())).await);
        let setup = Client::builder(plain.url("http")).build().unwrap();
        let token = setup.setup("admin", "o", "b").password("a-password").await.unwrap().token;
        // user:pass
        let proxy = Proxy::start(Some("Basic dXNlcjpwYXNz")).await;
        let with_password = format!("http://user:pass@{}", proxy.address);

        let builder = plain.builder("http").token(&token).proxy(&with_password);
        let client = builder.proxy_header("X-For-The-Proxy", "a").build().unwrap();
        client.write("b", "m f=1 1").await.unwrap();
        let head = proxy.heads().pop().unwrap();
        assert!(head.starts_with("POST http://") && head.to_lowercase().contains("x-for-the-proxy: a"), "{head}");

        // What goes through a tunnel is not the proxy's business, and what is for the proxy stays there.
        let builder = own.builder("https").token(&token).ca_certificate(signed.certificate.as_str());
        let client = builder.proxy(&with_password).proxy_header("X-For-The-Proxy", "a").build().unwrap();
        client.ping().await.unwrap();
        let head = proxy.heads().pop().unwrap();
        assert!(head.starts_with("CONNECT 127.0.0.1:") && head.to_lowercase().contains("x-for-the-proxy: a"), "{head}");
        assert!(!head.to_lowercase().contains("\r\nauthorization:"), "{head}");

        let unknown = plain.builder("http").token(&token).proxy(proxy.url()).build().unwrap();
        let error = unknown.write("b", "m f=1").await.unwrap_err();
        assert_eq!(error.status(), Some(407));
        assert!(error.to_string().ends_with("; check the proxy's user name and password"), "{error}");
        let builder = own.builder("https").ca_certificate(signed.certificate.as_str());
        let error = builder.proxy(proxy.url()).build().unwrap().ping().await.unwrap_err();
        assert_eq!((error.status(), error.is_retryable()), (Some(407), false));
        assert!(error.to_string().ends_with("; check the proxy's user name and password"), "{error}");
        plain.stop().await;
        own.stop().await;
    }

    async fn a_token_without_the_permission_is_forbidden_though_the_status_is_401() {
        let own = Own::start(None).await;
        let anyone = Client::builder(own.url("http")).build().unwrap();
        let token = anyone.setup("admin", "o", "b").password("a-password").await.unwrap().token;
        let admin = own.builder("http").token(&token).build().unwrap();
        let bucket = admin.buckets().find("b").await.unwrap().unwrap();
        let (id, org) = (&bucket.id, &bucket.org_id);
        let body = format!(
            r#"{{"orgID":"{org}","permissions":[{{"action":"read","resource":{{"type":"buckets","id":"{id}"}}}},{{"action":"read","resource":{{"type":"orgs","id":"{org}"}}}}]}}"#
        );
        let reply = http(None).build().unwrap()
            .post(format!("{}/api/v2/authorizations", own.url("http")))
            .header("authorization", format!("Token {}", token.expose()))
            .body(body)
            .send();
        let reply: serde_json::Value = serde_json::from_str(&reply.await.unwrap().text().await.unwrap()).unwrap();
        let reader = own.builder("http").token(reply["token"].as_str().unwrap()).build().unwrap();
        let error = reader.buckets().delete("b").await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Forbidden, Some(401)), "{error}");
        assert!(error.server_message().unwrap().ends_with("is unauthorized"), "{error}");
        let stranger = own.builder("http").token("wrong").build().unwrap();
        let error = stranger.buckets().delete("b").await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthorized, Some(401)), "{error}");
        own.stop().await;
    }
}

/// One request, so that there is a connection, then twenty at once.
async fn ask_at_once(client: &Client) {
    client.ping().await.unwrap();
    let many = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.health().await })
    });
    for health in many.collect::<Vec<_>>() {
        health.await.unwrap().unwrap();
    }
}

/// A server that nobody has set up, which speaks TLS where it has a certificate.
struct Own {
    server: Influxd,
}

impl Own {
    async fn start(signed: Option<Signed>) -> Self {
        let start = move || match signed {
            None => Influxd::start(&[], |_| {}),
            Some(Signed { certificate, key }) => Influxd::start(
                &["--tls-cert", "{folder}/cert.pem", "--tls-key", "{folder}/key.pem"],
                |folder| {
                    std::fs::write(folder.join("cert.pem"), certificate).unwrap();
                    std::fs::write(folder.join("key.pem"), key).unwrap();
                },
            ),
        };
        Self { server: tokio::task::spawn_blocking(start).await.unwrap() }
    }

    fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.server.address)
    }

    fn builder(&self, scheme: &str) -> ClientBuilder {
        Client::builder(self.url(scheme)).org("o")
    }

    async fn stop(self) {
        tokio::task::spawn_blocking(move || drop(self.server)).await.unwrap();
    }
}
