use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::session::Session;
use super::{Connection, session};
use crate::error::{BoxError, Error, Result, SettingCause};

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

/// As whom a client speaks.
#[derive(Debug)]
pub(crate) enum Auth {
    Token(TokenSource),
    /// With each request, for what stands in front of a server and asks for it.
    Basic {
        user: String,
        password: Token,
    },
    Session(Session),
}

/// What one request shows.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Proof {
    Nothing,
    Token(Token),
    Basic {
        user: String,
        password: Token,
    },
    Cookie(Token),
    /// What the server wants for a change of the own password.
    Both {
        cookie: Token,
        user: String,
        password: Token,
    },
}

impl Auth {
    pub(crate) fn basic(user: String, password: Token) -> Result<Self> {
        session::check_user(&user)?;
        Ok(Self::Basic { user, password })
    }

    pub(crate) fn session(user: String, password: Token) -> Result<Self> {
        Session::new(user, password).map(Self::Session)
    }

    /// Whether there is something else to show after a 401.
    pub(super) const fn is_renewable(&self) -> bool {
        matches!(self, Self::Token(TokenSource::Provider(..)) | Self::Session(_))
    }

    pub(super) async fn current(&self, connection: &Connection) -> Result<Proof> {
        match self {
            Self::Token(source) => Ok(source.current()?.map_or(Proof::Nothing, Proof::Token)),
            Self::Basic { user, password } => {
                Ok(Proof::Basic { user: user.clone(), password: password.clone() })
            }
            Self::Session(session) => session.cookie(connection).await.map(Proof::Cookie),
        }
    }

    /// Something else to show, after the server did not know this.
    pub(super) async fn renewed(
        &self,
        refused: &Proof,
        connection: &Connection,
    ) -> Result<Option<Proof>> {
        match (self, refused) {
            (Self::Token(source), Proof::Token(token)) => {
                Ok(source.renewed(Some(token))?.map(Proof::Token))
            }
            (Self::Session(session), Proof::Cookie(cookie)) => {
                session.renewed(cookie, connection).await.map(Proof::Cookie).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// Asks for the token that is valid now.
type Provider = Arc<dyn Fn() -> Result<Token, BoxError> + Send + Sync>;

/// Where the token of a client comes from.
#[derive(Clone, Default)]
pub(crate) enum TokenSource {
    #[default]
    None,
    Fixed(Token),
    /// And what it gave the last time.
    Provider(Provider, Arc<Mutex<Option<Token>>>),
}

impl TokenSource {
    pub(crate) fn provider(
        read: impl Fn() -> Result<Token, BoxError> + Send + Sync + 'static,
    ) -> Self {
        Self::Provider(Arc::new(read), Arc::default())
    }

    /// Why no server can accept it, as far as that is known.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if let Self::Fixed(token) = self { token.problem() } else { None }
    }

    /// The token to send.
    pub(super) fn current(&self) -> Result<Option<Token>> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(token) => Ok(Some(token.clone()).filter(|token| !token.0.is_empty())),
            Self::Provider(read, last) => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if last.is_none() {
                    *last = Some(ask(read)?);
                }
                Ok(last.clone())
            }
        }
    }

    /// Another token, after the server did not know this one.
    pub(super) fn renewed(&self, refused: Option<&Token>) -> Result<Option<Token>> {
        let Self::Provider(read, last) = self else { return Ok(None) };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        // Another request may have asked meanwhile.
        if last.as_ref() == refused {
            *last = Some(ask(read)?);
        }
        Ok(last.clone().filter(|token| Some(token) != refused))
    }
}

fn ask(read: &Provider) -> Result<Token> {
    let token = read().map_err(|error| {
        let problem = "could not be read; its source says why";
        Error::setting(SettingCause::NoToken { problem }, error)
    })?;
    let empty = token.0.is_empty().then_some("is empty; is its file written in one step?");
    match empty.or_else(|| token.problem()) {
        Some(problem) => Err(SettingCause::NoToken { problem }.into()),
        None => Ok(token),
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Fixed(token) => f.debug_tuple("Some").field(token).finish(),
            Self::Provider(..) => f.write_str("Provider(hidden)"),
        }
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
