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
//! # When a write fails
//!
//! There are two kinds of failures, and what is left to do differs. Where some records are refused,
//! the others were taken: to hand all of them over again would write those twice. Where nothing was
//! taken, the lines come back.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> influx_core::Result<()> {
//! # let server = influx_testkit::Server::start();
//! # let client = influx_core::Client::builder(server.url()).token(server.token());
//! # let client = client.org(server.org()).build()?;
//! use influx_core::ErrorKind;
//!
//! let writer = client.writer("my-bucket").start().await?;
//! let lines = ["cpu temp=22.35 1", "cpu temp=warm 2", "cpu temp=22.5 3"];
//! if let Err(error) = writer.write(lines).await {
//!     match error.kind() {
//!         // Some records are refused. The others were taken, and need nothing.
//!         ErrorKind::InvalidLine => {
//!             for refused in error.refused() {
//!                 eprintln!("record {}: {}", refused.index(), refused.reason());
//!             }
//!         }
//!         // The writer is closed, or full with `WhenFull::Fail`. These were not taken.
//!         ErrorKind::Closed | ErrorKind::Full => {
//!             eprintln!("to be kept: {}", String::from_utf8_lossy(error.unwritten()));
//!         }
//!         _ => return Err(error),
//!     }
//! }
//! assert_eq!(writer.close().await.delivered_lines(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # The end of a program
//!
//! What is held when a program ends is lost, so close the writer before. Where the server may be away
//! then, say how long that may take; the report hands back the rest.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let client = influx_core::Client::from_env()?;
//! # async fn ctrl_c() -> std::io::Result<()> { Ok(()) } // tokio::signal::ctrl_c
//! # async fn produce(_: influx_core::client::Writer) -> influx_core::Result<()> { Ok(()) }
//! use std::io::Write;
//! use std::time::Duration;
//!
//! let writer = client.writer("my-bucket").start().await?;
//! tokio::spawn(produce(writer.clone())); // its writes fail as `Closed` after the close
//! ctrl_c().await?; // of `tokio::signal`
//! let report = writer.close_within(Duration::from_secs(10)).await;
//! eprintln!("{report}");
//! for undelivered in report.undelivered() {
//!     eprintln!("{undelivered}");
//!     // Their times count the same unit when they are written again.
//!     let name = format!("{}.{}.lp", undelivered.bucket(), undelivered.precision());
//!     std::fs::File::options().create(true).append(true).open(name)?.write_all(undelivered.lines())?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Which setting for which need
//!
//! | need | setting |
//! |---|---|
//! | points must be seen soon | [`low_latency`](WriterBuilder::low_latency), [`flush_interval`](WriterBuilder::flush_interval) |
//! | as many points as possible | [`batch_size`](WriterBuilder::batch_size) of 5,000, [`max_in_flight`](WriterBuilder::max_in_flight) |
//! | outages of more than three minutes | [`retry_until_closed`](WriterBuilder::retry_until_closed), with [`max_buffered_bytes`](WriterBuilder::max_buffered_bytes) for as long as they last |
//! | producers must not wait | [`when_full`](WriterBuilder::when_full), or [`try_write`](Writer::try_write) |
//! | little memory | [`max_buffered_bytes`](WriterBuilder::max_buffered_bytes), [`max_batch_bytes`](WriterBuilder::max_batch_bytes) |
//! | a program that ends soon | [`max_close_wait`](WriterBuilder::max_close_wait), [`close_within`](Writer::close_within) |
//! | a bucket or token that may never come | [`max_hold_time`](WriterBuilder::max_hold_time) |
//! | a proxy whose answers mean something else | [`on_status`](WriterBuilder::on_status) |
//! | to know what became of some lines | the [`Receipt`] of their call |
//! | to know what becomes of all lines | [`on_event`](WriterBuilder::on_event), [`events`](Writer::events), [`stats`](Writer::stats) |
//! | the same tags on every record | [`default_tag`](WriterBuilder::default_tag) |
//! | type conflicts found before they are sent | [`schema_guard`](WriterBuilder::schema_guard) |
//! | many clients that start at once | [`jitter_interval`](WriterBuilder::jitter_interval) |
//! | a file of lines, however large | [`write_file`](Writer::write_file) |
//! | lines of text with times in seconds | [`precision`](WriterBuilder::precision) |
//!
//! # What the server answers, and what follows
//!
//! | answer | what the writer does |
//! |---|---|
//! | 2xx | the lines are delivered |
//! | 400 | refuses the lines that the answer quotes and sends the others again; where it quotes none, it halves the batch until the bad line is alone |
//! | 422 | the good points are stored; sends those that the reason does not fit again, then the others, halved until each line is stored or refused |
//! | 413 | halves the batch, and keeps to that size, in all lanes of the bucket |
//! | 429, 503 | waits as long as the server asks, all lanes of the bucket with it; where it names no time, as for 500 |
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
mod room;
mod runtime;
mod shared;
mod state;
mod text;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;

pub use self::builder::{WhenFull, WriterBuilder};
pub use self::event::{Batch, Event, Target};
pub use self::hand_over::{HandOver, Receipt};
pub use self::listeners::Events;
pub use self::report::{RefusedLine, Report, Stats, Undelivered};
pub use self::text::TextReport;
pub use crate::batch::Treatment;

use self::shared::Shared;
use crate::error::{Error, ErrorKind, Others, Refused, Result};
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
    /// records; [`refused`](crate::Error::refused) lists them. The others were taken, and there is no
    /// receipt for them: whoever needs one hands over fewer records in a call, or one.
    /// [`Closed`](crate::ErrorKind::Closed) after [`close`](Self::close), and
    /// [`Full`](crate::ErrorKind::Full) with [`WhenFull::Fail`]; what was not taken is in
    /// [`unwritten`](crate::Error::unwritten), and the records that line protocol cannot carry are in
    /// [`refused`](crate::Error::refused) then too.
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
    /// [full](WhenFull::Fail) does; the error lists those before it too.
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
                if error.kind() != ErrorKind::InvalidLine {
                    return Err(error.after_refusals(refused, items));
                }
                if refused.len() < KEPT {
                    refused.push(Refused::new(items, error));
                }
            }
            items += 1;
        }
        if refused.is_empty() {
            Ok(items)
        } else {
            Err(Error::refused_among(refused, items, Others::Taken))
        }
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
    /// Lanes that wait for their next try try at once, save where the server asked to be left alone.
    /// Those that the server refuses for no fault of the lines (401, 403, 404) are given one more try.
    /// All clones are closed. To close twice gives the same report.
    ///
    /// It may be called from another runtime. Where nobody drives the writer's own, it ends when the
    /// time is up, and lines that were on their way are then still held. Without any runtime around the
    /// caller there is no clock then, and it waits until the writer's runtime goes on or ends.
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
