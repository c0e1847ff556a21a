//! What goes wrong between a server and its client, on demand.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{CONTENT_ENCODING, HeaderName, HeaderValue};

use crate::api::{Answer, Request};
use crate::refusal::Refusal;

/// Something that goes wrong with the next request, or with the next ones that it is meant for.
///
/// A fault starts with what the client is told: [`Fault::answer`] (something else than the server
/// would say), [`Fault::through`] (what the server says), [`Fault::reset`] and [`Fault::stall`]
/// (nothing). The other methods say how that arrives, and which requests are meant. Bytes of a body
/// are counted as they are sent: after compression, where the client asks for it (`influx-core` does).
///
/// ```
/// use influx_testkit::Fault;
/// use std::time::Duration;
///
/// // Twice "come back in 3 seconds", for writes only:
/// let busy = Fault::answer(503).retry_after(Duration::from_secs(3)).on("/api/v2/write").times(2);
/// // The points are stored, but the client does not learn it:
/// let ambiguous = Fault::through().reset_before_headers();
/// // A query's reply that breaks off:
/// let short = Fault::through().on("/api/v2/query").cut_after(100);
/// // A reply to a query that this server does not know, as a real one gave it:
/// let csv = ",result,table,_value\\r\\n,_result,0,42\\r\\n\\r\\n";
/// let canned = Fault::answer(200).header("Content-Type", "text/csv; charset=utf-8").body(csv);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it is handed to Server::inject"]
pub struct Fault {
    path: Option<String>,
    /// How many requests are left for it; `None`: all.
    times: Option<u32>,
    delay: Duration,
    given: Option<Answer>,
    changes: Changes,
    delivery: Delivery,
}

/// What of an answer is different from what it would be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    headers: HeaderMap,
    body: Option<Bytes>,
    is_chunked: bool,
}

/// How an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// The connection is reset before the first byte.
    ResetBeforeHeaders,
    /// Nothing is ever sent.
    StallBeforeHeaders,
    /// After so many bytes of the body…
    After(usize, Ending),
    /// In pieces of so many bytes, with a pause after each.
    Drip(usize, Duration),
}

/// How an answer ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Reset,
    /// The connection is closed; a chunked body gets no last chunk.
    Close,
    /// As if that were all.
    Proper,
    Stall,
}

/// What becomes of one request.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    pub(crate) delay: Duration,
    /// Told instead of the server's own answer; the request is then not carried out.
    pub(crate) given: Option<Answer>,
    pub(crate) changes: Changes,
    pub(crate) delivery: Delivery,
}

impl Changes {
    pub(crate) fn applied_to(&self, mut answer: Answer) -> Answer {
        for (name, value) in &self.headers {
            answer.headers.insert(name, value.clone());
        }
        if let Some(body) = &self.body {
            answer.body = body.clone();
            // It is no longer what the server compressed.
            answer.headers.remove(CONTENT_ENCODING);
        }
        answer.is_streamed |= self.is_chunked;
        answer
    }
}

impl Delivery {
    /// Whether the client gets to know the status.
    pub(crate) const fn has_headers(self) -> bool {
        !matches!(self, Self::ResetBeforeHeaders | Self::StallBeforeHeaders)
    }
}

impl Fault {
    fn new(given: Option<Answer>, delivery: Delivery) -> Self {
        let (path, times, delay, changes) = (None, Some(1), Duration::ZERO, Changes::default());
        Self { path, times, delay, given, changes, delivery }
    }

    /// The request is not carried out; it is answered with this status, and with an error body
    /// as InfluxDB writes it. [`header`](Self::header) and [`body`](Self::body) change the rest.
    ///
    /// # Panics
    /// When the status is not one of 200 to 999.
    pub fn answer(status: u16) -> Self {
        assert!((200..1_000).contains(&status), "{status} is no status of an answer");
        let refusal = Refusal::new(status, code(status), "a fault on demand");
        Self::new(Some(Answer::refusal(&refusal)), Delivery::Whole)
    }

    /// The request is not carried out; a proxy's page of HTML says so.
    ///
    /// # Panics
    /// As [`answer`](Self::answer).
    pub fn html(status: u16) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n\
            <center><h1>{status}</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::answer(status).header("Content-Type", "text/html").body(page)
    }

    /// The request is carried out and answered as usual; what the other methods say happens on
    /// the way back.
    pub fn through() -> Self {
        Self::new(None, Delivery::Whole)
    }

    /// The request is not carried out, and the connection is reset.
    pub fn reset() -> Self {
        Self { delivery: Delivery::ResetBeforeHeaders, ..Self::answer(500) }
    }

    /// The request is not carried out, and never answered.
    pub fn stall() -> Self {
        Self { delivery: Delivery::StallBeforeHeaders, ..Self::answer(500) }
    }

    /// Sets a header of the answer, also one that the server sets itself.
    ///
    /// # Panics
    /// When HTTP allows no such name or value.
    #[expect(clippy::expect_used, reason = "a constant in a test, and its author's mistake")]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.changes.headers.insert(name, value);
        self
    }

    /// `Retry-After` in whole seconds; a rest of a second counts as one.
    pub fn retry_after(self, after: Duration) -> Self {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        self.header("Retry-After", &seconds.to_string())
    }

    /// `Retry-After` as a date, which has no fractions of a second.
    pub fn retry_after_date(self, date: SystemTime) -> Self {
        self.header("Retry-After", &httpdate::fmt_http_date(date))
    }

    /// The answer's body. Its type stays `application/json` unless a header says otherwise.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.changes.body = Some(body.into());
        self
    }

    /// The answer's body is sent in chunks, without its length.
    pub const fn chunked(mut self) -> Self {
        self.changes.is_chunked = true;
        self
    }

    /// The answer waits so long before it is sent. The request is carried out at once.
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The connection is reset instead of an answer. After [`through`](Self::through) the request
    /// has been carried out.
    pub const fn reset_before_headers(self) -> Self {
        self.delivered(Delivery::ResetBeforeHeaders)
    }

    /// The headers and so many bytes of the body arrive; then the connection is reset.
    pub const fn reset_after(self, bytes: usize) -> Self {
        self.delivered(Delivery::After(bytes, Ending::Reset))
    }

    /// The headers and so many bytes of the body arrive; then the connection is closed, without
    /// the last chunk, or short of the length that was announced.
    pub const fn cut_after(self, bytes: usize) -> Self {
        self.delivered(Delivery::After(bytes, Ending::Close))
    }

    /// The headers and so many bytes of the body arrive, sent in chunks and ended with the last
    /// one: on the level of HTTP nothing is missing.
    pub const fn end_after(self, bytes: usize) -> Self {
        self.delivered(Delivery::After(bytes, Ending::Proper))
    }

    /// The headers and so many bytes of the body arrive; then nothing more.
    pub const fn stall_after(self, bytes: usize) -> Self {
        self.delivered(Delivery::After(bytes, Ending::Stall))
    }

    /// The body arrives in pieces of so many bytes (at least 1), with a pause after each.
    pub fn drip(self, piece: usize, pause: Duration) -> Self {
        self.delivered(Delivery::Drip(piece.max(1), pause))
    }

    fn course(&self) -> Course {
        let (given, changes) = (self.given.clone(), self.changes.clone());
        Course { delay: self.delay, given, changes, delivery: self.delivery }
    }

    const fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// Only requests to this path are meant, such as `/api/v2/write`.
    ///
    /// # Panics
    /// When the path does not begin with a slash: no request would ever meet the fault.
    pub fn on(mut self, path: impl Into<String>) -> Self {
        let path = path.into();
        assert!(path.starts_with('/'), "the path `{path}` does not begin with a slash");
        self.path = Some(path);
        self
    }

    /// The next so many requests are meant, instead of one.
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// All requests are meant, until [`Server::clear_faults`](crate::Server::clear_faults).
    pub const fn always(mut self) -> Self {
        self.times = None;
        self
    }
}

/// The faults that wait for their requests, in the order in which they were injected.
#[derive(Debug, Default)]
pub(crate) struct Script {
    faults: VecDeque<Fault>,
}

impl Script {
    pub(crate) fn push(&mut self, fault: Fault) {
        if fault.times != Some(0) {
            self.faults.push_back(fault);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.faults.len()
    }

    /// What becomes of a request: the first fault that is meant for it, once less from now on.
    pub(crate) fn course(&mut self, request: &Request) -> Course {
        let meant = |fault: &Fault| fault.path.as_ref().is_none_or(|path| *path == request.path);
        let Some(at) = self.faults.iter().position(meant) else { return Fault::through().course() };
        let fault = &mut self.faults[at];
        let course = fault.course();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                self.faults.remove(at);
            }
        }
        course
    }
}

/// The code that InfluxDB, its Cloud included, puts beside a status.
const fn code(status: u16) -> &'static str {
    match status {
        400 => "invalid",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not found",
        405 => "method not allowed",
        413 => "request too large",
        422 => "unprocessable entity",
        429 => "too many requests",
        501 => "not implemented",
        503 => "unavailable",
        _ => "internal error",
    }
}
