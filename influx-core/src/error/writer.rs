use std::fmt;
use std::time::Duration;

use super::line::fmt_reasons;
use super::{Error, ErrorKind, Excerpt, Refused};

/// Why lines that were handed to a writer are not stored.
#[derive(Debug)]
pub(crate) enum WriterCause {
    /// It was closed before they were handed over.
    Closed,
    /// There was no room for them, or they made room for others.
    Full { limit: usize },
    /// They are more than all the room.
    TooLarge { bytes: usize, limit: usize },
    /// A field of another type than before.
    Conflict { measurement: String, field: String, is: &'static str, was: &'static str },
    /// Its retries are spent.
    GaveUp { attempts: u32, after: Duration, last: Error },
    /// Code of the caller's panicked while they were delivered.
    Panicked,
    /// It was closed, or its runtime ended, before they were delivered.
    Undelivered { last: Option<Error> },
    /// Of so many lines these have not been stored.
    NotStored { refused: Vec<Refused>, lines: u64, undelivered: u64 },
}

impl WriterCause {
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Closed | Self::Undelivered { .. } => ErrorKind::Closed,
            Self::Full { .. } | Self::TooLarge { .. } => ErrorKind::Full,
            Self::Conflict { .. } => ErrorKind::InvalidLine,
            Self::Panicked => ErrorKind::InvalidInput,
            Self::GaveUp { last, .. } => last.kind(),
            Self::NotStored { refused, .. } => {
                refused.first().map_or(ErrorKind::Closed, |first| first.reason().kind())
            }
        }
    }

    /// The error of the last try.
    pub(super) const fn last(&self) -> Option<&Error> {
        match self {
            Self::GaveUp { last, .. } | Self::Undelivered { last: Some(last) } => Some(last),
            _ => None,
        }
    }

    pub(super) fn refused(&self) -> &[Refused] {
        if let Self::NotStored { refused, .. } = self { refused } else { &[] }
    }
}

impl fmt::Display for WriterCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the writer is closed; start another one"),
            Self::Full { limit } => write!(
                f,
                "the writer holds {limit} bytes of lines already, as many as \
                 `max_buffered_bytes` allows; is the server too slow, or away?"
            ),
            Self::TooLarge { bytes, limit } => write!(
                f,
                "the lines of one call take {bytes} bytes of room, and `max_buffered_bytes` allows \
                 {limit}; hand them over in parts (`write` does so by itself with \
                 `WhenFull::Wait`), or allow more"
            ),
            Self::Conflict { measurement, field, is, was } => write!(
                f,
                "the field `{}` of measurement `{}` is of type {is} here and of type {was} in a line \
                 before; the server keeps one type for a field",
                Excerpt(field),
                Excerpt(measurement)
            ),
            Self::GaveUp { attempts, after, .. } => {
                let tries = if *attempts == 1 { "try" } else { "tries" };
                write!(f, "given up after {attempts} {tries} in {after:.1?}")
            }
            Self::Panicked => f.write_str(
                "their delivery panicked, such as in the client's `token_provider`; some may be \
                 stored all the same",
            ),
            Self::Undelivered { .. } => f.write_str(
                "not delivered before the writer was closed or its runtime ended; some may be \
                 stored all the same",
            ),
            Self::NotStored { refused, lines, undelivered } => {
                let all = refused.len() as u64 + undelivered;
                write!(f, "{all} of {lines} lines are not stored")?;
                fmt_reasons(refused, refused.len(), f, |refused, f| {
                    write!(f, "line {}: {}", refused.index(), refused.reason())
                })
            }
        }
    }
}
