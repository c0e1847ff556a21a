//! The part of Flux that this server knows: from text (and `extern`) to pipelines.
//!
//! What comes out is ready to run: names are resolved, durations are bounds, literals are values.

use crate::engine::Text;

/// Everything that a script asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Program {
    /// At least one; names differ.
    pub(crate) results: Vec<(String, Pipeline)>,
}

/// `from(…)` and what its rows go through.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pipeline {
    pub(crate) bucket: BucketRef,
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
    /// Where the call stands, as messages have it: `@1:20-1:45`.
    pub(crate) place: String,
}

/// What a stage does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StageKind {
    /// Nanoseconds since 1970, `stop` exclusive.
    Range {
        start: i64,
        stop: i64,
    },
    Filter {
        condition: Condition,
        keep_empty: bool,
    },
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
}

/// What a filter's function says of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Exists(String),
    Constant(bool),
    Compare { column: String, operator: Operator, literal: Literal },
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
