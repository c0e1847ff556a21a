use super::TableStage;
use super::aggregate::Waiting;
use crate::flux::Selector;
use crate::point::{Quoted, Text};
use crate::query::aggregate::{float, length};
use crate::query::cell::{Cell, Kind};
use crate::query::table::{Header, Message, Row, Table, position};
use crate::refusal::Refusal;

/// A selector: at most one row of each table.
pub(super) struct Selected<'a> {
    function: Selector,
    column: &'a str,
    tables: Waiting,
}

impl<'a> Selected<'a> {
    pub(super) fn new(function: Selector, column: &'a str) -> Self {
        Self { function, column, tables: Waiting::default() }
    }

    /// What the server calls a selector that takes numbers and times only.
    const fn numeric_name(&self) -> Option<&'static str> {
        match self.function {
            Selector::Min => Some("MinSelector"),
            Selector::Max => Some("MaxSelector"),
            _ => None,
        }
    }

    /// The row, if any has a value in the column `index`.
    fn select(&self, table: &Table, index: usize) -> Option<Row> {
        let mut rows = table.blocks.iter().flatten().filter(|row| row[index] != Cell::Null);
        match self.function {
            // This one alone takes a row as it is.
            Selector::First => return rows.next().cloned(),
            Selector::Last => rows.next_back(),
            Selector::Min => rows.reduce(|best, row| match row[index].compare(&best[index]) {
                order if order.is_lt() => row,
                _ => best,
            }),
            Selector::Max => rows.reduce(|best, row| match row[index].compare(&best[index]) {
                order if order.is_gt() => row,
                _ => best,
            }),
            Selector::Quantile { q } => quantile(rows.collect(), index, q),
        }
        .map(|row| without_nulls(row, &table.headers))
    }
}

/// The row at a quantile; the first of several with its value.
fn quantile(mut rows: Vec<&Row>, index: usize, q: f64) -> Option<&Row> {
    rows.sort_by(|a, b| a[index].compare(&b[index]));
    let wanted = q * float(length(rows.len()));
    let place = (0..rows.len()).find(|place| float(length(place + 1)) >= wanted);
    rows.get(place?).copied()
}

/// The real server forgets which cells of the row are null, and takes zeros for them.
fn without_nulls(row: &Row, headers: &[Header]) -> Row {
    let cell = |(cell, header): (&Cell, &Header)| match (cell, header.kind) {
        (Cell::Null, Kind::Boolean) => Cell::Boolean(false),
        (Cell::Null, Kind::Integer) => Cell::Integer(0),
        (Cell::Null, Kind::Unsigned) => Cell::Unsigned(0),
        (Cell::Null, Kind::Float) => Cell::Float(0.0),
        (Cell::Null, Kind::String) => Cell::String(Text::from("")),
        (Cell::Null, Kind::Time) => Cell::Time(0),
        (cell, _) => cell.clone(),
    };
    row.iter().zip(headers).map(cell).collect()
}

impl TableStage for Selected<'_> {
    fn table(&mut self, mut table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let index = position(&table.headers, self.column.as_bytes()).ok_or_else(|| {
            let column = Quoted(self.column.as_bytes());
            Refusal::invalid(format!("no column {column} exists"))
        })?;
        let kind = table.headers[index].kind;
        if matches!(kind, Kind::Boolean | Kind::String)
            && let Some(name) = self.numeric_name()
        {
            return Err(Refusal::invalid(format!(
                "invalid use of function: *universe.{name} has no implementation for type {kind}"
            )));
        }
        if let Some(failure) = table.failure.take() {
            return Err(failure);
        }
        let row = match (self.select(&table, index), self.function) {
            (None, Selector::Quantile { .. }) => Some(nothing(&table)),
            (row, _) => row,
        };
        table.blocks = row.map(|row| vec![row]).into_iter().collect();
        self.tables.add(table)
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        self.tables.send(out);
        Ok(())
    }
}

/// A row of nulls, save the columns of the key.
fn nothing(table: &Table) -> Row {
    let cell = |header: &Header| table.key.get(&header.label).cloned().unwrap_or(Cell::Null);
    table.headers.iter().map(cell).collect()
}
