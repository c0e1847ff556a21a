//! Whom a client trusts over `https://`, and as whom it presents itself. The only file that names
//! rustls.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use url::Url;

use super::wire::Tls;
use super::{Identity, Proxy, Wire};
use crate::error::{BoxError, Distrust, Error, Result, SettingCause};

pub(super) fn configuration(base: &Url, wire: &Wire) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed("TLS could not be set up", error))?;
    let trusting =
        versions.dangerous().with_custom_certificate_verifier(verifier(base, wire, provider)?);
    let mut config = match &wire.tls.identity {
        None => trusting.with_no_client_auth(),
        Some(identity) => {
            let (chain, key) = parse(identity)?;
            trusting.with_client_auth_cert(chain, key).map_err(|error| {
                failed("the certificate and the key of `identity` do not belong together", error)
            })?
        }
    };
    if cfg!(feature = "http2") {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    Ok(config)
}

fn verifier(
    base: &Url,
    wire: &Wire,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let Tls { certificates, accepts_invalid, .. } = &wire.tls;
    let certificates = authorities(certificates)?;
    if *accepts_invalid {
        return Ok(Arc::new(Always { accepts: true, provider }));
    }
    let through_tls = match &wire.proxy {
        Proxy::At(url) => super::wire::scheme(url) == "https",
        Proxy::None | Proxy::Environment => false,
    };
    if base.scheme() == "https" || through_tls {
        return platform(certificates, provider).map(|verifier| Arc::new(verifier) as _);
    }
    // Never used, unless the environment names a proxy that speaks TLS; loading no certificates
    // starts faster.
    if matches!(wire.proxy, Proxy::Environment)
        && let Ok(verifier) = platform(certificates, Arc::clone(&provider))
    {
        return Ok(Arc::new(verifier));
    }
    Ok(Arc::new(Always { accepts: false, provider }))
}

fn platform(
    certificates: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier> {
    let has_own = !certificates.is_empty();
    Verifier::new_with_extra_roots(certificates, provider).map_err(|error| match has_own {
        true => failed("`ca_certificate` holds what is no certificate", error),
        false => failed(
            "this machine has no trusted certificates for https; name an authority with \
             `ca_certificate` on the client's builder",
            error,
        ),
    })
}

fn authorities(certificates: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>> {
    let mut all = Vec::new();
    for pem in certificates {
        let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let parsed = parsed.map_err(|error| failed("`ca_certificate` is not valid PEM", error))?;
        if parsed.is_empty() {
            return Err(wrong("`ca_certificate` holds no certificate; it takes PEM text"));
        }
        all.extend(parsed);
    }
    Ok(all)
}

type Parsed = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn parse(identity: &Identity) -> Result<Parsed> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&identity.certificate).collect();
    let chain =
        chain.map_err(|error| failed("the certificate of `identity` is not valid PEM", error))?;
    if chain.is_empty() {
        return Err(wrong("`identity` holds no certificate; it takes PEM text"));
    }
    Ok((chain, key(identity)?))
}

fn key(identity: &Identity) -> Result<PrivateKeyDer<'static>> {
    let pem = if identity.key.is_empty() { &identity.certificate } else { &identity.key };
    if let Some(block) = block_of_key(pem)
        && find(block, b"ENCRYPTED").is_some()
    {
        return decrypted(identity, block);
    }
    // Without its source, which may quote what it could not read.
    PrivateKeyDer::from_pem_slice(pem)
        .map_err(|_| wrong("`identity` holds no private key; it takes PEM text"))
}

#[cfg(feature = "encrypted-keys")]
fn decrypted(identity: &Identity, pem: &[u8]) -> Result<PrivateKeyDer<'static>> {
    use rustls::pki_types::PrivatePkcs8KeyDer;

    let Some(password) = &identity.password else {
        return Err(wrong("the key of `identity` is encrypted; give its password as well"));
    };
    let old = "the key of `identity` is encrypted in a way that is not supported; \
               `openssl pkcs8 -topk8 -in key.pem -out new.pem` writes it in the usual one";
    let pem = std::str::from_utf8(pem).map_err(|_| wrong(old))?;
    let (label, document) = pkcs8::SecretDocument::from_pem(pem).map_err(|_| wrong(old))?;
    if label != "ENCRYPTED PRIVATE KEY" {
        return Err(wrong(old));
    }
    let encrypted = pkcs8::EncryptedPrivateKeyInfoRef::try_from(document.as_bytes());
    let key = encrypted
        .map_err(|_| wrong(old))?
        .decrypt(password.expose())
        .map_err(|_| wrong("the key of `identity` cannot be decrypted; is its password right?"))?;
    Ok(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into())
}

#[cfg(not(feature = "encrypted-keys"))]
fn decrypted(_: &Identity, _: &[u8]) -> Result<PrivateKeyDer<'static>> {
    Err(wrong(
        "the key of `identity` is encrypted, which needs the feature `encrypted-keys` of \
         influx-core; `openssl pkey -in key.pem -out plain.pem` decrypts it",
    ))
}

/// The first private key of a PEM text, which may hold certificates and comments too: from its first
/// line to its last.
fn block_of_key(pem: &[u8]) -> Option<&[u8]> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const DASHES: &[u8] = b"-----";
    let mut rest = pem;
    loop {
        rest = &rest[find(rest, BEGIN)?..];
        let label = &rest[BEGIN.len()..];
        let label = &label[..find(label, DASHES)?];
        let last = [b"-----END ", label, DASHES].concat();
        let end = find(rest, &last)? + last.len();
        if label.ends_with(b"PRIVATE KEY") {
            return Some(&rest[..end]);
        }
        rest = &rest[end..];
    }
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

/// Why TLS ended, where no further try will change that.
pub(super) fn distrust(error: &(dyn StdError + 'static)) -> Option<Distrust> {
    let mut next = Some(error);
    while let Some(error) = next {
        match error.downcast_ref() {
            Some(rustls::Error::InvalidCertificate(why)) => return Some(of_certificate(why)),
            Some(rustls::Error::AlertReceived(alert)) => return of_alert(*alert),
            _ => {}
        }
        // An I/O error that wraps another has that one's source for its own.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

fn of_certificate(why: &CertificateError) -> Distrust {
    match why {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Distrust::Name
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Distrust::Time,
        // Another authority of the same name has another key. What a platform says of one that it does
        // not know differs.
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::Other(_) => Distrust::Authority,
        _ => Distrust::Certificate,
    }
}

const fn of_alert(alert: AlertDescription) -> Option<Distrust> {
    match alert {
        AlertDescription::CertificateRequired => Some(Distrust::NoIdentity),
        AlertDescription::AccessDenied
        | AlertDescription::BadCertificate
        | AlertDescription::DecryptError
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA => Some(Distrust::Identity),
        _ => None,
    }
}

/// Says the same of every certificate. That the server holds its key is checked all the same.
#[derive(Debug)]
struct Always {
    accepts: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Always {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self.accepts {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn wrong(problem: &'static str) -> Error {
    SettingCause::Tls { problem }.into()
}

fn failed(problem: &'static str, source: impl Into<BoxError>) -> Error {
    Error::setting(SettingCause::Tls { problem }, source)
}
