//! The lines that a 422 may mean.
//!
//! InfluxDB 2.9.1 stores what it can and gives one reason, that of the first bad point of one shard,
//! with the number of points that this shard dropped. It does not say which.

use super::Batch;
use crate::error::Error;
use crate::line_protocol::{ParsedLine, Parser};
use crate::schema::Value;
use crate::time::{Precision, Timestamp};

/// Which of `lines` the reason fits.
pub(super) fn suspects(
    error: &Error,
    batch: &Batch,
    lines: &[usize],
    precision: Precision,
) -> Vec<usize> {
    let reason = Reason::of(error.server_message().unwrap_or_default());
    let fits = |line: &usize| {
        let mut parsed = Parser::new(batch.line(*line)).precision(precision);
        matches!(parsed.next(), Some(Ok(line)) if reason.fits(&line))
    };
    lines.iter().copied().filter(fits).collect()
}

/// How many points the shard dropped that the answer is about.
pub(super) fn dropped(error: &Error) -> Option<usize> {
    let (_, behind) = error.server_message()?.rsplit_once("dropped=")?;
    let digits = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    behind[..digits].parse().ok()
}

struct Reason<'m> {
    message: &'m str,
    /// Points before it, or behind, are dropped.
    earliest: Option<Timestamp>,
    latest: Option<Timestamp>,
}

impl<'m> Reason<'m> {
    fn of(message: &'m str) -> Self {
        let bound = |name| {
            let (_, behind) = message.split_once(name)?;
            let end = behind.find([',', ' ']).unwrap_or(behind.len());
            behind[..end].parse().ok()
        };
        Self { message, earliest: bound(" Lower Bound at "), latest: bound(" Upper Bound at ") }
    }

    fn fits(&self, line: &ParsedLine<'_>) -> bool {
        let outside = |time: Timestamp| {
            self.earliest.is_some_and(|earliest| time < earliest)
                || self.latest.is_some_and(|latest| time > latest)
        };
        line.timestamp().is_some_and(outside) || self.names_a_field_of(line)
    }

    /// The names are quoted as Go does it, which for printable ones is how Rust does.
    fn names_a_field_of(&self, line: &ParsedLine<'_>) -> bool {
        let measurement = format!(" on measurement {:?} is ", line.measurement());
        if !self.message.contains(&measurement) {
            return false;
        }
        line.fields().any(|(key, value)| {
            let field = format!("input field {key:?}{measurement}");
            let Some((_, problem)) = self.message.split_once(&field) else { return false };
            match problem.strip_prefix("type ") {
                Some(named) => named.starts_with(type_name(&value)),
                None => matches!(value, Value::String(_)) || key == "time",
            }
        })
    }
}

/// As the server calls it.
pub(super) const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Float(_) => "float",
        Value::Integer(_) => "integer",
        Value::Unsigned(_) => "unsigned",
        Value::Boolean(_) => "boolean",
        _ => "string",
    }
}
