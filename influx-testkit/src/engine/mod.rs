//! The stored points of one bucket: series, fields, shards.

use std::collections::BTreeMap;

mod value;

pub(crate) use value::{Text, Type, Value};

/// A point as line protocol gives it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub(crate) series: Series,
    /// In the order of the line; a key may come twice.
    pub(crate) fields: Vec<(Text, Value)>,
    /// Nanoseconds since 1970.
    pub(crate) time: i64,
}

/// A measurement with its tags, which are sorted by key.
///
/// The order of series is the one in which the real server reads them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Series {
    pub(crate) measurement: Text,
    pub(crate) tags: Vec<(Text, Text)>,
}

/// The points of one bucket.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    series: BTreeMap<Series, BTreeMap<Text, BTreeMap<i64, Value>>>,
}

/// What one field of one series holds in a range, by time.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    pub(crate) series: &'a Series,
    pub(crate) field: &'a Text,
    /// At least one; all of one type.
    pub(crate) points: Vec<(i64, &'a Value)>,
}

impl Engine {
    /// Every field of every series with points in `start <= time < stop`, in the order in which the
    /// real server reads them.
    pub(crate) fn read(&self, start: i64, stop: i64) -> impl Iterator<Item = Column<'_>> {
        self.series.iter().flat_map(move |(series, fields)| {
            fields.iter().filter_map(move |(field, points)| {
                let points: Vec<_> =
                    points.range(start..stop).map(|(time, value)| (*time, value)).collect();
                (!points.is_empty()).then_some(Column { series, field, points })
            })
        })
    }
}
