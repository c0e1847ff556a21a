use std::collections::HashSet;
use std::sync::Arc;

use super::TableStage;
use super::aggregate::Waiting;
use crate::point::Text;
use crate::query::cell::{Cell, Kind};
use crate::query::table::{Header, Message, Row, Table, position};
use crate::refusal::Refusal;

/// `distinct`: a column for the key and one of values.
pub(super) struct Distinct<'a> {
    column: &'a str,
    tables: Waiting,
}

impl<'a> Distinct<'a> {
    pub(super) fn new(column: &'a str) -> Self {
        Self { column, tables: Waiting::default() }
    }

    /// The values, and their type. One that is in the key is there without any rows, too, and so is
    /// an empty text for a column that is missing.
    fn values(&self, table: &Table) -> (Vec<Cell>, Kind) {
        let label = self.column.as_bytes();
        let Some(index) = position(&table.headers, label) else {
            return (vec![Cell::String(Text::from(""))], Kind::String);
        };
        let kind = table.headers[index].kind;
        if let Some(cell) = table.key.get(label) {
            return (vec![cell.clone()], kind);
        }
        let mut seen = HashSet::new();
        let cells = table.blocks.iter().flatten().map(|row| row[index].clone());
        (cells.filter(|cell| seen.insert(identity(cell))).collect(), kind)
    }
}

/// The same for equal cells, and the two zeros are equal.
fn identity(cell: &Cell) -> (bool, Vec<u8>) {
    let mut text = Vec::new();
    match cell {
        Cell::Float(0.0) => Cell::Float(0.0).write_csv(&mut text),
        other => other.write_csv(&mut text),
    }
    (*cell == Cell::Null, text)
}

impl TableStage for Distinct<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        if table.key.has(b"_value") {
            return Err(Refusal::unknown("`distinct` of tables that are grouped by `_value`"));
        }
        let (values, kind) = self.values(&table);
        let (mut headers, key): (Vec<_>, Row) = table.key.columns().iter().cloned().unzip();
        headers.push(Header::new("_value", kind));
        let row = |value| key.iter().cloned().chain([value]).collect();
        let blocks = vec![values.into_iter().map(row).collect()];
        if let Some(failure) = table.failure {
            return Err(failure);
        }
        let (key, headers) = (Arc::clone(&table.key), headers.into());
        self.tables.add(Table { key, headers, blocks, failure: None })
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        self.tables.send(out);
        Ok(())
    }
}
