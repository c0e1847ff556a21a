//! The only file that names reqwest.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;

use super::Method;
use crate::error::{Endpoint, Error, Result, SettingCause, TransportCause};

/// A pool of connections. Follows no redirect, uses no proxy.
#[derive(Debug)]
pub(crate) struct Transport(reqwest::Client);

/// An answer whose body has not been read.
#[derive(Debug)]
pub(super) struct Response(reqwest::Response);

/// The chunks of a body.
pub(super) struct Chunks {
    stream: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    endpoint: Endpoint,
}

impl Transport {
    /// `certificates`: PEM texts of authorities to trust beside those of the platform.
    pub(crate) fn new(
        base: &Url,
        certificates: &[Vec<u8>],
        connect_timeout: Option<Duration>,
        user_agent: &str,
    ) -> Result<Self> {
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(user_agent)
            .tcp_nodelay(true);
        if let Some(limit) = connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        let builder = tls::configure(builder, base, certificates)?;
        builder.build().map(Self).map_err(|error| {
            let problem = "the HTTP client could not be set up";
            Error::setting(SettingCause::Tls { problem }, error)
        })
    }

    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        headers: impl Iterator<Item = (&'static str, &'static str)>,
        authorization: Option<String>,
        body: Bytes,
        endpoint: Endpoint,
    ) -> Result<Response> {
        let server = url.origin().ascii_serialization();
        let method = match method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = self.0.request(method, url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(value) = authorization {
            let mut value = HeaderValue::try_from(value).map_err(|error| {
                let problem = "holds a character that no HTTP header can carry";
                Error::setting(SettingCause::Invalid { what: "token", problem }, error)
            })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if !body.is_empty() {
            request = request.body(body);
        }
        let response = request.send().await.map_err(reqwest::Error::without_url);
        response.map(Response).map_err(|error| {
            let cause = if tls::is_untrusted(&error) {
                TransportCause::Untrusted { server }
            } else if error.is_connect() {
                TransportCause::Connect { server, timed_out: error.is_timeout() }
            } else {
                TransportCause::Interrupted { doing: endpoint }
            };
            Error::transport(cause, error)
        })
    }
}

impl Response {
    pub(super) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// A header, if it is there and is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body has an end of its own; else the end of the connection is taken for it.
    pub(super) fn says_its_end(&self) -> bool {
        self.0.version() > reqwest::Version::HTTP_11
            || self.header("content-length").is_some()
            || self.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked"))
    }

    /// Appends the body to `body`, up to `limit` bytes in all; whether that is all of it.
    ///
    /// What has come is there also when this fails or is given up.
    pub(super) async fn read_into(
        &mut self,
        body: &mut BytesMut,
        limit: usize,
        endpoint: Endpoint,
    ) -> Result<bool> {
        while let Some(chunk) =
            self.0.chunk().await.map_err(|error| interrupted(error, endpoint))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                body.truncate(limit);
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn into_chunks(self, endpoint: Endpoint) -> Chunks {
        Chunks { stream: Box::pin(self.0.bytes_stream()), endpoint }
    }
}

impl Chunks {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let endpoint = self.endpoint;
        self.stream
            .as_mut()
            .poll_next(cx)
            .map(|chunk| chunk.transpose().map_err(|error| interrupted(error, endpoint)))
    }
}

fn interrupted(error: reqwest::Error, doing: Endpoint) -> Error {
    Error::transport(TransportCause::Interrupted { doing }, error.without_url())
}

#[cfg(feature = "rustls")]
mod tls {
    use std::sync::Arc;

    use reqwest::ClientBuilder;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::Verifier;
    use url::Url;

    use crate::error::{Error, Result, SettingCause};

    /// Hands reqwest a finished configuration: left to itself it would look for a crypto provider
    /// of the process, and panic where there is none.
    pub(super) fn configure(
        builder: ClientBuilder,
        base: &Url,
        certificates: &[Vec<u8>],
    ) -> Result<ClientBuilder> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| tls_error("TLS could not be set up", error))?;
        let certificates = parse(certificates)?;
        let has_own = !certificates.is_empty();
        let config = if base.scheme() == "https" {
            let verifier = Verifier::new_with_extra_roots(certificates, provider);
            let verifier = verifier.map_err(|error| match has_own {
                true => tls_error("`ca_certificate` holds what is no certificate", error),
                false => tls_error(
                    "this machine has no trusted certificates for https; name an authority with \
                     `ca_certificate` on the client's builder",
                    error,
                ),
            })?;
            versions
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth()
        } else {
            // Never used, as redirects are not followed; loading no certificates starts faster.
            versions.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        };
        Ok(builder.tls_backend_preconfigured(config))
    }

    fn parse(certificates: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>> {
        let mut parsed = Vec::new();
        for pem in certificates {
            let before = parsed.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                parsed.push(
                    certificate
                        .map_err(|error| tls_error("`ca_certificate` is not valid PEM", error))?,
                );
            }
            if parsed.len() == before {
                let problem = "`ca_certificate` holds no certificate; it takes PEM text";
                return Err(SettingCause::Tls { problem }.into());
            }
        }
        Ok(parsed)
    }

    /// Whether the server's certificate was refused, which no further try will change.
    pub(super) fn is_untrusted(error: &(dyn std::error::Error + 'static)) -> bool {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
                return true;
            }
            // An I/O error that wraps another has that one's source for its own.
            next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
                Some(wrapped) => Some(wrapped),
                None => error.source(),
            };
        }
        false
    }

    fn tls_error(
        problem: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Error {
        Error::setting(SettingCause::Tls { problem }, source)
    }
}

#[cfg(not(feature = "rustls"))]
mod tls {
    use reqwest::ClientBuilder;
    use url::Url;

    use crate::error::{Result, SettingCause};

    pub(super) fn is_untrusted(_: &(dyn std::error::Error + 'static)) -> bool {
        false
    }

    pub(super) fn configure(
        builder: ClientBuilder,
        base: &Url,
        certificates: &[Vec<u8>],
    ) -> Result<ClientBuilder> {
        if base.scheme() == "https" || !certificates.is_empty() {
            let problem = "https needs the feature `rustls` of influx-core";
            return Err(SettingCause::Tls { problem }.into());
        }
        Ok(builder)
    }
}
