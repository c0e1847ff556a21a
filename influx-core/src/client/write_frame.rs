//! Data frames, in as many requests as they take.

use std::collections::VecDeque;
use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;
use std::task::{Context, Poll};

use super::BoxFuture;
use super::write::{Sending, check_bucket};
use crate::dataframe::{Block, Blocks, FrameLines, FrameReport, Limits};
use crate::error::Result;
use crate::http::Connection;
use crate::line_protocol::{DefaultTags, Lines};
use crate::time::Precision;

/// A write of a data frame that has not been sent; await it.
///
/// The rows go in their order, in requests of at most 10,000 rows and 4 MiB, each sent once. While
/// one is under way the next is encoded, within the task that awaits. Memory: the lines of two
/// requests, or of those that are [in flight](Self::in_flight) or
/// [encoded at once](Self::threads).
///
/// Where it is awaited it gives a [`FrameReport`]: how many rows there were, and how many points.
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
/// let frame = df!("host" => ["a", "b\\", "c"], "load" => [1_i64, 2, 3], "at" => [1_i64, 2, 3])?;
/// let mapping = Mapping::measurement("cpu").tag("host").time_in("at", Precision::Seconds);
/// let write = || client.write_frame("my-bucket", &frame, &mapping).batch_rows(1);
/// let error = write().await.unwrap_err();
/// // A tag cannot end in a backslash. Row 0 is stored; go on behind row 1.
/// assert_eq!(error.frame_rows(), Some(1..2));
/// assert_eq!(write().rows(2..).await?.points(), 1);
/// # assert_eq!(server.lines("my-bucket").len(), 2);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Before anything is sent, those of [`Mapping::frame`](crate::Mapping::frame), and
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) without a bucket or organization.
///
/// Later, those of a [`Write`](super::Write), for a request whose rows
/// [`frame_rows`](crate::Error::frame_rows) tells: the rows before it are stored. Those that cannot
/// be lines, or that the server's answer is about, are [`refused`](crate::Error::refused), by their
/// place in the frame; the lines of the request are [`unwritten`](crate::Error::unwritten), if
/// they could be sent at all. The rows behind it were not sent, unless several requests are in
/// flight. To go on is the caller's choice: [`rows`](Self::rows).
///
/// # Cancel safety
/// Dropping the future leaves the requests before stored, and the one under way stored or not.
#[must_use = "a write does nothing until it is awaited"]
pub struct WriteFrame {
    connection: Arc<Connection>,
    bucket: String,
    org: Option<String>,
    lines: Result<FrameLines>,
    precision: Option<Precision>,
    rows: Range<usize>,
    limits: Limits,
    in_flight: usize,
}

impl WriteFrame {
    pub(super) fn new(
        connection: Arc<Connection>,
        bucket: String,
        lines: Result<FrameLines>,
    ) -> Self {
        Self {
            connection,
            bucket,
            org: None,
            lines,
            precision: None,
            rows: 0..usize::MAX,
            limits: Limits::default(),
            in_flight: 1,
        }
    }

    /// The unit of the times, which are rounded down to it. Without a call: nanoseconds.
    pub const fn precision(mut self, precision: Precision) -> Self {
        self.precision = Some(precision);
        self
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// These rows of the frame only, counted from 0: what is left after a failure.
    pub fn rows(mut self, rows: impl RangeBounds<usize>) -> Self {
        let start = match rows.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match rows.end_bound() {
            Bound::Included(&last) => last.saturating_add(1),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => usize::MAX,
        };
        self.rows = start..end;
        self
    }

    /// How many rows go into one request at most; 10,000 without a call. 0 counts as 1.
    pub const fn batch_rows(mut self, rows: usize) -> Self {
        self.limits.rows = rows;
        self
    }

    /// How many bytes of lines fill a request; 4 MiB without a call. The line that reaches it is the
    /// last one.
    pub const fn batch_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// How many requests are under way at once; 1 without a call, which keeps their order. 0 counts
    /// as 1. Where one fails, those behind it may be stored or not.
    pub const fn in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Encodes so many requests at once, on as many threads; the order is kept. 0 counts as 1,
    /// which is the default. The task that awaits waits for them.
    pub fn threads(mut self, threads: usize) -> Self {
        self.lines = self.lines.map(|lines| lines.threads(threads));
        self
    }

    async fn send(self) -> Result<FrameReport> {
        let lines = self.lines?;
        check_bucket(&self.bucket)?;
        let target = Target {
            org: self.connection.org(self.org.as_deref())?.to_owned(),
            connection: self.connection,
            bucket: self.bucket,
        };
        let tags = DefaultTags::new(&target.connection.default_tags, false)?;
        let precision = Some(self.precision.unwrap_or_default());
        let mut blocks = Blocks::new(&lines, self.rows, self.limits);
        let mut requests = InFlight { running: VecDeque::new(), report: FrameReport::default() };
        while let Some(block) = blocks.next(&|| Lines::new(precision).default_tags(&tags)) {
            requests.wait_for(self.in_flight.max(1) - 1).await?;
            match block {
                Ok(block) => requests.start(target.send(&lines, block)).await,
                Err(error) => {
                    // So that the rows before are stored.
                    requests.wait_for(0).await?;
                    return Err(error);
                }
            }
        }
        requests.wait_for(0).await?;
        Ok(requests.report)
    }
}

/// Where the requests go.
struct Target {
    connection: Arc<Connection>,
    bucket: String,
    org: String,
}

impl Target {
    fn send(&self, frame: &FrameLines, mut block: Block) -> BoxFuture<Result<Block>> {
        let lines = std::mem::take(&mut block.lines);
        let sending = Sending {
            connection: Arc::clone(&self.connection),
            bucket: self.bucket.clone(),
            org: self.org.clone(),
            precision: block.precision,
            lines: lines.into(),
        };
        let frame = frame.clone();
        Box::pin(async move {
            // Of rows without fields only there is nothing to send.
            let sent = if sending.lines.is_empty() { Ok(()) } else { sending.send().await };
            let rows = block.rows.clone();
            match sent {
                Ok(()) => Ok(block),
                Err(error) => {
                    Err(error
                        .of_rows(rows.clone(), |place| frame.row_of_point(rows.clone(), place)))
                }
            }
        })
    }
}

/// Requests that are under way, in the order of their rows.
struct InFlight {
    running: VecDeque<Running>,
    report: FrameReport,
}

enum Running {
    Pending(BoxFuture<Result<Block>>),
    Done(Result<Block>),
}

impl InFlight {
    /// Adds a request and sets it going, so that it is under way while the next is encoded.
    async fn start(&mut self, request: BoxFuture<Result<Block>>) {
        self.running.push_back(Running::Pending(request));
        poll_fn(|cx| {
            self.poll(cx);
            Poll::Ready(())
        })
        .await;
    }

    /// Waits until no more than this many are under way.
    async fn wait_for(&mut self, most: usize) -> Result<()> {
        while self.running.len() > most {
            let first = poll_fn(|cx| {
                self.poll(cx);
                match self.running.pop_front() {
                    Some(Running::Done(outcome)) => Poll::Ready(Some(outcome)),
                    Some(pending) => {
                        self.running.push_front(pending);
                        Poll::Pending
                    }
                    None => Poll::Ready(None),
                }
            });
            if let Some(outcome) = first.await {
                self.report.add(&outcome?);
            }
        }
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        for running in &mut self.running {
            if let Running::Pending(request) = running
                && let Poll::Ready(outcome) = request.as_mut().poll(cx)
            {
                *running = Running::Done(outcome);
            }
        }
    }
}

impl IntoFuture for WriteFrame {
    type Output = Result<FrameReport>;
    type IntoFuture = BoxFuture<Result<FrameReport>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for WriteFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteFrame")
            .field("bucket", &self.bucket)
            .field("org", &self.org)
            .field("precision", &self.precision)
            .field("rows", &self.rows)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
