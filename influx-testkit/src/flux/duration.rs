//! Flux durations: months and nanoseconds, apart.

use crate::refusal::Refusal;

/// A sum of terms such as `1mo3d`, with its sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Duration {
    months: i64,
    nanoseconds: i64,
    is_negative: bool,
}

/// A month where a duration must be a fixed time, as `range` wants it: 365.25 days / 12.
const NANOSECONDS_OF_MONTH: i64 = 2_629_800_000_000_000;

impl Duration {
    /// Adds `magnitude` units. What would overflow (the real server wraps) is refused.
    pub(crate) fn add(&mut self, magnitude: i64, unit: &str) -> Result<(), Refusal> {
        let total = if let Some(factor) = months_of(unit) {
            sum(&mut self.months, magnitude, factor)
        } else if let Some(factor) = nanoseconds_of(unit) {
            sum(&mut self.nanoseconds, magnitude, factor)
        } else {
            return Err(Refusal::unknown(format_args!("the duration unit `{unit}`")));
        };
        total.ok_or_else(|| Refusal::unknown("durations that overflow"))
    }

    /// The same length in the other direction.
    #[must_use]
    pub(crate) const fn negated(self) -> Self {
        Self { is_negative: !self.is_negative, ..self }
    }

    /// Months and nanoseconds, both with the sign.
    pub(crate) const fn parts(self) -> (i64, i64) {
        match self.is_negative {
            true => (-self.months, -self.nanoseconds),
            false => (self.months, self.nanoseconds),
        }
    }

    pub(crate) const fn is_zero(self) -> bool {
        self.months == 0 && self.nanoseconds == 0
    }

    /// As `range` reads it. `None` when that overflows.
    pub(crate) fn nanoseconds(self) -> Option<i64> {
        let months = self.months.checked_mul(NANOSECONDS_OF_MONTH)?;
        let length = self.nanoseconds.checked_add(months)?;
        Some(if self.is_negative { -length } else { length })
    }
}

fn sum(total: &mut i64, magnitude: i64, factor: i64) -> Option<()> {
    *total = magnitude.checked_mul(factor)?.checked_add(*total)?;
    Some(())
}

fn months_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "y" => 12,
        "mo" => 1,
        _ => return None,
    })
}

fn nanoseconds_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "w" => 604_800_000_000_000,
        "d" => 86_400_000_000_000,
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" | "µs" => 1_000,
        "ns" => 1,
        _ => return None,
    })
}
