use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Result, SettingCause};

/// How long a bucket keeps its points, as the API says it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    #[serde(default = "expire")]
    r#type: String,
    #[serde(default)]
    every_seconds: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard_group_duration_seconds: Option<u64>,
}

fn expire() -> String {
    "expire".into()
}

impl Rule {
    pub(super) fn every(&self) -> Option<Duration> {
        (self.every_seconds > 0).then(|| Duration::from_secs(self.every_seconds))
    }

    pub(super) fn shard(&self) -> Option<Duration> {
        self.shard_group_duration_seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs)
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Retention {
    /// `None` for ever.
    pub(super) every: Option<Duration>,
    /// `None`: as the server chooses.
    pub(super) shard: Option<Duration>,
}

impl Retention {
    /// Of a new bucket.
    pub(super) fn rules(self) -> Result<Vec<Rule>> {
        let every_seconds = self.every.map(check_retention).transpose()?;
        let shard = self.shard.map(|shard| check_shard(shard, every_seconds)).transpose()?;
        if every_seconds.is_none() && shard.is_none() {
            return Ok(Vec::new());
        }
        Ok(vec![Rule {
            r#type: expire(),
            every_seconds: every_seconds.unwrap_or(0),
            shard_group_duration_seconds: shard,
        }])
    }

    /// Of a bucket that is there: the server then chooses no length for its shards, and takes 0 as it is.
    pub(super) fn changed_rules(mut self) -> Result<Vec<Rule>> {
        self.shard = self.shard.or_else(|| Some(chosen_shard(self.every)));
        self.rules()
    }
}

/// What InfluxDB 2.9.1 chooses for a new bucket.
const fn chosen_shard(every: Option<Duration>) -> Duration {
    const HOUR: u64 = 3_600;
    const DAY: u64 = 24 * HOUR;
    const WEEK: u64 = 7 * DAY;
    const HALF_A_YEAR: u64 = 180 * DAY;
    const TWO_DAYS: u64 = 2 * DAY;
    Duration::from_secs(match every {
        None => WEEK,
        Some(every) => match every.as_secs() {
            HALF_A_YEAR.. => WEEK,
            TWO_DAYS.. => DAY,
            _ => HOUR,
        },
    })
}

/// Whole seconds, at least an hour: the server answers less with a 500.
pub(super) fn check_retention(retention: Duration) -> Result<u64> {
    let problem = match (retention.as_secs(), retention.subsec_nanos()) {
        (_, 1..) => "counts in whole seconds",
        (0..3600, _) => "is at least one hour; leave it out to keep points for ever",
        (9_223_372_037.., _) => "is more than 292 years; leave it out to keep points for ever",
        (seconds, 0) => return Ok(seconds),
    };
    Err(SettingCause::Invalid { what: "retention", problem }.into())
}

/// The server makes an hour of less, and answers more than the retention with a 500.
fn check_shard(shard: Duration, retention: Option<u64>) -> Result<u64> {
    let problem = match (shard.as_secs(), shard.subsec_nanos()) {
        (_, 1..) => "counts in whole seconds",
        (0..3600, _) => "is at least one hour",
        (9_223_372_037.., _) => "is more than 292 years",
        (seconds, 0) if retention.is_some_and(|retention| seconds > retention) => {
            "is longer than the retention"
        }
        (seconds, 0) => return Ok(seconds),
    };
    Err(SettingCause::Invalid { what: "shard group duration", problem }.into())
}

#[cfg(test)]
mod tests {
    use super::{Duration, Retention};

    const HOUR: Duration = Duration::from_secs(3_600);

    fn asked(every: Option<u32>, shard: Option<u32>) -> Retention {
        Retention { every: every.map(|hours| HOUR * hours), shard: shard.map(|hours| HOUR * hours) }
    }

    #[test]
    fn a_new_bucket_says_what_was_asked_and_a_changed_one_all() {
        assert_eq!(asked(None, None).rules().unwrap(), []);
        let rule = |every, shard| asked(every, shard).changed_rules().unwrap()[0].clone();
        for (every, shard) in
            [(None, 7 * 24), (Some(1), 1), (Some(48), 24), (Some(180 * 24), 7 * 24)]
        {
            assert_eq!(rule(every, None).shard(), Some(HOUR * shard), "{every:?}");
        }
        assert_eq!(rule(Some(2), Some(2)).shard(), Some(HOUR * 2));
        assert_eq!(asked(None, Some(5)).rules().unwrap()[0].every(), None);
    }

    #[test]
    fn shards_that_the_server_would_change_or_refuse_are_refused() {
        for shard in [Duration::ZERO, HOUR / 2, HOUR + Duration::from_nanos(1), HOUR * 3] {
            let retention = Retention { every: Some(HOUR * 2), shard: Some(shard) };
            retention.rules().unwrap_err();
        }
    }
}
