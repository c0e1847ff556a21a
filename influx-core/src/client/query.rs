use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use serde::Serialize;

use super::source::Source;
use super::{BoxFuture, Profile, RowStream, Rows};
use crate::annotated_csv::{Annotation, Dialect, Table};
use crate::error::Result;
use crate::flux::{self, IntoParam, Script};
use crate::http::{self, Connection, Request};
use crate::measurement::{FromRow, FromRowOwned};
use crate::time::Timestamp;

/// A Flux script that has not been sent; end it with the shape that is wanted.
///
/// | method | gives | memory |
/// |---|---|---|
/// | [`fetch`](Self::fetch) | a `Vec` of structs | all rows |
/// | [`stream`](Self::stream) | a `Stream` of structs | one chunk |
/// | [`rows`](Self::rows) | one struct after the other, which may borrow its texts | one chunk |
/// | [`tables`](Self::tables) | tables of any shape | all rows |
/// | [`raw`](Self::raw) | annotated CSV as it comes | one chunk |
///
/// A struct of the first three is one of these:
///
/// | type | derives | shape |
/// |---|---|---|
/// | `Cpu` | [`Measurement`](crate::Measurement) | checked once for each header |
/// | [`Serde<Cpu>`](crate::measurement::Serde) | serde's `Deserialize` | checked in each row |
/// | [`OwnedRecord`](crate::annotated_csv::OwnedRecord) | | any |
/// | [`Record<'_>`](crate::annotated_csv::Record), for `rows` only | | any, lent |
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// # client.write("my-bucket", "cpu,host=a temp=22.35 1").await?;
/// # let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)
/// #     |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")"#;
/// use influx_core::annotated_csv::OwnedRecord;
/// use influx_core::measurement::Serde;
///
/// #[derive(serde::Deserialize)]
/// struct Cpu {
///     host: String,
///     temp: f64,
/// }
///
/// for Serde(cpu) in client.query(flux).fetch::<Serde<Cpu>>().await? {
///     println!("{}: {}", cpu.host, cpu.temp);
/// }
/// for record in client.query(flux).fetch::<OwnedRecord>().await? {
///     println!("{:?}: {}", record.time(), record.get_as::<f64>("temp")?);
/// }
/// # Ok(())
/// # }
/// ```
///
/// A row of more than 64 MiB, or of more than 65,536 columns, is refused.
///
/// # Several fields
/// A server's read gives the rows of one field after those of another. A derived struct with several
/// fields takes them as they come and puts whole rows together, one series after the other, each by
/// time: `stream` and `rows` then hold one series in memory. No `pivot` is needed, which would cost
/// the server more work and memory; [the guide](crate::measurement#whole-rows) says when it is. No
/// `drop` either: it makes the server sort the tables by field, and that is an error.
#[derive(Clone)]
#[must_use = "a query does nothing until `fetch`, `stream`, `rows`, `tables` or `raw`"]
pub struct Query {
    connection: Arc<Connection>,
    org: Option<String>,
    script: Script,
    now: Option<Timestamp>,
    profiled: bool,
    /// Instead of the client's; `Some(None)` for none.
    timeout: Option<Option<Duration>>,
    uncompressed: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#extern: Option<flux::Json<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<Timestamp>,
    dialect: Format,
}

/// The form of the reply. The server's own default leaves all annotations out.
#[derive(Serialize)]
struct Format {
    header: bool,
    delimiter: char,
    annotations: Vec<&'static str>,
}

impl Format {
    fn new(dialect: Dialect, annotations: impl IntoIterator<Item = Annotation>) -> Self {
        let (delimiter, header) = dialect.parts();
        let name = |annotation| match annotation {
            Annotation::Datatype => "datatype",
            Annotation::Group => "group",
            Annotation::Default => "default",
        };
        Self { header, delimiter, annotations: annotations.into_iter().map(name).collect() }
    }

    /// What the reader needs.
    fn of_reader() -> Self {
        Self::new(Dialect::new(), [Annotation::Datatype, Annotation::Group, Annotation::Default])
    }
}

impl Query {
    pub(super) const fn new(connection: Arc<Connection>, script: Script) -> Self {
        Self {
            connection,
            org: None,
            script,
            now: None,
            profiled: false,
            timeout: None,
            uncompressed: false,
        }
    }

    /// The same for another script, or for none that could be made.
    pub(super) fn with_script(self, text: Result<String>) -> Self {
        Self { script: Script::made(text), ..self }
    }

    /// Gives the script's name `name` a value, without making text of it: see the module
    /// [`flux`](mod@crate::flux), which also says which types can be one.
    ///
    /// The name is a variable of the script and stands where an expression may: not in a string,
    /// and not as the name of a column. The query fails with
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the name is none or is given twice, and
    /// for a value that Flux cannot have; with [`InvalidFlux`](crate::ErrorKind::InvalidFlux) when the
    /// script gives that name a value too.
    pub fn param(mut self, name: impl Into<String>, value: impl IntoParam) -> Self {
        self.script = self.script.param(name, value);
        self
    }

    /// What `now()` is in the script, and what relative times count from, instead of the server's
    /// clock.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35 1714564799000000000").await?;
    /// let script = r#"from(bucket: "my-bucket") |> range(start: -1m)"#;
    /// let noon = "2024-05-01T12:00:00Z".parse()?;
    /// assert_eq!(client.query(script).now(noon).tables().await?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn now(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// For how long the server may be silent, before and between the chunks of its reply, instead of
    /// what the client's builder says; `None` for any time.
    pub fn timeout(mut self, silence: impl Into<Option<Duration>>) -> Self {
        self.timeout = Some(silence.into());
        self
    }

    /// Whether the server may compress its reply, which it does from some kilobytes on; it may by
    /// default. On a fast network a reply that is not compressed costs both sides less. The script itself
    /// is never compressed: InfluxDB does not read that.
    #[cfg(feature = "gzip")]
    pub const fn gzip(mut self, on: bool) -> Self {
        self.uncompressed = !on;
        self
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// Asks the server to tell how it ran the query. [`Rows::profile`] has it when the rows are read;
    /// [`tables`](Self::tables) and [`raw`](Self::raw) have it as the result `_profiler`.
    pub const fn profile(mut self) -> Self {
        self.profiled = true;
        self
    }

    /// [`fetch`](Self::fetch), and how the server ran the query.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn fetch_profiled<T: FromRowOwned + Send + 'static>(
        self,
    ) -> BoxFuture<Result<(Vec<T>, Profile)>> {
        Box::pin(async move {
            let mut rows = self.profile().rows::<T>();
            let all = rows.collect().await?;
            Ok((all, rows.profile()))
        })
    }

    /// Collects all rows, in the order in which the server sends them; of several `yield`s, those of
    /// all, in random order of the results.
    ///
    /// # Errors
    /// [`InvalidFlux`](crate::ErrorKind::InvalidFlux) when the server refuses the script,
    /// [`NotFound`](crate::ErrorKind::NotFound) for a bucket that does not exist or may not be
    /// read, [`MissingColumn`](crate::ErrorKind::MissingColumn) and
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when the result does not fit `T`,
    /// [`Decode`](crate::ErrorKind::Decode) when the answer says that it is no CSV, such as the login
    /// page of a proxy, and [`InvalidCsv`](crate::ErrorKind::InvalidCsv) when it turns out to be none;
    /// [`Server`](crate::ErrorKind::Server) and [`Interrupted`](crate::ErrorKind::Interrupted) when
    /// the reply breaks off, [`Timeout`](crate::ErrorKind::Timeout) when it falls silent.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection; the server stops the query.
    #[must_use = "nothing is sent until it is awaited"]
    pub fn fetch<T: FromRowOwned + Send + 'static>(self) -> BoxFuture<Result<Vec<T>>> {
        Box::pin(async move { self.rows::<T>().collect().await })
    }

    /// Streams the rows as they come. The stream ends at the first error, with those of
    /// [`fetch`](Self::fetch), after the rows that were good. Dropping it closes the connection.
    ///
    /// The trait is that of the crate `futures-core`; its methods come with `StreamExt` of
    /// `futures-util` (or `tokio-stream`). [`rows`](Self::rows) needs neither.
    ///
    /// ```
    /// # use influx_core::Measurement;
    /// # #[derive(Measurement)]
    /// # struct Cpu { #[field] temp: f64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35 1").await?;
    /// # let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    /// use futures_util::StreamExt as _;
    ///
    /// let mut stream = client.query(flux).stream::<Cpu>();
    /// while let Some(cpu) = stream.next().await {
    ///     assert_eq!(cpu?.temp, 22.35);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream<T: FromRowOwned>(self) -> RowStream<T> {
        RowStream(self.rows())
    }

    /// The first row; those behind it are not read.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), and [`NotFound`](crate::ErrorKind::NotFound) when there is none.
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn one<T: FromRowOwned + Send + 'static>(self) -> BoxFuture<Result<T>> {
        Box::pin(async move { self.rows::<T>().one().await })
    }

    /// The first row, if there is one; those behind it are not read.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn optional<T: FromRowOwned + Send + 'static>(self) -> BoxFuture<Result<Option<T>>> {
        Box::pin(async move { self.rows::<T>().next().await })
    }

    /// Lends one row after the other, without a copy of its texts. Dropping it closes the
    /// connection.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35 1").await?;
    /// # let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    /// use influx_core::Measurement;
    ///
    /// #[derive(Measurement)]
    /// struct Cpu<'a> {
    ///     #[tag] host: &'a str,
    ///     #[field] temp: f64,
    /// }
    ///
    /// let mut rows = client.query(flux).rows::<Cpu>();
    /// while let Some(cpu) = rows.next().await? {
    ///     assert_eq!((cpu.host, cpu.temp), ("a", 22.35));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<T: FromRow>(self) -> Rows<T> {
        Rows::new(self.source())
    }

    /// Collects all tables, whatever their columns.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), save for what concerns a struct.
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn tables(self) -> BoxFuture<Result<Vec<Table>>> {
        Box::pin(self.source().tables())
    }

    /// The reply as annotated CSV with all annotations.
    pub fn raw(self) -> RawReply {
        RawReply(self.source())
    }

    /// The reply as CSV in another dialect, with these rows of annotations, in this order.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35 1").await?;
    /// use influx_core::annotated_csv::Dialect;
    ///
    /// let script = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)
    ///     |> keep(columns: ["host", "_value"])"#;
    /// let dialect = Dialect::new().delimiter(b';')?;
    /// let csv = client.query(script).raw_in(dialect, []).bytes().await?;
    /// assert_eq!(csv, ";result;table;_value;host\r\n;_result;0;22.35;a\r\n\r\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw_in(
        self,
        dialect: Dialect,
        annotations: impl IntoIterator<Item = Annotation>,
    ) -> RawReply {
        let format = Format::new(dialect, annotations);
        RawReply(self.source_in(format))
    }

    pub(super) fn source(self) -> Source {
        self.source_in(Format::of_reader())
    }

    fn source_in(self, format: Format) -> Source {
        Source::new(Box::pin(self.open_in(format)))
    }

    /// Sends the query, and reads nothing of its answer yet.
    pub(super) async fn open(self) -> Result<http::Body> {
        self.open_in(Format::of_reader()).await
    }

    async fn open_in(self, format: Format) -> Result<http::Body> {
        let silence = self.timeout.unwrap_or(self.connection.read_timeout);
        self.connection.open(self.request(format)?, silence).await
    }

    fn request(&self, dialect: Format) -> Result<Request> {
        self.script.check()?;
        let org = self.connection.org(self.org.as_deref())?;
        let body = Body {
            r#type: "flux",
            query: self.script.text(),
            r#extern: flux::extern_file(&self.script, self.profiled),
            now: self.now,
            dialect,
        };
        let request = Request::query(&body)?.parameter("org", org);
        Ok(if self.uncompressed { request.uncompressed() } else { request })
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("org", &self.org)
            .field("script", &self.script)
            .finish_non_exhaustive()
    }
}

/// Annotated CSV as it comes: a [`Stream`] of chunks, or [`bytes`](Self::bytes).
///
/// The chunks are cut anywhere. A failure that the server reports inside the reply is part of it;
/// [`Reader`](crate::annotated_csv::Reader) finds it.
#[derive(Debug)]
#[must_use = "nothing is sent until it is read"]
pub struct RawReply(pub(super) Source);

impl RawReply {
    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// As [`Query::fetch`], save for what concerns rows.
    ///
    /// # Cancel safety
    /// A chunk is handed out or still to come.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|cx| self.0.poll_raw(cx)).await
    }

    /// The whole reply.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl Stream for RawReply {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_raw(cx).map(Result::transpose)
    }
}
