//! Bytes → records of cells. No annotations, no types.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::error::{CsvCause, Error, Position, Result};

/// The longest record that is put together from several chunks. The server's own limit for a text
/// is 1 MiB, so this allows for rows of dozens of such texts.
const MAX_RECORD: usize = 64 << 20;

/// The most cells of a record; a table of InfluxDB has as many columns as a schema has keys.
const MAX_CELLS: usize = 1 << 16;

/// As much as is kept of a line that is none of the format.
const MAX_FOREIGN: usize = 64 << 10;

/// What a line of the format can start with: the delimiter behind an empty annotation, an
/// annotation, or its own end.
const STARTS: &[u8] = b",#\r\n";

/// Splits chunks into records. A record that lies whole in a chunk is read in place; one that spans
/// chunks, or a cell with doubled quotes, is copied.
#[derive(Debug)]
pub(super) struct Scanner {
    chunk: Bytes,
    /// The first byte of `chunk` that no record has taken.
    at: usize,
    /// The chunks behind it.
    queue: VecDeque<Bytes>,
    /// The start of a record whose end has not come yet, or the whole record once it has.
    carry: Vec<u8>,
    state: State,
    /// Where in `chunk` the record that is handed out starts, unless it lies in `carry`.
    start: usize,
    parse: Parse,
    /// Cells whose text had to be rewritten.
    rewritten: Vec<u8>,
    ended: bool,
    record: Position,
    next: Position,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// The next record starts in `chunk`.
    InChunk,
    /// The next record started in `carry`.
    Carrying,
    /// The record that is handed out lies in `carry`.
    CarryDone,
}

/// How far a record has been read; survives the wait for the next chunk.
#[derive(Debug, Default)]
struct Parse {
    cells: Vec<Span>,
    /// Where the cell that is being read starts.
    cell: usize,
    /// How far that cell has been looked through.
    seen: usize,
    /// Whether that cell needs rewriting.
    rewrite: bool,
    /// Whether any cell of the record does.
    raw: bool,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Record,
    /// In the record, with doubled quotes or CRLF in it.
    Raw,
    Rewritten,
}

#[derive(Debug, PartialEq)]
pub(super) enum Scan {
    Record,
    NeedInput,
    End,
}

impl Scanner {
    pub(super) const fn new() -> Self {
        Self {
            chunk: Bytes::new(),
            at: 0,
            queue: VecDeque::new(),
            carry: Vec::new(),
            state: State::InChunk,
            start: 0,
            parse: Parse { cells: Vec::new(), cell: 0, seen: 0, rewrite: false, raw: false },
            rewritten: Vec::new(),
            ended: false,
            record: Position { line: 0, byte: 0 },
            next: Position { line: 1, byte: 0 },
        }
    }

    /// Hands over the next chunk.
    pub(super) fn feed(&mut self, chunk: Bytes) {
        self.queue.push_back(chunk);
    }

    /// Says that no chunk follows.
    pub(super) const fn finish(&mut self) {
        self.ended = true;
    }

    /// Goes to the next record.
    pub(super) fn advance(&mut self) -> Result<Scan> {
        if self.state == State::CarryDone {
            self.carry.clear();
            self.state = State::InChunk;
        }
        self.record = self.next;
        loop {
            let bytes = match self.state {
                State::Carrying => &self.carry[..],
                State::InChunk | State::CarryDone => &self.chunk[self.at..],
            };
            match self.parse.run(bytes).map_err(|cause| Error::csv(cause, self.record))? {
                Some(length) => {
                    self.finish_record(length);
                    return Ok(Scan::Record);
                }
                None => {
                    if !self.take_more()? {
                        return self.out_of_input();
                    }
                }
            }
        }
    }

    /// Goes to the next chunk, or moves bytes of this one into `carry`, up to the next line end;
    /// `false` if there are none.
    fn take_more(&mut self) -> Result<bool> {
        if self.at == self.chunk.len() {
            let Some(next) = self.queue.pop_front() else { return Ok(false) };
            self.chunk = next;
            self.at = 0;
            return Ok(true);
        }
        let rest = &self.chunk[self.at..];
        // In the chunk there was no end of the record; in `carry` each line end may be one.
        let length = match self.state {
            State::Carrying => memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1),
            State::InChunk | State::CarryDone => rest.len(),
        };
        let is_foreign = self.carry.first().is_some_and(|byte| !STARTS.contains(byte));
        if is_foreign && self.carry.len() > MAX_FOREIGN {
            let text = String::from_utf8_lossy(&self.carry[..MAX_FOREIGN]).into_owned();
            return Err(Error::csv(CsvCause::foreign(text), self.record));
        }
        if self.carry.len() + length > MAX_RECORD {
            return Err(Error::csv(CsvCause::TooLong { limit: MAX_RECORD }, self.record));
        }
        self.carry.extend_from_slice(&rest[..length]);
        self.at += length;
        self.state = State::Carrying;
        Ok(true)
    }

    fn out_of_input(&self) -> Result<Scan> {
        match (self.ended, self.carry.is_empty()) {
            (false, _) => Ok(Scan::NeedInput),
            (true, true) => Ok(Scan::End),
            (true, false) if !STARTS.contains(&self.carry[0]) => {
                let text = String::from_utf8_lossy(&self.carry).into_owned();
                Err(Error::csv(CsvCause::foreign(text), self.record))
            }
            (true, false) => Err(Error::csv(CsvCause::MidLine, self.record)),
        }
    }

    fn finish_record(&mut self, length: usize) {
        let bytes = if self.state == State::Carrying {
            self.state = State::CarryDone;
            &self.carry[..length]
        } else {
            self.start = self.at;
            self.at += length;
            &self.chunk[self.start..self.at]
        };
        let mut lines = 1;
        if self.parse.raw {
            self.rewritten.clear();
            for span in self.parse.cells.iter_mut().filter(|span| span.place == Place::Raw) {
                lines += rewrite(&bytes[span.start..span.end], &mut self.rewritten, span);
            }
            self.parse.raw = false;
        }
        self.parse.cell = 0;
        self.parse.seen = 0;
        self.next.line += lines;
        self.next.byte += length as u64;
    }

    /// How many cells the record has.
    pub(super) fn width(&self) -> usize {
        self.parse.cells.len()
    }

    /// The bytes of a cell, unquoted; empty past the last one.
    #[inline]
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        let Some(&Span { start, end, place }) = self.parse.cells.get(index) else {
            return &[];
        };
        match (place, self.state) {
            (Place::Rewritten, _) => &self.rewritten[start..end],
            (_, State::CarryDone) => &self.carry[start..end],
            _ => &self.chunk[self.start + start..self.start + end],
        }
    }

    /// Whether nothing has been read yet.
    pub(super) const fn is_at_start(&self) -> bool {
        self.next.byte == 0
    }

    /// Where the record starts.
    pub(super) const fn position(&self) -> Position {
        self.record
    }
}

/// Undoubles quotes and turns the server's CRLF back into LF; returns how many line ends there were.
fn rewrite(raw: &[u8], rewritten: &mut Vec<u8>, span: &mut Span) -> u64 {
    let start = rewritten.len();
    let mut lines = 0;
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.peek()) {
            (b'"', Some(b'"')) => {
                bytes.next();
            }
            (b'\r', Some(b'\n')) => continue,
            (b'\n', _) => lines += 1,
            _ => {}
        }
        rewritten.push(byte);
    }
    *span = Span { start, end: rewritten.len(), place: Place::Rewritten };
    lines
}

impl Parse {
    /// Reads cells of `bytes`, which start with the record's first byte, from where it stopped;
    /// gives the length of the record, or `None` when the bytes end first.
    fn run(&mut self, bytes: &[u8]) -> Result<Option<usize>, CsvCause> {
        if self.cell == 0 && self.seen == 0 {
            self.cells.clear();
        }
        loop {
            if self.cells.len() > MAX_CELLS {
                return Err(CsvCause::TooManyCells { limit: MAX_CELLS });
            }
            let step = match bytes.get(self.cell) {
                None => return Ok(None),
                Some(b'"') => self.quoted(bytes)?,
                Some(byte) if self.cell == 0 && !STARTS.contains(byte) => self.foreign(bytes),
                Some(_) => self.bare(bytes),
            };
            match step {
                None => return Ok(None),
                Some((next, true)) => return Ok(Some(next)),
                Some((next, false)) => {
                    self.cell = next;
                    self.seen = next;
                }
            }
        }
    }

    /// A line that is no CSV: one cell, whatever is in it.
    #[cold]
    fn foreign(&mut self, bytes: &[u8]) -> Option<(usize, bool)> {
        let Some(length) = memchr::memchr(b'\n', &bytes[self.seen..]) else {
            self.seen = bytes.len();
            return None;
        };
        let end = self.seen + length;
        self.cells.push(Span { start: 0, end, place: Place::Record });
        Some((end + 1, true))
    }

    /// A cell that does not start with a quote. Where the next one starts, and whether the record
    /// ends there.
    #[inline]
    fn bare(&mut self, bytes: &[u8]) -> Option<(usize, bool)> {
        let Some(end) = delimiter(bytes, self.seen) else {
            self.seen = bytes.len();
            return None;
        };
        let last = bytes[end] == b'\n';
        let text_end =
            if last && end > self.cell && bytes[end - 1] == b'\r' { end - 1 } else { end };
        self.cells.push(Span { start: self.cell, end: text_end, place: Place::Record });
        Some((end + 1, last))
    }

    /// A cell in quotes.
    #[cold]
    fn quoted(&mut self, bytes: &[u8]) -> Result<Option<(usize, bool)>, CsvCause> {
        self.seen = self.seen.max(self.cell + 1);
        if self.seen == self.cell + 1 {
            self.rewrite = false;
        }
        loop {
            let Some(length) = memchr::memchr2(b'"', b'\n', &bytes[self.seen..]) else {
                self.seen = bytes.len();
                return Ok(None);
            };
            let at = self.seen + length;
            match (bytes[at], bytes.get(at + 1), bytes.get(at + 2)) {
                (b'\n', ..) => {
                    self.rewrite = true;
                    self.seen = at + 1;
                }
                (_, Some(b'"'), _) => {
                    self.rewrite = true;
                    self.seen = at + 2;
                }
                (_, Some(b','), _) => return Ok(Some((self.close(at, at + 2), false))),
                (_, Some(b'\n'), _) => return Ok(Some((self.close(at, at + 2), true))),
                (_, Some(b'\r'), Some(b'\n')) => return Ok(Some((self.close(at, at + 3), true))),
                (_, None, _) | (_, Some(b'\r'), None) => {
                    self.seen = at;
                    return Ok(None);
                }
                _ => return Err(CsvCause::AfterQuote),
            }
        }
    }

    fn close(&mut self, quote: usize, next: usize) -> usize {
        self.raw |= self.rewrite;
        let place = if self.rewrite { Place::Raw } else { Place::Record };
        self.cells.push(Span { start: self.cell + 1, end: quote, place });
        next
    }
}

/// The first comma or line feed of `bytes` at `from` or behind.
///
/// Eight bytes at a time: cells are short, so that a call of a search for long texts costs more
/// than it saves.
#[inline]
fn delimiter(bytes: &[u8], from: usize) -> Option<usize> {
    const LOW: u64 = u64::MAX / 255;
    const HIGH: u64 = LOW << 7;
    // The high bit of each byte that is zero, and of none before the first of them.
    let zeros = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let mut at = from;
    while let Some(&word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(word);
        let found = zeros(word ^ (LOW * 0x2C)) | zeros(word ^ (LOW * 0x0A));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b',' | b'\n')).map(|length| at + length)
}
