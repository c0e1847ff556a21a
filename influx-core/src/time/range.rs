//! Spans of time, with ends that are instants or count from now.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};
use std::time::Duration;

use chrono::TimeDelta;

use super::{Timestamp, ToTimestamp};
use crate::error::{Error, Result, TimeCause};

/// An end of a [`TimeRange`]: an instant, or a distance from now.
///
/// ```
/// use influx_core::time::{TimeBound, ToTimeBound};
/// use std::time::Duration;
///
/// let minute = Duration::from_secs(60);
/// assert_eq!(TimeBound::ago(minute), chrono::TimeDelta::minutes(-1).to_time_bound());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeBound(Wide);

/// Nanoseconds that may be too many for the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wide {
    /// Since 1970-01-01T00:00:00Z.
    At(i128),
    FromNow(i128),
}

/// An end that the server can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    At(Timestamp),
    /// Nanoseconds from now.
    FromNow(i64),
}

impl TimeBound {
    /// An instant.
    #[must_use]
    pub fn at(instant: impl ToTimestamp) -> Self {
        Self(Wide::At(instant.nanos_since_epoch()))
    }

    /// So long before now.
    #[must_use]
    pub fn ago(distance: Duration) -> Self {
        Self(Wide::FromNow(-nanos(distance)))
    }

    /// So long after now.
    #[must_use]
    pub fn from_now(distance: Duration) -> Self {
        Self(Wide::FromNow(nanos(distance)))
    }

    /// Makes sure that the server can be told, `later` nanoseconds behind it.
    fn check(self, later: i128) -> Result<Bound> {
        match self.0 {
            Wide::At(nanos) => {
                Timestamp::storable(nanos)?;
                Timestamp::try_from_nanos(nanos + later).map(Bound::At)
            }
            // Flux wraps what is later than it knows.
            Wide::FromNow(nanos) if nanos > 0 => {
                Timestamp::storable(i128::from(Timestamp::now()?.as_nanos()) + nanos)?;
                Timestamp::try_from_nanos(nanos + later)
                    .map(|distance| Bound::FromNow(distance.as_nanos()))
            }
            Wide::FromNow(nanos) => Timestamp::try_from_nanos(nanos + later)
                .map(|distance| Bound::FromNow(distance.as_nanos()))
                .map_err(|_| TimeCause::TooFar { nanos }.into()),
        }
    }
}

fn nanos(distance: Duration) -> i128 {
    i128::from(distance.as_secs()) * 1_000_000_000 + i128::from(distance.subsec_nanos())
}

/// What can be an end of a [`TimeRange`]: everything that is an [instant](ToTimestamp), chrono's
/// `TimeDelta` (also called `chrono::Duration`) for a distance from now, and [`TimeBound`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no end of a time range",
    label = "neither an instant nor a distance from now",
    note = "use a `DateTime`, a `SystemTime`, a `Timestamp`, a `chrono::TimeDelta` such as `TimeDelta::hours(-1)`, or `TimeBound::ago(…)` of a `std::time::Duration`"
)]
pub trait ToTimeBound {
    /// The end.
    fn to_time_bound(&self) -> TimeBound;
}

impl<T: ToTimestamp> ToTimeBound for T {
    fn to_time_bound(&self) -> TimeBound {
        TimeBound::at(self)
    }
}

impl ToTimeBound for TimeBound {
    fn to_time_bound(&self) -> TimeBound {
        *self
    }
}

impl ToTimeBound for TimeDelta {
    fn to_time_bound(&self) -> TimeBound {
        TimeBound(Wide::FromNow(self.span_nanos()))
    }
}

/// A length of time: `Duration` of the standard library, or chrono's `TimeDelta`.
pub trait ToSpan {
    /// In nanoseconds; less than zero only of a `TimeDelta`.
    fn span_nanos(self) -> i128;
}

impl ToSpan for Duration {
    fn span_nanos(self) -> i128 {
        nanos(self)
    }
}

impl ToSpan for TimeDelta {
    fn span_nanos(self) -> i128 {
        // Both have the same sign.
        i128::from(self.num_seconds()) * 1_000_000_000 + i128::from(self.subsec_nanos())
    }
}

/// A span of time, from a start that belongs to it to an end that does not.
///
/// Made of Rust's ranges: `start..stop`, `start..=stop`, `start..`, `..stop`, `..=stop` and `..`. Both ends of
/// one have one type; [`TimeBound`] mixes them: `TimeBound::ago(hour)..TimeBound::at(noon)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    start: Option<TimeBound>,
    stop: Stop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Before(TimeBound),
    With(TimeBound),
    /// Where the range was left open.
    Open,
    Never,
}

#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "queries are the client's"))]
impl TimeRange {
    /// All that the server stores.
    pub const ALL: Self = Self { start: None, stop: Stop::Never };

    /// The part of it up to an instant, which belongs to it.
    pub(crate) fn until(self, last: Timestamp) -> Self {
        Self { stop: Stop::With(TimeBound::at(last)), ..self }
    }

    /// The part of it from an instant on.
    pub(crate) fn since(self, first: Timestamp) -> Self {
        Self { start: Some(TimeBound::at(first)), ..self }
    }

    /// Whether its start moves with the clock.
    pub(crate) const fn starts_from_now(&self) -> bool {
        matches!(self.start, Some(TimeBound(Wide::FromNow(_))))
    }

    /// Whether it has two ends, be it that the later one is now.
    pub(crate) fn is_bounded(&self) -> bool {
        self.start.is_some() && self.stop != Stop::Never
    }

    /// The first bound that belongs to it, and the first one behind it, which is none where that was
    /// left open. Some instant is between them, as far as that is known before they are used.
    pub(crate) fn bounds(&self) -> Result<(Bound, Option<Bound>)> {
        let start =
            self.start.map_or(Ok(Bound::At(Timestamp::EARLIEST)), |start| start.check(0))?;
        let stop = match self.stop {
            Stop::Before(stop) => Some(stop.check(0)?),
            Stop::With(stop) => Some(stop.check(1)?),
            Stop::Open => None,
            Stop::Never => Some(TimeBound::at(Timestamp::LATEST).check(1)?),
        };
        let is_empty = match (start, stop) {
            (Bound::At(start), Some(Bound::At(stop))) => start >= stop,
            (Bound::FromNow(start), Some(Bound::FromNow(stop))) => start >= stop,
            (Bound::FromNow(start), None) => start >= 0,
            _ => false,
        };
        if is_empty { Err(self.empty()) } else { Ok((start, stop)) }
    }

    fn empty(&self) -> Error {
        TimeCause::EmptyRange { range: self.to_string() }.into()
    }

    /// The first and the last instant of it, by this machine's clock where it counts from now.
    pub(crate) fn instants(&self) -> Result<(Timestamp, Timestamp)> {
        let (start, stop) = self.bounds()?;
        let now = Timestamp::now()?;
        let instant = |bound| match bound {
            Bound::At(instant) => Ok(instant),
            Bound::FromNow(distance) => {
                Timestamp::storable(i128::from(now.as_nanos()) + i128::from(distance))
            }
        };
        let stop = stop.map_or(Ok(now), instant)?;
        let (start, last) = (instant(start)?, Timestamp::from_nanos(stop.as_nanos() - 1));
        if start > last { Err(self.empty()) } else { Ok((start, last)) }
    }
}

impl fmt::Display for TimeBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Wide::At(nanos) => match Timestamp::try_from_nanos(nanos) {
                Ok(time) => time.fmt(f),
                Err(_) => write!(f, "{nanos} ns since 1970"),
            },
            Wide::FromNow(nanos) => write!(f, "{nanos} ns from now"),
        }
    }
}

/// Such as `2024-05-01T00:00:00Z..2024-05-02T00:00:00Z`.
impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(start) = self.start {
            start.fmt(f)?;
        }
        match self.stop {
            Stop::Before(stop) => write!(f, "..{stop}"),
            Stop::With(stop) => write!(f, "..={stop}"),
            Stop::Open | Stop::Never => f.write_str(".."),
        }
    }
}

/// What can be a [`TimeRange`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no time range",
    note = "write `start..stop`, `start..=stop` or `start..`, of instants (`DateTime`, `SystemTime`, `Timestamp`) or of distances from now (`chrono::TimeDelta::hours(-1)..`, `TimeBound::ago(…)..`)"
)]
pub trait IntoTimeRange {
    /// The range.
    fn into_time_range(self) -> TimeRange;
}

impl IntoTimeRange for TimeRange {
    fn into_time_range(self) -> TimeRange {
        self
    }
}

impl<B: ToTimeBound> IntoTimeRange for Range<B> {
    fn into_time_range(self) -> TimeRange {
        let stop = Stop::Before(self.end.to_time_bound());
        TimeRange { start: Some(self.start.to_time_bound()), stop }
    }
}

impl<B: ToTimeBound> IntoTimeRange for RangeInclusive<B> {
    fn into_time_range(self) -> TimeRange {
        let stop = Stop::With(self.end().to_time_bound());
        TimeRange { start: Some(self.start().to_time_bound()), stop }
    }
}

impl<B: ToTimeBound> IntoTimeRange for RangeFrom<B> {
    fn into_time_range(self) -> TimeRange {
        TimeRange { start: Some(self.start.to_time_bound()), stop: Stop::Open }
    }
}

impl<B: ToTimeBound> IntoTimeRange for RangeTo<B> {
    fn into_time_range(self) -> TimeRange {
        TimeRange { start: None, stop: Stop::Before(self.end.to_time_bound()) }
    }
}

impl<B: ToTimeBound> IntoTimeRange for RangeToInclusive<B> {
    fn into_time_range(self) -> TimeRange {
        TimeRange { start: None, stop: Stop::With(self.end.to_time_bound()) }
    }
}

/// All that the server stores, points in the future too.
impl IntoTimeRange for RangeFull {
    fn into_time_range(self) -> TimeRange {
        TimeRange::ALL
    }
}
