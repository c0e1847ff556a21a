use super::{CellError, Mismatches};
use crate::annotated_csv::{OwnedRecord, Record, TableHeader};

/// A type that a row of a result can be read into.
///
/// Derived with `#[derive(Measurement)]`. Reading has two phases: [`plan`](Self::plan) finds the
/// columns, once for each header of the reply; [`read`](Self::read) makes one row, without looking
/// up a name. [`OwnedRecord`] is a row of any shape.
#[diagnostic::on_unimplemented(
    message = "a row of a result cannot be read into `{Self}`",
    note = "annotate the struct with `#[derive(Measurement)]`, or read `OwnedRecord`s"
)]
pub trait FromRow {
    /// What reading gives: the type itself, or its form that borrows from the row.
    type Row<'r>;
    /// Where the columns are.
    type Plan: Send + 'static;

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
