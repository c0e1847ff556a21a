use std::fmt;

use super::ErrorKind;

/// What the room `flux` refuses.
#[derive(Debug)]
pub(crate) enum FluxCause {
    EmptyRegex,
    /// A pattern whose last backslash escapes nothing.
    UnfinishedRegex,
}

impl FluxCause {
    #[expect(clippy::unused_self, reason = "every cause answers this call")]
    pub(super) const fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
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
        }
    }
}
