//! What storage aggregates by itself, and how that differs from what the query engine does.

use std::sync::Arc;

use super::aggregate::{float, length, number};
use super::cell::{Cell, Kind};
use super::interval::{Bounds, Interval};
use super::plan::Read;
use super::read::{Stream, bounds, headers};
use super::table::{GroupKey, Header, Row, Table};
use crate::flux::{Aggregate, Selector, StageKind, Window};
use crate::refusal::Refusal;

/// Storage hands over this many rows at most at a time.
const BLOCK: usize = 1000;

/// What storage can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Count,
    Sum,
    Mean,
    Min,
    Max,
    First,
    Last,
}

/// What is asked of storage beside the points.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pushed {
    /// One value for each series, or for each group of them.
    Whole(Function),
    /// Values for windows; each window is a table, or has its end or its start as `_time`.
    Windows { function: Function, window: Window, time: Option<Edge> },
    /// The values of this tag.
    TagValues(String),
}

/// A side of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Start,
    Stop,
}

/// Tables, and what ends them early.
pub(super) type Tables = (Vec<Table>, Option<Refusal>);

impl Function {
    /// What of a stage storage can do, if it is about `_value`.
    pub(super) fn of(kind: &StageKind) -> Option<Self> {
        Some(match kind {
            StageKind::Aggregate { column, .. } | StageKind::Select { column, .. }
                if column != "_value" =>
            {
                return None;
            }
            StageKind::Aggregate { function, .. } => match function {
                Aggregate::Count => Self::Count,
                Aggregate::Sum => Self::Sum,
                Aggregate::Mean => Self::Mean,
                _ => return None,
            },
            StageKind::Select { function, .. } => match function {
                Selector::First => Self::First,
                Selector::Last => Self::Last,
                Selector::Min => Self::Min,
                Selector::Max => Self::Max,
                Selector::Quantile { .. } => return None,
            },
            _ => return None,
        })
    }

    const fn is_selector(self) -> bool {
        matches!(self, Self::Min | Self::Max | Self::First | Self::Last)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::First => "first",
            Self::Last => "last",
        }
    }

    const fn kind(self, kind: Kind) -> Kind {
        match self {
            Self::Count => Kind::Integer,
            Self::Mean => Kind::Float,
            _ => kind,
        }
    }

    /// What storage says of fields that it cannot aggregate so.
    fn check(self, stream: &Stream) -> Result<(), Refusal> {
        match (self, Kind::from(stream.r#type)) {
            (Self::Sum | Self::Mean, Kind::Boolean | Kind::String) => {
                let text = "unsupported input type for";
                let (name, found) = (self.name(), stream.r#type);
                Err(Refusal::invalid(format!("{text} {name} aggregate: {found}")))
            }
            (Self::Min | Self::Max, Kind::Boolean | Kind::String) => {
                let (name, found) = (self.name(), stream.r#type);
                let text = format!(
                    "panic: unsupported for aggregate {name}: *reads.{found}MultiShardArrayCursor"
                );
                Err(Refusal::new(500, "internal error", text))
            }
            _ => Ok(()),
        }
    }

    /// The value of some points, which are not none, with its time.
    fn value(self, points: &[&(i64, Cell)]) -> (i64, Cell) {
        let cells = || points.iter().map(|(_, cell)| cell);
        let better = |wanted| {
            points.iter().copied().reduce(move |best, point| {
                if point.1.compare(&best.1) == wanted { point } else { best }
            })
        };
        let aggregate = match self {
            Self::Count => Cell::Integer(length(points.len())),
            Self::Sum => sum(cells()),
            Self::Mean => {
                let sum = number(&sum(cells())).unwrap_or_default();
                Cell::Float(sum / float(length(points.len())))
            }
            Self::Min => return better(std::cmp::Ordering::Less).cloned().unwrap_or(NOTHING),
            Self::Max => return better(std::cmp::Ordering::Greater).cloned().unwrap_or(NOTHING),
            Self::First => return points.first().map_or(NOTHING, |point| (*point).clone()),
            Self::Last => return points.last().map_or(NOTHING, |point| (*point).clone()),
        };
        (i64::MAX, aggregate)
    }
}

const NOTHING: (i64, Cell) = (i64::MAX, Cell::Null);

/// One after the other, from zero.
fn sum<'a>(cells: impl Iterator<Item = &'a Cell>) -> Cell {
    cells.fold(Cell::Null, |sum, cell| match (sum, cell) {
        (Cell::Integer(a), Cell::Integer(b)) => Cell::Integer(a.wrapping_add(*b)),
        (Cell::Unsigned(a), Cell::Unsigned(b)) => Cell::Unsigned(a.wrapping_add(*b)),
        (Cell::Float(a), Cell::Float(b)) => Cell::Float(a + b),
        (_, Cell::Float(b)) => Cell::Float(0.0 + b),
        (_, other) => other.clone(),
    })
}

/// One table for each series.
pub(super) fn whole(
    streams: &[Stream],
    function: Function,
    read: &Read,
) -> Result<Tables, Refusal> {
    let mut tables = Vec::new();
    for stream in streams {
        if let Err(refusal) = function.check(stream) {
            return Ok((tables, Some(refusal)));
        }
        let (time, value) = function.value(&stream.all_points());
        let bounds = whole_bounds(function, time, read)?;
        let kind = function.kind(stream.r#type.into());
        let time = function.is_selector().then_some(time);
        tables.push(window_table(stream, bounds, time, value, kind));
    }
    Ok((tables, None))
}

/// The real server takes the whole range for a window from 1970 on that never ends, or for one that
/// ends in 1970.
fn whole_bounds(function: Function, time: i64, read: &Read) -> Result<Bounds, Refusal> {
    if function.is_selector() && time < 0 {
        return Ok(Bounds { start: read.start, stop: read.stop.min(0) });
    }
    if read.stop <= 0 {
        return Err(Refusal::unknown("aggregates of a range that ends before 1970"));
    }
    Ok(Bounds { start: read.start.max(0), stop: read.stop })
}

/// A table for one window of a series, with one row.
fn window_table(
    stream: &Stream,
    bounds: Bounds,
    time: Option<i64>,
    value: Cell,
    kind: Kind,
) -> Table {
    let own = [("_start", bounds.start), ("_stop", bounds.stop)];
    let mut key: Vec<_> =
        own.map(|(label, bound)| (Header::new(label, Kind::Time), Cell::Time(bound))).to_vec();
    let mut columns = key.clone();
    columns.extend(time.map(|time| (Header::new("_time", Kind::Time), Cell::Time(time))));
    columns.push((Header::new("_value", kind), value));
    key.extend(stream.tag_columns());
    columns.extend(stream.tag_columns());
    let (headers, row): (Vec<_>, Row) = columns.into_iter().unzip();
    let key = Arc::new(GroupKey::new(key));
    Table { key, headers: headers.into(), blocks: vec![vec![row]], failure: None }
}

/// The values of the windows of each series.
pub(super) fn windows(
    streams: &[Stream],
    function: Function,
    window: &Window,
    time: Option<Edge>,
    read: &Read,
) -> Result<Tables, Refusal> {
    let range = Bounds { start: read.start, stop: read.stop };
    let interval = Interval::new(window, range)?;
    let mut tables = Vec::new();
    for stream in streams {
        if let Err(refusal) = function.check(stream) {
            return Ok((tables, Some(refusal)));
        }
        let found = found(stream, function, &interval)?;
        let kind = function.kind(stream.r#type.into());
        let has_time = function.is_selector() && !window.create_empty;
        let rows = if window.create_empty {
            completed(function, &found, &interval, range)
        } else {
            found.into_iter().map(|(window, time, cell)| (cut(window, range), time, cell)).collect()
        };
        match time {
            Some(edge) => tables.push(timed_table(stream, read, rows, edge, kind)),
            None => tables.extend(rows.into_iter().map(|(bounds, time, value)| {
                window_table(stream, bounds, has_time.then_some(time), value, kind)
            })),
        }
    }
    Ok((tables, None))
}

/// What is in the windows that hold any points: the window, the time and the value.
fn found(
    stream: &Stream,
    function: Function,
    interval: &Interval,
) -> Result<Vec<(Bounds, i64, Cell)>, Refusal> {
    let window = |point: &&(i64, Cell)| interval.latest(point.0).bounds;
    let points = stream.all_points();
    points.iter().try_for_each(|(time, _)| interval.check(*time))?;
    let windows = points.chunk_by(|a, b| window(a) == window(b));
    let found = windows.filter_map(|points| {
        let (time, value) = function.value(points);
        Some((window(points.first()?), time, value))
    });
    Ok(found.collect())
}

const fn cut(window: Bounds, range: Bounds) -> Bounds {
    Bounds {
        start: if window.start < range.start { range.start } else { window.start },
        stop: if window.stop > range.stop { range.stop } else { window.stop },
    }
}

/// With the windows in which nothing is.
fn completed(
    function: Function,
    found: &[(Bounds, i64, Cell)],
    interval: &Interval,
    range: Bounds,
) -> Vec<(Bounds, i64, Cell)> {
    let nothing = match function {
        Function::Count => Cell::Integer(0),
        _ => Cell::Null,
    };
    let mut found = found.iter().peekable();
    let mut rows = Vec::new();
    let mut span = interval.latest(range.start);
    while cut(span.bounds, range).start < range.stop {
        let own = found.next_if(|(window, ..)| *window == span.bounds);
        let value = own.map_or_else(|| nothing.clone(), |(_, _, value)| value.clone());
        rows.push((cut(span.bounds, range), 0, value));
        span = interval.next(span);
    }
    rows
}

/// A table of the windows of a series, with a side of each as its time.
fn timed_table(
    stream: &Stream,
    read: &Read,
    rows: Vec<(Bounds, i64, Cell)>,
    edge: Edge,
    kind: Kind,
) -> Table {
    let mut key = bounds(read);
    key.extend(stream.tag_columns());
    let tags: Vec<_> = stream.tag_columns().map(|(_, cell)| cell).collect();
    let row = |(window, _, value): (Bounds, i64, Cell)| -> Row {
        let time = match edge {
            Edge::Start => window.start,
            Edge::Stop => window.stop,
        };
        let own = [read.start, read.stop, time].map(Cell::Time);
        own.into_iter().chain([value]).chain(tags.iter().cloned()).collect()
    };
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    let blocks = rows.chunks(BLOCK).map(<[Row]>::to_vec).collect();
    let headers = headers(kind, stream.tags.keys());
    Table { key: Arc::new(GroupKey::new(key)), headers: headers.into(), blocks, failure: None }
}

impl Function {
    /// Whether [`group`] makes one table of the series, or fails, as it meets them.
    pub(super) fn fits(self, streams: &[&Stream]) -> bool {
        let fits = |stream: &&Stream| self.check(stream).is_ok();
        self == Self::Count || (have_one_type(streams) && streams.iter().all(fits))
    }

    /// Whether the order of the series does not matter to what [`group`] makes of them, if they fit.
    pub(super) fn is_the_same_in_any_order(self, streams: &[&Stream]) -> bool {
        let values: Vec<_> =
            streams.iter().map(|stream| self.value(&stream.all_points())).collect();
        let is_best = |best: &(i64, Cell)| {
            let others = values.iter().filter(|other| match self {
                Self::Min => other.1.compare(&best.1).is_le(),
                Self::Max => other.1.compare(&best.1).is_ge(),
                Self::First => other.0 <= best.0,
                _ => other.0 >= best.0,
            });
            others.count() == 1
        };
        match self {
            Self::Count => true,
            Self::Sum => values.iter().all(|(_, value)| is_exact(value, values.len())),
            Self::Mean => false,
            _ => values.iter().any(is_best),
        }
    }
}

pub(super) fn have_one_type(streams: &[&Stream]) -> bool {
    streams.iter().all(|stream| stream.r#type == streams[0].r#type)
}

/// Whether so many values like this one add up to the same in any order: whole numbers that are not
/// too large do.
fn is_exact(value: &Cell, count: usize) -> bool {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    match value {
        Cell::Float(value) => value.fract() == 0.0 && value.abs() * float(length(count)) < LARGEST,
        _ => true,
    }
}

/// One table for a group of series, which is not empty; `None` where storage skips the group.
pub(super) fn group(
    streams: &[&Stream],
    function: Function,
    key: GroupKey,
    read: &Read,
) -> Result<Option<Table>, Refusal> {
    let Some(first) = streams.first() else { return Ok(None) };
    let mut failure = None;
    let mut best: Option<((i64, Cell), &Stream)> = None;
    for stream in streams {
        match function.check(stream) {
            Err(refusal) if refusal.status == 500 => return Err(refusal),
            // Storage forgets the error, and what comes after it.
            Err(_) => break,
            Ok(()) => {}
        }
        if function != Function::Count && stream.r#type != first.r#type {
            failure = Some(collision(first, stream));
            break;
        }
        let new = function.value(&stream.all_points());
        best = Some(match best {
            None => (new, *stream),
            Some((old, _)) if !function.is_selector() => {
                ((i64::MAX, sum([&old.1, &new.1].into_iter())), *stream)
            }
            Some((old, _)) if function.replaces(&old, &new) => (new, *stream),
            Some(old) => old,
        });
    }
    let Some(((time, value), stream)) = best else { return Ok(None) };
    let kind = function.kind(first.r#type.into());
    let mut table = if function.is_selector() {
        selected(streams, stream, (time, value), key, read)
    } else {
        one_row(key, value, kind)
    };
    if failure.is_some() {
        table.blocks = Vec::new();
    }
    Ok(Some(Table { failure, ..table }))
}

impl Function {
    /// Whether a value of a later series is taken in place of an earlier one.
    fn replaces(self, old: &(i64, Cell), new: &(i64, Cell)) -> bool {
        match self {
            Self::Min => new.1.compare(&old.1).is_lt(),
            Self::Max => new.1.compare(&old.1).is_gt(),
            Self::First => new.0 < old.0,
            _ => new.0 >= old.0,
        }
    }
}

/// What storage says of two fields of different types in one group.
pub(super) fn collision(first: &Stream, other: &Stream) -> Refusal {
    Refusal::invalid(format!(
        "schema collision: cannot group {} and {} types together",
        first.r#type, other.r#type
    ))
}

fn one_row(key: GroupKey, value: Cell, kind: Kind) -> Table {
    let mut columns = key.columns().to_vec();
    columns.insert(2, (Header::new("_value", kind), value));
    let (headers, row): (Vec<_>, Row) = columns.into_iter().unzip();
    let key = Arc::new(key);
    Table { key, headers: headers.into(), blocks: vec![vec![row]], failure: None }
}

fn selected(
    streams: &[&Stream],
    stream: &Stream,
    (time, value): (i64, Cell),
    key: GroupKey,
    read: &Read,
) -> Table {
    let headers = super::read::group_headers(streams);
    let row = stream.row(read, &headers, time, value);
    let key = Arc::new(key);
    Table { key, headers: headers.into(), blocks: vec![vec![row]], failure: None }
}
