use serde::de::DeserializeOwned;

use super::{CellError, Mismatches};
use crate::annotated_csv::{OwnedRecord, Record, TableHeader, deserialize_row};
use crate::schema::Schema;

/// A type that a row of a result can be read into.
///
/// Derived with `#[derive(Measurement)]`, and for rows that are no measurement's with
/// [`#[derive(FromRow)]`](super#rows-that-are-no-measurement). Reading has two phases: [`plan`](Self::plan) finds the
/// columns, once for each header of the reply; [`read`](Self::read) makes one row, without looking
/// up a name. Three more rows need no derive:
///
/// | type | is |
/// |---|---|
/// | [`Serde<T>`](Serde) | a `T` that serde can deserialize |
/// | [`OwnedRecord`] | a row of any shape |
/// | [`Record<'_>`](Record) | the same lent, without a copy of its texts; can borrow into a `T` of serde |
#[diagnostic::on_unimplemented(
    message = "a row of a result cannot be read into `{Self}`",
    note = "annotate the struct with `#[derive(Measurement)]`, or read `OwnedRecord`s",
    note = "a type that implements serde's `Deserialize` can be read as `Serde<_>`"
)]
pub trait FromRow {
    /// What reading gives: the type itself, or its form that borrows from the row.
    type Row<'r>;
    /// Where the columns are.
    type Plan: Send + 'static;
    /// The struct whose rows are put together where a result has one row for each field.
    #[doc(hidden)]
    const ASSEMBLED: Option<Schema> = None;

    /// Finds the columns of a table.
    ///
    /// # Errors
    /// Every column that is missing or of another type.
    fn plan(table: &TableHeader) -> Result<Self::Plan, Mismatches>;

    /// Reads one row.
    ///
    /// # Errors
    /// The first cell that does not fit its member.
    fn read<'r>(plan: &mut Self::Plan, record: &Record<'r>) -> Result<Self::Row<'r>, CellError>;
}

/// A [`FromRow`] type that borrows nothing, so that its rows can be collected.
#[diagnostic::on_unimplemented(
    message = "rows of a result cannot be collected as `{Self}`",
    note = "annotate the struct with `#[derive(Measurement)]`, or read `OwnedRecord`s",
    note = "a type that implements serde's `Deserialize` can be read as `Serde<_>`",
    note = "a struct that borrows its texts can be lent by `rows`, not collected; own them: `String` instead of `&str`"
)]
pub trait FromRowOwned: for<'r> FromRow<Row<'r> = Self> + Sized {}

impl FromRow for OwnedRecord {
    type Row<'r> = Self;
    type Plan = ();

    fn plan(_: &TableHeader) -> Result<(), Mismatches> {
        Ok(())
    }

    fn read<'r>((): &mut (), record: &Record<'r>) -> Result<Self, CellError> {
        Self::read(record)
    }
}

impl FromRowOwned for OwnedRecord {}

/// The row itself, lent.
impl FromRow for Record<'_> {
    type Row<'r> = Record<'r>;
    type Plan = ();

    fn plan(_: &TableHeader) -> Result<(), Mismatches> {
        Ok(())
    }

    fn read<'r>((): &mut (), record: &Record<'r>) -> Result<Record<'r>, CellError> {
        Ok(*record)
    }
}

/// A row as a type that serde deserializes, where `#[derive(Measurement)]` is not wanted.
///
/// [`OwnedRecord::deserialize`] says which column goes into what. Names are compared in each row,
/// not once for each header, and a query's `_measurement` and `_field` are not checked: a derived
/// struct is faster and stricter. A type that borrows is read with [`Record::deserialize`].
///
/// ```
/// use influx_core::measurement::{self, Serde};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, Debug, PartialEq)]
/// struct Cpu {
///     host: String,
///     temp: f64,
/// }
///
/// let csv = "#datatype,string,long,string,double\n#group,false,false,true,false\n\
///            #default,_result,,,\n,result,table,host,temp\n,,0,a,22.35\n";
/// for Serde(cpu) in measurement::rows::<Serde<Cpu>>(csv)? {
///     assert_eq!(cpu, Cpu { host: "a".into(), temp: 22.35 });
/// }
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Serde<T>(
    /// What was read.
    pub T,
);

impl<T: DeserializeOwned> FromRow for Serde<T> {
    type Row<'r> = Self;
    type Plan = ();

    fn plan(_: &TableHeader) -> Result<(), Mismatches> {
        Ok(())
    }

    fn read<'r>((): &mut (), record: &Record<'r>) -> Result<Self, CellError> {
        deserialize_row(*record).map(Self)
    }
}

impl<T: DeserializeOwned> FromRowOwned for Serde<T> {}
