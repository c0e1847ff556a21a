use std::fmt;

use super::{ErrorKind, Excerpt};

/// What the room `flux` refuses.
#[derive(Debug)]
pub(crate) enum FluxCause {
    EmptyRegex,
    /// A pattern whose last backslash escapes nothing.
    UnfinishedRegex,
    /// A script with a NUL character.
    Nul,
    /// A null where a value is needed.
    Null,
    /// The name of a column that is no text.
    ColumnName,
    BytesNotUtf8,
    MixedArray,
    /// Arrays or records within one another.
    Deep,
    /// A span of time beyond 64 bits of nanoseconds.
    LongDuration,
    ParamName {
        name: String,
        problem: &'static str,
    },
    ParamTwice {
        name: String,
    },
}

impl FluxCause {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::Nul => ErrorKind::InvalidFlux,
            _ => ErrorKind::InvalidInput,
        }
    }
}

impl fmt::Display for FluxCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyRegex => {
                f.write_str("a regular expression is empty; the empty text matches `^$`")
            }
            Self::UnfinishedRegex => f.write_str(
                "a regular expression ends in a backslash; one that is meant is written `\\\\`",
            ),
            Self::Deep => f.write_str(
                "a parameter has arrays or records in more than 20 levels, which the server does not read",
            ),
            Self::Nul => f.write_str("the Flux script holds a NUL character; remove it"),
            Self::Null => f.write_str(
                "a parameter is null, which Flux cannot write; leave the condition out, or ask \
                 `exists`",
            ),
            Self::ColumnName => {
                f.write_str("the value in the brackets of a column must be its name, as text")
            }
            Self::BytesNotUtf8 => {
                f.write_str("bytes in a Flux script must be UTF-8; these are not")
            }
            Self::MixedArray => {
                f.write_str("an array of Flux holds values of one type; this one mixes them")
            }
            Self::LongDuration => f.write_str(
                "a duration is outside of 64 bits of nanoseconds; use one of less than 292 years",
            ),
            Self::ParamName { name, problem } => {
                write!(f, "the parameter `{}` {problem}", Excerpt(name))
            }
            Self::ParamTwice { name } => {
                write!(f, "the parameter `{}` is there twice; give each a name", Excerpt(name))
            }
        }
    }
}
