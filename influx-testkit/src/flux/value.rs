//! What expressions outside of functions come to.

use super::ast::{Place, Transformation};
use super::duration::Duration;
use super::graph::NodeId;
use super::record::RecordId;
use super::{ColumnType, Condition, Literal};

/// A value of the script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Literal(Literal),
    Duration(Duration),
    Array(Vec<Literal>),
    Record(Vec<(String, Self)>),
    Stream(Stream),
    Predicate(Box<Predicate>),
    Transformation(Box<Transformation>),
    /// A function of the standard library, under its name.
    Builtin(&'static str),
    /// The error behind it is noted.
    Failed,
}

/// Tables on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) node: NodeId,
    pub(crate) record: RecordId,
}

/// A function of a row that says whether to keep it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Predicate {
    pub(crate) parameter: String,
    pub(crate) condition: Condition,
    /// The types that it demands of columns.
    pub(crate) columns: Vec<(String, ColumnType)>,
    pub(crate) place: Place,
}

impl Value {
    /// As type errors name it; `None` where that name is long.
    pub(crate) const fn type_name(&self) -> Option<&'static str> {
        match self {
            Self::Literal(literal) => Some(literal.type_name()),
            Self::Duration(_) => Some("duration"),
            _ => None,
        }
    }
}

impl Literal {
    /// As type errors name it.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self {
            Self::Float(_) => "float",
            Self::Integer(_) => "int",
            Self::Unsigned(_) => "uint",
            Self::Boolean(_) => "bool",
            Self::String(_) => "string",
            Self::Time(_) => "time",
            Self::Regex(_) => "regexp",
        }
    }
}
