use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::aggregate::{Aggregate, Distinct};
use super::source::Source;
use super::{BoxFuture, Query, RowStream, Rows};
use crate::annotated_csv::OwnedRecord;
use crate::error::Result;
use crate::flux::aggregate::Function;
use crate::flux::pipeline::Pipeline;
use crate::flux::selection::{Order, Selection};
use crate::flux::{Explanation, Script, Way};
use crate::http::{self, Connection};
use crate::measurement::{FromRow, FromRowOwned, Measurement, Predicate};
use crate::schema::{Column, RoleType};
use crate::time::{IntoTimeRange, Timestamp};

/// A typed query: rows of a struct from a bucket; from [`Client::select`](super::Client::select).
///
/// It reads the struct's measurement and exactly its fields. A time [`range`](Self::range) has to be
/// named; everything else is a matter of taste.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// use chrono::{DateTime, TimeDelta, Utc};
/// use influx_core::Measurement;
///
/// #[derive(Measurement, Debug)]
/// struct Cpu {
///     #[tag] core: String,
///     #[field] temp: f64,
///     #[field] load: Option<i64>,
///     #[timestamp] time: DateTime<Utc>,
/// }
///
/// # let now = Utc::now();
/// # let cpu = |core: &str, temp| Cpu { core: core.into(), temp, load: None, time: now - TimeDelta::seconds(1) };
/// # client.write("my-bucket", [cpu("0", 20.0), cpu("0", 90.0), cpu("1", 91.0)]).await?;
/// let hot: Vec<Cpu> = client
///     .select::<Cpu>("my-bucket")
///     .range(TimeDelta::hours(-1)..)
///     .filter(Cpu::CORE.eq("0").and(Cpu::TEMP.gt(80.0)))
///     .sort_desc(Cpu::TIME)
///     .limit(10)
///     .fetch()
///     .await?;
/// # assert_eq!(hot.len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// # Order
///
/// Without [`sort`](Self::sort) and [`limit`](Self::limit), rows come series by series, those of a
/// series in the order of time.
///
/// Nothing is a snapshot: what is written while the server answers may be in some rows, or in some
/// fields of a row, and not in others. Where points of the past are still being written, let the range end
/// before them.
///
/// # What it costs
///
/// [`explain`](Self::explain) says which stages the server applies where it reads. All others run over
/// what has been read:
///
/// | asked | where |
/// |---|---|
/// | tags: any comparison | where it reads |
/// | the field of a struct with one field: numbers, texts, booleans | where it reads |
/// | an unsigned field; the time, which [`range`](Self::range) does better | behind it, point by point |
/// | one of several fields; several together | behind it, on whole rows |
/// | `sort`, `limit`, `skip` | behind it; by time, no more is read than it takes |
///
/// Rows of a struct with several fields are assembled here, as the points come, which is the fast
/// way. An order, a limit or a condition on a field need rows that the server has made whole: it
/// works several times as much, and holds them in its memory. With a limit and the order of time it makes only as
/// many as it takes; where a condition asks about one field, that is found out by a small query before.
#[must_use = "a query does nothing until `fetch`, `stream` or `rows`"]
pub struct Select<T, R = NoRange> {
    query: Query,
    selection: Selection,
    of: PhantomData<fn() -> (T, R)>,
}

/// Marks a query that has no time range yet.
#[derive(Debug, Clone, Copy)]
pub enum NoRange {}

/// Marks a query that has its time range.
#[derive(Debug, Clone, Copy)]
pub enum Ranged {}

/// A query that has its time range.
#[diagnostic::on_unimplemented(
    message = "this query has no time range",
    note = "name one: `.range(TimeDelta::hours(-1)..)`, `.range(start..stop)`, or `.range(..)` for everything that the bucket holds"
)]
pub trait HasRange {}

impl HasRange for Ranged {}

impl<T: Measurement> Select<T> {
    pub(super) fn new(connection: Arc<Connection>, bucket: String) -> Self {
        let selection = Selection::new(bucket, T::SCHEMA);
        Self { query: Query::new(connection, Script::new("")), selection, of: PhantomData }
    }

    /// The time range: of instants (`DateTime`, `SystemTime`, [`Timestamp`](crate::Timestamp)), or of
    /// distances from the server's now (chrono's `TimeDelta`,
    /// [`TimeBound::ago`](crate::time::TimeBound::ago)).
    ///
    /// `a..b` ends before `b` and `a..=b` with it; **`a..` ends at the server's now**, as in Flux;
    /// `..` is everything, points in the future too.
    pub fn range(self, range: impl IntoTimeRange) -> Select<T, Ranged> {
        let selection = Selection { range: range.into_time_range(), ..self.selection };
        Select { query: self.query, selection, of: PhantomData }
    }
}

impl<T: Measurement, R> Select<T, R> {
    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.query = self.query.org(org);
        self
    }

    /// What relative times count from, instead of the server's clock; see [`Query::now`].
    pub fn now(mut self, now: Timestamp) -> Self {
        self.query = self.query.now(now);
        self
    }

    /// For how long the server may be silent, instead of what the client's builder says; see
    /// [`Query::timeout`].
    pub fn timeout(mut self, silence: impl Into<Option<Duration>>) -> Self {
        self.query = self.query.timeout(silence);
        self
    }

    /// Only rows that fit; of several calls, all of them. Bounds of the time belong into
    /// [`range`](Self::range), which costs nothing.
    pub fn filter<K>(mut self, predicate: Predicate<T, K>) -> Self {
        self.selection.filter(predicate.into_condition());
        self
    }

    /// Sorts all rows by one column, the smallest first; rows that lack it come before. Rows that are equal
    /// in it are in the order of time and of the struct's tags. The last call counts.
    pub fn sort<Role: RoleType, B: ?Sized>(self, column: Column<T, Role, B>) -> Self {
        self.order(column, false)
    }

    /// Sorts all rows by one column, the greatest first. **Rows that lack it come before those as well**:
    /// the ten greatest loads are
    /// `.filter(Cpu::LOAD.exists()).sort_desc(Cpu::LOAD).limit(10)`.
    pub fn sort_desc<Role: RoleType, B: ?Sized>(self, column: Column<T, Role, B>) -> Self {
        self.order(column, true)
    }

    fn order<Role: RoleType, B: ?Sized>(
        mut self,
        column: Column<T, Role, B>,
        descending: bool,
    ) -> Self {
        self.selection.order = Some(Order { column: column.name(), role: Role::ROLE, descending });
        self
    }

    /// At most so many rows, over all series; the first by [`sort`](Self::sort), else by time.
    pub const fn limit(mut self, rows: usize) -> Self {
        self.selection.limit = Some(rows);
        self
    }

    /// Leaves out the first rows of that order, before [`limit`](Self::limit) counts, whichever is called
    /// first (SQL's `OFFSET`). Pages are those of one order, as long as nothing is written meanwhile and the
    /// range does not move: give it instants, not distances from now.
    pub const fn skip(mut self, rows: usize) -> Self {
        self.selection.skip = rows;
        self
    }

    /// At most so many rows of each series; the first by [`sort`](Self::sort), else by time.
    ///
    /// The newest row of each series: `.sort_desc(Cpu::TIME).limit_per_series(1)`.
    pub const fn limit_per_series(mut self, rows: usize) -> Self {
        self.selection.limit_per_series = Some(rows);
        self
    }

    /// Who makes whole rows of the points of several fields, instead of what seems best.
    pub const fn whole_rows(mut self, way: Way) -> Self {
        self.selection.way = Some(way);
        self
    }

    fn aggregate(self, function: Function) -> Aggregate<T, R> {
        Aggregate::new(self.query, self.selection, function)
    }

    /// How many points each series has, of each field.
    pub fn count(self) -> Aggregate<T, R> {
        self.aggregate(Function::Count)
    }

    /// The sum of each numeric field.
    pub fn sum(self) -> Aggregate<T, R> {
        self.aggregate(Function::Sum)
    }

    /// The mean of each numeric field, a float.
    pub fn mean(self) -> Aggregate<T, R> {
        self.aggregate(Function::Mean)
    }

    /// The least value of each numeric field.
    pub fn min(self) -> Aggregate<T, R> {
        self.aggregate(Function::Min)
    }

    /// The greatest value of each numeric field.
    pub fn max(self) -> Aggregate<T, R> {
        self.aggregate(Function::Max)
    }

    /// The earliest value of each field, whenever that was. For the earliest whole row there is
    /// [`limit_per_series`](Self::limit_per_series).
    pub fn first(self) -> Aggregate<T, R> {
        self.aggregate(Function::First)
    }

    /// The latest value of each field, whenever that was: the state of each series. For the latest
    /// whole row there is [`limit_per_series`](Self::limit_per_series).
    pub fn last(self) -> Aggregate<T, R> {
        self.aggregate(Function::Last)
    }

    /// The difference between the greatest and the least value of each numeric field.
    pub fn spread(self) -> Aggregate<T, R> {
        self.aggregate(Function::Spread)
    }

    /// The standard deviation of each numeric field, a float; NaN of a single value.
    pub fn stddev(self) -> Aggregate<T, R> {
        self.aggregate(Function::Stddev)
    }

    /// The median of each float field.
    pub fn median(self) -> Aggregate<T, R> {
        self.quantile(0.5)
    }

    /// The value below which the part `q` (0 to 1) of each float field lies, between two values by
    /// their distance.
    pub fn quantile(self, q: f64) -> Aggregate<T, R> {
        self.aggregate(Function::Quantile(q))
    }

    /// The different values of a tag or a field, in one column of its name.
    pub fn distinct<Role: RoleType, B: ?Sized>(self, column: Column<T, Role, B>) -> Distinct<T, R> {
        Distinct::new(self.query, self.selection, column.name(), Role::ROLE)
    }
}

impl<T: Measurement, R> Select<T, R> {
    /// The script.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the query cannot be made: a range in
    /// which no instant is, a value that nothing can be compared with.
    pub fn to_flux(&self) -> Result<String>
    where
        R: HasRange,
    {
        script(&self.selection)
    }

    /// The stages, and which of them the server applies where it reads.
    ///
    /// # Errors
    /// As [`to_flux`](Self::to_flux).
    pub fn explain(&self) -> Result<Explanation>
    where
        R: HasRange,
    {
        let (pipeline, way) = self.selection.rows()?;
        let several = self.selection.fields().nth(1).is_some();
        let edge = self.selection.edge()?;
        Ok(Explanation::new(&pipeline, several.then_some(way)).after(edge.as_ref()))
    }

    /// The untyped query, for what only that can: its tables, its profile. It is always one request,
    /// where [`fetch`](Self::fetch) may ask first how far it has to read
    /// ([`Explanation::edge`]), and its columns are those of the server.
    ///
    /// # Errors
    /// As [`to_flux`](Self::to_flux).
    pub fn into_query(self) -> Result<Query>
    where
        R: HasRange,
    {
        let flux = self.selection.tables()?.to_string();
        Ok(self.query.with_script(Ok(flux)))
    }

    /// Collects all rows.
    ///
    /// # Errors
    /// As [`Query::fetch`] and [`to_flux`](Self::to_flux).
    ///
    /// # Cancel safety
    /// As [`Query::fetch`].
    #[must_use = "nothing is sent until it is awaited"]
    pub fn fetch(self) -> BoxFuture<Result<Vec<T>>>
    where
        T: FromRowOwned + Send + 'static,
        R: HasRange,
    {
        let mut rows = self.rows();
        Box::pin(async move { rows.collect().await })
    }

    /// The first row; see [`Query::one`]. Most useful with [`sort`](Self::sort) and [`limit`](Self::limit)`(1)`.
    ///
    /// # Errors
    /// As [`Query::one`] and [`to_flux`](Self::to_flux).
    ///
    /// # Cancel safety
    /// As [`Query::fetch`].
    #[must_use = "nothing is sent until it is awaited"]
    pub fn one(self) -> BoxFuture<Result<T>>
    where
        T: FromRowOwned + Send + 'static,
        R: HasRange,
    {
        let rows = self.rows();
        Box::pin(rows.one())
    }

    /// The first row, if there is one; see [`Query::optional`].
    ///
    /// # Errors
    /// As [`Query::optional`] and [`to_flux`](Self::to_flux).
    ///
    /// # Cancel safety
    /// As [`Query::fetch`].
    #[must_use = "nothing is sent until it is awaited"]
    pub fn optional(self) -> BoxFuture<Result<Option<T>>>
    where
        T: FromRowOwned + Send + 'static,
        R: HasRange,
    {
        let mut rows = self.rows();
        Box::pin(async move { rows.next().await })
    }

    /// Streams the rows as they come; see [`Query::stream`].
    pub fn stream(self) -> RowStream<T>
    where
        T: FromRowOwned,
        R: HasRange,
    {
        RowStream(self.rows())
    }

    /// Lends one row after the other; see [`Query::rows`].
    pub fn rows(self) -> Rows<T>
    where
        T: FromRow,
        R: HasRange,
    {
        Rows::new(self.source())
    }

    pub(super) fn source(self) -> Source {
        let Self { query, selection, .. } = self;
        match script(&selection).and_then(|flux| Ok((flux, selection.edge()?))) {
            Ok((_, Some(edge))) => Source::new(Box::pin(up_to_edge(query, selection, edge))),
            outcome => query.with_script(outcome.map(|(flux, _)| flux)).source(),
        }
    }
}

fn script(selection: &Selection) -> Result<String> {
    selection.rows().map(|(pipeline, _)| pipeline.to_string())
}

/// Asks how far the rows go that are wanted, and then for them.
async fn up_to_edge(query: Query, selection: Selection, edge: Pipeline) -> Result<http::Body> {
    let edge = query.clone().with_script(Ok(edge.to_string()));
    let last: Vec<OwnedRecord> = edge.fetch().await?;
    let selection = match last.first().and_then(OwnedRecord::time) {
        Some(time) => selection.up_to(time),
        None => selection,
    };
    query.with_script(script(&selection)).open().await
}

impl<T, R> Clone for Select<T, R> {
    fn clone(&self) -> Self {
        let (query, selection) = (self.query.clone(), self.selection.clone());
        Self { query, selection, of: PhantomData }
    }
}

impl<T, R> fmt::Debug for Select<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("selection", &self.selection).finish_non_exhaustive()
    }
}
