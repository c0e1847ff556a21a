//! Names that a script need not define.

/// Functions that this server carries out.
const KNOWN: [&str; 32] = [
    "aggregateWindow",
    "count",
    "distinct",
    "drop",
    "duration",
    "filter",
    "first",
    "float",
    "from",
    "group",
    "int",
    "keep",
    "last",
    "limit",
    "max",
    "mean",
    "median",
    "min",
    "now",
    "pivot",
    "quantile",
    "range",
    "rename",
    "set",
    "sort",
    "spread",
    "stddev",
    "sum",
    "tail",
    "time",
    "uint",
    "yield",
];

/// Everything else that the real server's scripts find without an import.
const FOREIGN: &str = "_fillEmpty _highestOrLowest _hourSelection _sortLimit _vectorizedFloat _window \
    bool bottom buckets bytes cardinality chandeMomentumOscillator columns contains \
    cov covariance cumulativeSum derivative die difference display doubleEMA duplicate \
    elapsed exponentialMovingAverage fill findColumn findRecord getColumn getRecord \
    highestAverage highestCurrent highestMax histogram histogramQuantile holtWinters hourSelection \
    increase inf integral join kaufmansAMA kaufmansER keyValues keys length linearBins location \
    logarithmicBins lowestAverage lowestCurrent lowestMin map mode movingAverage \
    pearsonr reduce relativeStrengthIndex sample skew stateCount \
    stateDuration stateTracking string tableFind timeShift timeWeightedAvg \
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
