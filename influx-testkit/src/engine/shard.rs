use std::collections::BTreeMap;

use crate::point::{Point, Quoted, Series, Text, Type, Value, escape, lossy};

/// The longest string that a field may hold, in bytes.
const MAX_STRING: usize = 1_048_576;

/// The values of one field of one series, by time.
pub(super) type Values = BTreeMap<i64, Value>;

/// One span of time of a bucket.
#[derive(Debug)]
pub(super) struct Shard {
    /// Exclusive, save at the end of time.
    pub(super) end: i64,
    pub(super) measurements: BTreeMap<Text, Measurement>,
}

/// One measurement of a shard.
#[derive(Debug, Default)]
pub(super) struct Measurement {
    /// The types of the fields, which all series share. A field may have one and no points: that of
    /// a point that was dropped, or whose points were deleted.
    pub(super) types: BTreeMap<Text, Type>,
    /// A series may have no fields: those of a point that was dropped.
    pub(super) series: BTreeMap<Series, BTreeMap<Text, Values>>,
}

/// What happens to a point that is not simply stored.
enum Flaw {
    /// It is not stored.
    Dropped(String),
    /// It is stored without the field `time`.
    Stripped(String),
    /// The real server runs into an internal error.
    Unknown,
}

/// What a shard has to say of its part of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Stored,
    /// All points are stored, but a field of one was not.
    Stripped(String),
    Dropped {
        reason: String,
        count: usize,
    },
    Unknown,
}

impl Shard {
    pub(super) const fn new(end: i64) -> Self {
        Self { end, measurements: BTreeMap::new() }
    }

    /// Stores what can be stored.
    pub(super) fn write(&mut self, points: Vec<Point>) -> Outcome {
        let mut stripped = None;
        let mut first = None;
        let mut count = 0;
        for point in points {
            let measurement =
                self.measurements.entry(point.series.measurement.clone()).or_default();
            match measurement.check(&point) {
                Ok(()) => measurement.store(point),
                Err(Flaw::Stripped(reason)) => {
                    stripped = Some(reason);
                    measurement.store(point);
                }
                Err(Flaw::Dropped(reason)) => {
                    count += 1;
                    first.get_or_insert(reason);
                    // The index of the real server gets the series before the point is judged.
                    measurement.series.entry(point.series).or_default();
                }
                Err(Flaw::Unknown) => return Outcome::Unknown,
            }
        }
        match (first, stripped) {
            (Some(reason), _) => Outcome::Dropped { reason, count },
            (None, Some(reason)) => Outcome::Stripped(reason),
            (None, None) => Outcome::Stored,
        }
    }

    /// The points as lines, with what these are sorted by.
    pub(super) fn lines(&self) -> impl Iterator<Item = ((&Series, i64), String)> {
        let series = self.measurements.values().flat_map(|measurement| &measurement.series);
        series.flat_map(|(series, fields)| {
            let mut points = BTreeMap::<i64, Vec<String>>::new();
            for (name, values) in fields {
                for (time, value) in values {
                    points.entry(*time).or_default().push(field(name, value));
                }
            }
            let line = move |(time, fields): (i64, Vec<String>)| {
                ((series, time), format!("{} {} {time}", series.text(), fields.join(",")))
            };
            points.into_iter().map(line)
        })
    }
}

impl Measurement {
    /// Judges a point, and registers the types of its fields up to the first bad one.
    fn check(&mut self, point: &Point) -> Result<(), Flaw> {
        let name = Quoted(&point.series.measurement);
        if point.fields.iter().all(|(key, _)| is_time(key)) {
            return Err(Flaw::Dropped(time_field(&point.series.measurement)));
        }
        let mut stripped = Ok(());
        for (key, value) in &point.fields {
            let r#type = value.r#type();
            if let Value::String(text) = value
                && text.len() > MAX_STRING
            {
                return Err(Flaw::Dropped(format!(
                    "input field {} on measurement {name} is too long, {} > {MAX_STRING}",
                    Quoted(key),
                    text.len()
                )));
            }
            let known = *self.types.entry(key.clone()).or_insert(r#type);
            if is_time(key) {
                // It is stored all the same, out of sight, and fails where its type changes.
                if known != r#type {
                    return Err(Flaw::Unknown);
                }
                stripped = Err(Flaw::Stripped(format!(
                    "{}. Field \"time\" has been stripped from point.",
                    time_field(&point.series.measurement)
                )));
            } else if known != r#type {
                return Err(Flaw::Dropped(format!(
                    "field type conflict: input field {} on measurement {name} is type {type}, \
                     already exists as type {known}",
                    Quoted(key)
                )));
            }
        }
        stripped
    }

    /// Newer values win.
    fn store(&mut self, point: Point) {
        let fields = self.series.entry(point.series).or_default();
        for (key, value) in point.fields {
            if !is_time(&key) {
                fields.entry(key).or_default().insert(point.time, value);
            }
        }
    }
}

fn is_time(key: &[u8]) -> bool {
    key == b"time"
}

fn time_field(measurement: &Text) -> String {
    format!("invalid field name: input field \"time\" on measurement \"{measurement}\" is invalid")
}

fn field(key: &[u8], value: &Value) -> String {
    let key = lossy(&escape(key, b", =\""));
    match value {
        Value::Float(value) => format!("{key}={value}"),
        Value::Integer(value) => format!("{key}={value}i"),
        Value::Unsigned(value) => format!("{key}={value}u"),
        Value::Boolean(value) => format!("{key}={value}"),
        Value::String(value) => format!("{key}=\"{}\"", lossy(&escape(value, b"\"\\"))),
    }
}
