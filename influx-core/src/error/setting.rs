use std::fmt;
use std::time::Duration;

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
    /// A bucket that is there and keeps its points for another time than the one asked for; `None` for
    /// ever.
    OtherRetention { bucket: String, wanted: Option<Duration>, is: Option<Duration> },
    /// What InfluxDB OSS does not have.
    CloudOnly { what: &'static str },
    /// An environment variable that cannot work.
    Variable { name: String, problem: &'static str },
    /// The certificates or the TLS set-up.
    Tls { problem: &'static str },
}

impl SettingCause {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuch { .. } | Self::CloudOnly { .. } => ErrorKind::NotFound,
            Self::OtherRetention { .. } => ErrorKind::Conflict,
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
            Self::OtherRetention { bucket, wanted, is } => {
                let bucket = Excerpt(bucket);
                write!(f, "the bucket `{bucket}` keeps its points ")?;
                fmt_retention(*is, f)?;
                f.write_str(", not ")?;
                fmt_retention(*wanted, f)?;
                f.write_str("; change it with `update`")
            }
            Self::CloudOnly { what } => {
                write!(f, "this server has no {what}, which only InfluxDB Cloud has")
            }
            Self::Variable { name, problem } => {
                write!(f, "the environment variable {name} {problem}")
            }
            Self::Tls { problem } => f.write_str(problem),
        }
    }
}

fn fmt_retention(retention: Option<Duration>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match retention {
        Some(retention) => write!(f, "for {retention:?}"),
        None => f.write_str("for ever"),
    }
}
