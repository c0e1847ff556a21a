//! A request that is not carried out, with the real server's status, code and words.

use std::fmt;

const UNKNOWN: &str = "the in-process server does not know";

/// Why a request is refused: what goes into the answer's status, `code` and `message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// 400 `invalid`, the most common one.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid", message)
    }

    /// 500, for which the real server's log has the reason.
    pub(crate) fn internal() -> Self {
        Self::new(500, "internal error", "An internal error has occurred - check server logs")
    }

    /// Whether this server does not know what the real one answers.
    pub(crate) fn is_unknown(&self) -> bool {
        self.message.starts_with(UNKNOWN)
    }

    /// What the real server may well carry out, and this one does not.
    pub(crate) fn unknown(what: impl fmt::Display) -> Self {
        Self::invalid(format!("{UNKNOWN} {what}; test this with a real InfluxDB"))
    }
}
