//! Where storage's index stumbles over a condition: then a read gives nothing, without an error.

use super::stored::{Constant, Node, Reference};
use crate::flux::{Literal, Operator};
use crate::refusal::Refusal;

/// What the index is asked. It knows series only, so terms on fields and values are left out.
enum Question {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    /// `_measurement == "…"`.
    Name,
    /// `_measurement =~ /…/`, which may be turned into names.
    NamePattern,
    /// A series' own string against one that is none.
    Mistyped,
    Other,
}

/// Whether the index fails. It looks for the measurements first, and does that by the whole condition
/// unless exactly one term of the outermost `and` is a choice of names.
pub(super) fn fails(node: &Node) -> Result<bool, Refusal> {
    let Some(question) = Question::new(node) else { return Ok(false) };
    if !question.any(&|it| matches!(it, Question::Mistyped)) {
        return Ok(false);
    }
    if question.any(&|it| matches!(it, Question::NamePattern)) {
        return Err(Refusal::unknown("a number or boolean beside a pattern of measurements"));
    }
    let names = question.terms().into_iter().filter(|term| term.is_choice_of_names());
    Ok(names.count() != 1)
}

/// Beside a condition on values, storage compares strings that look like times as times.
pub(super) fn check_times(node: &Node) -> Result<(), Refusal> {
    if node.any(&is_on_value) && node.any(&looks_like_time) {
        return Err(Refusal::unknown("a string like a time beside a condition on `_value`"));
    }
    Ok(())
}

const fn is_on_value(node: &Node) -> bool {
    matches!(node, Node::Compare { reference: Reference::Value, .. })
}

fn looks_like_time(node: &Node) -> bool {
    match node {
        Node::Compare { literal: Constant::Literal(Literal::String(text)), reference, .. } => {
            let is_date = text.len() >= 10 && text[4] == b'-' && text[7] == b'-';
            is_date && !matches!(reference, Reference::Value)
        }
        _ => false,
    }
}

impl Node {
    pub(super) fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.any(test) || right.any(test),
            other => test(other),
        }
    }
}

impl Question {
    /// `None` is what holds for every series.
    fn new(node: &Node) -> Option<Self> {
        Some(match node {
            Node::And(left, right) => match (Self::new(left), Self::new(right)) {
                (Some(left), Some(right)) => Self::And(Box::new(left), Box::new(right)),
                (left, right) => return left.or(right),
            },
            Node::Or(left, right) => {
                Self::Or(Box::new(Self::new(left)?), Box::new(Self::new(right)?))
            }
            Node::Compare { reference: Reference::Field | Reference::Value, .. } => return None,
            Node::Compare { reference, operator, literal } => match (reference, literal) {
                (Reference::Measurement, Constant::Regex(_)) => Self::NamePattern,
                (Reference::Measurement, Constant::Literal(Literal::String(_)))
                    if *operator == Operator::Equal =>
                {
                    Self::Name
                }
                (_, Constant::Regex(_) | Constant::Literal(Literal::String(_))) => Self::Other,
                _ => Self::Mistyped,
            },
            Node::Never => Self::Other,
        })
    }

    fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.any(test) || right.any(test),
            other => test(other),
        }
    }

    fn terms(&self) -> Vec<&Self> {
        match self {
            Self::And(left, right) => [left.terms(), right.terms()].concat(),
            other => vec![other],
        }
    }

    fn is_choice_of_names(&self) -> bool {
        match self {
            Self::Or(left, right) => left.is_choice_of_names() && right.is_choice_of_names(),
            other => matches!(other, Self::Name),
        }
    }
}
