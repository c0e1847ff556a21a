use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::api::{Api, awaited};
use super::extra::{Extra, text, time};
use super::list::{List, Paging, sealed};
use super::members::Members;
use super::references::{OrgRef, UserRef};
use crate::error::{Result, SettingCause};
use crate::http::{Connection, Method};
use crate::time::Timestamp;

/// Organizations; from [`Client::organizations`](crate::Client::organizations).
///
/// InfluxDB OSS 2.9.1 has no labels of organizations.
///
/// ```no_run
/// # async fn example(client: influx_core::Client) -> influx_core::Result<()> {
/// let org = client.organizations().create("plant").description("in the north").await?;
/// client.organizations().members(&org).add("a user").await?;
/// client.organizations().secrets(&org).put("mail", "s3cr3t").await?;
/// assert_eq!(client.organizations().find("plant").await?, Some(org));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Organizations {
    api: Api,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Organization {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it is.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
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

impl sealed::Item for Organization {
    const KEY: &'static str = "orgs";
    const PAGING: Paging = Paging::Offset(100);
    const OF_ORG: bool = false;

    fn key(&self) -> &str {
        &self.id
    }
}

impl Organizations {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Creates an organization. Needs the operator's token.
    pub fn create(&self, name: impl Into<String>) -> CreateOrganization {
        let change = Change { name: Some(name.into()), description: None };
        CreateOrganization { api: self.api.clone(), change }
    }

    /// The organization, if there is one that the token may see.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an empty name,
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, org: impl Into<OrgRef>) -> Result<Option<Organization>> {
        org.into().find(&self.api).await
    }

    /// All organizations that the token may see.
    pub fn list(&self) -> List<Organization> {
        List::new(self.api.clone(), "orgs")
    }

    /// Changes an organization.
    pub fn update(&self, org: impl Into<OrgRef>) -> UpdateOrganization {
        UpdateOrganization { api: self.api.clone(), org: org.into(), change: Change::default() }
    }

    /// Deletes an organization, with its buckets and all that is in them.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none;
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Dropping the future may leave it there or deleted.
    pub async fn delete(&self, org: impl Into<OrgRef>) -> Result<()> {
        let id = org.into().resolve(&self.api).await?;
        self.api.delete(format!("orgs/{id}")).await
    }

    /// The users that may use the organization.
    pub fn members(&self, org: impl Into<OrgRef>) -> Members {
        Members::of_org(self.api.clone(), org.into(), "members")
    }

    /// The users that may change the organization.
    pub fn owners(&self, org: impl Into<OrgRef>) -> Members {
        Members::of_org(self.api.clone(), org.into(), "owners")
    }

    /// What the organization's scripts and tasks may know, and nobody reads.
    pub fn secrets(&self, org: impl Into<OrgRef>) -> Secrets {
        Secrets { api: self.api.clone(), org: org.into() }
    }
}

impl List<Organization> {
    /// Only those that this user is a member or an owner of.
    pub fn user(self, user: impl Into<UserRef>) -> Self {
        self.of_user("userID", user.into())
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Change {
    fn check(&self) -> Result<()> {
        let is_blank = |name: &String| name.trim().is_empty();
        if self.name.as_ref().is_some_and(is_blank) {
            let problem = "is blank; give it a name";
            return Err(SettingCause::Invalid { what: "organization's name", problem }.into());
        }
        Ok(())
    }
}

/// An organization to create, not sent yet; await it.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) when the name is taken;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a blank one;
/// [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave it created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateOrganization {
    api: Api,
    change: Change,
}

impl CreateOrganization {
    /// What it is.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.change.description = Some(description.into());
        self
    }

    async fn send(self) -> Result<Organization> {
        self.change.check()?;
        self.api.send(Method::Post, "orgs".into(), &self.change).await
    }
}

/// A change of an organization, not sent yet; await it.
///
/// # Errors
/// Those of [`CreateOrganization`], and [`NotFound`](crate::ErrorKind::NotFound).
///
/// # Cancel safety
/// Dropping the future may leave it changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateOrganization {
    api: Api,
    org: OrgRef,
    change: Change,
}

impl UpdateOrganization {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.change.name = Some(name.into());
        self
    }

    /// What it is; nothing, for an empty text.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.change.description = Some(description.into());
        self
    }

    async fn send(self) -> Result<Organization> {
        self.change.check()?;
        let id = self.org.resolve(&self.api).await?;
        self.api.send(Method::Patch, format!("orgs/{id}"), &self.change).await
    }
}

awaited!(CreateOrganization => Organization, UpdateOrganization => Organization);

/// The secrets of an organization; from [`Organizations::secrets`]. Scripts read them by
/// `secrets.get(key: "…")`; this API hands out their keys only.
#[derive(Debug, Clone)]
pub struct Secrets {
    api: Api,
    org: OrgRef,
}

#[derive(Serialize)]
struct Keys {
    secrets: Vec<String>,
}

impl Secrets {
    async fn path(&self) -> Result<String> {
        Ok(format!("orgs/{}/secrets", self.org.resolve(&self.api).await?))
    }

    /// The keys.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such organization,
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn keys(&self) -> Result<Vec<String>> {
        self.api.members(self.path().await?, "secrets").await
    }

    /// Keeps a secret, in the place of the one that had this key.
    ///
    /// # Errors
    /// As [`keys`](Self::keys).
    ///
    /// # Cancel safety
    /// Dropping the future may leave it kept or not.
    pub async fn put(&self, key: impl Into<String>, secret: impl Into<String>) -> Result<()> {
        let body = BTreeMap::from([(key.into(), secret.into())]);
        self.api.put(Method::Patch, self.path().await?, &body).await
    }

    /// Forgets the secrets that have these keys. One that there is not is no error.
    ///
    /// # Errors
    /// As [`keys`](Self::keys).
    ///
    /// # Cancel safety
    /// Dropping the future may leave them there or not.
    pub async fn delete(&self, keys: impl IntoIterator<Item = impl Into<String>>) -> Result<()> {
        let body = Keys { secrets: keys.into_iter().map(Into::into).collect() };
        let path = format!("{}/delete", self.path().await?);
        self.api.put(Method::Post, path, &body).await
    }
}
