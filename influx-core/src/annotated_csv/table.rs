//! Tables whose types are known only at run time.

use bytes::Bytes;
use serde::ser::{Serialize, Serializer};

use super::{Column, OwnedRecord, Reader, Step, TableHeader, column};
use crate::error::{CellError, Result};
use crate::schema::Value;

/// A table with its rows. It serializes as the sequence of its rows.
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
/// assert_eq!(tables[0].column_index("host"), Some(1));
/// assert_eq!(serde_json::to_string(&tables).unwrap(), r#"[[{"temp":22.35,"host":"a"}]]"#);
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    result: String,
    id: u64,
    records: Vec<OwnedRecord>,
    /// What empty cells stand for; a table without records has its group key here.
    defaults: OwnedRecord,
}

/// Reads a whole reply that is in memory. Its last line must have its line end: without one the
/// reply may be cut short.
///
/// # Errors
/// As [`Reader::advance`]; [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when a cell does not
/// hold what its column's type says.
pub fn tables(csv: impl Into<Bytes>) -> Result<Vec<Table>> {
    read(Reader::new(), csv.into())
}

pub(super) fn read(mut reader: Reader, csv: Bytes) -> Result<Vec<Table>> {
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
        (Step::Table, _) => tables.push(Table::new(reader.table())?),
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
    fn new(header: &TableHeader) -> Result<Self, CellError> {
        Ok(Self {
            result: header.result().to_owned(),
            id: header.id(),
            records: Vec::new(),
            defaults: OwnedRecord::of(header, header)?,
        })
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
        self.defaults.columns()
    }

    /// The place of the first column of this name, in [`columns`](Self::columns) and in the
    /// [`values`](OwnedRecord::values) of each row.
    #[must_use]
    pub fn column_index(&self, name: &str) -> Option<usize> {
        column::index_of(self.columns(), name)
    }

    /// The rows.
    #[must_use]
    pub fn records(&self) -> &[OwnedRecord] {
        &self.records
    }

    /// The rows, without the table.
    #[must_use]
    pub fn into_records(self) -> Vec<OwnedRecord> {
        self.records
    }

    /// The columns of the group key with their one value, also of a table without rows.
    pub fn group_key(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.records.first().unwrap_or(&self.defaults).group_key()
    }
}

/// The records, in their order.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.records)
    }
}
