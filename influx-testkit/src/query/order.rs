//! What shows of an order of rows that is not known.

use super::pushed::{Function, have_one_type};
use super::read::Stream;
use super::stages::{Operation, Step};
use crate::flux::{Aggregate, Selector, StageKind};
use crate::refusal::Refusal;

/// What the order of series in a group changes in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Nothing,
    /// The order of rows, which of equal rows is taken, or the last digits of a float.
    Little,
    /// Which rows are taken.
    Much,
}

impl Order {
    /// For the rows of a group, and what becomes of them.
    pub(super) fn of_rows(streams: &[&Stream], steps: &[Step<'_>]) -> Self {
        if !have_one_type(streams) {
            return Self::Much;
        }
        steps.iter().find_map(|step| Self::behind(&step.operation)).unwrap_or(Self::Little)
    }

    /// For what storage aggregates of a group.
    pub(super) fn of_aggregate(streams: &[&Stream], function: Function) -> Self {
        if !function.fits(streams) {
            Self::Much
        } else if function.is_the_same_in_any_order(streams) {
            Self::Nothing
        } else {
            Self::Little
        }
    }

    /// What it changes behind a step; `None` if the next one decides that.
    const fn behind(operation: &Operation) -> Option<Self> {
        Some(match operation {
            Operation::SortLimit { .. } | Operation::Stage(StageKind::Sort { .. }) => Self::Little,
            Operation::AggregateWindow { function, .. }
            | Operation::Stage(StageKind::Aggregate { function, .. }) => match function {
                Aggregate::Count | Aggregate::Spread => Self::Nothing,
                _ => Self::Little,
            },
            Operation::Stage(StageKind::Select { function, .. }) => match function {
                Selector::First | Selector::Last => Self::Much,
                _ => Self::Little,
            },
            Operation::Stage(StageKind::Limit { .. } | StageKind::Tail { .. }) => Self::Much,
            Operation::Stage(_) => return None,
        })
    }

    /// Whether the answer is only one of several that a real server may give.
    ///
    /// # Errors
    /// It would be a guess.
    pub(super) fn is_one_of_several(self) -> Result<bool, Refusal> {
        match self {
            Self::Nothing => Ok(false),
            Self::Little => Ok(true),
            Self::Much => Err(Refusal::unknown(
                "the order in which `group` puts more than twelve fields of series into its tables; \
                 a `sort` or `pivot` before it makes it known",
            )),
        }
    }
}
