//! Instants and precisions, in integers.
//!
//! InfluxDB keeps time as a signed 64-bit count of nanoseconds since 1970-01-01T00:00:00Z, and so
//! does [`Timestamp`]. [`Precision`] is the unit in which a write counts. Every clock that a caller
//! may have comes in through [`ToTimestamp`]; no conversion goes through a float.
//!
//! This room is the only one that names other clocks (`std::time`, `chrono`). It knows nothing of
//! lines, cells or structs. Next: [`schema`](crate::schema).

#[cfg(feature = "polars")]
mod clock;
mod convert;
mod precision;
mod range;
mod rfc3339;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result, TimeCause};

#[cfg(feature = "polars")]
pub(crate) use self::clock::Clock;
pub use self::convert::ToTimestamp;
pub use self::precision::Precision;
#[cfg(feature = "client")]
pub(crate) use self::range::Bound;
pub use self::range::{IntoTimeRange, TimeBound, TimeRange, ToSpan, ToTimeBound};

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Any `i64` is a `Timestamp`; the server stores and queries those from [`EARLIEST`](Self::EARLIEST)
/// to [`LATEST`](Self::LATEST), and a write refuses the others.
///
/// ```
/// use influx_core::Timestamp;
///
/// let noon: Timestamp = "2024-05-01T12:00:00.25Z".parse()?;
/// assert_eq!(noon.as_nanos(), 1_714_564_800_250_000_000);
/// assert_eq!(noon.to_string(), "2024-05-01T12:00:00.25Z");
/// assert_eq!(serde_json::to_string(&noon).unwrap(), "\"2024-05-01T12:00:00.25Z\"");
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest instant that the server stores, 1677-09-21T00:12:43.145224194Z.
    pub const EARLIEST: Self = Self(i64::MIN + 2);
    /// The latest instant that a query reaches, 2262-04-11T23:47:16.854775805Z. The server stores
    /// one nanosecond more, but no `range` of Flux finds it.
    pub const LATEST: Self = Self(i64::MAX - 2);

    /// The instant this many nanoseconds after 1970-01-01T00:00:00Z.
    #[inline]
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    #[inline]
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// The current time of this machine's clock.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the clock stands outside the years 1677
    /// to 2262.
    pub fn now() -> Result<Self> {
        std::time::SystemTime::now().to_timestamp()
    }

    /// The instant that is this many `unit`s after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when that is outside 64 bits of nanoseconds.
    pub fn from_units(count: i64, unit: Precision) -> Result<Self> {
        Self::try_from_nanos(i128::from(count) * i128::from(unit.nanos()))
    }

    /// Whole `unit`s since 1970-01-01T00:00:00Z, rounded down (so before 1970, away from zero).
    #[inline]
    #[must_use]
    pub const fn as_units(self, unit: Precision) -> i64 {
        match unit {
            Precision::Nanoseconds => self.0,
            _ => self.0.div_euclid(unit.nanos()),
        }
    }

    /// The text that `Display` prints, without an allocation.
    pub(crate) fn rfc3339(self) -> rfc3339::Text {
        rfc3339::Text::new(self.0)
    }

    /// The same with 9 digits of fraction.
    pub(crate) fn rfc3339_nanos(self) -> rfc3339::Text {
        rfc3339::Text::with_all_digits(self.0)
    }

    /// An instant that the server stores and queries.
    #[inline]
    pub(crate) fn storable(nanos: i128) -> Result<Self> {
        let time = Self::try_from_nanos(nanos)?;
        if (Self::EARLIEST..=Self::LATEST).contains(&time) {
            return Ok(time);
        }
        Err(TimeCause::OutOfRange { nanos }.into())
    }

    #[inline]
    pub(crate) fn try_from_nanos(nanos: i128) -> Result<Self> {
        i64::try_from(nanos).map(Self).map_err(|_| TimeCause::OutOfRange { nanos }.into())
    }
}

/// RFC 3339 in UTC, as the server writes it: up to 9 digits of fraction, no trailing zeros.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.rfc3339().as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

/// Reads RFC 3339 with any offset and up to 9 digits of fraction.
impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let nanos = rfc3339::parse(text.as_bytes())
            .ok_or_else(|| TimeCause::NotRfc3339 { text: text.to_owned() })?;
        Self::try_from_nanos(nanos)
    }
}

/// The RFC 3339 text of an instant; `None` outside the years 0 to 9999.
#[cfg(feature = "polars")]
pub(crate) fn rfc3339_of(nanos: i128) -> Option<rfc3339::Text> {
    rfc3339::Text::of_any(nanos)
}

/// Reads a cell; `None` for anything but an RFC 3339 time within 64 bits of nanoseconds.
pub(crate) fn parse_rfc3339(text: &[u8]) -> Option<Timestamp> {
    rfc3339::parse(text).and_then(|nanos| i64::try_from(nanos).ok()).map(Timestamp)
}

/// Whether a text that is a time says how far that is from UTC.
#[cfg(feature = "polars")]
pub(crate) fn has_offset(text: &str) -> bool {
    rfc3339::parse(text.as_bytes()).is_some()
}

/// Nanoseconds since 1970 of a text that is a date and time, or a date alone. Without an offset it is
/// taken for UTC.
pub(crate) fn parse_loosely(text: &str) -> Option<i128> {
    rfc3339::parse_loosely(text.as_bytes())
}
