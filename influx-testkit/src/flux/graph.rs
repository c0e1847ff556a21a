//! The calls of a script as nodes, and what the planner says of them.

use std::collections::HashSet;

use crate::point::Quoted;
use crate::refusal::Refusal;

use super::ast::Place;
use super::record::{RecordId, Records};
use super::value::Predicate;
use super::{BucketRef, Filter, Pipeline, Program, Stage, StageKind};

/// How many calls a pipeline may have: what is built of them nests, and so does what reads it.
const MAX_CALLS: usize = 500;

/// A node of [`Graph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(usize);

/// What a call of the script does.
#[derive(Debug)]
pub(crate) enum Node {
    From(BucketRef),
    Range {
        start: Bound,
        stop: Bound,
    },
    Filter {
        predicate: Predicate,
        keep_empty: bool,
        record: RecordId,
    },
    Stage(StageKind, &'static str),
    Yield(String),
    /// A call that failed. The script does not get to run.
    Nothing,
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Nanoseconds from now.
    Relative(i64),
    /// Nanoseconds since 1970.
    Absolute(i128),
    /// What overflows.
    Foreign,
}

/// All calls of a script that have to do with tables.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    entries: Vec<Entry>,
    /// What stands alone, without a `yield`.
    produced: Vec<NodeId>,
}

#[derive(Debug)]
struct Entry {
    source: Option<NodeId>,
    node: Node,
    place: Place,
}

impl Graph {
    pub(crate) fn add(&mut self, source: Option<NodeId>, node: Node, place: Place) -> NodeId {
        self.entries.push(Entry { source, node, place });
        NodeId(self.entries.len() - 1)
    }

    /// A statement of its own asks for what comes out of `node`.
    pub(crate) fn produce(&mut self, node: NodeId) {
        if !matches!(self.entries.get(node.0), Some(Entry { node: Node::Yield(_), .. })) {
            self.produced.push(node);
        }
    }

    /// The pipelines of all results.
    pub(crate) fn finish(&self, now: i64, records: &Records) -> Result<Program, Refusal> {
        let results = self.results();
        if results.is_empty() {
            return Err(Refusal::invalid(
                "error in query specification while starting program: this Flux script returns no \
                 streaming data. Consider adding a \"yield\" or invoking streaming functions \
                 directly, without performing an assignment",
            ));
        }
        let successors = self.successors(&results);
        self.check_results(&results, &successors)?;
        let mut pipelines = Vec::with_capacity(results.len());
        for (name, node) in &results {
            let chain = Chain::new(self, *node);
            pipelines.push(((*name).to_owned(), chain.pipeline(&successors, now, records)?));
        }
        pipelines.iter().try_for_each(|(_, pipeline)| pipeline.bucket.check())?;
        Ok(Program { results: pipelines, refusal: self.name_conflict(&results) })
    }

    fn results(&self) -> Vec<(&str, NodeId)> {
        let yields =
            self.entries.iter().enumerate().filter_map(|(index, entry)| match &entry.node {
                Node::Yield(name) => Some((name.as_str(), NodeId(index))),
                _ => None,
            });
        yields.chain(self.produced.iter().map(|node| ("_result", *node))).collect()
    }

    /// How many nodes come right behind each, of those that lead to a result.
    fn successors(&self, results: &[(&str, NodeId)]) -> Vec<usize> {
        let mut counts = vec![0; self.entries.len()];
        let mut seen = HashSet::new();
        for (_, result) in results {
            let mut node = *result;
            while seen.insert(node)
                && let Some(source) = self.entries.get(node.0).and_then(|entry| entry.source)
            {
                if let Some(count) = counts.get_mut(source.0) {
                    *count += 1;
                }
                node = source;
            }
        }
        counts
    }

    fn check_results(
        &self,
        results: &[(&str, NodeId)],
        successors: &[usize],
    ) -> Result<(), Refusal> {
        let mut yielded = HashSet::new();
        for (name, _) in &results[..results.len() - self.produced.len()] {
            if !yielded.insert(name) {
                let name = Quoted(name.as_bytes());
                return Err(plan_error(&format!(
                    "found more than one call to yield() with the name {name}"
                )));
            }
        }
        let mut produced = HashSet::new();
        for node in &self.produced {
            let is_used = successors.get(node.0).is_some_and(|count| *count > 0);
            if is_used || !produced.insert(node) {
                return Err(Refusal::unknown("a result without `yield` that is used again"));
            }
        }
        Ok(())
    }

    fn name_conflict(&self, results: &[(&str, NodeId)]) -> Option<Refusal> {
        let count = results.iter().filter(|(name, _)| *name == "_result").count();
        (count > 1 && !self.produced.is_empty()).then(|| {
            Refusal::invalid(
                "failed to initialize execute state: tried to produce more than one result with \
                 the name \"_result\"",
            )
        })
    }
}

impl BucketRef {
    /// Whether this can be the name or the ID of any bucket.
    fn check(&self) -> Result<(), Refusal> {
        let text = match self {
            Self::Name(text) | Self::Id(text) if text.is_empty() => {
                "no bucket name or id have been specified"
            }
            Self::Name(_) => return Ok(()),
            Self::Id(id) if id.len() != 16 => {
                "invalid bucket id: id must have a length of 16 bytes"
            }
            Self::Id(id)
                if u64::from_str_radix(id, 16).is_ok_and(|id| id != 0) && !id.starts_with('+') =>
            {
                return Ok(());
            }
            Self::Id(_) => "invalid bucket id: invalid ID",
        };
        Err(Refusal::invalid(format!("failed to initialize execute state: {text}")))
    }
}

/// The nodes that lead to a result, the source first.
struct Chain<'a> {
    nodes: Vec<(NodeId, &'a Entry)>,
}

impl<'a> Chain<'a> {
    fn new(graph: &'a Graph, result: NodeId) -> Self {
        let mut nodes = Vec::new();
        let mut next = Some(result);
        while let Some(id) = next
            && let Some(entry) = graph.entries.get(id.0)
        {
            nodes.push((id, entry));
            next = entry.source;
        }
        nodes.reverse();
        Self { nodes }
    }

    fn pipeline(
        &self,
        successors: &[usize],
        now: i64,
        records: &Records,
    ) -> Result<Pipeline, Refusal> {
        let mut stages: Vec<Stage> = Vec::new();
        let Some(((_, Entry { node: Node::From(bucket), .. }), rest)) = self.nodes.split_first()
        else {
            return Err(Refusal::unknown("pipelines without `from`"));
        };
        self.check_read(bucket, successors)?;
        if self.nodes.len() > MAX_CALLS {
            return Err(Refusal::unknown("pipelines of so many calls"));
        }
        for (id, entry) in rest {
            stages.extend(entry.stage(now, records)?);
            let is_shared = successors.get(id.0).is_some_and(|count| *count > 1);
            if let Some(stage) = stages.last_mut() {
                stage.is_shared |= is_shared || matches!(entry.node, Node::Yield(_));
            }
        }
        Ok(Pipeline { bucket: bucket.clone(), stages })
    }

    /// A `range` must come first and alone behind its `from`: then it is part of the read.
    fn check_read(&self, bucket: &BucketRef, successors: &[usize]) -> Result<(), Refusal> {
        let is_range = |entry: &Entry| matches!(entry.node, Node::Range { .. });
        let is_bounded = self.nodes.iter().any(|(_, entry)| is_range(entry));
        let is_shared = |id: &NodeId| successors.get(id.0).is_some_and(|count| *count > 1);
        match self.nodes.as_slice() {
            [(from, _), (_, first), ..] if is_range(first) && !is_shared(from) => Ok(()),
            [_, (_, first), ..] if is_bounded && first.is_trivial() => {
                Err(Refusal::unknown("a `filter` before `range`"))
            }
            _ => {
                let (BucketRef::Name(name) | BucketRef::Id(name)) = bucket;
                let name = Quoted(name.as_bytes());
                Err(plan_error(&format!(
                    "cannot submit unbounded read to {name}; try bounding 'from' with a call to \
                     'range'"
                )))
            }
        }
    }
}

impl Entry {
    /// `filter(fn: (r) => true)`, which the planner removes.
    fn is_trivial(&self) -> bool {
        matches!(&self.node, Node::Filter { predicate, .. } if predicate.condition.is_trivial())
    }

    fn stage(&self, now: i64, records: &Records) -> Result<Option<Stage>, Refusal> {
        let (kind, function) = match &self.node {
            Node::Yield(_) => return Ok(None),
            Node::Range { start, stop } => (bounds(*start, *stop, now)?, "range"),
            Node::Filter { predicate, keep_empty, record } => {
                let filter = Filter {
                    condition: predicate.condition.clone(),
                    keep_empty: *keep_empty,
                    place: predicate.place.to_string(),
                    column_types: records.columns(*record),
                };
                (StageKind::Filter(filter), "filter")
            }
            Node::Stage(kind, function) => (kind.clone(), *function),
            Node::From(_) | Node::Nothing => {
                return Err(Refusal::unknown("this pipeline"));
            }
        };
        let place = format!("@{}", self.place);
        Ok(Some(Stage { kind, function, place, is_shared: false }))
    }
}

fn bounds(start: Bound, stop: Bound, now: i64) -> Result<StageKind, Refusal> {
    let start = start.nanoseconds(now)?;
    let stop = stop.nanoseconds(now)?;
    if start >= stop {
        return Err(plan_error("cannot query an empty range"));
    }
    match (i64::try_from(start), i64::try_from(stop)) {
        (Ok(start), Ok(stop)) => Ok(StageKind::Range { start, stop }),
        // The real server wraps.
        _ => Err(Refusal::unknown("ranges beyond the years 1677 to 2262")),
    }
}

impl Bound {
    fn nanoseconds(self, now: i64) -> Result<i128, Refusal> {
        match self {
            Self::Relative(length) => Ok(i128::from(now) + i128::from(length)),
            Self::Absolute(time) => Ok(time),
            Self::Foreign => Err(Refusal::unknown("bounds of a range that overflow")),
        }
    }
}

fn plan_error(text: &str) -> Refusal {
    Refusal::invalid(format!("error in building plan while starting program: {text}"))
}
