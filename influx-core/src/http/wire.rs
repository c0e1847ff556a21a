use std::fmt;
use std::time::Duration;

use super::Token;
#[cfg(feature = "http-client")]
use crate::error::{Result, SettingCause};

/// How connections are made.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    pub(crate) connect_timeout: Option<Duration>,
    /// How many connections are kept while nothing is asked.
    pub(crate) idle_connections: usize,
    /// For how long; the server itself ends them after three minutes.
    pub(crate) idle_timeout: Option<Duration>,
    /// None: this crate and its version.
    pub(crate) user_agent: Option<String>,
    pub(crate) headers: Vec<Header>,
    pub(crate) proxy: Proxy,
    pub(crate) proxy_headers: Vec<Header>,
    pub(crate) tls: Tls,
    /// A client that is ready, instead of all of this.
    #[cfg(feature = "http-client")]
    pub(crate) client: Option<super::HttpClient>,
}

/// Whom this client trusts, and as whom it presents itself.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    /// PEM texts of authorities to trust beside those of the platform.
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) identity: Option<Identity>,
    pub(crate) accepts_invalid: bool,
}

/// A client's certificate and its key, as PEM texts.
#[derive(Clone, Default)]
pub(crate) struct Identity {
    pub(crate) certificate: Vec<u8>,
    /// Empty: beside the certificate.
    pub(crate) key: Vec<u8>,
    pub(crate) password: Option<Token>,
}

/// What stands between this client and the server.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    #[default]
    None,
    /// As `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    Environment,
    /// At this URL.
    At(String),
}

/// How one speaks to the proxy at this URL, in lower case.
pub(super) fn scheme(proxy: &str) -> String {
    proxy.split_once("://").map_or("http", |(scheme, _)| scheme).to_ascii_lowercase()
}

/// A header that may hold a secret.
#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: Token,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            connect_timeout: Some(Duration::from_secs(5)),
            idle_connections: usize::MAX,
            idle_timeout: Some(Duration::from_secs(90)),
            user_agent: None,
            headers: Vec::new(),
            proxy: Proxy::None,
            proxy_headers: Vec::new(),
            tls: Tls::default(),
            #[cfg(feature = "http-client")]
            client: None,
        }
    }
}

impl Wire {
    /// Whether nothing is set that a ready client has settled already.
    #[cfg(feature = "http-client")]
    pub(super) fn leaves_connections_alone(&self) -> Result<()> {
        let usual = Self::default();
        let set = [
            ("connect_timeout", self.connect_timeout != usual.connect_timeout),
            ("idle_connections", self.idle_connections != usual.idle_connections),
            ("idle_timeout", self.idle_timeout != usual.idle_timeout),
            ("proxy", !matches!(self.proxy, Proxy::None)),
            ("proxy_header", !self.proxy_headers.is_empty()),
            ("certificates", self.tls.is_set()),
        ];
        match set.iter().find(|(_, is_set)| *is_set) {
            None => Ok(()),
            Some((setting, _)) => Err(SettingCause::Settled { setting }.into()),
        }
    }
}

#[cfg(any(not(feature = "rustls"), feature = "http-client"))]
impl Tls {
    /// Whether anything is said about certificates.
    pub(crate) const fn is_set(&self) -> bool {
        !self.certificates.is_empty() || self.identity.is_some() || self.accepts_invalid
    }
}

impl Header {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: Token::from(value.into()) }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A proxy's URL may hold a password.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Environment => "Environment",
            Self::At(_) => "At(hidden)",
        })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("certificates", &self.certificates.len())
            .field("has_identity", &self.identity.is_some())
            .field("accepts_invalid", &self.accepts_invalid)
            .finish()
    }
}
