//! The stored points of one bucket: series, fields, shards.
//!
//! As in the real server, a bucket is cut by time into shards, each of which judges types, drops
//! points and forgets measurements for itself; what a client sees of that is followed here.

mod delete;
mod read;
mod shard;
mod span;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use shard::Shard;
use span::truncate;

pub(crate) use read::Column;

/// The points of one bucket.
#[derive(Debug)]
pub(crate) struct Engine {
    /// The bucket's ID, which some messages name.
    bucket: String,
    /// Nanoseconds.
    shard_duration: i64,
    /// Nanoseconds; none keeps points for ever.
    retention: Option<i64>,
    /// By start; they do not overlap.
    shards: BTreeMap<i64, Shard>,
}

impl Engine {
    /// An empty bucket. Durations are nanoseconds, `shard_duration` is positive.
    pub(crate) fn new(bucket: &str, shard_duration: i64, retention: Option<i64>) -> Self {
        let shards = BTreeMap::new();
        Self { bucket: bucket.to_owned(), shard_duration, retention, shards }
    }

    /// New durations, as [`Engine::new`] takes them. Shards that are there keep their bounds.
    pub(crate) fn set_durations(&mut self, shard_duration: i64, retention: Option<i64>) {
        self.shard_duration = shard_duration;
        self.retention = retention;
    }

    /// The start of the shard that a time belongs to, which is created where it is missing.
    fn shard_at(&mut self, time: i64) -> i64 {
        let before = self.shards.range(..=time).next_back();
        let earliest = match before {
            Some((start, shard)) if time < shard.end => return *start,
            Some((_, shard)) => shard.end,
            None => i64::MIN,
        };
        let latest = self.shards.range(time..).next().map_or(i64::MAX, |(start, _)| *start);
        let (start, end) = truncate(time, self.shard_duration);
        let (start, end) = (start.max(earliest), end.min(latest));
        self.shards.insert(start, Shard::new(end));
        start
    }

    /// Every stored point as a line, sorted by series and time, with times in nanoseconds.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.shards.values().flat_map(Shard::lines).collect();
        lines.sort_by_key(|(key, _)| *key);
        lines.into_iter().map(|(_, line)| line).collect()
    }
}
