//! Conditions as storage sees them.

use super::VALUE;
use super::index;
use super::scalar::{Scalar, holds};
use crate::flux::regex::Pattern;
use crate::flux::{Condition, Literal, Operand, Operator};
use crate::point::{Series, Text, Value};
use crate::refusal::Refusal;

/// A condition that storage holds against each point.
#[derive(Debug)]
pub(crate) struct StoredFilter(Node);

#[derive(Debug)]
pub(super) enum Node {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Compare {
        reference: Reference,
        operator: Operator,
        literal: Constant,
    },
    /// Nothing passes.
    Never,
}

/// What storage calls a column.
#[derive(Debug)]
pub(super) enum Reference {
    Measurement,
    Field,
    Value,
    Tag(Text),
}

#[derive(Debug)]
pub(super) enum Constant {
    Literal(Literal),
    Regex(Pattern),
}

impl StoredFilter {
    /// `condition` is all that [`partition`](super::partition) gives to storage, of all filters.
    ///
    /// # Errors
    /// This server does not know what storage makes of it.
    pub(crate) fn new(condition: &Condition) -> Result<Self, Refusal> {
        let node = Node::new(condition, false)?;
        index::check_times(&node)?;
        Ok(Self(if index::fails(&node)? { Node::Never } else { node }))
    }

    /// Whether a point passes. Storage takes a tag that is missing for an empty one, and what has
    /// another type than the constant does not pass, whatever the operator.
    pub(crate) fn keeps(&self, series: &Series, field: &Text, value: &Value) -> bool {
        self.0.holds(series, field, value)
    }

    /// Whether all points of a field pass, or none do, whatever their values are.
    pub(crate) fn known(&self, series: &Series, field: &Text) -> Option<bool> {
        self.0.known(series, field)
    }

    pub(crate) fn is_on_value(&self) -> bool {
        self.0.any(&|node| matches!(node.reference(), Some(Reference::Value)))
    }

    pub(crate) fn is_on_field(&self) -> bool {
        self.0.any(&|node| matches!(node.reference(), Some(Reference::Field)))
    }

    /// Whether all points of this field pass, though there are conditions on values.
    pub(crate) fn ignores_values(&self, series: &Series, field: &Text) -> bool {
        self.is_on_value() && self.0.known(series, field) == Some(true)
    }
}

impl Node {
    fn new(condition: &Condition, is_negated: bool) -> Result<Self, Refusal> {
        Ok(match condition {
            Condition::And(left, right) => {
                Self::And(Box::new(Self::new(left, false)?), Box::new(Self::new(right, false)?))
            }
            Condition::Or(left, right) => {
                Self::Or(Box::new(Self::new(left, false)?), Box::new(Self::new(right, false)?))
            }
            Condition::Not(inner) => Self::new(inner, !is_negated)?,
            Condition::Exists(column) => {
                let operator = if is_negated { Operator::Equal } else { Operator::NotEqual };
                let literal = Constant::Literal(Literal::String(Text::from("")));
                Self::Compare { reference: Reference::new(column)?, operator, literal }
            }
            Condition::Compare {
                left: Operand::Column(column),
                operator,
                right: Operand::Literal(literal),
            } => {
                let literal = match literal {
                    Literal::Regex(pattern) => Constant::Regex(Pattern::new(pattern)?),
                    other => Constant::Literal(other.clone()),
                };
                Self::Compare { reference: Reference::new(column)?, operator: *operator, literal }
            }
            _ => return Err(Refusal::unknown("this condition in storage")),
        })
    }

    fn holds(&self, series: &Series, field: &Text, value: &Value) -> bool {
        match self {
            Self::Never => false,
            Self::And(left, right) => {
                left.holds(series, field, value) && right.holds(series, field, value)
            }
            Self::Or(left, right) => {
                left.holds(series, field, value) || right.holds(series, field, value)
            }
            Self::Compare { reference, operator, literal } => {
                let left =
                    reference.text(series, field).map_or(Scalar::from(value), Scalar::String);
                compares(left, *operator, literal)
            }
        }
    }

    /// What holds whatever the value is.
    fn known(&self, series: &Series, field: &Text) -> Option<bool> {
        match self {
            Self::Never => Some(false),
            Self::And(left, right) => match (left.known(series, field), right.known(series, field))
            {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (left, right) => Some(left? && right?),
            },
            Self::Or(left, right) => {
                match (left.known(series, field), right.known(series, field)) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (left, right) => Some(left? || right?),
                }
            }
            Self::Compare { reference, operator, literal } => {
                let left = Scalar::String(reference.text(series, field)?);
                Some(compares(left, *operator, literal))
            }
        }
    }

    const fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Compare { reference, .. } => Some(reference),
            _ => None,
        }
    }
}

impl Reference {
    fn new(column: &str) -> Result<Self, Refusal> {
        Ok(match column {
            "_measurement" => Self::Measurement,
            "_field" => Self::Field,
            VALUE => Self::Value,
            // Names that storage has for its own ends.
            "$" | "\0" | "_name" | "_fieldKeys" | "_measurements" | "_series" | "_tagKey"
            | "_tagKeys" | "_tags" => {
                return Err(Refusal::unknown(format_args!("filters on a tag named {column:?}")));
            }
            tag => Self::Tag(Text::from(tag)),
        })
    }
}

impl Reference {
    /// What a series and a field have there; `None` is the value.
    fn text<'a>(&self, series: &'a Series, field: &'a Text) -> Option<&'a [u8]> {
        Some(match self {
            Self::Measurement => &series.measurement,
            Self::Field => field,
            Self::Value => return None,
            Self::Tag(key) => {
                let tag = series.tags.iter().find(|(tag, _)| tag == key);
                tag.map_or(b"", |(_, value)| value)
            }
        })
    }
}

fn compares(left: Scalar<'_>, operator: Operator, right: &Constant) -> bool {
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let right = match (left, right) {
        (Scalar::String(text), Constant::Regex(regex)) => {
            return regex.is_match(text) == (operator == Operator::Matches);
        }
        (Scalar::String(_), Constant::Literal(Literal::String(text))) if is_equality => {
            Scalar::String(text)
        }
        (Scalar::Boolean(_), Constant::Literal(Literal::Boolean(value))) if is_equality => {
            Scalar::Boolean(*value)
        }
        (Scalar::Float(_) | Scalar::Integer(_), Constant::Literal(Literal::Float(value))) => {
            Scalar::Float(*value)
        }
        (Scalar::Float(_) | Scalar::Integer(_), Constant::Literal(Literal::Integer(value))) => {
            Scalar::Integer(*value)
        }
        _ => return false,
    };
    holds(operator, left.partial_compare(right))
}
