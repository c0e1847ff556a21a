//! Annotated CSV as the server's encoder writes it.

use super::cell::{Cell, Kind};
use super::dialect::{Annotation, Dialect};
use super::table::{GroupKey, Header, Row, Table};
use crate::refusal::Refusal;

/// Writes results.
#[derive(Debug)]
pub(super) struct Encoder<'a> {
    dialect: &'a Dialect,
    out: Vec<u8>,
    /// Whether any table came, even one of which nothing shows.
    begun: bool,
}

/// What the next table is compared with: it may do without annotations and a header of its own.
struct Before {
    key: Vec<Header>,
    table: Table,
}

impl<'a> Encoder<'a> {
    pub(super) const fn new(dialect: &'a Dialect) -> Self {
        Self { dialect, out: Vec::new(), begun: false }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Writes a result up to the end or to the failure of one of its tables.
    ///
    /// # Errors
    /// Reading a table failed; what was written stays.
    pub(super) fn result(&mut self, name: &str, tables: Vec<Table>) -> Result<(), Refusal> {
        let mut before: Option<Before> = None;
        for (id, mut table) in tables.into_iter().enumerate() {
            self.begun = true;
            // What was written before the first row is lost with it.
            if let Some(failure) = table.failure.take_if(|_| table.blocks.is_empty()) {
                return Err(failure);
            }
            let id = id.to_string();
            if before.as_ref().is_none_or(|before| before.differs(&table)) {
                if before.is_some() {
                    self.end_line();
                }
                self.schema(name, &id, &table)?;
            }
            self.rows(name, &id, &table.blocks);
            if let Some(failure) = table.failure.take() {
                return Err(failure);
            }
            before = Some(Before { key: key_headers(&table.key), table });
        }
        Ok(())
    }

    /// Ends a result that is complete.
    pub(super) fn end_result(&mut self) {
        self.out.extend(b"\r\n");
    }

    /// Writes a failure for which it is too late to become the answer's status.
    pub(super) fn failure(&mut self, message: &str) {
        if self.begun {
            self.end_line();
        }
        for annotation in &self.dialect.annotations {
            match annotation {
                Annotation::Datatype => {
                    self.record([b"#datatype".as_slice(), b"string", b"string"])
                }
                Annotation::Group => self.record([b"#group".as_slice(), b"true", b"true"]),
                Annotation::Default => self.record([b"#default".as_slice(), b"", b""]),
            }
        }
        self.record([b"".as_slice(), b"error", b"reference"]);
        self.record([b"".as_slice(), message.as_bytes(), b""]);
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn schema(&mut self, name: &str, id: &str, table: &Table) -> Result<(), Refusal> {
        if !self.can_write() && !self.dialect.annotations.is_empty() {
            return Err(Refusal::internal());
        }
        for annotation in &self.dialect.annotations {
            match annotation {
                Annotation::Datatype => {
                    self.labelled("#datatype", "string", "long", table, |header| {
                        datatype(header.kind).as_bytes().to_vec()
                    })
                }
                Annotation::Group => self.labelled("#group", "false", "false", table, |header| {
                    table.key.has(&header.label).to_string().into_bytes()
                }),
                Annotation::Default => {
                    // Of an empty table nothing else shows.
                    let id = if table.is_empty() { id } else { "" };
                    self.labelled("#default", name, id, table, |header| default(header, table));
                }
            }
        }
        if self.dialect.header {
            self.labelled("", "result", "table", table, |header| header.label.to_vec());
        }
        Ok(())
    }

    fn labelled(
        &mut self,
        annotation: &str,
        result: &str,
        id: &str,
        table: &Table,
        cell: impl Fn(&Header) -> Vec<u8>,
    ) {
        let first = [annotation, result, id].map(|cell| cell.as_bytes().to_vec());
        self.record(first.into_iter().chain(table.headers.iter().map(cell)));
    }

    fn rows(&mut self, name: &str, id: &str, blocks: &[Vec<Row>]) {
        let has_default = self.dialect.annotations.contains(&Annotation::Default);
        let name = if has_default { "" } else { name };
        for row in blocks.iter().flatten() {
            let first = ["", name, id].map(|cell| cell.as_bytes().to_vec());
            self.record(first.into_iter().chain(row.iter().map(text)));
        }
    }

    fn record(&mut self, cells: impl IntoIterator<Item: AsRef<[u8]>>) {
        if !self.can_write() {
            return;
        }
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.out.push(self.dialect.delimiter);
            }
            self.cell(cell.as_ref());
        }
        self.end_line();
    }

    fn cell(&mut self, cell: &[u8]) {
        if !self.needs_quotes(cell) {
            self.out.extend(cell);
            return;
        }
        self.out.push(b'"');
        for byte in cell {
            match byte {
                b'"' => self.out.extend(b"\"\""),
                // The server's writer ends lines with CR LF, inside of quotes, too.
                b'\r' => {}
                b'\n' => self.out.extend(b"\r\n"),
                other => self.out.push(*other),
            }
        }
        self.out.push(b'"');
    }

    fn needs_quotes(&self, cell: &[u8]) -> bool {
        let special =
            |byte: &u8| matches!(byte, b'\n' | b'\r' | b'"') || *byte == self.dialect.delimiter;
        cell == br"\." || cell.iter().any(special) || begins_with_space(cell)
    }

    fn end_line(&mut self) {
        if self.can_write() {
            self.out.extend(b"\r\n");
        }
    }

    /// The server takes any delimiter, but with these its writer writes nothing.
    const fn can_write(&self) -> bool {
        !matches!(self.dialect.delimiter, b'"' | b'\r' | b'\n')
    }
}

impl Before {
    fn differs(&self, table: &Table) -> bool {
        self.table.is_empty()
            || table.is_empty()
            || self.table.headers != table.headers
            || self.key != key_headers(&table.key)
    }
}

fn key_headers(key: &GroupKey) -> Vec<Header> {
    key.columns().iter().map(|(header, _)| header.clone()).collect()
}

fn default(header: &Header, table: &Table) -> Vec<u8> {
    let key = table.is_empty().then(|| table.key.get(&header.label)).flatten();
    key.map(text).unwrap_or_default()
}

fn text(cell: &Cell) -> Vec<u8> {
    let mut text = Vec::new();
    cell.write_csv(&mut text);
    text
}

const fn datatype(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "boolean",
        Kind::Integer => "long",
        Kind::Unsigned => "unsignedLong",
        Kind::Float => "double",
        Kind::String => "string",
        Kind::Time => "dateTime:RFC3339",
    }
}

/// White space as Unicode has it; what is not UTF-8 is none.
fn begins_with_space(cell: &[u8]) -> bool {
    let head = &cell[..cell.len().min(4)];
    let first = head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.is_some_and(char::is_whitespace)
}
