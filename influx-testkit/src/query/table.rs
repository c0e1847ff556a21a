use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::{Cell, Kind};
use crate::point::Text;
use crate::refusal::Refusal;

/// The name and type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) label: Text,
    pub(crate) kind: Kind,
}

/// The cells of a row, one for each header.
pub(crate) type Row = Vec<Cell>;

/// The columns that have one value in a whole table.
#[derive(Debug)]
pub(crate) struct GroupKey {
    columns: Vec<(Header, Cell)>,
    /// Indices of `columns` by label: keys are compared without regard to the order of columns.
    sorted: Vec<usize>,
}

/// A table on its way from one stage to the next.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) key: Arc<GroupKey>,
    pub(crate) headers: Arc<[Header]>,
    /// Rows as they come from storage or from merged tables. How they are cut shows in the order of
    /// ties behind `sort`.
    pub(crate) blocks: Vec<Vec<Row>>,
    /// Reading the table fails with this after its last row.
    pub(crate) failure: Option<Refusal>,
}

/// A part of a table.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) key: Arc<GroupKey>,
    pub(crate) headers: Arc<[Header]>,
    pub(crate) rows: Vec<Row>,
}

/// What a stage hands to the next one.
#[derive(Debug)]
pub(crate) enum Message {
    Table(Table),
    /// Parts with one key are one table, up to the key's `Flush` or the end.
    Chunk(Chunk),
    Flush(Arc<GroupKey>),
}

/// All that a stage hands to the next one, up to its end or failure.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    pub(crate) messages: Vec<Message>,
    pub(crate) failure: Option<Refusal>,
}

impl Flow {
    /// Whether a table fails when it is read.
    pub(crate) fn has_failing_table(&self) -> bool {
        let fails =
            |message: &Message| matches!(message, Message::Table(table) if table.failure.is_some());
        self.messages.iter().any(fails)
    }
}

impl Header {
    pub(crate) fn new(label: impl Into<Text>, kind: Kind) -> Self {
        Self { label: label.into(), kind }
    }
}

/// The first column with a label.
pub(crate) fn position(headers: &[Header], label: &[u8]) -> Option<usize> {
    headers.iter().position(|header| *header.label == *label)
}

impl GroupKey {
    pub(crate) fn new(columns: Vec<(Header, Cell)>) -> Self {
        let mut sorted: Vec<_> = (0..columns.len()).collect();
        sorted.sort_by(|a, b| columns[*a].0.label.cmp(&columns[*b].0.label));
        Self { columns, sorted }
    }

    /// The columns in the order in which the key was made, which the encoder regards.
    pub(crate) fn columns(&self) -> &[(Header, Cell)] {
        &self.columns
    }

    pub(crate) fn get(&self, label: &[u8]) -> Option<&Cell> {
        self.columns.iter().find(|(header, _)| *header.label == *label).map(|(_, cell)| cell)
    }

    pub(crate) fn has(&self, label: &[u8]) -> bool {
        self.get(label).is_some()
    }

    /// The columns by label.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = &(Header, Cell)> {
        self.sorted.iter().map(|index| &self.columns[*index])
    }
}

/// The order in which most stages hand on their tables.
impl Ord for GroupKey {
    fn cmp(&self, other: &Self) -> Ordering {
        for ((a, x), (b, y)) in self.in_order().zip(other.in_order()) {
            // The key with the label that sorts later lacks the other one, and comes first.
            let order = b.label.cmp(&a.label).then(a.kind.cmp(&b.kind)).then_with(|| x.compare(y));
            if order.is_ne() {
                return order;
            }
        }
        self.columns.len().cmp(&other.columns.len())
    }
}

impl PartialOrd for GroupKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for GroupKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for GroupKey {}

impl Table {
    /// No rows. Rows without columns count for nothing, as on the server.
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.iter().all(Vec::is_empty)
    }
}

/// Tables that are made of others with the same key.
#[derive(Debug, Default)]
pub(crate) struct Merger {
    tables: BTreeMap<Arc<GroupKey>, Merged>,
}

#[derive(Debug, Default)]
struct Merged {
    headers: Vec<Header>,
    blocks: Vec<Vec<Row>>,
}

impl Merger {
    /// Adds columns even if no rows follow.
    ///
    /// # Errors
    /// A column has another type than before.
    pub(crate) fn add_headers(
        &mut self,
        key: &Arc<GroupKey>,
        headers: &[Header],
    ) -> Result<(), Refusal> {
        self.tables.entry(Arc::clone(key)).or_default().add_headers(headers)
    }

    /// Adds columns and rows.
    ///
    /// # Errors
    /// A column has another type than before.
    pub(crate) fn add(&mut self, chunk: Chunk) -> Result<(), Refusal> {
        let merged = self.tables.entry(chunk.key).or_default();
        merged.add_headers(&chunk.headers)?;
        merged.add_rows(&chunk.headers, chunk.rows);
        Ok(())
    }

    /// Takes the table with a key out.
    pub(crate) fn take(&mut self, key: &GroupKey) -> Option<Table> {
        let (key, merged) = self.tables.remove_entry(key)?;
        Some(merged.into_table(key))
    }

    /// All tables in the order of their keys.
    pub(crate) fn into_tables(self) -> impl Iterator<Item = Table> {
        self.tables.into_iter().map(|(key, merged)| merged.into_table(key))
    }
}

impl Merged {
    fn add_headers(&mut self, headers: &[Header]) -> Result<(), Refusal> {
        if self.headers.is_empty() {
            self.headers = headers.to_vec();
            return Ok(());
        }
        for header in headers {
            match position(&self.headers, &header.label) {
                None => {
                    self.headers.push(header.clone());
                    for row in self.blocks.iter_mut().flatten() {
                        row.push(Cell::Null);
                    }
                }
                Some(index) if self.headers[index].kind == header.kind => {}
                Some(index) => return Err(collision(header, self.headers[index].kind)),
            }
        }
        Ok(())
    }

    fn add_rows(&mut self, headers: &[Header], rows: Vec<Row>) {
        if self.headers == headers {
            self.blocks.push(rows);
            return;
        }
        self.blocks.push(arranged(&rows, headers, &self.headers));
    }

    fn into_table(self, key: Arc<GroupKey>) -> Table {
        Table { key, headers: self.headers.into(), blocks: self.blocks, failure: None }
    }
}

/// Rows with the columns `from` as rows with the columns `to`: what is missing is null.
pub(crate) fn arranged(rows: &[Row], from: &[Header], to: &[Header]) -> Vec<Row> {
    let sources: Vec<_> = to.iter().map(|header| position(from, &header.label)).collect();
    let arranged = rows.iter().map(|row| {
        let cell = |source: &Option<usize>| source.map_or(Cell::Null, |index| row[index].clone());
        sources.iter().map(cell).collect()
    });
    arranged.collect()
}

fn collision(header: &Header, before: Kind) -> Refusal {
    Refusal::invalid(format!(
        "schema collision detected: column \"{}\" is both of type {} and {before}",
        header.label, header.kind
    ))
}
