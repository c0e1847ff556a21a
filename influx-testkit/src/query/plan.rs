//! What of a pipeline storage does, and what is left for the stages behind it.

use super::condition;
use super::interval::Bounds;
use super::pushed::{Edge, Function, Pushed};
use super::stages::{Operation, Step};
use crate::flux::{Aggregate, Condition, Pipeline, StageKind, Window};
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
    pub(super) pushed: Option<Pushed>,
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
        let read = Read { start, stop, condition: None, group: None, pushed: None };
        let mut links: Vec<_> = pipeline
            .stages
            .windows(2)
            .map(|pair| Link { step: Step::new(&pair[1]), alone: !pair[0].is_shared })
            .collect();
        intersect_ranges(start, stop, &mut links);
        let links = merge_windows(drop_trivial_filters(merge_groups(links)));
        let (mut read, mut links) = push_down(read, links);
        let (pushed, count) = aggregate(&read, &links);
        read.pushed = pushed;
        links.drain(..count);
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
        link.step.bounds = Bounds { start, stop };
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
                last.step = Step { call: None, ..link.step };
            }
            _ => merged.push(link),
        }
    }
    merged
}

/// Makes one of `aggregateWindow` with an aggregate that the server can carry out so.
fn merge_windows(mut rest: Vec<Link<'_>>) -> Vec<Link<'_>> {
    let mut merged = Vec::new();
    while !rest.is_empty() {
        let count = match aggregate_window(&rest) {
            Some((operation, count)) => {
                rest[count - 1].step =
                    Step { operation, call: None, ..rest[count - 1].step.clone() };
                rest[count - 1].alone = rest[0].alone;
                count - 1
            }
            None => 0,
        };
        rest.drain(..count);
        merged.push(rest.remove(0));
    }
    merged
}

/// What the first links come to, and how many they are.
fn aggregate_window(links: &[Link<'_>]) -> Option<(Operation, usize)> {
    let [first, second, ..] = links else { return None };
    let Operation::Stage(StageKind::Window(window)) = &first.step.operation else { return None };
    let Operation::Stage(StageKind::Aggregate { function, column }) = &second.step.operation else {
        return None;
    };
    let is_known = matches!(function, Aggregate::Count | Aggregate::Sum | Aggregate::Mean);
    let (edge, count) = edge(&links[2..], window.create_empty).filter(|_| is_known)?;
    let (window, column) = (window.clone(), column.clone());
    let operation = Operation::AggregateWindow { window, function: *function, column, edge };
    Some((operation, 2 + count))
}

/// Which side of a window becomes `_time`, and how many links say so.
fn edge(links: &[Link<'_>], create_empty: bool) -> Option<(Edge, usize)> {
    let links = links.iter().map(|link| &link.step.operation).collect::<Vec<_>>();
    let (filled, links) = match links.as_slice() {
        [Operation::Stage(StageKind::Fill), rest @ ..] => (1, rest),
        rest => (0, rest),
    };
    let [
        Operation::Stage(StageKind::Duplicate { column, r#as }),
        Operation::Stage(StageKind::Unwindow(time)),
        ..,
    ] = links
    else {
        return None;
    };
    let edge = match column.as_str() {
        "_start" => Edge::Start,
        "_stop" => Edge::Stop,
        _ => return None,
    };
    let is_plain = r#as == "_time" && time == "_time" && (filled == 1) == create_empty;
    is_plain.then_some((edge, filled + 2))
}

/// What the read does of the links behind it, and how many these are.
fn aggregate(read: &Read, links: &[Link<'_>]) -> (Option<Pushed>, usize) {
    let Some(first) = links.first().filter(|link| link.alone) else { return (None, 0) };
    let pushed = match &first.step.operation {
        Operation::AggregateWindow { window, function, column, edge } if read.group.is_none() => {
            let (function, column) = (*function, column.clone());
            Function::of(&StageKind::Aggregate { function, column })
                .filter(|_| is_pushable(window))
                .map(|function| (window_of(window, function, Some(*edge)), 1))
        }
        Operation::Stage(StageKind::Window(window)) if read.group.is_none() => {
            is_pushable(window).then(|| windows(window, &links[1..])).flatten()
        }
        Operation::Stage(StageKind::Keep(columns)) if read.group.is_none() => {
            tag_values(columns, &links[1..])
        }
        Operation::Stage(kind) => {
            let function = Function::of(kind);
            let function = function.filter(|it| read.group.is_none() || *it != Function::Mean);
            function.map(|function| (Pushed::Whole(function), 1))
        }
        _ => None,
    };
    pushed.map_or((None, 0), |(pushed, count)| (Some(pushed), count))
}

fn window_of(window: &Window, function: Function, time: Option<Edge>) -> Pushed {
    Pushed::Windows { function, window: window.clone(), time }
}

/// A window, and the links behind it that are about it.
fn windows(window: &Window, links: &[Link<'_>]) -> Option<(Pushed, usize)> {
    let Operation::Stage(kind) = &links.first()?.step.operation else { return None };
    let function = Function::of(kind)?;
    let rest = &links[1..];
    Some(match edge(rest, window.create_empty) {
        Some((edge, count)) => (window_of(window, function, Some(edge)), 2 + count),
        None => (window_of(window, function, None), 2 + usize::from(window.create_empty)),
    })
}

fn is_pushable(window: &Window) -> bool {
    let (months, nanoseconds) = window.offset.parts();
    window.every == window.period && months >= 0 && nanoseconds >= 0
}

/// `keep`, `group` and `distinct` of a tag.
fn tag_values(kept: &[String], links: &[Link<'_>]) -> Option<(Pushed, usize)> {
    let [group, distinct, ..] = links else { return None };
    let Operation::Stage(StageKind::GroupBy(labels)) = &group.step.operation else { return None };
    let Operation::Stage(StageKind::Distinct(tag)) = &distinct.step.operation else { return None };
    let is_tag = !matches!(tag.as_str(), "_time" | "_value" | "_start" | "_stop");
    let fits = labels.is_empty() && is_tag && *kept == [tag.as_str()];
    (fits && group.alone && distinct.alone).then(|| (Pushed::TagValues(tag.clone()), 3))
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
                steps.push(Step { operation, call: None, bounds: link.step.bounds });
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
        !matches!(
            step.operation,
            Operation::Stage(
                StageKind::Filter(_)
                    | StageKind::Range { .. }
                    | StageKind::Aggregate { .. }
                    | StageKind::Select { .. }
            )
        )
    };
    let last = before.iter().rev().find(keeps_order).and_then(Step::order);
    last.is_some_and(|(columns, descending)| {
        columns.starts_with(wanted) && descending == wanted_descending
    })
}
