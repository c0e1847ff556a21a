use std::sync::Arc;

use serde::Deserialize;

use super::ResourceType;
use super::api::Api;
use super::extra::{Extra, list, text, time};
use super::labels::{AttachedLabels, Label};
use super::list::{List, Paging, sealed};
use super::members::Members;
use super::new_task::{CreateTask, UpdateTask};
use super::references::{OrgRef, UserRef, check_id};
use super::schedule::Schedule;
use super::words::{RunStatus, Status};
use crate::error::{Result, SettingCause};
use crate::flux::Script;
use crate::http::Connection;
use crate::time::Timestamp;

/// Tasks, which are scripts that the server runs by itself, and their runs; from
/// [`Client::tasks`](crate::Client::tasks).
///
/// ```no_run
/// # async fn example(client: influx_core::Client) -> influx_core::Result<()> {
/// use std::time::Duration;
///
/// use influx_core::admin::Schedule;
/// use influx_core::flux;
///
/// let (bucket, hour) = ("my-bucket", Duration::from_secs(3_600));
/// let script = flux!(
///     r#"from(bucket: {bucket}) |> range(start: -task.every)
///         |> aggregateWindow(every: task.every, fn: mean) |> to(bucket: "means")"#
/// );
/// let task = client.tasks().create("means", Schedule::every(hour), script).await?;
/// let run = client.tasks().run(&task.id).to_end(Duration::from_secs(60)).await?;
/// assert!(run.status.is_final());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tasks {
    pub(super) api: Api,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Task {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The ID of its organization.
    #[serde(rename = "orgID")]
    pub org_id: String,
    /// The ID of the user that it runs for.
    #[serde(rename = "ownerID", default, deserialize_with = "text")]
    pub owner_id: Option<String>,
    /// The name, which others may have too.
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// Whether it runs by itself.
    pub status: Status,
    /// Its script, with the option `task`; empty in a [`basic`](List::basic) list.
    #[serde(default)]
    pub flux: String,
    /// How often it runs, as Flux says it: `1h30m`.
    #[serde(default, deserialize_with = "text")]
    pub every: Option<String>,
    /// When it runs, as cron says it.
    #[serde(default, deserialize_with = "text")]
    pub cron: Option<String>,
    /// How much later than that it runs, as Flux says it.
    #[serde(default, deserialize_with = "text")]
    pub offset: Option<String>,
    /// What is attached to it.
    #[serde(default, deserialize_with = "list")]
    pub labels: Vec<Label>,
    /// For when the last run was that is done; at first the time of its creation.
    #[serde(default, deserialize_with = "time")]
    pub latest_completed: Option<Timestamp>,
    /// How the last run ended.
    #[serde(default)]
    pub last_run_status: Option<RunStatus>,
    /// Why the last run failed.
    #[serde(default, deserialize_with = "text")]
    pub last_run_error: Option<String>,
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

impl sealed::Item for Task {
    const KEY: &'static str = "tasks";
    const PAGING: Paging = Paging::After(500);
    const OF_ORG: bool = true;

    fn key(&self) -> &str {
        &self.id
    }

    /// Asked for a user's, the server forgets the organization.
    fn is_of(&self, org_id: &str) -> bool {
        self.org_id == org_id
    }
}

pub(super) fn path(id: &str) -> Result<String> {
    check_id("task's ID", id)?;
    Ok(format!("tasks/{id}"))
}

impl Tasks {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self { api: Api::new(connection) }
    }

    /// Creates a task that runs this script at these times, in the client's organization. The script has
    /// no option `task`: that is put behind its imports, so it may use `task.every`. Values of
    /// [`flux!`](crate::flux!) and [`Script::param`] are written into it.
    pub fn create(
        &self,
        name: impl Into<String>,
        schedule: Schedule,
        script: impl Into<Script>,
    ) -> CreateTask {
        CreateTask::new(self.api.clone(), script.into(), Some((name.into(), schedule)))
    }

    /// Creates a task from a script that says all of it in its own `option task = {name: …, every: …}`.
    pub fn create_as_written(&self, script: impl Into<Script>) -> CreateTask {
        CreateTask::new(self.api.clone(), script.into(), None)
    }

    /// The task of this ID, if there is one that the token may see.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is no ID, and failures of the
    /// connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find(&self, id: &str) -> Result<Option<Task>> {
        const MISSING: [&str; 3] = [
            "failed to find task: task not found",
            "failed to find task: unauthorized",
            "task not found",
        ];
        self.api.find(path(id)?, &MISSING).await
    }

    /// The tasks of the client's organization, or of [another](List::org).
    pub fn list(&self) -> List<Task> {
        List::new(self.api.clone(), "tasks")
    }

    /// Changes the task of this ID.
    pub fn update(&self, id: impl Into<String>) -> UpdateTask {
        UpdateTask::new(self.clone(), id.into())
    }

    /// Lets the task of this ID run by itself.
    ///
    /// # Errors
    /// Those of [`UpdateTask`].
    ///
    /// # Cancel safety
    /// Dropping the future may leave it enabled or not.
    pub async fn enable(&self, id: &str) -> Result<Task> {
        self.update(id).status(Status::Active).await
    }

    /// Keeps the task of this ID from running.
    ///
    /// # Errors
    /// Those of [`UpdateTask`].
    ///
    /// # Cancel safety
    /// Dropping the future may leave it enabled or not.
    pub async fn disable(&self, id: &str) -> Result<Task> {
        self.update(id).status(Status::Inactive).await
    }

    /// Makes another task with the script, the description, the status and the labels of this one.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such task, and those of [`CreateTask`].
    ///
    /// # Cancel safety
    /// Dropping the future may leave it created, with some of the labels, or not.
    pub async fn duplicate(&self, id: &str) -> Result<Task> {
        let task = self.require(id).await?;
        let mut create =
            self.create_as_written(task.flux).org(OrgRef::Id(task.org_id)).status(task.status);
        if let Some(description) = task.description {
            create = create.description(description);
        }
        let mut copy = create.await?;
        let labels = self.labels(&copy.id);
        for label in task.labels {
            copy.labels.push(labels.attach(&label.id).await?);
        }
        Ok(copy)
    }

    /// Deletes the task of this ID, and its runs.
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

    /// What is attached to the task of this ID.
    pub fn labels(&self, id: impl Into<String>) -> AttachedLabels {
        AttachedLabels::of(self.api.clone(), ResourceType::TASKS, id.into())
    }

    /// The users that may use the task of this ID.
    pub fn members(&self, id: impl Into<String>) -> Members {
        Members::of_task(self.api.clone(), id.into(), "members")
    }

    /// The users that may change the task of this ID.
    pub fn owners(&self, id: impl Into<String>) -> Members {
        Members::of_task(self.api.clone(), id.into(), "owners")
    }

    pub(super) async fn require(&self, id: &str) -> Result<Task> {
        let missing = SettingCause::NoSuch { what: "task", name: id.to_owned() };
        self.find(id).await?.ok_or_else(|| missing.into())
    }
}

impl List<Task> {
    /// Those of this organization instead of the client's.
    pub fn org(self, org: impl Into<OrgRef>) -> Self {
        self.of_org(org.into())
    }

    /// Those of all organizations.
    pub fn all_orgs(self) -> Self {
        self.of_all()
    }

    /// Only those of this name.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.filter("name", name)
    }

    /// Only those of this user.
    pub fn user(self, user: impl Into<UserRef>) -> Self {
        self.of_user("user", user.into())
    }

    /// Only those that run by themselves, or do not.
    pub fn status(self, status: &Status) -> Self {
        self.filter("status", status.as_str())
    }

    /// Without their scripts, which is faster.
    pub fn basic(self) -> Self {
        self.filter("type", "basic")
    }

    /// Only those behind the one of this ID, which has to exist: else the server leaves out the next one.
    pub fn after(self, id: impl Into<String>) -> Self {
        self.starting_after(id.into())
    }
}
