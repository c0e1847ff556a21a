//! The rows that the programs of this crate read: an un-pivoted result with many tables.

use std::fmt::{Display, Write as _};

use influx_core::{Measurement, Timestamp};

/// When the first row was measured.
pub(crate) const START: i64 = 1_714_564_800_000_000_000;

pub(crate) const HEADER: &str = "\
    #datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,\
    string,string\r\n#group,false,false,true,true,false,false,true,true,true,true\r\n\
    #default,_result,,,,,,,,,\r\n\
    ,result,table,_start,_stop,_time,_value,_field,_measurement,core,hostname\r\n";

#[derive(Measurement)]
#[measurement(name = "cpu")]
pub(crate) struct OwnedCpu {
    #[tag]
    pub(crate) core: String,
    #[tag]
    pub(crate) hostname: String,
    #[field]
    pub(crate) temp: f64,
    #[timestamp(unit = "ns")]
    pub(crate) time: i64,
}

#[derive(Measurement)]
#[measurement(name = "cpu")]
pub(crate) struct BorrowedCpu<'a> {
    #[tag]
    pub(crate) core: &'a str,
    #[tag]
    pub(crate) hostname: &'a str,
    #[field]
    pub(crate) temp: f64,
    #[timestamp(unit = "ns")]
    pub(crate) time: i64,
}

pub(crate) fn temp(n: usize) -> f64 {
    20.0 + (n % 1000) as f64 / 100.0
}

/// When row `n` was measured.
pub(crate) fn time(n: usize) -> Timestamp {
    Timestamp::from_nanos(START + n as i64 * 10_000_000)
}

/// The tags of a table.
pub(crate) fn tags(table: usize) -> [String; 2] {
    [format!("cpu{}", table % 4), format!("host_{}", table / 4)]
}

pub(crate) fn write_row(
    csv: &mut String,
    table: usize,
    [core, hostname]: &[String; 2],
    time: impl Display,
    temp: impl Display,
) {
    let span = "2024-05-01T00:00:00Z,2024-06-01T00:00:00Z";
    write!(csv, ",,{table},{span},{time},{temp},temp,cpu,{core},{hostname}\r\n").unwrap();
}
