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

    /// Why no server can accept it.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let carried = self.0.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !carried || self.0.trim_matches(' ') != &*self.0 {
            return Some(
                "holds what no HTTP header can carry, such as a line feed or a space at its end; \
                 trim it",
            );
        }
        let scheme = self.0.split_once(' ').map(|(scheme, _)| scheme);
        let is_scheme =
            |scheme: &str| ["token", "bearer"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
        scheme.is_some_and(is_scheme).then_some(
            "starts with an authentication scheme, which the client adds itself; give the rest only",
        )
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
