//! The clocks of others.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};

use super::Timestamp;
use crate::error::Result;

/// A clock reading that names an instant.
///
/// Implemented for [`Timestamp`], [`SystemTime`], chrono's `DateTime` of any zone, and chrono's
/// `NaiveDateTime`, which is taken as UTC.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no instant",
    label = "not a clock reading",
    note = "a distance from now is a `chrono::TimeDelta`, such as `TimeDelta::hours(-1)`, or `TimeBound::ago(…)` of a `std::time::Duration`",
    note = "a count of time units needs its unit: `Timestamp::from_units(count, Precision::Milliseconds)?`"
)]
pub trait ToTimestamp {
    /// Nanoseconds since 1970-01-01T00:00:00Z, also where they exceed 64 bits.
    fn nanos_since_epoch(&self) -> i128;

    /// The same as a [`Timestamp`].
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) outside 64 bits of nanoseconds, that is
    /// before 1677 or after 2262.
    fn to_timestamp(&self) -> Result<Timestamp> {
        Timestamp::try_from_nanos(self.nanos_since_epoch())
    }
}

impl ToTimestamp for Timestamp {
    fn nanos_since_epoch(&self) -> i128 {
        self.as_nanos().into()
    }
}

impl ToTimestamp for SystemTime {
    fn nanos_since_epoch(&self) -> i128 {
        // A `Duration` has at most 2^64 seconds, far below what 127 bits of nanoseconds hold.
        let nanos =
            |d: Duration| i128::from(d.as_secs()) * 1_000_000_000 + i128::from(d.subsec_nanos());
        match self.duration_since(UNIX_EPOCH) {
            Ok(since) => nanos(since),
            Err(before) => -nanos(before.duration()),
        }
    }
}

impl<Tz: TimeZone> ToTimestamp for DateTime<Tz> {
    fn nanos_since_epoch(&self) -> i128 {
        i128::from(self.timestamp()) * 1_000_000_000 + i128::from(self.timestamp_subsec_nanos())
    }
}

impl ToTimestamp for NaiveDateTime {
    fn nanos_since_epoch(&self) -> i128 {
        self.and_utc().nanos_since_epoch()
    }
}

impl<T: ToTimestamp> ToTimestamp for &T {
    fn nanos_since_epoch(&self) -> i128 {
        (**self).nanos_since_epoch()
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(timestamp: Timestamp) -> Self {
        Self::from_timestamp_nanos(timestamp.as_nanos())
    }
}

impl From<Timestamp> for NaiveDateTime {
    fn from(timestamp: Timestamp) -> Self {
        DateTime::from(timestamp).naive_utc()
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        let distance = Duration::from_nanos(timestamp.as_nanos().unsigned_abs());
        if timestamp.as_nanos() < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
    }
}
