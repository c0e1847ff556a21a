//! Records of a derived struct ⇄ frames.

mod cells;

use polars::prelude::DataFrame;

use self::cells::Rows;
use super::read::Columns;
use crate::annotated_csv::Composed;
use crate::error::{CellError, ColumnsCause, Error, Position, Refused, Result};
use crate::line_protocol::{self, ParsedLine, Parser, ToLine};
use crate::measurement::{FromRowOwned, Measurement};
use crate::schema::{Schema, ValueRef};

/// The column of the timestamp.
const TIME: &str = "_time";

/// Makes a frame of records: a column for each member, in their order, called as the server calls it;
/// a row for each record.
///
/// The frame is what a query for these points gives, had they been written: tags are `Categorical`,
/// fields of the server's types, the time (`_time`) is `Datetime` in nanoseconds and UTC whatever
/// precision a write would have, `None` and the empty tag or text are null. It is made of the lines
/// that a write would send, so every type that can be written can be in it, and what a write refuses is
/// refused.
///
/// ```
/// use influx_core::{Measurement, Timestamp, dataframe};
///
/// #[derive(Measurement, Debug, Clone, PartialEq)]
/// struct Cpu {
///     #[tag] host: String,
///     #[field] temp: f64,
///     #[field] load: Option<i64>,
///     #[timestamp] time: Timestamp,
/// }
///
/// let time = Timestamp::from_nanos(1);
/// let cpus = [
///     Cpu { host: "a".into(), temp: 22.35, load: None, time },
///     Cpu { host: "b".into(), temp: 20.5, load: Some(3), time },
/// ];
/// let frame = dataframe::from_records(&cpus)?;
/// assert_eq!(frame.shape(), (2, 4));
/// assert_eq!(frame.column("load").unwrap().null_count(), 1);
/// assert_eq!(dataframe::to_records::<Cpu>(&frame)?, cpus);
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// # Errors
/// [`InvalidLine`](crate::ErrorKind::InvalidLine) when a record cannot be written, such as one with
/// NaN; [`refused`](Error::refused) lists all of them with their places.
pub fn from_records<T: Measurement + ToLine>(records: &[T]) -> Result<DataFrame> {
    let (mut line, mut refused) = (Vec::new(), Vec::new());
    let mut columns = Columns::of(&T::SCHEMA);
    for (index, record) in records.iter().enumerate() {
        line.clear();
        match line_protocol::encode(record, &mut line) {
            Ok(_) => push(&line, &T::SCHEMA, &mut columns)?,
            Err(error) => refused.push(Refused::new(index, error)),
        }
    }
    if refused.is_empty() {
        return columns.take();
    }
    Err(Error::refused_records(refused, records.len()))
}

/// Adds the values of an encoded record as a row.
fn push(line: &[u8], schema: &Schema, columns: &mut Columns) -> Result<()> {
    for line in Parser::new(line) {
        push_line(&line?, schema, columns)?;
    }
    Ok(())
}

fn push_line(
    line: &ParsedLine<'_>,
    schema: &Schema,
    columns: &mut Columns,
) -> Result<(), CellError> {
    let mut push = |name: &str, value: ValueRef<'_>| match columns.find(name) {
        Some(place) => {
            columns.pad(place);
            columns.push_value(place, value)
        }
        None => Ok(()),
    };
    for (name, value) in line.tags() {
        push(&name, ValueRef::String(&value))?;
    }
    for (name, value) in line.fields() {
        push(&name, ValueRef::from(&value))?;
    }
    if let (Some(time), Some(_)) = (line.timestamp(), schema.column(TIME)) {
        push(TIME, ValueRef::Time(time))?;
    }
    columns.add_rows(1);
    Ok(())
}

/// Reads the rows of a frame as records, by the rules by which a query's rows are read: columns are
/// found by the server's names, one that an `Option` member lacks reads as `None`, others are passed
/// over.
///
/// | member | dtypes |
/// |---|---|
/// | tag, text | `String`, `Categorical`, `Enum` |
/// | float | `Float64`, `Float32`, and integers of at most 32 bits |
/// | integer | `Int8` to `Int64`, `UInt8` to `UInt32` |
/// | unsigned integer | `UInt8` to `UInt64` |
/// | boolean | `Boolean` |
/// | time | `Datetime` of any unit, UTC where it has no zone; `Date`, which is its midnight |
///
/// Null is `None`, or `""` for a text that is no `Option`. A column of dtype `Null` fits every member.
///
/// ```
/// use influx_core::dataframe::{self, polars};
/// use influx_core::Measurement;
/// use polars::df;
///
/// #[derive(Measurement, Debug, PartialEq)]
/// struct Cpu {
///     #[tag] host: String,
///     #[field(name = "temperature")] temp: f64,
/// }
///
/// let frame = df!["temperature" => [22.35_f32, 20.5], "host" => ["a", "b"]].unwrap();
/// let cpus: Vec<Cpu> = dataframe::to_records(&frame)?;
/// assert_eq!(cpus[1], Cpu { host: "b".into(), temp: 20.5 });
///
/// let frame = df!["temp" => ["warm"]].unwrap();
/// let error = dataframe::to_records::<Cpu>(&frame).unwrap_err();
/// assert!(error.to_string().contains("needs column `temperature`"));
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// # Errors
/// [`MissingColumn`](crate::ErrorKind::MissingColumn) and
/// [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when the columns do not fit, all of them at once,
/// or a row does not, with its number, from 0.
pub fn to_records<T: Measurement + FromRowOwned>(frame: &DataFrame) -> Result<Vec<T>> {
    let rows = Rows::new(frame, &T::SCHEMA)?;
    let plan = T::plan(rows.header()).map_err(|mismatches| mismatches.in_frame(names(frame)));
    let mut plan = plan?;
    let (mut line, mut text) = (Composed::default(), String::new());
    let mut records = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        rows.write(row, &mut line, &mut text)?;
        let record = line.record(rows.header(), Position::START);
        let record = T::read(&mut plan, &record);
        records.push(record.map_err(|error| ColumnsCause::Row { row, error })?);
    }
    Ok(records)
}

fn names(frame: &DataFrame) -> Vec<String> {
    frame.columns().iter().map(|column| column.name().to_string()).collect()
}
