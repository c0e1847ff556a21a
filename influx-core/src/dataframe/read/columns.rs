//! The columns of a frame, while it grows.

use std::collections::HashMap;

use polars::prelude::{DataFrame, PlSmallStr};

use super::options::{FrameOptions, Kind};
use super::values::{Values, refused};
use crate::annotated_csv::{self, Cell, Datatype};
use crate::error::{CellError, ColumnsCause, Position, Result};
use crate::schema::{Role, Schema, ValueRef, ValueType};

/// Columns that fill up with rows, each known from the table on that has it first.
#[derive(Default)]
pub(in crate::dataframe) struct Columns {
    columns: Vec<Growing>,
    places: HashMap<String, usize>,
    /// The columns that were asked for; all if none were.
    asked: Option<Vec<String>>,
    rows: usize,
}

struct Growing {
    name: PlSmallStr,
    datatype: Datatype,
    kind: Kind,
    values: Values,
    /// How many rows it has; those that it lacks are nulls.
    filled: usize,
}

impl Columns {
    pub(super) fn new(options: &FrameOptions) -> Self {
        Self { asked: options.columns.clone(), ..Self::default() }
    }

    /// The columns of a struct, in the order of its members.
    pub(in crate::dataframe) fn of(schema: &Schema) -> Self {
        let mut columns = Self::default();
        for column in schema.columns() {
            let kind = match (column.role, column.value_type) {
                (Role::Tag, _) => Kind::Category,
                (_, ValueType::Float) => Kind::Float,
                (_, ValueType::Integer) => Kind::Integer,
                (_, ValueType::Unsigned) => Kind::Unsigned,
                (_, ValueType::Boolean) => Kind::Boolean,
                (_, ValueType::String) => Kind::Text,
                (_, ValueType::Time) => Kind::Time,
            };
            columns.add(column.name, Datatype::String, kind);
        }
        columns
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// Counts rows; columns that have none for them have nulls.
    pub(in crate::dataframe) const fn add_rows(&mut self, rows: usize) {
        self.rows += rows;
    }

    /// The place of a column; `None` if it was not asked for.
    pub(super) fn place(
        &mut self,
        column: &annotated_csv::Column,
        kind: Kind,
        position: Position,
    ) -> Result<Option<usize>> {
        let asked = self.asked.as_ref().is_none_or(|asked| asked.contains(&column.name));
        if asked { self.place_anyway(column, kind, position).map(Some) } else { Ok(None) }
    }

    /// The place of a column, whatever was asked for.
    pub(super) fn place_anyway(
        &mut self,
        column: &annotated_csv::Column,
        kind: Kind,
        position: Position,
    ) -> Result<usize> {
        if let Some(place) = self.find(&column.name) {
            let known = &self.columns[place];
            if !known.kind.is_like(kind) {
                let (before, now) = (known.datatype.to_string(), column.datatype.to_string());
                let column = column.name.clone();
                return Err(ColumnsCause::Changed { column, before, now, position }.into());
            }
            return Ok(place);
        }
        Ok(self.add(&column.name, column.datatype.clone(), kind))
    }

    pub(in crate::dataframe) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    fn add(&mut self, name: &str, datatype: Datatype, kind: Kind) -> usize {
        let place = self.columns.len();
        let values = Values::new(kind);
        self.columns.push(Growing { name: name.into(), datatype, kind, values, filled: 0 });
        self.places.insert(name.to_owned(), place);
        place
    }

    /// Fills a column with nulls up to the rows that are counted.
    pub(in crate::dataframe) fn pad(&mut self, place: usize) {
        self.columns[place].pad(self.rows);
    }

    /// Adds a value to a column; who calls it counts them.
    #[inline]
    pub(in crate::dataframe) fn push(
        &mut self,
        place: usize,
        cell: Cell<'_>,
    ) -> Result<(), CellError> {
        let column = &mut self.columns[place];
        column.filled += 1;
        column.values.push(cell).map_err(|error| error.in_column(&column.name))
    }

    pub(in crate::dataframe) fn push_null(&mut self, place: usize) {
        let column = &mut self.columns[place];
        column.filled += 1;
        column.values.push_nulls(1);
    }

    pub(in crate::dataframe) fn push_value(
        &mut self,
        place: usize,
        value: ValueRef<'_>,
    ) -> Result<(), CellError> {
        let column = &mut self.columns[place];
        column.filled += 1;
        column.values.push_value(value).map_err(|error| error.in_column(&column.name))
    }

    /// Adds one value to a column so many times.
    pub(super) fn push_run(
        &mut self,
        place: usize,
        cell: Cell<'_>,
        rows: usize,
    ) -> Result<(), CellError> {
        let column = &mut self.columns[place];
        column.filled += rows;
        column.values.push_run(cell, rows).map_err(|error| error.in_column(&column.name))
    }

    /// The frame of the rows so far. The columns stay, with no rows.
    pub(in crate::dataframe) fn take(&mut self) -> Result<DataFrame> {
        let rows = std::mem::take(&mut self.rows);
        let mut order: Vec<usize> = (0..self.columns.len()).collect();
        if let Some(asked) = &self.asked {
            order.sort_by_key(|place| {
                let name = self.columns[*place].name.as_str();
                asked.iter().position(|asked| asked == name)
            });
        }
        let columns = order.into_iter().map(|place| {
            let column = &mut self.columns[place];
            column.pad(rows);
            column.filled = 0;
            let values = std::mem::replace(&mut column.values, Values::new(column.kind));
            values.finish(column.name.clone())
        });
        let columns = columns.collect::<Result<_>>()?;
        DataFrame::new(rows, columns).map_err(refused)
    }

    /// Forgets all columns.
    pub(super) fn clear(&mut self) {
        self.columns.clear();
        self.places.clear();
        self.rows = 0;
    }
}

impl Growing {
    fn pad(&mut self, rows: usize) {
        let missing = rows.saturating_sub(self.filled);
        if missing > 0 {
            self.values.push_nulls(missing);
            self.filled = rows;
        }
    }
}
