use serde::Serialize;

use super::Encoded;
use crate::error::{Endpoint, Error, Result, SettingCause};

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or starts something.
    Post,
    /// Puts something in the place of what is there.
    Put,
    /// Changes what it names and leaves the rest.
    Patch,
    /// Deletes.
    Delete,
}

/// A request before it is addressed to a server.
#[derive(Debug)]
pub(crate) struct Request {
    pub(super) method: Method,
    /// Relative to the server's base URL.
    pub(super) path: String,
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) content_type: Option<&'static str>,
    pub(super) accept: &'static str,
    pub(super) accept_encoding: Option<&'static str>,
    pub(super) body: Encoded,
    pub(super) endpoint: Endpoint,
}

impl Request {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            parameters: Vec::new(),
            content_type: None,
            accept: "application/json",
            accept_encoding: None,
            body: Encoded::default(),
            endpoint: Endpoint::Admin,
        }
    }

    /// Lines for `/api/v2/write`.
    pub(crate) fn write(lines: Encoded) -> Self {
        Self {
            content_type: Some("text/plain; charset=utf-8"),
            body: lines,
            endpoint: Endpoint::Write,
            ..Self::new(Method::Post, "api/v2/write")
        }
    }

    /// A script for `/api/v2/query`.
    pub(crate) fn query(body: &impl Serialize) -> Result<Self> {
        let request = Self {
            accept: "application/csv",
            endpoint: Endpoint::Query,
            ..Self::new(Method::Post, "api/v2/query")
        };
        request.json(body)
    }

    #[must_use]
    pub(crate) fn parameter(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    /// Asks for an answer as it is, not compressed.
    #[must_use]
    pub(crate) const fn uncompressed(mut self) -> Self {
        self.accept_encoding = Some("identity");
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(body).map_err(|error| {
            Error::setting(SettingCause::Invalid { what: "request", problem: "is no JSON" }, error)
        })?;
        self.body = Encoded::plain(body.into());
        self.content_type = Some("application/json");
        Ok(self)
    }
}
