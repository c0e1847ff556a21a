//! Writing in batches, in the background, without losing a line.
//!
//! # What becomes of a line
//!
//! Every line that is handed to a [`Writer`] ends in one of three places, and none leaves without
//! saying so:
//!
//! - **delivered**: the server has stored it;
//! - **refused**, with a reason: here, because line protocol cannot carry it; by the server; or because
//!   the retries are spent. It is handed back to the [`Receipt`], in an [`Event`] and in the
//!   [`Report`];
//! - **held**: in memory, which is bounded in bytes ([`max_buffered_bytes`](WriterBuilder::max_buffered_bytes)).
//!   What is still held when the writer is closed is handed back in the report.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> influx_core::Result<()> {
//! # let server = influx_testkit::Server::start();
//! # let client = influx_core::Client::builder(server.url()).token(server.token());
//! # let client = client.org(server.org()).build()?;
//! use influx_core::Point;
//!
//! let writer = client.writer("my-bucket").start().await?;
//! for core in 0..1_000 {
//!     let point = Point::measurement("cpu").tag("core", core.to_string()).field("temp", 22.35);
//!     writer.write(&point).await?; // waits only while the memory is full
//! }
//! let report = writer.close().await;
//! assert_eq!((report.delivered_lines(), report.is_complete()), (1_000, true));
//! # assert_eq!(server.lines("my-bucket").len(), 1_000);
//! # Ok(())
//! # }
//! ```
//!
//! # What the server answers, and what follows
//!
//! | answer | what the writer does |
//! |---|---|
//! | 2xx | the lines are delivered |
//! | 400 | refuses the lines that the answer quotes and sends the others again; where it quotes none, it halves the batch until the bad line is alone |
//! | 422 | the good points are stored; sends those that the reason does not fit again, then the others, halved until each line is stored or refused |
//! | 413 | halves the batch, and keeps to that size, in all lanes of the bucket |
//! | 429, 503 | waits as long as the server asks, all lanes of the bucket with it |
//! | 408, 499, other 5xx save 501, no answer | tries again ([`max_retries`](WriterBuilder::max_retries), [`max_retry_time`](WriterBuilder::max_retry_time)), then refuses the batch |
//! | 401, 403, 404, a login page | keeps the lines and asks again, until it is [closed](Writer::close) or for [`max_hold_time`](WriterBuilder::max_hold_time) |
//! | everything else | refuses the batch with the server's words |
//!
//! To send a line twice stores it once, since it has a time: points without get one when they are
//! handed over, in nanoseconds, each later than the one before.
//!
//! # Lanes
//!
//! Lines are collected for each bucket and precision, and go when they are
//! [`batch_size`](WriterBuilder::batch_size) lines, or [`flush_interval`](WriterBuilder::flush_interval)
//! after the first of them. A lane has one request on its way, so that its lines are stored in their
//! order; [`max_in_flight`](WriterBuilder::max_in_flight) makes more lanes of one and spreads the
//! series over them. No lane waits for another.

mod builder;
mod event;
mod hand_over;
mod intake;
mod lane;
mod listeners;
mod observe;
mod report;
mod runtime;
mod shared;
mod state;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;

pub use self::builder::{WhenFull, WriterBuilder};
pub use self::event::{Batch, Event, Target};
pub use self::hand_over::{HandOver, Receipt};
pub use self::listeners::Events;
pub use self::report::{RefusedLine, Report, Stats, Undelivered};
pub use crate::batch::Treatment;

use self::shared::Shared;
use crate::error::{Error, Refused, Result};
use crate::line_protocol::IntoLines;

/// A handle on a writer that works in the background; clones share it. See the
/// [module's page](self).
///
/// When the last clone is dropped without a [`close`](Self::close), what is held still goes to the
/// server as long as the runtime lives, as after a `close`, and an [`Event::Abandoned`] tells how much
/// that is. Lines that cannot be delivered then are in an [`Event::Undelivered`].
///
/// When its runtime ends, a writer is closed and hands back what it holds.
#[derive(Debug, Clone)]
pub struct Writer {
    handle: Arc<Handle>,
    route: usize,
}

/// What the clones of a writer share; the tasks in the background do not.
#[derive(Debug)]
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl Writer {
    fn new(shared: Arc<Shared>) -> Self {
        Self { handle: Arc::new(Handle(shared)), route: 0 }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.handle.0
    }

    /// The same writer for another bucket of the organization: the limits, the events and the report
    /// are shared, the batches are not. A writer remembers all its buckets.
    #[must_use]
    pub fn to(&self, bucket: impl Into<String>) -> Self {
        let org = self.shared().org_of(self.route);
        self.to_route(bucket.into(), org)
    }

    /// The same for a bucket of another organization, by name or ID.
    #[must_use]
    pub fn to_org(&self, bucket: impl Into<String>, org: impl Into<String>) -> Self {
        self.to_route(bucket.into(), Some(org.into()))
    }

    fn to_route(&self, bucket: String, org: Option<String>) -> Self {
        let route = self.shared().route(bucket, org);
        Self { handle: Arc::clone(&self.handle), route }
    }

    /// Hands over one record, a slice or an iterator of records, or lines as text.
    ///
    /// They are encoded in this call, and handed over in it while there is room; else the future
    /// waits, or does as [`when_full`](WriterBuilder::when_full) says. Good records and lines are
    /// taken, also where others are refused. More than the memory of the writer is handed over piece
    /// by piece.
    ///
    /// The [`Receipt`] may be dropped, or awaited: it is ready when the lines have their fate.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry some of the
    /// records; [`refused`](crate::Error::refused) lists them, the others were taken.
    /// [`Closed`](crate::ErrorKind::Closed) after [`close`](Self::close), and
    /// [`Full`](crate::ErrorKind::Full) with [`WhenFull::Fail`]; what was not taken is in
    /// [`unwritten`](crate::Error::unwritten).
    ///
    /// # Cancel safety
    /// Dropping the future while it waits takes back what has not been handed over, which is all of
    /// it unless it is more than the memory of the writer.
    pub fn write<Kind>(&self, lines: impl IntoLines<Kind>) -> HandOver {
        self.shared().hand_over(self.route, lines)
    }

    /// The same without waiting, whatever [`when_full`](WriterBuilder::when_full) says.
    ///
    /// # Errors
    /// As [`write`](Self::write), and [`Full`](crate::ErrorKind::Full) when there is no room.
    pub fn try_write<Kind>(&self, lines: impl IntoLines<Kind>) -> Result<Receipt> {
        self.shared().try_hand_over(self.route, lines)
    }

    /// Hands over what a stream gives, and returns how many items that were.
    ///
    /// # Errors
    /// As [`write`](Self::write). Records that are refused do not stop it: they are listed when the
    /// stream has ended, the first thousand, by the place of their item. A writer that is closed or
    /// [full](WhenFull::Fail) does.
    ///
    /// # Cancel safety
    /// What was handed over stays so; an item that is on its way may be lost.
    pub async fn write_stream<Kind, S: Stream<Item: IntoLines<Kind>>>(
        &self,
        stream: S,
    ) -> Result<usize> {
        /// A stream of something else would fill the memory.
        const KEPT: usize = 1_000;
        let mut stream = pin!(stream);
        let (mut items, mut refused) = (0, Vec::new());
        while let Some(item) = std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
            if let Err(error) = self.write(item).await {
                if error.refused().is_empty() {
                    return Err(error);
                }
                if refused.len() < KEPT {
                    refused.push(Refused::new(items, error));
                }
            }
            items += 1;
        }
        if refused.is_empty() { Ok(items) } else { Err(Error::refused_among_taken(refused, items)) }
    }

    /// Sends what is held, and waits until everything that was handed over before has its fate. The
    /// report counts from the start of the writer.
    ///
    /// While the server is away that takes as long as the retries do; where it refuses the token or
    /// the bucket, until it takes them. Bound it with `tokio::time::timeout`.
    ///
    /// # Cancel safety
    /// Safe; the lines go on their way.
    #[must_use = "it says what was refused, and hands back what was not delivered"]
    pub async fn flush(&self) -> Report {
        self.shared().send_all().await;
        self.shared().report()
    }

    /// Takes no more lines, sends what is held, and tells what became of everything; for
    /// [`max_close_wait`](WriterBuilder::max_close_wait) at most. What could not be delivered by then
    /// is [handed back](Report::undelivered).
    ///
    /// Lanes that wait for their next try try at once, save where the server asked to be left alone. Those that the server
    /// refuses for no fault of the lines (401, 403, 404) are given one more try. All clones are closed. To
    /// close twice gives the same report.
    ///
    /// # Cancel safety
    /// The writer stays closed and delivers what it holds; `close` may be called again.
    #[must_use = "it says what was refused, and hands back what was not delivered"]
    pub async fn close(&self) -> Report {
        self.close_within(self.shared().options.max_close_wait).await
    }

    /// The same for this long at most. What is given up in mid-request may be stored all the same. Where
    /// a token provider blocks the thread it waits a second more, and those lines are then still held.
    ///
    /// # Cancel safety
    /// As [`close`](Self::close).
    #[must_use = "it says what was refused, and hands back what was not delivered"]
    pub async fn close_within(&self, limit: Duration) -> Report {
        self.shared().close_within(limit).await
    }

    /// What the writer has done and what it holds, now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared().stats()
    }

    /// What happens from now on, as a stream, which ends with the writer.
    ///
    /// Up to 256 events wait in it, and up to 8 MiB of lines in them, more only where one event alone
    /// has more. Those that do not fit are missed, and [`Event::Missed`] tells how many, before the
    /// next one that fits or the end.
    #[must_use]
    pub fn events(&self) -> Events {
        self.shared().events.subscribe()
    }
}
