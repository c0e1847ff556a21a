use std::sync::Arc;

use super::TableStage;
use crate::point::{Quoted, Text};
use crate::query::cell::Cell;
use crate::query::table::{Chunk, GroupKey, Header, Merger, Message, Row, Table, position};
use crate::refusal::Refusal;

/// `rename`.
pub(super) struct Renamed<'a> {
    names: &'a [(String, String)],
    tables: Merger,
}

/// `duplicate`: a column once more, or in place of another one.
pub(super) struct Duplicated<'a> {
    column: &'a str,
    new: &'a str,
    tables: Merger,
}

/// `table.fill`: an empty table gets a row of nulls.
pub(super) struct Filled;

impl<'a> Renamed<'a> {
    pub(super) fn new(names: &'a [(String, String)]) -> Self {
        Self { names, tables: Merger::default() }
    }

    fn check(&self, headers: &[Header]) -> Result<(), Refusal> {
        let is_missing = |name: &&String| position(headers, name.as_bytes()).is_none();
        let missing: Vec<_> = self.names.iter().map(|(name, _)| name).filter(is_missing).collect();
        match missing.as_slice() {
            [] => Ok(()),
            [name] => {
                let text = format!("rename error: column \"{name}\" doesn't exist");
                Err(Refusal::invalid(text))
            }
            // It names any of them.
            _ => Err(Refusal::unknown("`rename` of several columns that are missing")),
        }
    }

    fn renamed(&self, header: &Header) -> Header {
        let new = self.names.iter().find(|(name, _)| name.as_bytes() == &*header.label);
        new.map_or_else(
            || header.clone(),
            |(_, new)| Header { label: Text::from(new.as_str()), kind: header.kind },
        )
    }
}

/// No two columns may have one name.
fn check_unique(headers: &[Header]) -> Result<(), Refusal> {
    for (second, header) in headers.iter().enumerate() {
        if let Some(first) = position(headers, &header.label).filter(|first| *first < second) {
            let label = Quoted(&header.label);
            return Err(Refusal::invalid(format!(
                "column {first} and {second} have the same name ({label}) which is not allowed"
            )));
        }
    }
    Ok(())
}

/// Adds a table with another key, other headers and other rows.
fn add(
    tables: &mut Merger,
    table: Table,
    key: GroupKey,
    headers: Vec<Header>,
    change: impl Fn(Row) -> Row,
) -> Result<(), Refusal> {
    let (key, headers): (_, Arc<[Header]>) = (Arc::new(key), headers.into());
    tables.add_headers(&key, &headers)?;
    for rows in table.blocks {
        let rows = rows.into_iter().map(&change).collect();
        tables.add(Chunk { key: Arc::clone(&key), headers: Arc::clone(&headers), rows })?;
    }
    table.failure.map_or(Ok(()), Err)
}

impl TableStage for Renamed<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        self.check(&table.headers)?;
        let headers: Vec<_> = table.headers.iter().map(|header| self.renamed(header)).collect();
        let columns = table.headers.iter().filter_map(|header| {
            Some((self.renamed(header), table.key.get(&header.label)?.clone()))
        });
        let key = GroupKey::new(columns.collect());
        check_unique(&headers)?;
        add(&mut self.tables, table, key, headers, |row| row)
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_tables().map(Message::Table));
        Ok(())
    }
}

impl<'a> Duplicated<'a> {
    pub(super) fn new(column: &'a str, new: &'a str) -> Self {
        Self { column, new, tables: Merger::default() }
    }

    /// The new column is in the key if both were.
    fn key(&self, key: &GroupKey) -> GroupKey {
        let source = key.columns().iter().find(|(it, _)| &*it.label == self.column.as_bytes());
        let columns = key.columns().iter().filter_map(|(header, cell)| {
            if &*header.label != self.new.as_bytes() {
                return Some((header.clone(), cell.clone()));
            }
            let (source, cell) = source?;
            Some((Header { label: header.label.clone(), kind: source.kind }, cell.clone()))
        });
        GroupKey::new(columns.collect())
    }
}

impl TableStage for Duplicated<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let from = position(&table.headers, self.column.as_bytes()).ok_or_else(|| {
            let text = format!("duplicate error: column \"{}\" doesn't exist", self.column);
            Refusal::invalid(text)
        })?;
        let header = Header::new(self.new, table.headers[from].kind);
        let mut headers = table.headers.to_vec();
        let to = position(&headers, self.new.as_bytes());
        match to {
            Some(to) => headers[to] = header,
            None => headers.push(header),
        }
        let key = self.key(&table.key);
        add(&mut self.tables, table, key, headers, |mut row| {
            let cell = row[from].clone();
            match to {
                Some(to) => row[to] = cell,
                None => row.push(cell),
            }
            row
        })
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_tables().map(Message::Table));
        Ok(())
    }
}

impl TableStage for Filled {
    fn table(&mut self, mut table: Table, out: &mut Vec<Message>) -> Result<(), Refusal> {
        if table.is_empty() && table.failure.is_none() {
            let cell =
                |header: &Header| table.key.get(&header.label).cloned().unwrap_or(Cell::Null);
            table.blocks = vec![vec![table.headers.iter().map(cell).collect()]];
        }
        out.push(Message::Table(table));
        Ok(())
    }

    fn finish(self: Box<Self>, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        Ok(())
    }
}
