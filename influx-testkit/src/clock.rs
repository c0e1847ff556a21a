//! The server's time, which a test may set.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Follows the system until it is set; then it stands still.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    set: Option<i64>,
}

impl Clock {
    /// Nanoseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.set.unwrap_or_else(|| nanos(SystemTime::now()))
    }

    pub(crate) fn set(&mut self, time: SystemTime) {
        self.set = Some(nanos(time));
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let by = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        self.set = Some(self.now().saturating_add(by));
    }
}

/// Nanoseconds since 1970; a time that they cannot tell becomes the nearest one that they can.
fn nanos(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}

/// Reads RFC 3339 as Go does, in capitals and without leap seconds; gives nanoseconds since 1970.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let in_capitals = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    let time = chrono::DateTime::parse_from_rfc3339(text).ok().filter(|_| in_capitals)?;
    let (seconds, nanos) = (i128::from(time.timestamp()), time.timestamp_subsec_nanos());
    (nanos < 1_000_000_000).then(|| seconds * 1_000_000_000 + i128::from(nanos))
}

/// Writes RFC 3339 in UTC, without the zeros at the end of its fraction.
pub(crate) fn format(nanos: i64) -> String {
    let text = format_nanoseconds(nanos);
    let digits = text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.');
    format!("{digits}Z")
}

/// Writes RFC 3339 in UTC, with all nine digits of its fraction.
pub(crate) fn format_nanoseconds(nanos: i64) -> String {
    chrono::DateTime::from_timestamp_nanos(nanos)
        .to_rfc3339_opts(chrono::SecondsFormat::Nanos, true)
}

/// Writes a duration as Go does: `1h2m3.5s`, `0s`.
pub(crate) fn duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    if nanos < 1_000_000_000 {
        return match nanos {
            0 => "0s".to_owned(),
            1..1_000 => format!("{sign}{nanos}ns"),
            1_000..1_000_000 => format!("{sign}{}µs", decimal(nanos, 1_000)),
            _ => format!("{sign}{}ms", decimal(nanos, 1_000_000)),
        };
    }
    let (minutes, rest) = (nanos / 60_000_000_000, nanos % 60_000_000_000);
    let seconds = decimal(rest, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// A quotient without the zeros at the end of its fraction.
fn decimal(number: u64, unit: u64) -> String {
    let digits = unit.ilog10() as usize;
    let text = format!("{}.{:0digits$}", number / unit, number % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
