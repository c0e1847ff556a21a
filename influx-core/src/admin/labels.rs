use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ResourceType;
use super::api::{Api, awaited};
use super::extra::Extra;
use super::list::{List, Paging, sealed};
use super::references::{BucketRef, OrgRef, check_id};
use crate::error::{Result, SettingCause};
use crate::http::{Connection, Method};

/// Labels and what they are attached to; from [`Client::labels`](crate::Client::labels).
///
/// ```no_run
/// # async fn example(client: influx_core::Client) -> influx_core::Result<()> {
/// let label = client.labels().create("critical").property("color", "#ff0000").await?;
/// client.buckets().labels("my-bucket").attach(&label.id).await?;
/// assert_eq!(client.buckets().labels("my-bucket").list().await?, [label]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Labels {
    api: Api,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Label {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The ID of its organization.
    #[serde(rename = "orgID", default)]
    pub org_id: Option<String>,
    /// The name, which no other label of the organization has.
    pub name: String,
    /// Such as `color`, which the web page shows.
    #[serde(default, deserialize_with = "properties")]
    pub properties: BTreeMap<String, String>,
    /// What else the server says.
    #[serde(flatten)]
    pub extra: Extra,
}

fn properties<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The server's answers wrap it.
#[derive(Deserialize)]
struct Wrapped {
    label: Label,
}

impl sealed::Item for Label {
    const KEY: &'static str = "labels";
    const PAGING: Paging = Paging::None;
    const OF_ORG: bool = true;

    fn key(&self) -> &str {
        &self.id
    }
}

fn check(id: &str) -> Result<()> {
    check_id("label's ID", id)
}

impl Labels {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Creates a label in the client's organization.
    pub fn create(&self, name: impl Into<String>) -> CreateLabel {
        let change = Change { name: Some(name.into()), ..Change::default() };
        CreateLabel { api: self.api.clone(), org: None, change }
    }

    /// The label of this ID, if there is one that the token may see.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is no ID,
    /// [`Forbidden`](crate::ErrorKind::Forbidden), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, id: &str) -> Result<Option<Label>> {
        check(id)?;
        let found = self.api.find::<Wrapped>(format!("labels/{id}"), &["label not found"]).await?;
        Ok(found.map(|wrapped| wrapped.label))
    }

    /// The label of this name in the client's organization, if there is one.
    ///
    /// # Errors
    /// Those of [`List::try_next`].
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find_named(&self, name: &str) -> Result<Option<Label>> {
        Ok(self.list().all().await?.into_iter().find(|label| label.name == name))
    }

    /// The labels of the client's organization, or of [another](List::org).
    pub fn list(&self) -> List<Label> {
        List::new(self.api.clone(), "labels")
    }

    /// Changes the label of this ID.
    pub fn update(&self, id: impl Into<String>) -> UpdateLabel {
        UpdateLabel { api: self.api.clone(), id: id.into(), change: Change::default() }
    }

    /// Makes another label with the properties of this one, in its organization.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such label, and those of
    /// [`CreateLabel`].
    ///
    /// # Cancel safety
    /// Dropping the future may leave it created or not.
    pub async fn duplicate(&self, id: &str, name: impl Into<String>) -> Result<Label> {
        let missing = SettingCause::NoSuch { what: "label", name: id.to_owned() };
        let label = self.find(id).await?.ok_or(missing)?;
        let mut create = self.create(name);
        create.org = label.org_id.map(OrgRef::Id);
        create.change.properties = label.properties;
        create.await
    }

    /// Deletes the label of this ID, wherever it is attached.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none,
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Dropping the future may leave it there or deleted.
    pub async fn delete(&self, id: &str) -> Result<()> {
        check(id)?;
        self.api.delete(format!("labels/{id}")).await
    }

    /// The labels of any resource that has some: buckets, tasks, dashboards, telegrafs, variables,
    /// checks, notification rules and endpoints.
    pub fn on(&self, resource: ResourceType, id: impl Into<String>) -> AttachedLabels {
        AttachedLabels { api: self.api.clone(), resource: Resource::Other(resource, id.into()) }
    }
}

impl List<Label> {
    /// Those of this organization instead of the client's.
    pub fn org(self, org: impl Into<OrgRef>) -> Self {
        self.of_org(org.into())
    }

    /// Those of all organizations.
    pub fn all_orgs(self) -> Self {
        self.of_all()
    }
}

/// The labels of one resource, such as a bucket.
#[derive(Debug, Clone)]
pub struct AttachedLabels {
    api: Api,
    resource: Resource,
}

#[derive(Debug, Clone)]
enum Resource {
    Bucket(BucketRef),
    Other(ResourceType, String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attached<'a> {
    #[serde(rename = "labelID")]
    label_id: &'a str,
}

impl AttachedLabels {
    pub(super) const fn of_bucket(api: Api, bucket: BucketRef) -> Self {
        Self { api, resource: Resource::Bucket(bucket) }
    }

    pub(super) const fn of(api: Api, resource: ResourceType, id: String) -> Self {
        Self { api, resource: Resource::Other(resource, id) }
    }

    async fn path(&self) -> Result<String> {
        match &self.resource {
            Resource::Bucket(bucket) => {
                Ok(format!("buckets/{}/labels", bucket.resolve(&self.api).await?))
            }
            Resource::Other(kind, id) => {
                check_id("resource's ID", id)?;
                Ok(format!("{}/{id}/labels", kind.as_path()?))
            }
        }
    }

    /// All of them. Of a task that is not there InfluxDB 2.9.1 says that it has none.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such resource,
    /// [`Forbidden`](crate::ErrorKind::Forbidden).
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn list(&self) -> Result<Vec<Label>> {
        self.api.members(self.path().await?, "labels").await
    }

    /// Attaches the label of this ID.
    ///
    /// # Errors
    /// Those of [`list`](Self::list), [`NotFound`](crate::ErrorKind::NotFound) when there is no such
    /// label, and [`Conflict`](crate::ErrorKind::Conflict) when it is attached already.
    ///
    /// # Cancel safety
    /// Dropping the future may leave it attached or not.
    pub async fn attach(&self, label_id: &str) -> Result<Label> {
        check(label_id)?;
        let path = self.path().await?;
        let wrapped: Wrapped = self.api.send(Method::Post, path, &Attached { label_id }).await?;
        Ok(wrapped.label)
    }

    /// Takes the label of this ID off. InfluxDB 2.9.1 does not say whether it was there.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    ///
    /// # Cancel safety
    /// Dropping the future may leave it attached or not.
    pub async fn detach(&self, label_id: &str) -> Result<()> {
        check(label_id)?;
        self.api.delete(format!("{}/{label_id}", self.path().await?)).await
    }
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    #[serde(rename = "orgID", skip_serializing_if = "Option::is_none")]
    org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<String, String>,
}

impl Change {
    fn check(&self) -> Result<()> {
        let name = self.name.as_deref().unwrap_or("named");
        let problem = match name.trim() {
            "" => "is blank; give it a name",
            trimmed if trimmed == name => return Ok(()),
            _ => "begins or ends with a blank, which the server would cut off; leave it out",
        };
        Err(SettingCause::Invalid { what: "label's name", problem }.into())
    }
}

/// A label to create, not sent yet; await it.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) when the organization has one of this name;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a blank name;
/// [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave it created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateLabel {
    api: Api,
    org: Option<OrgRef>,
    change: Change,
}

impl CreateLabel {
    /// A property, such as `color` and `#ff0000`.
    pub fn property(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.change.properties.insert(key.into(), value.into());
        self
    }

    /// The organization, instead of the client's.
    pub fn org(mut self, org: impl Into<OrgRef>) -> Self {
        self.org = Some(org.into());
        self
    }

    async fn send(mut self) -> Result<Label> {
        self.change.check()?;
        self.change.org_id = Some(self.api.org_id(self.org.as_ref()).await?);
        let wrapped: Wrapped = self.api.send(Method::Post, "labels".into(), &self.change).await?;
        Ok(wrapped.label)
    }
}

/// A change of a label, not sent yet; await it.
///
/// # Errors
/// Those of [`CreateLabel`], and [`NotFound`](crate::ErrorKind::NotFound).
///
/// # Cancel safety
/// Dropping the future may leave it changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateLabel {
    api: Api,
    id: String,
    change: Change,
}

impl UpdateLabel {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.change.name = Some(name.into());
        self
    }

    /// Sets a property; the others stay.
    pub fn property(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.change.properties.insert(key.into(), value.into());
        self
    }

    /// Takes a property away, if it is there.
    pub fn remove_property(self, key: impl Into<String>) -> Self {
        // The API says it so.
        self.property(key, "")
    }

    async fn send(self) -> Result<Label> {
        check(&self.id)?;
        self.change.check()?;
        let path = format!("labels/{}", self.id);
        let wrapped: Wrapped = self.api.send(Method::Patch, path, &self.change).await?;
        Ok(wrapped.label)
    }
}

awaited!(CreateLabel => Label, UpdateLabel => Label);
