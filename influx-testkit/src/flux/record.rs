//! What is known of the types of a stream's columns.

use super::ColumnType;

/// A record in [`Records`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordId(usize);

/// The record types of all streams. One that a later stage refines is refined for the earlier ones
/// that share it, too.
#[derive(Debug, Default)]
pub(crate) struct Records(Vec<Vec<(String, ColumnType)>>);

impl Records {
    /// A record with these columns, and any others.
    pub(crate) fn add(&mut self, columns: &[(&str, ColumnType)]) -> RecordId {
        self.0.push(columns.iter().map(|(name, r#type)| ((*name).to_owned(), *r#type)).collect());
        RecordId(self.0.len() - 1)
    }

    /// One with the same columns that is no longer bound to the first.
    pub(crate) fn copy(&mut self, id: RecordId) -> RecordId {
        self.0.push(self.columns(id).to_vec());
        RecordId(self.0.len() - 1)
    }

    pub(crate) fn columns(&self, id: RecordId) -> &[(String, ColumnType)] {
        self.0.get(id.0).map_or(&[], Vec::as_slice)
    }

    /// Adds what a use of `column` tells. Fails with the other type that it had, which it has no more.
    pub(crate) fn demand(
        &mut self,
        id: RecordId,
        column: &str,
        r#type: ColumnType,
    ) -> Result<(), ColumnType> {
        let Some(columns) = self.0.get_mut(id.0) else { return Ok(()) };
        match columns.iter_mut().find(|(name, _)| name == column) {
            Some((_, known)) if *known != r#type => Err(std::mem::replace(known, r#type)),
            Some(_) => Ok(()),
            None => {
                columns.push((column.to_owned(), r#type));
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
