use serde::Deserialize;

use super::Client;
use crate::error::{Endpoint, Error, Result, TransportCause};
use crate::http::{Method, Request};
use crate::time::Timestamp;

/// What `/health` says of the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum HealthStatus {
    /// It is.
    Pass,
    /// It is not.
    Fail,
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

    /// How the server is; a server that is not well is no error. Needs no token.
    ///
    /// # Errors
    /// Those of [`ping`](Self::ping), and [`Decode`](crate::ErrorKind::Decode) when something else
    /// than InfluxDB answers.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn health(&self) -> Result<Health> {
        self.0.call_even_if_unavailable(Request::new(Method::Get, "health")).await?.json()
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
