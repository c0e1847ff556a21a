use std::fmt;

use super::{ErrorKind, Excerpt};

/// What the rooms `config`, `client` and `admin` refuse before any I/O.
#[derive(Debug)]
pub(crate) enum SettingCause {
    /// The URL of the server, of which only the origin is shown.
    Url { origin: Option<String>, problem: &'static str },
    /// An argument or setting that is missing, with the remedy.
    Missing { what: &'static str, remedy: &'static str },
    /// An argument or setting that cannot work.
    Invalid { what: &'static str, problem: &'static str },
    /// Something that was looked up on the server and is not there.
    NoSuch { what: &'static str, name: String },
    /// An environment variable that cannot work.
    Variable { name: String, problem: &'static str },
    /// The certificates or the TLS set-up.
    Tls { problem: &'static str },
}

impl SettingCause {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuch { .. } => ErrorKind::NotFound,
            _ => ErrorKind::InvalidInput,
        }
    }
}

impl fmt::Display for SettingCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url { origin: Some(origin), problem } => {
                write!(f, "the server's URL at `{}` {problem}", Excerpt(origin))
            }
            Self::Url { origin: None, problem } => write!(f, "the server's URL {problem}"),
            Self::Missing { what, remedy } => write!(f, "no {what} is set; {remedy}"),
            Self::Invalid { what, problem } => write!(f, "the {what} {problem}"),
            Self::NoSuch { what, name } => {
                write!(f, "there is no {what} `{}`, or the token may not see it", Excerpt(name))
            }
            Self::Variable { name, problem } => {
                write!(f, "the environment variable {name} {problem}")
            }
            Self::Tls { problem } => f.write_str(problem),
        }
    }
}
