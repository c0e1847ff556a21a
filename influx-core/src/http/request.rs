use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
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
    pub(super) parameters: Vec<(Cow<'static, str>, String)>,
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
        Self::invoke("api/v2/query", body)
    }

    /// A call of a script, which is answered like a query.
    pub(crate) fn invoke(path: impl Into<String>, body: &impl Serialize) -> Result<Self> {
        let request = Self {
            accept: "application/csv",
            endpoint: Endpoint::Query,
            ..Self::new(Method::Post, path)
        };
        request.json(body)
    }

    /// For `/api/v2/signin`.
    pub(super) fn sign_in() -> Self {
        Self { endpoint: Endpoint::SignIn, ..Self::new(Method::Post, "api/v2/signin") }
    }

    /// Whether the server asks nobody who wants this for a name.
    pub(super) fn is_for_anyone(&self) -> bool {
        ["ping", "health", "ready", "metrics", "api/v2/setup"].contains(&&*self.path)
    }

    /// The headers that say what is sent and what is wanted.
    pub(super) fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let headers = [
            ("accept", Some(self.accept)),
            ("accept-encoding", self.accept_encoding),
            ("content-type", self.content_type),
            ("content-encoding", self.body.encoding),
        ];
        headers.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    #[must_use]
    pub(crate) fn parameter(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Asks for an answer as it is, not compressed.
    #[must_use]
    pub(crate) const fn uncompressed(mut self) -> Self {
        self.accept_encoding = Some("identity");
        self
    }

    pub(crate) fn json(self, body: &impl Serialize) -> Result<Self> {
        Ok(self.json_body(Self::json_bytes(body)?))
    }

    /// A body that is JSON already.
    #[must_use]
    pub(crate) fn json_body(mut self, body: Bytes) -> Self {
        self.body = Encoded::plain(body);
        self.content_type = Some("application/json");
        self
    }

    /// A body as JSON.
    pub(crate) fn json_bytes(body: &impl Serialize) -> Result<Bytes> {
        serde_json::to_vec(body).map(Bytes::from).map_err(|error| {
            Error::setting(SettingCause::Invalid { what: "request", problem: "is no JSON" }, error)
        })
    }
}

/// Values of any type under names, as JSON. `Debug` shows the names only.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Params(serde_json::Map<String, serde_json::Value>);

impl Params {
    pub(crate) fn add(&mut self, name: String, value: &impl Serialize) -> Result<()> {
        let value = serde_json::to_value(value).map_err(|error| {
            Error::setting(
                SettingCause::Invalid { what: "parameter", problem: "is no JSON" },
                error,
            )
        })?;
        self.0.insert(name, value);
        Ok(())
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
