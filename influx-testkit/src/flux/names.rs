//! Names that a script need not define.

/// Functions that this server carries out.
const KNOWN: [&str; 17] = [
    "drop", "duration", "filter", "float", "from", "group", "int", "keep", "limit", "now", "pivot",
    "range", "sort", "tail", "time", "uint", "yield",
];

/// Everything else that the real server's scripts find without an import.
const FOREIGN: &str = "_fillEmpty _highestOrLowest _hourSelection _sortLimit _vectorizedFloat _window \
    aggregateWindow bool bottom buckets bytes cardinality chandeMomentumOscillator columns contains \
    count cov covariance cumulativeSum derivative die difference display distinct doubleEMA duplicate \
    elapsed exponentialMovingAverage fill findColumn findRecord first getColumn getRecord \
    highestAverage highestCurrent highestMax histogram histogramQuantile holtWinters hourSelection \
    increase inf integral join kaufmansAMA kaufmansER keyValues keys last length linearBins location \
    logarithmicBins lowestAverage lowestCurrent lowestMin map max mean median min mode movingAverage \
    pearsonr quantile reduce relativeStrengthIndex rename sample set skew spread stateCount \
    stateDuration stateTracking stddev string sum tableFind timeShift timeWeightedAvg \
    timedMovingAverage to toBool toFloat toInt toString toTime toUInt today top tripleEMA \
    tripleExponentialDerivative truncateTimeColumn union unique wideTo window";

/// The function of this name, if this server knows it.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    KNOWN.into_iter().find(|known| *known == name)
}

/// Whether the real server may know more of this name than this one does.
pub(crate) fn is_foreign(name: &str) -> bool {
    FOREIGN.split_ascii_whitespace().any(|foreign| foreign == name)
}

/// Packages that the real server surely has, so that importing one changes nothing by itself.
pub(crate) const PACKAGES: [&str; 20] = [
    "array",
    "csv",
    "date",
    "dict",
    "experimental",
    "experimental/array",
    "generate",
    "http",
    "influxdata/influxdb",
    "influxdata/influxdb/monitor",
    "influxdata/influxdb/sample",
    "influxdata/influxdb/schema",
    "influxdata/influxdb/secrets",
    "influxdata/influxdb/tasks",
    "join",
    "json",
    "math",
    "regexp",
    "strings",
    "types",
];
