//! Deletes, with what the real server then still knows of series and types (seen on 2.9.1).

use std::collections::BTreeMap;

use crate::point::Text;
use crate::predicate::Predicate;

use super::Engine;
use super::shard::{Measurement, Shard};

impl Engine {
    /// Removes the points in `start <= time <= stop` of the series that match.
    pub(crate) fn delete(&mut self, start: i64, stop: i64, predicate: &Predicate) {
        for shard in self.shards.values_mut() {
            shard.delete(start, stop, predicate);
        }
    }
}

impl Shard {
    /// Removes points, then the series without points, then the types of measurements without
    /// series.
    fn delete(&mut self, start: i64, stop: i64, predicate: &Predicate) {
        let names: Vec<Text> = self.measurements.keys().cloned().collect();
        let mut columns: usize = self.measurements.values().map(Measurement::columns).sum();
        for name in names {
            // A shard without points is left alone, with the traces of dropped points.
            if columns == 0 {
                return;
            }
            let Some(measurement) = self.measurements.get_mut(&name) else { continue };
            columns -= measurement.columns();
            let lost_series = measurement.delete(start, stop, predicate);
            columns += measurement.columns();
            if lost_series && measurement.series.is_empty() && !self.holds_namesake(&name) {
                self.measurements.remove(&name);
            }
        }
    }

    /// Whether a measurement that is named like this one and goes on with `#` has points: its keys in
    /// the server's store pass for keys of this one, as a `#` stands between series and field.
    fn holds_namesake(&self, name: &Text) -> bool {
        let prefix = Text::from([name, &b"#"[..]].concat().as_slice());
        let mut namesakes = self
            .measurements
            .range(prefix.clone()..)
            .take_while(|(name, _)| name.starts_with(&prefix));
        namesakes.any(|(_, measurement)| measurement.columns() > 0)
    }
}

impl Measurement {
    /// How many fields with points there are, over all series.
    fn columns(&self) -> usize {
        self.series.values().map(BTreeMap::len).sum()
    }

    /// Whether a series is gone.
    fn delete(&mut self, start: i64, stop: i64, predicate: &Predicate) -> bool {
        let before = self.series.len();
        let mut alive = Vec::new();
        for (series, fields) in &mut self.series {
            if predicate.matches(series) {
                fields.retain(|_, values| {
                    values.retain(|time, _| !(start..=stop).contains(time));
                    !values.is_empty()
                });
                if !fields.is_empty() {
                    alive.push(series.key());
                }
            }
        }
        alive.sort();
        self.series.retain(|series, fields| {
            !fields.is_empty() || !predicate.matches(series) || begins_one(&series.key(), &alive)
        });
        self.series.len() < before
    }
}

/// Whether one of the sorted keys begins with this one, which the server takes for a sign that the
/// series has points left.
fn begins_one(key: &[u8], keys: &[Vec<u8>]) -> bool {
    let at = keys.partition_point(|other| other.as_slice() < key);
    keys.get(at).is_some_and(|other| other.starts_with(key))
}
