use std::io::{self, Read as _};

use bytes::Bytes;
use hyper::{HeaderMap, Method};

use crate::catalog::{Bucket, Catalog};
use crate::point::Quoted;
use crate::refusal::Refusal;

/// The most bytes that a compressed body may have when it is inflated.
const MAX_INFLATED: u64 = 256 << 20;

/// A request that has arrived as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Undecoded; without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first parameter of this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A parameter that says something.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        self.parameter(name).filter(|value| !value.is_empty())
    }

    /// Whether the body is declared to be compressed; other encodings are read as they are.
    pub(crate) fn is_gzipped(&self) -> bool {
        matches!(self.header("content-encoding"), Some("gzip" | "x-gzip"))
    }

    /// The body, inflated where it is declared to be compressed.
    ///
    /// # Errors
    /// When it is not whole, or grows beyond a size that no test needs.
    pub(crate) fn inflated(&self) -> io::Result<Bytes> {
        if !self.is_gzipped() {
            return Ok(self.body.clone());
        }
        let mut inflated = Vec::new();
        let decoder = flate2::read::MultiGzDecoder::new(&self.body[..]);
        decoder.take(MAX_INFLATED + 1).read_to_end(&mut inflated)?;
        if inflated.len() as u64 > MAX_INFLATED {
            return Err(io::Error::other("more than 256 MiB"));
        }
        Ok(inflated.into())
    }

    /// Checks the parameters `org` and `orgID`; there is one organization.
    pub(crate) fn organization(&self, catalog: &Catalog) -> Result<(), Refusal> {
        let found =
            |it: bool| it.then_some(()).ok_or_else(|| Refusal::not_found("organization not found"));
        let known = |id: &str| catalog.organization.as_ref().is_some_and(|org| org.id == id);
        if let Some(id) = self.given("orgID") {
            check_id(&id)?;
            return found(known(&id));
        }
        match self.given("org") {
            None => Err(Refusal::invalid("Please provide either orgID or org")),
            // What looks like an ID is one, even if a name looks like it.
            Some(id) if is_id(&id) => found(known(&id)),
            Some(name) if catalog.organization.as_ref().is_some_and(|org| org.name == name) => {
                Ok(())
            }
            Some(name) => {
                Err(Refusal::not_found(format!("organization name \"{name}\" not found")))
            }
        }
    }
}

/// The bucket that a parameter names, by its ID or its name.
pub(crate) fn bucket<'a>(catalog: &'a Catalog, bucket: &str) -> Result<&'a Bucket, Refusal> {
    catalog
        .bucket_by_id(bucket)
        .or_else(|| catalog.bucket_by_name(bucket))
        .ok_or_else(|| no_bucket(bucket))
}

/// Why there is no bucket of this name.
pub(crate) fn no_bucket(name: &str) -> Refusal {
    let message = format!("bucket {} not found", Quoted(name.as_bytes()));
    Refusal::not_found(message)
}

/// Whether a text has the form of an ID.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// # Errors
/// The server's words for a text that is no ID.
pub(crate) fn check_id(text: &str) -> Result<(), Refusal> {
    match text {
        text if text.len() != 16 => Err(Refusal::invalid("id must have a length of 16 bytes")),
        text if !is_id(text) => Err(Refusal::invalid("invalid ID")),
        _ => Ok(()),
    }
}
