//! What is known of a block and of a table before its rows come.

use std::sync::Arc;

use super::record::LEADING;
use super::{Column, Datatype, column};

/// A table: the result it belongs to, its number, its columns.
#[derive(Debug, Clone, Default)]
pub struct TableHeader {
    pub(super) result: String,
    pub(super) default_result: String,
    pub(super) default_id: String,
    pub(super) id: u64,
    pub(super) columns: Arc<[Column]>,
    /// Counts headers, so that a plan is made once for each.
    pub(super) block: u64,
    /// Counts tables.
    pub(super) sequence: u64,
}

impl TableHeader {
    /// The name of the result (`yield`); `_result` if the query names none.
    #[must_use]
    pub fn result(&self) -> &str {
        &self.result
    }

    /// The number of the table within its result, from 0.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The columns, without the three of the format.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The place of the first column of this name.
    #[must_use]
    pub fn column_index(&self, name: &str) -> Option<usize> {
        column::index_of(&self.columns, name)
    }

    pub(crate) fn shared_columns(&self) -> Arc<[Column]> {
        Arc::clone(&self.columns)
    }

    pub(crate) const fn block(&self) -> u64 {
        self.block
    }

    pub(crate) const fn sequence(&self) -> u64 {
        self.sequence
    }
}

/// The annotation rows of a block, as long as its header has not come: types, groups, defaults.
#[derive(Debug, Default)]
pub(super) struct Annotations(pub(super) [Vec<String>; 3]);

impl Annotations {
    pub(super) const NAMES: [&[u8]; 3] = [b"#datatype", b"#group", b"#default"];

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    pub(super) fn column(&self, name: String, index: usize) -> Column {
        let [datatype, group, default] = &self.0;
        Column {
            name,
            datatype: datatype.get(index).map_or(Datatype::String, |name| Datatype::parse(name)),
            group: group.get(index).is_some_and(|group| group == "true"),
            default: default.get(index).cloned().unwrap_or_default(),
        }
    }
}

/// Names for the columns of a block without a header.
pub(super) fn unnamed(width: usize) -> Vec<String> {
    (0..width.saturating_sub(LEADING)).map(|index| format!("col{index}")).collect()
}
