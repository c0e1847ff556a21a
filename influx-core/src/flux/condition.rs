//! What is asked of a row, as a tree without negations.
//!
//! A comparison with a tag or field that the row lacks is never true, nor is its negation. So the
//! negation of a tree is the tree of the negated tests, and "not" never has to be written.

use std::collections::BTreeSet;

use crate::error::{Error, Result, SelectCause};
use crate::schema::{Role, Value};

/// How deep a tree may be that the server still reads.
const MAX_DEPTH: usize = 50;

#[derive(Debug, Clone)]
pub(crate) enum Condition {
    /// For every row, or for none.
    Constant(bool),
    Test(Test),
    All(Vec<Self>),
    Any(Vec<Self>),
    /// A value that cannot be compared with; told when the query is made.
    Refused(Error),
}

/// One question about one column.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) column: &'static str,
    pub(crate) role: Role,
    pub(crate) ask: Ask,
}

#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Exists,
    Missing,
    Compare(Comparison, Value),
    OneOf(Vec<Value>),
    NoneOf(Vec<Value>),
    Matches(Pattern),
    Differs(Pattern),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    /// A regular expression.
    Regex(String),
}

impl Condition {
    pub(crate) const fn test(column: &'static str, role: Role, ask: Ask) -> Self {
        Self::Test(Test { column, role, ask })
    }

    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(true), other) | (other, Self::Constant(true)) => other,
            (Self::All(mut left), Self::All(right)) => {
                left.extend(right);
                Self::All(left)
            }
            (Self::All(mut all), other) => {
                all.push(other);
                Self::All(all)
            }
            (one, Self::All(mut all)) => {
                all.insert(0, one);
                Self::All(all)
            }
            (left, right) => Self::All(vec![left, right]),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(false), other) | (other, Self::Constant(false)) => other,
            (Self::Any(mut left), Self::Any(right)) => {
                left.extend(right);
                Self::Any(left)
            }
            (Self::Any(mut any), other) => {
                any.push(other);
                Self::Any(any)
            }
            (one, Self::Any(mut any)) => {
                any.insert(0, one);
                Self::Any(any)
            }
            (left, right) => Self::Any(vec![left, right]),
        }
    }

    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Test(test) => Self::Test(Test { ask: test.ask.negate(), ..test }),
            Self::All(all) => Self::Any(all.into_iter().map(Self::negate).collect()),
            Self::Any(any) => Self::All(any.into_iter().map(Self::negate).collect()),
            Self::Refused(error) => Self::Refused(error),
        }
    }

    /// Without constants, save where one is the whole, and without lists of fewer than two values.
    /// `only`: the field that every row has, since it is the only one that is read.
    pub(crate) fn simplify(self, only: Option<&str>) -> Self {
        match self {
            Self::Test(test) => test.simplify(only),
            Self::All(all) => {
                let parts = all.into_iter().map(|part| part.simplify(only));
                combine(parts, true, Self::All)
            }
            Self::Any(any) => {
                let parts = any.into_iter().map(|part| part.simplify(only));
                combine(parts, false, Self::Any)
            }
            other => other,
        }
    }

    /// The parts that must all hold.
    pub(crate) fn conjuncts(self) -> Vec<Self> {
        match self {
            Self::Constant(true) => Vec::new(),
            Self::All(all) => all.into_iter().flat_map(Self::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// The fields that it asks about.
    pub(crate) fn fields(&self) -> BTreeSet<&'static str> {
        match self {
            Self::Test(Test { column, role: Role::Field, .. }) => BTreeSet::from([*column]),
            Self::Constant(_) | Self::Refused(_) | Self::Test(_) => BTreeSet::new(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
        }
    }

    /// Makes sure that the server will read it.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_within(MAX_DEPTH)
    }

    fn check_within(&self, depth: usize) -> Result<()> {
        match self {
            Self::Refused(error) => Err(error.clone()),
            Self::Constant(_) | Self::Test(_) => Ok(()),
            Self::All(_) | Self::Any(_) if depth == 0 => Err(SelectCause::TooDeep.into()),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().try_for_each(|part| part.check_within(depth - 1))
            }
        }
    }
}

fn combine(
    parts: impl Iterator<Item = Condition>,
    neutral: bool,
    whole: impl FnOnce(Vec<Condition>) -> Condition,
) -> Condition {
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Condition::Constant(value) if value == neutral => {}
            Condition::Constant(value) => return Condition::Constant(value),
            part => kept.push(part),
        }
    }
    match kept.len() {
        0 => Condition::Constant(neutral),
        1 => kept.remove(0),
        _ => whole(kept),
    }
}

impl Test {
    fn simplify(self, only: Option<&str>) -> Condition {
        let Self { column, role, ask } = self;
        let always = role == Role::Timestamp || (role == Role::Field && only == Some(column));
        let ask = match ask {
            // For the server an empty tag is a missing one.
            Ask::Compare(comparison, value) if role == Role::Tag && is_empty(&value) => {
                match comparison {
                    Comparison::Ne => Ask::Exists,
                    _ => return Condition::Constant(false),
                }
            }
            Ask::OneOf(values) => match Several::of(role, values) {
                Several::None => return Condition::Constant(false),
                Several::One(value) => Ask::Compare(Comparison::Eq, value),
                Several::Many(values) => Ask::OneOf(values),
            },
            Ask::NoneOf(values) => match Several::of(role, values) {
                Several::None => Ask::Exists,
                Several::One(value) => Ask::Compare(Comparison::Ne, value),
                Several::Many(values) => Ask::NoneOf(values),
            },
            ask => ask,
        };
        match ask {
            Ask::Exists if always => Condition::Constant(true),
            Ask::Missing if always => Condition::Constant(false),
            ask => Condition::test(column, role, ask),
        }
    }
}

/// Values of which a cell is one.
enum Several {
    None,
    One(Value),
    Many(Vec<Value>),
}

impl Several {
    fn of(role: Role, mut values: Vec<Value>) -> Self {
        values.retain(|value| role != Role::Tag || !is_empty(value));
        match values.len() {
            0 | 1 => values.pop().map_or(Self::None, Self::One),
            _ => Self::Many(values),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.is_empty())
}

impl Ask {
    fn negate(self) -> Self {
        match self {
            Self::Exists => Self::Missing,
            Self::Missing => Self::Exists,
            Self::Compare(comparison, value) => Self::Compare(comparison.negate(), value),
            Self::OneOf(values) => Self::NoneOf(values),
            Self::NoneOf(values) => Self::OneOf(values),
            Self::Matches(pattern) => Self::Differs(pattern),
            Self::Differs(pattern) => Self::Matches(pattern),
        }
    }
}

impl Comparison {
    const fn negate(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}
