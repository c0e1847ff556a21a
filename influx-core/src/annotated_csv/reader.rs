//! Records → tables and rows.

use std::sync::Arc;

use bytes::Bytes;

use super::record::LEADING;
use super::scanner::{Scan, Scanner};
use super::{Column, Datatype, Record};
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
///         Step::Record => temps.push(reader.record().cell(0).float().unwrap()),
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
#[derive(Debug)]
pub struct Reader {
    scanner: Scanner,
    annotations: Annotations,
    table: TableHeader,
    state: State,
}

/// What [`Reader::advance`] came to.
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

/// The annotation rows of a block, as long as its header has not come.
#[derive(Debug, Default)]
struct Annotations {
    datatype: Vec<String>,
    group: Vec<String>,
    default: Vec<String>,
}

/// A table: the result it belongs to, its number, its columns.
#[derive(Debug, Clone, Default)]
pub struct TableHeader {
    result: String,
    default_result: String,
    id: u64,
    columns: Arc<[Column]>,
    /// Counts headers, so that a plan is made once for each.
    block: u64,
    /// Counts tables.
    sequence: u64,
}

impl TableHeader {
    /// The name of the result (`yield`); `_result` if the query names none.
    #[must_use]
    pub fn result(&self) -> &str {
        &self.result
    }

    /// The number of the table within its result, from 0.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The columns, without the three of the format.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The place of the first column of this name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    pub(crate) fn shared_columns(&self) -> Arc<[Column]> {
        Arc::clone(&self.columns)
    }

    pub(crate) const fn block(&self) -> u64 {
        self.block
    }

    pub(crate) const fn sequence(&self) -> u64 {
        self.sequence
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
        Self {
            scanner: Scanner::new(),
            annotations: Annotations::default(),
            table: TableHeader::default(),
            state: State::Annotations,
        }
    }

    /// Hands over the next chunk, after [`Step::NeedInput`].
    pub fn feed(&mut self, chunk: impl Into<Bytes>) {
        self.scanner.feed(chunk.into());
    }

    /// Says that the reply ends here.
    pub const fn finish(&mut self) {
        self.scanner.finish();
    }

    /// The table that is being read.
    #[must_use]
    pub const fn table(&self) -> &TableHeader {
        &self.table
    }

    /// The row that [`Step::Record`] announced.
    #[must_use]
    pub const fn record(&self) -> Record<'_> {
        Record::new(&self.scanner, &self.table)
    }

    /// Goes to the next table or row.
    ///
    /// # Errors
    /// [`InvalidCsv`](crate::ErrorKind::InvalidCsv), with the position, when the reply is not
    /// annotated CSV or ends within a line; [`Server`](crate::ErrorKind::Server) when the server
    /// reports a failure. Rows before it were good; after it the reader is at its end.
    pub fn advance(&mut self) -> Result<Step> {
        match self.state {
            State::Failed => return Ok(Step::End),
            State::FirstRow => {
                self.state = State::Rows;
                return Ok(Step::Record);
            }
            _ => {}
        }
        let outcome = self.scan();
        if outcome.is_err() {
            self.state = State::Failed;
        }
        outcome
    }

    fn scan(&mut self) -> Result<Step> {
        loop {
            match self.scanner.advance()? {
                Scan::NeedInput => return Ok(Step::NeedInput),
                Scan::End if self.state == State::Error => {
                    return Err(self.fail(CsvCause::Server { message: String::new() }));
                }
                Scan::End => return Ok(Step::End),
                Scan::Record => {
                    if let Some(step) = self.row()? {
                        return Ok(step);
                    }
                }
            }
        }
    }

    fn row(&mut self) -> Result<Option<Step>> {
        let first = self.scanner.cell(0);
        let blank = self.scanner.width() == 1 && first.is_empty();
        match (first.first(), self.scanner.cell(1), self.scanner.cell(2)) {
            _ if blank => Ok(None),
            (Some(b'#'), ..) => self.annotation().map(|()| None),
            (Some(_), ..) => {
                let text = String::from_utf8_lossy(first).into_owned();
                Err(self.fail(CsvCause::Foreign { text }))
            }
            (None, message, _) if self.state == State::Error => {
                let message = String::from_utf8_lossy(message).into_owned();
                Err(self.fail(CsvCause::Server { message }))
            }
            (None, b"result", b"table") => self.header(),
            (None, b"error", b"reference") => {
                self.state = State::Error;
                Ok(None)
            }
            (None, ..) => self.data().map(Some),
        }
    }

    fn annotation(&mut self) -> Result<()> {
        if self.state != State::Annotations {
            self.annotations = Annotations::default();
            self.state = State::Annotations;
        }
        let row = match self.scanner.cell(0) {
            b"#datatype" => &mut self.annotations.datatype,
            b"#group" => &mut self.annotations.group,
            b"#default" => &mut self.annotations.default,
            _ => return Ok(()),
        };
        row.clear();
        for index in 0..self.scanner.width() {
            let text = std::str::from_utf8(self.scanner.cell(index)).map_err(|_| {
                Error::csv(CsvCause::NotUtf8 { part: "an annotation" }, self.scanner.position())
            })?;
            row.push(text.to_owned());
        }
        Ok(())
    }

    fn header(&mut self) -> Result<Option<Step>> {
        let width = self.scanner.width();
        let columns =
            (LEADING..width).map(|index| self.column(index)).collect::<Result<Vec<_>>>()?;
        let annotations = &self.annotations;
        for row in [&annotations.datatype, &annotations.group, &annotations.default] {
            if !row.is_empty() && row.len() != width {
                return Err(self.fail(CsvCause::Width { cells: row.len(), columns: width }));
            }
        }
        let table_number = annotations.default.get(2).cloned().unwrap_or_default();
        self.table.default_result = annotations.default.get(1).cloned().unwrap_or_default();
        self.table.columns = columns.into();
        self.table.block += 1;
        self.state = State::Header;
        self.annotations = Annotations::default();
        if table_number.is_empty() {
            return Ok(None);
        }
        // Only a table without rows has its number in the default row.
        self.table.result.clone_from(&self.table.default_result);
        self.table.id = self.number(table_number.as_bytes())?;
        self.table.sequence += 1;
        Ok(Some(Step::Table))
    }

    fn column(&self, index: usize) -> Result<Column> {
        let name = std::str::from_utf8(self.scanner.cell(index))
            .map_err(|_| self.fail(CsvCause::NotUtf8 { part: "a column's name" }))?;
        let annotations = &self.annotations;
        let datatype = annotations.datatype.get(index);
        Ok(Column {
            name: name.to_owned(),
            datatype: datatype.map_or(Datatype::String, |name| Datatype::parse(name)),
            group: annotations.group.get(index).is_some_and(|group| group == "true"),
            default: annotations.default.get(index).cloned().unwrap_or_default(),
        })
    }

    fn data(&mut self) -> Result<Step> {
        if self.state == State::Annotations {
            return Err(self.fail(CsvCause::NoHeader));
        }
        let (cells, columns) = (self.scanner.width(), self.table.columns.len() + LEADING);
        if cells != columns {
            return Err(self.fail(CsvCause::Width { cells, columns }));
        }
        let id = self.number(self.scanner.cell(2))?;
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
        let result = std::str::from_utf8(result)
            .map_err(|_| self.fail(CsvCause::NotUtf8 { part: "a result's name" }))?;
        self.table.result = result.to_owned();
        self.table.id = id;
        self.table.sequence += 1;
        self.state = State::FirstRow;
        Ok(Step::Table)
    }

    fn number(&self, text: &[u8]) -> Result<u64> {
        if let [digit @ b'0'..=b'9'] = text {
            return Ok(u64::from(digit - b'0'));
        }
        std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
            let text = String::from_utf8_lossy(text).into_owned();
            self.fail(CsvCause::BadTableId { text })
        })
    }

    #[cold]
    fn fail(&self, cause: CsvCause) -> Error {
        Error::csv(cause, self.scanner.position())
    }
}
