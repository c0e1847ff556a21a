use std::sync::Arc;

use super::TableStage;
use crate::query::table::{Chunk, GroupKey, Header, Merger, Message, Table};
use crate::refusal::Refusal;

/// `keep` and `drop`: tables with fewer columns, which merge if their keys become equal.
pub(super) struct Columns<'a> {
    labels: &'a [String],
    keep: bool,
    tables: Merger,
}

impl<'a> Columns<'a> {
    pub(super) fn keep(labels: &'a [String]) -> Self {
        Self { labels, keep: true, tables: Merger::default() }
    }

    pub(super) fn drop(labels: &'a [String]) -> Self {
        Self { labels, keep: false, tables: Merger::default() }
    }

    fn stays(&self, header: &Header) -> bool {
        self.labels.iter().any(|label| label.as_bytes() == &*header.label) == self.keep
    }

    fn key(&self, table: &Table) -> GroupKey {
        let column =
            |header: &Header| Some((header.clone(), table.key.get(&header.label)?.clone()));
        let stay = table.headers.iter().filter(|header| self.stays(header));
        GroupKey::new(stay.filter_map(column).collect())
    }
}

impl TableStage for Columns<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let key = Arc::new(self.key(&table));
        let stay: Vec<_> = table.headers.iter().map(|header| self.stays(header)).collect();
        let headers: Arc<[Header]> =
            table.headers.iter().filter(|header| self.stays(header)).cloned().collect();
        self.tables.add_headers(&key, &headers)?;
        for mut rows in table.blocks {
            for row in &mut rows {
                let mut stay = stay.iter();
                row.retain(|_| stay.next() == Some(&true));
            }
            // Rows without any column are no rows.
            rows.retain(|row| !row.is_empty());
            let (key, headers) = (Arc::clone(&key), Arc::clone(&headers));
            self.tables.add(Chunk { key, headers, rows })?;
        }
        table.failure.map_or(Ok(()), Err)
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_tables().map(Message::Table));
        Ok(())
    }
}
