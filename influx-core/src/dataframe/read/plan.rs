//! Header → which cells go into which column.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::columns::Columns;
use super::options::{FrameOptions, Kind};
use crate::annotated_csv::{Column, Datatype, Record, TableHeader};
use crate::error::{ColumnsCause, Position, Result, RowCause, SeriesProblem};
use crate::measurement::show;
use crate::schema::{FIELD, FIELD_LAST, Value};

/// The columns of the tables of one block.
pub(super) struct Plan {
    block: u64,
    header: Arc<[Column]>,
    /// Cells that differ from row to row, with their places.
    pub(super) varying: Vec<(usize, usize)>,
    /// Cells of the group key, with their places.
    pub(super) constant: Vec<(usize, usize)>,
    /// Runs of neighbouring cells of the group key.
    pub(super) spans: Vec<Range<usize>>,
    /// The places of `result` and `table`, if these are asked for.
    pub(super) table: Option<[usize; 2]>,
    /// Where the fields come as rows, and are to become columns.
    pub(super) narrow: Option<Narrow>,
}

/// Where a row of one field has what.
pub(super) struct Narrow {
    /// The cell of the time, and its place if it was asked for.
    pub(super) time: Option<(usize, Option<usize>)>,
    pub(super) value: usize,
    pub(super) field: usize,
}

impl Plan {
    pub(super) fn new(
        table: &TableHeader,
        options: &FrameOptions,
        columns: &mut Columns,
        position: Position,
    ) -> Result<Self> {
        let header = table.shared_columns();
        let mut plan = Self {
            block: table.block(),
            varying: Vec::new(),
            constant: Vec::new(),
            spans: Vec::new(),
            table: None,
            narrow: if options.wide { Narrow::of(table) } else { None },
            header: Arc::clone(&header),
        };
        let mut names = HashSet::new();
        if options.table {
            plan.table = Some(table_columns(columns, &mut names, position)?);
        }
        for (index, column) in header.iter().enumerate() {
            if !names.insert(column.name.clone()) {
                let column = column.name.clone();
                return Err(ColumnsCause::Twice { column, position }.into());
            }
            plan.add(index, column, options, columns, position)?;
        }
        plan.spans = plan.spans();
        Ok(plan)
    }

    fn add(
        &mut self,
        index: usize,
        column: &Column,
        options: &FrameOptions,
        columns: &mut Columns,
        position: Position,
    ) -> Result<()> {
        if self.narrow.as_ref().is_some_and(|narrow| narrow.is_field(index)) {
            return Ok(());
        }
        let kind = options.kind(&column.datatype, column.group);
        let place = columns.place(column, kind, position)?;
        match (&mut self.narrow, place) {
            (Some(Narrow { time: Some((time, at)), .. }), place) if *time == index => *at = place,
            (_, Some(place)) if column.group => self.constant.push((index, place)),
            (None, Some(place)) => self.varying.push((index, place)),
            _ => {}
        }
        Ok(())
    }

    pub(super) const fn is_of(&self, table: &TableHeader) -> bool {
        self.block == table.block()
    }

    /// The columns whose cells tell one run of rows from the next, neighbours together.
    fn spans(&self) -> Vec<Range<usize>> {
        let mut compared: Vec<_> = self.constant.iter().map(|(index, _)| *index).collect();
        if self.narrow.is_some() {
            // Columns that were not asked for tell series apart as well.
            let time = self.narrow.as_ref().and_then(|narrow| narrow.time);
            let in_key = self.header.iter().enumerate().filter(|(_, column)| column.group);
            compared = in_key.map(|(index, _)| index).collect();
            compared.retain(|index| time.is_none_or(|(time, _)| time != *index));
        }
        let mut spans: Vec<Range<usize>> = Vec::new();
        for index in compared {
            match spans.last_mut() {
                Some(last) if last.end == index => last.end += 1,
                _ => spans.push(index..index + 1),
            }
        }
        spans
    }

    /// The columns of the group key of a table, or of a series, each with its place in the row.
    pub(super) fn group(&self) -> impl Iterator<Item = (usize, &Column)> {
        group(self.narrow.as_ref(), &self.header)
    }

    /// The names of all columns but those that hold the field.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let is_field = |index| self.narrow.as_ref().is_some_and(|narrow| narrow.is_field(index));
        let columns = self.header.iter().enumerate().filter(move |(index, _)| !is_field(*index));
        let own = ["result", "table"].into_iter().filter(|_| self.table.is_some());
        columns.map(|(_, column)| column.name.as_str()).chain(own)
    }

    /// The places of all columns but those of fields that come as rows.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let cells = self.constant.iter().chain(&self.varying).map(|(_, place)| *place);
        let time = self.narrow.as_ref().and_then(|narrow| narrow.time);
        let time = time.and_then(|(_, place)| place);
        cells.chain(self.table.into_iter().flatten()).chain(time)
    }

    /// The group key of this row.
    pub(super) fn group_key(&self, record: &Record<'_>) -> Result<Vec<(String, Value)>> {
        let values = self.group().map(|(index, column)| {
            let value = record.cell(index).value(&column.datatype);
            let value = value.map_err(|error| error.in_column(&column.name));
            let value = value.map_err(|error| error.into_error(record.position()))?;
            Ok((column.name.clone(), value.into_owned()))
        });
        values.collect()
    }

    /// Refuses tables that may hold rows of several series.
    pub(super) fn check_grouped(&self, record: &Record<'_>) -> Result<()> {
        let Some(narrow) = &self.narrow else { return Ok(()) };
        let known = |index| index == narrow.value || narrow.time.is_some_and(|(t, _)| t == index);
        let mut columns = self.header.iter().enumerate();
        match columns.find(|(index, column)| !column.group && !known(*index)) {
            Some((_, stray)) => {
                let problem = SeriesProblem::Mixed { column: stray.name.clone() };
                Err(self.refuse(problem, record))
            }
            None => Ok(()),
        }
    }

    /// Why the rows of this row's series cannot be put together.
    #[cold]
    pub(super) fn refuse(
        &self,
        problem: SeriesProblem,
        record: &Record<'_>,
    ) -> crate::error::Error {
        let tags = self.group().filter(|(_, column)| !column.name.starts_with('_'));
        let tags =
            tags.map(|(index, column)| (column.name.as_str(), record.cell(index).as_bytes()));
        let (series, position) = (show(tags), record.position());
        RowCause::Series { row: "DataFrame", series, problem, position }.into()
    }
}

impl Narrow {
    /// Where a table has them, if its fields come as rows.
    pub(super) fn of(table: &TableHeader) -> Option<Self> {
        let field = [FIELD, FIELD_LAST].into_iter().find_map(|name| table.column_index(name))?;
        let value = table.column_index("_value")?;
        let time = table.column_index("_time").map(|time| (time, None));
        Some(Self { time, value, field })
    }

    const fn is_field(&self, index: usize) -> bool {
        index == self.value || index == self.field
    }

    fn takes(&self, index: usize) -> bool {
        self.is_field(index) || self.time.is_some_and(|(time, _)| time == index)
    }
}

/// The columns of a group key but those that a series has of its own, each with its place.
pub(super) fn group<'c>(
    narrow: Option<&'c Narrow>,
    columns: &'c [Column],
) -> impl Iterator<Item = (usize, &'c Column)> {
    let taken = move |index| narrow.is_some_and(|narrow| narrow.takes(index));
    columns.iter().enumerate().filter(move |(index, column)| column.group && !taken(*index))
}

fn table_columns(
    columns: &mut Columns,
    names: &mut HashSet<String>,
    position: Position,
) -> Result<[usize; 2]> {
    let mut place = |name: &str, datatype: Datatype, kind| {
        names.insert(name.to_owned());
        let column = Column::composed(name, datatype, true);
        columns.place_anyway(&column, kind, position)
    };
    Ok([
        place("result", Datatype::String, Kind::Category)?,
        place("table", Datatype::UnsignedLong, Kind::Unsigned)?,
    ])
}
