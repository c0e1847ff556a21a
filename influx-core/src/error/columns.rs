use std::fmt;

use super::{CellError, ErrorKind, Excerpt, Position};

/// Why a result does not become a data frame, or a frame no records.
#[derive(Debug)]
pub(crate) enum ColumnsCause {
    /// A column has another type than in an earlier table.
    Changed { column: String, before: String, now: String, position: Position },
    /// Two columns of one name.
    Twice { column: String, position: Position },
    /// A column was asked for that no table has; what they have.
    Missing { column: String, columns: Vec<String> },
    /// A column was asked for twice.
    AskedTwice { column: String },
    /// A column whose type no member can have.
    Dtype { column: String, dtype: String },
    /// A row of a frame that is no record.
    Row { row: usize, error: CellError },
    /// A time beyond 64 bits of nanoseconds.
    Time { column: String, row: usize },
    /// What polars refuses.
    Polars { message: String },
}

impl ColumnsCause {
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing { .. } => ErrorKind::MissingColumn,
            Self::AskedTwice { .. } | Self::Polars { .. } => ErrorKind::InvalidInput,
            Self::Row { error, .. } => error.kind(),
            Self::Changed { .. } | Self::Twice { .. } | Self::Dtype { .. } | Self::Time { .. } => {
                ErrorKind::TypeMismatch
            }
        }
    }

    pub(super) const fn position(&self) -> Option<Position> {
        match self {
            Self::Changed { position, .. } | Self::Twice { position, .. } => Some(*position),
            _ => None,
        }
    }
}

impl fmt::Display for ColumnsCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { column, before, now, position } => write!(
                f,
                "column `{}` is of type `{now}` where an earlier table has `{before}`; give each \
                 field its column (`wide`), {}filter by `_field` or convert in the query, or take \
                 one frame for each table ({position} of the reply)",
                Excerpt(column),
                if are_numbers([before, now]) {
                    "read numbers as floats (`numbers_as_floats`), "
                } else {
                    ""
                }
            ),
            Self::Twice { column, position } => write!(
                f,
                "a table has two columns `{}`, which no frame can have; rename one in the query \
                 ({position} of the reply)",
                Excerpt(column)
            ),
            Self::Missing { column, columns } => {
                let names: Vec<_> = columns.iter().map(|name| format!("`{name}`")).collect();
                let names = names.join(", ");
                let (column, names) = (Excerpt(column), Excerpt(&names));
                write!(f, "no table has the column `{column}`; mend the name: there are {names}")
            }
            Self::AskedTwice { column } => write!(
                f,
                "column `{}` is asked for twice, but a frame has each once; name it once",
                Excerpt(column)
            ),
            Self::Dtype { column, dtype } => write!(
                f,
                "column `{}` is of polars' type `{dtype}`, which no member can have; cast it",
                Excerpt(column)
            ),
            Self::Row { row, error } => write!(f, "row {row} of the frame: {error}"),
            Self::Time { column, row } => write!(
                f,
                "row {row} of the frame: the time in column `{}` is beyond 64 bits of nanoseconds",
                Excerpt(column)
            ),
            Self::Polars { message } => write!(f, "polars refuses the frame: {}", Excerpt(message)),
        }
    }
}

fn are_numbers(types: [&String; 2]) -> bool {
    types.iter().all(|name| matches!(name.as_str(), "double" | "long" | "unsignedLong"))
}
