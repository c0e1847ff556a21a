//! Conditions as the query engine sees them.

use std::fmt;

use super::scalar::{Kind, Scalar, holds};
use crate::flux::regex::Pattern;
use crate::flux::{Condition, Filter, Literal, Operand, Operator};
use crate::refusal::Refusal;

/// A filter that the query engine holds against each row.
#[derive(Debug)]
pub(crate) struct RowFilter {
    condition: Node,
    /// Where the function stands.
    place: String,
    column_types: Vec<(String, Kind)>,
}

#[derive(Debug)]
enum Node {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Exists(String),
    Constant(bool),
    Column(String),
    Compare { left: Side, operator: Operator, right: Side },
    Match { left: String, regex: Pattern, is_wanted: bool },
}

#[derive(Debug)]
enum Side {
    Column(String),
    Literal(Literal),
}

impl RowFilter {
    /// `condition` is the filter's, or what storage leaves of it.
    ///
    /// # Errors
    /// A regular expression is not known here.
    pub(crate) fn new(filter: &Filter, condition: &Condition) -> Result<Self, Refusal> {
        let types = filter.column_types.iter();
        Ok(Self {
            condition: Node::new(condition)?,
            place: filter.place.clone(),
            column_types: types.map(|(column, it)| (column.clone(), (*it).into())).collect(),
        })
    }

    /// Holds the filter against the columns of a table before its rows are looked at; `column` gives
    /// the type of one, if there is such a column.
    ///
    /// # Errors
    /// The message of the real server, behind its `runtime error @…: filter: `.
    pub(crate) fn check(&self, column: impl Fn(&str) -> Option<Kind>) -> Result<(), String> {
        for (name, demanded) in &self.column_types {
            if let Some(found) = column(name).filter(|found| found != demanded) {
                return Err(format!("type conflict: {demanded} != {found}"));
            }
        }
        // What is missing has the type that the script demands of it, if it does.
        let demanded =
            |name: &str| self.column_types.iter().find(|(it, _)| it == name).map(|(_, it)| *it);
        self.condition
            .check(&|name: &str| column(name).or_else(|| demanded(name)))
            .map_err(|text| format!("cannot compile @ {}: {text}", self.place))
    }

    /// Whether a row stays; `cell` gives the value of a column, if it has one and is not null.
    pub(crate) fn keeps<'a>(&self, cell: impl Fn(&str) -> Option<Scalar<'a>>) -> bool {
        self.condition.value(&cell) == Some(true)
    }
}

impl Node {
    fn new(condition: &Condition) -> Result<Self, Refusal> {
        Ok(match condition {
            Condition::And(left, right) => {
                Self::And(Box::new(Self::new(left)?), Box::new(Self::new(right)?))
            }
            Condition::Or(left, right) => {
                Self::Or(Box::new(Self::new(left)?), Box::new(Self::new(right)?))
            }
            Condition::Not(inner) => Self::Not(Box::new(Self::new(inner)?)),
            Condition::Exists(column) => Self::Exists(column.clone()),
            Condition::Constant(value) => Self::Constant(*value),
            Condition::Column(column) => Self::Column(column.clone()),
            Condition::Compare {
                left: Operand::Column(column),
                operator: operator @ (Operator::Matches | Operator::MatchesNot),
                right: Operand::Literal(Literal::Regex(pattern)),
            } => Self::Match {
                left: column.clone(),
                regex: Pattern::new(pattern)?,
                is_wanted: *operator == Operator::Matches,
            },
            Condition::Compare { left, operator, right } => {
                Self::Compare { left: left.into(), operator: *operator, right: right.into() }
            }
        })
    }

    fn check(&self, column: &impl Fn(&str) -> Option<Kind>) -> Result<(), String> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                left.check(column)?;
                right.check(column)
            }
            Self::Not(inner) => inner.check(column),
            Self::Compare { left, operator, right } => {
                let sides = (left.r#type(column), right.r#type(column));
                let (left, right) = match sides {
                    (Some(left), Some(right)) => (left, right),
                    // What is missing is taken to be of the other side's type.
                    (Some(it), None) | (None, Some(it)) => (it, it),
                    (None, None) => {
                        let sign = Sign(*operator);
                        return Err(format!(
                            "unsupported binary expression invalid {sign} invalid"
                        ));
                    }
                };
                if compares(left, *operator, right) {
                    return Ok(());
                }
                Err(format!("unsupported binary expression {left} {} {right}", Sign(*operator)))
            }
            // A match sees to its column by the types that the script demands.
            Self::Match { .. } | Self::Exists(_) | Self::Constant(_) | Self::Column(_) => Ok(()),
        }
    }

    /// `None` is null. `and` and `or` take a null on their left for false, and hand on one on their
    /// right.
    fn value<'a>(&self, cell: &impl Fn(&str) -> Option<Scalar<'a>>) -> Option<bool> {
        match self {
            Self::And(left, right) => match left.value(cell) {
                Some(true) => right.value(cell),
                _ => Some(false),
            },
            Self::Or(left, right) => match left.value(cell) {
                Some(true) => Some(true),
                _ => right.value(cell),
            },
            Self::Not(inner) => inner.value(cell).map(|value| !value),
            Self::Exists(column) => Some(cell(column).is_some()),
            Self::Constant(value) => Some(*value),
            Self::Column(column) => match cell(column)? {
                Scalar::Boolean(value) => Some(value),
                _ => None,
            },
            Self::Compare { left, operator, right } => {
                Some(holds(*operator, left.value(cell)?.partial_compare(right.value(cell)?)))
            }
            Self::Match { left, regex, is_wanted } => match cell(left)? {
                Scalar::String(text) => Some(regex.is_match(text) == *is_wanted),
                _ => None,
            },
        }
    }
}

impl Side {
    fn value<'s, 'a: 's>(
        &'s self,
        cell: &impl Fn(&str) -> Option<Scalar<'a>>,
    ) -> Option<Scalar<'s>> {
        match self {
            Self::Column(name) => cell(name),
            Self::Literal(literal) => scalar(literal),
        }
    }

    fn r#type(&self, column: &impl Fn(&str) -> Option<Kind>) -> Option<Kind> {
        Some(match self {
            Self::Column(name) => return column(name),
            Self::Literal(Literal::Float(_)) => Kind::Float,
            Self::Literal(Literal::Integer(_)) => Kind::Integer,
            Self::Literal(Literal::Unsigned(_)) => Kind::Unsigned,
            Self::Literal(Literal::Boolean(_)) => Kind::Boolean,
            Self::Literal(Literal::String(_)) => Kind::String,
            Self::Literal(Literal::Time(_)) => Kind::Time,
            Self::Literal(Literal::Regex(_)) => return None,
        })
    }
}

impl From<&Operand> for Side {
    fn from(operand: &Operand) -> Self {
        match operand {
            Operand::Column(name) => Self::Column(name.clone()),
            Operand::Literal(literal) | Operand::Computed(literal) => {
                Self::Literal(literal.clone())
            }
        }
    }
}

fn scalar(literal: &Literal) -> Option<Scalar<'_>> {
    Some(match literal {
        Literal::Float(value) => Scalar::Float(*value),
        Literal::Integer(value) => Scalar::Integer(*value),
        Literal::Unsigned(value) => Scalar::Unsigned(*value),
        Literal::Boolean(value) => Scalar::Boolean(*value),
        Literal::String(text) => Scalar::String(text),
        Literal::Time(value) => Scalar::Time(*value),
        Literal::Regex(_) => return None,
    })
}

/// Whether the query engine compares these types so.
fn compares(left: Kind, operator: Operator, right: Kind) -> bool {
    match (left, right) {
        (Kind::Boolean, Kind::Boolean) => {
            matches!(operator, Operator::Equal | Operator::NotEqual)
        }
        (left, right) => left == right || (left.is_number() && right.is_number()),
    }
}

/// An operator as a script writes it.
struct Sign(Operator);

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Matches => "=~",
            Operator::MatchesNot => "!~",
        })
    }
}
