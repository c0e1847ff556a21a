use std::collections::BTreeMap;
use std::sync::Arc;

use super::TableStage;
use crate::query::cell::{Cell, Kind};
use crate::query::table::{GroupKey, Header, Message, Row, Table, position};
use crate::refusal::Refusal;

/// A `range` behind other stages: rows by `_time`, and other bounds.
pub(super) struct Range {
    start: i64,
    stop: i64,
    tables: BTreeMap<Arc<GroupKey>, Table>,
}

impl Range {
    pub(super) const fn new(start: i64, stop: i64) -> Self {
        Self { start, stop, tables: BTreeMap::new() }
    }

    /// The bounds that go into the table's key: the common part, if the key has both already; if it
    /// has one, that one stays.
    fn bounds(&self, key: &GroupKey) -> Result<(i64, i64), Refusal> {
        match (key.get(b"_start"), key.get(b"_stop")) {
            (Some(&Cell::Time(start)), Some(&Cell::Time(stop))) if self.overlaps(start, stop) => {
                Ok((self.start.max(start), self.stop.min(stop)))
            }
            (Some(Cell::Time(_)), Some(Cell::Time(_))) | (None, None) => {
                Ok((self.start, self.stop))
            }
            (Some(&Cell::Time(start)), None) => Ok((start, self.stop)),
            (None, Some(&Cell::Time(stop))) => Ok((self.start, stop)),
            _ => Err(Refusal::unknown("a second `range` with bounds that are not times")),
        }
    }

    const fn overlaps(&self, start: i64, stop: i64) -> bool {
        self.holds(start)
            || (self.holds(stop) && stop > self.start)
            || (start <= self.start && self.start < stop)
    }

    const fn holds(&self, time: i64) -> bool {
        self.start <= time && time < self.stop
    }

    fn time_column(headers: &[Header]) -> Result<usize, Refusal> {
        let index = position(headers, b"_time").ok_or_else(|| {
            Refusal::invalid("range error: supplied time column _time doesn't exist")
        })?;
        if headers[index].kind != Kind::Time {
            let message = "range error: provided time column _time is not of type time";
            return Err(Refusal::invalid(message));
        }
        Ok(index)
    }
}

/// Sets the bounds, in front if they are missing.
fn bounded<T: Clone>(columns: &[T], bounds: &[(Option<usize>, T); 2]) -> Vec<T> {
    let missing = bounds.iter().filter(|(index, _)| index.is_none());
    let mut all: Vec<_> = missing.map(|(_, bound)| bound.clone()).collect();
    let added = all.len();
    all.extend_from_slice(columns);
    for (index, bound) in bounds {
        if let Some(index) = index {
            all[added + index] = bound.clone();
        }
    }
    all
}

impl TableStage for Range {
    fn table(&mut self, table: Table, _out: &mut Vec<Message>) -> Result<(), Refusal> {
        let time = Self::time_column(&table.headers)?;
        let (start, stop) = self.bounds(&table.key)?;
        let headers = [("_start", start), ("_stop", stop)]
            .map(|(label, bound)| (Header::new(label, Kind::Time), Cell::Time(bound)));
        let key: Vec<_> = table.key.columns().iter().map(|(header, _)| header.clone()).collect();
        let key = bounded(
            table.key.columns(),
            &headers.clone().map(|column| (position(&key, &column.0.label), column)),
        );
        let key = Arc::new(GroupKey::new(key));

        let places = headers.clone().map(|(header, _)| position(&table.headers, &header.label));
        if places.iter().flatten().any(|index| table.headers[*index].kind != Kind::Time) {
            return Err(Refusal::unknown("a second `range` with bounds that are not times"));
        }
        let [(start, from), (stop, to)] = headers;
        let headers = bounded(&table.headers, &[(places[0], start), (places[1], stop)]);
        let bounds = [(places[0], from), (places[1], to)];
        let inside = |row: &Row| matches!(row[time], Cell::Time(at) if self.holds(at));
        let rows = table.blocks.iter().flatten().filter(|row| inside(row));
        let blocks = vec![rows.map(|row| bounded(row, &bounds)).collect()];
        if let Some(failure) = table.failure {
            return Err(failure);
        }
        let headers = headers.into();
        let table = Table { key: Arc::clone(&key), headers, blocks, failure: None };
        match self.tables.insert(key, table) {
            None => Ok(()),
            Some(_) => Err(Refusal::unknown("a second `range` on two tables with one key")),
        }
    }

    fn finish(self: Box<Self>, out: &mut Vec<Message>) -> Result<(), Refusal> {
        out.extend(self.tables.into_values().map(Message::Table));
        Ok(())
    }
}
