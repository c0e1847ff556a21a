//! Header of an un-pivoted table → where its columns are.

use std::sync::Arc;

use crate::annotated_csv::{Column, Record, TableHeader};
use crate::measurement::CellError;
use crate::measurement::plan::Identity;
use crate::schema::{FIELD, FIELD_LAST, Schema};

/// Columns that do not tell series apart. `_measurement` is compared with that of the struct.
const COMMON: [&str; 3] = ["_start", "_stop", "_measurement"];

/// Where the columns of a table are whose rows are `_time`, `_field` and `_value`.
#[derive(Debug)]
pub(super) struct Layout {
    block: u64,
    columns: Arc<[Column]>,
    pub(super) time: Option<usize>,
    pub(super) value: usize,
    field: usize,
    /// The tags, in the order of their names.
    keys: Box<[usize]>,
    measurement: Option<Identity>,
    /// Whether the server may have sorted the tables by field before it did by tag.
    pub(super) by_field: bool,
}

/// How the columns of a table begin that comes straight from the server's read.
const READ: [&str; 4] = ["_start", "_stop", "_time", "_value"];

impl Layout {
    /// Fails with the name of a column that may differ between the rows of one table.
    pub(super) fn new(schema: &Schema, table: &TableHeader) -> Result<Self, String> {
        let time = table.column_index("_time");
        let value = table.column_index("_value").unwrap_or_default();
        let field = [FIELD, FIELD_LAST].into_iter().find_map(|name| table.column_index(name));
        let field = field.unwrap_or_default();
        let is_tag = |index: usize, column: &Column| {
            Some(index) != time && index != value && !COMMON.contains(&column.name.as_str())
        };
        let columns = table.shared_columns();
        let tags = || columns.iter().enumerate().filter(|(index, column)| is_tag(*index, column));
        if let Some((_, stray)) = tags().find(|(_, column)| !column.group) {
            return Err(stray.name.clone());
        }
        let mut keys: Vec<_> = tags().map(|(index, _)| index).filter(|i| *i != field).collect();
        keys.sort_by_key(|index| &columns[*index].name);
        let names = || columns.iter().map(|column| column.name.as_str());
        // Whatever changes columns sorts tables by their group keys, label by label.
        let sorted = !names().take(READ.len()).eq(READ);
        let name = &columns[field].name;
        let by_field = sorted && keys.iter().any(|index| columns[*index].name > *name);
        Ok(Self {
            by_field,
            block: table.block(),
            time,
            value,
            field,
            keys: keys.into(),
            measurement: Identity::of_measurement(table, schema),
            columns,
        })
    }

    pub(super) fn is_of(&self, table: &TableHeader) -> bool {
        self.block == table.block()
    }

    /// Makes sure that the row is of the struct's measurement. `known`: another row of the table was.
    #[inline]
    pub(super) fn check(&self, record: &Record<'_>, known: bool) -> Result<(), CellError> {
        let measurement = self.measurement.as_ref();
        measurement.map_or(Ok(()), |measurement| measurement.check_measurement(record, known))
    }

    /// The field that the table of this row holds.
    pub(super) fn field<'r>(&self, record: &Record<'r>) -> &'r [u8] {
        record.cell(self.field).as_bytes()
    }

    /// The names of the tags.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|index| self.columns[*index].name.as_str())
    }

    /// The tags of this row's table with their texts; an empty one is one that the series lacks.
    pub(super) fn tag_set<'r>(
        &self,
        record: &Record<'r>,
    ) -> impl Iterator<Item = (&str, &'r [u8])> {
        self.tags().zip(self.keys.iter().map(|index| record.cell(*index).as_bytes()))
    }
}
