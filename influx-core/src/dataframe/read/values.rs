//! The values of one column, while it grows.

use std::ops::Range;
use std::sync::Arc;

use polars::chunked_array::builder::CategoricalChunkedBuilder;
use polars::prelude::{
    BinaryChunkedBuilder, BooleanChunkedBuilder, Categorical32Type, CategoricalMapping,
    CategoricalPhysical, Categories, ChunkedArray, ChunkedBuilder as _, Column, DataType,
    Float64Type, Int64Type, IntoColumn as _, NewChunkedArray as _, PlSmallStr, PolarsError,
    PolarsNumericType, StringChunkedBuilder, TimeUnit, TimeZone, UInt64Type,
};

use super::options::Kind;
use super::text;
use crate::annotated_csv::Cell;
use crate::error::{CellError, CellProblem, ColumnsCause, Error, Result};
use crate::schema::ValueRef;
use crate::time::Clock;

/// Builds one column.
pub(super) enum Values {
    Float(Numbers<f64>),
    Integer(Numbers<i64>),
    Unsigned(Numbers<u64>),
    Boolean(BooleanChunkedBuilder),
    Time(Numbers<i64>, Clock),
    Span(Numbers<i64>),
    Text(StringChunkedBuilder),
    Bytes(BinaryChunkedBuilder),
    Category(Category),
}

/// Numbers, and which of them are null.
#[derive(Debug)]
pub(super) struct Numbers<N> {
    values: Vec<N>,
    nulls: Vec<Range<usize>>,
}

/// Texts that repeat.
pub(super) struct Category {
    builder: CategoricalChunkedBuilder<Categorical32Type>,
    mapping: Arc<CategoricalMapping>,
    /// The text that came last, with its code.
    last: Option<(Vec<u8>, u32)>,
    as_text: bool,
}

impl Values {
    pub(super) fn new(kind: Kind) -> Self {
        let name = PlSmallStr::EMPTY;
        match kind {
            Kind::Float => Self::Float(Numbers::default()),
            Kind::Integer => Self::Integer(Numbers::default()),
            Kind::Unsigned => Self::Unsigned(Numbers::default()),
            Kind::Boolean => Self::Boolean(BooleanChunkedBuilder::new(name, 0)),
            Kind::Time => Self::Time(Numbers::default(), Clock::default()),
            Kind::Span => Self::Span(Numbers::default()),
            Kind::Text => Self::Text(StringChunkedBuilder::new(name, 0)),
            Kind::Bytes => Self::Bytes(BinaryChunkedBuilder::new(name, 0)),
            Kind::Category => Self::Category(Category::new(false)),
            Kind::SharedText => Self::Category(Category::new(true)),
        }
    }

    /// Adds what the cell says; an empty one is null.
    #[inline]
    pub(super) fn push(&mut self, cell: Cell<'_>) -> Result<(), CellError> {
        self.push_run(cell, 1)
    }

    /// Adds what the cell says so many times.
    #[inline]
    pub(super) fn push_run(&mut self, cell: Cell<'_>, rows: usize) -> Result<(), CellError> {
        if cell.is_null() {
            self.push_nulls(rows);
            return Ok(());
        }
        match self {
            Self::Float(numbers) => numbers.push(cell.float()?, rows),
            Self::Integer(numbers) => numbers.push(cell.integer()?, rows),
            Self::Unsigned(numbers) => numbers.push(cell.unsigned()?, rows),
            Self::Time(numbers, clock) => {
                let time = clock.parse(cell.as_bytes());
                numbers.push(time.map_or_else(|| cell.time(), Ok)?.as_nanos(), rows);
            }
            Self::Span(numbers) => numbers.push(text::span(cell)?, rows),
            Self::Boolean(builder) => {
                let value = cell.boolean()?;
                (0..rows).for_each(|_| builder.append_value(value));
            }
            Self::Text(builder) => {
                let value = cell.text()?;
                (0..rows).for_each(|_| builder.append_value(value));
            }
            Self::Bytes(builder) => {
                let value = text::base64(cell)?;
                (0..rows).for_each(|_| builder.append_value(&value));
            }
            Self::Category(category) => category.push(cell, rows)?,
        }
        Ok(())
    }

    /// Adds a value of the column's own type; any other is null.
    pub(super) fn push_value(&mut self, value: ValueRef<'_>) -> Result<(), CellError> {
        match (self, value) {
            (Self::Float(numbers), ValueRef::Float(value)) => numbers.push(value, 1),
            (Self::Integer(numbers), ValueRef::Integer(value)) => numbers.push(value, 1),
            (Self::Unsigned(numbers), ValueRef::Unsigned(value)) => numbers.push(value, 1),
            (Self::Boolean(builder), ValueRef::Boolean(value)) => builder.append_value(value),
            (Self::Time(numbers, _), ValueRef::Time(value)) => numbers.push(value.as_nanos(), 1),
            (other, ValueRef::String(value)) => return other.push(Cell::new(value.as_bytes())),
            (other, _) => other.push_nulls(1),
        }
        Ok(())
    }

    pub(super) fn push_nulls(&mut self, rows: usize) {
        match self {
            Self::Float(numbers) => numbers.push_nulls(rows),
            Self::Integer(numbers) | Self::Time(numbers, _) | Self::Span(numbers) => {
                numbers.push_nulls(rows);
            }
            Self::Unsigned(numbers) => numbers.push_nulls(rows),
            Self::Boolean(builder) => (0..rows).for_each(|_| builder.append_null()),
            Self::Text(builder) => (0..rows).for_each(|_| builder.append_null()),
            Self::Bytes(builder) => (0..rows).for_each(|_| builder.append_null()),
            Self::Category(category) => (0..rows).for_each(|_| category.builder.append_null()),
        }
    }

    /// The column.
    pub(super) fn finish(self, name: PlSmallStr) -> Result<Column> {
        let unit = TimeUnit::Nanoseconds;
        let mut column = match self {
            Self::Float(numbers) => numbers.finish::<Float64Type>().into_column(),
            Self::Integer(numbers) => numbers.finish::<Int64Type>().into_column(),
            Self::Unsigned(numbers) => numbers.finish::<UInt64Type>().into_column(),
            Self::Boolean(builder) => builder.finish().into_column(),
            Self::Time(numbers, _) => {
                let numbers = numbers.finish::<Int64Type>();
                numbers.into_datetime(unit, Some(TimeZone::UTC)).into_column()
            }
            Self::Span(numbers) => numbers.finish::<Int64Type>().into_duration(unit).into_column(),
            Self::Text(builder) => builder.finish().into_column(),
            Self::Bytes(builder) => builder.finish().into_column(),
            Self::Category(category) => category.finish()?,
        };
        column.rename(name);
        Ok(column)
    }
}

impl<N> Default for Numbers<N> {
    fn default() -> Self {
        Self { values: Vec::new(), nulls: Vec::new() }
    }
}

impl<N: Copy + Default> Numbers<N> {
    #[inline]
    fn push(&mut self, value: N, rows: usize) {
        if rows == 1 {
            self.values.push(value);
        } else {
            self.values.resize(self.values.len() + rows, value);
        }
    }

    fn push_nulls(&mut self, rows: usize) {
        let start = self.values.len();
        let end = start + rows;
        self.values.resize(end, N::default());
        match self.nulls.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => self.nulls.push(start..end),
        }
    }

    fn finish<T: PolarsNumericType<Native = N>>(self) -> ChunkedArray<T> {
        let Self { values, nulls } = self;
        if nulls.iter().all(Range::is_empty) {
            return ChunkedArray::from_vec(PlSmallStr::EMPTY, values);
        }
        let mut nulls = nulls.into_iter().peekable();
        let values = values.into_iter().enumerate().map(|(row, value)| {
            while nulls.next_if(|range| range.end <= row).is_some() {}
            nulls.peek().is_none_or(|range| row < range.start).then_some(value)
        });
        ChunkedArray::from_iter_options(PlSmallStr::EMPTY, values)
    }
}

impl Category {
    fn new(as_text: bool) -> Self {
        // Categories of its own for what ends as text, so that none of it stays in the global ones.
        let categories = if as_text {
            Categories::random(PlSmallStr::EMPTY, CategoricalPhysical::U32)
        } else {
            Categories::global()
        };
        let mapping = categories.mapping();
        let dtype = DataType::from_categories(categories);
        let builder = CategoricalChunkedBuilder::new(PlSmallStr::EMPTY, dtype);
        Self { builder, mapping, last: None, as_text }
    }

    fn push(&mut self, cell: Cell<'_>, rows: usize) -> Result<(), CellError> {
        let code = match &self.last {
            Some((text, code)) if text == cell.as_bytes() => *code,
            _ => {
                let code = self.mapping.insert_cat(cell.text()?).map_err(full)?;
                let (mut text, _) = self.last.take().unwrap_or_default();
                cell.as_bytes().clone_into(&mut text);
                self.last = Some((text, code));
                code
            }
        };
        self.builder.reserve(rows);
        for _ in 0..rows {
            self.builder.append_cat(code, &self.mapping).map_err(full)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Column> {
        let column = self.builder.finish().into_column();
        if self.as_text { column.cast(&DataType::String).map_err(refused) } else { Ok(column) }
    }
}

/// More texts than a categorical column can tell apart.
#[cold]
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn full(error: PolarsError) -> CellError {
    CellProblem::Custom(error.to_string()).into()
}

#[cold]
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
pub(in crate::dataframe) fn refused(error: PolarsError) -> Error {
    ColumnsCause::Polars { message: error.to_string() }.into()
}
