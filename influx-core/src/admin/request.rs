//! Any endpoint, with any types.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Result, SettingCause};
use crate::http::{BoxFuture, Connection, Method, Request};

/// A request to any endpoint, not sent yet; from [`Client::request`](crate::Client::request).
///
/// Token, time-out and errors are those of all other calls.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// use influx_core::client::Method;
///
/// #[derive(serde::Deserialize)]
/// struct Orgs {
///     orgs: Vec<influx_core::admin::Organization>,
/// }
///
/// let request = client.request(Method::Get, "api/v2/orgs").query("org", "my-org");
/// assert_eq!(request.send::<Orgs>().await?.orgs[0].name, "my-org");
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct ApiRequest {
    connection: Arc<Connection>,
    method: Method,
    /// Encoded.
    path: Result<String>,
    parameters: Vec<(String, String)>,
    body: Option<Bytes>,
}

impl ApiRequest {
    pub(crate) fn new(connection: Arc<Connection>, method: Method, path: &str) -> Self {
        Self { connection, method, path: encode_path(path), parameters: Vec::new(), body: None }
    }

    /// Appends one more part to the path, whatever characters it has: `/`, `?` and `#` too.
    pub fn segment(mut self, segment: impl AsRef<str>) -> Self {
        self.path = self.path.and_then(|mut path| {
            path.push('/');
            encode_segment(segment.as_ref(), &mut path)?;
            Ok(path)
        });
        self
    }

    /// Adds a parameter to the URL, whatever characters it has.
    pub fn query(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((key.into(), value.into()));
        self
    }

    /// The body, as JSON.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what cannot be JSON, such as a map whose keys
    /// are no texts.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self> {
        self.body = Some(Request::json_bytes(body)?);
        Ok(self)
    }

    /// Sends it, and reads the JSON of the answer.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a path that leaves the server's base URL or has
    /// parameters in it; [`Decode`](crate::ErrorKind::Decode) when the answer is something else than `T`;
    /// what the server says.
    ///
    /// # Cancel safety
    /// Dropping the future may leave done or not what was asked for.
    #[must_use = "nothing is sent until it is awaited"]
    pub fn send<T: DeserializeOwned + Send + 'static>(self) -> BoxFuture<Result<T>> {
        Box::pin(async move {
            let (connection, request) = self.request()?;
            connection.call(request).await?.json()
        })
    }

    /// Sends it, and gives the answer as it is: of many a deletion nothing.
    ///
    /// # Errors
    /// As [`send`](Self::send), save for what concerns `T`.
    ///
    /// # Cancel safety
    /// As [`send`](Self::send).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn bytes(self) -> BoxFuture<Result<Bytes>> {
        Box::pin(async move {
            let (connection, request) = self.request()?;
            Ok(connection.call(request).await?.body)
        })
    }

    fn request(self) -> Result<(Arc<Connection>, Request)> {
        let mut request = Request::new(self.method, self.path?);
        for (key, value) in self.parameters {
            request = request.parameter(key, value);
        }
        if let Some(body) = self.body {
            request = request.json_body(body);
        }
        Ok((self.connection, request))
    }
}

/// A path below the base URL, every part of it as literal text.
fn encode_path(path: &str) -> Result<String> {
    if path.contains(['?', '#']) {
        let problem = "holds a `?` or a `#`; give parameters with `query`, and such a part of the path with `segment`";
        return Err(SettingCause::Invalid { what: "path", problem }.into());
    }
    let mut encoded = String::new();
    for (at, segment) in path.strip_prefix('/').unwrap_or(path).split('/').enumerate() {
        encoded.push_str(if at > 0 { "/" } else { "" });
        encode_segment(segment, &mut encoded)?;
    }
    Ok(encoded)
}

/// All but what a path may hold anywhere is written as `%HH`.
fn encode_segment(segment: &str, out: &mut String) -> Result<()> {
    use std::fmt::Write as _;

    let problem = match segment {
        "" => "has an empty part",
        // A URL knows no way to write these as text.
        "." | ".." => "has a `.` or `..`, which would leave its place",
        _ => {
            for byte in segment.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    out.push(byte.into());
                } else {
                    // Writing into a String cannot fail.
                    let _ = write!(out, "%{byte:02X}");
                }
            }
            return Ok(());
        }
    };
    Err(SettingCause::Invalid { what: "path", problem }.into())
}

/// Without the body, which may hold a secret.
impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{encode_path, encode_segment};

    #[test]
    fn a_path_stays_below_the_base() {
        for (path, encoded) in [
            ("api/v2/buckets", "api/v2/buckets"),
            ("/api/v2/buckets", "api/v2/buckets"),
            ("http:x/y", "http%3Ax/y"),
            ("a b/ü%2F\\..", "a%20b/%C3%BC%252F%5C.."),
            ("...", "..."),
        ] {
            assert_eq!(encode_path(path).unwrap(), encoded);
        }
        for path in ["", "/", "//evil", "a//b", "a/../b", "..", "a/.", "a?b", "a#b", "a/"] {
            encode_path(path).unwrap_err();
        }
        let mut segment = String::new();
        encode_segment("a/b?#:@", &mut segment).unwrap();
        assert_eq!(segment, "a%2Fb%3F%23%3A%40");
    }
}
