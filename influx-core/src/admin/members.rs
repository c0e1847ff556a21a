use serde::{Deserialize, Serialize};

use super::api::Api;
use super::extra::Extra;
use super::references::{BucketRef, OrgRef, UserRef, check_id};
use super::words::{Role, Status};
use crate::error::Result;
use crate::http::Method;

/// The members or the owners of an organization, a bucket or a task. A user is one of both, and has one
/// role for each resource.
///
/// In InfluxDB OSS what a user may do comes from tokens; roles are kept and change little.
#[derive(Debug, Clone)]
pub struct Members {
    api: Api,
    resource: Resource,
    kind: &'static str,
}

#[derive(Debug, Clone)]
enum Resource {
    Org(OrgRef),
    Bucket(BucketRef),
    Task(String),
}

/// A user with a role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Member {
    /// The user's ID, 16 hexadecimal digits.
    pub id: String,
    /// The user's name.
    #[serde(default)]
    pub name: Option<String>,
    /// Member or owner.
    pub role: Role,
    /// Whether the user may do anything.
    #[serde(default)]
    pub status: Option<Status>,
    /// What else the server says.
    #[serde(flatten)]
    pub extra: Extra,
}

#[derive(Serialize)]
struct Added {
    id: String,
}

impl Members {
    pub(super) const fn of_org(api: Api, org: OrgRef, kind: &'static str) -> Self {
        Self { api, resource: Resource::Org(org), kind }
    }

    pub(super) const fn of_bucket(api: Api, bucket: BucketRef, kind: &'static str) -> Self {
        Self { api, resource: Resource::Bucket(bucket), kind }
    }

    pub(super) const fn of_task(api: Api, id: String, kind: &'static str) -> Self {
        Self { api, resource: Resource::Task(id), kind }
    }

    async fn path(&self) -> Result<String> {
        let (kind, id) = match &self.resource {
            Resource::Org(org) => ("orgs", org.resolve(&self.api).await?),
            Resource::Bucket(bucket) => ("buckets", bucket.resolve(&self.api).await?),
            Resource::Task(id) => {
                check_id("task's ID", id)?;
                ("tasks", id.clone())
            }
        };
        Ok(format!("{kind}/{id}/{}", self.kind))
    }

    /// All of them.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such resource,
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn list(&self) -> Result<Vec<Member>> {
        self.api.members(self.path().await?, "users").await
    }

    /// Adds a user.
    ///
    /// # Errors
    /// Those of [`list`](Self::list), and [`Conflict`](crate::ErrorKind::Conflict) when the user is a
    /// member or an owner already.
    ///
    /// # Cancel safety
    /// Dropping the future may leave the user added or not.
    pub async fn add(&self, user: impl Into<UserRef>) -> Result<Member> {
        let id = user.into().resolve(&self.api).await?;
        self.api.send(Method::Post, self.path().await?, &Added { id }).await
    }

    /// Takes a user away. InfluxDB 2.9.1 does not say whether the user was there.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    ///
    /// # Cancel safety
    /// Dropping the future may leave the user there or not.
    pub async fn remove(&self, user: impl Into<UserRef>) -> Result<()> {
        let id = user.into().resolve(&self.api).await?;
        self.api.delete(format!("{}/{id}", self.path().await?)).await
    }
}
