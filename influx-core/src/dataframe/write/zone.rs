//! Clock readings of a time zone.

use chrono::{DateTime, NaiveDateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;

use crate::error::{FrameCause, FrameCell, Result};

const SECOND: i128 = 1_000_000_000;

/// A zone of the IANA database.
#[derive(Debug)]
pub(super) struct Zone(Tz);

impl Zone {
    pub(super) fn named(name: &str) -> Result<Self> {
        name.parse().map(Self).map_err(|_| FrameCause::NoZone { name: name.to_owned() }.into())
    }

    /// The instant at which clocks there show this many nanoseconds since 1970-01-01T00:00:00.
    pub(super) fn instant(&self, local: i128) -> Result<i128, FrameCell> {
        let reading = reading(local).ok_or(FrameCell::BeyondYears)?;
        match self.0.offset_from_local_datetime(&reading) {
            chrono::MappedLocalTime::Single(offset) => {
                Ok(local - i128::from(offset.fix().local_minus_utc()) * SECOND)
            }
            chrono::MappedLocalTime::Ambiguous(..) => {
                Err(FrameCell::Ambiguous { reading: reading.to_string(), zone: self.0.to_string() })
            }
            chrono::MappedLocalTime::None => {
                Err(FrameCell::Skipped { reading: reading.to_string(), zone: self.0.to_string() })
            }
        }
    }
}

fn reading(local: i128) -> Option<NaiveDateTime> {
    let seconds = i64::try_from(local.div_euclid(SECOND)).ok()?;
    let nanos = u32::try_from(local.rem_euclid(SECOND)).ok()?;
    DateTime::from_timestamp(seconds, nanos).map(|time| time.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::{FrameCell, Zone};
    use crate::time::{Timestamp, ToTimestamp as _};

    fn nanos(text: &str) -> i128 {
        text.parse::<Timestamp>().unwrap().nanos_since_epoch()
    }

    /// Of a clock reading, written as if it were UTC's.
    fn prague(reading: &str) -> Result<i128, FrameCell> {
        Zone::named("Europe/Prague").unwrap().instant(nanos(reading))
    }

    #[test]
    fn a_reading_is_an_instant_unless_clocks_are_set() {
        let summer = prague("2024-07-01T12:00:00.5Z").unwrap();
        assert_eq!(summer, nanos("2024-07-01T10:00:00.5Z"));
        assert_eq!(prague("1960-01-01T00:00:00Z").unwrap(), nanos("1959-12-31T23:00:00Z"));
        assert!(matches!(prague("2024-03-31T02:30:00Z"), Err(FrameCell::Skipped { .. })));
        assert!(matches!(prague("2024-10-27T02:30:00Z"), Err(FrameCell::Ambiguous { .. })));
        let far = Zone::named("Europe/Prague").unwrap().instant(i128::from(i64::MAX) * 1_000_000);
        assert!(matches!(far, Err(FrameCell::BeyondYears)));
    }

    #[test]
    fn an_unknown_zone_says_what_to_take() {
        let error = Zone::named("Europe/Prag").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no time zone `Europe/Prag`; take a name of the IANA database, such as \
             Europe/Prague"
        );
    }
}
