use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::select::HasRange;
use super::{BoxFuture, Query, RowStream, Rows};
use crate::error::{Error, Result, SelectCause};
use crate::flux::Explanation;
use crate::flux::aggregate::{Aggregation, Function, Window};
use crate::flux::pipeline::Pipeline;
use crate::flux::selection::Selection;
use crate::measurement::{FromRow, FromRowOwned, Measurement};
use crate::schema::{Column, Role, role};
use crate::time::ToSpan;

/// What an aggregation makes of the rows of a typed query: a row for each series; from
/// [`Select::mean`](super::Select::mean) and its siblings.
///
/// The rows are no longer those of the struct, so they are read into a type of their own: its
/// members are the tags and the fields by their names, with the types that the aggregation gives
/// them, and `_time` where there is one.
///
/// | aggregation | types | `_time` |
/// |---|---|---|
/// | `count` | integers | no |
/// | `mean`, `stddev`, `median`, `quantile` | floats | no |
/// | `sum`, `spread`, `min`, `max`, `first`, `last` | as the field | of one field: `min`, `max`, `first`, `last` |
/// | any, with [`every`](Self::every) | as above | the end of the window |
///
/// A series, or a group, in which nothing fits has no row, also of a `count`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// use influx_core::measurement::Serde;
/// use influx_core::{Measurement, Timestamp};
///
/// #[derive(Measurement)]
/// struct Cpu {
///     #[tag] core: String,
///     #[field] temp: f64,
///     #[timestamp] time: Timestamp,
/// }
///
/// #[derive(serde::Deserialize)]
/// struct Mean {
///     core: String,
///     temp: f64,
/// }
///
/// # let cpu = |core: &str, temp, nanos| Cpu { core: core.into(), temp, time: Timestamp::from_nanos(nanos) };
/// # client.write("my-bucket", [cpu("0", 20.0, 1), cpu("0", 30.0, 2), cpu("1", 40.0, 3)]).await?;
/// let cores = client.select::<Cpu>("my-bucket").range(..).mean().fetch_as::<Serde<Mean>>().await?;
/// for Serde(core) in &cores {
///     println!("core {}: {} °C", core.core, core.temp);
/// }
/// # assert_eq!(cores.iter().map(|core| core.0.temp).collect::<Vec<_>>(), [25.0, 40.0]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a query does nothing until `fetch_as`, `stream_as` or `rows_as`"]
pub struct Aggregate<T, R> {
    query: Query,
    selection: Selection,
    aggregation: Aggregation,
    /// What cannot work, told when the query is made.
    problem: Option<Error>,
    of: PhantomData<fn() -> (T, R)>,
}

/// Columns of `T` in one role: a [`Column`], an array or a `Vec` of columns of one type, or a tuple of columns of
/// several; `()` for none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no choice of columns here",
    note = "`fields` takes fields of the struct that is read and `group_by` its tags: one column, an array or a `Vec` of them, or a tuple such as `(Cpu::TEMP, Cpu::LOAD)`"
)]
pub trait Columns<T: ?Sized, R> {
    #[doc(hidden)]
    fn column_names(self, seal: sealed::Seal) -> Vec<&'static str>;
}

mod sealed {
    /// Only this room can name it.
    #[derive(Debug)]
    pub struct Seal;

    pub trait Sealed {}
}

impl<T: ?Sized, R> Columns<T, R> for () {
    fn column_names(self, _: sealed::Seal) -> Vec<&'static str> {
        Vec::new()
    }
}

impl<T: ?Sized, R, B: ?Sized> Columns<T, R> for Column<T, R, B> {
    fn column_names(self, _: sealed::Seal) -> Vec<&'static str> {
        vec![self.name()]
    }
}

impl<T: ?Sized, R, B: ?Sized, const N: usize> Columns<T, R> for [Column<T, R, B>; N] {
    fn column_names(self, _: sealed::Seal) -> Vec<&'static str> {
        self.iter().map(Column::name).collect()
    }
}

impl<T: ?Sized, R, B: ?Sized> Columns<T, R> for Vec<Column<T, R, B>> {
    fn column_names(self, _: sealed::Seal) -> Vec<&'static str> {
        self.iter().map(Column::name).collect()
    }
}

macro_rules! tuples {
    ($(($($base:ident $index:tt),+);)*) => {$(
        impl<T: ?Sized, R, $($base: ?Sized),+> Columns<T, R> for ($(Column<T, R, $base>,)+) {
            fn column_names(self, _: sealed::Seal) -> Vec<&'static str> {
                vec![$(self.$index.name()),+]
            }
        }
    )*};
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
}

impl<T: Measurement, R> Aggregate<T, R> {
    pub(super) fn new(query: Query, selection: Selection, function: Function) -> Self {
        let problem = match function {
            _ if selection.is_ordered() => Some(SelectCause::OrderOfAggregation),
            Function::Quantile(q) if !(0.0..=1.0).contains(&q) => Some(SelectCause::Quantile { q }),
            _ => None,
        };
        let problem = problem.map(Error::from);
        let aggregation = Aggregation { function, fields: None, group: None, window: None };
        Self { query, selection, aggregation, problem, of: PhantomData }
    }

    /// Only these fields, instead of all that the aggregation is defined for.
    pub fn fields(mut self, columns: impl Columns<T, role::Field>) -> Self {
        self.aggregation.fields = Some(columns.column_names(sealed::Seal));
        self
    }

    /// Puts series together that have these tags in common, and leaves the other tags out;
    /// `group_by(())` puts all of them together.
    pub fn group_by(mut self, columns: impl Columns<T, role::Tag>) -> Self {
        let mut tags = columns.column_names(sealed::Seal);
        tags.sort_unstable();
        tags.dedup();
        self.aggregation.group = Some(tags);
        self
    }

    /// Aggregates each span of this length by itself: a row has the time at which its span ends.
    /// Spans are counted from 1970, those at the ends of the range are cut; those without a point are
    /// left out.
    #[doc(alias = "aggregateWindow", alias = "aggregate_window")]
    pub fn every(mut self, span: impl ToSpan) -> Self {
        self.window(|window, nanos| window.every = Some(nanos), span);
        self
    }

    /// Moves the spans of [`every`](Self::every) to so long after full multiples since 1970.
    pub fn offset(mut self, offset: impl ToSpan) -> Self {
        self.window(|window, nanos| window.offset = nanos, offset);
        self
    }

    /// Makes a row of a span without points as well: a `count` of 0, otherwise nulls. The range has to
    /// have a start and an end, be it now.
    pub fn create_empty(mut self) -> Self {
        self.window(|window, _| window.creates_empty = true, Duration::ZERO);
        self
    }

    /// Gives a row the time at which its span starts.
    pub fn time_of_start(mut self) -> Self {
        self.window(|window, _| window.by_start = true, Duration::ZERO);
        self
    }

    fn window(&mut self, set: impl FnOnce(&mut Window, i64), span: impl ToSpan) {
        match i64::try_from(span.span_nanos()) {
            Ok(nanos) => set(self.aggregation.window.get_or_insert_default(), nanos),
            Err(_) => {
                self.problem.get_or_insert_with(|| SelectCause::LongSpan.into());
            }
        }
    }
}

impl<T: Measurement, R> Aggregate<T, R> {
    fn pipeline(&self) -> Result<Pipeline> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        if let Some(window) = self.aggregation.window {
            window.check(&self.selection.range)?;
        }
        self.selection.aggregated(&self.aggregation)
    }

    /// The only row, such as that of a [`group_by(())`](Self::group_by); see [`Query::one`].
    ///
    /// # Errors
    /// As [`Query::one`] and [`to_flux`](Self::to_flux).
    ///
    /// # Cancel safety
    /// As [`Query::fetch`].
    #[must_use = "nothing is sent until it is awaited"]
    pub fn one_as<Row: FromRowOwned + Send + 'static>(self) -> BoxFuture<Result<Row>>
    where
        R: HasRange,
    {
        self.finish().one()
    }

    /// Does not compile: after an aggregation the rows are no longer those of the struct.
    #[doc(hidden)]
    #[must_use = "does not compile"]
    pub fn fetch(self) -> BoxFuture<Result<Vec<T>>>
    where
        Self: WholeRows,
        T: Send + 'static,
    {
        Box::pin(std::future::pending())
    }
}

/// Rows of the struct itself.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "after an aggregation the rows are no longer those of the struct",
    note = "read them into a type that has the columns that are left: `.fetch_as::<Row>()`, with `#[derive(FromRow)]` on `Row`"
)]
pub trait WholeRows: sealed::Sealed {}

/// The different values of a column in no order, each in a row with one column of its name; from
/// [`Select::distinct`](super::Select::distinct).
#[must_use = "a query does nothing until `fetch_as`, `stream_as` or `rows_as`"]
pub struct Distinct<T, R> {
    query: Query,
    selection: Selection,
    column: &'static str,
    role: Role,
    of: PhantomData<fn() -> (T, R)>,
}

impl<T: Measurement, R> Distinct<T, R> {
    pub(super) const fn new(
        query: Query,
        selection: Selection,
        column: &'static str,
        role: Role,
    ) -> Self {
        Self { query, selection, column, role, of: PhantomData }
    }

    fn pipeline(&self) -> Result<Pipeline> {
        self.selection.distinct(self.column, self.role)
    }
}

/// What ends a query whose rows are no longer those of the struct; its `pipeline` says what is asked.
macro_rules! ends {
    ($($query:ident),*) => {$(
        impl<T: Measurement, R> $query<T, R> {
            /// The script.
            ///
            /// # Errors
            /// As [`Select::to_flux`](super::Select::to_flux), and for an aggregation that is not
            /// defined for a field.
            pub fn to_flux(&self) -> Result<String>
            where
                R: HasRange,
            {
                self.script()
            }

            fn script(&self) -> Result<String> {
                self.pipeline().map(|pipeline| pipeline.to_string())
            }

            /// The stages, and which of them the server applies where it reads.
            ///
            /// # Errors
            /// As [`to_flux`](Self::to_flux).
            pub fn explain(&self) -> Result<Explanation>
            where
                R: HasRange,
            {
                self.pipeline().map(|pipeline| Explanation::new(&pipeline, None))
            }

            /// The untyped query, for what only that can: its tables, its options.
            ///
            /// # Errors
            /// As [`to_flux`](Self::to_flux).
            pub fn into_query(self) -> Result<Query>
            where
                R: HasRange,
            {
                let flux = self.script()?;
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
            pub fn fetch_as<Row: FromRowOwned + Send + 'static>(
                self,
            ) -> BoxFuture<Result<Vec<Row>>>
            where
                R: HasRange,
            {
                self.finish().fetch()
            }

            /// Streams the rows as they come; see [`Query::stream`].
            pub fn stream_as<Row: FromRowOwned>(self) -> RowStream<Row>
            where
                R: HasRange,
            {
                self.finish().stream()
            }

            /// Lends one row after the other; see [`Query::rows`].
            pub fn rows_as<Row: FromRow>(self) -> Rows<Row>
            where
                R: HasRange,
            {
                self.finish().rows()
            }

            /// The query, or one that fails when it is run.
            pub(super) fn finish(self) -> Query {
                let flux = self.script();
                self.query.with_script(flux)
            }
        }
    )*};
}

ends!(Aggregate, Distinct);

impl<T, R> Clone for Aggregate<T, R> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            selection: self.selection.clone(),
            aggregation: self.aggregation.clone(),
            problem: self.problem.clone(),
            of: PhantomData,
        }
    }
}

impl<T, R> Clone for Distinct<T, R> {
    fn clone(&self) -> Self {
        let (query, selection) = (self.query.clone(), self.selection.clone());
        Self { query, selection, column: self.column, role: self.role, of: PhantomData }
    }
}

impl<T, R> fmt::Debug for Aggregate<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aggregate")
            .field("selection", &self.selection)
            .field("aggregation", &self.aggregation)
            .finish_non_exhaustive()
    }
}

impl<T, R> fmt::Debug for Distinct<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Distinct").field("column", &self.column).finish_non_exhaustive()
    }
}
