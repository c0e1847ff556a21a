//! What of a pipeline storage does, and what is left for the stages behind it.

use super::condition;
use super::stages::{Operation, Step};
use crate::flux::{Condition, Pipeline, StageKind};
use crate::refusal::Refusal;

/// A pipeline as the server carries it out.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) read: Read,
    pub(super) steps: Vec<Step<'a>>,
}

/// What is asked of storage.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) start: i64,
    pub(super) stop: i64,
    pub(super) condition: Option<Condition>,
    /// One table for each set of values of these tags, if given.
    pub(super) group: Option<Vec<String>>,
}

/// A stage, and whether nothing else takes what the stage before it makes: only then can the server
/// make one of the two.
struct Link<'a> {
    step: Step<'a>,
    alone: bool,
}

impl<'a> Plan<'a> {
    /// # Errors
    /// The pipeline does not begin with a `range`.
    pub(super) fn new(pipeline: &'a Pipeline) -> Result<Self, Refusal> {
        let first = pipeline.stages.first().map(|stage| &stage.kind);
        let Some(&StageKind::Range { start, stop }) = first else {
            return Err(Refusal::unknown("a pipeline that does not begin with a `range`"));
        };
        let read = Read { start, stop, condition: None, group: None };
        let mut links: Vec<_> = pipeline
            .stages
            .windows(2)
            .map(|pair| Link { step: Step::new(&pair[1]), alone: !pair[0].is_shared })
            .collect();
        intersect_ranges(start, stop, &mut links);
        let (read, links) = push_down(read, drop_trivial_filters(merge_groups(links)));
        Ok(Self { read, steps: merge_sorts(links) })
    }
}

/// Of a `range` behind others only what all of them share counts; if that is nothing, the epoch.
fn intersect_ranges(mut start: i64, mut stop: i64, links: &mut [Link<'_>]) {
    for link in links {
        if let Operation::Stage(StageKind::Range { start: from, stop: to }) =
            &mut link.step.operation
        {
            (start, stop) = (start.max(*from), stop.min(*to));
            if start >= stop {
                (start, stop) = (0, 0);
            }
            (*from, *to) = (start, stop);
        }
    }
}

impl Link<'_> {
    const fn is_group(&self) -> bool {
        let operation = &self.step.operation;
        matches!(operation, Operation::Stage(StageKind::GroupBy(_) | StageKind::GroupExcept(_)))
    }
}

/// Of `group` right behind `group` only the last one counts.
fn merge_groups(links: Vec<Link<'_>>) -> Vec<Link<'_>> {
    let mut merged: Vec<Link<'_>> = Vec::new();
    for link in links {
        match merged.last_mut() {
            Some(last) if last.is_group() && link.is_group() && link.alone => {
                last.step = Step { place: None, ..link.step };
            }
            _ => merged.push(link),
        }
    }
    merged
}

fn drop_trivial_filters(mut links: Vec<Link<'_>>) -> Vec<Link<'_>> {
    let trivial = |link: &Link<'_>| {
        let Operation::Stage(StageKind::Filter(filter)) = &link.step.operation else {
            return false;
        };
        filter.condition.is_trivial() && link.alone
    };
    links.retain(|link| !trivial(link));
    links
}

/// Moves filters and a `group` that stand right behind the read into it.
fn push_down<'a>(mut read: Read, links: Vec<Link<'a>>) -> (Read, Vec<Link<'a>>) {
    let mut left = Vec::new();
    let mut links = links.into_iter();
    while read.group.is_none() && left.is_empty() {
        let Some(link) = links.next() else { break };
        left.extend(push(&mut read, link));
    }
    left.extend(links);
    (read, left)
}

/// What is left of a stage behind the read.
fn push<'a>(read: &mut Read, mut link: Link<'a>) -> Option<Link<'a>> {
    match &mut link.step.operation {
        _ if !link.alone => Some(link),
        Operation::Stage(StageKind::Filter(filter)) if !filter.keep_empty => {
            let (pushed, rest) = condition::partition(&filter.condition);
            if let Some(pushed) = pushed {
                read.condition = Some(match read.condition.take() {
                    Some(before) => Condition::And(Box::new(before), Box::new(pushed)),
                    None => pushed,
                });
            }
            filter.condition = rest.filter(|rest| !rest.is_trivial())?;
            Some(link)
        }
        Operation::Stage(StageKind::GroupBy(labels))
            if labels.iter().all(|label| is_tag(label)) =>
        {
            read.group = Some(std::mem::take(labels));
            None
        }
        _ => Some(link),
    }
}

fn is_tag(label: &str) -> bool {
    label != "_time" && label != "_value"
}

/// Makes one of `sort` and the `limit` behind it, and drops what sorts again what is sorted.
fn merge_sorts(links: Vec<Link<'_>>) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for link in links {
        if link.alone && is_sorted(&steps, &link.step) {
            continue;
        }
        match steps.last().and_then(|last| with_limit(last, &link)) {
            Some(operation) => {
                steps.pop();
                steps.push(Step { operation, place: None });
            }
            None => steps.push(link.step),
        }
    }
    steps
}

fn with_limit(sort: &Step<'_>, limit: &Link<'_>) -> Option<Operation> {
    let Operation::Stage(StageKind::Sort { columns, descending }) = &sort.operation else {
        return None;
    };
    let Operation::Stage(StageKind::Limit { n, offset: 0 }) = limit.step.operation else {
        return None;
    };
    let (columns, descending) = (columns.clone(), *descending);
    limit.alone.then_some(Operation::SortLimit { columns, descending, n })
}

/// Whether a `sort` comes behind another one that did it already, with nothing between that may
/// change the order.
fn is_sorted(before: &[Step<'_>], step: &Step<'_>) -> bool {
    let Some((wanted, wanted_descending)) = step.order() else { return false };
    let keeps_order = |step: &&Step<'_>| {
        !matches!(step.operation, Operation::Stage(StageKind::Filter(_) | StageKind::Range { .. }))
    };
    let last = before.iter().rev().find(keeps_order).and_then(Step::order);
    last.is_some_and(|(columns, descending)| {
        columns.starts_with(wanted) && descending == wanted_descending
    })
}
