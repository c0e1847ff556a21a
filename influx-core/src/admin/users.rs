use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::api::{Api, awaited};
use super::extra::Extra;
use super::list::{List, Paging, sealed};
use super::references::UserRef;
use super::words::Status;
use crate::error::{Result, SettingCause};
use crate::http::{Connection, Method};

/// Users and their passwords; from [`Client::users`](crate::Client::users). Most of it needs the
/// operator's token.
///
/// ```no_run
/// # async fn example(client: influx_core::Client) -> influx_core::Result<()> {
/// let user = client.users().create("ada").await?;
/// client.users().set_password(&user, "8 bytes or more").await?;
/// assert_eq!(client.users().find("ada").await?, Some(user));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Users {
    api: Api,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether the user may do anything.
    #[serde(default)]
    pub status: Option<Status>,
    /// What else the server says.
    #[serde(flatten)]
    pub extra: Extra,
}

impl sealed::Item for User {
    const KEY: &'static str = "users";
    const PAGING: Paging = Paging::Offset(100);
    const OF_ORG: bool = false;

    fn key(&self) -> &str {
        &self.id
    }
}

/// Of 8 to 72 bytes.
pub(super) fn check_password(password: &str) -> Result<()> {
    if matches!(password.len(), 8..=72) {
        return Ok(());
    }
    let problem = "has fewer than 8 or more than 72 bytes";
    Err(SettingCause::Invalid { what: "password", problem }.into())
}

impl Users {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Creates a user, who has no password yet and belongs to no organization.
    pub fn create(&self, name: impl Into<String>) -> CreateUser {
        let change = Change { name: Some(name.into()), status: None };
        CreateUser { api: self.api.clone(), change }
    }

    /// The user, if there is one that the token may see.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an empty name,
    /// [`Forbidden`](crate::ErrorKind::Forbidden), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, user: impl Into<UserRef>) -> Result<Option<User>> {
        user.into().find(&self.api).await
    }

    /// All users that the token may see.
    pub fn list(&self) -> List<User> {
        List::new(self.api.clone(), "users")
    }

    /// The user whose token this is.
    ///
    /// # Errors
    /// [`Forbidden`](crate::ErrorKind::Forbidden) for a token that may not read its own user, such as
    /// one for a bucket; [`Unauthorized`](crate::ErrorKind::Unauthorized).
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn me(&self) -> Result<User> {
        self.api.get("me".into()).await
    }

    /// Changes a user.
    pub fn update(&self, user: impl Into<UserRef>) -> UpdateUser {
        UpdateUser { api: self.api.clone(), user: user.into(), change: Change::default() }
    }

    /// Deletes a user. The user's tokens are refused from then on.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none,
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Dropping the future may leave the user there or deleted.
    pub async fn delete(&self, user: impl Into<UserRef>) -> Result<()> {
        let id = user.into().resolve(&self.api).await?;
        self.api.delete(format!("users/{id}")).await
    }

    /// Gives a user a password, 8 to 72 bytes.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), before anything is sent, for another length;
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such user,
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Dropping the future may leave the old password or the new one.
    pub async fn set_password(
        &self,
        user: impl Into<UserRef>,
        password: impl Into<String>,
    ) -> Result<()> {
        let body = Password { password: password.into() };
        check_password(&body.password)?;
        let user = user.into();
        // For an ID that there is not the server says that it is forbidden.
        let User { id, .. } = user.required(user.find(&self.api).await?)?;
        self.api.put(Method::Post, format!("users/{id}/password"), &body).await
    }

    /// Gives the user who signs in with this client (its [`session`](crate::client::ClientBuilder::session))
    /// another password, 8 to 72 bytes. This client and its clones sign in with it from then on; others have
    /// to be told.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let (url, old) = (server.url(), server.password());
    /// use influx_core::Client;
    ///
    /// let client = Client::builder(url).session("admin", old).org("my-org").build()?;
    /// client.users().change_password("8 bytes or more").await?;
    /// client.sign_out().await?;
    /// client.write("my-bucket", "cpu temp=22.35").await?; // signed in anew
    /// # assert_eq!(server.lines("my-bucket").len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), before anything is sent, for another length and for
    /// a client without a session; [`Unauthorized`](crate::ErrorKind::Unauthorized) when the old password is
    /// no longer the user's.
    ///
    /// # Cancel safety
    /// Dropping the future may leave the old password or the new one, and the client with the old one.
    pub async fn change_password(&self, new: impl Into<String>) -> Result<()> {
        let new = new.into();
        check_password(&new)?;
        self.api.connection().change_password(&new).await
    }
}

impl List<User> {
    /// Only the user of this name.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.filter("name", name)
    }
}

#[derive(Serialize)]
struct Password {
    password: String,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

impl Change {
    /// The server takes an empty name.
    fn check(&self) -> Result<()> {
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            let problem = "is blank; give it a name";
            return Err(SettingCause::Invalid { what: "user's name", problem }.into());
        }
        Ok(())
    }
}

/// A user to create, not sent yet; await it.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) when the name is taken;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a blank one;
/// [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave the user created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateUser {
    api: Api,
    change: Change,
}

impl CreateUser {
    /// Whether the user may do anything; a new one may.
    pub fn status(mut self, status: Status) -> Self {
        self.change.status = Some(status);
        self
    }

    async fn send(self) -> Result<User> {
        self.change.check()?;
        self.api.send(Method::Post, "users".into(), &self.change).await
    }
}

/// A change of a user, not sent yet; await it.
///
/// # Errors
/// Those of [`CreateUser`], and [`NotFound`](crate::ErrorKind::NotFound).
///
/// # Cancel safety
/// Dropping the future may leave the user changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateUser {
    api: Api,
    user: UserRef,
    change: Change,
}

impl UpdateUser {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.change.name = Some(name.into());
        self
    }

    /// Whether the user may do anything. All requests with a token of one who may not are
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    pub fn status(mut self, status: Status) -> Self {
        self.change.status = Some(status);
        self
    }

    async fn send(self) -> Result<User> {
        self.change.check()?;
        let id = self.user.resolve(&self.api).await?;
        self.api.send(Method::Patch, format!("users/{id}"), &self.change).await
    }
}

awaited!(CreateUser => User, UpdateUser => User);
