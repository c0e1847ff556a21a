use crate::error::{Result, SettingCause};
use crate::time::ToSpan;

/// When a task runs: every so often, or as cron says.
///
/// ```
/// use std::time::Duration;
///
/// use influx_core::admin::Schedule;
///
/// let hourly = Schedule::every(Duration::from_secs(3_600));
/// let first_of_each_month = Schedule::cron("0 0 1 * *");
/// let of_any_length = Schedule::calendar("1mo");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Nanos(i128),
    Calendar(String),
    Cron(String),
}

/// The words of a schedule that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Words {
    Every(String),
    Cron(String),
}

impl Schedule {
    /// Every so often: whole seconds, at least one. Counted from 1970-01-01T00:00:00Z, so that an hourly
    /// task runs at full hours.
    pub fn every(interval: impl ToSpan) -> Self {
        Self(Kind::Nanos(interval.span_nanos()))
    }

    /// Every so often, as Flux says it: `1mo`, `1y`, `2w`, which a `Duration` cannot.
    pub fn calendar(interval: impl Into<String>) -> Self {
        Self(Kind::Calendar(interval.into()))
    }

    /// As cron says, in UTC: five fields, six with seconds in front, or words such as `@daily`. The server
    /// alone knows what cron can say.
    pub fn cron(fields: impl Into<String>) -> Self {
        Self(Kind::Cron(fields.into()))
    }

    pub(super) fn words(&self) -> Result<Words> {
        let invalid = |problem| Err(SettingCause::Invalid { what: "schedule", problem }.into());
        match &self.0 {
            Kind::Nanos(nanos) => match whole_seconds("schedule", *nanos)? {
                ..1 => invalid("is less than a second"),
                seconds => Ok(Words::Every(duration(seconds))),
            },
            Kind::Calendar(text) if is_duration(text) => Ok(Words::Every(text.clone())),
            Kind::Calendar(_) => invalid(
                "is no duration of Flux: numbers with y, mo, w, d, h, m or s, such as `1mo`",
            ),
            Kind::Cron(fields) if fields.trim().is_empty() => {
                invalid("is an empty text; cron has five fields, such as `0 * * * *`")
            }
            Kind::Cron(fields) => Ok(Words::Cron(fields.clone())),
        }
    }
}

/// The server counts in seconds.
pub(super) fn whole_seconds(what: &'static str, nanos: i128) -> Result<i64> {
    const SECOND: i128 = 1_000_000_000;
    let problem = if nanos % SECOND != 0 {
        "counts in whole seconds"
    } else if i64::try_from(nanos).is_err() {
        "is more than 292 years"
    } else if let Ok(seconds) = i64::try_from(nanos / SECOND) {
        return Ok(seconds);
    } else {
        "is more than 292 years"
    };
    Err(SettingCause::Invalid { what, problem }.into())
}

/// A duration of Flux in hours, minutes and seconds: the server reads no day in an offset.
pub(super) fn duration(seconds: i64) -> String {
    let mut text = String::from(if seconds < 0 { "-" } else { "" });
    let rest = seconds.unsigned_abs();
    for (count, unit) in [(rest / 3_600, 'h'), (rest / 60 % 60, 'm'), (rest % 60, 's')] {
        if count > 0 {
            text.push_str(&count.to_string());
            text.push(unit);
        }
    }
    if rest == 0 { "0s".into() } else { text }
}

/// Numbers with units of a second and more.
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let has_digits = unit.len() < rest.len();
        let behind = ["mo", "y", "w", "d", "h", "m", "s"].iter().find_map(|u| unit.strip_prefix(u));
        match behind {
            Some(behind) if has_digits => rest = behind,
            _ => return false,
        }
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Kind, Schedule, Words, duration, is_duration, whole_seconds};

    #[test]
    fn durations_are_hours_minutes_and_seconds() {
        for (seconds, text) in
            [(0, "0s"), (59, "59s"), (90_061, "25h1m1s"), (-5_400, "-1h30m"), (3_600, "1h")]
        {
            assert_eq!(duration(seconds), text);
        }
        for text in ["1mo", "1y2mo3w", "1h30m", "0s"] {
            assert!(is_duration(text), "{text}");
        }
        for text in ["", "1", "mo", "1 h", "-1h", "1h}", "1ms", "1h, name: \"x\"", "١h"] {
            assert!(!is_duration(text), "{text}");
        }
    }

    #[test]
    fn a_schedule_is_at_least_a_second_and_whole() {
        let every = |duration| Schedule::every(duration).words();
        assert_eq!(every(Duration::from_secs(90)).unwrap(), Words::Every("1m30s".into()));
        for (duration, problem) in [
            (Duration::ZERO, "is less than a second"),
            (Duration::from_millis(1_500), "counts in whole seconds"),
            (Duration::from_secs(u64::MAX), "is more than 292 years"),
        ] {
            assert_eq!(every(duration).unwrap_err().to_string(), format!("the schedule {problem}"));
        }
        Schedule(Kind::Nanos(-1_000_000_000)).words().unwrap_err();
        Schedule::cron(" ").words().unwrap_err();
        whole_seconds("offset", i128::from(i64::MAX) + 1).unwrap_err();
    }
}
