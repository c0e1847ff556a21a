//! What is known of the types of a stream's columns.

use super::ColumnType;

/// A record in [`Records`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordId(usize);

/// The record types of all streams. One that a later stage refines is refined for the earlier ones
/// that share it, too.
#[derive(Debug, Default)]
pub(crate) struct Records(Vec<Record>);

#[derive(Debug)]
struct Record {
    columns: Vec<(String, ColumnType)>,
    /// Where all other columns come from.
    rest: Option<RecordId>,
}

impl Records {
    /// A record with these columns, and any others.
    pub(crate) fn add(&mut self, columns: &[(&str, ColumnType)]) -> RecordId {
        self.extend(columns, None)
    }

    /// A record with these columns, and all others of `rest`.
    pub(crate) fn extend(
        &mut self,
        columns: &[(&str, ColumnType)],
        rest: impl Into<Option<RecordId>>,
    ) -> RecordId {
        let columns = columns.iter().map(|(name, r#type)| ((*name).to_owned(), *r#type)).collect();
        self.push(Record { columns, rest: rest.into() })
    }

    /// One with the same columns that is no longer bound to the first.
    pub(crate) fn copy(&mut self, id: RecordId) -> RecordId {
        let columns = self.columns(id);
        self.push(Record { columns, rest: None })
    }

    fn push(&mut self, record: Record) -> RecordId {
        self.0.push(record);
        RecordId(self.0.len() - 1)
    }

    /// All columns that are known.
    pub(crate) fn columns(&self, id: RecordId) -> Vec<(String, ColumnType)> {
        let mut columns: Vec<(String, ColumnType)> = Vec::new();
        let mut next = self.0.get(id.0);
        while let Some(record) = next {
            for (name, r#type) in &record.columns {
                if !columns.iter().any(|(known, _)| known == name) {
                    columns.push((name.clone(), *r#type));
                }
            }
            next = record.rest.and_then(|rest| self.0.get(rest.0));
        }
        columns
    }

    /// Adds what a use of `column` tells. Fails with the other type that it had, which it has no more.
    pub(crate) fn demand(
        &mut self,
        id: RecordId,
        column: &str,
        r#type: ColumnType,
    ) -> Result<(), ColumnType> {
        let Some(record) = self.0.get_mut(id.0) else { return Ok(()) };
        match (record.columns.iter_mut().find(|(name, _)| name == column), record.rest) {
            (Some((_, known)), _) if *known != r#type => Err(std::mem::replace(known, r#type)),
            (Some(_), _) => Ok(()),
            (None, Some(rest)) => self.demand(rest, column, r#type),
            (None, None) => {
                record.columns.push((column.to_owned(), r#type));
                Ok(())
            }
        }
    }
}

impl ColumnType {
    /// As type errors name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "bool",
            Self::Time => "time",
        }
    }
}
