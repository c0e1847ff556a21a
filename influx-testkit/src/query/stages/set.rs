use std::collections::BTreeMap;
use std::sync::Arc;

use super::TableStage;
use crate::point::Text;
use crate::query::cell::{Cell, Kind};
use crate::query::table::{GroupKey, Header, Message, Table, position};
use crate::refusal::Refusal;

/// `set`: one text in a whole column.
pub(super) struct Set<'a> {
    column: &'a str,
    value: Text,
    tables: BTreeMap<Arc<GroupKey>, Table>,
}

impl<'a> Set<'a> {
    pub(super) fn new(column: &'a str, value: &str) -> Self {
        Self { column, value: Text::from(value), tables: BTreeMap::new() }
    }

    fn key(&self, key: &GroupKey) -> GroupKey {
        let columns = key.columns().iter().map(|(header, cell)| {
            let is_set = &*header.label == self.column.as_bytes();
            (header.clone(), if is_set { Cell::String(self.value.clone()) } else { cell.clone() })
        });
        GroupKey::new(columns.collect())
    }
}

impl TableStage for Set<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let index = position(&table.headers, self.column.as_bytes());
        if index.is_some_and(|index| table.headers[index].kind != Kind::String) {
            return Err(Refusal::unknown("`set` of a column that holds no strings"));
        }
        let mut headers = table.headers.to_vec();
        if index.is_none() {
            headers.push(Header::new(self.column, Kind::String));
        }
        let value = Cell::String(self.value.clone());
        let mut rows: Vec<_> = table.blocks.into_iter().flatten().collect();
        for row in &mut rows {
            match index {
                Some(index) => row[index] = value.clone(),
                None => row.push(value.clone()),
            }
        }
        if let Some(failure) = table.failure {
            return Err(failure);
        }
        let key = Arc::new(self.key(&table.key));
        let merged = self.tables.entry(Arc::clone(&key)).or_insert_with(|| Table {
            key,
            headers: headers.as_slice().into(),
            blocks: Vec::new(),
            failure: None,
        });
        if *merged.headers != *headers {
            return Err(Refusal::unknown("`set` that makes one of tables with other columns"));
        }
        match merged.blocks.first_mut() {
            Some(block) => block.extend(rows),
            None => merged.blocks.push(rows),
        }
        Ok(())
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_values().map(Message::Table));
        Ok(())
    }
}
