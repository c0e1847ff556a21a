use std::time::Duration;

use crate::annotated_csv::OwnedRecord;
use crate::schema::Value;

/// How the server ran a query; from [`Query::fetch_profiled`](super::Query::fetch_profiled) or
/// [`Rows::profile`](super::Rows::profile).
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Profile {
    /// The query as a whole.
    pub query: Option<QueryProfile>,
    /// Its operators.
    pub operators: Vec<OperatorProfile>,
    /// What other profilers sent.
    pub others: Vec<OwnedRecord>,
}

/// What the server's profiler `query` says. What a server does not say is zero or empty.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct QueryProfile {
    /// All that follows.
    pub total: Duration,
    /// Reading the script.
    pub compile: Duration,
    /// Waiting for a place.
    pub queue: Duration,
    /// Choosing the operators.
    pub plan: Duration,
    /// Waiting once more.
    pub requeue: Duration,
    /// Running them.
    pub execute: Duration,
    /// How many workers the query was given.
    pub concurrency: i64,
    /// The most bytes that were in use at once.
    pub max_allocated: i64,
    /// All bytes that were taken, one after the other.
    pub total_allocated: i64,
    /// One line for each failure.
    pub runtime_errors: String,
    /// Bytes that were read from storage.
    pub scanned_bytes: i64,
    /// Values that were read from storage.
    pub scanned_values: i64,
    /// The operators as a graph, in the language of Graphviz.
    pub plan_graph: String,
    /// All of this as it came, with what a later server may add.
    pub record: OwnedRecord,
}

/// What the server's profiler `operator` says of one of them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OperatorProfile {
    /// The kind, such as `*influxdb.readFilterSource`.
    pub kind: String,
    /// The name of the node in the plan, such as `ReadRange2`.
    pub label: String,
    /// How often it ran.
    pub count: i64,
    /// The shortest run.
    pub min: Duration,
    /// The longest run.
    pub max: Duration,
    /// All runs.
    pub sum: Duration,
    /// The mean, in nanoseconds.
    pub mean_nanos: f64,
    /// All of this as it came.
    pub record: OwnedRecord,
}

impl Profile {
    pub(super) fn new(records: &[OwnedRecord]) -> Self {
        let mut profile = Self::default();
        for record in records {
            match record.measurement() {
                Some("profiler/query") => profile.query = Some(QueryProfile::new(record)),
                Some("profiler/operator") => profile.operators.push(OperatorProfile::new(record)),
                _ => profile.others.push(record.clone()),
            }
        }
        profile
    }
}

impl QueryProfile {
    fn new(record: &OwnedRecord) -> Self {
        Self {
            total: duration(record, "TotalDuration"),
            compile: duration(record, "CompileDuration"),
            queue: duration(record, "QueueDuration"),
            plan: duration(record, "PlanDuration"),
            requeue: duration(record, "RequeueDuration"),
            execute: duration(record, "ExecuteDuration"),
            concurrency: integer(record, "Concurrency"),
            max_allocated: integer(record, "MaxAllocated"),
            total_allocated: integer(record, "TotalAllocated"),
            runtime_errors: text(record, "RuntimeErrors"),
            scanned_bytes: integer(record, "influxdb/scanned-bytes"),
            scanned_values: integer(record, "influxdb/scanned-values"),
            plan_graph: text(record, "flux/query-plan"),
            record: record.clone(),
        }
    }
}

impl OperatorProfile {
    fn new(record: &OwnedRecord) -> Self {
        Self {
            kind: text(record, "Type"),
            label: text(record, "Label"),
            count: integer(record, "Count"),
            min: duration(record, "MinDuration"),
            max: duration(record, "MaxDuration"),
            sum: duration(record, "DurationSum"),
            mean_nanos: record.get("MeanDuration").and_then(Value::as_float).unwrap_or_default(),
            record: record.clone(),
        }
    }
}

fn integer(record: &OwnedRecord, name: &str) -> i64 {
    record.get(name).and_then(Value::as_integer).unwrap_or_default()
}

fn text(record: &OwnedRecord, name: &str) -> String {
    record.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn duration(record: &OwnedRecord, name: &str) -> Duration {
    Duration::from_nanos(u64::try_from(integer(record, name)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotated_csv;
    use crate::measurement::{Decoder, Progress};

    /// As InfluxDB 2.9.1 sends it.
    const REPLY: &str = "#datatype,string,long,double\r\n#group,false,false,false\r\n\
        #default,_result,,\r\n,result,table,temp\r\n,,0,22.35\r\n\r\n\
        #datatype,string,long,string,long,long,string,long\r\n\
        #group,false,false,true,false,false,false,false\r\n#default,_profiler,,,,,,\r\n\
        ,result,table,_measurement,TotalDuration,Concurrency,RuntimeErrors,influxdb/scanned-bytes\r\n\
        ,,0,profiler/query,1500,1,,16\r\n\r\n\
        #datatype,string,long,string,string,string,long,double\r\n\
        #group,false,false,true,false,false,false,false\r\n#default,_profiler,,,,,,\r\n\
        ,result,table,_measurement,Type,Label,Count,MeanDuration\r\n\
        ,,1,profiler/operator,*universe.limit,limit1,2,1.5\r\n,,2,profiler/new,a,b,1,1\r\n\r\n";

    #[test]
    fn profiles_are_typed_and_what_is_unknown_is_kept() {
        let tables = annotated_csv::tables(REPLY).unwrap();
        let records: Vec<_> =
            tables.iter().skip(1).flat_map(|table| table.records().to_vec()).collect();
        let profile = Profile::new(&records);
        let query = profile.query.unwrap();
        assert_eq!(query.total, Duration::from_nanos(1_500));
        assert_eq!((query.concurrency, query.scanned_bytes, query.max_allocated), (1, 16, 0));
        assert_eq!(query.record, records[0]);
        let [operator] = &profile.operators[..] else { panic!("one operator") };
        assert_eq!(
            (operator.kind.as_str(), operator.label.as_str()),
            ("*universe.limit", "limit1")
        );
        assert_eq!(operator.count, 2);
        assert_eq!(profile.others, records[2..]);
    }

    #[test]
    fn a_profile_is_never_read_as_rows() {
        let mut decoder = Decoder::<OwnedRecord>::new();
        decoder.feed(REPLY);
        let mut rows = 0;
        loop {
            match decoder.advance().unwrap() {
                Progress::Row => rows += 1,
                Progress::NeedInput => decoder.finish(),
                Progress::End => break,
            }
        }
        assert_eq!((rows, decoder.profile().len()), (1, 3));
    }
}
