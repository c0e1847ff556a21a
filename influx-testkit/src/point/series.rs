use std::ops::RangeInclusive;

use super::text::{Text, lossy};
use super::value::Value;

/// The times that a point may have: those at the very ends of `i64` are the server's own marks.
pub(crate) const TIMES: RangeInclusive<i64> = i64::MIN + 2..=i64::MAX - 1;

/// A point as line protocol gives it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub(crate) series: Series,
    /// In the order of the line; a key may come twice.
    pub(crate) fields: Vec<(Text, Value)>,
    /// Nanoseconds since 1970.
    pub(crate) time: i64,
}

/// A measurement with its tags, which are sorted by key, escapes included (`a\ b` is behind `a!`).
///
/// The order of series is the one in which the real server reads them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Series {
    pub(crate) measurement: Text,
    pub(crate) tags: Vec<(Text, Text)>,
}

impl Series {
    /// Measurement and tags as line protocol has them.
    pub(crate) fn key(&self) -> Vec<u8> {
        let mut key = escape_measurement(&self.measurement);
        for (name, value) in &self.tags {
            key.push(b',');
            key.extend(escape_tag(name));
            key.push(b'=');
            key.extend(escape_tag(value));
        }
        key
    }

    /// The key, ready for a message.
    pub(crate) fn text(&self) -> String {
        lossy(&self.key())
    }
}

pub(crate) fn escape_measurement(text: &[u8]) -> Vec<u8> {
    escape(text, b", ")
}

pub(crate) fn escape_tag(text: &[u8]) -> Vec<u8> {
    escape(text, b", =")
}

pub(crate) fn escape(text: &[u8], special: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for byte in text {
        if special.contains(byte) {
            escaped.push(b'\\');
        }
        escaped.push(*byte);
    }
    escaped
}
