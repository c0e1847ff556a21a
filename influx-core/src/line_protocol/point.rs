mod dictionary;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::{LineWriter, ParsedLine, Parser, ToLine};
use crate::error::{Error, LineCause, Result};
use crate::schema::Value;
use crate::time::ToTimestamp;

/// A point whose measurement, keys and types are known only at run time.
///
/// ```
/// use influx_core::{Point, Timestamp};
///
/// let point = Point::measurement("cpu")
///     .tag("core", "0")
///     .field("temp", 22.35)
///     .field("load", None::<i64>)
///     .timestamp("2024-05-01T12:00:00Z".parse::<Timestamp>()?);
/// assert_eq!(point.to_string(), "cpu,core=0 temp=22.35 1714564800000000000");
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// Tags and fields are written in the order of their keys. Setting a key again replaces its value.
/// A tag with an empty value and a field that is [`Value::Null`] are not written. What line protocol
/// cannot carry is refused when the point is written. The same key may name a tag and a field; the
/// server keeps both, but can no longer pivot the rows.
///
/// serde reads and writes it as the dictionary `{measurement, tags, fields, time}`; its implementation
/// of `Deserialize` says how.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Point {
    measurement: String,
    tags: Vec<(String, String)>,
    fields: Vec<(String, Value)>,
    nanos: Option<i128>,
}

impl Point {
    /// A point of this measurement, without tags and fields.
    #[must_use]
    pub fn measurement(name: impl Into<String>) -> Self {
        Self { measurement: name.into(), ..Self::default() }
    }

    /// The measurement.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.measurement
    }

    /// The tags, keys and values, in the order of the keys.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The fields, keys and values, in the order of the keys.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The time, in nanoseconds since 1970-01-01T00:00:00Z; it may be one that cannot be written.
    #[must_use]
    pub const fn nanos(&self) -> Option<i128> {
        self.nanos
    }

    /// Sets a tag. An empty value leaves it out.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        set(&mut self.tags, key.into(), value.into());
        self
    }

    /// Sets a field. `None` leaves it out. The type of the value is that of the field: `23` is an
    /// integer, `23.0` a float, and the server refuses the one where it knows the other.
    #[must_use]
    pub fn field(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        set(&mut self.fields, key.into(), value.into());
        self
    }

    /// Sets the time. Without one the server takes its own, the same for a whole
    /// request, so that points of one series collapse into the last of them. For a count of time units there is
    /// [`Timestamp::from_units`](crate::Timestamp::from_units).
    #[must_use]
    pub fn timestamp(mut self, time: impl ToTimestamp) -> Self {
        self.nanos = Some(time.nanos_since_epoch());
        self
    }
}

/// Keeps `pairs` sorted by key.
fn set<V>(pairs: &mut Vec<(String, V)>, key: String, value: V) {
    match pairs.binary_search_by(|(other, _)| other.cmp(&key)) {
        Ok(at) => pairs[at].1 = value,
        Err(at) => pairs.insert(at, (key, value)),
    }
}

impl Point {
    /// All at once, of keys that differ.
    pub(super) fn of_line(line: &ParsedLine<'_>) -> Self {
        let own =
            |(key, value): (Cow<'_, str>, Cow<'_, str>)| (key.into_owned(), value.into_owned());
        let mut tags: Vec<_> = line.tags().map(own).collect();
        let mut fields: Vec<_> =
            line.fields().map(|(key, value)| (key.into_owned(), value)).collect();
        tags.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        fields.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let nanos = line.timestamp().map(|time| time.as_nanos().into());
        Self { measurement: line.measurement().into_owned(), tags, fields, nanos }
    }
}

impl ToLine for Point {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        let mut line = out.measurement(&self.measurement)?;
        for (key, value) in &self.tags {
            line.unique_tag(key)?.text(value)?;
        }
        let mut line = line.into_fields();
        for (key, value) in &self.fields {
            let field = line.unique_field(key)?;
            match value {
                Value::Null => drop(field),
                Value::Float(value) => field.float(*value)?,
                Value::Integer(value) => field.integer(*value)?,
                Value::Unsigned(value) => field.unsigned(*value)?,
                Value::Boolean(value) => field.boolean(*value)?,
                Value::String(value) => field.text(value)?,
                Value::Time(_) => field.refuse_time()?,
            }
        }
        line.finish_at(|time| self.nanos.map_or(Ok(()), |nanos| time.nanos(nanos)))
    }
}

/// Reads a point from its line, with its time in nanoseconds.
///
/// ```
/// use influx_core::Point;
///
/// let point = Point::measurement("cpu").tag("core", "0").field("temp", 22.35);
/// assert_eq!("cpu,core=0 temp=22.35".parse::<Point>()?, point);
/// # Ok::<(), influx_core::Error>(())
/// ```
impl FromStr for Point {
    type Err = Error;

    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when the text is not one line of line protocol;
    /// [`Parser`] reads several.
    fn from_str(text: &str) -> Result<Self> {
        let mut lines = Parser::new(text);
        match (lines.next(), lines.next()) {
            (Some(line), None) => Ok(line?.to_point()),
            (Some(_), Some(_)) => Err(LineCause::SeveralLines.into()),
            (None, _) => Err(LineCause::NoLine.into()),
        }
    }
}

/// The line in nanoseconds; for a point that cannot be written, the reason in angle brackets.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = LineWriter::default();
        match out.write(self) {
            Ok(()) => f.write_str(String::from_utf8_lossy(out.as_bytes()).trim_end_matches('\n')),
            Err(reason) => write!(f, "<{reason}>"),
        }
    }
}
