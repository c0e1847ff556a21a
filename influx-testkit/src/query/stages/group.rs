use std::collections::BTreeMap;
use std::sync::Arc;

use super::ChunkStage;
use crate::query::table::{Chunk, GroupKey, Header, Message, Row, position};
use crate::refusal::Refusal;

/// `group` where storage cannot do it.
pub(super) struct Group {
    /// Sorted.
    labels: Vec<Vec<u8>>,
    except: bool,
}

impl Group {
    pub(super) fn by(labels: &[String]) -> Self {
        Self::new(labels, false)
    }

    pub(super) fn except(labels: &[String]) -> Self {
        Self::new(labels, true)
    }

    fn new(labels: &[String], except: bool) -> Self {
        let mut labels: Vec<_> = labels.iter().map(|label| label.as_bytes().to_vec()).collect();
        labels.sort();
        labels.dedup();
        Self { labels, except }
    }

    /// The key of a whole part, if it hangs on the old key alone.
    fn key_of_part(&self, chunk: &Chunk) -> Option<GroupKey> {
        let labels: Vec<&[u8]> = if self.except {
            let labels = chunk.headers.iter().map(|header| &*header.label);
            labels.filter(|label| self.groups(label)).collect()
        } else {
            let labels = self.labels.iter().map(Vec::as_slice);
            labels.filter(|label| position(&chunk.headers, label).is_some()).collect()
        };
        let columns = chunk.key.columns();
        let column = |label: &[u8]| columns.iter().find(|(header, _)| *header.label == *label);
        let columns: Option<_> = labels.into_iter().map(|label| column(label).cloned()).collect();
        columns.map(GroupKey::new)
    }

    fn groups(&self, label: &[u8]) -> bool {
        self.labels.iter().any(|given| given == label) != self.except
    }

    fn key_of_row(&self, headers: &[Header], row: &Row) -> Result<GroupKey, Refusal> {
        let columns = headers.iter().cloned().zip(row.iter().cloned());
        let columns: Vec<_> = columns.filter(|(header, _)| self.groups(&header.label)).collect();
        // To the real server it is now equal to 0, now not.
        if columns.iter().any(|(_, cell)| cell.is_negative_zero()) {
            return Err(Refusal::unknown("a `group` by a column with -0.0"));
        }
        Ok(GroupKey::new(columns))
    }
}

impl ChunkStage for Group {
    fn chunk(&mut self, chunk: Chunk, out: &mut Vec<Message>) -> Result<(), Refusal> {
        if let Some(key) = self.key_of_part(&chunk) {
            out.push(Message::Chunk(Chunk { key: Arc::new(key), ..chunk }));
            return Ok(());
        }
        let mut groups = BTreeMap::<_, Vec<_>>::new();
        for row in chunk.rows {
            groups.entry(self.key_of_row(&chunk.headers, &row)?).or_default().push(row);
        }
        out.extend(groups.into_iter().map(|(key, rows)| {
            let headers = Arc::clone(&chunk.headers);
            Message::Chunk(Chunk { key: Arc::new(key), headers, rows })
        }));
        Ok(())
    }

    /// A key may well come again.
    fn flush(&mut self, _key: Arc<GroupKey>, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        Ok(())
    }
}
