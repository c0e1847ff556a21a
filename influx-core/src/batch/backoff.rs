use std::time::Duration;

/// When a failed request is tried again, and when no more.
///
/// Before try n + 1 it waits for a time between `interval`·`base`ⁿ⁻¹ and `interval`·`base`ⁿ, at
/// random; once the upper end passes `max_delay`, that is the upper end and the lower one stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) interval: Duration,
    pub(crate) base: u32,
    pub(crate) max_delay: Duration,
    pub(crate) max_retries: u32,
    pub(crate) max_time: Duration,
    /// Whether a wait may be as short as nothing.
    pub(crate) full_jitter: bool,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            base: 2,
            max_delay: Duration::from_secs(125),
            max_retries: 5,
            max_time: Duration::from_secs(180),
            full_jitter: false,
        }
    }
}

impl Backoff {
    /// The shortest and the longest wait after so many failures in a row, of which there is one at
    /// least.
    pub(crate) fn window(&self, failures: u32) -> (Duration, Duration) {
        let (mut low, mut high) = (self.interval, self.interval.saturating_mul(self.base));
        for _ in 1..failures {
            if high > self.max_delay || high == low {
                break;
            }
            (low, high) = (high, high.saturating_mul(self.base));
        }
        let low = if self.full_jitter { Duration::ZERO } else { low };
        (low.min(self.max_delay), high.min(self.max_delay))
    }

    /// A wait from the window; `random` is from 0 to 1.
    pub(crate) fn delay(&self, failures: u32, random: f64) -> Duration {
        let (low, high) = self.window(failures);
        low + high.saturating_sub(low).mul_f64(random.clamp(0.0, 1.0))
    }
}
