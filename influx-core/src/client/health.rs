use serde::Deserialize;

use super::Client;
use crate::error::{Endpoint, Error, Result, TransportCause};
use crate::http::{Method, Request};
use crate::time::Timestamp;

/// What `/health` says of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// The product, `influxdb`.
    pub name: String,
    /// Whether it is well.
    pub status: HealthStatus,
    /// In words.
    pub message: Option<String>,
    /// Such as `v2.9.1`.
    pub version: Option<String>,
    /// The commit that it was built from.
    pub commit: Option<String>,
}

/// Whether a server is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HealthStatus {
    /// It is.
    Pass,
    /// It is not, or says something else than `pass`.
    Fail,
}

#[derive(Deserialize)]
struct HealthJson {
    name: String,
    status: String,
    message: Option<String>,
    version: Option<String>,
    commit: Option<String>,
}

impl From<HealthJson> for Health {
    fn from(json: HealthJson) -> Self {
        let HealthJson { name, status, message, version, commit } = json;
        let status = if status == "pass" { HealthStatus::Pass } else { HealthStatus::Fail };
        Self { name, status, message, version, commit }
    }
}

/// What `/ready` says of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ready {
    /// `ready`.
    pub status: String,
    /// Since when it runs.
    pub started: Timestamp,
    /// For how long, as Go prints a duration: `1h2m3.4s`.
    pub up: String,
}

#[derive(Deserialize)]
struct ReadyJson {
    status: String,
    started: String,
    up: String,
}

impl Client {
    /// Whether the server answers at all. Needs no token.
    ///
    /// # Errors
    /// [`Connect`](crate::ErrorKind::Connect) and other failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn ping(&self) -> Result<()> {
        self.0.call(Request::new(Method::Get, "ping")).await.map(drop)
    }

    /// The server's version, such as `v2.9.1`. Needs no token.
    ///
    /// # Errors
    /// Those of [`ping`](Self::ping), and [`Decode`](crate::ErrorKind::Decode) when the server does
    /// not say.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn version(&self) -> Result<String> {
        let reply = self.0.call(Request::new(Method::Get, "ping")).await?;
        reply.version.ok_or_else(|| decode("names no version; is this an InfluxDB server?"))
    }

    /// The server's edition, such as `OSS`. Needs no token.
    ///
    /// # Errors
    /// Those of [`version`](Self::version).
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn build(&self) -> Result<String> {
        let reply = self.0.call(Request::new(Method::Get, "ping")).await?;
        reply.build.ok_or_else(|| decode("names no edition; is this an InfluxDB server?"))
    }

    /// How the server is; a server that is not well is no error. Needs no token.
    ///
    /// # Errors
    /// Those of [`ping`](Self::ping); [`Decode`](crate::ErrorKind::Decode) or
    /// [`Unavailable`](crate::ErrorKind::Unavailable) when something else than InfluxDB answers.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn health(&self) -> Result<Health> {
        let request = Request::new(Method::Get, "health");
        let reply = self.0.call_accepting(request, Some(503)).await?;
        match reply.json::<HealthJson>() {
            Ok(json) => Ok(json.into()),
            // Not the server's own 503, but that of a proxy in front of none.
            Err(_) if reply.status == 503 => Err(reply.into_error()),
            Err(error) => Err(error),
        }
    }

    /// Since when the server runs. Needs no token.
    ///
    /// # Errors
    /// Those of [`health`](Self::health).
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn ready(&self) -> Result<Ready> {
        let reply = self.0.call(Request::new(Method::Get, "ready")).await?;
        let ReadyJson { status, started, up } = reply.json()?;
        let started = started.parse().map_err(|_| decode("names no start time"))?;
        Ok(Ready { status, started, up })
    }
}

fn decode(problem: &'static str) -> Error {
    TransportCause::Decode { doing: Endpoint::Admin, problem }.into()
}
