use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ChunkStage, TableStage};
use crate::query::table::{Chunk, GroupKey, Message, Table};
use crate::refusal::Refusal;

/// `limit`: the first rows of each table.
pub(super) struct Limit {
    n: usize,
    offset: usize,
    /// What is left of `n` and `offset` for tables that have begun.
    left: BTreeMap<Arc<GroupKey>, (usize, usize)>,
}

/// `tail`: the last rows of each table.
pub(super) struct Tail {
    n: usize,
    offset: usize,
    tables: BTreeMap<Arc<GroupKey>, Table>,
}

impl Limit {
    /// # Errors
    /// The offset is negative.
    pub(super) fn new(n: i64, offset: i64) -> Result<Self, Refusal> {
        let (n, offset) = window(n, offset)?;
        Ok(Self { n, offset, left: BTreeMap::new() })
    }
}

/// A negative `n` is none.
fn window(n: i64, offset: i64) -> Result<(usize, usize), Refusal> {
    let offset = usize::try_from(offset).map_err(|_| Refusal::unknown("a negative offset"))?;
    Ok((usize::try_from(n).unwrap_or(0), offset))
}

impl ChunkStage for Limit {
    fn chunk(&mut self, mut chunk: Chunk, out: &mut Vec<Message>) -> Result<(), Refusal> {
        let (n, offset) = self.left.entry(Arc::clone(&chunk.key)).or_insert((self.n, self.offset));
        if *n == 0 {
            chunk.rows.clear();
        }
        // A part that is skipped as a whole leaves no trace: so tables vanish.
        if !chunk.rows.is_empty() && chunk.rows.len() <= *offset {
            *offset -= chunk.rows.len();
            return Ok(());
        }
        if !chunk.rows.is_empty() {
            chunk.rows.drain(..*offset);
            chunk.rows.truncate(*n);
            *n -= chunk.rows.len();
            *offset = 0;
        }
        out.push(Message::Chunk(chunk));
        Ok(())
    }

    fn flush(&mut self, key: Arc<GroupKey>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        self.left.remove(&key);
        out.push(Message::Flush(key));
        Ok(())
    }
}

impl Tail {
    /// # Errors
    /// The offset is negative.
    pub(super) fn new(n: i64, offset: i64) -> Result<Self, Refusal> {
        let (n, offset) = window(n, offset)?;
        Ok(Self { n, offset, tables: BTreeMap::new() })
    }
}

impl TableStage for Tail {
    fn table(&mut self, mut table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        // With `n: 0` the rows are not even read, nor the failure behind them.
        if let Some(failure) = table.failure.take().filter(|_| self.n > 0) {
            return Err(failure);
        }
        let mut rows: Vec<_> = table.blocks.drain(..).flatten().collect();
        let end = rows.len().saturating_sub(self.offset);
        rows.truncate(end);
        rows.drain(..end.saturating_sub(self.n));
        table.blocks.push(rows);
        match self.tables.insert(Arc::clone(&table.key), table) {
            None => Ok(()),
            Some(_) => Err(Refusal::unknown("`tail` on two tables with one key")),
        }
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_values().map(Message::Table));
        Ok(())
    }
}
