use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::api::{Api, awaited};
use super::extra::{Extra, text, time};
use super::list::{List, Paging, sealed};
use super::references::check_id;
use super::words::words;
use crate::error::{Error, Result, SettingCause};
use crate::http::{Body, Connection, Method, Request};
use crate::time::Timestamp;

/// Invokable scripts, which **only InfluxDB Cloud has**; from [`Client::scripts`](crate::Client::scripts).
///
/// A script is kept by the server and called by its ID, with values for its `params`. On InfluxDB OSS all
/// calls fail with [`NotFound`](crate::ErrorKind::NotFound), which says so. **This was never run against
/// InfluxDB Cloud**, only against `influx-testkit`.
#[derive(Debug, Clone)]
pub struct Scripts {
    pub(crate) api: Api,
}

words! {
    /// The language of an invokable script.
    ScriptLanguage {
        /// Flux.
        Flux = "flux",
        /// SQL.
        Sql = "sql",
        /// InfluxQL.
        InfluxQl = "influxql",
    }
}

/// An invokable script.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InvokableScript {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// The ID of its organization.
    #[serde(rename = "orgID", default, deserialize_with = "text")]
    pub org_id: Option<String>,
    /// Its text.
    #[serde(default)]
    pub script: String,
    /// Its language.
    #[serde(default)]
    pub language: Option<ScriptLanguage>,
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

impl sealed::Item for InvokableScript {
    const KEY: &'static str = "scripts";
    const PAGING: Paging = Paging::Offset(500);
    const OF_ORG: bool = false;

    fn key(&self) -> &str {
        &self.id
    }

    /// A token for scripts is for all of its organization.
    fn shows_all(&self) -> bool {
        true
    }

    fn explain(error: Error) -> Error {
        explain(error)
    }
}

pub(crate) fn path(id: &str) -> Result<String> {
    check_id("script's ID", id)?;
    Ok(format!("scripts/{id}"))
}

/// Starts a script's reply.
pub(crate) async fn invoke(api: &Api, path: &str, body: &(impl Serialize + Sync)) -> Result<Body> {
    let connection = api.connection();
    let request = Request::invoke(format!("api/v2/{path}/invoke"), body)?;
    connection.open(request, connection.read_timeout).await.map_err(explain)
}

/// InfluxDB OSS does not know the path.
fn explain(error: Error) -> Error {
    let is_unknown = error.status() == Some(404)
        && error.server_message().is_none_or(|message| message.contains("path not found"));
    if is_unknown {
        Error::setting(SettingCause::CloudOnly { what: "invokable scripts" }, error)
    } else {
        error
    }
}

impl Scripts {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Keeps a script. It reads the values that it is called with as `params.name`.
    pub fn create(&self, name: impl Into<String>, script: impl Into<String>) -> CreateScript {
        CreateScript {
            api: self.api.clone(),
            body: Kept {
                name: name.into(),
                description: String::new(),
                script: script.into(),
                language: ScriptLanguage::Flux,
            },
        }
    }

    /// The script of this ID, if there is one.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is no ID;
    /// [`NotFound`](crate::ErrorKind::NotFound) where the server has no scripts at all.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, id: &str) -> Result<Option<InvokableScript>> {
        self.api.find(path(id)?, &["script"]).await.map_err(explain)
    }

    /// All scripts of the organization.
    pub fn list(&self) -> List<InvokableScript> {
        List::new(self.api.clone(), "scripts")
    }

    /// Changes the script of this ID.
    pub fn update(&self, id: impl Into<String>) -> UpdateScript {
        UpdateScript { api: self.api.clone(), id: id.into(), change: Change::default() }
    }

    /// Deletes the script of this ID.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none, or the server has no scripts at all.
    ///
    /// # Cancel safety
    /// Dropping the future may leave it there or deleted.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.api.delete(path(id)?).await.map_err(explain)
    }
}

impl List<InvokableScript> {
    /// Only those of this name.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.filter("name", name)
    }
}

#[derive(Debug, Clone, Serialize)]
struct Kept {
    name: String,
    description: String,
    script: String,
    language: ScriptLanguage,
}

/// A script to create, not sent yet; await it.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what the server does not take;
/// [`NotFound`](crate::ErrorKind::NotFound) where it has no scripts at all.
///
/// # Cancel safety
/// Dropping the future may leave it created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateScript {
    api: Api,
    body: Kept,
}

impl CreateScript {
    /// What it is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.body.description = description.into();
        self
    }

    /// Its language; Flux without a call.
    pub fn language(mut self, language: ScriptLanguage) -> Self {
        self.body.language = language;
        self
    }

    async fn send(self) -> Result<InvokableScript> {
        self.api.send(Method::Post, "scripts".into(), &self.body).await.map_err(explain)
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<String>,
}

/// A change of a script, not sent yet; await it.
///
/// # Errors
/// Those of [`CreateScript`].
///
/// # Cancel safety
/// Dropping the future may leave it changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateScript {
    api: Api,
    id: String,
    change: Change,
}

impl UpdateScript {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.change.name = Some(name.into());
        self
    }

    /// What it is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.change.description = Some(description.into());
        self
    }

    /// Another text.
    pub fn script(mut self, script: impl Into<String>) -> Self {
        self.change.script = Some(script.into());
        self
    }

    async fn send(self) -> Result<InvokableScript> {
        let path = path(&self.id)?;
        self.api.send(Method::Patch, path, &self.change).await.map_err(explain)
    }
}

awaited!(CreateScript => InvokableScript, UpdateScript => InvokableScript);
