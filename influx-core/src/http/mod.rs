//! Requests to one server: authentication, time-outs, compression, and what its answers mean.
//!
//! [`Connection`] is what the rooms above call: [`Connection::call`] for a request with one short
//! answer, [`Connection::open`] for a reply that is streamed. Only `reqwest.rs` knows which HTTP
//! client is behind it.

mod answer;
mod auth;
mod body;
mod compress;
mod redirect;
mod request;
mod reqwest;
mod retry;
mod session;
#[cfg(feature = "rustls")]
mod tls;
mod wire;

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use serde::de::DeserializeOwned;
use url::Url;

use crate::error::{
    Answer, Endpoint, Error, ErrorKind, Failure, Result, SettingCause, TransportCause,
};

pub use self::auth::Token;
pub(crate) use self::auth::{Auth, TokenSource};
pub(crate) use self::body::Body;
pub(crate) use self::compress::Encoded;
pub use self::request::Method;
pub(crate) use self::request::{Params, Request};
#[cfg(feature = "http-client")]
pub use self::reqwest::HttpClient;
pub(crate) use self::reqwest::Transport;
pub(crate) use self::wire::{Header, Identity, Proxy, Wire};

use self::auth::Proof;
use self::reqwest::Response;

/// A future that owns all it needs and can be spawned.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// The longest URL that an HTTP client takes, with room for what it adds.
const MAX_URL: usize = 60_000;

/// One server, and how to speak to it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) transport: Transport,
    /// Ends in `/`.
    pub(crate) base: Url,
    pub(crate) auth: Auth,
    /// How many redirects of one request are followed.
    pub(crate) redirects: u32,
    /// How often what only reads is asked again after a failure that may pass.
    pub(crate) retries: u32,
    pub(crate) org: Option<String>,
    pub(crate) gzip: bool,
    /// For every structured record that is written.
    pub(crate) default_tags: Vec<(String, String)>,
    /// For a request with a short answer, from start to end.
    pub(crate) timeout: Option<Duration>,
    /// For a streamed reply: until its start, and between chunks.
    pub(crate) read_timeout: Option<Duration>,
}

/// A short answer, complete.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The server's version, if it said so.
    pub(crate) version: Option<String>,
    /// The server's edition, if it said so.
    pub(crate) build: Option<String>,
    content_type: Option<String>,
    pub(crate) body: Bytes,
    endpoint: Endpoint,
}

impl Connection {
    /// The organization of this call: its own, else the client's.
    pub(crate) fn org<'a>(&'a self, own: Option<&'a str>) -> Result<&'a str> {
        let remedy = match own {
            // Not the client's: whoever names one means another.
            Some("") => "the one that was named for this call is empty",
            _ => "name it with `org` on the client's builder, or INFLUXDB_V2_ORG",
        };
        let org = own.or(self.org.as_deref()).filter(|org| !org.is_empty());
        org.ok_or_else(|| SettingCause::Missing { what: "organization", remedy }.into())
    }

    /// Sends a request and reads its answer; an error status is an error.
    pub(crate) async fn call(&self, request: Request) -> Result<Reply> {
        self.call_accepting(request, None).await
    }

    /// The same, where one error status is an answer too.
    pub(crate) async fn call_accepting(
        &self,
        request: Request,
        accepted: Option<u16>,
    ) -> Result<Reply> {
        self.tried(&request, || self.call_once(&request, accepted)).await
    }

    async fn call_once(&self, request: &Request, accepted: Option<u16>) -> Result<Reply> {
        let (endpoint, begun) = (request.endpoint, Instant::now());
        let answered = within(self.timeout, endpoint, async {
            let response = self.send(request).await?;
            let status = response.status();
            if (200..300).contains(&status) || accepted == Some(status) {
                Reply::read(response, endpoint).await.map(Ok)
            } else {
                Ok(Err(response))
            }
        });
        match answered.await? {
            Ok(reply) => Ok(reply),
            Err(response) => {
                let left = self.timeout.map(|limit| limit.saturating_sub(begun.elapsed()));
                Err(answer::read_within(response, endpoint, left).await)
            }
        }
    }

    /// Sends a request and hands over its reply as it comes; an error status is an error. The server
    /// may be silent for so long.
    pub(crate) async fn open(&self, request: Request, silence: Option<Duration>) -> Result<Body> {
        self.tried(&request, || self.open_once(&request, silence)).await
    }

    async fn open_once(&self, request: &Request, silence: Option<Duration>) -> Result<Body> {
        let endpoint = request.endpoint;
        let mut response = within(silence, endpoint, self.send(request)).await?;
        match response.status() {
            200 if answer::may_be_csv(&response) => Ok(Body::new(response, endpoint, silence)),
            200..300 => {
                let body = answer::read_soon(&mut response, endpoint, None).await;
                Err(Reply::new(&response, body, endpoint).into_unexpected("the CSV"))
            }
            _ => Err(answer::read(response, endpoint).await),
        }
    }

    /// What goes over the wire for the body of a write: compressed, if this client does or `gzip` says
    /// so.
    pub(crate) fn encode(&self, body: Bytes, gzip: Option<bool>) -> Encoded {
        if gzip.unwrap_or(self.gzip) { Encoded::gzip(body) } else { Encoded::plain(body) }
    }

    /// Ends the session of a user who has signed in.
    pub(crate) async fn sign_out(&self) -> Result<()> {
        let Auth::Session(session) = &self.auth else { return Ok(()) };
        within(self.timeout, Endpoint::Admin, session.sign_out(self)).await
    }

    /// Gives the user who has signed in another password.
    pub(crate) async fn change_password(&self, new: &str) -> Result<()> {
        let Auth::Session(session) = &self.auth else {
            let remedy = "sign in with `session` on the client's builder; for a token there is \
                          `set_password`";
            return Err(SettingCause::Missing { what: "session", remedy }.into());
        };
        within(self.timeout, Endpoint::Admin, session.change_password(new, self)).await
    }

    async fn send(&self, request: &Request) -> Result<Response> {
        // Nobody signs in for what anybody may ask.
        let is_for_anyone = request.is_for_anyone() && matches!(self.auth, Auth::Session(_));
        let proof = if is_for_anyone { Proof::Nothing } else { self.auth.current(self).await? };
        let response = self.follow(request, &proof).await?;
        if !matches!(response.status(), 401 | 403) || !self.auth.is_renewable() {
            return Ok(response);
        }
        let error = answer::read(response, request.endpoint).await;
        // A missing permission is a 401 too; who asks for it is known then. Somebody who rotates tokens
        // may lock the old one.
        if (error.kind() == ErrorKind::Unauthorized || error.is_of_inactive_token())
            && let Some(renewed) = self.auth.renewed(&proof, self).await?
        {
            // The server has done nothing yet.
            return self.follow(request, &renewed).await;
        }
        Err(error)
    }

    /// Sends a request once, and again to wherever a redirect leads.
    async fn follow(&self, request: &Request, proof: &Proof) -> Result<Response> {
        let (mut url, mut left) = (self.url(request)?, self.redirects);
        loop {
            let response = self.transport.send(request, &url, proof).await?;
            if self.redirects == 0 || !(300..400).contains(&response.status()) {
                return Ok(response);
            }
            match redirect::next(&url, &response, request.method, left) {
                Ok(next) => url = next,
                Err(why) => return Err(answer::redirected(&response, request.endpoint, why)),
            }
            left -= 1;
        }
    }

    fn url(&self, request: &Request) -> Result<Url> {
        let mut url = self.base.join(&request.path).map_err(|error| {
            Error::setting(
                SettingCause::Invalid { what: "path", problem: "cannot be part of a URL" },
                error,
            )
        })?;
        if !request.parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.parameters);
        }
        if url.as_str().len() > MAX_URL {
            let problem = "is too long; shorten the name, ID or parameter that makes it so";
            return Err(SettingCause::Invalid { what: "URL of the request", problem }.into());
        }
        Ok(url)
    }
}

/// Lets time pass between two calls.
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Ends `work` after `limit`.
async fn within<T>(
    limit: Option<Duration>,
    doing: Endpoint,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    // Without a runtime the timer would panic.
    if let Err(error) = tokio::runtime::Handle::try_current() {
        let problem = "needs a Tokio runtime; await it within one, such as `#[tokio::main]`";
        return Err(Error::setting(SettingCause::Invalid { what: "client", problem }, error));
    }
    let Some(after) = limit else {
        return work.await;
    };
    let timed_out = |_| TransportCause::Timeout { doing, after }.into();
    tokio::time::timeout(after, work).await.unwrap_or_else(|elapsed| Err(timed_out(elapsed)))
}

impl Reply {
    async fn read(mut response: Response, endpoint: Endpoint) -> Result<Self> {
        /// No answer of the API that is read as a whole comes near this.
        const LIMIT: usize = 64 << 20;
        let mut body = BytesMut::new();
        if !response.read_into(&mut body, LIMIT, endpoint).await? {
            let problem = "is longer than 64 MiB";
            return Err(TransportCause::Decode { doing: endpoint, problem }.into());
        }
        Ok(Self::new(&response, body, endpoint))
    }

    fn new(response: &Response, body: BytesMut, endpoint: Endpoint) -> Self {
        let header = |name| response.header(name).map(ToOwned::to_owned);
        Self {
            status: response.status(),
            version: header("x-influxdb-version"),
            build: header("x-influxdb-build"),
            content_type: header("content-type"),
            body: body.freeze(),
            endpoint,
        }
    }

    /// An answer that turned out to be an error of something in front of the server.
    pub(crate) fn into_error(self) -> Error {
        Answer {
            endpoint: self.endpoint,
            status: self.status,
            code: None,
            message: answer::text(&self.body),
            retry_after: None,
            failure: Failure::Foreign,
        }
        .into()
    }

    /// A success that is not `wanted` of InfluxDB.
    pub(crate) fn into_unexpected(self, wanted: &'static str) -> Error {
        TransportCause::Unexpected {
            doing: self.endpoint,
            status: self.status,
            content_type: self.content_type,
            wanted,
            body: answer::text(&self.body),
        }
        .into()
    }

    /// One member of the JSON, which there has to be; null is one that is empty.
    pub(crate) fn member<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T> {
        let mut members: serde_json::Map<String, serde_json::Value> = self.json()?;
        let Some(member) = members.remove(key) else {
            let problem = "lacks the list that was asked for; is this an InfluxDB 2.x server?";
            return Err(TransportCause::Decode { doing: self.endpoint, problem }.into());
        };
        let member: Option<T> =
            serde_json::from_value(member).map_err(|error| self.not_json(&error))?;
        Ok(member.unwrap_or_default())
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| self.not_json(&error))
    }

    fn not_json(&self, error: &serde_json::Error) -> Error {
        let problem = "is not the JSON that the API documents; is this an InfluxDB 2.x server?";
        // The error's own words may quote the answer, and in it a token.
        let place = format!("at line {}, column {}", error.line(), error.column());
        Error::transport(TransportCause::Decode { doing: self.endpoint, problem }, place)
    }
}
