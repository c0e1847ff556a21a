//! A list of requests, and how one server is asked them.

use std::fmt;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method};
use hyper_util::rt::TokioIo;
use influx_testkit::{Permission, Server};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::support::live::unique;

/// Requests, one after the other, on a bucket of its own.
///
/// In paths, headers and bodies `{bucket}`, `{bucket_id}`, `{org}`, `{org_id}` and `{token}` stand for
/// what the server that is asked calls them; after [`with_tokens`](Self::with_tokens) also `{reader}`,
/// `{writer}` and `{inactive}`, tokens for the bucket alone.
pub struct Case {
    pub name: String,
    pub requests: Vec<Request>,
    /// How often the real server is asked each request, because it does not always say the same.
    pub times: usize,
    /// Whether the test kit may say that it does not know: for cases that are generated or combined.
    pub may_be_unknown: bool,
    /// Whether the test kit must say that it does not know any of the queries.
    pub is_unknown: bool,
    /// Whether its scripts have slips of the pen, of which the test kit need know nothing.
    pub has_slips: bool,
    retention_seconds: u64,
    has_tokens: bool,
}

pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Case {
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            requests: Vec::new(),
            times: 1,
            may_be_unknown: false,
            is_unknown: false,
            has_slips: false,
            retention_seconds: 0,
            has_tokens: false,
        }
    }

    pub const fn with_tokens(mut self) -> Self {
        self.has_tokens = true;
        self
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

    pub const fn unknown(mut self) -> Self {
        self.is_unknown = true;
        self
    }

    pub const fn with_slips(mut self) -> Self {
        (self.may_be_unknown, self.has_slips) = (true, true);
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

    /// Whether the script is Flux.
    pub fn analyze(self, flux: &str) -> Self {
        let body = json!({ "type": "flux", "query": flux });
        self.post("/api/v2/query/analyze", body.to_string())
            .header("Content-Type", "application/json")
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

impl Request {
    /// Whether it changes nothing.
    pub fn is_query(&self) -> bool {
        self.path.starts_with("/api/v2/query")
    }
}

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
    /// The test kit says that a real server may take rows in another order.
    is_one_of_several: bool,
}

impl Answer {
    /// Whether a real server's answer says that this one is right.
    pub fn is_confirmed_by(&self, real: &Self) -> bool {
        if self.is_one_of_several {
            return (self.status, &self.headers, self.shape())
                == (real.status, &real.headers, real.shape());
        }
        self == real
    }

    /// The columns of all tables, and how many lines there are: what hangs on no order of rows.
    fn shape(&self) -> (Vec<&str>, usize) {
        let lines: Vec<_> = self.body.split('\n').collect();
        let header = |index: &usize| {
            let is_annotation = |line: &&str| line.starts_with('#');
            let before = index.checked_sub(1).and_then(|before| lines.get(before));
            is_annotation(&lines[*index]) || before.is_some_and(is_annotation)
        };
        ((0..lines.len()).filter(header).map(|index| lines[index]).collect(), lines.len())
    }

    /// What this answer has where the other one differs for the first time.
    pub fn difference(&self, other: &Self) -> String {
        if (self.status, &self.headers) != (other.status, &other.headers) {
            return format!("{} {:?} {}", self.status, self.headers, self.body);
        }
        let (mine, others) = (self.body.split('\n'), other.body.split('\n'));
        let same = mine.zip(others).take_while(|(mine, other)| mine == other).count();
        let lines: Vec<_> = self.body.split('\n').skip(same.saturating_sub(2)).take(5).collect();
        format!("line {same} of {lines:?}")
    }
}

/// One of the two servers.
pub struct Side<'a> {
    /// If it is the test kit.
    kit: Option<&'a Server>,
    address: String,
    token: String,
    org: String,
    org_id: String,
}

/// A bucket, as one server knows it.
struct Bucket {
    name: String,
    id: String,
    /// What stands for what, for this bucket on this server.
    names: Vec<(&'static str, String)>,
}

impl<'a> Side<'a> {
    pub async fn of_kit(server: &'a Server) -> Self {
        Self::new(Some(server), &server.url(), server.token(), server.org()).await
    }

    pub async fn of_real(url: &str, token: &str, org: &str) -> Self {
        Self::new(None, url, token, org).await
    }

    /// A server that is not set up.
    pub fn bare(address: &str) -> Self {
        let (address, token) = (address.to_owned(), "none".to_owned());
        Self { kit: None, address, token, org: "none".to_owned(), org_id: "none".to_owned() }
    }

    async fn new(kit: Option<&'a Server>, url: &str, token: &str, org: &str) -> Self {
        let address = url.strip_prefix("http://").expect("plain HTTP");
        let (token, org) = (token.to_owned(), org.to_owned());
        let mut side = Self { kit, token, org, ..Self::bare(address) };
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

    /// What the server says to each request of a case that needs no bucket.
    #[cfg(own_server)]
    pub async fn answers_bare(&self, case: &Case) -> Vec<Answer> {
        let none = || "none".to_owned();
        let bucket = Bucket { name: none(), id: none(), names: Vec::new() };
        let mut answers = Vec::new();
        for request in &case.requests {
            answers.push(self.answer(request, &bucket).await);
        }
        answers
    }

    /// What the server says to each request of a case, asked so many times.
    pub async fn answers(&self, case: &Case, times: usize) -> Vec<Vec<Answer>> {
        let bucket = self.new_bucket(case).await;
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

    async fn new_bucket(&self, case: &Case) -> Bucket {
        // As long on both servers, since it moves the places that messages name.
        let name = format!("alike-{}-{:06}", std::process::id(), unique());
        let body = json!({
            "orgID": self.org_id,
            "name": name,
            "retentionRules": [{ "type": "expire", "everySeconds": case.retention_seconds }],
        });
        let made = self.json(Method::POST, "/api/v2/buckets", body.to_string()).await;
        let id = made["id"].as_str().unwrap_or_else(|| panic!("no bucket: {made}")).to_owned();
        let mut names = vec![
            ("{bucket}", name.clone()),
            ("{bucket_id}", id.clone()),
            ("{org}", self.org.clone()),
            ("{org_id}", self.org_id.clone()),
            ("{token}", self.token.clone()),
        ];
        if case.has_tokens {
            names.extend(self.new_tokens(&name, &id).await);
        }
        Bucket { name, id, names }
    }

    async fn new_tokens(&self, bucket: &str, id: &str) -> [(&'static str, String); 3] {
        let Some(kit) = self.kit else {
            let (inactive, of_inactive) = self.new_token(id, "write").await;
            let path = format!("/api/v2/authorizations/{of_inactive}");
            self.json(Method::PATCH, &path, r#"{"status":"inactive"}"#).await;
            return [
                ("{reader}", self.new_token(id, "read").await.0),
                ("{writer}", self.new_token(id, "write").await.0),
                ("{inactive}", inactive),
            ];
        };
        let names =
            ["{reader}", "{writer}", "{inactive}"].map(|name| (name, format!("{name}{id}")));
        let [reader, writer, inactive] = names.each_ref().map(|(_, token)| token.as_str());
        kit.add_token(reader, [Permission::read(bucket)]);
        kit.add_token(writer, [Permission::write(bucket)]);
        kit.add_token(inactive, [Permission::write(bucket)]);
        kit.deactivate_token(inactive);
        names
    }

    /// A token for one action on one bucket, and its ID, from the real server.
    async fn new_token(&self, bucket: &str, action: &str) -> (String, String) {
        let resource = json!({ "type": "buckets", "id": bucket, "orgID": self.org_id });
        let permissions = [json!({ "action": action, "resource": resource })];
        let body = json!({ "orgID": self.org_id, "permissions": permissions });
        let made = self.json(Method::POST, "/api/v2/authorizations", body.to_string()).await;
        let part = |name: &str| made[name].as_str().expect("a token").to_owned();
        (part("token"), part("id"))
    }

    async fn answer(&self, request: &Request, bucket: &Bucket) -> Answer {
        let named = |text: &str| {
            bucket
                .names
                .iter()
                .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
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
        let mark = headers.get("x-influx-testkit");
        let is_one_of_several = mark.is_some_and(|mark| mark == "one of several");
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
        let body = common(&text(&body));
        // Only what the newer router writes: in CSV a number may look like an ID.
        let is_described = body.starts_with("{\n");
        // The test kit keeps tokens as they are.
        let told = |line: &&str| !line.contains("\"hashedToken\": ");
        let body =
            if is_described { body.lines().filter(told).map(without_time).collect() } else { body };
        Answer { status, headers, body, is_one_of_several }
    }
}

/// A body as text from which no byte is lost.
fn text(body: &[u8]) -> String {
    std::str::from_utf8(body).map_or_else(|_| body.escape_ascii().to_string(), str::to_owned)
}

/// A line of JSON without what tells when, or under which ID, something was made.
fn without_time(line: &str) -> String {
    const NAMES: [&str; 4] = ["\"createdAt\": ", "\"updatedAt\": ", "\"started\": ", "\"up\": "];
    let cut = NAMES.iter().find_map(|name| line.find(name).map(|at| at + name.len()));
    let mut line = format!("{}\n", &line[..cut.unwrap_or(line.len())]);
    let is_id = |word: &str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ids: Vec<String> =
        line.split(['"', '/', '=', '\\']).filter(|word| is_id(word)).map(str::to_owned).collect();
    for id in ids {
        line = line.replace(&id, "<other ID>");
    }
    line
}
