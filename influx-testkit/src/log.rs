//! What the server was asked, for a test to look at.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;

use crate::api::Request;

/// A request that reached the server, whatever became of it.
#[derive(Clone)]
pub struct RecordedRequest {
    request: Request,
    body: Bytes,
    /// Filled in when the answer goes out, also in the copies that a test holds.
    status: Arc<OnceLock<u16>>,
    received: Instant,
    was_unknown: bool,
}

/// Without headers and body, which may hold a token or a password.
impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method())
            .field("path", &self.path())
            .field("query", &self.request.query)
            .field("bytes", &self.body.len())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl RecordedRequest {
    pub(crate) fn new(request: Request) -> Self {
        let body = request.inflated().unwrap_or_else(|_| request.body.clone());
        let (status, received) = (Arc::default(), Instant::now());
        Self { request, body, status, received, was_unknown: false }
    }

    /// The server did not know.
    pub(crate) const fn unknown(&mut self) {
        self.was_unknown = true;
    }

    pub(crate) const fn request(&self) -> &Request {
        &self.request
    }

    pub(crate) fn answered(&self, status: u16) {
        // A request is answered once.
        let _ = self.status.set(status);
    }

    /// `GET`, `POST`, …
    #[must_use]
    pub fn method(&self) -> &str {
        self.request.method.as_str()
    }

    /// The path, such as `/api/v2/write`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.request.path
    }

    /// A parameter of the URL, decoded: the first one of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.request.parameter(name)
    }

    /// A header, whose name may be written in any case. `None` also where its value is no text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }

    /// The body, inflated where it came compressed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text, with U+FFFD for what is not UTF-8.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as it came.
    #[must_use]
    pub fn raw_body(&self) -> &[u8] {
        &self.request.body
    }

    /// When the request had arrived as a whole.
    #[must_use]
    pub const fn received(&self) -> Instant {
        self.received
    }

    /// Whether the server said that it does not know what a real one answers. An error that a test
    /// expects may be that one.
    ///
    /// ```
    /// use influx_testkit::{RecordedRequest, Server};
    ///
    /// let server = Server::start();
    /// // … the test …
    /// assert!(!server.requests().iter().any(RecordedRequest::was_unknown));
    /// ```
    #[must_use]
    pub const fn was_unknown(&self) -> bool {
        self.was_unknown
    }

    /// The status of the answer; `None` while there is none, and where a fault kept even the headers
    /// back.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status.get().copied()
    }
}
