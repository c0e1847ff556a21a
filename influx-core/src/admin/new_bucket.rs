use std::time::Duration;

use serde::Serialize;

use super::Bucket;
use super::api::{Api, awaited};
use super::references::{BucketRef, OrgRef};
use super::retention::{Retention, Rule};
use crate::error::{ErrorKind, Result, SettingCause};
use crate::http::Method;

/// The server takes an empty name, and then finds the bucket by ID only.
pub(super) fn check_name(name: &str) -> Result<()> {
    let problem = match name {
        "" => "is empty; give it a name",
        _ if name.starts_with('_') => "starts with `_`, which the server keeps for its own",
        _ if name.contains('"') => "holds a `\"`, which the server refuses",
        _ => return Ok(()),
    };
    Err(SettingCause::Invalid { what: "bucket's name", problem }.into())
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(rename = "orgID", skip_serializing_if = "Option::is_none")]
    org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_rules: Option<Vec<Rule>>,
}

/// A bucket to create, not sent yet; await it.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) when the name is taken;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is empty, starts with `_` or
/// holds `"`, and for a retention below one hour; [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave the bucket created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateBucket {
    api: Api,
    name: String,
    org: Option<OrgRef>,
    description: Option<String>,
    retention: Retention,
}

impl CreateBucket {
    pub(super) fn new(api: Api, name: String) -> Self {
        Self { api, name, org: None, description: None, retention: Retention::default() }
    }

    /// How long the bucket keeps its points, at least one hour; for ever without a call.
    pub const fn retention(mut self, retention: Duration) -> Self {
        self.retention.every = Some(retention);
        self
    }

    /// How much time a file of its storage holds, at least one hour and at most the retention; without a
    /// call seven days, a day or an hour, as the retention is long.
    pub const fn shard_group_duration(mut self, duration: Duration) -> Self {
        self.retention.shard = Some(duration);
        self
    }

    /// What the bucket is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<OrgRef>) -> Self {
        self.org = Some(org.into());
        self
    }

    async fn send(self) -> Result<Bucket> {
        check_name(&self.name)?;
        let retention_rules = Some(self.retention.rules()?);
        let org_id = Some(self.api.org_id(self.org.as_ref()).await?);
        let Self { api, name, description, .. } = self;
        let body = Body { org_id, name: Some(name), description, retention_rules };
        api.send(Method::Post, "buckets".into(), &body).await
    }
}

/// A bucket to find, or else to create, not sent yet; await it.
///
/// Of a bucket that is there nothing is changed, and only its retention is looked at.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) when it keeps its points for another time than the one asked
/// for; those of [`CreateBucket`].
///
/// # Cancel safety
/// Dropping the future may leave the bucket created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct EnsureBucket {
    create: CreateBucket,
    wanted: Option<Option<Duration>>,
}

impl EnsureBucket {
    pub(super) const fn new(create: CreateBucket) -> Self {
        Self { create, wanted: None }
    }

    /// How long the bucket keeps its points, at least one hour; `None` for ever. Without a call a new one
    /// keeps them for ever, and one that is there may be as it is.
    pub fn retention(mut self, retention: impl Into<Option<Duration>>) -> Self {
        self.create.retention.every = retention.into();
        self.wanted = Some(self.create.retention.every);
        self
    }

    /// What a new bucket is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.create = self.create.description(description);
        self
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<OrgRef>) -> Self {
        self.create = self.create.org(org);
        self
    }

    async fn send(self) -> Result<Bucket> {
        let CreateBucket { api, name, org, .. } = &self.create;
        let (api, reference, org) = (api.clone(), BucketRef::name(name), org.clone());
        if let Some(bucket) = reference.find(&api, org.as_ref()).await? {
            return Self::fitting(self.wanted, bucket);
        }
        match self.create.send().await {
            // Another one was faster.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                match reference.find(&api, org.as_ref()).await? {
                    Some(bucket) => Self::fitting(self.wanted, bucket),
                    None => Err(error),
                }
            }
            created => created,
        }
    }

    fn fitting(wanted: Option<Option<Duration>>, bucket: Bucket) -> Result<Bucket> {
        match wanted {
            Some(wanted) if wanted != bucket.retention => {
                let Bucket { name, retention, .. } = bucket;
                Err(SettingCause::OtherRetention { bucket: name, wanted, is: retention }.into())
            }
            _ => Ok(bucket),
        }
    }
}

/// A change of a bucket, not sent yet; await it.
///
/// # Errors
/// Those of [`CreateBucket`], and [`NotFound`](crate::ErrorKind::NotFound).
///
/// # Cancel safety
/// Dropping the future may leave the bucket changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateBucket {
    api: Api,
    bucket: BucketRef,
    name: Option<String>,
    description: Option<String>,
    retention: Option<Option<Duration>>,
    shard: Option<Duration>,
}

impl UpdateBucket {
    pub(super) const fn new(api: Api, bucket: BucketRef) -> Self {
        Self { api, bucket, name: None, description: None, retention: None, shard: None }
    }

    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What the bucket is for; nothing, for an empty text.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// How long the bucket keeps its points, at least one hour; `None` for ever. Points that are older
    /// go soon.
    pub fn retention(mut self, retention: impl Into<Option<Duration>>) -> Self {
        self.retention = Some(retention.into());
        self
    }

    /// How much time a file of its storage holds, from now on; goes with
    /// [`retention`](Self::retention). Without a call it is what a new bucket with that retention gets.
    pub const fn shard_group_duration(mut self, duration: Duration) -> Self {
        self.shard = Some(duration);
        self
    }

    async fn send(self) -> Result<Bucket> {
        if let Some(name) = &self.name {
            check_name(name)?;
        }
        if self.shard.is_some() && self.retention.is_none() {
            let problem = "changes with the retention only; say that too";
            return Err(SettingCause::Invalid { what: "shard group duration", problem }.into());
        }
        let rules = |every| Retention { every, shard: self.shard }.changed_rules();
        let retention_rules = self.retention.map(rules).transpose()?;
        let id = self.bucket.resolve(&self.api).await?;
        let Self { api, name, description, .. } = self;
        let body = Body { org_id: None, name, description, retention_rules };
        api.send(Method::Patch, format!("buckets/{id}"), &body).await
    }
}

awaited!(CreateBucket => Bucket, EnsureBucket => Bucket, UpdateBucket => Bucket);
