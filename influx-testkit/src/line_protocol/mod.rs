//! Line protocol as the server reads it.
//!
//! The server is lenient and has its quirks: what it accepts is stored as it stores it, what it
//! refuses is refused in its words. What would harm it, or what it stores where no query finds it,
//! this server says it does not know.

mod fields;
mod key;
mod lines;
mod number;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::point::{Point, TIMES, lossy};
use crate::refusal::Refusal;

/// Why one line is bad, in the server's words.
type Reason = Cow<'static, str>;

/// The longest series key, with its field and a separator, in bytes.
const MAX_KEY: usize = 65_535;

/// The unit of the timestamps in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
}

impl Precision {
    /// The precision that a request names: `ns`, `us`, `ms` or `s`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "ns" => Some(Self::Nanoseconds),
            "us" => Some(Self::Microseconds),
            "ms" => Some(Self::Milliseconds),
            "s" => Some(Self::Seconds),
            _ => None,
        }
    }

    const fn nanoseconds(self) -> i64 {
        match self {
            Self::Nanoseconds => 1,
            Self::Microseconds => 1_000,
            Self::Milliseconds => 1_000_000,
            Self::Seconds => 1_000_000_000,
        }
    }

    /// The server's time as a point may have it, even where a test has set it beyond all points.
    fn truncate(self, now: i64) -> i64 {
        let truncated = now.saturating_sub(now.rem_euclid(self.nanoseconds()));
        truncated.clamp(*TIMES.start(), *TIMES.end())
    }
}

/// A line that is not stored.
enum Fault {
    /// The server refuses it.
    Malformed(Reason),
    /// The server takes it, and comes to harm or hides it.
    Unknown(String),
}

impl<T: Into<Reason>> From<T> for Fault {
    fn from(reason: T) -> Self {
        Self::Malformed(reason.into())
    }
}

/// The points of a request's body. Lines without a timestamp get `now`, cut to the precision.
///
/// Every malformed line is named in the refusal; one is enough to refuse all.
pub(crate) fn parse(text: &[u8], precision: Precision, now: i64) -> Result<Vec<Point>, Refusal> {
    let mut points = Vec::new();
    let mut malformed = Vec::new();
    let mut unknown = None;
    for line in lines::split(text) {
        match point(line, precision, now) {
            Ok(point) => points.push(point),
            Err(Fault::Malformed(reason)) => {
                malformed.push(format!("unable to parse '{}': {reason}", lossy(line)));
            }
            Err(Fault::Unknown(what)) => unknown = unknown.or(Some(what)),
        }
    }
    if !malformed.is_empty() {
        return Err(Refusal::invalid(malformed.join("\n")));
    }
    unknown.map_or(Ok(points), |what| Err(Refusal::unknown(what)))
}

/// One point of a line without leading blanks.
fn point(line: &[u8], precision: Precision, now: i64) -> Result<Point, Fault> {
    let (key, rest) = key::scan(line)?;
    too_long(key.len())?;
    let (block, rest) = fields::scan(line, rest)?;
    let pairs = fields::pairs(block, key.len())?;
    let time = time(line, rest, precision)?.unwrap_or_else(|| precision.truncate(now));
    Ok(Point { series: key.series()?, fields: fields::decode(&pairs)?, time })
}

/// The timestamp of a line whose fields end at `at`.
fn time(line: &[u8], at: usize, precision: Precision) -> Result<Option<i64>, Reason> {
    let text = line[skip_blanks(line, at)..].split(|byte| matches!(byte, b' ' | b'\n')).next();
    let text = text.unwrap_or_default();
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err("bad timestamp".into());
    }
    if text.is_empty() {
        return Ok(None);
    }
    let time = number::signed(text)?
        .checked_mul(precision.nanoseconds())
        .filter(|time| TIMES.contains(time))
        .ok_or_else(|| format!("time outside range {} - {}", TIMES.start(), TIMES.end()))?;
    let rest = skip_blanks(line, at) + text.len();
    if line[rest..].iter().any(|byte| *byte != b' ') {
        return Err("point is invalid".into());
    }
    Ok(Some(time))
}

fn too_long(key: usize) -> Result<(), Reason> {
    if key > MAX_KEY {
        return Err(format!("max key length exceeded: {key} > {MAX_KEY}").into());
    }
    Ok(())
}

/// Where the blanks that stand at `at` end. A tab and a NUL are blanks here, and only here.
fn skip_blanks(line: &[u8], at: usize) -> usize {
    at + line[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | 0)).count()
}

/// Where the first of `stops` stands at or behind `from`, those right behind a backslash left out.
///
/// The backslash may be the second of a pair: pairs mean nothing here.
fn find_unescaped(text: &[u8], from: usize, stops: &[u8]) -> Option<usize> {
    (from..text.len()).find(|&at| stops.contains(&text[at]) && (at == 0 || text[at - 1] != b'\\'))
}

/// The text without the backslashes that stand before one of `escapable`.
fn unescape(text: &[u8], escapable: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for (at, &byte) in text.iter().enumerate() {
        let escapes = text.get(at + 1).is_some_and(|next| escapable.contains(next));
        if byte != b'\\' || !escapes {
            plain.push(byte);
        }
    }
    plain
}
