use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Writer;
use super::event::Event;
use super::listeners::Callback;
use super::shared::Shared;
use crate::batch::{Limits, Rules, Treatment};
use crate::error::{Error, Result, SettingCause};
use crate::http::Connection;
use crate::time::Precision;

/// What a writer does with lines for which there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WhenFull {
    /// Lets [`write`](Writer::write) wait, so that whoever produces lines becomes as slow as the
    /// server.
    #[default]
    Wait,
    /// Lets it fail with [`Full`](crate::ErrorKind::Full). The lines are the caller's again
    /// ([`unwritten`](crate::Error::unwritten)): no event tells of them, and no report counts them.
    Fail,
    /// Drops the oldest lines that are not on their way, for new ones. They are
    /// [refused](Event::Refused) as [`Full`](crate::ErrorKind::Full).
    DropOldest,
    /// Drops the new lines, likewise.
    DropNewest,
}

/// The settings of a [`Writer`]; [`start`](Self::start) begins.
///
/// The defaults are those of InfluxDB's own clients.
#[must_use = "a builder does nothing until `start`"]
pub struct WriterBuilder {
    connection: Arc<Connection>,
    bucket: String,
    org: Option<String>,
    default_tags: Vec<(String, String)>,
    callbacks: Vec<Callback>,
    pub(super) options: Options,
}

/// What a writer keeps of its settings.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) limits: Limits,
    pub(super) max_buffered_bytes: usize,
    pub(super) max_in_flight: usize,
    pub(super) when_full: WhenFull,
    pub(super) max_close_wait: Duration,
    pub(super) jitter_interval: Duration,
    pub(super) rules: Rules,
    pub(super) precision: Option<Precision>,
    pub(super) gzip: Option<bool>,
    pub(super) stamps: bool,
    pub(super) overrides_tags: bool,
    pub(super) guards_schema: bool,
}

impl Default for Options {
    fn default() -> Self {
        let rules = Rules {
            backoff: crate::batch::Backoff::default(),
            treatments: Vec::new(),
            max_hold_time: None,
            jitter: Duration::ZERO,
        };
        Self {
            limits: Limits { lines: 1_000, bytes: 4 << 20, age: Duration::from_secs(1) },
            max_buffered_bytes: 64 << 20,
            max_in_flight: 1,
            when_full: WhenFull::default(),
            max_close_wait: Duration::from_secs(300),
            jitter_interval: Duration::ZERO,
            rules,
            precision: None,
            gzip: None,
            stamps: true,
            overrides_tags: false,
            guards_schema: false,
        }
    }
}

impl WriterBuilder {
    pub(in crate::client) fn new(connection: Arc<Connection>, bucket: String) -> Self {
        let (org, options) = (None, Options::default());
        let default_tags = connection.default_tags.clone();
        Self { connection, bucket, org, default_tags, callbacks: Vec::new(), options }
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// How many lines make a batch; 1,000 by default. The server does best with some 5,000.
    pub const fn batch_size(mut self, lines: usize) -> Self {
        self.options.limits.lines = lines;
        self
    }

    /// How many bytes a batch has at most, before compression; 4 MiB by default. A longer line goes
    /// alone.
    pub const fn max_batch_bytes(mut self, bytes: usize) -> Self {
        self.options.limits.bytes = bytes;
        self
    }

    /// How long after its first line a batch goes, full or not; 1 s by default.
    pub const fn flush_interval(mut self, interval: Duration) -> Self {
        self.options.limits.age = interval;
        self
    }

    /// At most so much, at random, is waited before each batch, and added to what a server asks for
    /// that throttles; nothing by default. Spreads the load of many clients.
    pub const fn jitter_interval(mut self, interval: Duration) -> Self {
        self.options.jitter_interval = interval;
        self.options.rules.jitter = interval;
        self
    }

    /// The unit of the wait before another try; 5 s by default. Before try n + 1 that is a random
    /// time between `retry_interval`·`exponential_base`ⁿ⁻¹ and `retry_interval`·`exponential_base`ⁿ. A
    /// server that throttles, or does not let this writer write, is left alone for 100 ms at least.
    pub const fn retry_interval(mut self, interval: Duration) -> Self {
        self.options.rules.backoff.interval = interval;
        self
    }

    /// How often a request is sent again; 5 times by default, 0 for never. An answer 429 or 503 that
    /// names the time to wait does not count; only [`max_retry_time`](Self::max_retry_time) ends those.
    ///
    /// With this default and that of [`max_retry_time`](Self::max_retry_time), an outage of more than
    /// three minutes spends the retries: the lines that were on their way are refused as given up, and
    /// so is batch after batch while the outage lasts. Use
    /// [`retry_until_closed`](Self::retry_until_closed) to keep them instead, or write the lines of
    /// [`Event::Refused`] somewhere else.
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.options.rules.backoff.max_retries = retries;
        self
    }

    /// The longest wait before another try; 125 s by default. A server that throttles may ask for
    /// more.
    pub const fn max_retry_delay(mut self, delay: Duration) -> Self {
        self.options.rules.backoff.max_delay = delay;
        self
    }

    /// How long after its first try a request is sent again; 180 s by default, 0 for never. The last
    /// try comes when the time is up, also when the server asked for a longer wait. For outages that
    /// are longer see [`retry_until_closed`](Self::retry_until_closed).
    pub const fn max_retry_time(mut self, time: Duration) -> Self {
        self.options.rules.backoff.max_time = time;
        self
    }

    /// Tries again as often and as long as it takes: while the server is away, lines are kept until
    /// the writer is closed.
    ///
    /// The memory stays bounded by [`max_buffered_bytes`](Self::max_buffered_bytes); once it is full,
    /// [`when_full`](Self::when_full) says what happens to new lines. What cannot be delivered when the
    /// writer is closed is [handed back](super::Report::undelivered). A later
    /// [`max_retries`](Self::max_retries) or [`max_retry_time`](Self::max_retry_time) sets a bound
    /// again. Lines that the server refuses are refused all the same, and so is a batch with
    /// [`server_times`](Self::server_times) that must not be sent twice.
    pub const fn retry_until_closed(self) -> Self {
        self.max_retries(u32::MAX).max_retry_time(Duration::MAX)
    }

    /// By how much each wait is longer than the one before; 2 by default.
    pub const fn exponential_base(mut self, base: u32) -> Self {
        self.options.rules.backoff.base = base;
        self
    }

    /// For points that matter while they are new: batches go after 100 ms, the first retry comes
    /// within half a second, waits are drawn from zero upwards and never longer than 30 s.
    pub const fn low_latency(mut self) -> Self {
        self.options.limits.age = Duration::from_millis(100);
        self.options.rules.backoff.interval = Duration::from_millis(250);
        self.options.rules.backoff.max_delay = Duration::from_secs(30);
        self.options.rules.backoff.full_jitter = true;
        self
    }

    /// How long lines are kept that the server will not have for no fault of theirs: an unknown
    /// token (401), a missing permission (403) or bucket (404). `None`, the default: until the writer
    /// is closed.
    pub fn max_hold_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.options.rules.max_hold_time = time.into();
        self
    }

    /// What follows an answer with this status, instead of what the
    /// [table](super#what-the-server-answers-and-what-follows) says.
    pub fn on_status(mut self, status: u16, treatment: Treatment) -> Self {
        self.options.rules.treatments.push((status, treatment));
        self
    }

    /// How long [`close`](Writer::close) waits; 300 s by default.
    pub const fn max_close_wait(mut self, wait: Duration) -> Self {
        self.options.max_close_wait = wait;
        self
    }

    /// How many bytes of lines are held at once, collected and in flight; 64 MiB by default. The
    /// memory of the process is somewhat more: a compressed copy of what is in flight, and the room
    /// that batches keep for lines to come.
    pub const fn max_buffered_bytes(mut self, bytes: usize) -> Self {
        self.options.max_buffered_bytes = bytes;
        self
    }

    /// How many requests are on their way at once for one bucket and precision; 1 by default. With
    /// more, lines are spread by series, so that of two points of one series and time the later one
    /// still wins; what makes a series one is that measurement and tags are written the same, in the
    /// same order.
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.options.max_in_flight = requests;
        self
    }

    /// What happens to lines for which there is no room; they wait by default.
    pub const fn when_full(mut self, when_full: WhenFull) -> Self {
        self.options.when_full = when_full;
        self
    }

    /// The unit of the times, for all lines. Typed times are rounded down to it; in text they already
    /// count it. Without a call: each record's own default, else nanoseconds. Points without a time
    /// are always written in nanoseconds.
    pub const fn precision(mut self, precision: Precision) -> Self {
        self.options.precision = Some(precision);
        self
    }

    /// Whether batches of 1 KiB and more are compressed; as the client does, by default.
    #[cfg(feature = "gzip")]
    pub const fn gzip(mut self, on: bool) -> Self {
        self.options.gzip = Some(on);
        self
    }

    /// A tag for every record that has none of this key, beside those of the client. Lines of text
    /// stay as they are. An empty value takes back one that was set.
    pub fn default_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.default_tags.push((key.into(), value.into()));
        self
    }

    /// Lets default tags win over the tags that a record has itself.
    pub const fn default_tags_override(mut self) -> Self {
        self.options.overrides_tags = true;
        self
    }

    /// Leaves the times of points that have none to the server: one for a whole request, so that of
    /// one series only the last point stays. Such a batch cannot be sent twice, so after a failure
    /// that leaves open whether it was stored it is refused and not tried again.
    pub const fn server_times(mut self) -> Self {
        self.options.stamps = false;
        self
    }

    /// Refuses lines here that give a field another type than the first line did that this writer was
    /// handed, where the server would answer 422. Every line is parsed for it. Types that the bucket
    /// has from before, or from others, are not known.
    pub const fn schema_guard(mut self) -> Self {
        self.options.guards_schema = true;
        self
    }

    /// Calls `callback` for each [`Event`], on the task that delivers or, for records that are refused
    /// at once, in the call that hands them over: it should not take long. May be called several
    /// times. What panics in it does not harm the writer.
    ///
    /// A callback may use the writer, but a write that is refused at once calls it again, within
    /// itself: a line that is written for each [`Event::Refused`] is dropped in turn where the writer
    /// is full and [drops new lines](WhenFull::DropNewest). So callbacks are called eight deep at
    /// most on one thread, of all writers together. What happens deeper is not told to them; it goes to
    /// streams of events, logs and counts, and
    /// [`untold_events`](super::Stats::untold_events) says how often that was.
    pub fn on_event(mut self, callback: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Starts the writer. Sends nothing yet, so that a bucket or token that cannot work is found out
    /// by the first batch.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for settings that cannot work, without a
    /// bucket, an organization or a Tokio runtime with timers;
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) for a default tag that no line can carry.
    ///
    /// # Cancel safety
    /// Safe.
    #[expect(clippy::unused_async, reason = "a spool will have to be opened")]
    pub async fn start(self) -> Result<Writer> {
        self.check()?;
        let Self { connection, bucket, org, default_tags, callbacks, options } = self;
        Shared::start(connection, bucket, org, &default_tags, callbacks, options).map(Writer::new)
    }

    fn check(&self) -> Result<()> {
        if self.bucket.is_empty() {
            let remedy = "name the one to write to";
            return Err(SettingCause::Missing { what: "bucket", remedy }.into());
        }
        self.connection.org(self.org.as_deref())?;
        let options = &self.options;
        let is_zero = [
            ("batch_size", options.limits.lines == 0),
            ("max_batch_bytes", options.limits.bytes == 0),
            ("max_buffered_bytes", options.max_buffered_bytes == 0),
            ("max_in_flight", options.max_in_flight == 0),
            ("exponential_base", options.rules.backoff.base == 0),
        ];
        match is_zero.iter().find(|(_, is_zero)| *is_zero) {
            Some((what, _)) => Err(Error::from(SettingCause::Invalid {
                what,
                problem: "of a writer is 0; it is 1 at least",
            })),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for WriterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriterBuilder")
            .field("bucket", &self.bucket)
            .field("org", &self.org)
            .field("default_tags", &self.default_tags)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
