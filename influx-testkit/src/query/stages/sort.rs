use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{ChunkStage, TableStage};
use crate::query::cell::Cell;
use crate::query::table::{Chunk, GroupKey, Header, Message, Row, Table, arranged, position};
use crate::refusal::Refusal;

/// Sorted rows leave in blocks of this size.
const BLOCK: usize = 1000;

/// `sort` within each table.
pub(super) struct Sort<'a> {
    labels: &'a [String],
    descending: bool,
}

/// `sort` with `limit` right behind it, which the server does in one.
pub(super) struct SortLimit<'a> {
    labels: &'a [String],
    descending: bool,
    /// Negative is no limit.
    n: i64,
    /// In the order in which tables begin: so they end, too, if nothing flushes them.
    tables: Vec<Option<Growing>>,
    places: BTreeMap<Arc<GroupKey>, usize>,
}

/// A table of which the first rows are sorted.
struct Growing {
    key: Arc<GroupKey>,
    headers: Arc<[Header]>,
    columns: Vec<usize>,
    blocks: Vec<Vec<Row>>,
}

/// Merges sorted blocks as the server does, so that ties come in its order.
struct Merge<'a> {
    columns: &'a [usize],
    descending: bool,
    /// A binary heap, the least row on top. Its blocks are not empty.
    heap: Vec<VecDeque<Row>>,
}

impl<'a> Sort<'a> {
    pub(super) const fn new(labels: &'a [String], descending: bool) -> Self {
        Self { labels, descending }
    }
}

/// The columns to sort by: those there are, but not those of the key.
fn columns(labels: &[String], key: &GroupKey, headers: &[Header]) -> Vec<usize> {
    let labels = labels.iter().map(String::as_bytes).filter(|label| !key.has(label));
    labels.filter_map(|label| position(headers, label)).collect()
}

impl TableStage for Sort<'_> {
    fn table(&mut self, table: Table, out: &mut Vec<Message>) -> Result<(), Refusal> {
        if let Some(failure) = table.failure {
            return Err(failure);
        }
        let columns = columns(self.labels, &table.key, &table.headers);
        let blocks = Merge::new(&columns, self.descending, table.blocks).take(usize::MAX);
        out.push(Message::Table(Table { blocks, failure: None, ..table }));
        Ok(())
    }

    fn finish(self: Box<Self>, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        Ok(())
    }
}

impl<'a> SortLimit<'a> {
    pub(super) const fn new(labels: &'a [String], descending: bool, n: i64) -> Self {
        Self { labels, descending, n, tables: Vec::new(), places: BTreeMap::new() }
    }

    fn table(&mut self, chunk: &Chunk) -> &mut Option<Growing> {
        let next = self.tables.len();
        let place = *self.places.entry(Arc::clone(&chunk.key)).or_insert(next);
        if place == next {
            self.tables.push(None);
        }
        let labels = self.labels;
        let table = &mut self.tables[place];
        table.get_or_insert_with(|| Growing {
            key: Arc::clone(&chunk.key),
            headers: Arc::clone(&chunk.headers),
            columns: columns(labels, &chunk.key, &chunk.headers),
            blocks: Vec::new(),
        });
        table
    }
}

impl ChunkStage for SortLimit<'_> {
    fn chunk(&mut self, chunk: Chunk, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let (labels, descending, n) = (self.labels, self.descending, self.n);
        let Some(table) = self.table(&chunk) else { return Ok(()) };
        if chunk.rows.is_empty() {
            return Ok(());
        }
        let rows = table.arrange(labels, &chunk.headers, chunk.rows)?;
        table.blocks.push(rows);
        let blocks = std::mem::take(&mut table.blocks);
        let merge = Merge::new(&table.columns, descending, blocks);
        table.blocks = merge.take(usize::try_from(n).unwrap_or(usize::MAX));
        Ok(())
    }

    fn flush(&mut self, key: Arc<GroupKey>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        let place = self.places.get(&key).copied();
        if let Some(table) = place.and_then(|place| self.tables[place].take()) {
            table.send(out);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        for table in self.tables.into_iter().flatten() {
            table.send(out);
        }
        Ok(())
    }
}

impl Growing {
    /// Brings rows with other columns into line, and gives the rows before them the new ones.
    fn arrange(
        &mut self,
        labels: &[String],
        headers: &[Header],
        rows: Vec<Row>,
    ) -> Result<Vec<Row>, Refusal> {
        if *self.headers == *headers {
            return Ok(rows);
        }
        let mut all = self.headers.to_vec();
        for header in headers {
            match position(&all, &header.label) {
                Some(index) if all[index].kind == header.kind => {}
                Some(_) => {
                    return Err(Refusal::unknown("`sort` and `limit` of columns of several types"));
                }
                None => {
                    if labels.iter().any(|label| label.as_bytes() == &*header.label) {
                        self.columns.push(all.len());
                    }
                    all.push(header.clone());
                    self.blocks.iter_mut().flatten().for_each(|row| row.push(Cell::Null));
                }
            }
        }
        self.headers = all.into();
        Ok(arranged(&rows, headers, &self.headers))
    }

    /// A table without rows vanishes.
    fn send(self, out: &mut Vec<Message>) {
        for rows in self.blocks {
            let (key, headers) = (Arc::clone(&self.key), Arc::clone(&self.headers));
            out.push(Message::Chunk(Chunk { key, headers, rows }));
        }
        out.push(Message::Flush(self.key));
    }
}

impl<'a> Merge<'a> {
    fn new(columns: &'a [usize], descending: bool, mut blocks: Vec<Vec<Row>>) -> Self {
        blocks.retain(|block| !block.is_empty());
        for block in &mut blocks {
            block.sort_by(|a, b| compare(columns, descending, a, b));
        }
        let heap = blocks.into_iter().map(VecDeque::from).collect();
        let mut merge = Self { columns, descending, heap };
        for place in (0..merge.heap.len() / 2).rev() {
            merge.sink(place);
        }
        merge
    }

    /// The first rows.
    fn take(mut self, limit: usize) -> Vec<Vec<Row>> {
        let mut blocks: Vec<Vec<Row>> = Vec::new();
        for count in 0..limit {
            let Some(row) = self.next() else { break };
            if count % BLOCK == 0 {
                blocks.push(Vec::new());
            }
            if let Some(block) = blocks.last_mut() {
                block.push(row);
            }
        }
        blocks
    }

    fn next(&mut self) -> Option<Row> {
        let row = self.heap.first_mut()?.pop_front();
        if self.heap[0].is_empty() {
            self.heap.swap_remove(0);
        }
        self.sink(0);
        row
    }

    /// Moves a block down to where it belongs. Of equal ones the one above stays there.
    fn sink(&mut self, mut place: usize) {
        loop {
            let left = 2 * place + 1;
            if left >= self.heap.len() {
                return;
            }
            let right = left + 1;
            let child =
                if right < self.heap.len() && self.less(right, left) { right } else { left };
            if !self.less(child, place) {
                return;
            }
            self.heap.swap(place, child);
            place = child;
        }
    }

    fn less(&self, a: usize, b: usize) -> bool {
        match (self.heap[a].front(), self.heap[b].front()) {
            (Some(a), Some(b)) => compare(self.columns, self.descending, a, b).is_lt(),
            _ => false,
        }
    }
}

/// Nulls come first in either direction.
fn compare(columns: &[usize], descending: bool, a: &Row, b: &Row) -> Ordering {
    let cells = columns.iter().map(|index| (&a[*index], &b[*index]));
    let mut orders = cells.map(|(a, b)| match (a, b) {
        (Cell::Null, _) | (_, Cell::Null) => a.compare(b),
        _ if descending => b.compare(a),
        _ => a.compare(b),
    });
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
