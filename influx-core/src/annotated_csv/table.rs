//! Rows whose types are known only at run time.

use std::sync::Arc;

use bytes::Bytes;

use super::{Column, Reader, Record, Step, TableHeader};
use crate::error::{CellError, Result};
use crate::schema::{Value, ValueRef};

/// A table with its rows.
///
/// ```
/// use influx_core::annotated_csv;
///
/// let csv = "#datatype,string,long,double,string\n#group,false,false,false,true\n\
///            #default,_result,,,\n,result,table,temp,host\n,,0,22.35,a\n";
/// let tables = annotated_csv::tables(csv)?;
/// let [row] = tables[0].records() else { panic!("one row") };
/// assert_eq!(row.get("temp").unwrap().as_float(), Some(22.35));
/// assert_eq!(tables[0].group_key().collect::<Vec<_>>(), [("host", &"a".into())]);
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    result: String,
    id: u64,
    columns: Arc<[Column]>,
    records: Vec<OwnedRecord>,
}

/// A row: one [`Value`] for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedRecord {
    columns: Arc<[Column]>,
    values: Vec<Value>,
}

/// Reads a whole reply that is in memory. Its last line must have its line end: without one the
/// reply may be cut short.
///
/// # Errors
/// As [`Reader::advance`]; [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when a cell does not
/// hold what its column's type says.
pub fn tables(csv: impl Into<Bytes>) -> Result<Vec<Table>> {
    let mut reader = Reader::new();
    let mut tables = Vec::new();
    reader.feed(csv);
    loop {
        match reader.advance()? {
            Step::NeedInput => reader.finish(),
            Step::End => return Ok(tables),
            step => collect(step, &reader, &mut tables)?,
        }
    }
}

/// Adds the table or row that `reader` stands at.
pub(crate) fn collect(step: Step, reader: &Reader, tables: &mut Vec<Table>) -> Result<()> {
    match (step, tables.last_mut()) {
        (Step::Table, _) => tables.push(Table::new(reader.table())),
        (Step::Record, Some(table)) => {
            if let Some(record) = reader.record() {
                let owned = OwnedRecord::read(&record);
                table.records.push(owned.map_err(|error| error.into_error(record.position()))?);
            }
        }
        _ => {}
    }
    Ok(())
}

impl Table {
    fn new(header: &TableHeader) -> Self {
        Self {
            result: header.result().to_owned(),
            id: header.id(),
            columns: header.shared_columns(),
            records: Vec::new(),
        }
    }

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

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows.
    #[must_use]
    pub fn records(&self) -> &[OwnedRecord] {
        &self.records
    }

    /// The columns of the group key with their one value; nothing for a table without rows.
    pub fn group_key(&self) -> impl Iterator<Item = (&str, &Value)> {
        let first = self.records.first().into_iter();
        first
            .flat_map(OwnedRecord::iter)
            .filter(|(column, _)| column.group)
            .map(|(c, v)| (c.name.as_str(), v))
    }
}

impl OwnedRecord {
    pub(crate) fn read(record: &Record<'_>) -> Result<Self, CellError> {
        let columns = record.table().shared_columns();
        let value = |(index, column): (usize, &Column)| {
            record.cell(index).value(&column.datatype).map(ValueRef::into_owned)
        };
        let values = columns.iter().enumerate().map(value).collect::<Result<_, _>>()?;
        Ok(Self { columns, values })
    }

    /// The value of the first column of this name, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.iter().find(|(column, _)| column.name == name).map(|(_, value)| value)
    }

    /// The values, in the order of the columns.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Columns and values.
    pub fn iter(&self) -> impl Iterator<Item = (&Column, &Value)> {
        self.columns.iter().zip(&self.values)
    }
}
