//! The settings of a client, and where they come from.
//!
//! [`Options`] holds them; the client's builder sets them from code, [`env`] from environment
//! variables. [`Options::connect`] checks all of it and opens the [`Connection`].

mod env;

use std::fmt;
use std::time::Duration;

use url::Url;

use crate::error::{Error, Result, SettingCause};
use crate::http::{Connection, TokenSource, Transport};

/// Everything that a client can be told.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) url: String,
    pub(crate) token: TokenSource,
    pub(crate) org: Option<String>,
    pub(crate) gzip: bool,
    pub(crate) default_tags: Vec<(String, String)>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) user_agent: String,
}

impl Options {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            token: TokenSource::None,
            org: None,
            gzip: false,
            default_tags: Vec::new(),
            timeout: Some(Duration::from_secs(10)),
            read_timeout: Some(Duration::from_secs(60)),
            connect_timeout: Some(Duration::from_secs(5)),
            certificates: Vec::new(),
            user_agent: concat!("influx-core/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    pub(crate) fn from_env() -> Result<Self> {
        env::read(std::env::vars_os())
    }

    pub(crate) fn connect(self) -> Result<Connection> {
        let base = parse_url(&self.url)?;
        if let Some(problem) = self.token.problem() {
            return Err(SettingCause::Invalid { what: "token", problem }.into());
        }
        if self.user_agent.bytes().any(|byte| !matches!(byte, b' '..=b'~')) {
            let problem = "holds a character that no HTTP header can carry";
            return Err(SettingCause::Invalid { what: "user agent", problem }.into());
        }
        let transport =
            Transport::new(&base, &self.certificates, self.connect_timeout, &self.user_agent)?;
        Ok(Connection {
            transport,
            base,
            token: self.token,
            org: self.org.filter(|org| !org.is_empty()),
            gzip: self.gzip,
            default_tags: self.default_tags,
            timeout: self.timeout,
            read_timeout: self.read_timeout,
        })
    }
}

/// The URL may still hold a password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = parse_url(&self.url).ok();
        f.debug_struct("Options")
            .field("url", &url.as_ref().map(Url::as_str))
            .field("token", &self.token)
            .field("org", &self.org)
            .field("gzip", &self.gzip)
            .field("default_tags", &self.default_tags)
            .field("timeout", &self.timeout)
            .field("read_timeout", &self.read_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("certificates", &self.certificates.len())
            .field("user_agent", &self.user_agent)
            .finish()
    }
}

/// The server's base URL, with one slash at its end. A path in it is kept as a prefix.
fn parse_url(text: &str) -> Result<Url> {
    let mut url = Url::parse(text).map_err(|error| {
        let problem = "is no URL; write it like http://localhost:8086";
        Error::setting(SettingCause::Url { origin: None, problem }, error)
    })?;
    if let Some(problem) = problem_of(&url) {
        // What stands outside the origin may be a password.
        let origin = url.has_host().then(|| url.origin().ascii_serialization());
        return Err(SettingCause::Url { origin, problem }.into());
    }
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// Why a URL cannot be the base of a server's.
fn problem_of(url: &Url) -> Option<&'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some("is neither http nor https; write it like http://localhost:8086");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("holds a user name or password; hand those over with `token`");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Some("has a query or fragment; give the server's base URL only");
    }
    let is_api = url.path().trim_end_matches('/').ends_with("/api/v2");
    is_api.then_some("ends in /api/v2; give the server's base URL only")
}

#[cfg(test)]
mod tests {
    use super::{Options, parse_url};
    use crate::error::ErrorKind;

    #[test]
    fn the_base_url_keeps_its_prefix_and_ends_in_one_slash() {
        for (text, base) in [
            ("http://localhost:8086", "http://localhost:8086/"),
            ("http://localhost:8086///", "http://localhost:8086/"),
            ("https://host/influx/", "https://host/influx/"),
            ("https://host/a/b", "https://host/a/b/"),
        ] {
            assert_eq!(parse_url(text).unwrap().as_str(), base);
        }
    }

    #[test]
    fn urls_that_cannot_work_are_refused_without_their_secrets() {
        for (text, words) in [
            ("", "is no URL"),
            ("localhost:8086", "neither http nor https"),
            ("ftp://host", "neither http nor https"),
            ("http://me:hunter2@host", "user name or password"),
            ("http://me:hunter2@host:x", "is no URL"),
            ("me:hunter2@host:8086", "neither http nor https"),
            ("http://host/#hunter2", "query or fragment"),
            ("http://host?u=me&p=hunter2", "query or fragment"),
            ("http://host:x?u=me&p=hunter2", "is no URL"),
            ("http://host/api/v2/", "ends in /api/v2"),
        ] {
            let error = Options::new(text).connect().unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidInput, false));
            let message = error.to_string();
            assert!(message.starts_with("the server's URL ") && message.contains(words), "{error}");
            assert!(!message.contains("hunter2"), "{error}");
        }
    }
}
