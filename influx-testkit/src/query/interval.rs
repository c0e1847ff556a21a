//! Windows of time, counted from 1970.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime};

use crate::flux::{Duration, Window};
use crate::refusal::Refusal;

/// An infinite row of windows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interval {
    /// Either months or nanoseconds, and positive.
    every: (i64, i64),
    period: (i64, i64),
    zero: i64,
    /// How far from the first and the last time there is windows can be worked out.
    margin: i64,
}

/// `start <= time < stop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) start: i64,
    pub(super) stop: i64,
}

/// One window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) bounds: Bounds,
    index: i64,
}

/// More windows than this are not made of one range.
const MAX_WINDOWS: i64 = 1_000_000;

impl Bounds {
    pub(super) const fn is_empty(self) -> bool {
        self.start >= self.stop
    }

    pub(super) const fn contains(self, time: i64) -> bool {
        self.start <= time && time < self.stop
    }

    const fn overlaps(self, other: Self) -> bool {
        self.contains(other.start)
            || (self.contains(other.stop) && other.stop > self.start)
            || other.contains(self.start)
    }

    /// The common part; `None` if there is none.
    pub(super) fn intersect(self, other: Self) -> Option<Self> {
        (!self.is_empty() && !other.is_empty() && self.overlaps(other))
            .then(|| Self { start: self.start.max(other.start), stop: self.stop.min(other.stop) })
    }
}

impl Interval {
    /// # Errors
    /// All windows of `bounds` are asked for, and they are too many, or reach beyond the times that
    /// there are.
    pub(super) fn new(window: &Window, bounds: Bounds) -> Result<Self, Refusal> {
        let zero = add(0, window.offset.parts());
        let interval = zero.zip(margin(window)).map(|(zero, margin)| Self {
            every: window.every.parts(),
            period: window.period.parts(),
            zero,
            margin,
        });
        let interval = interval.filter(|it| !window.create_empty || it.fits(window, bounds));
        interval.ok_or_else(too_far)
    }

    fn fits(&self, window: &Window, bounds: Bounds) -> bool {
        let length = window.every.nanoseconds().unwrap_or(1);
        let count = bounds.stop.checked_sub(bounds.start).map(|all| all / length);
        let ends = [bounds.start, bounds.stop];
        count.is_some_and(|count| count <= MAX_WINDOWS)
            && ends.into_iter().all(|end| self.check(end).is_ok())
    }

    /// # Errors
    /// The windows around `time` may reach beyond the times that there are.
    pub(super) fn check(&self, time: i64) -> Result<(), Refusal> {
        let around = [time.checked_sub(self.margin), time.checked_add(self.margin)];
        let is_near =
            around.iter().all(|end| end.and_then(|end| end.checked_sub(self.zero)).is_some());
        if is_near { Ok(()) } else { Err(too_far()) }
    }

    /// The latest window that a time may be in.
    pub(super) fn latest(&self, time: i64) -> Span {
        self.span(match self.every {
            (0, nanoseconds) => (time - self.zero).div_euclid(nanoseconds),
            (months, _) => {
                let before = is_before_in_month(time, self.zero);
                let target = months_since_1970(time) - i64::from(before);
                (target - months_since_1970(self.zero)).div_euclid(months)
            }
        })
    }

    pub(super) fn previous(&self, span: Span) -> Span {
        self.span(span.index - 1)
    }

    pub(super) fn next(&self, span: Span) -> Span {
        self.span(span.index + 1)
    }

    /// All windows that share something with `bounds`, the latest first.
    pub(super) fn overlapping(&self, bounds: Bounds) -> Vec<Bounds> {
        let mut spans = Vec::new();
        if bounds.is_empty() {
            return spans;
        }
        let mut span = self.latest(bounds.stop);
        while span.bounds.stop > bounds.start {
            if span.bounds.overlaps(bounds) {
                spans.push(span.bounds);
            }
            span = self.previous(span);
        }
        spans
    }

    fn span(&self, index: i64) -> Span {
        let (months, nanoseconds) = self.every;
        // `check` has seen to it that these are times.
        let start = add(self.zero, (months * index, nanoseconds * index)).unwrap_or(self.zero);
        let stop = add(start, self.period).unwrap_or(start);
        Span { bounds: Bounds { start, stop }, index }
    }
}

/// Three times the lengths of a window, if that is not longer than time is.
fn margin(window: &Window) -> Option<i64> {
    let mut lengths =
        [window.every, window.period, window.offset].map(Duration::nanoseconds).into_iter();
    lengths.try_fold(0_i64, |sum, length| sum.checked_add(length?.checked_abs()?))?.checked_mul(3)
}

fn too_far() -> Refusal {
    Refusal::unknown("so many windows, or windows so far away")
}

/// Months first; a day that a month does not have becomes its last one.
fn add(time: i64, (months, nanoseconds): (i64, i64)) -> Option<i64> {
    if months == 0 {
        return time.checked_add(nanoseconds);
    }
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    let date = DateTime::from_timestamp_nanos(time);
    let moved =
        if months > 0 { date.checked_add_months(count)? } else { date.checked_sub_months(count)? };
    moved.timestamp_nanos_opt()?.checked_add(nanoseconds)
}

fn months_since_1970(time: i64) -> i64 {
    let date = DateTime::from_timestamp_nanos(time);
    (i64::from(date.year()) - 1970) * 12 + i64::from(date.month0())
}

/// Whether a time comes earlier in its month than another one in its own.
fn is_before_in_month(time: i64, other: i64) -> bool {
    place_in_month(time) < place_in_month(other)
}

fn place_in_month(time: i64) -> (u32, NaiveTime) {
    let date: NaiveDate = DateTime::from_timestamp_nanos(time).date_naive();
    (date.day(), DateTime::from_timestamp_nanos(time).time())
}
