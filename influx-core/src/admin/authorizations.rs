use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::api::{Api, awaited};
use super::extra::{Extra, list, text, time};
use super::list::{List, Paging, sealed};
use super::permission::Permission;
use super::references::{OrgRef, UserRef, check_id};
use super::words::Status;
use crate::error::{Result, SettingCause};
use crate::http::{Connection, Method, Token};
use crate::time::Timestamp;

/// Authorizations, which are tokens and what they may do; from
/// [`Client::authorizations`](crate::Client::authorizations).
///
/// ```no_run
/// # async fn example(client: influx_core::Client) -> influx_core::Result<()> {
/// use influx_core::admin::{Permission, Status};
///
/// let bucket = client.buckets().ensure("my-bucket").await?;
/// let made = client.authorizations().create([Permission::write_bucket(&bucket.id)]).await?;
/// let token = made.token.expect("the answer to its creation has it");
///
/// let found = client.authorizations().find(&made.id).await?.expect("it is there");
/// assert_eq!(found.token, None);
/// client.authorizations().update(&made.id).status(Status::Inactive).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Authorizations {
    api: Api,
}

/// A token, or what is known of it, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Authorization {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The token itself, **in the answer to its creation only**: the server keeps a hash of it.
    #[serde(default, deserialize_with = "token")]
    pub token: Option<Token>,
    /// Whether it may be used.
    pub status: Status,
    /// What it is for.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// The ID of its organization.
    #[serde(rename = "orgID")]
    pub org_id: String,
    /// The name of its organization.
    #[serde(default, deserialize_with = "text")]
    pub org: Option<String>,
    /// The ID of its user.
    #[serde(rename = "userID", default, deserialize_with = "text")]
    pub user_id: Option<String>,
    /// The name of its user.
    #[serde(default, deserialize_with = "text")]
    pub user: Option<String>,
    /// What it may do.
    #[serde(default, deserialize_with = "list")]
    pub permissions: Vec<Permission>,
    /// Since when there is it.
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    #[serde(default, deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// What else the server says.
    #[serde(flatten)]
    pub extra: Extra,
}

fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Token>, D::Error> {
    text(deserializer).map(|token| token.map(Token::from))
}

impl sealed::Item for Authorization {
    const KEY: &'static str = "authorizations";
    const PAGING: Paging = Paging::None;
    const OF_ORG: bool = true;

    fn key(&self) -> &str {
        &self.id
    }
}

fn path(id: &str) -> Result<String> {
    check_id("authorization's ID", id)?;
    Ok(format!("authorizations/{id}"))
}

impl Authorizations {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Creates a token that may do this, in the client's organization, for the user whose token the
    /// client has. No token makes one that may do more than itself.
    pub fn create(&self, permissions: impl IntoIterator<Item = Permission>) -> CreateAuthorization {
        CreateAuthorization {
            api: self.api.clone(),
            org: None,
            user: None,
            body: Body { permissions: permissions.into_iter().collect(), ..Body::default() },
        }
    }

    /// The authorization of this ID, if there is one that the token may see.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is no ID,
    /// [`Forbidden`](crate::ErrorKind::Forbidden), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, id: &str) -> Result<Option<Authorization>> {
        self.api.find(path(id)?, &["authorization not found"]).await
    }

    /// The authorizations of the client's organization, or of [another](List::org).
    pub fn list(&self) -> List<Authorization> {
        List::new(self.api.clone(), "authorizations")
    }

    /// Changes the authorization of this ID. What it may do cannot be changed.
    pub fn update(&self, id: impl Into<String>) -> UpdateAuthorization {
        UpdateAuthorization { api: self.api.clone(), id: id.into(), change: Change::default() }
    }

    /// Makes another token that may do the same, with the same description, for the same user.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such authorization, and those of
    /// [`CreateAuthorization`].
    ///
    /// # Cancel safety
    /// Dropping the future may leave a token that nobody knows.
    pub async fn duplicate(&self, id: &str) -> Result<Authorization> {
        let missing = SettingCause::NoSuch { what: "authorization", name: id.to_owned() };
        let known = self.find(id).await?.ok_or(missing)?;
        let mut create = self.create(known.permissions);
        create.org = Some(OrgRef::Id(known.org_id));
        create.user = known.user_id.map(UserRef::Id);
        create.body.description = known.description;
        create.body.status = Some(known.status);
        create.await
    }

    /// Deletes the authorization of this ID; its token is refused from then on.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none,
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Dropping the future may leave it there or deleted.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.api.delete(path(id)?).await
    }
}

impl List<Authorization> {
    /// Those of this organization instead of the client's.
    pub fn org(self, org: impl Into<OrgRef>) -> Self {
        self.of_org(org.into())
    }

    /// Those of all organizations.
    pub fn all_orgs(self) -> Self {
        self.of_all()
    }

    /// Only those of this user.
    pub fn user(self, user: impl Into<UserRef>) -> Self {
        match user.into() {
            UserRef::Id(id) => self.filter("userID", id),
            UserRef::Name(name) => self.filter("user", name),
        }
    }
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(rename = "orgID")]
    org_id: String,
    #[serde(rename = "userID", skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    permissions: Vec<Permission>,
}

/// An authorization to create, not sent yet; await it. The answer is the only one with the token.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when nothing is permitted, or an action or a kind
/// of resource that the server does not know; [`NotFound`](crate::ErrorKind::NotFound) for the
/// organization or user; [`Forbidden`](crate::ErrorKind::Forbidden) when the client's own token may not
/// do it.
///
/// # Cancel safety
/// Dropping the future may leave a token that nobody knows.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateAuthorization {
    api: Api,
    org: Option<OrgRef>,
    user: Option<UserRef>,
    body: Body,
}

impl CreateAuthorization {
    /// The organization, instead of the client's.
    pub fn org(mut self, org: impl Into<OrgRef>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// The user whose token it is.
    pub fn user(mut self, user: impl Into<UserRef>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// What it is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.body.description = Some(description.into());
        self
    }

    /// Whether it may be used; a new one may.
    pub fn status(mut self, status: Status) -> Self {
        self.body.status = Some(status);
        self
    }

    async fn send(mut self) -> Result<Authorization> {
        if self.body.permissions.is_empty() {
            let remedy = "give it at least one";
            return Err(SettingCause::Missing { what: "permission", remedy }.into());
        }
        self.body.org_id = self.api.org_id(self.org.as_ref()).await?;
        if let Some(user) = &self.user {
            self.body.user_id = Some(user.resolve(&self.api).await?);
        }
        self.api.send(Method::Post, "authorizations".into(), &self.body).await
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// A change of an authorization, not sent yet; await it.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) when there is none,
/// [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave it changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateAuthorization {
    api: Api,
    id: String,
    change: Change,
}

impl UpdateAuthorization {
    /// Whether the token may be used.
    pub fn status(mut self, status: Status) -> Self {
        self.change.status = Some(status);
        self
    }

    /// What it is for; nothing, for an empty text.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.change.description = Some(description.into());
        self
    }

    async fn send(self) -> Result<Authorization> {
        self.api.send(Method::Patch, path(&self.id)?, &self.change).await
    }
}

awaited!(CreateAuthorization => Authorization, UpdateAuthorization => Authorization);
