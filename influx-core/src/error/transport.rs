use std::fmt;
use std::time::Duration;

use super::{ErrorKind, Excerpt, LongExcerpt};

/// What the server says of a token that somebody has locked.
pub(crate) const TOKEN_IS_INACTIVE: &str = "token is inactive";

/// What the HTTP connection refuses.
#[derive(Debug)]
pub(crate) enum TransportCause {
    Connect {
        server: String,
        /// Whether it was tried through a proxy.
        proxied: bool,
        timed_out: bool,
    },
    /// TLS ended for a reason that no further try will change.
    Untrusted {
        server: String,
        why: Distrust,
    },
    Interrupted {
        doing: Endpoint,
    },
    /// The connection ended, and what had come does not look complete.
    CutOff {
        doing: Endpoint,
    },
    Timeout {
        doing: Endpoint,
        after: Duration,
    },
    Decode {
        doing: Endpoint,
        problem: &'static str,
    },
    /// A success, but not one that InfluxDB answers with: the login page of a proxy comes with 200.
    Unexpected {
        doing: Endpoint,
        status: u16,
        content_type: Option<String>,
        wanted: &'static str,
        body: String,
    },
}

/// Why one side does not trust the other.
#[cfg_attr(not(feature = "rustls"), allow(dead_code, reason = "without TLS nobody is trusted"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// Of the server's certificate: nobody that is trusted has signed it.
    Authority,
    /// Of the server's certificate: it is for others.
    Name,
    /// Of the server's certificate: it is over, or not yet valid.
    Time,
    /// Of the server's certificate, for another reason.
    Certificate,
    /// The server wants a certificate of the client, which has none.
    NoIdentity,
    /// The server does not accept the client's certificate.
    Identity,
}

/// What a request was for; decides how the same status is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Write,
    Query,
    Admin,
    SignIn,
}

/// An answer of the server, or of something in front of it, that is an error.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) endpoint: Endpoint,
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) failure: Failure,
}

/// What an [`Answer`] says beyond its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The body of the API itself, JSON or a header.
    Api,
    /// A body that the API does not send: HTML or text of a proxy, or none.
    Foreign,
    /// A redirect that is not followed.
    Redirect { location: Option<String>, why: &'static str },
}

impl TransportCause {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::Connect { .. } | Self::Untrusted { .. } => ErrorKind::Connect,
            Self::Interrupted { .. } | Self::CutOff { .. } => ErrorKind::Interrupted,
            Self::Timeout { .. } => ErrorKind::Timeout,
            Self::Decode { .. } | Self::Unexpected { .. } => ErrorKind::Decode,
        }
    }
}

impl fmt::Display for TransportCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { server, proxied, timed_out } => {
                let slowly = if *timed_out { " in time" } else { "" };
                let (through, proxy) =
                    if *proxied { (" through the proxy", ", and the proxy") } else { ("", "") };
                write!(
                    f,
                    "cannot connect to {server}{through}{slowly}; is the server running and the \
                     URL right{proxy}?"
                )
            }
            Self::Untrusted { server, why } => why.fmt(f, server),
            Self::Interrupted { doing } => {
                write!(
                    f,
                    "the connection broke during {}; is the server still running?",
                    doing.noun()
                )
            }
            Self::CutOff { doing } => write!(
                f,
                "the reply to {} does not end with the empty line of InfluxDB; it was cut off, or a \
                 proxy changes it",
                doing.noun()
            ),
            Self::Timeout { doing, after } => write!(
                f,
                "{} had no answer within {after:?}; allow more with `{}` of the client's builder",
                doing.noun(),
                doing.timeout_option()
            ),
            Self::Decode { doing, problem } => {
                write!(f, "the answer to {} {problem}", doing.noun())
            }
            Self::Unexpected { doing, status, content_type, wanted, body } => {
                write!(f, "the answer to {} has status {status}", doing.noun())?;
                if let Some(content_type) = content_type {
                    write!(f, " and content type `{}`", Excerpt(content_type))?;
                }
                write!(f, ", not {wanted} of InfluxDB")?;
                if !body.is_empty() {
                    write!(f, ": {}", Excerpt(body))?;
                }
                f.write_str("; what answers there?")
            }
        }
    }
}

impl Distrust {
    fn fmt(self, f: &mut fmt::Formatter<'_>, server: &str) -> fmt::Result {
        match self {
            Self::Authority => write!(
                f,
                "the certificate of {server} is not trusted; name its authority with \
                 `ca_certificate` on the client's builder"
            ),
            Self::Name => write!(
                f,
                "the certificate of {server} is for other names; use one of them in the URL"
            ),
            Self::Time => write!(
                f,
                "the certificate of {server} is over or not yet valid; renew it, or set the clock"
            ),
            Self::Certificate => write!(f, "the certificate of {server} is refused"),
            Self::NoIdentity => write!(
                f,
                "{server} asks for a certificate of the client; hand it over with `identity` on \
                 the client's builder"
            ),
            Self::Identity => write!(
                f,
                "{server} does not accept the client's certificate; is `identity` the right one?"
            ),
        }
    }
}

impl Endpoint {
    const fn noun(self) -> &'static str {
        match self {
            Self::Write => "the write",
            Self::Query => "the query",
            Self::Admin => "the request",
            Self::SignIn => "the sign-in",
        }
    }

    const fn timeout_option(self) -> &'static str {
        match self {
            Self::Query => "read_timeout",
            Self::Write | Self::Admin | Self::SignIn => "timeout",
        }
    }
}

impl Answer {
    /// Source: the status and code table of InfluxDB 2.9.1, seen on a live server.
    pub(super) fn kind(&self) -> ErrorKind {
        match self.status {
            400 => self.kind_of_bad_request(),
            // The administrative routes answer a missing permission with 401 as well.
            401 if self.is_missing_permission() => ErrorKind::Forbidden,
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            413 => ErrorKind::TooLarge,
            422 => match self.endpoint {
                Endpoint::Write if self.failure == Failure::Api => ErrorKind::PartialWrite,
                Endpoint::Admin if self.code.as_deref() == Some("conflict") => ErrorKind::Conflict,
                _ => ErrorKind::InvalidInput,
            },
            429 => ErrorKind::RateLimited,
            408 | 499 | 502..=504 => ErrorKind::Unavailable,
            // A user has one role for a resource; that is how the server says so.
            500 if self.message.contains("mapping for user ")
                && self.message.ends_with("already exists") =>
            {
                ErrorKind::Conflict
            }
            300..=399 | 500.. => ErrorKind::Server,
            _ => ErrorKind::InvalidInput,
        }
    }

    fn kind_of_bad_request(&self) -> ErrorKind {
        match self.endpoint {
            Endpoint::Write if self.message.contains("unable to parse") => ErrorKind::InvalidLine,
            Endpoint::Query if self.message.contains("queue length exceeded") => {
                ErrorKind::Unavailable
            }
            // An unknown organization is a 404 to a write, but this to a query.
            Endpoint::Query
                if self.message.starts_with("failed to decode request body")
                    && self.message.ends_with("not found") =>
            {
                ErrorKind::NotFound
            }
            Endpoint::Query => ErrorKind::InvalidFlux,
            Endpoint::Write | Endpoint::Admin | Endpoint::SignIn => ErrorKind::InvalidInput,
        }
    }

    /// A redirect will be one again, and so will what is not implemented.
    pub(super) const fn is_transient(&self) -> bool {
        self.status >= 400 && self.status != 501
    }

    fn is_missing_permission(&self) -> bool {
        self.message.ends_with("is unauthorized")
    }

    /// Nothing that was named is missing, but the path of the request itself.
    fn is_missing_path(&self) -> bool {
        self.failure == Failure::Foreign || self.message == "path not found"
    }

    fn remedy(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::Unauthorized if self.endpoint == Endpoint::SignIn => {
                Some("check the user name and the password")
            }
            ErrorKind::Unauthorized => Some("set the token, or check it"),
            ErrorKind::Forbidden if self.message == TOKEN_IS_INACTIVE => {
                Some("set its status to active, or use another one")
            }
            ErrorKind::Forbidden => Some("give the token the permission"),
            ErrorKind::PartialWrite => {
                Some("the good points are stored; others may have been dropped as well")
            }
            _ if self.status == 407 => Some("check the proxy's user name and password"),
            ErrorKind::TooLarge => Some("send fewer lines at once"),
            ErrorKind::NotFound if self.is_missing_path() => {
                Some("is the client's URL the base URL of an InfluxDB 2 server?")
            }
            ErrorKind::NotFound => Some("check the name, and that the token may see it"),
            ErrorKind::Unavailable if self.failure == Failure::Foreign => {
                Some("is the server behind that proxy running?")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status;
        let message = LongExcerpt(&self.message);
        match &self.failure {
            Failure::Redirect { location: Some(location), why } => write!(
                f,
                "{} was redirected to `{}` (status {status}), {why}",
                self.endpoint.noun(),
                Excerpt(location)
            )?,
            Failure::Redirect { location: None, .. } => write!(
                f,
                "{} was redirected without a location (status {status})",
                self.endpoint.noun()
            )?,
            Failure::Foreign if self.message.is_empty() => write!(
                f,
                "{} was answered with status {status} and nothing else",
                self.endpoint.noun()
            )?,
            Failure::Foreign => write!(
                f,
                "{} was answered with status {status}, not in the words of InfluxDB: {message}",
                self.endpoint.noun()
            )?,
            Failure::Api => write!(
                f,
                "the server refused {} with status {status}: {message}",
                self.endpoint.noun()
            )?,
        }
        match self.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}
