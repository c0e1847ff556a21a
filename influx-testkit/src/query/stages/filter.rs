use super::ChunkStage;
use crate::flux;
use crate::query::condition::RowFilter;
use crate::query::table::{Chunk, Message, position};
use crate::refusal::Refusal;

/// `filter` where storage cannot do it.
pub(super) struct Filter {
    filter: RowFilter,
    keep_empty: bool,
}

impl Filter {
    /// # Errors
    /// A regular expression is not known here.
    pub(super) fn new(filter: &flux::Filter) -> Result<Self, Refusal> {
        let keep_empty = filter.keep_empty;
        Ok(Self { filter: RowFilter::new(filter, &filter.condition)?, keep_empty })
    }
}

impl ChunkStage for Filter {
    fn chunk(&mut self, mut chunk: Chunk, out: &mut Vec<Message>) -> Result<(), Refusal> {
        let column = |label: &str| position(&chunk.headers, label.as_bytes());
        let kind = |label: &str| column(label).map(|index| chunk.headers[index].kind);
        self.filter.check(kind).map_err(Refusal::invalid)?;
        chunk.rows.retain(|row| {
            self.filter.keeps(|label| column(label).and_then(|index| row[index].as_scalar()))
        });
        if self.keep_empty || !chunk.rows.is_empty() {
            out.push(Message::Chunk(chunk));
        }
        Ok(())
    }
}
