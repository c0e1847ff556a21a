use std::cmp::Ordering;
use std::fmt;

use crate::flux::{ColumnType, Operator};
use crate::point::Value;

/// A cell that is not null, as conditions see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scalar<'a> {
    Boolean(bool),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    String(&'a [u8]),
    /// Nanoseconds since 1970.
    Time(i64),
}

/// The type of a column, in the order of the server's group keys. It is displayed as messages of the
/// query engine name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Unsigned,
    Float,
    String,
    Time,
}

impl<'a> From<&'a Value> for Scalar<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Float(value) => Self::Float(*value),
            Value::Integer(value) => Self::Integer(*value),
            Value::Unsigned(value) => Self::Unsigned(*value),
            Value::Boolean(value) => Self::Boolean(*value),
            Value::String(text) => Self::String(text),
        }
    }
}

impl From<ColumnType> for Kind {
    fn from(r#type: ColumnType) -> Self {
        match r#type {
            ColumnType::String => Self::String,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Time => Self::Time,
        }
    }
}

impl Kind {
    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Unsigned | Self::Float)
    }
}

impl Scalar<'_> {
    /// `None` for types that do not compare, and where one is `NaN`.
    pub(super) fn partial_compare(self, other: Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(&b),
            (Self::String(a), Self::String(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) | (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (Self::Unsigned(a), Self::Unsigned(b)) => a.cmp(&b),
            (Self::Integer(a), Self::Unsigned(b)) => i128::from(a).cmp(&i128::from(b)),
            (Self::Unsigned(a), Self::Integer(b)) => i128::from(a).cmp(&i128::from(b)),
            (a, b) => return a.to_float()?.partial_cmp(&b.to_float()?),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "the server compares with floats so, too")]
    const fn to_float(self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(value),
            Self::Integer(value) => Some(value as f64),
            Self::Unsigned(value) => Some(value as f64),
            _ => None,
        }
    }
}

/// Whether an operator holds for two sides in this order; `None` is that of `NaN`, which is unequal to
/// everything. Regular expressions do not come here.
pub(super) fn holds(operator: Operator, order: Option<Ordering>) -> bool {
    match operator {
        Operator::Equal => order == Some(Ordering::Equal),
        Operator::NotEqual => order != Some(Ordering::Equal),
        Operator::Less => order == Some(Ordering::Less),
        Operator::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Operator::Greater => order == Some(Ordering::Greater),
        Operator::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Operator::Matches | Operator::MatchesNot => false,
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "bool",
            Self::Integer => "int",
            Self::Unsigned => "uint",
            Self::Float => "float",
            Self::String => "string",
            Self::Time => "time",
        })
    }
}
