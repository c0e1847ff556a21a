//! A list of requests, and how one server is asked them.

use std::fmt;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::support::live::unique;

/// Requests, one after the other, on a bucket of its own.
///
/// In paths, headers and bodies `{bucket}`, `{bucket_id}`, `{org}`, `{org_id}` and `{token}` stand for what
/// the server that is asked calls them.
pub struct Case {
    pub name: String,
    pub requests: Vec<Request>,
    /// How often the real server is asked each request, because it does not always say the same.
    pub times: usize,
    /// Whether the test kit may say that it does not know: for generated cases.
    pub may_be_unknown: bool,
    retention_seconds: u64,
}

pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Case {
    pub fn new(name: impl Into<String>) -> Self {
        let (name, requests) = (name.into(), Vec::new());
        Self { name, requests, times: 1, may_be_unknown: false, retention_seconds: 0 }
    }

    /// The real server answers one of several things: it is asked so often.
    pub const fn asked(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    pub const fn may_be_unknown(mut self) -> Self {
        self.may_be_unknown = true;
        self
    }

    /// The bucket keeps its points for so long.
    pub const fn retention(mut self, seconds: u64) -> Self {
        self.retention_seconds = seconds;
        self
    }

    /// Any request; it is authorized with the operator's token unless [`header`](Self::header)
    /// says otherwise.
    pub fn send(mut self, method: Method, path: &str, body: impl Into<Vec<u8>>) -> Self {
        let (path, body) = (path.to_owned(), body.into());
        self.requests.push(Request { method, path, headers: Vec::new(), body });
        self
    }

    /// A header of the last request. An empty value leaves it out.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.requests.last_mut().expect("a request").headers.push((name, value.into()));
        self
    }

    pub fn get(self, path: &str) -> Self {
        self.send(Method::GET, path, "")
    }

    pub fn post(self, path: &str, body: impl Into<Vec<u8>>) -> Self {
        self.send(Method::POST, path, body)
    }

    pub fn write(self, lines: impl Into<Vec<u8>>) -> Self {
        self.write_with("", lines)
    }

    /// With more parameters, such as `&precision=s`.
    pub fn write_with(self, parameters: &str, lines: impl Into<Vec<u8>>) -> Self {
        self.post(&format!("/api/v2/write?org={{org}}&bucket={{bucket}}{parameters}"), lines)
    }

    /// Flux, answered with all annotations.
    pub fn query(self, flux: &str) -> Self {
        let annotations = ["datatype", "group", "default"];
        self.query_with(&json!({ "query": flux, "dialect": { "annotations": annotations } }))
    }

    /// Everything in the bucket between the years 1700 and 2200, as a plain read gives it.
    pub fn read_back(self) -> Self {
        self.query(&format!(
            "{FROM} |> range(start: 1700-01-01T00:00:00Z, stop: 2200-01-01T00:00:00Z)"
        ))
    }

    /// The whole body of a query.
    pub fn query_with(self, body: &Value) -> Self {
        self.post("/api/v2/query?org={org}", body.to_string())
            .header("Content-Type", "application/json")
    }

    pub fn delete(self, body: &Value) -> Self {
        self.post("/api/v2/delete?org={org}&bucket={bucket}", body.to_string())
    }
}

/// The start of a pipeline over the case's bucket.
pub const FROM: &str = r#"from(bucket: "{bucket}")"#;

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {value}")?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(&self.body))
    }
}

/// An answer without what differs between any two servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Vec<String>,
    pub body: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}\n{}", self.status, self.headers, self.body)
    }
}

/// One of the two servers.
pub struct Side {
    address: String,
    token: String,
    org: String,
    org_id: String,
}

/// A bucket, as one server knows it.
struct Bucket {
    name: String,
    id: String,
}

impl Side {
    pub async fn new(url: &str, token: &str, org: &str) -> Self {
        let address = url.strip_prefix("http://").expect("plain HTTP").to_owned();
        let (token, org) = (token.to_owned(), org.to_owned());
        let mut side = Self { address, token, org, org_id: String::new() };
        let orgs = side.json(Method::GET, &format!("/api/v2/orgs?org={}", side.org), "").await;
        side.org_id = orgs["orgs"][0]["id"].as_str().expect("an organization").to_owned();
        side
    }

    /// A request of the suite's own, as the operator.
    async fn json(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Value {
        let (_, _, body) = self.ask(method, path, &[], body.into()).await;
        serde_json::from_slice(&body).unwrap_or_default()
    }

    /// Sends one request on a connection of its own; gives status, headers and body.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Bytes,
    ) -> (u16, HeaderMap, Vec<u8>) {
        let stream = TcpStream::connect(&self.address).await.expect("a connection");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request =
            hyper::Request::builder().method(method).uri(path).header("Host", &self.address);
        if !headers.iter().any(|(name, _)| *name == "Authorization") {
            request = request.header("Authorization", format!("Token {}", self.token));
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, value);
        }
        let answer = sender.send_request(request.body(Full::new(body)).unwrap()).await;
        let (head, body) = answer.expect("an answer").into_parts();
        let body = body.collect().await.expect("a whole answer").to_bytes().to_vec();
        (head.status.as_u16(), head.headers, body)
    }

    /// What the server says to each request of a case, asked so many times.
    pub async fn answers(&self, case: &Case, times: usize) -> Vec<Vec<Answer>> {
        let bucket = self.new_bucket(case.retention_seconds).await;
        let mut all = Vec::new();
        for request in &case.requests {
            let mut answers = Vec::new();
            for _ in 0..times {
                answers.push(self.answer(request, &bucket).await);
            }
            all.push(answers);
        }
        let path = format!("/api/v2/buckets/{}", bucket.id);
        self.json(Method::DELETE, &path, "").await;
        all
    }

    async fn new_bucket(&self, retention_seconds: u64) -> Bucket {
        let name = format!("alike-{}-{}", std::process::id(), unique());
        let body = json!({
            "orgID": self.org_id,
            "name": name,
            "retentionRules": [{ "type": "expire", "everySeconds": retention_seconds }],
        });
        let made = self.json(Method::POST, "/api/v2/buckets", body.to_string()).await;
        let id = made["id"].as_str().unwrap_or_else(|| panic!("no bucket: {made}")).to_owned();
        Bucket { name, id }
    }

    async fn answer(&self, request: &Request, bucket: &Bucket) -> Answer {
        let named = |text: &str| {
            text.replace("{bucket}", &bucket.name)
                .replace("{bucket_id}", &bucket.id)
                .replace("{org}", &self.org)
                .replace("{org_id}", &self.org_id)
                .replace("{token}", &self.token)
        };
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| (*name, named(value))).collect();
        let body = match std::str::from_utf8(&request.body) {
            Ok(text) => named(text).into_bytes(),
            Err(_) => request.body.clone(),
        };
        let path = named(&request.path);
        let answer = self.ask(request.method.clone(), &path, &headers, body.into()).await;
        self.normalized(answer, bucket)
    }

    fn normalized(
        &self,
        (status, headers, mut body): (u16, HeaderMap, Vec<u8>),
        bucket: &Bucket,
    ) -> Answer {
        const TOLD: [&str; 6] = [
            "content-type",
            "x-platform-error-code",
            "allow",
            "location",
            "content-encoding",
            "vary",
        ];
        let common = |text: &str| {
            let text = text.replace(&bucket.name, "<bucket>").replace(&bucket.id, "<bucket ID>");
            text.replace(&self.org_id, "<org ID>").replace(&self.org, "<org>")
        };
        let is_gzipped = headers.contains_key("content-encoding");
        let headers = TOLD
            .iter()
            .filter_map(|name| Some(format!("{name}: {}", headers.get(*name)?.to_str().ok()?)))
            .map(|line| common(&line))
            .collect();
        if is_gzipped {
            let mut inflated = Vec::new();
            let mut decoder = flate2::read::GzDecoder::new(&body[..]);
            std::io::Read::read_to_end(&mut decoder, &mut inflated).unwrap();
            body = inflated;
        }
        let body = common(&text(&body)).lines().map(without_time).collect();
        Answer { status, headers, body }
    }
}

/// A body as text from which no byte is lost.
fn text(body: &[u8]) -> String {
    std::str::from_utf8(body).map_or_else(|_| body.escape_ascii().to_string(), str::to_owned)
}

/// Cuts the values out of lines of JSON that tell when or under which ID something was made.
fn without_time(line: &str) -> String {
    const NAMES: [&str; 4] = ["\"createdAt\": ", "\"updatedAt\": ", "\"started\": ", "\"up\": "];
    let cut = NAMES.iter().find_map(|name| line.find(name).map(|at| at + name.len()));
    format!("{}\n", &line[..cut.unwrap_or(line.len())])
}
