use std::fmt;

use super::{Error, ErrorKind, Excerpt};

/// Why a typed query or a typed delete cannot be made.
#[derive(Debug)]
pub(crate) enum SelectCause {
    /// A row was wanted and there is none.
    NoRow,
    /// A condition of more levels than the server reads.
    TooDeep,
    /// A value that leaves nothing to compare with.
    NoOperand { column: &'static str },
    /// A value that the server cannot hold.
    Operand { column: &'static str, problem: String },
    /// Whole rows are wanted from the server's tables as they are, in an order that they do not have.
    CannotAssemble,
    /// Several fields are aggregated over rows that are chosen by other fields.
    AggregateOfSeveral,
    /// No field of the struct can be aggregated so.
    NothingToAggregate { function: &'static str },
    /// A field that cannot be aggregated so.
    NotDefined { function: &'static str, field: &'static str, rust_type: &'static str },
    /// An aggregation has no order.
    OrderOfAggregation,
    /// Not from 0 to 1.
    Quantile { q: f64 },
    /// Windows of no length.
    EmptySpan,
    /// Windows, or an offset, of more than 64 bits of nanoseconds.
    LongSpan,
    /// Settings of windows without windows.
    NoSpan,
    /// A row for each of the windows of centuries.
    EndlessWindows,
    /// A delete by a predicate that says nothing.
    EmptyPredicate,
    /// A condition that no predicate of a delete can express.
    DeleteOfOther,
    /// Distinct values have no order.
    OrderOfDistinct,
    /// A delete by a condition that says nothing.
    DeleteOfEverything,
    /// A tag that a delete asks for and that no series has.
    DeleteOfEmptyTag { column: &'static str },
    /// A text that the grammar of deletes cannot express.
    DeleteText { text: String },
}

impl SelectCause {
    /// Why a value cannot be compared with a column.
    pub(crate) fn operand(column: &'static str, error: &Error) -> Error {
        // A line is made of the value, in which no name means anything to the caller.
        let problem = match error.kind() {
            ErrorKind::InvalidLine => {
                "the server holds no such value, such as NaN or an infinity".into()
            }
            _ => error.to_string(),
        };
        Self::Operand { column, problem }.into()
    }

    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoRow => ErrorKind::NotFound,
            _ => ErrorKind::InvalidInput,
        }
    }
}

impl SelectCause {
    /// What is said without naming anything.
    const fn fixed(&self) -> &'static str {
        match self {
            Self::NoRow => "the query found no row; `optional` may do without one",
            Self::TooDeep => {
                "the condition alternates `and` and `or` in more levels than the server reads; build \
                 long ones with `Predicate::all` and `Predicate::any`"
            }
            Self::CannotAssemble => {
                "an order, a limit or a condition on one of several fields needs rows that the server \
                 has made whole; leave out `whole_rows(Way::Assemble)`"
            }
            Self::AggregateOfSeveral => {
                "several fields are aggregated over rows that are chosen by a field; aggregate one \
                 at a time, with `fields`"
            }
            Self::OrderOfAggregation => {
                "an aggregation comes after `sort`, `limit`, `skip` or `limit_per_series`, which have no \
                 meaning there; leave them out"
            }
            Self::EmptySpan => "the windows of `every` have no length, or less than none",
            Self::LongSpan => "a window or its offset is longer than 292 years",
            Self::NoSpan => {
                "`offset`, `create_empty` and `time_of_start` say something of windows; set their length \
                 with `every`"
            }
            Self::EndlessWindows => {
                "`create_empty` makes a row for each window of the range, which has no end; name its \
                 start and its end"
            }
            Self::EmptyPredicate => {
                "the predicate is empty, which would be every point; say so with `all`"
            }
            Self::DeleteOfOther => {
                "the server deletes by tags alone, compared with `eq` and `ne`, and joined by `and`"
            }
            Self::OrderOfDistinct => {
                "`distinct` comes after `sort`, `limit`, `skip` or `limit_per_series`, which have no \
                 meaning there; leave them out"
            }
            Self::DeleteOfEverything => {
                "the condition of the delete is empty, which would be every point of the measurement; \
                 say so with `measurement`"
            }
            _ => "the query cannot be made",
        }
    }
}

impl fmt::Display for SelectCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOperand { column } => {
                write!(f, "`{column}` is compared with nothing; ask for it with `exists`")
            }
            Self::Operand { column, problem } => {
                write!(f, "`{column}` cannot be compared with that: {problem}")
            }
            Self::NothingToAggregate { function } => write!(
                f,
                "`{function}` is defined for none of the fields that were named, or for none of the \
                 struct; `count`, `first` and `last` are defined for all"
            ),
            Self::NotDefined { function, field, rust_type } => write!(
                f,
                "`{function}` is not defined for the field `{field}` of type {rust_type}; leave it out of \
                 `fields`"
            ),
            Self::Quantile { q } => write!(f, "the quantile {q} is not from 0 to 1"),
            Self::DeleteOfEmptyTag { column } => write!(
                f,
                "a delete of the points whose tag `{column}` is empty: no point has such a tag, and \
                 those that lack it cannot be named"
            ),
            Self::DeleteText { text } => write!(
                f,
                "`{}` cannot be written in the predicate of a delete, which knows no NUL and no CR",
                Excerpt(text)
            ),
            other => f.write_str(other.fixed()),
        }
    }
}
