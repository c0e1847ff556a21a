//! The part of Flux that this server knows: from text (and `extern`) to pipelines.
//!
//! What comes out is ready to run: names are resolved, durations are bounds, literals are values.

use serde_json::Value as Json;

use crate::point::Text;
use crate::refusal::Refusal;

mod aggregate;
mod ast;
mod call;
mod condition;
mod convert;
mod duration;
mod evaluator;
mod extern_file;
mod functions;
mod graph;
mod lexer;
mod literal;
mod names;
mod parser;
mod record;
pub(crate) mod regex;
#[cfg(test)]
mod tests;
mod value;
mod windows;

pub(crate) use aggregate::{Aggregate, Selector, Window};
pub(crate) use duration::Duration;

/// Reads a script, with the `extern` file of its request; `now` is nanoseconds since 1970.
pub(crate) fn compile(
    script: &str,
    extern_file: Option<&Json>,
    now: i64,
) -> Result<Program, Refusal> {
    let mut evaluator = evaluator::Evaluator::new(now);
    if let Some(json) = extern_file {
        evaluator.run(&extern_file::parse(json)?)?;
        if evaluator.has_errors() {
            return Err(Refusal::unknown("an `extern` file that is wrong"));
        }
    }
    evaluator.run(&parser::parse(script)?)?;
    evaluator.finish()
}

/// Whether a script can be parsed.
///
/// # Errors
/// It cannot, or not here.
pub(crate) fn check(script: &str) -> Result<(), Refusal> {
    parser::parse(script).map(drop)
}

/// Everything that a script asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Program {
    /// At least one; names differ unless `refusal` says so.
    pub(crate) results: Vec<(String, Pipeline)>,
    /// What the real server says once it has found the buckets, instead of a result.
    pub(crate) refusal: Option<Refusal>,
}

/// `from(…)` and what its rows go through.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pipeline {
    pub(crate) bucket: BucketRef,
    /// The first is a `range`.
    pub(crate) stages: Vec<Stage>,
}

/// How `from` names the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BucketRef {
    Name(String),
    Id(String),
}

/// One call in a pipeline, `yield`s left out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stage {
    pub(crate) kind: StageKind,
    /// What the script calls, as messages have it.
    pub(crate) function: &'static str,
    /// Where the call stands, as messages have it: `@1:20-1:45`.
    pub(crate) place: String,
    /// Not only the next stage takes what this one makes, but also a `yield` or another pipeline: so
    /// the planner cannot make one of the two.
    pub(crate) is_shared: bool,
}

/// What a stage does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StageKind {
    /// Nanoseconds since 1970, `stop` exclusive.
    Range {
        start: i64,
        stop: i64,
    },
    Filter(Filter),
    Pivot {
        row_key: Vec<String>,
        column_key: Vec<String>,
        value_column: String,
    },
    Keep(Vec<String>),
    Drop(Vec<String>),
    GroupBy(Vec<String>),
    GroupExcept(Vec<String>),
    Sort {
        columns: Vec<String>,
        descending: bool,
    },
    Limit {
        n: i64,
        offset: i64,
    },
    Tail {
        n: i64,
        offset: i64,
    },
    Aggregate {
        function: Aggregate,
        column: String,
    },
    Select {
        function: Selector,
        column: String,
    },
    Distinct(String),
    /// Old names and new ones.
    Rename(Vec<(String, String)>),
    Set {
        column: String,
        value: String,
    },
    Window(Window),
    /// One window around all of the range, by the time in this column.
    Unwindow(String),
    /// Empty tables get a row of nulls.
    Fill,
    Duplicate {
        column: String,
        r#as: String,
    },
}

/// `filter(fn: …)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filter {
    pub(crate) condition: Condition,
    pub(crate) keep_empty: bool,
    /// Where the function stands: `1:50-1:78`.
    pub(crate) place: String,
    /// The types that the script demands of columns, here or elsewhere in the pipeline. The real
    /// server holds every table that it evaluates a filter on against them.
    pub(crate) column_types: Vec<(String, ColumnType)>,
}

/// A type that the use of a column in a script tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    String,
    Boolean,
    Time,
}

/// What a filter's function says of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Exists(String),
    Constant(bool),
    /// A boolean column.
    Column(String),
    Compare {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Column(String),
    Literal(Literal),
    /// A constant that the real server works out for each row: `-1`, `float(v: "1")`.
    Computed(Literal),
}

/// How a column is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    MatchesNot,
}

/// A constant in a script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Float(f64),
    Integer(i64),
    Unsigned(u64),
    Boolean(bool),
    String(Text),
    Time(i64),
    /// The pattern, in Go's syntax.
    Regex(String),
}
