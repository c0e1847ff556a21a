//! RFC 3339 ⇄ nanoseconds, by integer arithmetic.
//!
//! Source: RFC 3339 §5.6; the calendar arithmetic counts days in 400-year eras that start on
//! 1 March, so that the leap day comes last.

const NANOS: i128 = 1_000_000_000;
const DAY: i64 = 86_400;

/// Nanoseconds since 1970 of `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`; a tenth digit of the
/// fraction, a leap second or a day that the month lacks is `None`.
pub(super) fn parse(text: &[u8]) -> Option<i128> {
    let (date_time, rest) = text.split_first_chunk::<19>()?;
    parse_parts(date_time, rest)
}

/// The same, and without an offset or of a date alone in UTC.
pub(super) fn parse_loosely(text: &[u8]) -> Option<i128> {
    if let Ok(date) = <&[u8; 10]>::try_from(text) {
        let mut midnight = *b"0000-00-00T00:00:00";
        midnight[..10].copy_from_slice(date);
        return parse_parts(&midnight, b"Z");
    }
    parse(text).or_else(|| {
        let (date_time, fraction) = text.split_first_chunk::<19>()?;
        let (fraction, zone) = split_fraction(fraction)?;
        let whole = parse_parts(date_time, b"Z")?;
        zone.is_empty().then(|| whole + i128::from(fraction))
    })
}

fn parse_parts(date_time: &[u8; 19], rest: &[u8]) -> Option<i128> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't' | b' ', time @ ..] = date_time
    else {
        return None;
    };
    let [h1, h2, b':', n1, n2, b':', s1, s2] = time else { return None };
    let mut all_digits = true;
    let mut two = |tens: u8, ones: u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        // One branch at the end instead of two for each number.
        all_digits &= tens <= 9 && ones <= 9;
        u32::from(tens) * 10 + u32::from(ones)
    };
    let (year, month, day) = (two(*y1, *y2) * 100 + two(*y3, *y4), two(*m1, *m2), two(*d1, *d2));
    let (hour, minute, second) = (two(*h1, *h2), two(*n1, *n2), two(*s1, *s2));
    if !all_digits || !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, zone) = split_fraction(rest)?;
    let time = i64::from(hour * 3600 + minute * 60 + second);
    let seconds = days_from_civil(year, month, day) * DAY + time;
    Some(i128::from(seconds - offset(zone)?) * NANOS + i128::from(fraction))
}

/// Nanoseconds of a leading `.digits`, and what follows it.
fn split_fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(rest) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&length) {
        return None;
    }
    let (fraction, zone) = rest.split_at(length);
    let scale = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    Some((digits(fraction)? * scale[length - 1], zone))
}

/// Seconds east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |value, byte| {
        byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
    })
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to this date of the proleptic Gregorian calendar, in a year from 0 on.
const fn days_from_civil(year: u32, month: u32, day: u32) -> i64 {
    // Four hundred years later, so that nothing is negative.
    let (year, month) = if month <= 2 { (year + 399, month + 9) } else { (year + 400, month - 3) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    days as i64 - 719_468 - 146_097
}

/// Year, month and day of this many days after 1970-01-01.
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// A time as text.
pub(crate) struct Text {
    bytes: [u8; Self::LONGEST.len()],
    length: usize,
}

impl Text {
    const LONGEST: &[u8; 30] = b"0000-00-00T00:00:00.000000000Z";

    pub(super) fn new(nanos: i64) -> Self {
        Self::with_all_digits(nanos).trimmed()
    }

    /// `None` outside the years 0 to 9999, which are all that RFC 3339 has.
    #[cfg(feature = "polars")]
    pub(super) fn of_any(nanos: i128) -> Option<Self> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
        let fraction = i64::try_from(nanos.rem_euclid(NANOS)).ok()?;
        // From 0000-01-01 to 9999-12-31.
        let has_year = (-62_167_219_200..253_402_300_800).contains(&seconds);
        has_year.then(|| Self::of(seconds, fraction).trimmed())
    }

    /// Without zeros at the end of the fraction.
    fn trimmed(self) -> Self {
        let Self { mut bytes, mut length } = self;
        // Before the zone.
        length -= 1;
        while bytes[length - 1] == b'0' {
            length -= 1;
        }
        if bytes[length - 1] == b'.' {
            length -= 1;
        }
        bytes[length] = b'Z';
        Self { bytes, length: length + 1 }
    }

    /// With 9 digits of fraction.
    pub(super) fn with_all_digits(nanos: i64) -> Self {
        Self::of(nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000))
    }

    fn of(seconds: i64, fraction: i64) -> Self {
        let (year, month, day) = civil_from_days(seconds.div_euclid(DAY));
        let second = seconds.rem_euclid(DAY);
        let mut bytes = *Self::LONGEST;
        for (place, number) in [
            (0..4, year),
            (5..7, month),
            (8..10, day),
            (11..13, second / 3600),
            (14..16, second / 60 % 60),
            (17..19, second % 60),
            (20..29, fraction),
        ] {
            write_digits(&mut bytes[place], number);
        }
        Self { bytes, length: Self::LONGEST.len() }
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// Fills all of `place` with the digits of a number from 0 on, with zeros in front.
fn write_digits(place: &mut [u8], mut number: i64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10).to_le_bytes()[0];
        number /= 10;
    }
}
