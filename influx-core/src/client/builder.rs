use std::time::Duration;

use super::Client;
use crate::config::Options;
use crate::error::Result;
use crate::http::{Token, TokenSource};

/// The settings of a [`Client`].
///
/// A client follows no redirects and takes no proxy from the environment: neither may carry a token
/// somewhere on its own.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder(Options);

impl ClientBuilder {
    pub(super) const fn new(options: Options) -> Self {
        Self(options)
    }

    /// The API token. For InfluxDB 1.8, `user:password`, with the organization `-`.
    pub fn token(mut self, token: impl Into<Token>) -> Self {
        self.0.token = TokenSource::Fixed(token.into());
        self
    }

    /// Asks for the token before the first request, and again when the server does not know it
    /// (401): so a token that is rotated is taken up without a restart. A request that was refused is
    /// then sent once more. `read` is called between requests and should not take long.
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
        self.0.token = TokenSource::provider(read);
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
        self.0.connect_timeout = limit.into();
        self
    }

    /// PEM certificates of an authority to trust beside those of the platform; may be called again
    /// for another.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.certificates.push(pem.into());
        self
    }

    /// The product that the server's log shows; `influx-core/` and the version by default.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.0.user_agent = product.into();
        self
    }

    /// Checks the settings. Opens no connection.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a URL, token or certificate that cannot
    /// work.
    pub fn build(self) -> Result<Client> {
        Client::from_options(self.0)
    }
}
