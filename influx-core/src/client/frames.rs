//! Queries whose answers become data frames.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use polars::prelude::DataFrame;

use super::aggregate::{Aggregate, Distinct};
use super::select::HasRange;
use super::source::Source;
use super::{BoxFuture, Query, Select};
use crate::dataframe::{FrameDecoder, FrameOptions, Frames, Progress, TableFrame, TypedFrames};
use crate::error::Result;
use crate::measurement::Measurement;

/// A query whose answer becomes data frames; from [`Query::frames`].
#[must_use = "a query does nothing until `data_frame`, `data_frames` or `data_frame_chunks`"]
pub struct FrameQuery {
    source: Source,
    options: FrameOptions,
}

impl Query {
    /// Reads the answer into data frames of this kind; end it with the shape that is wanted.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35,load=3i 1\ncpu,host=a temp=20.5 2").await?;
    /// use influx_core::dataframe::FrameOptions;
    ///
    /// let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    /// let options = FrameOptions::new().wide().columns(["_time", "host", "load", "temp"]);
    /// let frame = client.query(flux).frames(options).data_frame().await?;
    /// assert_eq!(frame.shape(), (2, 4));
    /// assert_eq!(frame.column("load").unwrap().null_count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn frames(self, options: FrameOptions) -> FrameQuery {
        FrameQuery { source: self.source(), options }
    }

    /// Collects all tables in one data frame, always one: those below each other, their columns side
    /// by side. [The module](crate::dataframe) says which type is what.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35 1\ncpu,host=b temp=20.5 2").await?;
    /// let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    /// let frame = client.query(flux).data_frame().await?;
    /// assert_eq!(frame.height(), 2);
    /// assert_eq!(frame.column("_value").unwrap().f64().unwrap().get(0), Some(22.35));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), save for what concerns a struct; and
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when a column changes its type from one table
    /// to the next, or a table has two of one name.
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn data_frame(self) -> BoxFuture<Result<DataFrame>> {
        self.frames(FrameOptions::new()).data_frame()
    }

    /// Collects each table in a data frame of its own, with the table's result, number and group key.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35 1\ncpu,host=b temp=20.5 2").await?;
    /// let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    /// let tables = client.query(flux).data_frames().await?;
    /// assert_eq!(tables.len(), 2);
    /// assert!(tables[1].group_key().contains(&("host".to_owned(), "b".into())));
    /// assert_eq!(tables[1].frame().height(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`data_frame`](Self::data_frame); a column may be of another type in each table.
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn data_frames(self) -> BoxFuture<Result<Vec<TableFrame>>> {
        self.frames(FrameOptions::new()).data_frames()
    }

    /// Streams data frames of at most so many rows (at least 1), for results larger than memory: all
    /// of one are in memory, and the chunk of the reply that is being read.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu temp=22.35 1\ncpu temp=20.5 2\ncpu temp=21 3").await?;
    /// let flux = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)"#;
    /// let mut chunks = client.query(flux).data_frame_chunks(2);
    /// let mut heights = Vec::new();
    /// while let Some(frame) = chunks.next().await? {
    ///     heights.push(frame.height());
    /// }
    /// assert_eq!(heights, [2, 1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn data_frame_chunks(self, rows: usize) -> FrameChunks {
        self.frames(FrameOptions::new()).data_frame_chunks(rows)
    }
}

impl FrameQuery {
    /// Collects all tables in one data frame; see [`Query::data_frame`].
    ///
    /// # Errors
    /// As [`Query::data_frame`]; [`MissingColumn`](crate::ErrorKind::MissingColumn) when a column that
    /// was asked for is in no table, or fields cannot be put together to wide rows.
    ///
    /// # Cancel safety
    /// As [`Query::fetch`].
    #[must_use = "nothing is sent until it is awaited"]
    pub fn data_frame(self) -> BoxFuture<Result<DataFrame>> {
        Box::pin(collect(self.source, FrameDecoder::new(self.options)))
    }

    /// Collects each table in a data frame of its own; see [`Query::data_frames`].
    ///
    /// # Errors
    /// As [`data_frame`](Self::data_frame), save for columns that change their type.
    ///
    /// # Cancel safety
    /// As [`Query::fetch`].
    #[must_use = "nothing is sent until it is awaited"]
    pub fn data_frames(self) -> BoxFuture<Result<Vec<TableFrame>>> {
        Box::pin(async move {
            let mut decoder = FrameDecoder::by_table(self.options);
            run(self.source, &mut decoder).await?;
            Ok(decoder.into_tables())
        })
    }

    /// Streams data frames of at most so many rows; see [`Query::data_frame_chunks`]. Where rows are
    /// made [wide](FrameOptions::wide), one series is in memory as well.
    pub fn data_frame_chunks(self, rows: usize) -> FrameChunks {
        FrameChunks::new(self.source, FrameDecoder::new(self.options), rows)
    }
}

impl fmt::Debug for FrameQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameQuery").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<T: Measurement + 'static, R: HasRange> Select<T, R> {
    /// Collects the rows in a data frame: a column for each member of the struct, in their order,
    /// called as the server calls it, the timestamp's `_time`; tags are `Categorical`.
    ///
    /// These are the rows that [`fetch`](Self::fetch) gives, and
    /// [`to_records`](crate::dataframe::to_records) makes those of them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// use influx_core::{Measurement, Timestamp, dataframe};
    ///
    /// #[derive(Measurement, Debug, PartialEq)]
    /// struct Cpu {
    ///     #[tag] host: String,
    ///     #[field] temp: f64,
    ///     #[timestamp] time: Timestamp,
    /// }
    ///
    /// let cpu = Cpu { host: "a".into(), temp: 22.35, time: Timestamp::from_nanos(1) };
    /// client.write("my-bucket", &cpu).await?;
    /// let frame = client.select::<Cpu>("my-bucket").range(..).data_frame().await?;
    /// assert_eq!(frame.get_column_names(), ["host", "temp", "_time"]);
    /// assert_eq!(dataframe::to_records::<Cpu>(&frame)?, [cpu]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn data_frame(self) -> BoxFuture<Result<DataFrame>> {
        Box::pin(collect(self.source(), TypedFrames::<T>::new()))
    }

    /// Streams data frames of at most so many rows (at least 1), with the columns of
    /// [`data_frame`](Self::data_frame), for results larger than memory.
    pub fn data_frame_chunks(self, rows: usize) -> FrameChunks {
        FrameChunks::new(self.source(), TypedFrames::<T>::new(), rows)
    }
}

/// Frames of rows that are no longer those of the struct.
macro_rules! frames_of {
    ($($query:ident),*) => {$(
        impl<T: Measurement, R: HasRange> $query<T, R> {
            /// Collects the rows in a data frame, with the columns of the answer; those of the group key
            /// that are texts, as tags are, are `Categorical`.
            ///
            /// # Errors
            /// As [`Query::data_frame`] and [`to_flux`](Self::to_flux).
            ///
            /// # Cancel safety
            /// As [`Query::fetch`].
            #[must_use = "nothing is sent until it is awaited"]
            pub fn data_frame(self) -> BoxFuture<Result<DataFrame>> {
                self.finish().data_frame()
            }
        }
    )*};
}

frames_of!(Aggregate, Distinct);

async fn collect(source: Source, mut frames: impl Frames) -> Result<DataFrame> {
    run(source, &mut frames).await?;
    frames.take()
}

/// Reads the whole reply.
async fn run(mut source: Source, frames: &mut impl Frames) -> Result<()> {
    while frames.advance(usize::MAX)? == Progress::NeedInput {
        match source.chunk().await? {
            Some(chunk) => frames.feed(chunk),
            None => frames.finish(),
        }
    }
    Ok(())
}

/// The rows of a query in data frames, one after the other; from [`Query::data_frame_chunks`].
///
/// Columns are as in [one frame](Query::data_frame), each known from the chunk on that has it first: a later
/// chunk may have more. Also a [`Stream`]. Dropping it closes the connection.
#[must_use = "nothing is sent until the first `next`"]
pub struct FrameChunks {
    source: Source,
    frames: Box<dyn Frames>,
    rows: usize,
    /// Rows that were read, and are still to be handed out.
    ready: Option<DataFrame>,
    ended: bool,
}

impl FrameChunks {
    fn new(source: Source, frames: impl Frames + 'static, rows: usize) -> Self {
        Self { source, frames: Box::new(frames), rows: rows.max(1), ready: None, ended: false }
    }

    /// The next rows, at least one; `None` at the end.
    ///
    /// # Errors
    /// As [`FrameQuery::data_frame`]. After an error there are no more frames, and the rows of the one
    /// that was not full are not handed out.
    ///
    /// # Cancel safety
    /// Safe: no row is lost.
    pub async fn next(&mut self) -> Result<Option<DataFrame>> {
        poll_fn(|cx| self.poll_frame(cx)).await
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<DataFrame>>> {
        loop {
            if let Some(frame) = self.cut() {
                return Poll::Ready(Ok(Some(frame)));
            }
            if self.ended {
                return Poll::Ready(Ok(None));
            }
            if let Err(error) = ready!(self.poll_more(cx)) {
                self.ended = true;
                self.source = Source::Done;
                return Poll::Ready(Err(error));
            }
        }
    }

    /// The first of the rows that are ready.
    fn cut(&mut self) -> Option<DataFrame> {
        let frame = self.ready.take().filter(|frame| frame.height() > 0)?;
        let rest = frame.height().saturating_sub(self.rows);
        if rest == 0 {
            return Some(frame);
        }
        self.ready = Some(frame.tail(Some(rest)));
        Some(frame.head(Some(self.rows)))
    }

    /// Reads on until rows are ready, or the reply has ended.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            match self.frames.advance(self.rows)? {
                Progress::NeedInput => match ready!(self.source.poll_chunk(cx))? {
                    Some(chunk) => self.frames.feed(chunk),
                    None => self.frames.finish(),
                },
                progress => {
                    self.ended = progress == Progress::End;
                    self.ready = Some(self.frames.take()?);
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl fmt::Debug for FrameChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameChunks").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Stream for FrameChunks {
    type Item = Result<DataFrame>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_frame(cx).map(Result::transpose)
    }
}
