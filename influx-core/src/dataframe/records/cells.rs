//! Rows of a frame → the cells of a result's rows.

use std::fmt::{self, Write as _};

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int64Chunked, PolarsResult,
    Series, StringChunked, TimeUnit, UInt64Chunked,
};

use crate::annotated_csv::{self, Composed, Datatype, TableHeader};
use crate::dataframe::read::refused;
use crate::error::{CellError, ColumnsCause, Result};
use crate::schema::{FIELD, Schema, ValueType};
use crate::time::Timestamp;

/// What a frame's columns are for a struct.
pub(super) struct Rows {
    header: TableHeader,
    columns: Vec<Cells>,
}

/// The values of one column, in one of the types of a result.
enum Cells {
    Float(Float64Chunked),
    Integer(Int64Chunked),
    Unsigned(UInt64Chunked),
    Boolean(BooleanChunked),
    Text(StringChunked),
    /// Counts, of this many nanoseconds each.
    Time {
        counts: Int64Chunked,
        unit: i64,
        name: String,
    },
    Null,
}

/// Columns that say of which measurement, or which field, a row is.
const NAMES: [&str; 3] = ["_measurement", FIELD, "_value"];

impl Rows {
    /// Takes the columns that a struct reads.
    pub(super) fn new(frame: &DataFrame, schema: &Schema) -> Result<Self> {
        let mut header = Vec::new();
        let mut columns = Vec::new();
        for column in frame.columns() {
            let name = column.name().as_str();
            let wanted = schema.column(name).map(|column| column.value_type);
            if wanted.is_none() && !NAMES.contains(&name) {
                continue;
            }
            let (datatype, cells) = Cells::new(column, wanted)?;
            header.push(annotated_csv::Column::composed(name, datatype, false));
            columns.push(cells);
        }
        Ok(Self { header: TableHeader::composed(header.into()), columns })
    }

    pub(super) const fn header(&self) -> &TableHeader {
        &self.header
    }

    /// Writes the cells of a row; `text` is for one at a time.
    pub(super) fn write(&self, row: usize, line: &mut Composed, text: &mut String) -> Result<()> {
        line.begin();
        for column in &self.columns {
            column.write(row, line, text)?;
        }
        if line.fits() {
            return Ok(());
        }
        let error = CellError::new("the texts of the row are longer than 4 GiB");
        Err(ColumnsCause::Row { row, error }.into())
    }
}

impl Cells {
    fn new(column: &Column, wanted: Option<ValueType>) -> Result<(Datatype, Self)> {
        let dtype = column.dtype();
        if *dtype == DataType::Null {
            return Ok((wanted.map_or(Datatype::String, datatype), Self::Null));
        }
        let Some(found) = found(dtype, wanted) else {
            let (column, dtype) = (column.name().to_string(), dtype.to_string());
            return Err(ColumnsCause::Dtype { column, dtype }.into());
        };
        let cells = Self::cast(column, found).map_err(refused)?;
        Ok((datatype(found), cells))
    }

    /// The values as those of this type, each of which has a place there.
    fn cast(column: &Column, found: ValueType) -> PolarsResult<Self> {
        let to = |dtype| -> PolarsResult<Series> {
            Ok(column.strict_cast(&dtype)?.take_materialized_series().rechunk())
        };
        Ok(match found {
            ValueType::Float => Self::Float(to(DataType::Float64)?.f64()?.clone()),
            ValueType::Integer => Self::Integer(to(DataType::Int64)?.i64()?.clone()),
            ValueType::Unsigned => Self::Unsigned(to(DataType::UInt64)?.u64()?.clone()),
            ValueType::Boolean => Self::Boolean(to(DataType::Boolean)?.bool()?.clone()),
            ValueType::String => Self::Text(to(DataType::String)?.str()?.clone()),
            ValueType::Time => {
                let unit = match column.dtype() {
                    DataType::Datetime(TimeUnit::Nanoseconds, _) => 1,
                    DataType::Datetime(TimeUnit::Microseconds, _) => 1_000,
                    DataType::Datetime(TimeUnit::Milliseconds, _) => 1_000_000,
                    _ => 86_400_000_000_000,
                };
                let counts = column.to_physical_repr();
                let counts = counts.strict_cast(&DataType::Int64)?.take_materialized_series();
                let counts = counts.rechunk().i64()?.clone();
                Self::Time { counts, unit, name: column.name().to_string() }
            }
        })
    }

    fn write(&self, row: usize, line: &mut Composed, text: &mut String) -> Result<()> {
        text.clear();
        let mut show = |value: &dyn fmt::Display| write!(text, "{value}");
        let shown = match self {
            Self::Float(values) => values.get(row).map(|value| show(&value)),
            Self::Integer(values) => values.get(row).map(|value| show(&value)),
            Self::Unsigned(values) => values.get(row).map(|value| show(&value)),
            Self::Boolean(values) => values.get(row).map(|value| show(&value)),
            Self::Text(values) => values.get(row).map(|value| show(&value)),
            Self::Time { counts, unit, name } => match counts.get(row) {
                Some(count) => {
                    let nanos = count
                        .checked_mul(*unit)
                        .ok_or_else(|| ColumnsCause::Time { column: name.clone(), row })?;
                    Some(show(&Timestamp::from_nanos(nanos)))
                }
                None => None,
            },
            Self::Null => None,
        };
        // To write into a `String` cannot fail; null is an empty cell.
        let _ = shown.transpose();
        line.push(text.as_bytes());
        Ok(())
    }
}

/// The type of a result that holds every value of this dtype, the wanted one where it does.
fn found(dtype: &DataType, wanted: Option<ValueType>) -> Option<ValueType> {
    use DataType::{
        Boolean, Date, Datetime, Float32, Float64, Int8, Int16, Int32, Int64, String, UInt8,
        UInt16, UInt32, UInt64,
    };
    let small = matches!(dtype, Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32);
    let unsigned = matches!(dtype, UInt8 | UInt16 | UInt32 | UInt64);
    Some(match (dtype, wanted) {
        (Float32 | Float64, _) => ValueType::Float,
        (_, Some(ValueType::Float)) if small => ValueType::Float,
        (_, Some(ValueType::Integer)) if small => ValueType::Integer,
        _ if unsigned => ValueType::Unsigned,
        (Int8 | Int16 | Int32 | Int64, _) => ValueType::Integer,
        (Boolean, _) => ValueType::Boolean,
        (String | DataType::Categorical(..) | DataType::Enum(..), _) => ValueType::String,
        (Date | Datetime(..), _) => ValueType::Time,
        _ => return None,
    })
}

const fn datatype(value_type: ValueType) -> Datatype {
    match value_type {
        ValueType::Float => Datatype::Double,
        ValueType::Integer => Datatype::Long,
        ValueType::Unsigned => Datatype::UnsignedLong,
        ValueType::Boolean => Datatype::Boolean,
        ValueType::String => Datatype::String,
        ValueType::Time => Datatype::DateTime,
    }
}
