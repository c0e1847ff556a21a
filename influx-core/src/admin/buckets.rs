use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Result, SettingCause};
use crate::http::{BoxFuture, Connection, Method, Request};

/// Creates, finds and deletes the buckets of the client's organization; from [`Client::buckets`](crate::Client::buckets).
#[derive(Debug, Clone)]
pub struct Buckets {
    connection: Arc<Connection>,
}

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Whether the server made it for itself (`_monitoring`, `_tasks`).
    pub system: bool,
}

/// A bucket as the API sends it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Json {
    id: String,
    name: String,
    #[serde(rename = "orgID", default)]
    org_id: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    retention_rules: Vec<RetentionRule>,
    #[serde(default)]
    r#type: String,
}

impl From<Json> for Bucket {
    fn from(json: Json) -> Self {
        let mut seconds = json.retention_rules.iter().map(|rule| rule.every_seconds);
        Self {
            id: json.id,
            name: json.name,
            org_id: json.org_id,
            description: json.description,
            retention: seconds.find(|seconds| *seconds > 0).map(Duration::from_secs),
            system: json.r#type == "system",
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct RetentionRule {
    r#type: String,
    every_seconds: u64,
}

#[derive(Deserialize)]
struct Page {
    buckets: Vec<Json>,
}

#[derive(Deserialize)]
struct Orgs {
    orgs: Vec<Org>,
}

#[derive(Deserialize)]
struct Org {
    id: String,
    name: String,
}

/// Whole seconds, at least an hour: the server answers less with a 500.
pub(super) fn check_retention(retention: Duration) -> Result<u64> {
    let problem = match (retention.as_secs(), retention.subsec_nanos()) {
        (_, 1..) => "counts in whole seconds",
        (0..3600, _) => "is at least one hour; leave it out to keep points for ever",
        (9_223_372_037.., _) => "is more than 292 years; leave it out to keep points for ever",
        (seconds, 0) => return Ok(seconds),
    };
    Err(SettingCause::Invalid { what: "retention", problem }.into())
}

impl Buckets {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { connection }
    }

    /// Creates a bucket in the client's organization.
    pub fn create(&self, name: impl Into<String>) -> CreateBucket {
        CreateBucket {
            connection: Arc::clone(&self.connection),
            name: name.into(),
            org: None,
            description: None,
            retention: None,
        }
    }

    /// The bucket of this name in the client's organization, if there is one that the token may
    /// read.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for the empty name,
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, name: &str) -> Result<Option<Bucket>> {
        if name.is_empty() {
            // The server would take it for no filter and answer with any bucket.
            return Err(SettingCause::Missing { what: "bucket", remedy: "name it" }.into());
        }
        let org = org_id(&self.connection, None).await?;
        let request = Request::new(Method::Get, "api/v2/buckets")
            .parameter("orgID", org)
            .parameter("name", name);
        match self.connection.call(request).await {
            Ok(reply) => {
                let found = reply.json::<Page>()?.buckets.into_iter().find(|b| b.name == name);
                Ok(found.map(Bucket::from))
            }
            // A name that does not exist is a 404 to the server, not an empty list.
            Err(error) if error.is_missing("bucket ") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes the bucket of this name, with all its points.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none;
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a bucket of the server itself, whose
    /// storage InfluxDB 2.9.1 would destroy while it answers that it will not.
    ///
    /// # Cancel safety
    /// Dropping the future may leave the bucket there or deleted.
    pub async fn delete(&self, name: &str) -> Result<()> {
        let Some(bucket) = self.find(name).await? else {
            return Err(SettingCause::NoSuch { what: "bucket", name: name.to_owned() }.into());
        };
        if bucket.system || bucket.name.starts_with('_') {
            let problem = "is the server's own and cannot be deleted";
            return Err(SettingCause::Invalid { what: "bucket", problem }.into());
        }
        let path = format!("api/v2/buckets/{}", bucket.id);
        self.connection.call(Request::new(Method::Delete, path)).await.map(drop)
    }
}

/// The ID of the organization, which the server wants where it takes no name.
async fn org_id(connection: &Connection, own: Option<&str>) -> Result<String> {
    let org = connection.org(own)?;
    if org.len() == 16 && org.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(org.to_owned());
    }
    let request = Request::new(Method::Get, "api/v2/orgs").parameter("org", org);
    let orgs = connection.call(request).await?.json::<Orgs>()?.orgs;
    let missing = SettingCause::NoSuch { what: "organization", name: org.to_owned() };
    orgs.into_iter()
        .find(|found| found.name == org.trim())
        .map(|org| org.id)
        .ok_or_else(|| missing.into())
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
    connection: Arc<Connection>,
    name: String,
    org: Option<String>,
    description: Option<String>,
    retention: Option<Duration>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(rename = "orgID")]
    org_id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    retention_rules: Vec<RetentionRule>,
}

impl CreateBucket {
    /// How long the bucket keeps its points, at least one hour; for ever without a call.
    pub const fn retention(mut self, retention: Duration) -> Self {
        self.retention = Some(retention);
        self
    }

    /// What the bucket is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    async fn send(self) -> Result<Bucket> {
        check_name(&self.name)?;
        let retention = self.retention.map(check_retention).transpose()?;
        let rule = |every_seconds| RetentionRule { r#type: "expire".into(), every_seconds };
        let org_id = org_id(&self.connection, self.org.as_deref()).await?;
        let body = Body {
            org_id: &org_id,
            name: &self.name,
            description: self.description.as_deref(),
            retention_rules: retention.map(rule).into_iter().collect(),
        };
        let request = Request::new(Method::Post, "api/v2/buckets").json(&body)?;
        self.connection.call(request).await?.json::<Json>().map(Bucket::from)
    }
}

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

impl IntoFuture for CreateBucket {
    type Output = Result<Bucket>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
