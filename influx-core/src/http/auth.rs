use std::fmt;
use std::sync::Arc;

/// An API token. `Debug` hides it, `Display` does not exist; [`expose`](Self::expose) hands it out.
///
/// ```
/// use influx_core::Token;
///
/// let token = Token::from("my-secret");
/// assert_eq!(format!("{token:?}"), "Token(hidden)");
/// assert_eq!(token.expose(), "my-secret");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Arc<str>);

impl Token {
    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value of the header `Authorization`.
    pub(super) fn header(&self) -> String {
        format!("Token {}", self.0)
    }

    /// Whether a header can carry it.
    pub(crate) fn is_printable(&self) -> bool {
        self.0.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self(token.into())
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(token.into())
    }
}

impl From<&Self> for Token {
    fn from(token: &Self) -> Self {
        token.clone()
    }
}
