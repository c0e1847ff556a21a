use serde::Serialize;

use super::api::{Api, awaited};
use super::references::OrgRef;
use super::schedule::{Schedule, Words, duration, whole_seconds};
use super::tasks::{Task, Tasks, path};
use super::words::Status;
use crate::error::{Result, SettingCause};
use crate::flux::{Script, TaskOption, task_text};
use crate::http::Method;
use crate::time::ToSpan;

/// A blank name is none that the server takes.
fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() {
        let problem = "is blank; give it a name";
        return Err(SettingCause::Invalid { what: "task's name", problem }.into());
    }
    Ok(())
}

/// The count of something, within what the server takes.
fn check_count(what: &'static str, count: u32, most: u32) -> Result<i64> {
    if (1..=most).contains(&count) {
        return Ok(count.into());
    }
    let problem =
        if most == 100 { "is a number from 1 to 100" } else { "is a number from 1 to 10" };
    Err(SettingCause::Invalid { what, problem }.into())
}

fn offset_text(nanos: i128) -> Result<String> {
    whole_seconds("offset", nanos).map(duration)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(rename = "orgID")]
    org_id: String,
    flux: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

/// A task to create, not sent yet; await it.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput), before anything is sent, for a blank name, a
/// schedule or an offset that is not of whole seconds, and settings beside a script that has its own;
/// from the server, for what is no cron and no Flux. [`InvalidFlux`](crate::ErrorKind::InvalidFlux) for a
/// script that cannot be sent, [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave it created or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateTask {
    api: Api,
    script: Script,
    own: Option<(String, Schedule)>,
    offset: Option<i128>,
    concurrency: Option<u32>,
    retry: Option<u32>,
    org: Option<OrgRef>,
    description: Option<String>,
    status: Option<Status>,
}

impl CreateTask {
    pub(super) const fn new(api: Api, script: Script, own: Option<(String, Schedule)>) -> Self {
        Self {
            api,
            script,
            own,
            offset: None,
            concurrency: None,
            retry: None,
            org: None,
            description: None,
            status: None,
        }
    }

    /// How much later than scheduled it runs, so that late points are there; earlier, if less than zero.
    /// Whole seconds.
    pub fn offset(mut self, offset: impl ToSpan) -> Self {
        self.offset = Some(offset.span_nanos());
        self
    }

    /// How many of its runs may run at once, 1 to 100; one without a call.
    pub const fn concurrency(mut self, runs: u32) -> Self {
        self.concurrency = Some(runs);
        self
    }

    /// How often a run that fails is tried, 1 to 10; once without a call.
    pub const fn retry(mut self, times: u32) -> Self {
        self.retry = Some(times);
        self
    }

    /// The organization, instead of the client's.
    pub fn org(mut self, org: impl Into<OrgRef>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// What it is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Whether it runs by itself; a new one does.
    pub fn status(mut self, status: Status) -> Self {
        self.status = Some(status);
        self
    }

    /// The script as the server gets it.
    fn text(&self) -> Result<String> {
        let offset = self.offset.map(offset_text).transpose()?;
        let Some((name, schedule)) = &self.own else {
            if offset.is_some() || self.concurrency.is_some() || self.retry.is_some() {
                let problem = "are said by the script itself; put them into its option `task`";
                return Err(SettingCause::Invalid { what: "settings of the task", problem }.into());
            }
            return task_text(&self.script, None);
        };
        check_name(name)?;
        let (every, cron) = match schedule.words()? {
            Words::Every(every) => (Some(every), None),
            Words::Cron(cron) => (None, Some(cron)),
        };
        let count = |what, count: Option<u32>, most| {
            count.map(|count| check_count(what, count, most)).transpose()
        };
        let option = TaskOption {
            name,
            every: every.as_deref(),
            cron: cron.as_deref(),
            offset: offset.as_deref(),
            concurrency: count("concurrency", self.concurrency, 100)?,
            retry: count("retry", self.retry, 10)?,
        };
        task_text(&self.script, Some(option))
    }

    async fn send(self) -> Result<Task> {
        let flux = self.text()?;
        let org_id = self.api.org_id(self.org.as_ref()).await?;
        let body = Body { org_id, flux, description: self.description, status: self.status };
        self.api.send(Method::Post, "tasks".into(), &body).await
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    flux: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cron: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

/// A change of a task, not sent yet; await it.
///
/// Another name, schedule or offset makes the server write the script anew, in its own layout and without
/// its comments.
///
/// # Errors
/// Those of [`CreateTask`], and [`NotFound`](crate::ErrorKind::NotFound);
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name with `$` without a new script, since
/// InfluxDB 2.9.1 would put it into the old one as Flux.
///
/// # Cancel safety
/// Dropping the future may leave it changed or not.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateTask {
    tasks: Tasks,
    id: String,
    name: Option<String>,
    schedule: Option<Schedule>,
    offset: Option<Option<i128>>,
    script: Option<(Script, bool)>,
    description: Option<String>,
    status: Option<Status>,
}

impl UpdateTask {
    pub(super) const fn new(tasks: Tasks, id: String) -> Self {
        Self {
            tasks,
            id,
            name: None,
            schedule: None,
            offset: None,
            script: None,
            description: None,
            status: None,
        }
    }

    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Other times.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = Some(schedule);
        self
    }

    /// How much later than scheduled it runs: whole seconds.
    pub fn offset(mut self, offset: impl ToSpan) -> Self {
        self.offset = Some(Some(offset.span_nanos()));
        self
    }

    /// It runs when it is scheduled.
    pub const fn no_offset(mut self) -> Self {
        self.offset = Some(None);
        self
    }

    /// Another script without the option `task`: name, schedule and offset stay, or are the new ones.
    /// `concurrency` and `retry` are forgotten.
    pub fn script(mut self, script: impl Into<Script>) -> Self {
        self.script = Some((script.into(), false));
        self
    }

    /// Another script with its own option `task`.
    pub fn script_as_written(mut self, script: impl Into<Script>) -> Self {
        self.script = Some((script.into(), true));
        self
    }

    /// What it is for; nothing, for an empty text.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Whether it runs by itself.
    pub fn status(mut self, status: Status) -> Self {
        self.status = Some(status);
        self
    }

    async fn send(self) -> Result<Task> {
        let path = path(&self.id)?;
        let api = self.tasks.api.clone();
        let change = self.change().await?;
        api.send(Method::Patch, path, &change).await
    }

    async fn change(self) -> Result<Change> {
        if let Some(name) = &self.name {
            check_name(name)?;
        }
        let (every, cron) = match self.schedule.as_ref().map(Schedule::words).transpose()? {
            Some(Words::Every(every)) => (Some(every), None),
            Some(Words::Cron(cron)) => (None, Some(cron)),
            None => (None, None),
        };
        let offset = self.offset.map(|offset| offset_text(offset.unwrap_or(0))).transpose()?;
        let mut change = Change {
            name: self.name,
            every,
            cron,
            offset,
            description: self.description,
            status: self.status,
            flux: None,
        };
        match self.script {
            Some((script, true)) => change.flux = Some(task_text(&script, None)?),
            Some((script, false)) => {
                let task = self.tasks.require(&self.id).await?;
                change.write_into(&script, &task)?;
            }
            None => {}
        }
        if change.needs_more() {
            let task = self.tasks.require(&self.id).await?;
            change.complete(task);
        }
        change.check()?;
        Ok(change)
    }
}

impl Change {
    /// Puts what the option `task` says into a new script.
    fn write_into(&mut self, script: &Script, old: &Task) -> Result<()> {
        let is_new = self.every.is_some() || self.cron.is_some();
        let (every, cron) = if is_new {
            (self.every.take(), self.cron.take())
        } else {
            (old.every.clone(), old.cron.clone())
        };
        let offset = self.offset.take().or_else(|| old.offset.clone());
        let name = self.name.take().unwrap_or_else(|| old.name.clone());
        let option = TaskOption {
            name: &name,
            every: every.as_deref(),
            cron: cron.as_deref(),
            offset: offset.as_deref(),
            ..TaskOption::default()
        };
        self.flux = Some(task_text(script, Some(option))?);
        Ok(())
    }

    /// For the server a description alone, or no offset alone, is nothing to change.
    fn needs_more(&self) -> bool {
        let has_no_offset = self.offset.as_deref() == Some("0s");
        let has_schedule = self.every.is_some() || self.cron.is_some() || self.flux.is_some();
        let has_other =
            has_schedule || self.name.is_some() || self.offset.is_some() || self.status.is_some();
        (has_no_offset && !has_schedule) || (self.description.is_some() && !has_other)
    }

    /// Says again what is so already.
    fn complete(&mut self, old: Task) {
        if self.offset.is_some() {
            (self.every, self.cron) = (old.every, old.cron);
        } else {
            self.status = Some(old.status);
        }
    }

    fn check(&self) -> Result<()> {
        if self.name.as_ref().is_some_and(|name| name.contains('$')) {
            let problem = "holds a `$`, which the server would read as Flux; give the task its script \
                           anew with the same call";
            return Err(SettingCause::Invalid { what: "task's name", problem }.into());
        }
        Ok(())
    }
}

awaited!(CreateTask => Task, UpdateTask => Task);
