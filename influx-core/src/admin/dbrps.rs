use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::api::{Api, absent, awaited};
use super::extra::Extra;
use super::list::{List, Paging, sealed};
use super::references::{BucketRef, OrgRef, check_id};
use crate::error::{Result, SettingCause};
use crate::http::{Connection, Method};

/// Mappings of the databases and retention policies of InfluxDB 1.x to buckets; from
/// [`Client::dbrps`](crate::Client::dbrps). All calls are about the client's organization.
///
/// ```no_run
/// # async fn example(client: influx_core::Client) -> influx_core::Result<()> {
/// let mapping = client.dbrps().create("telegraf", "autogen", "my-bucket").default(true).await?;
/// assert_eq!(client.dbrps().find(&mapping.id).await?, Some(mapping));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Dbrps {
    api: Api,
}

/// A mapping of a database and a retention policy to a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Dbrp {
    /// 16 hexadecimal digits; of a virtual mapping, the bucket's.
    pub id: String,
    /// The database.
    pub database: String,
    /// The retention policy.
    pub retention_policy: String,
    /// Whether a request that names no retention policy means this one.
    #[serde(default)]
    pub default: bool,
    /// Whether it is there by the bucket's name alone: `db/rp`, or `db` for `db/autogen`. Such a mapping
    /// cannot be changed or deleted.
    #[serde(rename = "virtual", default)]
    pub is_virtual: bool,
    /// The ID of the organization.
    #[serde(rename = "orgID")]
    pub org_id: String,
    /// The ID of the bucket.
    #[serde(rename = "bucketID")]
    pub bucket_id: String,
    /// What else the server says.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most of the server's answers wrap it.
#[derive(Deserialize)]
struct Wrapped {
    content: Dbrp,
}

impl sealed::Item for Dbrp {
    const KEY: &'static str = "content";
    const PAGING: Paging = Paging::None;
    const OF_ORG: bool = true;

    fn key(&self) -> &str {
        &self.id
    }
}

impl Dbrps {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Maps a database and a retention policy to a bucket.
    pub fn create(
        &self,
        database: impl Into<String>,
        retention_policy: impl Into<String>,
        bucket: impl Into<BucketRef>,
    ) -> CreateDbrp {
        CreateDbrp {
            api: self.api.clone(),
            bucket: bucket.into(),
            body: Body {
                database: database.into(),
                retention_policy: retention_policy.into(),
                ..Body::default()
            },
        }
    }

    /// The mapping of this ID, if there is one; virtual ones too.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is no ID,
    /// [`Forbidden`](crate::ErrorKind::Forbidden), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, id: &str) -> Result<Option<Dbrp>> {
        let found = absent(self.api.get::<Wrapped>(self.path(id).await?).await, &MISSING)?;
        Ok(found.map(|wrapped| wrapped.content))
    }

    /// The mappings of the client's organization, or of [another](List::org); virtual ones too.
    pub fn list(&self) -> List<Dbrp> {
        List::new(self.api.clone(), "dbrps")
    }

    /// Changes the mapping of this ID. The database and the bucket stay.
    pub fn update(&self, id: impl Into<String>) -> UpdateDbrp {
        UpdateDbrp { dbrps: self.clone(), id: id.into(), change: Change::default() }
    }

    /// Deletes the mapping of this ID.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none;
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a virtual one, of which the server says that
    /// it is deleted while it stays; [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Dropping the future may leave it there or deleted.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.check_real(id).await?;
        self.api.delete(self.path(id).await?).await
    }

    async fn path(&self, id: &str) -> Result<String> {
        check_id("mapping's ID", id)?;
        Ok(format!("dbrps/{id}?orgID={}", self.api.org_id(None).await?))
    }

    async fn check_real(&self, id: &str) -> Result<()> {
        let missing = SettingCause::NoSuch { what: "mapping", name: id.to_owned() };
        if self.find(id).await?.ok_or(missing)?.is_virtual {
            let problem = "is there by its bucket's name alone, so it stays as it is; rename the bucket, or create a mapping";
            return Err(SettingCause::Invalid { what: "mapping", problem }.into());
        }
        Ok(())
    }
}

/// In which words the server says that there is none.
const MISSING: [&str; 1] = ["unable to find DBRP"];

impl List<Dbrp> {
    /// Those of this organization instead of the client's.
    pub fn org(self, org: impl Into<OrgRef>) -> Self {
        self.of_org(org.into())
    }

    /// Only those of this database.
    pub fn database(self, name: impl Into<String>) -> Self {
        self.filter("db", name)
    }

    /// Only those of this retention policy.
    pub fn retention_policy(self, name: impl Into<String>) -> Self {
        self.filter("rp", name)
    }

    /// Only those to the bucket of this ID.
    pub fn bucket(self, id: impl Into<String>) -> Self {
        self.filter("bucketID", id)
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct Body {
    database: String,
    retention_policy: String,
    default: bool,
    #[serde(rename = "orgID")]
    org_id: String,
    #[serde(rename = "bucketID")]
    bucket_id: String,
}

/// A mapping to create, not sent yet; await it.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an empty name;
/// [`NotFound`](crate::ErrorKind::NotFound) for the bucket; [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave it created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateDbrp {
    api: Api,
    bucket: BucketRef,
    body: Body,
}

impl CreateDbrp {
    /// Whether a request that names no retention policy means this one; the first of a database is
    /// it in any case.
    pub const fn default(mut self, is_default: bool) -> Self {
        self.body.default = is_default;
        self
    }

    async fn send(mut self) -> Result<Dbrp> {
        self.body.org_id = self.api.org_id(None).await?;
        self.body.bucket_id = self.bucket.resolve(&self.api).await?;
        self.api.send(Method::Post, "dbrps".into(), &self.body).await
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<bool>,
}

/// A change of a mapping, not sent yet; await it.
///
/// # Errors
/// Those of [`Dbrps::delete`].
///
/// # Cancel safety
/// Dropping the future may leave it changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateDbrp {
    dbrps: Dbrps,
    id: String,
    change: Change,
}

impl UpdateDbrp {
    /// Another retention policy.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
        self.change.retention_policy = Some(name.into());
        self
    }

    /// Whether a request that names no retention policy means this one.
    pub const fn default(mut self, is_default: bool) -> Self {
        self.change.default = Some(is_default);
        self
    }

    async fn send(self) -> Result<Dbrp> {
        self.dbrps.check_real(&self.id).await?;
        let path = self.dbrps.path(&self.id).await?;
        let wrapped: Wrapped = self.dbrps.api.send(Method::Patch, path, &self.change).await?;
        Ok(wrapped.content)
    }
}

awaited!(CreateDbrp => Dbrp, UpdateDbrp => Dbrp);
