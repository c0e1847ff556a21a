use std::fmt;

use super::ErrorKind;

/// Why a [`Mapping`](crate::Mapping) does not fit, itself or a record.
#[derive(Debug)]
pub(crate) enum MappingCause {
    /// The mapping does not say what the time is.
    NoTime,
    /// It gives one key two roles.
    Twice { key: String },
    /// A record, or a frame, lacks a key.
    Missing { key: String },
    /// A value that is no single value, such as a list.
    Nested { key: String, found: &'static str },
    /// A value of a type that has no place there.
    WrongType { key: String, found: String, wanted: &'static str },
}

impl MappingCause {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTime | Self::Twice { .. } => ErrorKind::InvalidInput,
            Self::Missing { .. } => ErrorKind::MissingColumn,
            Self::Nested { .. } | Self::WrongType { .. } => ErrorKind::TypeMismatch,
        }
    }
}

impl fmt::Display for MappingCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTime => f.write_str(
                "the mapping does not say what the time is; name its key with `time` or `time_in`, \
                 or leave it to the server with `server_time`",
            ),
            Self::Twice { key } => {
                write!(f, "the mapping gives the key `{key}` two roles; give it one")
            }
            Self::Missing { key } => write!(
                f,
                "there is no key `{key}`; correct the mapping, or let keys be absent with \
                 `allow_missing`"
            ),
            Self::Nested { key, found } => {
                write!(f, "the key `{key}` holds {found}, but a tag or field is a single value")
            }
            Self::WrongType { key, found, wanted } => {
                write!(f, "the key `{key}` holds {found}, but must hold {wanted}")
            }
        }
    }
}
