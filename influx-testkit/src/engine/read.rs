use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::shard::{Shard, Values};
use crate::point::{Series, Text, Type, Value};

/// What one field of one series holds in a range, by time.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    pub(crate) series: &'a Series,
    pub(crate) field: &'a Text,
    /// At least one; all of one type.
    pub(crate) points: Vec<(i64, &'a Value)>,
}

/// The types of fields, by measurement and field, and whether another one has ended the read.
type Types<'a> = BTreeMap<(&'a Text, &'a Text), (Type, bool)>;

impl Engine {
    /// Every field of every series with points in `start <= time < stop`, in the order in which the
    /// real server reads them.
    ///
    /// A field ends at the first shard in which it has another type than in the earliest one, even
    /// if neither has points of the series, or any at all, in the range.
    pub(crate) fn read(&self, start: i64, stop: i64) -> impl Iterator<Item = Column<'_>> {
        let mut types = Types::new();
        let mut columns = BTreeMap::<&Series, BTreeMap<&Text, Vec<(i64, &Value)>>>::new();
        for (_, shard) in self.overlapping(start, stop) {
            mark(&mut types, shard);
            for measurement in shard.measurements.values() {
                for (series, fields) in &measurement.series {
                    let columns = columns.entry(series).or_default();
                    for (field, values) in fields {
                        let ended = types.get(&(&series.measurement, field));
                        if ended.is_some_and(|(_, ended)| *ended) {
                            continue;
                        }
                        let points = columns.entry(field).or_default();
                        points.extend(within(values, start, stop));
                    }
                }
            }
        }
        columns.into_iter().flat_map(|(series, fields)| {
            fields.into_iter().filter_map(move |(field, points)| {
                (!points.is_empty()).then_some(Column { series, field, points })
            })
        })
    }

    /// Whether a field has the same type in all shards of a range.
    pub(crate) fn has_one_type(
        &self,
        measurement: &Text,
        field: &Text,
        start: i64,
        stop: i64,
    ) -> bool {
        let shards = self.overlapping(start, stop);
        let types = shards.filter_map(|(_, shard)| shard.measurements.get(measurement));
        let mut types = types.filter_map(|measurement| measurement.types.get(field));
        let first = types.next();
        types.all(|other| Some(other) == first)
    }

    /// The values of a tag in the shards of a range, of series without points, too.
    pub(crate) fn tag_values(
        &self,
        tag: &Text,
        start: i64,
        stop: i64,
        passes: impl Fn(&Series) -> bool,
    ) -> BTreeSet<Text> {
        let shards = self.overlapping(start, stop);
        let measurements = shards.flat_map(|(_, shard)| shard.measurements.values());
        let series = measurements.flat_map(|it| it.series.keys()).filter(|series| passes(series));
        let tags = series.flat_map(|series| &series.tags);
        tags.filter(|(key, _)| key == tag).map(|(_, value)| value.clone()).collect()
    }

    /// The start of the shard that holds a stored point: a read hands points over shard by shard.
    pub(crate) fn shard_of(&self, time: i64) -> Option<i64> {
        self.shards.range(..=time).next_back().map(|(start, _)| *start)
    }

    /// The start of the first shard of a range.
    pub(crate) fn first_shard(&self, start: i64, stop: i64) -> Option<i64> {
        self.overlapping(start, stop).next().map(|(start, _)| *start)
    }

    /// The shards of a range, with their starts. One that begins at its `stop` counts, as on the
    /// real server.
    fn overlapping(&self, start: i64, stop: i64) -> impl Iterator<Item = (&i64, &Shard)> {
        let shards = self.shards.iter().take_while(move |(begin, _)| **begin <= stop);
        shards.filter(move |(_, shard)| shard.end > start)
    }
}

/// Notes the types of a shard's fields.
fn mark<'a>(types: &mut Types<'a>, shard: &'a Shard) {
    for (name, measurement) in &shard.measurements {
        for (field, found) in &measurement.types {
            let (first, ended) = types.entry((name, field)).or_insert((*found, false));
            *ended |= first != found;
        }
    }
}

fn within(values: &Values, start: i64, stop: i64) -> impl Iterator<Item = (i64, &Value)> {
    // An empty range must not be asked for.
    let range = (start < stop).then(|| values.range(start..stop));
    range.into_iter().flatten().map(|(time, value)| (*time, value))
}
