//! The only file that names reqwest.

use std::ffi::OsString;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use reqwest::header::{
    AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, USER_AGENT,
};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, RequestBuilder};
use url::Url;

use super::auth::Proof;
use super::{Header, Method, Proxy, Request, Wire, answer};
use crate::error::{Endpoint, Error, Place, Result, SettingCause, TransportCause};

const USER_AGENT_OF_THIS: &str = concat!("influx-core/", env!("CARGO_PKG_VERSION"));

/// A pool of connections. Follows no redirect by itself.
#[derive(Debug)]
pub(crate) struct Transport {
    client: reqwest::Client,
    /// For each request.
    headers: HeaderMap,
    is_proxied: bool,
}

/// A ready HTTP client of reqwest 0.13, for
/// [`ClientBuilder::http_client`](crate::client::ClientBuilder::http_client).
///
/// Made by `From<reqwest::Client>`; reqwest's version is part of this feature's promise.
#[cfg(feature = "http-client")]
#[derive(Debug, Clone)]
pub struct HttpClient(pub(super) reqwest::Client);

#[cfg(feature = "http-client")]
impl From<reqwest::Client> for HttpClient {
    fn from(client: reqwest::Client) -> Self {
        Self(client)
    }
}

/// An answer whose body has not been read.
#[derive(Debug)]
pub(super) struct Response(reqwest::Response);

/// The chunks of a body.
pub(super) struct Chunks {
    stream: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    endpoint: Endpoint,
}

impl Transport {
    pub(crate) fn new(base: &Url, wire: &Wire) -> Result<Self> {
        let is_proxied = !matches!(wire.proxy, Proxy::None);
        let mut headers = map(&wire.headers)?;
        #[cfg(feature = "http-client")]
        if let Some(HttpClient(client)) = &wire.client {
            wire.leaves_connections_alone()?;
            if let Some(product) = &wire.user_agent {
                headers.insert(USER_AGENT, user_agent(product)?);
            }
            return Ok(Self { client: client.clone(), headers, is_proxied });
        }
        headers.insert(
            USER_AGENT,
            user_agent(wire.user_agent.as_deref().unwrap_or(USER_AGENT_OF_THIS))?,
        );
        Ok(Self { client: client(base, wire)?, headers, is_proxied })
    }

    pub(super) async fn send(
        &self,
        request: &Request,
        url: &Url,
        proof: &Proof,
    ) -> Result<Response> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut outgoing = self.client.request(method, url.clone()).headers(self.headers.clone());
        for (name, value) in request.headers() {
            outgoing = outgoing.header(name, value);
        }
        let mut outgoing = prove(outgoing, proof)?;
        if !request.body.body.is_empty() {
            outgoing = outgoing.body(request.body.body.clone());
        }
        let response = outgoing.send().await.map_err(reqwest::Error::without_url);
        response.map(Response).map_err(|error| self.failure(error, url, request.endpoint))
    }

    fn failure(&self, error: reqwest::Error, url: &Url, doing: Endpoint) -> Error {
        if self.is_proxied && is_refused_by_proxy(&error) {
            return answer::refused_by_proxy(doing);
        }
        let server = url.origin().ascii_serialization();
        let cause = match tls::distrust(&error) {
            Some(why) => TransportCause::Untrusted { server, why },
            None if error.is_connect() => TransportCause::Connect {
                server,
                proxied: self.is_proxied,
                timed_out: error.is_timeout(),
            },
            None => TransportCause::Interrupted { doing },
        };
        Error::transport(cause, error)
    }
}

/// Whether a proxy answered `CONNECT` with 407. Only the words of the error's source tell.
fn is_refused_by_proxy(error: &reqwest::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if error.to_string().ends_with("proxy authorization required") {
            return true;
        }
        next = error.source();
    }
    false
}

fn client(base: &Url, wire: &Wire) -> Result<reqwest::Client> {
    /// The pool cannot reckon with all that is longer.
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3_600);
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .pool_max_idle_per_host(wire.idle_connections)
        .pool_idle_timeout(wire.idle_timeout.filter(|limit| *limit < CENTURY))
        .tcp_nodelay(true);
    // All requests share one connection: that it is dead must not be found out by each of them.
    #[cfg(feature = "http2")]
    {
        builder = builder
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10));
    }
    if let Some(limit) = wire.connect_timeout {
        builder = builder.connect_timeout(limit);
    }
    let builder = tls::configure(through(builder, wire)?, base, wire)?;
    builder.build().map_err(|error| {
        let problem = "the HTTP client could not be set up";
        Error::setting(SettingCause::Tls { problem }, error)
    })
}

fn through(builder: ClientBuilder, wire: &Wire) -> Result<ClientBuilder> {
    let wrong = |problem| Error::from(SettingCause::Invalid { what: "proxy's URL", problem });
    match &wire.proxy {
        Proxy::At(url) => {
            let proxy = proxy(url).map_err(wrong)?;
            Ok(builder.proxy(proxy.headers(map(&wire.proxy_headers)?)))
        }
        _ if !wire.proxy_headers.is_empty() => {
            let remedy = "there are headers for one; name it with `proxy`";
            Err(SettingCause::Missing { what: "proxy", remedy }.into())
        }
        Proxy::None => Ok(builder.no_proxy()),
        Proxy::Environment => check_environment(|name| std::env::var_os(name)).map(|()| builder),
    }
}

/// Or why there is none at this URL.
fn proxy(url: &str) -> Result<reqwest::Proxy, &'static str> {
    if !["http", "https"].contains(&&*super::wire::scheme(url)) {
        return Err("is neither http nor https; write it like http://proxy:3128");
    }
    // Without its source, which would quote the URL and its password.
    reqwest::Proxy::all(url).map_err(|_| "cannot be used; write it like http://proxy:3128")
}

/// The HTTP client would go on without a proxy where a variable names none that it can use.
fn check_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<()> {
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
        for name in [name.to_owned(), name.to_lowercase()] {
            let value = variable(&name).unwrap_or_default();
            let problem = match value.to_str() {
                Some("") => None,
                Some(url) => proxy(url).err(),
                None => Some("is not UTF-8"),
            };
            if let Some(problem) = problem {
                let place = Place::Variable(name);
                return Err(SettingCause::Configured { place, problem }.into());
            }
        }
    }
    Ok(())
}

/// Says as whom the client speaks.
fn prove(request: RequestBuilder, proof: &Proof) -> Result<RequestBuilder> {
    match proof {
        Proof::Nothing => Ok(request),
        Proof::Token(token) => shown(request, AUTHORIZATION, &token.header()),
        Proof::Basic { user, password } => Ok(request.basic_auth(user, Some(password.expose()))),
        Proof::Cookie(cookie) => shown(request, COOKIE, cookie.expose()),
        Proof::Both { cookie, user, password } => {
            let request = request.basic_auth(user, Some(password.expose()));
            shown(request, COOKIE, cookie.expose())
        }
    }
}

fn shown(request: RequestBuilder, name: HeaderName, value: &str) -> Result<RequestBuilder> {
    let value = secret(value).map_err(|error| {
        let problem = "holds a character that no HTTP header can carry";
        Error::setting(SettingCause::Invalid { what: "token", problem }, error)
    })?;
    Ok(request.header(name, value))
}

/// Headers of the caller's; what comes later wins.
fn map(headers: &[Header]) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for Header { name, value } in headers {
        let wrong = |problem| Error::from(SettingCause::Header { name: name.clone(), problem });
        let known = HeaderName::from_bytes(name.as_bytes());
        let known = known.map_err(|_| wrong("has a name that HTTP does not allow"))?;
        if OWN.contains(&known.as_str()) {
            return Err(wrong("is set by the client itself"));
        }
        let value = secret(value.expose())
            .map_err(|_| wrong("has a value with a character that no header can carry"))?;
        map.insert(known, value);
    }
    Ok(map)
}

/// Headers that say what the client does, so that nobody else can.
const OWN: [&str; 13] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

fn secret(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::try_from(text)?;
    value.set_sensitive(true);
    Ok(value)
}

fn user_agent(product: &str) -> Result<HeaderValue> {
    let visible = product.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    HeaderValue::try_from(product).ok().filter(|_| visible).ok_or_else(|| {
        let problem = "holds a character that no HTTP header can carry";
        SettingCause::Invalid { what: "user agent", problem }.into()
    })
}

impl Response {
    pub(super) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// A header, if it is there and is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// The values of a header that may come several times.
    pub(super) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.headers().get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// Whether the body has an end of its own; else the end of the connection is taken for it.
    pub(super) fn says_its_end(&self) -> bool {
        self.0.version() > reqwest::Version::HTTP_11
            || self.header("content-length").is_some()
            || self.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked"))
    }

    /// Appends the body to `body`, up to `limit` bytes in all; whether that is all of it.
    ///
    /// What has come is there also when this fails or is given up.
    pub(super) async fn read_into(
        &mut self,
        body: &mut BytesMut,
        limit: usize,
        endpoint: Endpoint,
    ) -> Result<bool> {
        while let Some(chunk) =
            self.0.chunk().await.map_err(|error| interrupted(error, endpoint))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                body.truncate(limit);
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn into_chunks(self, endpoint: Endpoint) -> Chunks {
        Chunks { stream: Box::pin(self.0.bytes_stream()), endpoint }
    }
}

impl Chunks {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let endpoint = self.endpoint;
        self.stream
            .as_mut()
            .poll_next(cx)
            .map(|chunk| chunk.transpose().map_err(|error| interrupted(error, endpoint)))
    }
}

fn interrupted(error: reqwest::Error, doing: Endpoint) -> Error {
    Error::transport(TransportCause::Interrupted { doing }, error.without_url())
}

#[cfg(feature = "rustls")]
mod tls {
    use reqwest::ClientBuilder;
    use url::Url;

    use super::Wire;
    use crate::error::Result;
    use crate::http::tls;

    pub(super) use tls::distrust;

    /// Hands reqwest a finished configuration: left to itself it would look for a crypto provider
    /// of the process, and panic where there is none.
    pub(super) fn configure(
        builder: ClientBuilder,
        base: &Url,
        wire: &Wire,
    ) -> Result<ClientBuilder> {
        Ok(builder.tls_backend_preconfigured(tls::configuration(base, wire)?))
    }
}

#[cfg(not(feature = "rustls"))]
mod tls {
    use reqwest::ClientBuilder;
    use url::Url;

    use super::Wire;
    use crate::error::{Distrust, Result, SettingCause};

    pub(super) const fn distrust(_: &(dyn std::error::Error + 'static)) -> Option<Distrust> {
        None
    }

    pub(super) fn configure(
        builder: ClientBuilder,
        base: &Url,
        wire: &Wire,
    ) -> Result<ClientBuilder> {
        if base.scheme() == "https" || wire.tls.is_set() {
            let problem = "https needs the feature `rustls` of influx-core";
            return Err(SettingCause::Tls { problem }.into());
        }
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use super::check_environment;

    #[test]
    fn a_proxy_of_the_environment_that_cannot_be_used_is_refused() {
        let with = |set: &str, value: &str| {
            check_environment(|name| (name == set).then(|| value.into())).map_err(|e| e.to_string())
        };
        for (name, value) in
            [("HTTP_PROXY", "proxy:3128"), ("https_proxy", "HTTPS://u:p@proxy"), ("ALL_PROXY", "")]
        {
            with(name, value).unwrap();
        }
        for (name, value) in [("all_proxy", "socks5://hunter2@proxy"), ("HTTPS_PROXY", "http://")] {
            let error = with(name, value).unwrap_err();
            assert!(error.contains(name) && !error.contains("hunter2"), "{error}");
        }
    }
}
