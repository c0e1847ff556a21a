use std::collections::{BTreeMap, BTreeSet};

use crate::clock;
use crate::point::Point;
use crate::refusal::Refusal;

use super::Engine;
use super::shard::Outcome;

/// The points that are older than the bucket keeps them.
struct Expired {
    oldest: Mark,
    newest: Mark,
    count: usize,
}

/// What the message says of a point.
struct Mark {
    time: i64,
    key: String,
}

impl Engine {
    /// Stores what can be stored.
    ///
    /// Refused with 422 where that is not all; the refusal then tells of one shard, the earliest that
    /// had a bad point (the real server takes any), or, if there is none, of the expired points.
    pub(crate) fn write(&mut self, points: Vec<Point>, now: i64) -> Result<(), Refusal> {
        let bound = self.retention.map_or(i64::MIN, |retention| now.saturating_sub(retention));
        // An expired point is stored all the same where another one opens the shard that it is in.
        let open: BTreeSet<i64> = points
            .iter()
            .filter(|point| point.time >= bound)
            .map(|point| self.shard_at(point.time))
            .collect();
        let mut batches = BTreeMap::<i64, Vec<Point>>::new();
        let mut expired = None;
        for point in points {
            match self.open_shard(&open, point.time) {
                Some(start) => batches.entry(start).or_default().push(point),
                None => Expired::add(&mut expired, &point),
            }
        }
        let expired = expired.map(|expired| self.refuse_expired(&expired, bound));
        let outcomes = self.write_batches(batches);
        // Of several failing shards the real server may name any, so this one must come first.
        if outcomes.contains(&Outcome::Unknown) {
            return Err(Refusal::unknown("a field `time` that changes its type"));
        }
        let refusal = outcomes.into_iter().find_map(|outcome| self.refuse(outcome));
        refusal.or(expired).map_or(Ok(()), Err)
    }

    fn write_batches(&mut self, batches: BTreeMap<i64, Vec<Point>>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (start, batch) in batches {
            if let Some(shard) = self.shards.get_mut(&start) {
                outcomes.push(shard.write(batch));
            }
        }
        outcomes
    }

    /// The start of the shard among `open` that holds the time.
    fn open_shard(&self, open: &BTreeSet<i64>, time: i64) -> Option<i64> {
        let start = open.range(..=time).next_back()?;
        self.shards.get(start).is_some_and(|shard| time < shard.end).then_some(*start)
    }

    fn refuse(&self, outcome: Outcome) -> Option<Refusal> {
        match outcome {
            Outcome::Stored | Outcome::Unknown => None,
            Outcome::Dropped { reason, count } => Some(partial(&reason, count, "")),
            Outcome::Stripped(reason) => Some(partial(&reason, 0, &self.place())),
        }
    }

    fn refuse_expired(&self, expired: &Expired, bound: i64) -> Refusal {
        let Expired { oldest, newest, count } = expired;
        let bound = clock::format(bound);
        let reason = format!(
            "dropped {count} points outside retention policy of duration {} - oldest {}, newest {}",
            clock::duration(self.retention.unwrap_or_default()),
            oldest.text(&bound),
            newest.text(&bound),
        );
        partial(&reason, *count, &self.place())
    }

    fn place(&self) -> String {
        format!(" for database: {} for retention policy: autogen", self.bucket)
    }
}

fn partial(reason: &str, dropped: usize, place: &str) -> Refusal {
    let message = format!(
        "failure writing points to database: partial write: {reason} dropped={dropped}{place}"
    );
    Refusal::new(422, "unprocessable entity", message)
}

impl Expired {
    /// Of several points of one time, the first is named.
    fn add(expired: &mut Option<Self>, point: &Point) {
        let mark = || Mark { time: point.time, key: point.series.text() };
        match expired {
            None => *expired = Some(Self { oldest: mark(), newest: mark(), count: 1 }),
            Some(expired) => {
                expired.count += 1;
                if point.time < expired.oldest.time {
                    expired.oldest = mark();
                }
                if point.time > expired.newest.time {
                    expired.newest = mark();
                }
            }
        }
    }
}

impl Mark {
    fn text(&self, bound: &str) -> String {
        format!(
            "point {} at {} dropped because it violates a Retention Policy Lower Bound at {bound}",
            self.key,
            clock::format(self.time)
        )
    }
}
