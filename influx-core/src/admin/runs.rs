use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::api::{Api, awaited};
use super::extra::{Extra, list, time};
use super::list::{List, Paging, sealed};
use super::references::check_id;
use super::tasks::{Tasks, path};
use super::words::RunStatus;
use crate::error::Result;
use crate::http::{Method, pause};
use crate::time::{Timestamp, ToTimestamp};

/// A run of a task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Run {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The ID of the task.
    #[serde(rename = "taskID")]
    pub task_id: String,
    /// How far it has come.
    pub status: RunStatus,
    /// What `now()` is in the script, without the offset.
    #[serde(default, deserialize_with = "time")]
    pub scheduled_for: Option<Timestamp>,
    /// When it began.
    #[serde(default, deserialize_with = "time")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "time")]
    pub finished_at: Option<Timestamp>,
    /// When somebody asked for it.
    #[serde(default, deserialize_with = "time")]
    pub requested_at: Option<Timestamp>,
    /// What happened.
    #[serde(default, deserialize_with = "list")]
    pub log: Vec<LogEvent>,
    /// What else the server says.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LogEvent {
    /// The ID of the run.
    #[serde(rename = "runID", default)]
    pub run_id: Option<String>,
    /// When.
    #[serde(default, deserialize_with = "time")]
    pub time: Option<Timestamp>,
    /// What.
    pub message: String,
}

impl sealed::Item for Run {
    const KEY: &'static str = "runs";
    /// With `after` InfluxDB 2.9.1 gives no run that is done.
    const PAGING: Paging = Paging::Before(500);
    const OF_ORG: bool = false;

    fn key(&self) -> &str {
        &self.id
    }

    fn time(&self) -> Option<Timestamp> {
        self.scheduled_for
    }
}

/// What a member of the API's JSON holds, where nothing is said.
#[derive(Serialize)]
struct Nothing {}

fn run_path(id: &str, run_id: &str) -> Result<String> {
    check_id("run's ID", run_id)?;
    Ok(format!("{}/runs/{run_id}", path(id)?))
}

impl Tasks {
    /// The runs of the task of this ID, as far as the server remembers them, those scheduled for the
    /// latest times first.
    pub fn runs(&self, id: &str) -> List<Run> {
        match path(id) {
            Ok(path) => List::new(self.api.clone(), format!("{path}/runs")),
            Err(error) => List::new(self.api.clone(), "tasks").refuse(error),
        }
    }

    /// The run, if there is one. One that has just been asked for may not be there yet, nor between its
    /// end and the moment when that is noted; see [`RunTask::to_end`].
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is no ID,
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such task, and failures of the
    /// connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn find_run(&self, id: &str, run_id: &str) -> Result<Option<Run>> {
        let missing = ["failed to find run: run not found"];
        self.api.find(run_path(id, run_id)?, &missing).await
    }

    /// Runs the task of this ID once, soon.
    pub fn run(&self, id: impl Into<String>) -> RunTask {
        RunTask { api: self.api.clone(), id: id.into(), at: None }
    }

    /// Runs once more, for the same time.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such run, and those of [`RunTask`].
    ///
    /// # Cancel safety
    /// Dropping the future may leave it run or not.
    pub async fn retry_run(&self, id: &str, run_id: &str) -> Result<Run> {
        let path = format!("{}/retry", run_path(id, run_id)?);
        self.api.send(Method::Post, path, &Nothing {}).await
    }

    /// Ends a run that is not done.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such run, or it is done.
    ///
    /// # Cancel safety
    /// Dropping the future may leave it running or ended.
    pub async fn cancel_run(&self, id: &str, run_id: &str) -> Result<()> {
        self.api.delete(run_path(id, run_id)?).await
    }

    /// What happened in all runs of the task of this ID, as far as the server remembers.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such task.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn logs(&self, id: &str) -> Result<Vec<LogEvent>> {
        self.api.members(format!("{}/logs", path(id)?), "events").await
    }

    /// What happened in a run.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such run.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn run_logs(&self, id: &str, run_id: &str) -> Result<Vec<LogEvent>> {
        self.api.members(format!("{}/logs", run_path(id, run_id)?), "events").await
    }
}

impl List<Run> {
    /// Only those scheduled after this time.
    pub fn after_time(self, time: impl ToTimestamp) -> Self {
        self.filter_time("afterTime", time.to_timestamp())
    }

    /// Only those scheduled before this time.
    pub fn before_time(self, time: impl ToTimestamp) -> Self {
        self.filter_time("beforeTime", time.to_timestamp())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<Timestamp>,
}

/// A run to start, not sent yet; await it. The answer comes before it has run.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a task that is not active,
/// [`NotFound`](crate::ErrorKind::NotFound) when there is none,
/// [`Forbidden`](crate::ErrorKind::Forbidden).
///
/// # Cancel safety
/// Dropping the future may leave it run or not.
#[derive(Debug, Clone)]
#[must_use = "nothing runs until it is awaited"]
pub struct RunTask {
    api: Api,
    id: String,
    at: Option<Result<Timestamp>>,
}

impl RunTask {
    /// As if it were this time, in whole seconds; now without a call.
    pub fn at(mut self, time: impl ToTimestamp) -> Self {
        self.at = Some(time.to_timestamp());
        self
    }

    /// Starts it, and waits until it is done: the run as it is then, with its log, or as it is when this
    /// time is over, which its `status` tells.
    ///
    /// ```no_run
    /// # async fn example(client: influx_core::Client, id: &str) -> influx_core::Result<()> {
    /// use std::time::Duration;
    ///
    /// let run = client.tasks().run(id).to_end(Duration::from_secs(60)).await?;
    /// assert!(run.status.is_final(), "{:?}", run.log);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`RunTask`], and failures of the connection. That the run fails is none.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it running.
    pub async fn to_end(self, limit: Duration) -> Result<Run> {
        const LONGEST: Duration = Duration::from_secs(1);
        let (tasks, begun) = (Tasks { api: self.api.clone() }, Instant::now());
        let mut run = self.send().await?;
        let mut rest = Duration::from_millis(50);
        while !run.status.is_final() && begun.elapsed() < limit {
            pause(rest.min(limit.saturating_sub(begun.elapsed()))).await;
            rest = LONGEST.min(rest * 2);
            run = tasks.find_run(&run.task_id, &run.id).await?.unwrap_or(run);
        }
        Ok(run)
    }

    async fn send(self) -> Result<Run> {
        let body = Body { scheduled_for: self.at.transpose()? };
        let path = format!("{}/runs", path(&self.id)?);
        self.api.send(Method::Post, path, &body).await
    }
}

awaited!(RunTask => Run);
