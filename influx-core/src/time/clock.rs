//! RFC 3339 times that come one after the other, most of one day.

use super::{Timestamp, parse_rfc3339};

/// `YYYY-MM-DDT`
const DATE: usize = 11;
const SECOND: i64 = 1_000_000_000;
/// `00:00:00`, the first digit lowest.
const ZEROS: u64 = u64::from_le_bytes(*b"00:00:00");
const COLONS: u64 = u64::from_le_bytes([0, 0, 0xFF, 0, 0, 0xFF, 0, 0]);

/// Reads times as [`parse_rfc3339`] does; the date of the last one is not read again.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    date: [u8; DATE],
    /// When that day begins.
    midnight: Option<i64>,
}

impl Clock {
    #[inline]
    pub(crate) fn parse(&mut self, text: &[u8]) -> Option<Timestamp> {
        self.of_same_day(text).or_else(|| self.of_another_day(text))
    }

    #[inline]
    fn of_same_day(&self, text: &[u8]) -> Option<Timestamp> {
        let (date, time) = text.split_first_chunk::<DATE>()?;
        let midnight = self.midnight.filter(|_| *date == self.date)?;
        let (time, fraction) = time.split_first_chunk::<8>()?;
        let nanos = seconds(*time)? * SECOND + nanos(fraction)?;
        midnight.checked_add(nanos).map(Timestamp::from_nanos)
    }

    #[cold]
    fn of_another_day(&mut self, text: &[u8]) -> Option<Timestamp> {
        let found = parse_rfc3339(text)?;
        let (date, time) = text.split_first_chunk::<DATE>()?;
        let (time, fraction) = time.split_first_chunk::<8>()?;
        // A time with another offset does not say when its day begins in UTC.
        if let (Some(seconds), Some(nanos)) = (seconds(*time), nanos(fraction)) {
            self.date = *date;
            self.midnight = found.as_nanos().checked_sub(seconds * SECOND + nanos);
        }
        Some(found)
    }
}

/// Seconds of `hh:mm:ss`, all of its digits at once.
#[inline]
fn seconds(text: [u8; 8]) -> Option<i64> {
    let digits = u64::from_le_bytes(text) ^ ZEROS;
    let beyond_nine = (digits | ((digits & !HIGH) + 118 * LOW)) & HIGH;
    if beyond_nine != 0 || digits & COLONS != 0 {
        return None;
    }
    let pairs = digits * 10 + (digits >> 8);
    let [hour, _, _, minute, _, _, second, _] = pairs.to_le_bytes().map(i64::from);
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

const LOW: u64 = u64::MAX / 255;
const HIGH: u64 = LOW << 7;

/// Nanoseconds of what follows the second in UTC: `Z`, or a fraction and `Z`.
#[inline]
fn nanos(text: &[u8]) -> Option<i64> {
    let (b'Z' | b'z', fraction) = text.split_last()? else { return None };
    let Some((b'.', digits)) = fraction.split_first() else {
        return fraction.is_empty().then_some(0);
    };
    if !(1..=9).contains(&digits.len()) {
        return None;
    }
    let (mut value, mut scale) = (0, SECOND);
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
        scale /= 10;
    }
    Some(value * scale)
}
