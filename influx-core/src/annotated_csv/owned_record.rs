use std::sync::Arc;

use serde::de::Deserialize;
use serde::ser::{Serialize, Serializer};

use super::column::index_of;
use super::row::Row;
use super::{Column, Record, TableHeader, deserialize};
use crate::error::{CellError, Result};
use crate::schema::{Value, ValueRef};
use crate::time::Timestamp;

/// A row: one [`Value`] for each column.
///
/// | to get | ask |
/// |---|---|
/// | a column's value, as it is | [`get`](Self::get), [`values`](Self::values), [`iter`](Self::iter) |
/// | a column's value, as a type | [`get_as`](Self::get_as) |
/// | what every un-pivoted row has | [`time`](Self::time), [`value`](Self::value), [`field`](Self::field), [`measurement`](Self::measurement), … |
/// | the row, as a struct, map or tuple | [`deserialize`](Self::deserialize) |
///
/// It serializes as a map from the columns' names to the values, in the order of the columns:
///
/// ```
/// use influx_core::Timestamp;
/// use influx_core::annotated_csv;
///
/// let csv = "#datatype,string,long,dateTime:RFC3339,double,string\n\
///            #group,false,false,false,false,true\n#default,_result,,,,\n\
///            ,result,table,_time,temp,host\n,,0,2024-05-01T12:00:00Z,22.35,a\n";
/// let tables = annotated_csv::tables(csv)?;
/// let [row] = tables[0].records() else { panic!("one row") };
/// assert_eq!(row.time(), Some("2024-05-01T12:00:00Z".parse()?));
/// assert_eq!((row.measurement(), row.field(), row.value()), (None, None, None));
/// assert_eq!(row.group_key().next(), Some(("host", &"a".into())));
/// assert_eq!(row.get_as::<f64>("temp")?, 22.35);
/// assert_eq!(row.deserialize::<(Timestamp, f64, &str)>()?.2, "a");
/// assert_eq!(
///     serde_json::to_string(row).unwrap(),
///     r#"{"_time":"2024-05-01T12:00:00Z","temp":22.35,"host":"a"}"#
/// );
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedRecord {
    columns: Arc<[Column]>,
    values: Vec<Value>,
}

impl OwnedRecord {
    pub(crate) fn read(record: &Record<'_>) -> Result<Self, CellError> {
        Self::of(*record, record.table())
    }

    /// The values of a row of `table`.
    pub(super) fn of<'r>(row: impl Row<'r>, table: &TableHeader) -> Result<Self, CellError> {
        let columns = table.shared_columns();
        let value = |index| row.at(index).map(ValueRef::into_owned);
        let values = (0..columns.len()).map(value).collect::<Result<_, _>>()?;
        Ok(Self { columns, values })
    }

    /// The value of the first column of this name, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        index_of(&self.columns, name).map(|index| &self.values[index])
    }

    /// The value of the first column of this name, as a type.
    ///
    /// Any type that serde reads will do, with the rules of [`deserialize`](Self::deserialize):
    /// numbers, `bool`, `String`, `&str`, [`Timestamp`](crate::Timestamp) (from which clocks convert), an
    /// enum without data, and `Option`s of them. `None` is an empty cell or a column that the table
    /// lacks.
    ///
    /// ```
    /// # use influx_core::{ErrorKind, annotated_csv};
    /// let csv = "#datatype,string,long,double,long,string\n#group,false,false,false,false,true\n\
    ///            #default,_result,,,,\n,result,table,temp,load,host\n,,0,22.35,,a\n";
    /// let tables = annotated_csv::tables(csv)?;
    /// let row = &tables[0].records()[0];
    /// assert_eq!(row.get_as::<f64>("temp")?, 22.35);
    /// assert_eq!(row.get_as::<Option<u8>>("load")?, None);
    ///
    /// let error = row.get_as::<u8>("load").unwrap_err();
    /// assert_eq!(error.to_string(), "column `load`: the cell is empty; read it as an `Option`");
    /// let error = row.get_as::<&str>("hots").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::MissingColumn);
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`MissingColumn`](crate::ErrorKind::MissingColumn), with the columns that there are;
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch) for a value of another type or out of range,
    /// and for null where `T` is neither text nor an `Option`.
    pub fn get_as<'r, T: Deserialize<'r>>(&'r self, name: &str) -> Result<T> {
        Ok(deserialize::column(self, name)?)
    }

    /// The row as a type that serde reads.
    ///
    /// | `T` | takes |
    /// |---|---|
    /// | a struct or map | the columns by their names; what no member names is ignored |
    /// | a tuple or `Vec` | all columns, by position |
    ///
    /// | a column | into |
    /// |---|---|
    /// | `long`, `unsignedLong` | any integer in whose range the value is; floats, as serde makes them |
    /// | `double` | `f64`, and `f32` within its range |
    /// | `boolean` | `bool` |
    /// | `string` and types that have none in Rust | texts, lent ones too; the name of an enum's variant |
    /// | `dateTime` | [`Timestamp`](crate::Timestamp), texts (RFC 3339), and what reads those, such as chrono's `DateTime` |
    /// | any | a [`Value`](crate::Value) of its own type |
    ///
    /// Null reads as `None` and, into text, as `""`; a column that the table lacks as `None`. Where
    /// serde keeps a value before it knows the member (`flatten`, `untagged`, `tag`), a null fits
    /// only an `Option`, and a [`Value`](crate::Value) of a time is a text, of an unsigned number an
    /// integer. Of a column that is there twice a map gets the last, a struct serde's
    /// error.
    ///
    /// ```
    /// use influx_core::annotated_csv;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, Debug, PartialEq)]
    /// struct Cpu<'r> {
    ///     host: &'r str,
    ///     temp: f64,
    ///     load: Option<u8>,
    /// }
    ///
    /// let csv = "#datatype,string,long,double,string\n#group,false,false,false,true\n\
    ///            #default,_result,,,\n,result,table,temp,host\n,,0,22.35,a\n";
    /// let tables = annotated_csv::tables(csv)?;
    /// let cpu: Cpu<'_> = tables[0].records()[0].deserialize()?;
    /// assert_eq!(cpu, Cpu { host: "a", temp: 22.35, load: None });
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`MissingColumn`](crate::ErrorKind::MissingColumn) for a member without a column;
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch), with the column and serde's words, for a
    /// value that does not fit.
    pub fn deserialize<'r, T: Deserialize<'r>>(&'r self) -> Result<T> {
        Ok(deserialize::row(self)?)
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
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

    /// The columns of the group key with their values.
    pub fn group_key(&self) -> impl Iterator<Item = (&str, &Value)> {
        let in_key = self.iter().filter(|(column, _)| column.group);
        in_key.map(|(column, value)| (column.name.as_str(), value))
    }

    /// The text of `_measurement`, if there is one.
    #[must_use]
    pub fn measurement(&self) -> Option<&str> {
        self.get("_measurement")?.as_str()
    }

    /// The text of `_field`, if there is one: what [`value`](Self::value) is a value of.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.get("_field")?.as_str()
    }

    /// The value of `_value`, if there is such a column; a pivot takes it away.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.get("_value")
    }

    /// The instant of `_time`, if there is one.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.get("_time")?.as_time()
    }

    /// The instant of `_start`, the beginning of the query's range or window, if there is one.
    #[must_use]
    pub fn start(&self) -> Option<Timestamp> {
        self.get("_start")?.as_time()
    }

    /// The instant of `_stop`, the end of the query's range or window, if there is one.
    #[must_use]
    pub fn stop(&self) -> Option<Timestamp> {
        self.get("_stop")?.as_time()
    }
}

/// A map from names to values, in the order of the columns. A name that is there twice comes twice.
impl Serialize for OwnedRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(column, value)| (&column.name, value)))
    }
}
