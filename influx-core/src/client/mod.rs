//! The client: writes, queries and the health of a server.
//!
//! [`Client`] is a cheap handle on one server. Every request is a value first: [`Client::write`] and
//! the administrative calls are awaited, [`Client::query`] ends in a method that says in which shape
//! the result is wanted. This room puts the others together and knows no format itself.
//!
//! | I want | call |
//! |---|---|
//! | a client, with settings from code, a file or the environment | [`Client::builder`], [`Client::from_config_file`], [`Client::from_env`] |
//! | to write a few records now | [`Client::write`] |
//! | to write records whose keys are known at run time | [`Client::write`] with a [mapping](crate::Mapping) |
//! | to write a data frame (feature `polars`) | `Client::write_frame` with the same |
//! | to write a file of line protocol | [`Writer::write_file`] |
//! | to write from many tasks, and lose nothing while the server is away | [`Client::writer`] |
//! | rows of a struct, by time, tags and fields | [`Client::select`] `.range(…).filter(…).fetch()` |
//! | the newest row of each series | … `.sort_desc(Cpu::TIME).limit_per_series(1)` |
//! | the ten greatest | … `.filter(Cpu::LOAD.exists()).sort_desc(Cpu::LOAD).limit(10)` |
//! | a page | … `.sort(Cpu::TIME).skip(20).limit(10)`, over a range of instants |
//! | the mean of five minutes for each host | … `.mean().every(five_minutes).group_by(Cpu::HOST).fetch_as::<Mean>()` |
//! | the last value of every field | … `.last().fetch_as()` |
//! | the hosts that there are | … `.distinct(Cpu::HOST).fetch_as()` |
//! | what the server makes of it | … `.explain()` |
//! | a data frame instead of rows (feature `polars`) | … `.data_frame()`; of a result larger than memory, `.data_frame_chunks(rows)` |
//! | any other Flux | [`Client::query`], with [`flux!`](crate::flux!) or [`Query::param`] for values |
//! | to know whether that is Flux | [`Client::check`] |
//! | points gone | [`Client::delete`] `.range(…).filter(…)` |
//! | buckets, tokens, users, tasks and the rest | the module [admin](mod@crate::admin) |
//!
//! `fetch` collects, `stream` streams, `rows` lends; with `_as`, into a type with
//! [`#[derive(FromRow)]`](macro@crate::measurement::FromRow).

mod aggregate;
mod builder;
mod check;
mod delete;
#[cfg(feature = "polars")]
mod frames;
mod health;
mod invoke;
mod profile;
mod query;
mod rows;
mod select;
mod source;
mod write;
#[cfg(feature = "polars")]
mod write_frame;
pub mod writer;

use std::fmt;
use std::sync::Arc;

pub use self::aggregate::{Aggregate, Columns, Distinct, WholeRows};
pub use self::builder::ClientBuilder;
pub use self::check::SyntaxError;
pub use self::delete::{CanDelete, Delete, DeletePoints, DeleteWithin};
#[cfg(feature = "polars")]
pub use self::frames::{FrameChunks, FrameQuery};
pub use self::health::{Health, HealthStatus, Ready};
pub use self::invoke::InvokeScript;
pub use self::profile::{OperatorProfile, Profile, QueryProfile};
pub use self::query::{Query, RawReply};
pub use self::rows::{RowStream, Rows};
pub use self::select::{HasRange, NoRange, Ranged, Select};
pub use self::write::Write;
#[cfg(feature = "polars")]
pub use self::write_frame::WriteFrame;
pub use self::writer::{Receipt, Report, Writer, WriterBuilder};
#[cfg(feature = "config-file")]
pub use crate::config::{ConfigFile, ConfigFormat};
#[cfg(feature = "http-client")]
pub use crate::http::HttpClient;
pub use crate::http::{BoxFuture, Method};

use crate::admin::{
    self, ApiRequest, Authorizations, Buckets, Dbrps, Labels, Organizations, Scripts, Setup, Tasks,
    Users,
};
use crate::config::Options;
#[cfg(feature = "polars")]
use crate::dataframe::DataFrame;
use crate::error::Result;
use crate::flux::Script;
use crate::http::Connection;
use crate::line_protocol::IntoLines;
#[cfg(feature = "polars")]
use crate::line_protocol::Mapping;
use crate::measurement::Measurement;

/// A handle on one InfluxDB server. Clones share its connections.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let url = server.url(); // of a server for tests, inside the process
/// use influx_core::{Client, Point};
///
/// let client = Client::builder(url).token("my-token").org("my-org").build()?;
/// client.write("my-bucket", Point::measurement("cpu").field("temp", 22.35)).await?;
/// # assert_eq!(server.lines("my-bucket").len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// Needs a Tokio runtime with I/O and time.
#[derive(Clone)]
pub struct Client(Arc<Connection>);

impl Client {
    /// Starts a client for the server at this URL, such as `http://localhost:8086`.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(Options::new(url))
    }

    /// A client from environment variables, such as `INFLUXDB_V2_URL`, `INFLUXDB_V2_TOKEN` and
    /// `INFLUXDB_V2_ORG`. The page of [`ClientBuilder`] lists all.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when a variable cannot work.
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }

    /// A client from a file of settings: TOML, INI, JSON, or the profiles of the `influx` CLI. See
    /// [`ConfigFile`] for the formats and [`ClientBuilder`] for the keys, for the environment on top of
    /// them, and for warnings.
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("from-config-file-{}.toml", std::process::id()));
    /// std::fs::write(
    ///     &path,
    ///     r#"
    ///     [influx2]
    ///     url = "http://localhost:8086"
    ///     token = "my-token"
    ///     org = "my-org"
    ///     timeout = 6000
    ///
    ///     [tags]
    ///     host = "${env.CARGO_PKG_NAME}"
    ///     "#,
    /// )?;
    /// let client = influx_core::Client::from_config_file(&path)?;
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the file cannot be read, is not of its
    /// format, or a setting in it cannot work.
    #[cfg(feature = "config-file")]
    pub fn from_config_file(file: impl Into<ConfigFile>) -> Result<Self> {
        ClientBuilder::from_config_file(file)?.build()
    }

    /// Ends the [`session`](ClientBuilder::session) that this client and its clones have signed in to.
    /// A later request signs in again. Without a session it does nothing.
    ///
    /// # Errors
    /// Failures of the connection. The client has forgotten the session all the same.
    ///
    /// # Cancel safety
    /// The client has forgotten the session; the server may not.
    pub async fn sign_out(&self) -> Result<()> {
        self.0.sign_out().await
    }

    pub(crate) fn from_options(options: Options) -> Result<Self> {
        options.connect().map(|connection| Self(Arc::new(connection)))
    }

    /// Writes one record, a slice or an iterator of records, or finished lines, in one request.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// use influx_core::{Point, Precision};
    ///
    /// let cores = ["0", "1"].map(|core| Point::measurement("cpu").tag("core", core).field("temp", 22.5));
    /// client.write("my-bucket", &cores).await?;
    /// client.write("my-bucket", "cpu temp=22.5 1714564800").precision(Precision::Seconds).await?;
    /// # assert_eq!(server.lines("my-bucket").len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn write<'x, Kind>(
        &self,
        bucket: impl Into<String>,
        lines: impl IntoLines<Kind> + 'x,
    ) -> Write<'x> {
        Write::new(Arc::clone(&self.0), bucket.into(), lines)
    }

    /// Writes the rows of a data frame, in as many requests as that takes. See [`WriteFrame`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// use influx_core::dataframe::polars::prelude::df;
    /// use influx_core::{Mapping, Precision};
    ///
    /// let frame = df!(
    ///     "host" => ["a", "b"],
    ///     "temp" => [22.35, 21.5],
    ///     "at" => [1_714_564_800_i64, 1_714_564_801],
    /// )?;
    /// let mapping = Mapping::measurement("cpu").tag("host").time_in("at", Precision::Seconds);
    /// let report = client.write_frame("my-bucket", &frame, &mapping).await?;
    /// assert_eq!(report.points(), 2);
    /// # assert_eq!(server.lines("my-bucket").len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "polars")]
    pub fn write_frame(
        &self,
        bucket: impl Into<String>,
        frame: &DataFrame,
        mapping: &Mapping,
    ) -> WriteFrame {
        WriteFrame::new(Arc::clone(&self.0), bucket.into(), mapping.frame(frame))
    }

    /// Starts a [`Writer`] for this bucket: it collects lines into batches and sends them in the
    /// background, again and again while the server is away. See the module [`writer`].
    pub fn writer(&self, bucket: impl Into<String>) -> WriterBuilder {
        WriterBuilder::new(Arc::clone(&self.0), bucket.into())
    }

    /// Runs a Flux script. What comes next says in which shape the result is wanted:
    /// [`fetch`](Query::fetch), [`stream`](Query::stream), [`rows`](Query::rows),
    /// [`tables`](Query::tables) or [`raw`](Query::raw).
    ///
    /// The script is text, or what [`flux!`](crate::flux!) made. Values go into it through
    /// [`param`](Query::param), never through `format!`.
    pub fn query(&self, script: impl Into<Script>) -> Query {
        Query::new(Arc::clone(&self.0), script.into())
    }

    /// Starts a typed query: rows of the derived struct `T` from this bucket. See [`Select`].
    pub fn select<T: Measurement>(&self, bucket: impl Into<String>) -> Select<T> {
        Select::new(Arc::clone(&self.0), bucket.into())
    }

    /// Starts a delete of points of this bucket. See [`Delete`].
    pub fn delete(&self, bucket: impl Into<String>) -> Delete {
        Delete::new(Arc::clone(&self.0), bucket.into())
    }

    /// Creates, finds, changes and deletes buckets.
    #[must_use]
    pub fn buckets(&self) -> Buckets {
        Buckets::new(Arc::clone(&self.0))
    }

    /// Creates, finds, changes and deletes organizations.
    #[must_use]
    pub fn organizations(&self) -> Organizations {
        Organizations::new(Arc::clone(&self.0))
    }

    /// Creates, finds, changes and deletes users.
    #[must_use]
    pub fn users(&self) -> Users {
        Users::new(Arc::clone(&self.0))
    }

    /// Creates, finds, changes and deletes tokens.
    #[must_use]
    pub fn authorizations(&self) -> Authorizations {
        Authorizations::new(Arc::clone(&self.0))
    }

    /// Creates, finds, changes, runs and deletes tasks.
    #[must_use]
    pub fn tasks(&self) -> Tasks {
        Tasks::new(Arc::clone(&self.0))
    }

    /// Creates, finds, changes, attaches and deletes labels.
    #[must_use]
    pub fn labels(&self) -> Labels {
        Labels::new(Arc::clone(&self.0))
    }

    /// Creates, finds, changes and deletes mappings of 1.x databases to buckets.
    #[must_use]
    pub fn dbrps(&self) -> Dbrps {
        Dbrps::new(Arc::clone(&self.0))
    }

    /// Creates, finds, changes, calls and deletes the scripts of InfluxDB Cloud.
    #[must_use]
    pub fn scripts(&self) -> Scripts {
        Scripts::new(Arc::clone(&self.0))
    }

    /// A request to any endpoint: what the other methods do not know, such as checks, dashboards and
    /// variables. The path is below the client's base URL, such as `api/v2/variables`. See
    /// [`ApiRequest`].
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> ApiRequest {
        ApiRequest::new(Arc::clone(&self.0), method, path.as_ref())
    }

    /// Whether the server still waits for its [`setup`](Self::setup). Needs no token.
    ///
    /// # Errors
    /// Failures of the connection.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn is_setup_allowed(&self) -> Result<bool> {
        admin::is_allowed(&self.0).await
    }

    /// Sets up a new server: its first user, organization, bucket and token.
    pub fn setup(
        &self,
        username: impl Into<String>,
        org: impl Into<String>,
        bucket: impl Into<String>,
    ) -> Setup {
        Setup::new(Arc::clone(&self.0), username.into(), org.into(), bucket.into())
    }
}

/// The server and whether there is a token, never the token.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.0.base.as_str())
            .field("org", &self.0.org)
            .field("auth", &self.0.auth)
            .finish_non_exhaustive()
    }
}
