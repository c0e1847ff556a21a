use std::collections::BTreeMap;
use std::sync::Arc;

use super::TableStage;
use crate::flux::Aggregate;
use crate::point::Quoted;
use crate::query::aggregate::Accumulator;
use crate::query::cell::Cell;
use crate::query::table::{GroupKey, Header, Message, Table, position};
use crate::refusal::Refusal;

/// An aggregate: one row for each table.
pub(super) struct Aggregated<'a> {
    function: Aggregate,
    column: &'a str,
    tables: Waiting,
}

/// Tables that leave when all have come, in the order of their keys.
#[derive(Default)]
pub(super) struct Waiting(BTreeMap<Arc<GroupKey>, Table>);

impl<'a> Aggregated<'a> {
    pub(super) fn new(function: Aggregate, column: &'a str) -> Self {
        Self { function, column, tables: Waiting::default() }
    }
}

impl Waiting {
    /// # Errors
    /// There is a table with this key already: the real server fails.
    pub(super) fn add(&mut self, table: Table) -> Result<(), Refusal> {
        match self.0.insert(Arc::clone(&table.key), table) {
            None => Ok(()),
            Some(_) => Err(Refusal::unknown("aggregates of two tables with one key")),
        }
    }

    pub(super) fn send(self, out: &mut Vec<Message>) {
        out.extend(self.0.into_values().map(Message::Table));
    }
}

impl TableStage for Aggregated<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let index = position(&table.headers, self.column.as_bytes()).ok_or_else(|| {
            let column = Quoted(self.column.as_bytes());
            Refusal::invalid(format!("column {column} does not exist"))
        })?;
        let Header { label, kind } = table.headers[index].clone();
        if table.key.has(&label) {
            let text = "cannot aggregate columns that are part of the group key";
            return Err(Refusal::invalid(text));
        }
        let mut accumulator = Accumulator::new(self.function, kind)
            .ok_or_else(|| Refusal::invalid(format!("unsupported aggregate column type {kind}")))?;
        for rows in &table.blocks {
            let cells: Vec<_> = rows.iter().map(|row| &row[index]).collect();
            accumulator.add(&cells);
        }
        if let Some(failure) = table.failure {
            return Err(failure);
        }
        let header = Header { label, kind: Accumulator::kind(self.function, kind) };
        self.tables.add(one_row(table.key, header, accumulator.finish()?))
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        self.tables.send(out);
        Ok(())
    }
}

/// The columns of a key and one more, with one row.
fn one_row(key: Arc<GroupKey>, header: Header, cell: Cell) -> Table {
    let (mut headers, mut row): (Vec<_>, Vec<_>) = key.columns().iter().cloned().unzip();
    headers.push(header);
    row.push(cell);
    Table { key, headers: headers.into(), blocks: vec![vec![row]], failure: None }
}
