//! Un-pivoted tables → whole rows, series by series.
//!
//! A server's read gives one table for each series and field, and those of one series are
//! neighbours. So the rows of one series are held at a time, and handed out when the next series
//! begins. A `drop` or `keep` sorts tables by field instead, which is found out before a row of an
//! unfinished series is handed out. What cannot be put together for sure is an error: never half a row.

mod layout;
mod series;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;

use self::layout::Layout;
#[cfg(feature = "polars")]
pub(crate) use self::series::Texts;
use self::series::{Lack, Refusal, Series};
use super::plan::is_narrow;
use super::{CellError, Mismatches};
use crate::annotated_csv::{self, Column, Composed, Datatype, Reader, Record, TableHeader};
use crate::error::{CellProblem, CsvCause, Error, Position, Result, RowCause, SeriesProblem};
use crate::schema::Schema;

/// Puts whole rows together.
#[derive(Debug)]
pub(super) struct Assembly {
    schema: Schema,
    state: State,
    layout: Option<Arc<Layout>>,
    /// The table whose rows are being taken, and its field if the struct has that.
    table: (u64, Option<usize>),
    /// The name of that field.
    field: Vec<u8>,
    series: Series,
    /// How the tables of the series look.
    shape: Option<Arc<Layout>>,
    /// Result and tags of the series.
    key: Vec<u8>,
    next_key: Vec<u8>,
    /// The keys of all series so far, 16 bytes for each.
    seen: HashSet<u128>,
    /// The header of the whole rows, and a count of such headers.
    header: TableHeader,
    version: u64,
    /// The tags of the series, followed by the cells of the row.
    row: Composed,
    tags: usize,
    /// Where the row is that was handed out.
    position: Option<Position>,
}

/// What [`Assembly::advance`] came to.
pub(super) enum Step {
    /// A series is complete; its rows follow.
    Series,
    Row,
    NeedInput,
    End,
    /// The reader stands at a record of a table that is not un-pivoted.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// The reader's next step comes next.
    Input,
    /// The reader stands at a record that was not looked at.
    Record,
    /// The rows of the series are handed out; then comes the other state.
    Rows(Next),
    /// The reader is in tables of another kind.
    Away,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Next {
    Input,
    Record,
}

/// What a record is for the series.
enum Taken {
    Row,
    /// It is the first one of another series.
    Ends,
    Other,
}

impl Assembly {
    pub(super) fn new(schema: Schema) -> Self {
        Self {
            schema,
            state: State::Away,
            layout: None,
            table: (0, None),
            field: Vec::new(),
            series: Series::new(&schema),
            shape: None,
            key: Vec::new(),
            next_key: Vec::new(),
            seen: HashSet::new(),
            header: TableHeader::default(),
            version: 0,
            row: Composed::default(),
            tags: 0,
            position: None,
        }
    }

    /// Begins at the record at which the reader stands.
    pub(super) const fn enter(&mut self) {
        self.state = State::Record;
    }

    pub(super) fn is_active(&self) -> bool {
        self.state != State::Away
    }

    /// The header of the whole rows of this series.
    pub(super) const fn header(&self) -> &TableHeader {
        &self.header
    }

    /// Counts headers, so that a plan is made once for each.
    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    /// The row that [`Step::Row`] announced.
    pub(super) fn record(&self) -> Option<Record<'_>> {
        self.position.map(|position| self.row.record(&self.header, position))
    }

    /// Names the series in what its header does not fit.
    pub(super) fn name(&self, mismatches: Mismatches) -> Mismatches {
        mismatches.in_series(self.series_name())
    }

    pub(super) fn advance(&mut self, reader: &mut Reader) -> Result<Step> {
        self.position = None;
        loop {
            match self.state {
                State::Rows(next) => {
                    if self.next_row()? {
                        return Ok(Step::Row);
                    }
                    self.series.clear();
                    self.shape = None;
                    self.state = next.into();
                }
                State::Record => match self.take(reader)? {
                    Taken::Row => self.state = State::Input,
                    Taken::Ends => return Ok(self.complete(Next::Record)),
                    Taken::Other => {
                        self.state = State::Away;
                        return Ok(Step::Other);
                    }
                },
                State::Input | State::Away => match reader.advance()? {
                    annotated_csv::Step::Table => {}
                    annotated_csv::Step::Record => self.state = State::Record,
                    annotated_csv::Step::NeedInput => return Ok(Step::NeedInput),
                    annotated_csv::Step::End if self.series.is_empty() => return Ok(Step::End),
                    annotated_csv::Step::End => return Ok(self.complete(Next::Input)),
                },
            }
        }
    }

    /// Takes the record at which the reader stands, if it belongs to the series.
    fn take(&mut self, reader: &Reader) -> Result<Taken> {
        let Some(record) = reader.record() else { return Ok(Taken::Row) };
        let known = self.table.0 == record.table().sequence();
        if !known {
            match self.enter_table(&record)? {
                Taken::Row => {}
                other => return Ok(other),
            }
        }
        let Some(layout) = &self.layout else { return Ok(Taken::Other) };
        layout.check(&record, known).map_err(|error| error.into_error(record.position()))?;
        let Some(field) = self.table.1 else { return Ok(Taken::Row) };
        let time = layout.time.map(|time| record.cell(time));
        self.series
            .push(field, time, record.cell(layout.value), record.position())
            .map_err(|refusal| self.refuse(refusal, &record))?;
        Ok(Taken::Row)
    }

    /// Finds out whose table this is.
    fn enter_table(&mut self, record: &Record<'_>) -> Result<Taken> {
        let Some(layout) = self.layout_of(record)? else {
            return Ok(if self.series.is_empty() { Taken::Other } else { Taken::Ends });
        };
        write_key(&layout, record, &mut self.next_key);
        if self.shape.is_none() || self.next_key != self.key {
            if !self.series.is_empty() {
                self.refuse_by_field(&layout, record)?;
                return Ok(Taken::Ends);
            }
            self.open(Arc::clone(&layout), record)?;
        }
        layout.check(record, false).map_err(|error| error.into_error(record.position()))?;
        let field = self.series.find(layout.field(record));
        if let Some(index) = field {
            let datatype = record.table().columns().get(layout.value);
            let datatype = datatype.map_or(&Datatype::String, |column| &column.datatype);
            let alike =
                self.shape.as_ref().is_some_and(|s| s.time.is_some() == layout.time.is_some());
            let begun =
                if alike { self.series.begin(index, datatype) } else { Err(SeriesProblem::NoTime) };
            begun.map_err(|problem| self.refuse(Refusal::Series(problem), record))?;
        }
        self.table = (record.table().sequence(), field);
        layout.field(record).clone_into(&mut self.field);
        Ok(Taken::Row)
    }

    /// Refuses tables that come field by field: the rest of the series may come later.
    fn refuse_by_field(&self, layout: &Layout, record: &Record<'_>) -> Result<()> {
        let sorted = layout.field(record) >= self.field.as_slice();
        if layout.by_field && sorted && self.series.is_partial() {
            return Err(self.refuse(Refusal::Series(SeriesProblem::ByField), record));
        }
        Ok(())
    }

    /// The layout of the record's table, if its fields come as rows.
    fn layout_of(&mut self, record: &Record<'_>) -> Result<Option<Arc<Layout>>> {
        let table = record.table();
        if self.layout.as_ref().is_none_or(|layout| !layout.is_of(table)) {
            self.layout = None;
            if is_narrow(&self.schema, table) {
                let layout = Layout::new(&self.schema, table).map_err(|column| {
                    self.refuse(Refusal::Series(SeriesProblem::Mixed { column }), record)
                })?;
                self.layout = Some(Arc::new(layout));
            }
        }
        Ok(self.layout.clone())
    }

    /// Begins the series of this record.
    fn open(&mut self, layout: Arc<Layout>, record: &Record<'_>) -> Result<()> {
        std::mem::swap(&mut self.key, &mut self.next_key);
        if !self.seen.insert(fingerprint(&self.key)) {
            return Err(self.refuse(Refusal::Series(SeriesProblem::ComesBack), record));
        }
        self.row.begin();
        for (name, text) in layout.tag_set(record) {
            if self.series.find(name.as_bytes()).is_none() {
                self.row.push(text);
            }
        }
        self.tags = self.row.width();
        self.shape = Some(layout);
        Ok(())
    }

    /// Ends the series: its header is made, unless that of the series before it will do.
    fn complete(&mut self, next: Next) -> Step {
        self.state = State::Rows(next);
        let known = self.header.columns().iter();
        let known = known.map(|column| (column.name.as_str(), &column.datatype, column.group));
        let same = self.version > 0 && known.eq(self.columns());
        if !same {
            let columns = self.columns();
            let columns = columns
                .map(|(name, datatype, group)| Column::composed(name, datatype.clone(), group));
            self.header = TableHeader::composed(columns.collect());
            self.version += 1;
        }
        Step::Series
    }

    /// The columns of the whole rows: tags, `_time`, fields.
    fn columns(&self) -> impl Iterator<Item = (&str, &Datatype, bool)> {
        let shape = self.shape.as_deref();
        let tags = shape.into_iter().flat_map(Layout::tags);
        let tags = tags.filter(|name| self.series.find(name.as_bytes()).is_none());
        let tags = tags.map(|name| (name, &Datatype::String, true));
        let time =
            shape.and_then(|shape| shape.time).map(|_| ("_time", &Datatype::DateTime, false));
        let fields = self.series.columns().map(|(name, datatype)| (name, datatype, false));
        tags.chain(time).chain(fields)
    }

    /// Puts the next row together; `false` after the last.
    fn next_row(&mut self) -> Result<bool> {
        let timed = self.shape.as_ref().is_some_and(|shape| shape.time.is_some());
        self.row.truncate(self.tags);
        let position = self.series.next(&mut self.row, timed).map_err(|lack| self.lacking(lack))?;
        if let (Some(position), false) = (position, self.row.fits()) {
            return Err(Error::csv(CsvCause::TooLong { limit: u32::MAX as usize }, position));
        }
        self.position = position;
        Ok(position.is_some())
    }

    fn series_name(&self) -> String {
        let nowhere = Position { line: 0, byte: 0 };
        let record = self.row.record(&self.header, nowhere);
        show(record.group_key().map(|(name, cell)| (name, cell.as_bytes())))
    }

    #[cold]
    fn lacking(&self, lack: Lack) -> Error {
        let Lack { column, time, position } = lack;
        let problem = CellProblem::Lacking { series: self.series_name(), time };
        let error = CellError::from(problem).at(self.schema.row, column.member, column.name);
        error.into_error(position)
    }

    #[cold]
    fn refuse(&self, refusal: Refusal, record: &Record<'_>) -> Error {
        let problem = match refusal {
            Refusal::Cell(error) => return error.into_error(record.position()),
            Refusal::Series(problem) => problem,
        };
        let layout = self.layout.as_deref();
        let tags = layout.into_iter().flat_map(|layout| layout.tag_set(record));
        let (row, series) = (self.schema.row, show(tags));
        RowCause::Series { row, series, problem, position: record.position() }.into()
    }
}

impl From<Next> for State {
    fn from(next: Next) -> Self {
        match next {
            Next::Input => Self::Input,
            Next::Record => Self::Record,
        }
    }
}

/// What tells the series of one reply apart: the result, and each tag that is not empty.
fn write_key(layout: &Layout, record: &Record<'_>, key: &mut Vec<u8>) {
    key.clear();
    let result = [("", record.table().result().as_bytes())];
    let tags = layout.tag_set(record).filter(|(_, text)| !text.is_empty());
    for (name, text) in result.into_iter().chain(tags) {
        for part in [name.as_bytes(), text] {
            key.extend_from_slice(&part.len().to_le_bytes());
            key.extend_from_slice(part);
        }
    }
}

/// So wide that two series of one reply do not share it by chance.
pub(crate) fn fingerprint(key: &[u8]) -> u128 {
    let half = |salt| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(salt);
        hasher.write(key);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// The tags of a series, for a message.
pub(crate) fn show<'t>(tags: impl Iterator<Item = (&'t str, &'t [u8])>) -> String {
    let present = tags.filter(|(_, text)| !text.is_empty());
    let tags = present.map(|(name, text)| format!("{name}={}", String::from_utf8_lossy(text)));
    tags.collect::<Vec<_>>().join(",")
}
