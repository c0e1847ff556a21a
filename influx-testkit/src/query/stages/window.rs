use std::collections::BTreeMap;
use std::sync::Arc;

use super::TableStage;
use crate::flux;
use crate::point::Quoted;
use crate::query::cell::{Cell, Kind};
use crate::query::interval::{Bounds, Interval};
use crate::query::table::{GroupKey, Header, Message, Row, Table, position};
use crate::refusal::Refusal;

/// `window`: the rows of each table, cut by time.
pub(super) struct Windowed<'a> {
    time: &'a str,
    /// Of the whole range.
    bounds: Bounds,
    /// Without one there is a single window.
    interval: Option<Interval>,
    /// What there is without rows.
    empty: Vec<Bounds>,
    tables: BTreeMap<Arc<GroupKey>, Table>,
}

impl<'a> Windowed<'a> {
    /// # Errors
    /// There are too many windows.
    pub(super) fn new(window: &flux::Window, bounds: Bounds) -> Result<Self, Refusal> {
        let interval = Interval::new(window, bounds)?;
        let all = window.create_empty.then(|| clipped(&interval, bounds, bounds));
        let (empty, tables) = (all.unwrap_or_default(), BTreeMap::new());
        Ok(Self { time: "_time", bounds, interval: Some(interval), empty, tables })
    }

    /// One window around the whole range.
    pub(super) const fn whole(time: &'a str, bounds: Bounds) -> Self {
        Self { time, bounds, interval: None, empty: Vec::new(), tables: BTreeMap::new() }
    }

    fn windows_of(&self, time: i64) -> Result<Vec<Bounds>, Refusal> {
        let Some(interval) = &self.interval else { return Ok(vec![self.bounds]) };
        interval.check(time)?;
        Ok(clipped(interval, Bounds { start: time, stop: time + 1 }, self.bounds))
    }

    fn add(&mut self, shape: &Shape, window: Bounds, row: Option<&Row>) -> Result<(), Refusal> {
        let key = Arc::new(shape.key(window));
        let table = self.tables.entry(Arc::clone(&key)).or_insert_with(|| Table {
            key,
            headers: Arc::clone(&shape.headers),
            blocks: Vec::new(),
            failure: None,
        });
        let Some(row) = row else { return Ok(()) };
        if table.headers != shape.headers {
            return Err(Refusal::unknown("windows of tables with one key and other columns"));
        }
        let row = shape.row(row, window);
        match table.blocks.first_mut() {
            Some(block) => block.push(row),
            None => table.blocks.push(vec![row]),
        }
        Ok(())
    }
}

/// All windows that share something with `part`, cut to the range.
fn clipped(interval: &Interval, part: Bounds, range: Bounds) -> Vec<Bounds> {
    let windows = interval.overlapping(part).into_iter();
    windows.map(|window| range.intersect(window).unwrap_or(range)).collect()
}

/// What the windows of one table have in common.
struct Shape {
    headers: Arc<[Header]>,
    start: usize,
    stop: usize,
    /// Those of the key in the order of the columns.
    key: Vec<(Header, Cell)>,
}

impl Shape {
    fn new(table: &Table) -> Self {
        let mut headers = table.headers.to_vec();
        let [start, stop] = ["_start", "_stop"].map(|label| {
            position(&headers, label.as_bytes()).unwrap_or_else(|| {
                headers.push(Header::new(label, Kind::Time));
                headers.len() - 1
            })
        });
        let columns = headers.iter().enumerate().filter_map(|(index, header)| {
            let is_bound = index == start || index == stop;
            let cell = table.key.get(&header.label).cloned();
            Some((header.clone(), cell.or_else(|| is_bound.then_some(Cell::Null))?))
        });
        let key = columns.collect();
        Self { headers: headers.into(), start, stop, key }
    }

    fn bound(&self, index: usize, window: Bounds) -> Option<Cell> {
        match index {
            _ if index == self.start => Some(Cell::Time(window.start)),
            _ if index == self.stop => Some(Cell::Time(window.stop)),
            _ => None,
        }
    }

    fn key(&self, window: Bounds) -> GroupKey {
        let columns = self.key.iter().map(|(header, cell)| {
            let index = position(&self.headers, &header.label);
            let bound = index.and_then(|index| self.bound(index, window));
            (header.clone(), bound.unwrap_or_else(|| cell.clone()))
        });
        GroupKey::new(columns.collect())
    }

    fn row(&self, row: &Row, window: Bounds) -> Row {
        let cells = row.iter().cloned().map(Some).chain([None, None]);
        let cells = cells.take(self.headers.len()).enumerate();
        cells
            .map(|(index, cell)| self.bound(index, window).or(cell).unwrap_or(Cell::Null))
            .collect()
    }
}

impl TableStage for Windowed<'_> {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let time = position(&table.headers, self.time.as_bytes()).ok_or_else(|| {
            let time = Quoted(self.time.as_bytes());
            Refusal::invalid(format!("missing time column {time}"))
        })?;
        let shape = Shape::new(&table);
        let are_times = [time, shape.start, shape.stop]
            .iter()
            .all(|index| shape.headers[*index].kind == Kind::Time);
        if !are_times {
            return Err(Refusal::unknown("windows by a column that holds no times"));
        }
        if self.bounds.is_empty() {
            return Ok(());
        }
        for window in self.empty.clone() {
            self.add(&shape, window, None)?;
        }
        for row in table.blocks.iter().flatten() {
            let Cell::Time(at) = row[time] else {
                return Err(Refusal::unknown("windows of rows without a time"));
            };
            for window in self.windows_of(at)? {
                self.add(&shape, window, Some(row))?;
            }
        }
        table.failure.map_or(Ok(()), Err)
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_values().map(Message::Table));
        Ok(())
    }
}
