use std::time::SystemTime;

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};

use super::{CellError, ColumnValue};
use crate::annotated_csv::Cell;
use crate::error::{CellProblem, Result};
use crate::line_protocol::TimestampWriter;
use crate::schema::ValueType;
use crate::time::{Precision, Timestamp, ToTimestamp};

/// A type that a `#[timestamp]` can have.
///
/// [`Timestamp`], chrono's `DateTime` (of `Utc`, or of a zone that can be made from it) and
/// `NaiveDateTime` (taken as UTC), `SystemTime`, and `Option`s of them: `None` leaves the time to the
/// server. Integers need a unit, `#[timestamp(unit = "ms")]`, and go through [`TimestampCount`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a timestamp",
    label = "not a timestamp type",
    note = "timestamps can be `DateTime<Utc>`, `NaiveDateTime`, `SystemTime`, `influx_core::Timestamp`, or an `Option` of one",
    note = "an `i64` or `u64` needs its unit: `#[timestamp(unit = \"ms\")]`, one of ns, us, ms, s"
)]
pub trait TimestampValue {
    /// What the column is compared with.
    type Base: ?Sized;
    /// What reading gives.
    type Read<'r>;
    /// Whether the reader does without the column.
    const OPTIONAL: bool = false;

    /// Writes the time, or nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) outside the range that the server stores.
    fn write_timestamp(&self, timestamp: TimestampWriter<'_>) -> Result<()>;

    /// Reads the time.
    ///
    /// # Errors
    /// When the cell is null or no time.
    fn read_timestamp(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError>;
}

/// A count of time units since 1970, the type of a `#[timestamp(unit = "…")]`: `i64`, `u64`, or an
/// `Option` of one. Reading rounds down to the unit.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a timestamp with a `unit`",
    label = "not an integer",
    note = "`unit` is for `i64`, `u64` and `Option`s of them; leave it out for a clock type such as `DateTime<Utc>`"
)]
pub trait TimestampCount: Sized {
    /// What the column is compared with.
    type Base: ?Sized;
    /// Whether the reader does without the column.
    const OPTIONAL: bool = false;

    /// Writes the time, or nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) outside the range that the server stores.
    fn write_count(&self, unit: Precision, timestamp: TimestampWriter<'_>) -> Result<()>;

    /// Reads the time, rounded down to the unit.
    ///
    /// # Errors
    /// When the cell is null, no time, or before 1970 for a `u64`.
    fn read_count(unit: Precision, cell: Cell<'_>) -> Result<Self, CellError>;
}

macro_rules! clocks {
    ($($rust:ty),*) => {$(
        impl TimestampValue for $rust {
            type Base = Timestamp;
            type Read<'r> = Self;

            #[inline]
            fn write_timestamp(&self, timestamp: TimestampWriter<'_>) -> Result<()> {
                timestamp.nanos(self.nanos_since_epoch())
            }

            #[inline]
            fn read_timestamp(cell: Cell<'_>) -> Result<Self, CellError> {
                cell.time().map(Self::from)
            }
        }
    )*};
}

clocks!(Timestamp, SystemTime, NaiveDateTime);

impl<Tz: TimeZone> TimestampValue for DateTime<Tz>
where
    DateTime<Utc>: Into<Self>,
{
    type Base = Timestamp;
    type Read<'r> = Self;

    #[inline]
    fn write_timestamp(&self, timestamp: TimestampWriter<'_>) -> Result<()> {
        timestamp.nanos(self.nanos_since_epoch())
    }

    #[inline]
    fn read_timestamp(cell: Cell<'_>) -> Result<Self, CellError> {
        cell.time().map(|time| DateTime::<Utc>::from(time).into())
    }
}

macro_rules! columns {
    ($([$($bound:tt)*] $rust:ty;)*) => {$(
        impl $($bound)* ColumnValue for $rust
        where
            Self: TimestampValue,
        {
            type Read<'r> = <Self as TimestampValue>::Read<'r>;
            const TYPE: ValueType = ValueType::Time;

            #[inline]
            fn read_column(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
                <Self as TimestampValue>::read_timestamp(cell)
            }
        }
    )*};
}

columns! {
    [] Timestamp;
    [] SystemTime;
    [] NaiveDateTime;
    [<Tz: TimeZone>] DateTime<Tz>;
}

impl<T: TimestampValue> TimestampValue for Option<T> {
    type Base = T::Base;
    type Read<'r> = Option<T::Read<'r>>;
    const OPTIONAL: bool = true;

    #[inline]
    fn write_timestamp(&self, timestamp: TimestampWriter<'_>) -> Result<()> {
        self.as_ref().map_or(Ok(()), |time| time.write_timestamp(timestamp))
    }

    #[inline]
    fn read_timestamp(cell: Cell<'_>) -> Result<Self::Read<'_>, CellError> {
        if cell.is_null() { Ok(None) } else { T::read_timestamp(cell).map(Some) }
    }
}

impl TimestampCount for i64 {
    type Base = Timestamp;

    #[inline]
    fn write_count(&self, unit: Precision, timestamp: TimestampWriter<'_>) -> Result<()> {
        timestamp.nanos(i128::from(*self) * i128::from(unit.nanos()))
    }

    #[inline]
    fn read_count(unit: Precision, cell: Cell<'_>) -> Result<Self, CellError> {
        cell.time().map(|time| time.as_units(unit))
    }
}

impl TimestampCount for u64 {
    type Base = Timestamp;

    #[inline]
    fn write_count(&self, unit: Precision, timestamp: TimestampWriter<'_>) -> Result<()> {
        timestamp.nanos(i128::from(*self) * i128::from(unit.nanos()))
    }

    #[inline]
    fn read_count(unit: Precision, cell: Cell<'_>) -> Result<Self, CellError> {
        let count = cell.time()?.as_units(unit);
        Self::try_from(count).map_err(|_| {
            let text = String::from_utf8_lossy(cell.as_bytes()).into_owned();
            CellProblem::Unreadable { text, wanted: "time that a `u64` can hold (1970 or later)" }
                .into()
        })
    }
}

impl<T: TimestampCount> TimestampCount for Option<T> {
    type Base = T::Base;
    const OPTIONAL: bool = true;

    #[inline]
    fn write_count(&self, unit: Precision, timestamp: TimestampWriter<'_>) -> Result<()> {
        self.as_ref().map_or(Ok(()), |count| count.write_count(unit, timestamp))
    }

    #[inline]
    fn read_count(unit: Precision, cell: Cell<'_>) -> Result<Self, CellError> {
        if cell.is_null() { Ok(None) } else { T::read_count(unit, cell).map(Some) }
    }
}
