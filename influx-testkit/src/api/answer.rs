use std::io::Write as _;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use super::Request;
use crate::refusal::Refusal;

/// What the server says to a request.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Sent in chunks, without its length.
    pub(crate) is_streamed: bool,
}

/// Marks what no InfluxDB has said, or has perhaps not said so.
const MARK: &str = "x-influx-testkit";

const UNKNOWN: &str = "unknown";

const JSON: &str = "application/json; charset=utf-8";

impl Answer {
    /// No body, and no type of one. The newer router refuses methods so.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), is_streamed: false }
    }

    /// A body of the given type.
    pub(crate) fn body(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::empty(status).header("Content-Type", content_type) }
    }

    /// JSON on one line, as the older router writes it.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap_or_default();
        Self::body(status, JSON, escape_html(&text))
    }

    /// JSON indented with tabs, as the newer router writes it.
    pub(crate) fn pretty(status: u16, value: &impl Serialize) -> Self {
        let mut text = Vec::new();
        let formatter = PrettyFormatter::with_indent(b"\t");
        let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
        // Into a vector, of values without maps of other keys than texts: it cannot fail.
        let _ = value.serialize(&mut serializer);
        Self::body(status, JSON, escape_html(&String::from_utf8_lossy(&text)))
    }

    pub(crate) fn refusal(refusal: &Refusal) -> Self {
        Self::json(refusal.status, &Explanation::of(refusal)).refused(refusal)
    }

    /// A refusal of the newer router.
    pub(crate) fn pretty_refusal(refusal: &Refusal) -> Self {
        Self::pretty(refusal.status, &Explanation::of(refusal)).refused(refusal)
    }

    pub(crate) fn page_not_found() -> Self {
        Self::body(404, "text/plain; charset=utf-8", "404 page not found\n")
            .header("X-Content-Type-Options", "nosniff")
    }

    /// To the same path without the slash at its end.
    pub(crate) fn redirect(request: &Request) -> Self {
        let path = request.path.trim_end_matches('/');
        let question = if request.query.is_empty() { "" } else { "?" };
        Self::empty(308).header("Location", &format!("{path}{question}{}", request.query))
    }

    /// Names and values are the server's own; what of a request may be in them fits.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    fn refused(self, refusal: &Refusal) -> Self {
        let answer = self.header("X-Platform-Error-Code", refusal.code);
        if refusal.is_unknown { answer.header(MARK, UNKNOWN) } else { answer }
    }

    /// Whether this server says that it does not know.
    pub(crate) fn is_unknown(&self) -> bool {
        self.headers.get(MARK).is_some_and(|mark| mark == UNKNOWN)
    }

    /// A real server may take rows in another order.
    pub(crate) fn one_of_several(self) -> Self {
        self.header(MARK, "one of several")
    }

    pub(crate) fn streamed(self) -> Self {
        Self { is_streamed: true, ..self }
    }

    /// Compressed, where the client takes it and the body is long enough for the server to do it.
    pub(crate) fn gzipped_for(self, request: &Request) -> Self {
        const WORTHWHILE: usize = 1_400;
        let answer = self.header("Vary", "Accept-Encoding");
        let accepts = request.header("accept-encoding").is_some_and(|all| all.contains("gzip"));
        if !accepts || answer.body.len() < WORTHWHILE {
            return answer;
        }
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        match encoder.write_all(&answer.body).and_then(|()| encoder.finish()) {
            Ok(body) => Self { body: body.into(), ..answer.header("Content-Encoding", "gzip") },
            Err(_) => answer,
        }
    }
}

#[derive(Serialize)]
struct Explanation<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> Explanation<'a> {
    fn of(refusal: &'a Refusal) -> Self {
        Self { code: refusal.code, message: &refusal.message }
    }
}

/// JSON as Go's encoder writes it: five characters that mean something in HTML are escaped. Outside
/// of texts they do not occur.
fn escape_html(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            other => escaped.push(other),
        }
    }
    escaped
}
