//! Header → where each member's cell is. Not generic: derived structs hand over their schema.

use super::{CellError, Mismatch, Mismatches};
use crate::annotated_csv::{Cell, Datatype, Record, TableHeader};
use crate::error::{CellProblem, Problem};
use crate::schema::{ColumnSchema, FIELD, FIELD_LAST, Role, Schema, ValueType};

/// Where the cells of a struct's members are, and what a row must say of itself.
#[derive(Debug)]
pub struct RowPlan {
    schema: Schema,
    /// For each column of the schema, the table's column.
    places: Box<[Option<usize>]>,
    measurement: Option<Identity>,
    field: Option<Identity>,
    /// The table whose group key was checked last.
    checked: Option<u64>,
}

/// A column that must hold one text.
#[derive(Debug)]
pub(super) struct Identity {
    column: usize,
    wanted: &'static str,
    /// In the group key the first row speaks for the table.
    once: bool,
}

impl RowPlan {
    /// Finds the columns of `schema` in `table`.
    ///
    /// A struct with one field also reads tables that hold it as `_value`.
    ///
    /// # Errors
    /// Every column that is missing or of another type.
    pub fn new(schema: Schema, table: &TableHeader) -> Result<Self, Mismatches> {
        let unpivoted = Unpivoted::of(&schema, table);
        if let Unpivoted::SeveralFields { named } = unpivoted {
            let problem = Problem::Unpivoted { named };
            let found = vec![Mismatch { row: schema.row, member: "", problem }];
            return Err(Mismatches::new(schema.row, found, Vec::new()));
        }
        let places = places(&schema, table, |column| match (column.role, &unpivoted) {
            (Role::Field, Unpivoted::OneField) => "_value",
            _ => column.name,
        })?;
        fields_are_no_tags(&schema, table, &places)?;
        let field = schema.columns.iter().find(|column| column.role == Role::Field);
        Ok(Self {
            places,
            measurement: Identity::of_measurement(table, &schema),
            field: match (unpivoted, field) {
                (Unpivoted::OneField, Some(field)) => Identity::of(table, FIELD, field.name),
                _ => None,
            },
            schema,
            checked: None,
        })
    }

    /// Finds the columns of a row that is no measurement's: each by its own name.
    ///
    /// # Errors
    /// Every column that is missing or of another type.
    pub fn of_columns(
        row: &'static str,
        columns: &'static [ColumnSchema],
        table: &TableHeader,
    ) -> Result<Self, Mismatches> {
        let schema = Schema::new(row, "", None, columns);
        let places = places(&schema, table, |column| column.name)?;
        Ok(Self { places, measurement: None, field: None, schema, checked: None })
    }

    /// For each column of the schema, the table's column.
    #[cfg(all(feature = "client", feature = "polars"))]
    pub(crate) fn places(&self) -> &[Option<usize>] {
        &self.places
    }

    /// Makes sure that the row is of this measurement (and field, where the table is un-pivoted).
    ///
    /// # Errors
    /// A row of another one, with the filter to add.
    #[inline]
    pub fn check(&mut self, record: &Record<'_>) -> Result<(), CellError> {
        let known = self.checked == Some(record.table().sequence());
        if let Some(measurement) = &self.measurement {
            measurement.check_measurement(record, known)?;
        }
        if let Some(field) = &self.field {
            field
                .check(record, known, |found, wanted| CellProblem::OtherField { found, wanted })?;
        }
        self.checked = Some(record.table().sequence());
        Ok(())
    }

    /// Reads the cell of the schema's column `index`.
    ///
    /// # Errors
    /// What `read` fails with, with the names of member and column.
    #[inline]
    pub fn read<'r, T>(
        &self,
        record: &Record<'r>,
        index: usize,
        read: impl FnOnce(Cell<'r>) -> Result<T, CellError>,
    ) -> Result<T, CellError> {
        read(self.cell(record, index)).map_err(|error| self.locate(error, index))
    }

    /// The same with a default for a missing column and an empty cell.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline]
    pub fn read_or<'r, T>(
        &self,
        record: &Record<'r>,
        index: usize,
        read: impl FnOnce(Cell<'r>) -> Result<T, CellError>,
        default: impl FnOnce() -> T,
    ) -> Result<T, CellError> {
        let cell = self.cell(record, index);
        if cell.is_null() {
            return Ok(default());
        }
        read(cell).map_err(|error| self.locate(error, index))
    }

    #[inline]
    fn cell<'r>(&self, record: &Record<'r>, index: usize) -> Cell<'r> {
        self.places[index].map_or(Cell::NULL, |place| record.cell(place))
    }

    #[cold]
    fn locate(&self, error: CellError, index: usize) -> CellError {
        let column = &self.schema.columns[index];
        error.at(self.schema.row, column.member, column.name)
    }
}

/// Whether the fields come as columns of their own or as rows of `_field` and `_value`.
enum Unpivoted {
    No,
    OneField,
    /// And whether `_field` says which is which.
    SeveralFields {
        named: bool,
    },
}

impl Unpivoted {
    fn of(schema: &Schema, table: &TableHeader) -> Self {
        let mut fields = schema.columns.iter().filter(|column| column.role == Role::Field);
        let has = |name| table.column_index(name).is_some();
        // A pivot takes both columns away; an aggregation may leave `_value` alone.
        let narrow = has("_value")
            && (has(FIELD) || has(FIELD_LAST) || !fields.clone().any(|field| has(field.name)));
        if !narrow {
            return Self::No;
        }
        match (fields.next(), fields.next()) {
            (Some(_), None) => Self::OneField,
            _ => Self::SeveralFields { named: has(FIELD) || has(FIELD_LAST) },
        }
    }
}

/// Makes sure that no field is read from a tag: a pivot lets the tag of the name win.
fn fields_are_no_tags(
    schema: &Schema,
    table: &TableHeader,
    places: &[Option<usize>],
) -> Result<(), Mismatches> {
    let in_key = |place: &usize| {
        let column = &table.columns()[*place];
        column.group && column.name != "_value"
    };
    let fields = schema.columns.iter().zip(places).filter(|(column, _)| column.role == Role::Field);
    let found: Vec<_> = fields
        .filter(|(_, place)| place.as_ref().is_some_and(in_key))
        .map(|(column, _)| {
            let problem = Problem::InKey { column: column.name };
            Mismatch { row: schema.row, member: column.member, problem }
        })
        .collect();
    if found.is_empty() { Ok(()) } else { Err(Mismatches::new(schema.row, found, Vec::new())) }
}

/// Whether `table` holds several fields of `schema` as rows of `_field` and `_value`.
pub(super) fn is_narrow(schema: &Schema, table: &TableHeader) -> bool {
    matches!(Unpivoted::of(schema, table), Unpivoted::SeveralFields { named: true })
}

impl Identity {
    pub(super) fn of_measurement(table: &TableHeader, schema: &Schema) -> Option<Self> {
        Self::of(table, "_measurement", schema.measurement)
    }

    fn of(table: &TableHeader, name: &str, wanted: &'static str) -> Option<Self> {
        let column = table.column_index(name)?;
        Some(Self { column, wanted, once: table.columns()[column].group })
    }

    /// `known`: another row of the table was checked.
    #[inline]
    pub(super) fn check_measurement(
        &self,
        record: &Record<'_>,
        known: bool,
    ) -> Result<(), CellError> {
        self.check(record, known, |found, wanted| CellProblem::OtherMeasurement { found, wanted })
    }

    fn check(
        &self,
        record: &Record<'_>,
        known: bool,
        other: impl FnOnce(String, &'static str) -> CellProblem,
    ) -> Result<(), CellError> {
        if known && self.once {
            return Ok(());
        }
        let found = record.cell(self.column).as_bytes();
        if found == self.wanted.as_bytes() {
            return Ok(());
        }
        Err(other(String::from_utf8_lossy(found).into_owned(), self.wanted).into())
    }
}

/// Where each column of `schema` is in `table`, which has it under the name that `name` gives.
fn places(
    schema: &Schema,
    table: &TableHeader,
    name: impl Fn(&ColumnSchema) -> &'static str,
) -> Result<Box<[Option<usize>]>, Mismatches> {
    let mut found = Vec::new();
    let mut place = |column: &ColumnSchema| {
        let name = name(column);
        let place = table.column_index(name);
        let again = table.columns().iter().filter(|column| column.name == name).count() > 1;
        let problem = match place {
            Some(_) if again => Some(Problem::Twice { column: column.name }),
            None if column.optional => None,
            None => Some(Problem::Missing { column: column.name }),
            Some(index) => wrong_type(column, name, &table.columns()[index].datatype),
        };
        let (row, member) = (schema.row, column.member);
        found.extend(problem.map(|problem| Mismatch { row, member, problem }));
        place
    };
    let places = schema.columns.iter().map(&mut place).collect();
    if found.is_empty() {
        return Ok(places);
    }
    let columns = table.columns().iter().map(|column| column.name.clone()).collect();
    Err(Mismatches::new(schema.row, found, columns))
}

fn wrong_type(wanted: &ColumnSchema, column: &'static str, found: &Datatype) -> Option<Problem> {
    let fits = match wanted.value_type {
        ValueType::Float => *found == Datatype::Double,
        ValueType::Integer => *found == Datatype::Long,
        ValueType::Unsigned => *found == Datatype::UnsignedLong,
        ValueType::Boolean => *found == Datatype::Boolean,
        ValueType::Time => *found == Datatype::DateTime,
        // Types that have none in Rust are text.
        ValueType::String => matches!(
            found,
            Datatype::String | Datatype::Duration | Datatype::Base64Binary | Datatype::Other(_)
        ),
    };
    let remedy = || match (wanted.role, found) {
        (Role::Tag, _) => {
            "convert it with `string(v: …)` in the query, or make the member a #[field]"
        }
        (Role::Timestamp, _) => "convert it with `time(v: …)` in the query",
        // Rows of several fields can hold those of another type.
        _ if column != wanted.name => {
            "filter by the struct's `_field`, or change the member's type"
        }
        (_, Datatype::Double) => "make the member an `f64`, or convert in the query",
        (_, Datatype::Long) => "make the member an `i64`, or convert in the query",
        (_, Datatype::UnsignedLong) => "make the member a `u64`, or convert in the query",
        (_, Datatype::Boolean) => "make the member a `bool`, or convert in the query",
        (_, Datatype::DateTime) => {
            "make the member a time (of a measurement: the #[timestamp]), or convert in the query"
        }
        _ => "make the member a `String`, or convert in the query",
    };
    (!fits).then(|| Problem::Type {
        column,
        server: found.to_string(),
        rust: wanted.rust_type,
        remedy: remedy(),
    })
}
