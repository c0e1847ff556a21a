//! A request that is not carried out, with the real server's status, code and words.

use std::fmt;

/// Why a request is refused: what goes into the answer's status, `code` and `message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// This server does not know what the real one answers.
    pub(crate) is_unknown: bool,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), is_unknown: false }
    }

    /// 400 `invalid`, the most common one.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid", message)
    }

    /// 404 `not found`.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "not found", message)
    }

    /// 500, for which the real server's log has the reason.
    pub(crate) fn internal() -> Self {
        Self::new(500, "internal error", "An internal error has occurred - check server logs")
    }

    /// What the real server may well carry out, and this one does not.
    pub(crate) fn unknown(what: impl fmt::Display) -> Self {
        let message =
            format!("the in-process server does not know {what}; test this with a real InfluxDB");
        Self { is_unknown: true, ..Self::invalid(message) }
    }
}
