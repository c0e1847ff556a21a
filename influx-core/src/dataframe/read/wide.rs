//! Tables of one field each → rows with a column for each field, series by series.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use super::columns::Columns;
use super::options::FrameOptions;
use super::plan::{Narrow, Plan, group};
use super::run::Run;
use crate::annotated_csv::{Cell, Column, Record};
use crate::error::{Error, Position, Result, SeriesProblem};
use crate::measurement::{Texts, fingerprint};
use crate::schema::ValueRef;
use crate::time::{Clock, Timestamp};

/// The series whose fields are coming.
#[derive(Default)]
pub(super) struct Wide {
    /// Result and group key of the series, without the field; empty when none is open.
    key: Vec<u8>,
    next_key: Vec<u8>,
    /// The keys of all series so far, 16 bytes for each.
    seen: HashSet<u128>,
    fields: Vec<Field>,
    /// Fields of earlier series, for their memory.
    spare: Vec<Field>,
    clock: Clock,
    /// How a time compares with the one before it, in every field.
    order: Option<Ordering>,
}

/// The rows of one field.
struct Field {
    name: Vec<u8>,
    /// Its column, if that was asked for.
    place: Option<usize>,
    times: Vec<i64>,
    values: Texts,
    position: Position,
}

impl Wide {
    /// Whether a series is open.
    pub(super) const fn is_open(&self) -> bool {
        !self.key.is_empty()
    }

    /// Whether the row is of another series than that which is open.
    pub(super) fn ends_with(&mut self, record: &Record<'_>) -> bool {
        write_key(record, &mut self.next_key);
        self.is_open() && self.key != self.next_key
    }

    /// Begins a series with this row, unless its series is the open one; `true` if it did.
    pub(super) fn enter(&mut self, plan: &Plan, record: &Record<'_>) -> Result<bool> {
        if self.key == self.next_key {
            return Ok(false);
        }
        plan.check_grouped(record)?;
        if !self.seen.insert(fingerprint(&self.next_key)) {
            return Err(plan.refuse(SeriesProblem::ComesBack, record));
        }
        std::mem::swap(&mut self.key, &mut self.next_key);
        self.order = None;
        Ok(true)
    }

    /// Begins the field of this row's table.
    pub(super) fn begin(
        &mut self,
        plan: &Plan,
        narrow: &Narrow,
        record: &Record<'_>,
        options: &FrameOptions,
        columns: &mut Columns,
    ) -> Result<()> {
        let (position, header) = (record.position(), record.table().columns());
        let name = record.cell(narrow.field);
        if self.fields.iter().any(|field| field.name == name.as_bytes()) {
            let field = Cow::Owned(String::from_utf8_lossy(name.as_bytes()).into_owned());
            return Err(plan.refuse(SeriesProblem::FieldTwice { field }, record));
        }
        let text = name.text().map_err(|error| error.into_error(position))?;
        let Some(value) = header.get(narrow.value) else { return Ok(()) };
        let column = Column::composed(text, value.datatype.clone(), false);
        if plan.names().any(|known| known == text) {
            return Err(crate::error::ColumnsCause::Twice { column: column.name, position }.into());
        }
        let kind = options.kind(&column.datatype, false);
        let place = columns.place(&column, kind, position)?;
        let mut field = self.spare.pop().unwrap_or_else(Field::new);
        name.as_bytes().clone_into(&mut field.name);
        (field.place, field.position) = (place, position);
        self.fields.push(field);
        Ok(())
    }

    /// Takes a row of the field that began last.
    #[inline]
    pub(super) fn push(&mut self, plan: &Plan, narrow: &Narrow, record: &Record<'_>) -> Result<()> {
        let Some(field) = self.fields.last_mut() else { return Ok(()) };
        let time = narrow.time.map(|(time, _)| record.cell(time));
        let nanos = time.map_or(Ok(0), |time| match self.clock.parse(time.as_bytes()) {
            Some(time) => Ok(time.as_nanos()),
            None => time.time().map(Timestamp::as_nanos),
        });
        let nanos =
            nanos.map_err(|error| error.in_column("_time").into_error(record.position()))?;
        if let Some(before) = field.times.last() {
            let found = nanos.cmp(before);
            if found == Ordering::Equal || *self.order.get_or_insert(found) != found {
                let name = String::from_utf8_lossy(&field.name).into_owned();
                let time = time.map_or(&[][..], |time| time.as_bytes());
                let problem = SeriesProblem::out_of_order(time, found, name.into());
                return Err(plan.refuse(problem, record));
            }
        }
        field.times.push(nanos);
        if field.place.is_some() {
            field.values.push(record.cell(narrow.value).as_bytes());
        }
        Ok(())
    }

    /// Ends the series: its rows go into the columns.
    pub(super) fn close(&mut self, run: &Run, columns: &mut Columns) -> Result<()> {
        self.key.clear();
        let (Some(first), Some(plan)) = (self.fields.first(), run.plan()) else { return Ok(()) };
        let alike = self.fields.iter().all(|field| field.times == first.times);
        let times = if alike { Cow::Borrowed(&first.times) } else { Cow::Owned(self.all_times()) };
        for place in plan.places() {
            columns.pad(place);
        }
        run.fill(columns, times.len())?;
        if let Some(Narrow { time: Some((_, Some(place))), .. }) = plan.narrow {
            for nanos in times.iter() {
                let time = ValueRef::Time(Timestamp::from_nanos(*nanos));
                columns.push_value(place, time).map_err(Error::from)?;
            }
        }
        for field in &self.fields {
            field.fill(&times, columns)?;
        }
        columns.add_rows(times.len());
        self.spare.extend(self.fields.drain(..).map(Field::cleared));
        Ok(())
    }

    /// The times of all fields, each once, in the order of the series.
    fn all_times(&self) -> Vec<i64> {
        let times = self.fields.iter().flat_map(|field| &field.times);
        let mut times: Vec<i64> = times.copied().collect();
        times.sort_unstable();
        times.dedup();
        if self.order == Some(Ordering::Less) {
            times.reverse();
        }
        times
    }
}

impl Field {
    fn new() -> Self {
        Self {
            name: Vec::new(),
            place: None,
            times: Vec::new(),
            values: Texts::default(),
            position: Position::START,
        }
    }

    fn cleared(mut self) -> Self {
        self.times.clear();
        self.values.clear();
        self
    }

    /// Adds a value for each of these times, null where the field has none.
    fn fill(&self, times: &[i64], columns: &mut Columns) -> Result<()> {
        let Some(place) = self.place else { return Ok(()) };
        columns.pad(place);
        let mut row = 0;
        for time in times {
            if self.times.get(row) == Some(time) {
                let cell = Cell::new(self.values.get(row).unwrap_or_default());
                let pushed = columns.push(place, cell);
                pushed.map_err(|error| error.into_error(self.position))?;
                row += 1;
            } else {
                columns.push_null(place);
            }
        }
        Ok(())
    }
}

/// What tells the series of one reply apart: the result, and each cell of the group key that is not
/// empty, but the field.
fn write_key(record: &Record<'_>, key: &mut Vec<u8>) {
    key.clear();
    let narrow = Narrow::of(record.table());
    let cells = group(narrow.as_ref(), record.table().columns());
    let cells = cells.map(|(index, column)| (&*column.name, record.cell(index).as_bytes()));
    let cells = cells.filter(|(_, text)| !text.is_empty());
    for (name, text) in [("", record.table().result().as_bytes())].into_iter().chain(cells) {
        for part in [name.as_bytes(), text] {
            key.extend_from_slice(&part.len().to_le_bytes());
            key.extend_from_slice(part);
        }
    }
}
