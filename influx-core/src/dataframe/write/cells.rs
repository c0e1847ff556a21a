//! The cells of one chunk of a column, as few types as there are ways to write them.

use std::sync::Arc;

use polars::prelude::{
    BooleanType, ChunkedArray, DataType, Float32Type, Float64Type, Int64Type, Int128Type,
    PolarsDataType, PolarsError, PolarsResult, Series, StaticArray, StringType, TimeUnit,
    UInt64Type,
};

use super::zone::Zone;
use crate::error::FrameCell;

/// The memory of one chunk. Its clones share it.
type Chunk<T> = <T as PolarsDataType>::Array;

const DAY: i64 = 86_400_000_000_000;

/// Cells of one chunk.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    Null,
    Boolean(Chunk<BooleanType>),
    Integer(Chunk<Int64Type>),
    Unsigned(Chunk<UInt64Type>),
    Wide(Chunk<Int128Type>),
    Float32(Chunk<Float32Type>),
    Float(Chunk<Float64Type>),
    Decimal { digits: Chunk<Int128Type>, scale: usize },
    Text(Chunk<StringType>),
    Instant { count: Chunk<Int64Type>, clock: Clock },
    TimeOfDay(Chunk<Int64Type>),
    Span { count: Chunk<Int64Type>, nanos: i64 },
}

/// How the counts of a date or time become instants.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    /// How many nanoseconds one is.
    nanos: i64,
    is_date: bool,
    /// The zone of local readings.
    zone: Option<Arc<Zone>>,
}

/// One cell, but for those that are fields of its own type.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'c> {
    Null,
    Boolean(bool),
    Integer(i128),
    Float32(f32),
    Float(f64),
    Decimal { digits: i128, scale: usize },
    Text(&'c str),
    Date(i128),
    Instant(i128),
    TimeOfDay(i64),
}

/// What a column is read as: each type of polars that has a place in a line.
pub(super) fn canonical(column: &Series) -> Option<PolarsResult<Series>> {
    let (dtype, physical) = (column.dtype(), || column.to_physical_repr().into_owned());
    let wanted = match dtype {
        DataType::Null
        | DataType::Boolean
        | DataType::Int64
        | DataType::UInt64
        | DataType::Int128
        | DataType::Float32
        | DataType::Float64
        | DataType::String => return Some(Ok(column.clone())),
        DataType::Datetime(..) | DataType::Duration(_) | DataType::Time | DataType::Decimal(..) => {
            return Some(Ok(physical()));
        }
        DataType::Date => return Some(physical().strict_cast(&DataType::Int64)),
        DataType::Int8 | DataType::Int16 | DataType::Int32 => DataType::Int64,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => DataType::UInt64,
        DataType::UInt128 => DataType::Int128,
        DataType::Float16 => DataType::Float32,
        DataType::Categorical(..) | DataType::Enum(..) => DataType::String,
        _ => return None,
    };
    Some(column.strict_cast(&wanted))
}

impl Cells {
    /// Those of a canonical column of this original type that is one chunk.
    pub(super) fn of(
        column: &Series,
        dtype: &DataType,
        zone: Option<&Arc<Zone>>,
    ) -> PolarsResult<Self> {
        Ok(match dtype {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean(chunk(column.bool()?)?),
            DataType::Float16 | DataType::Float32 => Self::Float32(chunk(column.f32()?)?),
            DataType::Float64 => Self::Float(chunk(column.f64()?)?),
            DataType::Int128 | DataType::UInt128 => Self::Wide(chunk(column.i128()?)?),
            DataType::Decimal(_, scale) => {
                Self::Decimal { digits: chunk(column.i128()?)?, scale: *scale }
            }
            DataType::String | DataType::Categorical(..) | DataType::Enum(..) => {
                Self::Text(chunk(column.str()?)?)
            }
            DataType::Time => Self::TimeOfDay(chunk(column.i64()?)?),
            DataType::Duration(unit) => {
                Self::Span { count: chunk(column.i64()?)?, nanos: nanos(*unit) }
            }
            DataType::Date | DataType::Datetime(..) => {
                Self::Instant { count: chunk(column.i64()?)?, clock: Clock::of(dtype, zone) }
            }
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => {
                Self::Unsigned(chunk(column.u64()?)?)
            }
            _ => Self::Integer(chunk(column.i64()?)?),
        })
    }

    /// One cell.
    pub(super) fn get(&self, at: usize) -> Result<Cell<'_>, FrameCell> {
        let cell = match self {
            Self::Null => None,
            Self::Boolean(cells) => cells.get(at).map(Cell::Boolean),
            Self::Integer(cells) => cells.get(at).map(|value| Cell::Integer(value.into())),
            Self::Unsigned(cells) => cells.get(at).map(|value| Cell::Integer(value.into())),
            Self::Wide(cells) => cells.get(at).map(Cell::Integer),
            Self::Float32(cells) => cells.get(at).map(Cell::Float32),
            Self::Float(cells) => cells.get(at).map(Cell::Float),
            Self::Decimal { digits, scale } => {
                digits.get(at).map(|digits| Cell::Decimal { digits, scale: *scale })
            }
            Self::Text(cells) => cells.get(at).map(Cell::Text),
            Self::TimeOfDay(cells) => cells.get(at).map(Cell::TimeOfDay),
            Self::Span { count, nanos } => {
                count.get(at).map(|count| Cell::Integer(i128::from(count) * i128::from(*nanos)))
            }
            Self::Instant { count, clock } => {
                count.get(at).map(|count| clock.instant(count)).transpose()?
            }
        };
        Ok(cell.unwrap_or(Cell::Null))
    }

    /// Whether the cells are instants without more ado.
    pub(super) fn is_plain_time(&self) -> bool {
        match self {
            Self::Integer(_) => true,
            Self::Instant { clock, .. } => clock.zone.is_none(),
            _ => false,
        }
    }

    /// The nanoseconds of such a cell, within 64 bits; `nanos`: how many an integer counts.
    #[inline]
    pub(super) fn plain_time(&self, at: usize, nanos: i64) -> Option<i64> {
        match self {
            Self::Integer(count) => count.get(at)?.checked_mul(nanos),
            Self::Instant { count, clock } => count.get(at)?.checked_mul(clock.nanos),
            _ => None,
        }
    }

    /// Whether the cell is written as a field.
    pub(super) fn is_written(&self, at: usize, skips_non_finite: bool) -> bool {
        match self.get(at) {
            Ok(Cell::Null) => false,
            Ok(Cell::Float(value)) => value.is_finite() || !skips_non_finite,
            Ok(Cell::Float32(value)) => value.is_finite() || !skips_non_finite,
            _ => true,
        }
    }
}

impl Clock {
    fn of(dtype: &DataType, zone: Option<&Arc<Zone>>) -> Self {
        match dtype {
            DataType::Datetime(unit, zoned) => Self {
                nanos: nanos(*unit),
                is_date: false,
                // Those with a zone are UTC inside.
                zone: zone.filter(|_| zoned.is_none()).cloned(),
            },
            _ => Self { nanos: DAY, is_date: true, zone: zone.cloned() },
        }
    }

    fn instant(&self, count: i64) -> Result<Cell<'static>, FrameCell> {
        let nanos = i128::from(count) * i128::from(self.nanos);
        let nanos = match &self.zone {
            Some(zone) => zone.instant(nanos)?,
            None => nanos,
        };
        Ok(if self.is_date { Cell::Date(nanos) } else { Cell::Instant(nanos) })
    }
}

/// The chunk that is all of a column; empty ones may stand before it.
fn chunk<T: PolarsDataType>(column: &ChunkedArray<T>) -> PolarsResult<Chunk<T>> {
    let only = column.downcast_iter().find(|chunk| rows_of(*chunk) == column.len());
    only.cloned().ok_or_else(|| PolarsError::NoData("the column is in several chunks".into()))
}

fn rows_of<A: StaticArray>(chunk: &A) -> usize {
    chunk.len()
}

const fn nanos(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => 1,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1_000_000,
    }
}
