//! The settings of a client, and where they come from.
//!
//! [`Options`] holds them; the client's builder sets them from code, [`env`] from environment
//! variables, [`file`] from files, both through the table in [`settings`]. What comes later wins.
//! [`Options::connect`] checks all of it and opens the [`Connection`].

mod entry;
mod env;
#[cfg(feature = "config-file")]
mod file;
#[cfg(feature = "config-file")]
mod nearest;
mod settings;
mod url;

use std::fmt;
use std::time::Duration;

use ::url::Url;

#[cfg(feature = "config-file")]
pub use self::file::{ConfigFile, ConfigFormat};

use crate::error::{Result, SettingCause};
use crate::http::{Auth, Connection, Token, TokenSource, Transport, Wire};

/// Everything that a client can be told.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) url: Option<String>,
    /// The file that the settings come from.
    #[cfg(feature = "config-file")]
    file: Option<String>,
    pub(crate) token: TokenSource,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Token>,
    /// Whether the user, or a token of the form `user:password`, goes along with each request.
    pub(crate) basic: bool,
    /// InfluxDB 1.8, which knows no organizations.
    pub(crate) is_v1: bool,
    pub(crate) org: Option<String>,
    pub(crate) gzip: bool,
    pub(crate) default_tags: Vec<(String, String)>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) redirects: u32,
    pub(crate) retries: u32,
    pub(crate) wire: Wire,
    /// What is likely not meant.
    pub(crate) warnings: Vec<String>,
}

impl Options {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::unnamed() }
    }

    /// Without a server.
    fn unnamed() -> Self {
        Self {
            timeout: Some(Duration::from_secs(10)),
            read_timeout: Some(Duration::from_secs(60)),
            ..Self::default()
        }
    }

    pub(crate) fn from_env() -> Result<Self> {
        let mut options = Self::new(env::DEFAULT_URL);
        options.overlay_env()?;
        Ok(options)
    }

    /// Takes over what environment variables say.
    pub(crate) fn overlay_env(&mut self) -> Result<()> {
        env::read(self, std::env::vars_os())
    }

    #[cfg(feature = "config-file")]
    pub(crate) fn from_config_file(file: &ConfigFile) -> Result<Self> {
        let mut options = Self::unnamed();
        file.read_into(&mut options)?;
        Ok(options)
    }

    fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    pub(crate) fn connect(self) -> Result<Connection> {
        let base = url::parse(self.url()?)?;
        self.tell_warnings(&base);
        let auth = self.auth()?;
        let transport = Transport::new(&base, &self.wire)?;
        let v1_org = self.is_v1.then(|| "-".to_owned());
        Ok(Connection {
            transport,
            base,
            auth,
            redirects: self.redirects,
            retries: self.retries,
            org: self.org.filter(|org| !org.is_empty()).or(v1_org),
            gzip: self.gzip,
            default_tags: self.default_tags,
            timeout: self.timeout,
            read_timeout: self.read_timeout,
        })
    }

    fn url(&self) -> Result<&str> {
        #[cfg(feature = "config-file")]
        if let (None, Some(file)) = (&self.url, &self.file) {
            let problem =
                "there is no `url`, and INFLUXDB_V2_URL is not read or not set".to_owned();
            return Err(SettingCause::File { path: file.clone(), line: None, problem }.into());
        }
        let missing = SettingCause::Missing { what: "URL", remedy: "name the server" };
        self.url.as_deref().ok_or_else(|| missing.into())
    }

    fn auth(&self) -> Result<Auth> {
        let missing = |what, remedy| Err(SettingCause::Missing { what, remedy }.into());
        match (self.user.clone(), self.password.clone()) {
            (Some(user), Some(password)) if self.basic => Auth::basic(user, password),
            (Some(user), Some(password)) => Auth::session(user, password),
            (Some(_), None) => missing("password", "it goes with the user name"),
            (None, Some(_)) => missing("user name", "it goes with the password"),
            (None, None) if self.basic => self.basic_token(),
            (None, None) => match self.token.problem() {
                Some(problem) => Err(SettingCause::Invalid { what: "token", problem }.into()),
                None => Ok(Auth::Token(self.token.clone())),
            },
        }
    }

    /// The official clients take user and password from the token.
    fn basic_token(&self) -> Result<Auth> {
        if let TokenSource::Fixed(token) = &self.token
            && let Some((user, password)) = token.expose().split_once(':')
        {
            return Auth::basic(user.to_owned(), password.into());
        }
        let remedy = "`auth_basic` takes it from a token of the form `user:password`";
        Err(SettingCause::Missing { what: "user", remedy }.into())
    }

    #[cfg(not(feature = "tracing"))]
    #[expect(clippy::unused_self, reason = "as with the feature `tracing`")]
    const fn tell_warnings(&self, _: &Url) {}

    #[cfg(feature = "tracing")]
    fn tell_warnings(&self, base: &Url) {
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
        if self.wire.tls.accepts_invalid && base.scheme() == "https" {
            let server = base.origin().ascii_serialization();
            tracing::warn!(%server, "certificates are not verified: anyone can read the token");
        }
    }
}

/// The URL may still hold a password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_deref().and_then(|url| url::parse(url).ok());
        f.debug_struct("Options")
            .field("url", &url.as_ref().map(Url::as_str))
            .field("token", &self.token)
            .field("user", &self.user)
            .field("has_password", &self.password.is_some())
            .field("org", &self.org)
            .field("gzip", &self.gzip)
            .field("default_tags", &self.default_tags)
            .field("timeout", &self.timeout)
            .field("read_timeout", &self.read_timeout)
            .field("redirects", &self.redirects)
            .field("retries", &self.retries)
            .field("wire", &self.wire)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
