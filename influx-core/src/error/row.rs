use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use super::{Error, ErrorKind, Excerpt, LongExcerpt, Position};

/// What the typed reader refuses.
#[derive(Debug)]
pub(crate) enum RowCause {
    Mismatches(Mismatches),
    Cell(CellError, Option<Position>),
    /// The fields of a series cannot be put together to rows.
    Series {
        row: &'static str,
        series: String,
        problem: SeriesProblem,
        position: Position,
    },
}

/// Why the fields of a series cannot be put together to rows.
#[derive(Debug)]
pub(crate) enum SeriesProblem {
    /// A column that is not in the group key.
    Mixed {
        column: String,
    },
    ComesBack,
    /// Tables may be sorted by field.
    ByField,
    FieldTwice {
        field: Cow<'static, str>,
    },
    /// Rows without a time.
    NoTime,
    TimeTwice {
        field: Cow<'static, str>,
        time: String,
    },
    Unordered {
        field: Cow<'static, str>,
        time: String,
    },
}

impl RowCause {
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Mismatches(mismatches) => mismatches.kind(),
            Self::Cell(error, _) => error.kind(),
            Self::Series { .. } => ErrorKind::MissingColumn,
        }
    }

    pub(super) const fn position(&self) -> Option<Position> {
        match self {
            Self::Mismatches(_) => None,
            Self::Cell(_, position) => *position,
            Self::Series { position, .. } => Some(*position),
        }
    }
}

impl fmt::Display for RowCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mismatches(mismatches) => mismatches.fmt(f),
            Self::Cell(error, Some(position)) => write!(f, "{error} ({position} of the reply)"),
            Self::Cell(error, None) => error.fmt(f),
            Self::Series { row, series, problem, position } => {
                write!(f, "the fields of `{row}` cannot be put together to rows: ")?;
                problem.fmt(&Excerpt(series), f)?;
                write!(f, " ({position} of the reply)")
            }
        }
    }
}

impl SeriesProblem {
    /// What is wrong with a row whose time compares so with that of the row before it.
    #[cold]
    pub(crate) fn out_of_order(time: &[u8], found: Ordering, field: Cow<'static, str>) -> Self {
        let time = String::from_utf8_lossy(time).into_owned();
        match found {
            _ if time.is_empty() => Self::NoTime,
            Ordering::Equal => Self::TimeTwice { field, time },
            _ => Self::Unordered { field, time },
        }
    }

    /// One clause with the remedy.
    fn fmt(&self, series: &Excerpt<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mixed { column } => write!(
                f,
                "column `{}` is not in the group key, so one table may hold several series; leave \
                 the server's grouping, `drop` the column if it is no tag, or {PIVOT}",
                Excerpt(column)
            ),
            Self::ComesBack => write!(
                f,
                "series `{series}` comes back after another one; leave the server's order (no `group` \
                 or `union` before), or {PIVOT}"
            ),
            Self::ByField => write!(
                f,
                "the tables come field by field, as `drop` and `keep` sort them; leave those \
                 out, or {PIVOT}"
            ),
            Self::FieldTwice { field } => write!(
                f,
                "series `{series}` has two tables of field `{field}`; read the results of `window` or \
                 `union` one by one, or {PIVOT}"
            ),
            Self::NoTime => write!(
                f,
                "series `{series}` has rows without `_time`; keep that column, or {PIVOT}"
            ),
            Self::TimeTwice { field, time } => write!(
                f,
                "series `{series}` has field `{field}` twice at {}; do not drop tags, which part \
                 series",
                Excerpt(time)
            ),
            Self::Unordered { field, time } => write!(
                f,
                "series `{series}` has field `{field}` not in order of time at {}; end the query with \
                 `sort(columns: [\"_time\"])`, do not drop tags, or {PIVOT}",
                Excerpt(time)
            ),
        }
    }
}

/// The remedy for un-pivoted rows.
const PIVOT: &str = "add `|> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \
                     \"_value\")` to the query";

/// Everything in which a table does not fit a struct.
#[derive(Debug, Clone)]
pub struct Mismatches {
    row: &'static str,
    found: Vec<Mismatch>,
    /// The names of the table's columns.
    columns: Vec<String>,
    /// The tags of the series, where a table stands for one.
    series: Option<String>,
    /// Whether it is a data frame, which was in no query.
    is_frame: bool,
}

/// One column in which a table does not fit a struct.
#[derive(Debug, Clone)]
pub struct Mismatch {
    pub(crate) row: &'static str,
    pub(crate) member: &'static str,
    pub(crate) problem: Problem,
}

#[derive(Debug, Clone)]
pub(crate) enum Problem {
    Missing {
        column: &'static str,
    },
    Twice {
        column: &'static str,
    },
    /// A field that tells tables apart.
    InKey {
        column: &'static str,
    },
    Type {
        column: &'static str,
        server: String,
        rust: &'static str,
        remedy: &'static str,
    },
    Unpivoted {
        named: bool,
    },
}

impl Mismatch {
    /// The member of the struct; empty where it is about all of its fields.
    #[must_use]
    pub const fn member(&self) -> &'static str {
        self.member
    }

    /// The column, if it is about one.
    #[must_use]
    pub const fn column(&self) -> Option<&'static str> {
        match &self.problem {
            Problem::Missing { column }
            | Problem::Twice { column }
            | Problem::InKey { column }
            | Problem::Type { column, .. } => Some(column),
            Problem::Unpivoted { .. } => None,
        }
    }
}

impl Mismatches {
    pub(crate) const fn new(row: &'static str, found: Vec<Mismatch>, columns: Vec<String>) -> Self {
        Self { row, found, columns, series: None, is_frame: false }
    }

    /// Names the series that does not fit.
    pub(crate) fn in_series(mut self, series: String) -> Self {
        self.series = Some(series);
        self
    }

    /// The same of a data frame, which has these columns.
    #[cfg(feature = "polars")]
    pub(crate) fn in_frame(self, columns: Vec<String>) -> Self {
        Self { columns, is_frame: true, ..self }
    }

    /// Each mismatch, in the order of the struct's members.
    #[must_use]
    pub fn all(&self) -> &[Mismatch] {
        &self.found
    }

    fn kind(&self) -> ErrorKind {
        let wrong_type = |m: &Mismatch| matches!(m.problem, Problem::Type { .. });
        if self.found.iter().any(wrong_type) {
            ErrorKind::TypeMismatch
        } else {
            ErrorKind::MissingColumn
        }
    }
}

impl fmt::Display for Mismatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        let whole = if self.is_frame { "frame" } else { "result" };
        write!(f, "the {whole} does not fit `{}`", self.row)?;
        if let Some(series) = &self.series {
            write!(f, " in series `{}`", Excerpt(series))?;
        }
        for (place, mismatch) in self.found.iter().take(SHOWN).enumerate() {
            let lead = if place == 0 { ": " } else { "; " };
            f.write_str(lead)?;
            if self.is_frame { mismatch.fmt_of_frame(f)? } else { mismatch.fmt(f)? }
        }
        if self.found.len() > SHOWN {
            write!(f, "; and {} more", self.found.len() - SHOWN)?;
        }
        if self.found.iter().any(|mismatch| matches!(mismatch.problem, Problem::Missing { .. })) {
            let whole = if self.is_frame { "frame" } else { "table" };
            write!(f, "; {}", ItHas { whole, columns: &self.columns })?;
        }
        Ok(())
    }
}

struct ItHas<'a> {
    whole: &'static str,
    columns: &'a [String],
}

impl fmt::Display for ItHas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.columns.is_empty() {
            return write!(f, "the {} has no columns", self.whole);
        }
        let names: Vec<_> = self.columns.iter().map(|name| format!("`{name}`")).collect();
        write!(f, "the {} has {}", self.whole, Excerpt(&names.join(", ")))
    }
}

impl Mismatch {
    /// With remedies that do without a query.
    fn fmt_of_frame(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, member, problem } = self;
        match problem {
            Problem::Missing { column: "_time" } => write!(
                f,
                "`{row}.{member}` needs column `_time`, which the frame lacks; rename the column of \
                 the time to that"
            ),
            Problem::Missing { column } => write!(
                f,
                "`{row}.{member}` needs column `{column}`, which the frame lacks; mend the name, or \
                 make the member an `Option` if it may be missing"
            ),
            Problem::Type { column, server, rust, .. } => write!(
                f,
                "`{row}.{member}` is `{rust}`, but column `{column}` holds what the server calls \
                 `{server}`; cast it with polars, or change the member's type"
            ),
            _ => fmt::Display::fmt(self, f),
        }
    }
}

/// One clause with the remedy.
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, member, problem } = self;
        match problem {
            Problem::Missing { column: "_time" } => write!(
                f,
                "`{row}.{member}` needs column `_time`, which the table lacks, as one does after an \
                 aggregation; drop the member, or use `aggregateWindow`"
            ),
            Problem::Missing { column } => write!(
                f,
                "`{row}.{member}` needs column `{column}`, which the table lacks; mend the name, or \
                 make the member an `Option` if it may be missing"
            ),
            Problem::Twice { column } => write!(
                f,
                "`{row}.{member}` reads column `{column}`, which the table has twice; rename one in \
                 the query"
            ),
            Problem::InKey { column } => write!(
                f,
                "`{row}.{member}` is a field, but column `{column}` is in the group key, as a tag of that \
                 name is; write the one or the other under another name, or end the query with `group()`"
            ),
            Problem::Type { column, server, rust, remedy } => write!(
                f,
                "`{row}.{member}` is `{rust}`, but column `{column}` is of the server's type \
                 `{server}`; {remedy}"
            ),
            Problem::Unpivoted { named: false } => f.write_str(
                "it has several fields, but the table has one column `_value` and none that says \
                 which field that is; read it into a struct with one field",
            ),
            Problem::Unpivoted { named: true } => {
                write!(f, "its fields come as rows of `_field` and `_value`; {PIVOT}")
            }
        }
    }
}

impl std::error::Error for Mismatches {}

impl From<Mismatches> for Error {
    fn from(mismatches: Mismatches) -> Self {
        RowCause::Mismatches(mismatches).into()
    }
}

/// Why one cell could not be read as the type asked for.
///
/// One word; what it says is built only when it is shown.
#[derive(Debug, Clone)]
pub struct CellError(Box<CellCause>);

#[derive(Debug, Clone)]
struct CellCause {
    place: Option<Place>,
    problem: CellProblem,
}

#[derive(Debug, Clone)]
enum Place {
    Member { row: &'static str, member: &'static str, column: &'static str },
    Column(String),
}

#[derive(Debug, Clone)]
pub(crate) enum CellProblem {
    Null,
    Unreadable {
        text: String,
        wanted: &'static str,
    },
    UnknownVariant {
        text: String,
        wanted: &'static str,
    },
    OtherMeasurement {
        found: String,
        wanted: &'static str,
    },
    OtherField {
        found: String,
        wanted: &'static str,
    },
    /// A row that was put together lacks a field.
    Lacking {
        series: String,
        time: String,
    },
    /// A column was asked for by its name at run time, among these.
    NoColumn {
        column: String,
        columns: Vec<String>,
    },
    Custom(String),
}

impl CellError {
    /// An error of an own [`FieldValue`](crate::measurement::FieldValue) or
    /// [`TagValue`](crate::measurement::TagValue): one clause that says what is wrong with the cell.
    pub fn new(message: impl Into<String>) -> Self {
        CellProblem::Custom(message.into()).into()
    }

    /// The cell does not hold a `wanted`; the text is quoted.
    #[cold]
    pub(crate) fn unreadable(bytes: &[u8], wanted: &'static str) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        CellProblem::Unreadable { text, wanted }.into()
    }

    /// Names the member and column, unless an inner reader did already.
    #[cold]
    pub(crate) fn at(
        mut self,
        row: &'static str,
        member: &'static str,
        column: &'static str,
    ) -> Self {
        self.0.place.get_or_insert(Place::Member { row, member, column });
        self
    }

    /// Names the column of a cell that no derived struct reads.
    #[cold]
    pub(crate) fn in_column(mut self, column: &str) -> Self {
        self.0.place.get_or_insert_with(|| Place::Column(column.to_owned()));
        self
    }

    /// Lists the columns that there are, if one is missing.
    #[cold]
    pub(crate) fn among<'a>(mut self, names: impl Iterator<Item = &'a str>) -> Self {
        if let CellProblem::NoColumn { columns, .. } = &mut self.0.problem {
            *columns = names.map(str::to_owned).collect();
        }
        self
    }

    pub(crate) fn into_error(self, position: Position) -> Error {
        RowCause::Cell(self, Some(position)).into()
    }

    pub(super) fn kind(&self) -> ErrorKind {
        match self.0.problem {
            CellProblem::OtherMeasurement { .. }
            | CellProblem::OtherField { .. }
            | CellProblem::NoColumn { .. } => ErrorKind::MissingColumn,
            _ => ErrorKind::TypeMismatch,
        }
    }
}

impl From<CellError> for Error {
    fn from(error: CellError) -> Self {
        RowCause::Cell(error, None).into()
    }
}

impl From<CellProblem> for CellError {
    #[cold]
    fn from(problem: CellProblem) -> Self {
        Self(Box::new(CellCause { place: None, problem }))
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.place {
            Some(Place::Member { row, member, column }) => {
                write!(f, "column `{column}` does not fit `{row}.{member}`: ")?;
            }
            Some(Place::Column(column)) => write!(f, "column `{}`: ", Excerpt(column))?,
            None => {}
        }
        self.0.problem.fmt(f)
    }
}

impl fmt::Display for CellProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("the cell is empty; read it as an `Option`"),
            Self::Unreadable { text, wanted } => write!(f, "`{}` is no {wanted}", Excerpt(text)),
            Self::UnknownVariant { text, wanted } => {
                write!(f, "`{}` is none of {wanted}", Excerpt(text))
            }
            Self::OtherMeasurement { found, wanted } => write!(
                f,
                "the rows are of measurement `{}`, the struct is `{wanted}`; add `|> filter(fn: \
                 (r) => r._measurement == {})` to the query, or `#[measurement(name = {})]` to the \
                 struct",
                Excerpt(found),
                Literal(wanted),
                Literal(found)
            ),
            Self::OtherField { found, wanted } => write!(
                f,
                "the rows are of field `{}`; add `|> filter(fn: (r) => r._field == {})` to the \
                 query",
                Excerpt(found),
                Literal(wanted)
            ),
            Self::Lacking { series, time } => write!(
                f,
                "series `{}` lacks the field at {}; read it as an `Option`",
                Excerpt(series),
                Excerpt(time)
            ),
            Self::NoColumn { column, columns } => write!(
                f,
                "there is no column `{}`; mend the name, or read it as an `Option` if it may be \
                 missing; {}",
                Excerpt(column),
                ItHas { whole: "table", columns }
            ),
            Self::Custom(message) => LongExcerpt(message).fmt(f),
        }
    }
}

impl std::error::Error for CellError {}

/// serde's own words, save that a field that is missing is a column that is.
impl serde::de::Error for CellError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn missing_field(column: &'static str) -> Self {
        CellProblem::NoColumn { column: column.to_owned(), columns: Vec::new() }.into()
    }
}

/// A text in quotes, as Flux and Rust both read it.
struct Literal<'a>(&'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
