//! What makes one value, or one row, of many.

/// What makes one value of those of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Aggregate {
    Count,
    Sum,
    Mean,
    Spread,
    /// Of a sample, else of a population.
    Deviation {
        is_sample: bool,
    },
    /// Estimated with a t-digest.
    Quantile {
        q: f64,
        compression: f64,
    },
    /// Between the two values next to it.
    ExactQuantile {
        q: f64,
    },
}

/// What selects one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Selector {
    First,
    Last,
    Min,
    Max,
    Quantile { q: f64 },
}

/// `window(…)` as `aggregateWindow` calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) every: super::Duration,
    pub(crate) period: super::Duration,
    pub(crate) offset: super::Duration,
    pub(crate) create_empty: bool,
}
