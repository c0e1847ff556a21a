use std::collections::BTreeMap;
use std::sync::Arc;

use super::ChunkStage;
use crate::flux::{Aggregate, Window};
use crate::point::Quoted;
use crate::query::aggregate::{Accumulator, float, length, number};
use crate::query::cell::{Cell, Kind};
use crate::query::interval::{Bounds, Interval};
use crate::query::table::{Chunk, GroupKey, Header, Message, Row, position};
use crate::refusal::Refusal;

/// `count`, `sum` or `mean` in windows, which the server does in one.
pub(super) struct AggregateWindow<'a> {
    function: Aggregate,
    column: &'a str,
    /// Of the whole range.
    bounds: Bounds,
    interval: Interval,
    create_empty: bool,
    by_start: bool,
    /// In the order in which tables begin: so they end, too, if nothing flushes them.
    tables: Vec<Option<Growing>>,
    places: BTreeMap<Arc<GroupKey>, usize>,
}

/// A table in the making.
struct Growing {
    key: Arc<GroupKey>,
    kind: Kind,
    windows: Vec<(i64, Partial)>,
}

/// What is known of a window.
#[derive(Clone)]
enum Partial {
    Count(i64),
    Sum(Cell),
    Mean { count: i64, mean: f64 },
}

impl<'a> AggregateWindow<'a> {
    /// # Errors
    /// There are too many windows.
    pub(super) fn new(
        function: Aggregate,
        column: &'a str,
        window: &Window,
        by_start: bool,
        bounds: Bounds,
    ) -> Result<Self, Refusal> {
        let interval = Interval::new(window, bounds)?;
        let (tables, places) = (Vec::new(), BTreeMap::new());
        let create_empty = window.create_empty;
        Ok(Self { function, column, bounds, interval, create_empty, by_start, tables, places })
    }

    /// The windows of sorted times; a later one comes once, however many times are in it.
    fn windows(&self, times: &[i64]) -> Vec<Bounds> {
        let mut windows = Vec::new();
        let mut latest = i64::MIN;
        for time in times {
            let mut new = Vec::new();
            let mut span = self.interval.latest(*time);
            while span.bounds.contains(*time) && span.bounds.start > latest {
                new.push(span.bounds);
                span = self.interval.previous(span);
            }
            if let Some(first) = new.first() {
                latest = first.start;
            }
            let cut = |window: &Bounds| {
                let nothing = Bounds { start: self.bounds.start, stop: self.bounds.start };
                self.bounds.intersect(*window).unwrap_or(nothing)
            };
            windows.extend(new.iter().rev().map(cut));
        }
        windows
    }

    fn time_of(&self, window: Bounds) -> i64 {
        if self.by_start { window.start } else { window.stop }
    }

    /// The times of all windows of the range.
    fn all(&self) -> Vec<i64> {
        let mut span = self.interval.latest(self.bounds.start);
        while span.bounds.stop > self.bounds.start {
            span = self.interval.previous(span);
        }
        span = self.interval.next(span);
        let mut times = Vec::new();
        while span.bounds.start < self.bounds.stop {
            if let Some(window) = self.bounds.intersect(span.bounds) {
                times.push(self.time_of(window));
            }
            span = self.interval.next(span);
        }
        times
    }

    fn partial(&self, cells: &[&Cell], kind: Kind) -> Partial {
        match self.function {
            Aggregate::Count => Partial::Count(length(cells.len())),
            Aggregate::Mean => {
                let valid: Vec<_> = cells.iter().copied().filter(|it| **it != Cell::Null).collect();
                let count = length(valid.len());
                let sum = number(&sum(&valid, kind)).unwrap_or_default();
                Partial::Mean { count, mean: sum / float(count) }
            }
            _ => Partial::Sum(sum(cells, kind)),
        }
    }

    fn growing(&mut self, chunk: &Chunk, kind: Kind) -> Result<&mut Growing, Refusal> {
        let next = self.tables.len();
        let place = *self.places.entry(Arc::clone(&chunk.key)).or_insert(next);
        if place == next {
            self.tables.push(None);
        }
        let takes = Accumulator::new(self.function, kind).is_some();
        if !takes && self.function != Aggregate::Count {
            let text = format!("unsupported aggregate column type {kind}");
            return Err(Refusal::invalid(text));
        }
        let new = || Growing { key: Arc::clone(&chunk.key), kind, windows: Vec::new() };
        let table = self.tables[place].get_or_insert_with(new);
        if table.kind != kind {
            let Self { column, .. } = self;
            return Err(Refusal::invalid(format!(
                "schema collision detected: column {} is both of type {} and {kind}",
                Quoted(column.as_bytes()),
                table.kind
            )));
        }
        Ok(table)
    }

    fn send(&self, table: Growing, out: &mut Vec<Message>) {
        let key = Arc::new(self.key(&table.key));
        let kind = Accumulator::kind(self.function, table.kind);
        let mut headers = vec![Header::new("_time", Kind::Time)];
        headers.extend(key.columns().iter().map(|(header, _)| header.clone()));
        headers.push(Header::new(self.column, kind));
        let windows = if self.create_empty { self.complete(table.windows) } else { table.windows };
        let cells: Row = key.columns().iter().map(|(_, cell)| cell.clone()).collect();
        let row = |(time, value): (i64, Partial)| {
            [Cell::Time(time)]
                .into_iter()
                .chain(cells.iter().cloned())
                .chain([value.cell()])
                .collect()
        };
        let rows = windows.into_iter().map(row).collect();
        out.push(Message::Chunk(Chunk { key, headers: headers.into(), rows }));
        // The server flushes the old key: a table with another one waits until all have come.
        out.push(Message::Flush(table.key));
    }

    /// With the windows in which nothing is.
    fn complete(&self, windows: Vec<(i64, Partial)>) -> Vec<(i64, Partial)> {
        let nothing = match self.function {
            Aggregate::Count => Partial::Count(0),
            _ => Partial::Sum(Cell::Null),
        };
        let mut windows = windows.into_iter().peekable();
        let all = self.all().into_iter().map(|time| {
            let own = windows.next_if(|(known, _)| *known == time);
            own.unwrap_or_else(|| (time, nothing.clone()))
        });
        all.collect()
    }

    /// The key, with the bounds of the range.
    fn key(&self, key: &GroupKey) -> GroupKey {
        let bounds = [("_start", self.bounds.start), ("_stop", self.bounds.stop)];
        let mut columns = key.columns().to_vec();
        for (label, bound) in bounds {
            let column = (Header::new(label, Kind::Time), Cell::Time(bound));
            match columns.iter_mut().find(|(header, _)| &*header.label == label.as_bytes()) {
                Some(known) => *known = column,
                None => columns.push(column),
            }
        }
        GroupKey::new(columns)
    }
}

/// Added up one after the other; null if all are.
fn sum(cells: &[&Cell], kind: Kind) -> Cell {
    let mut valid = cells.iter().filter(|cell| ***cell != Cell::Null).peekable();
    if valid.peek().is_none() {
        return Cell::Null;
    }
    let zero = match kind {
        Kind::Integer => Cell::Integer(0),
        Kind::Unsigned => Cell::Unsigned(0),
        _ => Cell::Float(0.0),
    };
    valid.fold(zero, |sum, cell| plus(&sum, cell))
}

fn plus(a: &Cell, b: &Cell) -> Cell {
    match (a, b) {
        (Cell::Integer(a), Cell::Integer(b)) => Cell::Integer(a.wrapping_add(*b)),
        (Cell::Unsigned(a), Cell::Unsigned(b)) => Cell::Unsigned(a.wrapping_add(*b)),
        (Cell::Float(a), Cell::Float(b)) => Cell::Float(a + b),
        (Cell::Null, other) | (other, _) => other.clone(),
    }
}

impl Partial {
    fn merged(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Count(a), Self::Count(b)) => Self::Count(a + b),
            (Self::Sum(a), Self::Sum(b)) => Self::Sum(plus(a, b)),
            (Self::Mean { count: 0, .. }, other) => other.clone(),
            (Self::Mean { count: a, mean: x }, Self::Mean { count: b, mean: y }) if *b > 0 => {
                Self::Mean { count: a + b, mean: (x * float(*a) + y * float(*b)) / float(a + b) }
            }
            (own, _) => own.clone(),
        }
    }

    fn cell(self) -> Cell {
        match self {
            Self::Count(count) => Cell::Integer(count),
            Self::Sum(cell) => cell,
            Self::Mean { count: 0, .. } => Cell::Null,
            Self::Mean { mean, .. } => Cell::Float(mean),
        }
    }
}

impl Growing {
    /// Merges what another part of the table has, by time.
    fn merge(&mut self, new: Vec<(i64, Partial)>) {
        let mut old = std::mem::take(&mut self.windows).into_iter().peekable();
        for (time, partial) in new {
            while let Some(earlier) = old.next_if(|(known, _)| *known < time) {
                self.windows.push(earlier);
            }
            let partial = match old.next_if(|(known, _)| *known == time) {
                Some((_, known)) => known.merged(&partial),
                None => partial,
            };
            self.windows.push((time, partial));
        }
        self.windows.extend(old);
    }
}

impl ChunkStage for AggregateWindow<'_> {
    fn chunk(&mut self, chunk: Chunk, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let time = position(&chunk.headers, b"_time")
            .ok_or_else(|| Refusal::invalid("no time column: _time"))?;
        if let kind
        @ (Kind::Boolean | Kind::Integer | Kind::Unsigned | Kind::Float | Kind::String) =
            chunk.headers[time].kind
        {
            return Err(Refusal::invalid(format!("time column is not a time value: {kind}")));
        }
        let value = position(&chunk.headers, self.column.as_bytes()).ok_or_else(|| {
            let column = Quoted(self.column.as_bytes());
            Refusal::invalid(format!("column {column} does not exist"))
        })?;
        if chunk.key.has(self.column.as_bytes()) {
            let text = "cannot aggregate columns that are part of the group key";
            return Err(Refusal::invalid(text));
        }
        let mut points = Vec::with_capacity(chunk.rows.len());
        for row in &chunk.rows {
            let Cell::Time(at) = row[time] else {
                return Err(Refusal::unknown("windows of rows without a time"));
            };
            self.interval.check(at)?;
            points.push((at, &row[value]));
        }
        points.sort_by_key(|(at, _)| *at);
        let times: Vec<_> = points.iter().map(|(at, _)| *at).collect();
        let kind = chunk.headers[value].kind;
        let windows = self.windows(&times).into_iter().map(|window| {
            let start = times.partition_point(|at| *at < window.start);
            let stop = times.partition_point(|at| *at < window.stop).max(start);
            let cells: Vec<_> = points[start..stop].iter().map(|(_, cell)| *cell).collect();
            (self.time_of(window), self.partial(&cells, kind))
        });
        let windows = windows.collect();
        self.growing(&chunk, kind)?.merge(windows);
        Ok(())
    }

    fn flush(&mut self, key: Arc<GroupKey>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        let place = self.places.get(&key).copied();
        if let Some(table) = place.and_then(|place| self.tables[place].take()) {
            self.send(table, out);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        for table in std::mem::take(&mut self.tables).into_iter().flatten() {
            self.send(table, out);
        }
        Ok(())
    }
}
