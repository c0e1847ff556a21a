//! Rows of a struct → a frame, by the struct's own rules.

use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use polars::prelude::DataFrame;

use super::columns::Columns;
use super::decoder::{Frames, Progress};
use crate::annotated_csv::{Record, TableHeader};
use crate::error::{CellError, CellProblem, Mismatches, Result};
use crate::measurement::{self, Decoder, FromRow, Measurement, RowPlan};
use crate::schema::{Schema, ValueType};

/// Makes frames of what would be rows of `T`.
pub(crate) struct TypedFrames<T: Measurement> {
    decoder: Decoder<Cells<T>>,
    columns: Columns,
}

/// A row of `T` as its cells.
struct Cells<T>(PhantomData<fn() -> T>);

type Places = Arc<[Option<usize>]>;

impl<T: Measurement> FromRow for Cells<T> {
    type Row<'r> = (Record<'r>, Places);
    type Plan = (RowPlan, Places);
    const ASSEMBLED: Option<Schema> = Some(T::SCHEMA);

    fn plan(table: &TableHeader) -> Result<Self::Plan, Mismatches> {
        let plan = RowPlan::new(T::SCHEMA, table)?;
        let places = plan.places().into();
        Ok((plan, places))
    }

    fn read<'r>(
        (plan, places): &mut Self::Plan,
        record: &Record<'r>,
    ) -> Result<Self::Row<'r>, CellError> {
        plan.check(record)?;
        for (index, column) in T::SCHEMA.columns().enumerate() {
            // Text that is missing reads as empty, and so is null here.
            if !column.optional && column.value_type != ValueType::String {
                plan.read(record, index, |cell| match cell.is_null() {
                    true => Err(CellProblem::Null.into()),
                    false => Ok(()),
                })?;
            }
        }
        Ok((*record, Arc::clone(places)))
    }
}

impl<T: Measurement> TypedFrames<T> {
    pub(crate) fn new() -> Self {
        Self { decoder: Decoder::new(), columns: Columns::of(&T::SCHEMA) }
    }
}

impl<T: Measurement> Frames for TypedFrames<T> {
    fn feed(&mut self, chunk: Bytes) {
        self.decoder.feed(chunk);
    }

    fn finish(&mut self) {
        self.decoder.finish();
    }

    fn advance(&mut self, rows: usize) -> Result<Progress> {
        while self.columns.rows() < rows {
            match self.decoder.advance()? {
                measurement::Progress::Row => {
                    if let Some((record, places)) = self.decoder.row().transpose()? {
                        push(&mut self.columns, &record, &places)
                            .map_err(|error| error.into_error(record.position()))?;
                    }
                }
                measurement::Progress::NeedInput => return Ok(Progress::NeedInput),
                measurement::Progress::End => return Ok(Progress::End),
            }
        }
        Ok(Progress::Full)
    }

    fn take(&mut self) -> Result<DataFrame> {
        self.columns.take()
    }
}

fn push(
    columns: &mut Columns,
    record: &Record<'_>,
    places: &[Option<usize>],
) -> Result<(), CellError> {
    for (place, cell) in places.iter().enumerate() {
        match cell {
            Some(cell) => columns.push(place, record.cell(*cell))?,
            None => columns.push_null(place),
        }
    }
    columns.add_rows(1);
    Ok(())
}
