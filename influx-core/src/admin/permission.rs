use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::words::Action;
use crate::error::{Result, SettingCause};

/// A kind of resource, as permissions and paths name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct ResourceType(Cow<'static, str>);

macro_rules! resource_types {
    ($($name:ident = $word:literal, $doc:literal;)*) => {
        impl ResourceType {
            $(#[doc = $doc] pub const $name: Self = Self(Cow::Borrowed($word));)*

            /// Those that an organization has. The API names others too.
            const OF_ORG: &[Self] = &[$(Self::$name),*];
        }
    };
}

resource_types! {
    AUTHORIZATIONS = "authorizations", "Tokens.";
    BUCKETS = "buckets", "Buckets, and the points in them.";
    DASHBOARDS = "dashboards", "Dashboards.";
    ORGS = "orgs", "Organizations.";
    SOURCES = "sources", "Sources.";
    TASKS = "tasks", "Tasks.";
    TELEGRAFS = "telegrafs", "Configurations of Telegraf.";
    USERS = "users", "Users.";
    VARIABLES = "variables", "Variables of dashboards.";
    SCRAPERS = "scrapers", "Scrapers.";
    SECRETS = "secrets", "Secrets.";
    LABELS = "labels", "Labels.";
    VIEWS = "views", "Views of dashboards.";
    DOCUMENTS = "documents", "Documents.";
    NOTIFICATION_RULES = "notificationRules", "Rules for notifications.";
    NOTIFICATION_ENDPOINTS = "notificationEndpoints", "Where notifications go.";
    CHECKS = "checks", "Checks.";
    DBRP = "dbrp", "Mappings of 1.x databases.";
    NOTEBOOKS = "notebooks", "Notebooks.";
    ANNOTATIONS = "annotations", "Annotations.";
    REMOTES = "remotes", "Remote servers.";
    REPLICATIONS = "replications", "Replications to remote servers.";
}

impl ResourceType {
    /// One that has no name here, such as one of a newer server.
    pub fn new(word: impl Into<Cow<'static, str>>) -> Self {
        Self(word.into())
    }

    /// The word of the API.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a part of a path.
    pub(super) fn as_path(&self) -> Result<&str> {
        let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !self.0.is_empty() && is_word(&self.0) {
            return Ok(&self.0);
        }
        let problem = "is a word of ASCII letters; this one is something else";
        Err(SettingCause::Invalid { what: "resource type", problem }.into())
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a token may do with what.
///
/// ```
/// use influx_core::admin::{Action, Permission, ResourceType};
///
/// let write = Permission::write_bucket("0123456789abcdef");
/// assert_eq!((&write.action, &write.resource.kind), (&Action::Write, &ResourceType::BUCKETS));
/// let tasks = Permission::read(ResourceType::TASKS).org("fedcba9876543210");
/// assert_eq!(tasks.resource.id, None); // all tasks of that organization
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Permission {
    /// What may be done.
    pub action: Action,
    /// With what.
    pub resource: Resource,
}

/// What a [`Permission`] is for. Without an ID, all of the kind; without an organization, of all
/// organizations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Resource {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// Of one resource, 16 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Of an organization, 16 hexadecimal digits.
    #[serde(rename = "orgID", default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
}

impl Permission {
    /// May do this with all resources of this kind, in all organizations. Only the operator's token can
    /// make a token that may.
    #[must_use]
    pub const fn new(action: Action, kind: ResourceType) -> Self {
        Self { action, resource: Resource { kind, id: None, org_id: None } }
    }

    /// May read; as [`new`](Self::new).
    #[must_use]
    pub const fn read(kind: ResourceType) -> Self {
        Self::new(Action::Read, kind)
    }

    /// May write; as [`new`](Self::new).
    #[must_use]
    pub const fn write(kind: ResourceType) -> Self {
        Self::new(Action::Write, kind)
    }

    /// May query the bucket of this ID.
    #[must_use]
    pub fn read_bucket(id: impl Into<String>) -> Self {
        Self::read(ResourceType::BUCKETS).id(id)
    }

    /// May write into the bucket of this ID, and delete from it.
    #[must_use]
    pub fn write_bucket(id: impl Into<String>) -> Self {
        Self::write(ResourceType::BUCKETS).id(id)
    }

    /// May do everything in the organization of this ID, as its owner.
    #[must_use]
    pub fn all_access(org_id: impl Into<String>) -> Vec<Self> {
        let org_id = org_id.into();
        let both = |kind: &ResourceType| [Self::read(kind.clone()), Self::write(kind.clone())];
        let all = ResourceType::OF_ORG.iter().flat_map(both);
        all.map(|permission| {
            let is_org = permission.resource.kind == ResourceType::ORGS;
            if is_org { permission.id(&org_id) } else { permission.org(&org_id) }
        })
        .collect()
    }

    /// Only with the resource of this ID.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.resource.id = Some(id.into());
        self
    }

    /// Only within the organization of this ID.
    #[must_use]
    pub fn org(mut self, org_id: impl Into<String>) -> Self {
        self.resource.org_id = Some(org_id.into());
        self
    }
}
