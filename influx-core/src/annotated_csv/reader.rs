//! Records → tables and rows.

use std::fmt;

use bytes::Bytes;

use super::cells::foreign_text;
use super::header::{Annotations, TableHeader, unnamed};
use super::record::LEADING;
use super::scanner::{Scan, Scanner};
use super::{Dialect, Record};
#[cfg(feature = "polars")]
use crate::error::Position;
use crate::error::{CsvCause, Error, Result};

/// Reads annotated CSV from chunks of any size.
///
/// ```
/// use influx_core::annotated_csv::{Reader, Step};
///
/// let csv = "#datatype,string,long,double\r\n#group,false,false,false\r\n#default,_result,,\r\n\
///            ,result,table,temp\r\n,,0,22.35\r\n";
/// let mut reader = Reader::new();
/// let mut chunks = csv.as_bytes().chunks(7);
/// let mut temps = Vec::new();
/// loop {
///     match reader.advance()? {
///         Step::Table => assert_eq!(reader.table().columns()[0].name, "temp"),
///         Step::Record => {
///             temps.extend(reader.record().map(|record| record.cell(0).float()).transpose()?);
///         }
///         Step::NeedInput => match chunks.next() {
///             Some(chunk) => reader.feed(chunk.to_vec()),
///             None => reader.finish(),
///         },
///         Step::End => break,
///     }
/// }
/// assert_eq!(temps, [22.35]);
/// # Ok::<(), influx_core::Error>(())
/// ```
pub struct Reader {
    dialect: Dialect,
    scanner: Scanner,
    annotations: Annotations,
    table: TableHeader,
    /// The cells that say which table a row belongs to, as the table's first row has them.
    marks: [Vec<u8>; 2],
    state: State,
    /// Whether the last step was a record.
    at_record: bool,
    /// Whether the block had annotations.
    annotated: bool,
    /// Whether a default row was among them.
    defaulted: bool,
}

/// What [`Reader::advance`] came to. There will be no other steps: a loop can match them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A table begins: [`Reader::table`]. It may have no records.
    Table,
    /// A row: [`Reader::record`].
    Record,
    /// The chunk is used up: [`Reader::feed`] the next, or [`Reader::finish`].
    NeedInput,
    /// The reply is complete.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// No header yet, or annotations for the next one.
    Annotations,
    /// The header stands; its table's number is not known yet.
    Header,
    /// Rows of a table.
    Rows,
    /// A row that began a new table; it comes next.
    FirstRow,
    /// The header of an error table stands.
    Error,
    Failed,
}

/// Where it stands, not what it holds.
impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("dialect", &self.dialect)
            .field("table", &self.table)
            .field("position", &self.scanner.position())
            .finish_non_exhaustive()
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader that waits for its first chunk.
    #[must_use]
    pub fn new() -> Self {
        Self::with_dialect(Dialect::new())
    }

    /// The same for a reply in another dialect.
    #[must_use]
    pub fn with_dialect(dialect: Dialect) -> Self {
        Self {
            dialect,
            scanner: Scanner::new(dialect.delimiter),
            annotations: Annotations::default(),
            table: TableHeader::default(),
            marks: [Vec::new(), Vec::new()],
            state: State::Annotations,
            at_record: false,
            annotated: false,
            defaulted: false,
        }
    }

    /// Refuses a row, and so a cell, of more bytes than this, which bounds the memory that a reply
    /// can take; 64 MiB unless it is set, and never more than 4 GiB. A row that spans chunks is
    /// held in memory until its end comes. A row of more than 65,536 cells is always refused.
    #[must_use]
    pub fn max_record_size(mut self, bytes: usize) -> Self {
        self.scanner.limit_record(bytes);
        self
    }

    /// Hands over the next chunk, owned: of a buffer that is used again, `buffer[..n].to_vec()`. It
    /// is due after [`Step::NeedInput`]; one that comes earlier waits.
    pub fn feed(&mut self, chunk: impl Into<Bytes>) {
        self.scanner.feed(chunk.into());
    }

    /// Says that the reply ends here. A last line without its end is an error, since it may have been
    /// cut; for a file that was written so, feed a line end before.
    pub fn finish(&mut self) {
        self.scanner.finish();
    }

    /// The table that is being read.
    #[must_use]
    pub const fn table(&self) -> &TableHeader {
        &self.table
    }

    /// The row that [`Step::Record`] announced; `None` after any other step.
    #[must_use]
    pub fn record(&self) -> Option<Record<'_>> {
        self.at_record.then(|| Record::new(&self.scanner, &self.table))
    }

    /// Where the row is that was read last.
    #[cfg(feature = "polars")]
    pub(crate) const fn position(&self) -> Position {
        self.scanner.position()
    }

    /// Goes to the next table or row.
    ///
    /// # Errors
    /// [`InvalidCsv`](crate::ErrorKind::InvalidCsv), with the position, when the reply is not
    /// annotated CSV or ends within a line; [`Server`](crate::ErrorKind::Server) when the server
    /// reports a failure. Rows before it were good; after it the reader is at its end.
    pub fn advance(&mut self) -> Result<Step> {
        let outcome = match self.state {
            State::Failed => Ok(Step::End),
            State::FirstRow => {
                self.state = State::Rows;
                Ok(Step::Record)
            }
            _ => self.scan(),
        };
        self.at_record = matches!(outcome, Ok(Step::Record));
        if outcome.is_err() {
            self.state = State::Failed;
        }
        outcome
    }

    fn scan(&mut self) -> Result<Step> {
        loop {
            match self.scanner.advance().map_err(|cause| self.fail(cause))? {
                Scan::NeedInput => return Ok(Step::NeedInput),
                Scan::End => return self.end(),
                Scan::Record => {
                    if let Some(step) = self.row()? {
                        return Ok(step);
                    }
                }
            }
        }
    }

    /// The reply is over; not all of it may have come.
    fn end(&mut self) -> Result<Step> {
        if let Some(table) = self.unnamed_empty_table()? {
            return Ok(table);
        }
        match self.state {
            State::Error => Err(self.fail(CsvCause::Server { message: String::new() })),
            State::Annotations if !self.annotations.is_empty() => {
                Err(self.fail(CsvCause::MidTable))
            }
            State::Annotations if self.scanner.is_at_start() => Err(self.fail(CsvCause::Empty)),
            // An empty table would have its number in the default row.
            State::Header if self.defaulted => Err(self.fail(CsvCause::MidTable)),
            _ => Ok(Step::End),
        }
    }

    fn row(&mut self) -> Result<Option<Step>> {
        if self.continues_table() {
            return Ok(Some(Step::Record));
        }
        let first = self.scanner.cell(0);
        let blank = self.scanner.width() == 1 && first.is_empty();
        match (first.first(), self.scanner.cell(1), self.scanner.cell(2)) {
            _ if blank => self.blank(),
            (_, message, _) if self.state == State::Error => {
                let message = if message.is_empty() { first } else { message };
                let message = String::from_utf8_lossy(message).into_owned();
                Err(self.fail(CsvCause::Server { message }))
            }
            (Some(b'#'), ..) => self.annotation().map(|()| None),
            (Some(_), ..) => Err(self.fail(foreign_text(first))),
            (None, b"result", b"table") if self.dialect.header => {
                let names = (LEADING..self.scanner.width()).map(|index| self.name(index));
                let names = names.collect::<Result<_>>()?;
                self.begin_block(names)?;
                self.empty_table()
            }
            (None, b"error", b"reference") => {
                self.state = State::Error;
                Ok(None)
            }
            (None, ..) => self.data().map(Some),
        }
    }

    /// Whether the row is one more of the table that is being read; most are.
    #[inline]
    fn continues_table(&self) -> bool {
        let ([result, id], cells) = (&self.marks, self.scanner.cells());
        self.state == State::Rows
            && cells.width() == self.table.columns.len() + LEADING
            && cells.get(0).is_empty()
            && same(cells.get(1), result)
            && same(cells.get(2), id)
    }

    /// A blank line means nothing, unless without headers and annotations nothing else would part
    /// two blocks.
    fn blank(&mut self) -> Result<Option<Step>> {
        if self.dialect.header || self.state == State::Error {
            return Ok(None);
        }
        let table = self.unnamed_empty_table()?;
        if table.is_none() && !self.annotated {
            self.annotations = Annotations::default();
            self.state = State::Annotations;
        }
        Ok(table)
    }

    /// The table of a block that has annotations and neither a header nor rows.
    fn unnamed_empty_table(&mut self) -> Result<Option<Step>> {
        let [_, _, default] = &self.annotations.0;
        if self.dialect.header || default.get(2).is_none_or(String::is_empty) {
            return Ok(None);
        }
        self.begin_block(unnamed(default.len()))?;
        self.empty_table()
    }

    fn annotation(&mut self) -> Result<()> {
        let name = self.scanner.cell(0);
        let Some(which) = Annotations::NAMES.iter().position(|known| *known == name) else {
            return Ok(());
        };
        if self.state != State::Annotations {
            self.annotations = Annotations::default();
            self.state = State::Annotations;
        }
        let text = |index| self.text(self.scanner.cell(index), "an annotation").map(str::to_owned);
        self.annotations.0[which] = (0..self.scanner.width()).map(text).collect::<Result<_>>()?;
        Ok(())
    }

    fn begin_block(&mut self, names: Vec<String>) -> Result<()> {
        let width = names.len() + LEADING;
        let Annotations(rows @ [_, _, default]) = &self.annotations;
        for row in rows {
            if !row.is_empty() && row.len() != width {
                return Err(self.fail(CsvCause::Width { cells: row.len(), columns: width }));
            }
        }
        self.table.default_id = default.get(2).cloned().unwrap_or_default();
        self.table.default_result = default.get(1).cloned().unwrap_or_default();
        self.defaulted = !default.is_empty();
        self.annotated = !self.annotations.is_empty();
        let columns = names.into_iter().zip(LEADING..);
        self.table.columns =
            columns.map(|(name, index)| self.annotations.column(name, index)).collect();
        self.table.block += 1;
        self.state = State::Header;
        self.annotations = Annotations::default();
        Ok(())
    }

    /// A table without rows has its number in the default row.
    fn empty_table(&mut self) -> Result<Option<Step>> {
        if self.table.default_id.is_empty() {
            return Ok(None);
        }
        self.table.result.clone_from(&self.table.default_result);
        self.table.id = self.number(self.table.default_id.as_bytes())?;
        self.table.sequence += 1;
        self.marks.iter_mut().for_each(Vec::clear);
        self.state = State::Rows;
        Ok(Some(Step::Table))
    }

    fn name(&self, index: usize) -> Result<String> {
        self.text(self.scanner.cell(index), "a column's name").map(str::to_owned)
    }

    fn data(&mut self) -> Result<Step> {
        if self.state == State::Annotations {
            if self.dialect.header {
                return Err(self.fail(CsvCause::NoHeader));
            }
            self.begin_block(unnamed(self.scanner.width()))?;
        }
        let (cells, columns) = (self.scanner.width(), self.table.columns.len() + LEADING);
        if cells != columns {
            return Err(self.fail(CsvCause::Width { cells, columns }));
        }
        let id = match self.scanner.cell(2) {
            b"" => self.table.default_id.as_bytes(),
            own => own,
        };
        let id = self.number(id)?;
        let result = match self.scanner.cell(1) {
            b"" => self.table.default_result.as_bytes(),
            named => named,
        };
        if self.state == State::Rows
            && id == self.table.id
            && result == self.table.result.as_bytes()
        {
            return Ok(Step::Record);
        }
        self.table.result = self.text(result, "a result's name")?.to_owned();
        self.table.id = id;
        self.table.sequence += 1;
        for (mark, index) in self.marks.iter_mut().zip(1..) {
            self.scanner.cell(index).clone_into(mark);
        }
        self.state = State::FirstRow;
        Ok(Step::Table)
    }

    fn text<'t>(&self, bytes: &'t [u8], part: &'static str) -> Result<&'t str> {
        std::str::from_utf8(bytes).map_err(|_| self.fail(CsvCause::NotUtf8 { part }))
    }

    fn number(&self, text: &[u8]) -> Result<u64> {
        if let [digit @ b'0'..=b'9'] = text {
            return Ok(u64::from(digit - b'0'));
        }
        let digits = std::str::from_utf8(text).ok().filter(|text| !text.starts_with('+'));
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
            let text = String::from_utf8_lossy(text).into_owned();
            self.fail(CsvCause::BadTableId { text })
        })
    }

    #[cold]
    fn fail(&self, cause: CsvCause) -> Error {
        let cause = match cause {
            CsvCause::Foreign { text } if self.state == State::Error => {
                CsvCause::Server { message: text }
            }
            other => other,
        };
        Error::csv(cause, self.scanner.position())
    }
}

/// Compares texts so short that the call of a comparison would cost more than it saves.
#[inline]
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left == right)
}
