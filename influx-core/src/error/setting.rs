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
    /// No token that could be sent came from where the client asks for it.
    NoToken { problem: &'static str },
    /// Something that was looked up on the server and is not there.
    NoSuch { what: &'static str, name: String },
    /// A bucket that is there and keeps its points for another time than the one asked for; `None` for
    /// ever.
    OtherRetention { bucket: String, wanted: Option<Duration>, is: Option<Duration> },
    /// What InfluxDB OSS does not have.
    CloudOnly { what: &'static str },
    /// A setting of the environment or of a file that cannot work.
    #[cfg(feature = "client")]
    Configured { place: Place, problem: &'static str },
    /// A setting whose value is that of an environment variable that is not set.
    #[cfg(feature = "client")]
    Unset { place: Place, variable: String },
    /// A file of settings that cannot be read.
    #[cfg(feature = "config-file")]
    File { path: String, line: Option<usize>, problem: String },
    /// A header of the caller's.
    Header { name: String, problem: &'static str },
    /// A setting that a ready HTTP client brings along.
    #[cfg(feature = "http-client")]
    Settled { setting: &'static str },
    /// The certificates or the TLS set-up.
    Tls { problem: &'static str },
}

/// Where a setting stands.
#[cfg(feature = "client")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Variable(String),
    #[cfg(feature = "config-file")]
    File {
        path: String,
        line: Option<usize>,
        key: String,
    },
}

impl SettingCause {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuch { .. } | Self::CloudOnly { .. } => ErrorKind::NotFound,
            Self::OtherRetention { .. } => ErrorKind::Conflict,
            // So that a writer keeps its lines until there is one.
            Self::NoToken { .. } => ErrorKind::Unauthorized,
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
            Self::NoToken { problem } => write!(f, "the token of `token_provider` {problem}"),
            Self::NoSuch { what, name } => {
                write!(f, "there is no {what} `{}`, or the token may not see it", Excerpt(name))?;
                // A token for single buckets sees none, and needs none.
                let by_id = *what == "organization";
                f.write_str(if by_id { "; name the organization by its ID" } else { "" })
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
            #[cfg(feature = "client")]
            Self::Configured { place, problem } => write!(f, "{place} {problem}"),
            #[cfg(feature = "client")]
            Self::Unset { place, variable } => write!(
                f,
                "{place} stands for the environment variable `{}`, which is not set; set it, or \
                 write the value itself",
                Excerpt(variable)
            ),
            #[cfg(feature = "config-file")]
            Self::File { path, line, problem } => {
                write!(f, "the file {}{}: {problem}", Excerpt(path), Line(*line))
            }
            Self::Header { name, problem } => {
                write!(f, "the header `{}` {problem}", Excerpt(name))
            }
            #[cfg(feature = "http-client")]
            Self::Settled { setting } => write!(
                f,
                "`{setting}` is set beside `http_client`, which settles that; set it on that client"
            ),
            Self::Tls { problem } => f.write_str(problem),
        }
    }
}

#[cfg(feature = "client")]
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the environment variable {}", Excerpt(name)),
            #[cfg(feature = "config-file")]
            Self::File { path, line, key } => {
                write!(f, "`{}` in {}{}", Excerpt(key), Excerpt(path), Line(*line))
            }
        }
    }
}

/// `, line 3`, where it is known.
#[cfg(feature = "config-file")]
struct Line(Option<usize>);

#[cfg(feature = "config-file")]
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

fn fmt_retention(retention: Option<Duration>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match retention {
        Some(retention) => write!(f, "for {retention:?}"),
        None => f.write_str("for ever"),
    }
}
