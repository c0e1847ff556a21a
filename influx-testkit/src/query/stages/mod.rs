//! What stages do with tables.
//!
//! The server has two sorts of stages, and both show in the order of tables and in which error
//! comes first: those that take whole tables, and those that pass parts of tables on at once.

use std::sync::Arc;

use super::interval::Bounds;
use super::pushed::Edge;
use super::table::{Chunk, Flow, GroupKey, Merger, Message, Table};
use crate::flux::{Aggregate, Stage, StageKind, Window};
use crate::refusal::Refusal;

mod aggregate;
mod aggregate_window;
mod columns;
mod distinct;
mod filter;
mod group;
mod limit;
mod pivot;
mod range;
mod schema;
mod select;
mod set;
mod sort;
mod window;

use aggregate::Aggregated;
use aggregate_window::AggregateWindow;
use columns::Columns;
use distinct::Distinct;
use filter::Filter;
use group::Group;
use limit::{Limit, Tail};
use pivot::Pivot;
use range::Range;
use schema::{Duplicated, Filled, Renamed};
use select::Selected;
use set::Set;
use sort::{Sort, SortLimit};
use window::Windowed;

/// A stage that takes whole tables.
trait TableStage {
    fn table(&mut self, table: Table, out: &mut Vec<Message>) -> Result<(), Refusal>;

    /// Hands on what was held back until the last table.
    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal>;
}

/// A stage that takes parts of tables.
trait ChunkStage {
    fn chunk(&mut self, chunk: Chunk, out: &mut Vec<Message>) -> Result<(), Refusal>;

    /// No more parts have this key for now.
    fn flush(&mut self, key: Arc<GroupKey>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.push(Message::Flush(key));
        Ok(())
    }

    /// Hands on what was held back until the last part.
    fn finish(self: Box<Self>, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        Ok(())
    }
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step<'a> {
    pub(super) operation: Operation,
    /// Where the call stands in the script, and what it calls; not of what the planner made of several
    /// calls.
    pub(super) call: Option<(&'a str, &'static str)>,
    /// The range in which the step stands.
    pub(super) bounds: Bounds,
}

/// What a step does: a stage of the script, or what the planner made of two.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operation {
    Stage(StageKind),
    SortLimit { columns: Vec<String>, descending: bool, n: i64 },
    AggregateWindow { window: Window, function: Aggregate, column: String, edge: Edge },
}

impl<'a> Step<'a> {
    pub(super) fn new(stage: &'a Stage) -> Self {
        Self {
            operation: Operation::Stage(stage.kind.clone()),
            call: Some((&stage.place, stage.function)),
            bounds: Bounds { start: 0, stop: 0 },
        }
    }

    /// Carries the step out.
    pub(super) fn run(&self, flow: Flow) -> Flow {
        let mut output = Flow::default();
        let result = self.start(flow, &mut output.messages);
        output.failure = match result {
            Ok(failure) => failure,
            Err(refusal) => Some(self.blame(refusal)),
        };
        output
    }

    /// Puts a failure down to this step, as the server does.
    pub(super) fn blame(&self, refusal: Refusal) -> Refusal {
        if refusal.is_unknown {
            return refusal;
        }
        let message = match self.call {
            Some((place, function)) => {
                format!("runtime error {place}: {function}: {}", refusal.message)
            }
            None => format!("runtime error: {}", refusal.message),
        };
        Refusal { message, ..refusal }
    }

    /// The columns by which the step sorts, and whether downwards.
    pub(super) fn order(&self) -> Option<(&[String], bool)> {
        match &self.operation {
            Operation::SortLimit { columns, descending, .. } => Some((columns, *descending)),
            Operation::Stage(StageKind::Sort { columns, descending }) => {
                Some((columns, *descending))
            }
            _ => None,
        }
    }

    fn start(&self, flow: Flow, out: &mut Vec<Message>) -> Result<Option<Refusal>, Refusal> {
        match &self.operation {
            Operation::SortLimit { columns, descending, n } => {
                chunks(SortLimit::new(columns, *descending, *n), flow, out)
            }
            Operation::AggregateWindow { window, function, column, edge } => {
                let by_start = *edge == Edge::Start;
                let stage = AggregateWindow::new(*function, column, window, by_start, self.bounds);
                chunks(stage?, flow, out)
            }
            Operation::Stage(kind) => match kind {
                StageKind::Range { start, stop } => tables(Range::new(*start, *stop), flow, out),
                StageKind::Filter(filter) => chunks(Filter::new(filter)?, flow, out),
                StageKind::Pivot { row_key, column_key, value_column } => {
                    tables(Pivot::new(row_key, column_key, value_column), flow, out)
                }
                StageKind::Keep(labels) => tables(Columns::keep(labels), flow, out),
                StageKind::Drop(labels) => tables(Columns::drop(labels), flow, out),
                StageKind::GroupBy(labels) => chunks(Group::by(labels), flow, out),
                StageKind::GroupExcept(labels) => chunks(Group::except(labels), flow, out),
                StageKind::Sort { columns, descending } => {
                    tables(Sort::new(columns, *descending), flow, out)
                }
                StageKind::Limit { n, offset } => chunks(Limit::new(*n, *offset)?, flow, out),
                StageKind::Tail { n, offset } => tables(Tail::new(*n, *offset)?, flow, out),
                other => self.start_other(other, flow, out),
            },
        }
    }

    fn start_other(
        &self,
        kind: &StageKind,
        flow: Flow,
        out: &mut Vec<Message>,
    ) -> Result<Option<Refusal>, Refusal> {
        match kind {
            StageKind::Aggregate { function, column } => {
                tables(Aggregated::new(*function, column), flow, out)
            }
            StageKind::Select { function, column } => {
                tables(Selected::new(*function, column), flow, out)
            }
            StageKind::Distinct(column) => tables(Distinct::new(column), flow, out),
            StageKind::Rename(names) => tables(Renamed::new(names), flow, out),
            StageKind::Set { column, value } => tables(Set::new(column, value), flow, out),
            StageKind::Window(window) => tables(Windowed::new(window, self.bounds)?, flow, out),
            StageKind::Unwindow(time) => tables(Windowed::whole(time, self.bounds), flow, out),
            StageKind::Fill => tables(Filled, flow, out),
            StageKind::Duplicate { column, r#as } => {
                tables(Duplicated::new(column, r#as), flow, out)
            }
            _ => Err(Refusal::unknown("this stage")),
        }
    }
}

/// Feeds a stage with whole tables. What comes back is a failure that is not put down to the stage:
/// that of an earlier one, or one that comes so late that the server names no stage.
fn tables(
    stage: impl TableStage,
    flow: Flow,
    out: &mut Vec<Message>,
) -> Result<Option<Refusal>, Refusal> {
    let mut stage = Box::new(stage);
    let left = whole_tables(flow.messages, |table| stage.table(table, out))?;
    if flow.failure.is_some() {
        return Ok(flow.failure);
    }
    let finished = left.into_tables().try_for_each(|table| stage.table(table, out));
    Ok(finished.and_then(|()| stage.finish(out)).err())
}

/// Makes whole tables of messages. What was not flushed is left.
fn whole_tables(
    messages: Vec<Message>,
    mut take: impl FnMut(Table) -> Result<(), Refusal>,
) -> Result<Merger, Refusal> {
    let mut merger = Merger::default();
    for message in messages {
        match message {
            Message::Table(table) => take(table)?,
            Message::Chunk(chunk) => merger.add(chunk)?,
            Message::Flush(key) => merger.take(&key).map_or(Ok(()), &mut take)?,
        }
    }
    Ok(merger)
}

/// The tables that reach the encoder. `last` is the step that hands them over: it is blamed if they
/// do not fit together.
pub(super) fn result_tables(flow: Flow, last: Option<&Step<'_>>) -> (Vec<Table>, Option<Refusal>) {
    let mut tables = Vec::new();
    let left = whole_tables(flow.messages, |table| {
        tables.push(table);
        Ok(())
    });
    match (left, flow.failure) {
        (Ok(left), None) => {
            tables.extend(left.into_tables());
            (tables, None)
        }
        (Ok(_), failure) => (tables, failure),
        (Err(refusal), _) => {
            let blame = |step: &Step<'_>| step.blame(refusal.clone());
            (tables, Some(last.map_or(refusal.clone(), blame)))
        }
    }
}

/// Feeds a stage with parts of tables. What comes back is the failure of an earlier stage, if any.
fn chunks(
    stage: impl ChunkStage,
    flow: Flow,
    out: &mut Vec<Message>,
) -> Result<Option<Refusal>, Refusal> {
    let mut stage = Box::new(stage);
    for message in flow.messages {
        match message {
            Message::Table(table) => whole_table(&mut *stage, table, out)?,
            Message::Chunk(chunk) => stage.chunk(chunk, out)?,
            Message::Flush(key) => stage.flush(key, out)?,
        }
    }
    if flow.failure.is_none() {
        stage.finish(out)?;
    }
    Ok(flow.failure)
}

fn whole_table(
    stage: &mut impl ChunkStage,
    table: Table,
    out: &mut Vec<Message>,
) -> Result<(), Refusal> {
    // An empty table is one part without rows, so that its key and columns are known.
    let blocks = if table.is_empty() { vec![Vec::new()] } else { table.blocks };
    for rows in blocks {
        let (key, headers) = (Arc::clone(&table.key), Arc::clone(&table.headers));
        stage.chunk(Chunk { key, headers, rows }, out)?;
    }
    if let Some(failure) = table.failure {
        return Err(failure);
    }
    stage.flush(table.key, out)
}
