use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::TableStage;
use crate::point::{Quoted, Text};
use crate::query::cell::Cell;
use crate::query::table::{GroupKey, Header, Message, Row, Table, position};
use crate::refusal::Refusal;

/// `pivot`: values of one column become columns.
pub(super) struct Pivot<'a> {
    row_key: &'a [String],
    column_key: &'a [String],
    value_column: &'a str,
    tables: BTreeMap<Arc<GroupKey>, Wide>,
    /// The keys by their text, by which the server remembers what it knows of a table.
    texts: HashMap<Vec<u8>, Arc<GroupKey>>,
}

/// A table in the making.
#[derive(Default)]
struct Wide {
    headers: Vec<Header>,
    rows: Vec<Row>,
    /// By the joined text of the column key.
    columns: HashMap<Vec<u8>, usize>,
    /// By the joined text of the row key.
    places: HashMap<Vec<u8>, usize>,
}

/// Where the columns of one incoming table are.
struct Layout {
    row_key: Vec<usize>,
    column_key: Vec<usize>,
    value: usize,
    /// The columns that the wide table keeps.
    kept: Vec<usize>,
}

impl<'a> Pivot<'a> {
    pub(super) fn new(
        row_key: &'a [String],
        column_key: &'a [String],
        value_column: &'a str,
    ) -> Self {
        Self { row_key, column_key, value_column, tables: BTreeMap::new(), texts: HashMap::new() }
    }

    fn layout(&self, table: &Table) -> Result<Layout, Refusal> {
        let find = |label: &String| position(&table.headers, label.as_bytes());
        let missing = |what: &str, label: &str| {
            Refusal::invalid(format!("specified {what} does not exist in table: {label}"))
        };
        let row_key = self.row_key.iter();
        let row_key =
            row_key.map(|label| find(label).ok_or_else(|| missing("row key column", label)));
        let row_key: Vec<_> = row_key.collect::<Result<_, _>>()?;

        let is_column_key =
            |header: &Header| self.column_key.iter().any(|key| key.as_bytes() == &*header.label);
        let is_value = |header: &Header| self.value_column.as_bytes() == &*header.label;
        let value = table
            .headers
            .iter()
            .rposition(is_value)
            .ok_or_else(|| missing("value column", self.value_column))?;
        // The value column is never found again as a column key.
        let column_key = self.column_key.iter().map(|label| {
            find(label).filter(|index| *index != value).ok_or_else(|| missing("column", label))
        });
        let column_key = column_key.collect::<Result<_, _>>()?;
        let stays = |(index, header): &(usize, &Header)| {
            !is_column_key(header)
                && !is_value(header)
                && (table.key.has(&header.label) || row_key.contains(index))
        };
        let kept = table.headers.iter().enumerate().filter(stays).map(|(index, _)| index).collect();
        Ok(Layout { row_key, column_key, value, kept })
    }
}

impl TableStage for Pivot<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let layout = self.layout(&table)?;
        let header = |index: &usize| &table.headers[*index];
        let key = layout.kept.iter().filter_map(|index| {
            let header = header(index);
            Some((header.clone(), table.key.get(&header.label)?.clone()))
        });
        let key = Arc::new(GroupKey::new(key.collect()));
        if **self.texts.entry(key_text(&key)).or_insert_with(|| Arc::clone(&key)) != *key {
            return Err(Refusal::unknown("`pivot` of tables whose keys differ only by type"));
        }
        let wide = self.tables.entry(key).or_insert_with(|| Wide {
            headers: layout.kept.iter().map(|index| header(index).clone()).collect(),
            ..Wide::default()
        });
        // The server copies by position and takes the first table's columns for all others.
        if !layout.kept.iter().map(header).eq(&wide.headers[..layout.kept.len()]) {
            return Err(Refusal::unknown("`pivot` of tables with their columns in another order"));
        }
        for row in table.blocks.into_iter().flatten() {
            wide.add(&layout, header(&layout.value), &row)?;
        }
        table.failure.map_or(Ok(()), Err)
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_iter().map(|(key, wide)| {
            let headers = wide.headers.into();
            Message::Table(Table { key, headers, blocks: vec![wide.rows], failure: None })
        }));
        Ok(())
    }
}

impl Wide {
    fn add(&mut self, layout: &Layout, value: &Header, row: &Row) -> Result<(), Refusal> {
        let column = self.column(column_label(&layout.column_key, row), value)?;
        let width = self.headers.len();
        let next = self.rows.len();
        let place = *self.places.entry(row_label(&layout.row_key, row)).or_insert(next);
        if place == next {
            let mut cells: Row = layout.kept.iter().map(|index| row[*index].clone()).collect();
            cells.resize(width, Cell::Null);
            self.rows.push(cells);
        }
        let cell = row[layout.value].clone();
        // Here the server panics.
        if cell.kind().is_some_and(|kind| kind != self.headers[column].kind) {
            return Err(Refusal::unknown("`pivot` of values of several types into one column"));
        }
        self.rows[place][column] = cell;
        Ok(())
    }

    fn column(&mut self, label: Vec<u8>, value: &Header) -> Result<usize, Refusal> {
        if let Some(index) = self.columns.get(&label) {
            return Ok(*index);
        }
        let kept = self.headers.len() - self.columns.len();
        if position(&self.headers[..kept], &label).is_some() {
            let label = Quoted(&label);
            return Err(Refusal::invalid(format!(
                "value {label} appears in a column key column, but a column named {label} already \
                 exists; consider renaming {label} to something else before pivoting"
            )));
        }
        let index = self.headers.len();
        self.headers.push(Header { label: Text::from(label.as_slice()), kind: value.kind });
        for row in &mut self.rows {
            row.push(Cell::Null);
        }
        self.columns.insert(label, index);
        Ok(index)
    }
}

/// Cells are joined by `_`, but not behind a name that is still empty.
fn column_label(columns: &[usize], row: &Row) -> Vec<u8> {
    let mut label = Vec::new();
    for index in columns {
        if !label.is_empty() {
            label.push(b'_');
        }
        row[*index].write_label(&mut label);
    }
    label
}

/// Cells are joined without anything between: rows with different keys can fall into one.
fn row_label(columns: &[usize], row: &Row) -> Vec<u8> {
    let mut label = Vec::new();
    for index in columns {
        row[*index].write_label(&mut label);
    }
    label
}

fn key_text(key: &GroupKey) -> Vec<u8> {
    let mut text = Vec::new();
    for (header, cell) in key.in_order() {
        text.extend(&*header.label);
        text.push(b'=');
        match cell {
            Cell::Float(_) => cell.write_csv(&mut text),
            _ => cell.write_label(&mut text),
        }
        text.push(b',');
    }
    text
}
