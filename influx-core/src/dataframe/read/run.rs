//! Rows with one group key: its cells are kept once and added to their columns as a run.

use std::sync::Arc;

use super::columns::Columns;
use super::plan::Plan;
use crate::annotated_csv::{Cell, Record, TableHeader};
use crate::error::{Position, Result};
use crate::measurement::Texts;

/// The rows since the group key was another.
pub(super) struct Run {
    /// That of its tables.
    plan: Option<Arc<Plan>>,
    is_open: bool,
    /// The bytes of each span of the plan; `None` where a cell of the row was in quotes.
    spans: Option<Vec<Vec<u8>>>,
    /// The cells of the group key.
    cells: Texts,
    /// The texts of `result` and `table`.
    table: [Vec<u8>; 2],
    rows: usize,
    position: Position,
}

impl Run {
    pub(super) fn new() -> Self {
        Self {
            plan: None,
            is_open: false,
            spans: None,
            cells: Texts::default(),
            table: Default::default(),
            rows: 0,
            position: Position::START,
        }
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    pub(super) const fn add_row(&mut self) {
        self.rows += 1;
    }

    /// Whether the row has the same group key as those before it.
    #[inline]
    pub(super) fn continues(&self, plan: &Plan, record: &Record<'_>) -> bool {
        let same = |(span, known): (_, &Vec<u8>)| record.raw(span).is_some_and(|raw| raw == known);
        let spans = plan.spans.iter().cloned();
        self.is_open
            && match &self.spans {
                Some(known) if spans.zip(known).all(same) => true,
                _ => self.has_same_cells(plan, record),
            }
    }

    /// The same, cell by cell, for rows with quotes.
    fn has_same_cells(&self, plan: &Plan, record: &Record<'_>) -> bool {
        let mut compared = plan.spans.iter().cloned().flatten().enumerate();
        compared.all(|(at, index)| self.cells.get(at) == Some(record.cell(index).as_bytes()))
    }

    /// Begins with this row, which is not counted yet.
    pub(super) fn open(&mut self, plan: &Arc<Plan>, record: &Record<'_>) {
        self.plan = Some(Arc::clone(plan));
        let spans = plan.spans.iter().map(|span| record.raw(span.clone()).map(<[u8]>::to_vec));
        self.spans = spans.collect();
        self.cells.clear();
        for index in plan.spans.iter().cloned().flatten() {
            self.cells.push(record.cell(index).as_bytes());
        }
        self.position = record.position();
        self.rows = 0;
        self.is_open = true;
    }

    /// Takes over result and number of a table, for its rows and those that are put to them.
    pub(super) fn enter(&mut self, table: &TableHeader) {
        self.table = [table.result().into(), table.id().to_string().into()];
    }

    /// The plan of its tables.
    pub(super) fn plan(&self) -> Option<&Plan> {
        self.plan.as_deref()
    }

    /// Makes the next row begin another run.
    pub(super) const fn end(&mut self) {
        self.is_open = false;
    }

    /// Adds the cells of the group key for the rows so far, and counts these.
    pub(super) fn flush(&mut self, columns: &mut Columns) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        if rows == 0 {
            return Ok(());
        }
        self.fill(columns, rows)?;
        columns.add_rows(rows);
        Ok(())
    }

    /// Adds the cells of the group key for so many rows.
    pub(super) fn fill(&self, columns: &mut Columns, rows: usize) -> Result<()> {
        let Some(plan) = &self.plan else { return Ok(()) };
        let mut push = |place, cell: &[u8]| {
            let pushed = columns.push_run(place, Cell::new(cell), rows);
            pushed.map_err(|error| error.into_error(self.position))
        };
        for (place, text) in plan.table.iter().flatten().zip(&self.table) {
            push(*place, text)?;
        }
        let cells = plan.spans.iter().cloned().flatten().enumerate();
        let mut constant = plan.constant.iter().peekable();
        for (at, index) in cells {
            if let Some((_, place)) = constant.next_if(|(wanted, _)| *wanted == index) {
                push(*place, self.cells.get(at).unwrap_or_default())?;
            }
        }
        Ok(())
    }
}
