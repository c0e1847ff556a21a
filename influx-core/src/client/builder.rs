use std::time::Duration;

use super::Client;
use crate::config::Options;
use crate::error::Result;
use crate::http::{Header, Proxy, Token, TokenSource};

/// The settings of a [`Client`].
///
/// They come from code, from a file ([`from_config_file`](Self::from_config_file)) and from
/// environment variables ([`from_env`](Self::from_env), [`env`](Self::env)). **What comes later wins**: a
/// file, then the environment, then code is written
///
/// ```
/// # let path = std::env::temp_dir().join(format!("builder-{}.toml", std::process::id()));
/// # std::fs::write(&path, "url = \"http://localhost:8086\"\norg = \"a\"\n").unwrap();
/// use influx_core::client::ClientBuilder;
///
/// let builder = ClientBuilder::from_config_file(&path)?.env()?;
/// for warning in builder.warnings() {
///     eprintln!("{warning}");
/// }
/// let client = builder.org("my-org").build()?;
/// # assert!(format!("{client:?}").contains("my-org"));
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// | here | in files | variable, `INFLUXDB_V2_…` | default |
/// |---|---|---|---|
/// | [`Client::builder`] | `url` | `URL` | none; `http://localhost:8086` for `from_env` |
/// | [`token`](Self::token), [`token_provider`](Self::token_provider) | `token` | `TOKEN` | none: requests are not authenticated |
/// | [`session`](Self::session) | `username`, `password` | `USERNAME`, `PASSWORD` | none |
/// | [`basic_auth`](Self::basic_auth) | `auth_basic` | `AUTH_BASIC` | `false` |
/// | [`compat_v1`](Self::compat_v1) | `token = "user:password"`, `org = "-"` | the same | none |
/// | [`org`](Self::org) | `org` | `ORG` | none: calls that need one fail |
/// | [`default_tag`](Self::default_tag) | `[tags]` | `TAG_…`; in lower case | none |
/// | [`gzip`](Self::gzip) | `gzip`, `enable_gzip` | `GZIP` | `false` |
/// | [`timeout`](Self::timeout) | `timeout`, in ms; 0 for none | `TIMEOUT` | 10 s |
/// | [`read_timeout`](Self::read_timeout) | `read_timeout`, in ms | `READ_TIMEOUT` | 60 s |
/// | [`connect_timeout`](Self::connect_timeout) | `connect_timeout`, in ms | `CONNECT_TIMEOUT` | 5 s |
/// | [`retries`](Self::retries) | `retries` | `RETRIES` | 0 |
/// | [`redirects`](Self::redirects) | `redirects` | `REDIRECTS` | 0 |
/// | [`idle_connections`](Self::idle_connections) | `connection_pool_maxsize` | `CONNECTION_POOL_MAXSIZE` | no limit |
/// | [`idle_timeout`](Self::idle_timeout) | `idle_timeout`, in ms | `IDLE_TIMEOUT` | 90 s |
/// | [`header`](Self::header) | `[headers]` | | none |
/// | [`user_agent`](Self::user_agent) | `user_agent` | `USER_AGENT` | `influx-core/` and the version |
/// | [`proxy`](Self::proxy) | `proxy` | `PROXY` | none |
/// | [`proxy_header`](Self::proxy_header) | `[proxy_headers]` | | none |
/// | [`proxy_from_env`](Self::proxy_from_env) | `proxy_from_env` | `PROXY_FROM_ENV` | `false` |
/// | [`ca_certificate`](Self::ca_certificate) | `ssl_ca_cert`, a file | `SSL_CA_CERT` | those of the platform |
/// | [`identity`](Self::identity) | `cert_file`, `cert_key_file`, `cert_key_password` | `CERT_FILE`, `CERT_KEY_FILE`, `CERT_KEY_PASSWORD` | none |
/// | [`danger_accept_invalid_certificates`](Self::danger_accept_invalid_certificates) | `verify_ssl = false` | `VERIFY_SSL` | certificates are verified |
/// | `http_client`, with the feature `http-client` | | | one of its own |
///
/// Names and formats of files and variables are those of the official clients, and further ones in the
/// same manner; a file of theirs can be used. `true`, `yes`, `on`, `1` and their opposites are truth values;
/// anything else is an error, never a default. The value `${env.NAME}`, of anything in a file and of a tag in a variable, is that of the
/// environment variable `NAME`. `profilers` does nothing but warn; see
/// [`Query::fetch_profiled`](super::Query::fetch_profiled).
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder(Options);

impl ClientBuilder {
    pub(super) const fn new(options: Options) -> Self {
        Self(options)
    }

    /// The settings of a file; see [`ConfigFile`](super::ConfigFile) for its formats.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the file cannot be read, is not of its
    /// format, lacks the profile, or a setting in it cannot work; it names the file, the line where it
    /// is known, and the key.
    #[cfg(feature = "config-file")]
    pub fn from_config_file(file: impl Into<super::ConfigFile>) -> Result<Self> {
        Options::from_config_file(&file.into()).map(Self)
    }

    /// The settings of environment variables, for a server at `http://localhost:8086` unless they
    /// say another.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when a variable cannot work; it names it.
    pub fn from_env() -> Result<Self> {
        Options::from_env().map(Self)
    }

    /// Takes over what environment variables say, in place of what was set so far.
    ///
    /// A token among them is meant instead of a [`session`](Self::session) that was set before.
    ///
    /// # Errors
    /// Those of [`from_env`](Self::from_env).
    pub fn env(mut self) -> Result<Self> {
        self.0.overlay_env()?;
        Ok(self)
    }

    /// What was configured and is likely not meant: a key that is no setting, a file with a token that
    /// everybody can read. With the feature `tracing`, [`build`](Self::build) records them too.
    pub fn warnings(&self) -> impl Iterator<Item = &str> {
        self.0.warnings.iter().map(String::as_str)
    }

    /// The API token.
    pub fn token(mut self, token: impl Into<Token>) -> Self {
        self.set_token(TokenSource::Fixed(token.into()));
        self
    }

    fn set_token(&mut self, token: TokenSource) {
        let Options { user, password, basic, is_v1, .. } = &mut self.0;
        (*user, *password, *basic, *is_v1) = (None, None, false, false);
        self.0.token = token;
    }

    fn set_user(&mut self, user: impl Into<String>, password: impl Into<String>, basic: bool) {
        self.set_token(TokenSource::None);
        self.0.user = Some(user.into());
        self.0.password = Some(Token::from(password.into()));
        self.0.basic = basic;
    }

    /// Signs in with a user's name and password before the first request, instead of a token.
    ///
    /// The session belongs to the client and its clones, and requests that come together sign in once.
    /// When the server has ended it, the client signs in again and sends the request once more.
    /// [`Client::sign_out`] ends it. A session may do what the user may.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// use influx_core::Client;
    ///
    /// let client = Client::builder(server.url())
    ///     .session(server.username(), server.password())
    ///     .org("my-org")
    ///     .build()?;
    /// client.write("my-bucket", "cpu temp=22.35").await?;
    /// client.sign_out().await?;
    /// # assert_eq!(server.lines("my-bucket").len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.set_user(user, password, false);
        self
    }

    /// Sends a user's name and password along with each request (`Authorization: Basic`), for an
    /// InfluxDB 1.8 behind a proxy that asks for them. InfluxDB 2 refuses that.
    pub fn basic_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.set_user(user, password, true);
        self
    }

    /// For InfluxDB 1.8: its user and password, and no organization, of which it knows none. Buckets are
    /// named `database/retention-policy`; writes, Flux (where the server has it enabled) and `ping` work.
    ///
    /// Short for `token("user:password")` and `org("-")`. Tested against the words of its
    /// documentation, not against a server.
    pub fn compat_v1(mut self, user: &str, password: &str) -> Self {
        self.set_token(TokenSource::Fixed(Token::from(format!("{user}:{password}"))));
        self.0.is_v1 = true;
        self
    }

    /// Asks for the token before the first request, and again when the server does not know it
    /// (401) or it is inactive (403): so a token that is rotated is taken up without a restart. A request that was refused is
    /// then sent once more. `read` is called between requests and should not take long. When it fails, or gives
    /// an empty token, the request is [`Unauthorized`](crate::ErrorKind::Unauthorized), and a
    /// [`writer`](Client::writer) keeps its lines and asks again.
    ///
    /// ```
    /// # let server = influx_testkit::Server::start();
    /// # let path = std::env::temp_dir().join(format!("token-{}", std::process::id()));
    /// # std::fs::write(&path, server.token()).unwrap();
    /// use influx_core::{Client, Token};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn run(server: influx_testkit::Server, path: std::path::PathBuf) -> influx_core::Result<()> {
    /// # let file = path.clone();
    /// let client = Client::builder(server.url())
    ///     .org("my-org")
    ///     .token_provider(move || Ok(Token::from(std::fs::read_to_string(&path)?.trim())))
    ///     .build()?;
    /// client.write("my-bucket", "cpu temp=22.35").await?;
    /// # std::fs::remove_file(file).unwrap();
    /// # Ok(())
    /// # }
    /// # run(server, path).unwrap();
    /// ```
    pub fn token_provider(
        mut self,
        read: impl Fn() -> Result<Token, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.set_token(TokenSource::provider(read));
        self
    }

    /// The organization, by name or ID, for calls that name none.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.0.org = Some(org.into());
        self
    }

    /// Whether writes of 1 KiB and more are compressed; off by default. Pays on links below some
    /// 200 MB/s. Needs the feature `gzip`, which also has replies compressed by the server.
    #[cfg(feature = "gzip")]
    pub const fn gzip(mut self, on: bool) -> Self {
        self.0.gzip = on;
        self
    }

    /// A tag for every record that is written and has none of this key, such as the name of the
    /// host. Lines of text stay as they are.
    pub fn default_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.default_tags.push((key.into(), value.into()));
        self
    }

    /// How long a write, or each request of an administrative call, may take in all; 10 s by default, `None` for no
    /// limit. Queries have [`read_timeout`](Self::read_timeout).
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.0.timeout = limit.into();
        self
    }

    /// How long a query may be silent, before its first byte and between two; 60 s by default,
    /// `None` for no limit. A reply that keeps coming is never cut.
    pub fn read_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.0.read_timeout = limit.into();
        self
    }

    /// How long connecting may take; 5 s by default, `None` for no limit.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.0.wire.connect_timeout = limit.into();
        self
    }

    /// How often a request that only reads is sent again after a failure that may pass; 0 by default.
    /// Writes have the [`writer`](Client::writer).
    ///
    /// These are queries, until their reply begins, and calls that read resources. A script
    /// with `to()` would write its points again. Waits 0.2 s, then twice as long each time, up to 5 s, or as
    /// long as the server asks for, up to 30 s; each time-out counts for one try.
    pub const fn retries(mut self, most: u32) -> Self {
        self.0.retries = most;
        self
    }

    /// How many redirects of a request are followed; 0 by default, so that one is an error.
    ///
    /// Only within the same scheme, host and port, since the token goes along, and never one that would
    /// make a `GET` of another request: those are errors always.
    pub const fn redirects(mut self, most: u32) -> Self {
        self.0.redirects = most;
        self
    }

    /// How many connections are kept while nothing is asked; no limit by default.
    pub const fn idle_connections(mut self, most: usize) -> Self {
        self.0.wire.idle_connections = most;
        self
    }

    /// How long such a connection is kept; 90 s by default, `None` for no limit. InfluxDB itself ends
    /// them after three minutes, and a request on one that is just being ended fails.
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.0.wire.idle_timeout = limit.into();
        self
    }

    /// A header for each request, such as `Zap-Trace-Span`; may be called again for another, and of one name
    /// the last counts. Those that the client sets itself, such as `Authorization`, are refused by
    /// [`build`](Self::build).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.wire.headers.push(Header::new(name, value));
        self
    }

    /// Sends everything through this HTTP proxy: what is meant for `https://` in a tunnel (`CONNECT`).
    /// Its user and password stand in the URL: `http://user:password@proxy:3128`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.0.wire.proxy = Proxy::At(url.into());
        self
    }

    /// A header for the [`proxy`](Self::proxy) alone; may be called again for another.
    pub fn proxy_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.wire.proxy_headers.push(Header::new(name, value));
        self
    }

    /// Takes the proxy from `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, save for the hosts in
    /// `NO_PROXY`. Not so by default: a variable of the environment should not decide where a token goes.
    pub fn proxy_from_env(mut self) -> Self {
        self.0.wire.proxy = Proxy::Environment;
        self
    }

    /// PEM certificates of an authority to trust beside those of the platform; may be called again
    /// for another.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.wire.tls.certificates.push(pem.into());
        self
    }

    /// The certificate of this client and its private key, as PEM texts, for a server that asks for one
    /// (mTLS). An encrypted key needs its password (`identity_password`, with the feature `encrypted-keys`).
    pub fn identity(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        let identity = self.0.wire.tls.identity.get_or_insert_default();
        (identity.certificate, identity.key) = (certificate.into(), key.into());
        self
    }

    /// The password of the key of [`identity`](Self::identity). Needs the feature `encrypted-keys`.
    #[cfg(feature = "encrypted-keys")]
    pub fn identity_password(mut self, password: impl Into<String>) -> Self {
        let password = Token::from(password.into());
        self.0.wire.tls.identity.get_or_insert_default().password = Some(password);
        self
    }

    /// **Dangerous**: takes any certificate for the server's, so that anyone on the way can read the
    /// token and all data. Off by default. For a test on one machine; [`ca_certificate`](Self::ca_certificate) is what
    /// a self-signed certificate needs.
    pub const fn danger_accept_invalid_certificates(mut self, on: bool) -> Self {
        self.0.wire.tls.accepts_invalid = on;
        self
    }

    /// Sends requests with a ready client of reqwest 0.13, for what cannot be set here.
    ///
    /// Its own are then: TLS and HTTP/2, proxies, redirects, the pool, its time-outs (which count beside the ones
    /// here) and headers. [`build`](Self::build) refuses settings of these made here. With the feature `gzip`
    /// it should accept gzip, and it should not follow redirects. Unless one of reqwest's own features brings
    /// TLS, its builder wants to be told of some (`tls_backend_preconfigured`) and panics without.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let url = "http://localhost:8086";
    /// let http = reqwest::Client::builder().tcp_keepalive(std::time::Duration::from_secs(30)).build()?;
    /// let client = influx_core::Client::builder(url).http_client(http).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "http-client")]
    pub fn http_client(mut self, client: impl Into<super::HttpClient>) -> Self {
        self.0.wire.client = Some(client.into());
        self
    }

    /// The product that the server's log shows; `influx-core/` and the version by default.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.0.wire.user_agent = Some(product.into());
        self
    }

    /// Checks the settings. Opens no connection.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a URL, token, header, proxy or certificate that
    /// cannot work.
    pub fn build(self) -> Result<Client> {
        Client::from_options(self.0)
    }
}
