use std::fmt;

use super::{ErrorKind, Excerpt};

/// What the room `time` refuses.
#[derive(Debug)]
pub(crate) enum TimeCause {
    OutOfRange {
        nanos: i128,
    },
    NotRfc3339 {
        text: String,
    },
    EmptyRange {
        range: String,
    },
    /// From now.
    TooFar {
        nanos: i128,
    },
}

impl TimeCause {
    #[expect(clippy::unused_self, reason = "every cause answers this call")]
    pub(super) const fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }
}

impl fmt::Display for TimeCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { nanos } => write!(
                f,
                "the time {nanos} ns since 1970 is outside what the server stores and queries; \
                 use a time from 1677-09-21T00:12:43.145224194Z to 2262-04-11T23:47:16.854775805Z, \
                 and check its unit"
            ),
            Self::EmptyRange { range } => {
                write!(f, "no instant is in the time range {range}; are its ends swapped?")
            }
            Self::TooFar { nanos } => {
                write!(
                    f,
                    "{nanos} ns from now is more than 292 years; name an instant, or use `..`"
                )
            }
            Self::NotRfc3339 { text } => write!(
                f,
                "`{}` is not an RFC 3339 time; write it like 2024-05-01T12:00:00Z",
                Excerpt(text)
            ),
        }
    }
}
