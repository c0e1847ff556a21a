//! Chunks of annotated CSV → frames.

use std::sync::Arc;

use bytes::Bytes;
use polars::prelude::DataFrame;

use super::columns::Columns;
use super::options::FrameOptions;
use super::plan::{Narrow, Plan};
use super::run::Run;
use super::table_frame::TableFrame;
use super::wide::Wide;
use crate::annotated_csv::{Reader, Record, Step, TableHeader};
use crate::error::{Position, Result};
use crate::schema::Value;

/// The result in which the server's profilers speak. Its rows are in no frame.
const PROFILER: &str = "_profiler";

/// What [`Frames::advance`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// So many rows as were asked for are there.
    Full,
    NeedInput,
    End,
}

/// What makes frames of chunks of a reply.
pub(crate) trait Frames: Send {
    fn feed(&mut self, chunk: Bytes);

    /// Says that the reply ends here.
    fn finish(&mut self);

    /// Goes on until there are so many rows, at least.
    fn advance(&mut self, rows: usize) -> Result<Progress>;

    /// The rows so far.
    fn take(&mut self) -> Result<DataFrame>;
}

/// Makes frames of tables as they come.
pub(crate) struct FrameDecoder {
    reader: Reader,
    options: FrameOptions,
    columns: Columns,
    plan: Option<Arc<Plan>>,
    run: Run,
    wide: Wide,
    in_profile: bool,
    /// Whether the rows of the table are those of one field, to be put together with others.
    is_narrow: bool,
    /// The names of all columns so far, if some were asked for.
    seen: Vec<String>,
    /// The table, or series, that is being read, where each gets a frame of its own.
    table: Option<(Head, Vec<TableFrame>)>,
}

/// What is known of a table.
#[derive(Default)]
struct Head {
    is_open: bool,
    result: String,
    id: u64,
    group_key: Vec<(String, Value)>,
}

impl FrameDecoder {
    pub(crate) fn new(options: FrameOptions) -> Self {
        Self {
            reader: Reader::new(),
            columns: Columns::new(&options),
            options,
            plan: None,
            run: Run::new(),
            wide: Wide::default(),
            in_profile: false,
            is_narrow: false,
            seen: Vec::new(),
            table: None,
        }
    }

    /// Makes a frame of each table.
    pub(crate) fn by_table(options: FrameOptions) -> Self {
        Self { table: Some(Default::default()), ..Self::new(options) }
    }

    /// The tables so far, each in a frame.
    pub(crate) fn into_tables(self) -> Vec<TableFrame> {
        self.table.map(|(_, tables)| tables).unwrap_or_default()
    }

    fn enter_table(&mut self) -> Result<()> {
        self.run.flush(&mut self.columns)?;
        self.run.end();
        let table = self.reader.table();
        self.in_profile = table.result() == PROFILER;
        self.is_narrow = self.options.wide && Narrow::of(table).is_some();
        if self.in_profile {
            return Ok(());
        }
        if self.is_narrow {
            // The series goes on, if this is its next field: its first row says that. Until then
            // the columns may be those of another frame.
            return if self.table.is_some() { Ok(()) } else { self.make_plan() };
        }
        self.close_series()?;
        self.end_table()?;
        self.make_plan()?;
        self.open_table()
    }

    /// Finds the columns of the table.
    fn make_plan(&mut self) -> Result<()> {
        let table = self.reader.table();
        if self.plan.as_ref().is_none_or(|plan| !plan.is_of(table)) {
            let position = self.reader.position();
            let plan = Plan::new(table, &self.options, &mut self.columns, position)?;
            for name in plan.names() {
                see(name, &self.options, &mut self.seen);
            }
            self.plan = Some(Arc::new(plan));
        }
        Ok(())
    }

    fn open_table(&mut self) -> Result<()> {
        if let Some(plan) = &self.plan {
            plan.places().for_each(|place| self.columns.pad(place));
        }
        let header = self.reader.table();
        self.run.enter(header);
        if let Some((head, _)) = &mut self.table {
            *head = Head::of(header, default_key(header, self.reader.position())?);
        }
        Ok(())
    }

    fn take_row(&mut self) -> Result<()> {
        let Some(record) = self.reader.record() else { return Ok(()) };
        if self.in_profile {
            return Ok(());
        }
        let plan = match &self.plan {
            Some(plan) if self.run.continues(plan, &record) => plan,
            _ => return self.begin_run(),
        };
        match &plan.narrow {
            Some(narrow) => self.wide.push(plan, narrow, &record),
            None => push_row(plan, &record, &mut self.run, &mut self.columns),
        }
    }

    /// Takes a row whose group key is another than that of the row before.
    fn begin_run(&mut self) -> Result<()> {
        self.run.flush(&mut self.columns)?;
        if self.is_narrow {
            return self.begin_field();
        }
        let (Some(record), Some(plan)) = (self.reader.record(), &self.plan) else { return Ok(()) };
        if let Some((head, _)) = &mut self.table {
            head.group_key = plan.group_key(&record)?;
        }
        self.run.open(plan, &record);
        push_row(plan, &record, &mut self.run, &mut self.columns)
    }

    /// Takes the first row of a field.
    fn begin_field(&mut self) -> Result<()> {
        if self.reader.record().is_some_and(|record| self.wide.ends_with(&record)) {
            self.close_series()?;
        }
        if !self.wide.is_open() {
            self.end_table()?;
        }
        self.make_plan()?;
        let (Some(record), Some(plan)) = (self.reader.record(), &self.plan) else { return Ok(()) };
        let Some(narrow) = &plan.narrow else { return Ok(()) };
        if self.wide.enter(plan, &record)? {
            self.run.enter(record.table());
            if let Some((head, _)) = &mut self.table {
                *head = Head::of(record.table(), plan.group_key(&record)?);
            }
        }
        self.run.open(plan, &record);
        self.wide.begin(plan, narrow, &record, &self.options, &mut self.columns)?;
        if let Ok(name) = record.cell(narrow.field).text() {
            see(name, &self.options, &mut self.seen);
        }
        self.wide.push(plan, narrow, &record)
    }

    fn close_series(&mut self) -> Result<()> {
        self.wide.close(&self.run, &mut self.columns)
    }

    /// Ends the frame of the table, where each gets one.
    fn end_table(&mut self) -> Result<()> {
        let Some((head, tables)) = &mut self.table else { return Ok(()) };
        if std::mem::take(&mut head.is_open) {
            let Head { result, id, group_key, .. } = std::mem::take(head);
            let frame = self.columns.take()?;
            tables.push(TableFrame { result, id, group_key, frame });
            self.columns.clear();
            self.plan = None;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.run.flush(&mut self.columns)?;
        self.run.end();
        self.close_series()?;
        self.end_table()?;
        self.options.check(&self.seen)
    }
}

impl Frames for FrameDecoder {
    fn feed(&mut self, chunk: Bytes) {
        self.reader.feed(chunk);
    }

    fn finish(&mut self) {
        self.reader.finish();
    }

    fn advance(&mut self, rows: usize) -> Result<Progress> {
        while self.columns.rows() + self.run.rows() < rows {
            match self.reader.advance()? {
                Step::Record => self.take_row()?,
                Step::Table => self.enter_table()?,
                Step::NeedInput => return Ok(Progress::NeedInput),
                Step::End => return self.end().map(|()| Progress::End),
            }
        }
        self.run.flush(&mut self.columns)?;
        Ok(Progress::Full)
    }

    fn take(&mut self) -> Result<DataFrame> {
        self.columns.take()
    }
}

impl Head {
    fn of(table: &TableHeader, group_key: Vec<(String, Value)>) -> Self {
        Self { is_open: true, result: table.result().to_owned(), id: table.id(), group_key }
    }
}

/// Remembers that there is a column of this name, if any were asked for.
fn see(name: &str, options: &FrameOptions, seen: &mut Vec<String>) {
    if options.columns.is_some() && !seen.iter().any(|known| known == name) {
        seen.push(name.to_owned());
    }
}

/// Adds the cells of a row that differ from row to row.
#[inline]
fn push_row(plan: &Plan, record: &Record<'_>, run: &mut Run, columns: &mut Columns) -> Result<()> {
    for (index, place) in &plan.varying {
        let pushed = columns.push(*place, record.cell(*index));
        pushed.map_err(|error| error.into_error(record.position()))?;
    }
    run.add_row();
    Ok(())
}

/// The group key of a table, should it have no rows.
fn default_key(table: &TableHeader, position: Position) -> Result<Vec<(String, Value)>> {
    let in_key = table.columns().iter().filter(|column| column.group);
    let values = in_key.map(|column| {
        let value = column.default_value().map_err(|error| error.in_column(&column.name));
        let value = value.map_err(|error| error.into_error(position))?;
        Ok((column.name.clone(), value.into_owned()))
    });
    values.collect()
}
