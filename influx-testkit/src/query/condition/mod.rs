//! What conditions mean: the server's storage and its query engine give them different meanings, and
//! its planner decides which of the two comes to a part of a filter.

use crate::flux::{Condition, Literal, Operand, Operator};

mod index;
mod row;
mod scalar;
mod stored;
#[cfg(test)]
mod tests;

pub(crate) use row::RowFilter;
pub(crate) use scalar::{Kind, Scalar};
pub(crate) use stored::StoredFilter;

/// What of a filter right behind a read goes to storage, and what is left.
pub(crate) fn partition(condition: &Condition) -> (Option<Condition>, Option<Condition>) {
    let (mut pushed, mut left) = (None, None);
    for term in terms(condition) {
        let side = if is_pushable(term) { &mut pushed } else { &mut left };
        *side = Some(match side.take() {
            Some(before) => Condition::And(Box::new(before), Box::new(term.clone())),
            None => term.clone(),
        });
    }
    (pushed, left)
}

/// What `and` joins at the top.
fn terms(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::And(left, right) => [terms(left), terms(right)].concat(),
        other => vec![other],
    }
}

fn is_pushable(condition: &Condition) -> bool {
    match condition {
        Condition::And(left, right) | Condition::Or(left, right) => {
            is_pushable(left) && is_pushable(right)
        }
        // The planner has its own way with negations: it takes those of `exists` only.
        Condition::Not(inner) => match &**inner {
            Condition::Exists(_) | Condition::Not(_) => is_pushable(inner),
            _ => false,
        },
        Condition::Exists(column) => column != VALUE,
        Condition::Compare { left: Operand::Column(column), operator, right } => {
            is_pushable_literal(right) && is_pushable_comparison(column, *operator, right)
        }
        Condition::Compare { .. } | Condition::Constant(_) | Condition::Column(_) => false,
    }
}

const VALUE: &str = "_value";

const fn is_pushable_literal(operand: &Operand) -> bool {
    matches!(
        operand,
        Operand::Literal(
            Literal::String(_)
                | Literal::Integer(_)
                | Literal::Float(_)
                | Literal::Boolean(_)
                | Literal::Regex(_)
        )
    )
}

/// All columns but `_value` are tags to the planner, `_time` too. To storage, a tag that is missing
/// and an empty one are the same, so nobody asks it for the empty ones.
fn is_pushable_comparison(column: &str, operator: Operator, right: &Operand) -> bool {
    let is_empty = matches!(right, Operand::Literal(Literal::String(text)) if text.is_empty());
    match operator {
        _ if column == VALUE => true,
        Operator::Equal => !is_empty,
        Operator::NotEqual | Operator::Matches | Operator::MatchesNot => true,
        _ => false,
    }
}
