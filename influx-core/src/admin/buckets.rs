use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::api::Api;
use super::extra::{Extra, list, text, time};
use super::labels::{AttachedLabels, Label};
use super::list::{List, Paging, sealed};
use super::members::Members;
use super::new_bucket::{CreateBucket, EnsureBucket, UpdateBucket};
use super::references::{BucketRef, OrgRef};
use super::retention::Rule;
use crate::error::{Result, SettingCause};
use crate::http::Connection;
use crate::time::Timestamp;

/// Buckets; from [`Client::buckets`](crate::Client::buckets). Names are those of the client's
/// organization.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// use std::time::Duration;
///
/// let week = Duration::from_secs(7 * 24 * 3_600);
/// let bucket = client.buckets().ensure("sensors").retention(week).await?;
/// let changed = client.buckets().update(&bucket).retention(None).await?;
/// assert_eq!((changed.id, changed.retention), (bucket.id, None));
/// client.buckets().delete("sensors").await?;
/// assert_eq!(client.buckets().find("sensors").await?, None);
///
/// // Without those that the server made for itself.
/// let all = client.buckets().list().all().await?;
/// let own: Vec<_> = all.into_iter().filter(|bucket| !bucket.system).collect();
/// assert_eq!(own.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Buckets {
    pub(super) api: Api,
}

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Json")]
#[non_exhaustive]
pub struct Bucket {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// The ID of its organization.
    pub org_id: String,
    /// What it is for.
    pub description: Option<String>,
    /// How long it keeps its points; `None` for ever.
    pub retention: Option<Duration>,
    /// How much time a file of its storage holds.
    pub shard_group_duration: Option<Duration>,
    /// Whether the server made it for itself (`_monitoring`, `_tasks`).
    pub system: bool,
    /// What is attached to it.
    pub labels: Vec<Label>,
    /// Since when there is it.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// What else the server says.
    pub extra: Extra,
}

/// A bucket as the API sends it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    id: String,
    name: String,
    #[serde(rename = "orgID", default)]
    org_id: String,
    #[serde(default, deserialize_with = "text")]
    description: Option<String>,
    #[serde(default, deserialize_with = "list")]
    retention_rules: Vec<Rule>,
    #[serde(default)]
    r#type: String,
    #[serde(default, deserialize_with = "list")]
    labels: Vec<Label>,
    #[serde(default, deserialize_with = "time")]
    created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    updated_at: Option<Timestamp>,
    #[serde(flatten)]
    extra: Extra,
}

impl From<Json> for Bucket {
    fn from(json: Json) -> Self {
        let rules = &json.retention_rules;
        Self {
            retention: rules.iter().find_map(Rule::every),
            shard_group_duration: rules.iter().find_map(Rule::shard),
            id: json.id,
            name: json.name,
            org_id: json.org_id,
            description: json.description,
            system: json.r#type == "system",
            labels: json.labels,
            created_at: json.created_at,
            updated_at: json.updated_at,
            extra: json.extra,
        }
    }
}

impl sealed::Item for Bucket {
    const KEY: &'static str = "buckets";
    const PAGING: Paging = Paging::Offset(100);
    const OF_ORG: bool = true;
    const TAKES_ORG_NAME: bool = true;

    fn key(&self) -> &str {
        &self.id
    }

    /// Tokens for single buckets are not for the server's own.
    fn shows_all(&self) -> bool {
        self.system
    }
}

impl Buckets {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Creates a bucket in the client's organization.
    pub fn create(&self, name: impl Into<String>) -> CreateBucket {
        CreateBucket::new(self.api.clone(), name.into())
    }

    /// The bucket of this name, which is created where it is not there yet.
    pub fn ensure(&self, name: impl Into<String>) -> EnsureBucket {
        EnsureBucket::new(self.create(name))
    }

    /// The bucket, if there is one that the token may read.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for the empty name and where no organization is set,
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such organization,
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, bucket: impl Into<BucketRef>) -> Result<Option<Bucket>> {
        bucket.into().find(&self.api, None).await
    }

    /// The buckets of the client's organization, or of [another](List::org), those of the server
    /// itself among them.
    pub fn list(&self) -> List<Bucket> {
        List::new(self.api.clone(), "buckets")
    }

    /// Changes a bucket.
    pub fn update(&self, bucket: impl Into<BucketRef>) -> UpdateBucket {
        UpdateBucket::new(self.api.clone(), bucket.into())
    }

    /// Deletes a bucket, with all its points.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none;
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a bucket of the server itself, whose
    /// storage InfluxDB 2.9.1 would destroy while it answers that it will not.
    ///
    /// # Cancel safety
    /// Dropping the future may leave the bucket there or deleted.
    pub async fn delete(&self, bucket: impl Into<BucketRef>) -> Result<()> {
        let reference = bucket.into();
        let found = reference.find(&self.api, None).await?;
        let bucket = reference.required(found)?;
        if bucket.system || bucket.name.starts_with('_') {
            let problem = "is the server's own and cannot be deleted";
            return Err(SettingCause::Invalid { what: "bucket", problem }.into());
        }
        self.api.delete(format!("buckets/{}", bucket.id)).await
    }

    /// What is attached to the bucket.
    pub fn labels(&self, bucket: impl Into<BucketRef>) -> AttachedLabels {
        AttachedLabels::of_bucket(self.api.clone(), bucket.into())
    }

    /// The users that may use the bucket.
    pub fn members(&self, bucket: impl Into<BucketRef>) -> Members {
        Members::of_bucket(self.api.clone(), bucket.into(), "members")
    }

    /// The users that may change the bucket.
    pub fn owners(&self, bucket: impl Into<BucketRef>) -> Members {
        Members::of_bucket(self.api.clone(), bucket.into(), "owners")
    }
}

impl List<Bucket> {
    /// Those of this organization instead of the client's.
    pub fn org(self, org: impl Into<OrgRef>) -> Self {
        self.of_org(org.into())
    }

    /// Those of all organizations.
    pub fn all_orgs(self) -> Self {
        self.of_all()
    }
}
