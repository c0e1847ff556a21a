use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Bucket;
use super::new_bucket::check_name;
use super::retention::check_retention;
use super::users::check_password;
use crate::error::{Result, SettingCause};
use crate::http::{BoxFuture, Connection, Method, Request, Token};

/// The set-up of a new server, not sent yet; await it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = influx_testkit::Server::builder().not_set_up().start()?;
/// # let url = server.url();
/// use influx_core::Client;
///
/// let new = Client::builder(&url).build()?;
/// let setup = new.setup("admin", "my-org", "my-bucket").password("at-least-8").await?;
/// // Whoever keeps this token needs no other; `token` of the set-up says which one it is to be.
/// let client = Client::builder(&url).token(&setup.token).org(&setup.org_id).build()?;
/// client.write("my-bucket", "cpu temp=22.35").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) when the server is set up already;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput), before anything is sent, for a blank user name
/// or organization, a bucket's name that the server refuses, a password of fewer than 8 or more
/// than 72 bytes, and a retention below one hour.
///
/// # Cancel safety
/// Dropping the future may leave the server set up, and its token unknown.
#[must_use = "a set-up does nothing until it is awaited"]
#[derive(Clone)]
pub struct Setup {
    connection: Arc<Connection>,
    username: String,
    org: String,
    bucket: String,
    password: Option<String>,
    token: Option<Token>,
    retention: Option<Duration>,
}

/// What a set-up made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SetupResult {
    /// The operator token, which may do everything. The server shows it only this once.
    pub token: Token,
    /// The ID of the user.
    pub user_id: String,
    /// The ID of the organization.
    pub org_id: String,
    /// The bucket.
    pub bucket: Bucket,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    username: &'a str,
    org: &'a str,
    bucket: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_period_seconds: Option<u64>,
}

#[derive(Deserialize)]
struct Answer {
    user: Identified,
    org: Identified,
    bucket: Bucket,
    auth: Auth,
}

#[derive(Deserialize)]
struct Identified {
    id: String,
}

#[derive(Deserialize)]
struct Auth {
    token: String,
}

#[derive(Deserialize)]
struct Allowed {
    allowed: bool,
}

/// Whether the server still waits for its set-up.
pub(crate) async fn is_allowed(connection: &Connection) -> Result<bool> {
    let request = Request::new(Method::Get, "api/v2/setup");
    Ok(connection.call(request).await?.json::<Allowed>()?.allowed)
}

impl Setup {
    pub(crate) const fn new(
        connection: Arc<Connection>,
        username: String,
        org: String,
        bucket: String,
    ) -> Self {
        Self { connection, username, org, bucket, password: None, token: None, retention: None }
    }

    /// The user's password, 8 to 72 bytes. Without one the user cannot sign in.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// The operator token, instead of one that the server makes up.
    pub fn token(mut self, token: impl Into<Token>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// How long the bucket keeps its points, at least one hour; for ever without a call.
    pub const fn retention(mut self, retention: Duration) -> Self {
        self.retention = Some(retention);
        self
    }

    /// The server refuses most of this as well, but leaves user and organization behind, without a
    /// token, and cannot be set up again.
    fn check(&self) -> Result<()> {
        check_name(&self.bucket)?;
        let token = self.token.as_ref();
        // The server would make one up.
        let empty = token.filter(|token| token.expose().is_empty());
        let empty = empty.map(|_| "is empty; leave it out to have one made");
        if let Some(problem) = empty.or_else(|| token.and_then(Token::problem)) {
            return Err(SettingCause::Invalid { what: "token", problem }.into());
        }
        let blank = |text: &str| text.trim().is_empty();
        let what = if blank(&self.username) {
            "user name"
        } else if blank(&self.org) {
            "organization's name"
        } else {
            return self.password.as_deref().map_or(Ok(()), check_password);
        };
        Err(SettingCause::Invalid { what, problem: "is blank; give it a name" }.into())
    }

    async fn send(self) -> Result<SetupResult> {
        self.check()?;
        let retention_period_seconds = self.retention.map(check_retention).transpose()?;
        let body = Body {
            username: &self.username,
            org: &self.org,
            bucket: &self.bucket,
            password: self.password.as_deref(),
            token: self.token.as_ref().map(Token::expose),
            retention_period_seconds,
        };
        let request = Request::new(Method::Post, "api/v2/setup").json(&body)?;
        let Answer { user, org, bucket, auth } = self.connection.call(request).await?.json()?;
        Ok(SetupResult { token: auth.token.into(), user_id: user.id, org_id: org.id, bucket })
    }
}

impl IntoFuture for Setup {
    type Output = Result<SetupResult>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Shows neither password nor token.
impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("username", &self.username)
            .field("org", &self.org)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
