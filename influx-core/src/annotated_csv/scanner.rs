//! Bytes → records of cells. No annotations, no types.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;

use crate::error::{CsvCause, Position};

/// The longest record, unless another limit is set. The server's own limit for a text is 1 MiB, so
/// this allows for rows of dozens of such texts.
const MAX_RECORD: usize = 64 << 20;

/// The most cells of a record; a table of InfluxDB has as many columns as a schema has keys.
const MAX_CELLS: usize = 1 << 16;

/// As much as is kept of a line that is none of the format.
const MAX_FOREIGN: usize = 64 << 10;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Splits chunks into records. A record that lies whole in a chunk is read in place; one that spans
/// chunks, or a cell with doubled quotes, is copied.
///
/// What it finds does not depend on where the chunks are cut: every limit is one of bytes of the
/// record, and no error is raised by bytes behind its place.
#[derive(Debug)]
pub(super) struct Scanner {
    delimiter: u8,
    max_record: usize,
    /// How many bytes of a byte order mark have come; all of it once anything else has.
    bom: usize,
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
    /// Where each cell ends. The next one starts one byte behind that.
    ends: Vec<u32>,
    /// How many of `ends` belong to this record.
    width: usize,
    /// Cells whose text is not what lies between two ends.
    quoted: Vec<Quoted>,
    /// Where the cell that is being read starts.
    cell: usize,
    /// How far that cell has been looked through.
    seen: usize,
    /// Whether that cell, which is in quotes, has doubled quotes or line ends in it.
    rewrite: bool,
}

/// The text of a cell that was in quotes.
#[derive(Debug)]
struct Quoted {
    cell: usize,
    text: Range<usize>,
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

/// Why a run of cells ended.
enum Run {
    /// With the record, whose length this is.
    Record(usize),
    /// Before a cell in quotes.
    Quote,
    /// With the bytes.
    Bytes,
}

impl Scanner {
    pub(super) const fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            max_record: MAX_RECORD,
            bom: 0,
            chunk: Bytes::new(),
            at: 0,
            queue: VecDeque::new(),
            carry: Vec::new(),
            state: State::InChunk,
            start: 0,
            parse: Parse::new(),
            rewritten: Vec::new(),
            ended: false,
            record: Position { line: 0, byte: 0 },
            next: Position { line: 1, byte: 0 },
        }
    }

    pub(super) fn limit_record(&mut self, bytes: usize) {
        self.max_record = bytes.min(u32::MAX as usize);
    }

    /// Hands over the next chunk.
    pub(super) fn feed(&mut self, mut chunk: Bytes) {
        while self.bom < BOM.len() && !chunk.is_empty() {
            if chunk[0] != BOM[self.bom] {
                self.give_up_bom();
            } else {
                self.bom += 1;
                self.next.byte += 1;
                let _ = chunk.split_to(1);
            }
        }
        self.queue.push_back(chunk);
    }

    /// What looked like a byte order mark belongs to the first record.
    fn give_up_bom(&mut self) {
        self.queue.push_back(Bytes::from_static(&BOM[..self.bom]));
        self.bom = BOM.len();
        self.next.byte = 0;
    }

    /// Says that no chunk follows.
    pub(super) fn finish(&mut self) {
        if self.bom < BOM.len() {
            self.give_up_bom();
        }
        self.ended = true;
    }

    /// Goes to the next record.
    pub(super) fn advance(&mut self) -> Result<Scan, CsvCause> {
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
            let within = &bytes[..bytes.len().min(self.max_record)];
            match self.parse.run(within, self.delimiter) {
                Ok(Some(length)) => {
                    self.finish_record(length);
                    return Ok(Scan::Record);
                }
                Ok(None) if bytes.len() >= self.max_record => {
                    let limit = self.max_record;
                    return Err(CsvCause::TooLong { limit });
                }
                Ok(None) if self.take_more() => {}
                Ok(None) => return self.out_of_input(),
                Err(cause) => return Err(cause),
            }
        }
    }

    /// Goes to the next chunk, or moves bytes of this one into `carry`, up to the next line end;
    /// `false` if there are none.
    fn take_more(&mut self) -> bool {
        if self.at == self.chunk.len() {
            let Some(next) = self.queue.pop_front() else { return false };
            self.chunk = next;
            self.at = 0;
            return true;
        }
        let rest = &self.chunk[self.at..];
        // In the chunk there was no end of the record; in `carry` each line end may be one.
        let length = match self.state {
            State::Carrying => memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1),
            State::InChunk | State::CarryDone => rest.len(),
        };
        self.carry.extend_from_slice(&rest[..length]);
        self.at += length;
        self.state = State::Carrying;
        true
    }

    fn out_of_input(&self) -> Result<Scan, CsvCause> {
        match (self.ended, self.carry.is_empty()) {
            (false, _) => Ok(Scan::NeedInput),
            (true, true) => Ok(Scan::End),
            (true, false) if is_foreign(self.carry[0], self.delimiter) => {
                Err(foreign_text(&self.carry))
            }
            (true, false) => Err(CsvCause::MidLine),
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
        self.rewritten.clear();
        for quoted in self.parse.quoted.iter_mut().filter(|quoted| quoted.place == Place::Raw) {
            let raw = &bytes[quoted.text.clone()];
            quoted.text.start = self.rewritten.len();
            lines += rewrite(raw, &mut self.rewritten);
            quoted.text.end = self.rewritten.len();
            quoted.place = Place::Rewritten;
        }
        self.parse.cell = 0;
        self.parse.seen = 0;
        self.next.line += lines;
        self.next.byte += length as u64;
    }

    /// How many cells the record has.
    pub(super) fn width(&self) -> usize {
        self.parse.width
    }

    /// The cells of the record.
    #[inline]
    pub(super) fn cells(&self) -> Cells<'_> {
        let Parse { ends, width, quoted, .. } = &self.parse;
        let record = match self.state {
            State::CarryDone => &self.carry[..],
            State::InChunk | State::Carrying => &self.chunk[self.start..],
        };
        Cells { record, ends: &ends[..*width], quoted, rewritten: &self.rewritten }
    }

    /// The bytes of a cell, unquoted; empty past the last one.
    #[inline]
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        self.cells().get(index)
    }

    /// Whether nothing has been read yet.
    pub(super) const fn is_at_start(&self) -> bool {
        self.next.line == 1
    }

    /// Where the record starts.
    pub(super) const fn position(&self) -> Position {
        self.record
    }
}

/// The cells of a record, lent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'r> {
    record: &'r [u8],
    ends: &'r [u32],
    quoted: &'r [Quoted],
    rewritten: &'r [u8],
}

impl<'r> Cells<'r> {
    /// How many there are.
    #[inline]
    pub(super) const fn width(self) -> usize {
        self.ends.len()
    }

    /// The bytes of a cell, unquoted; empty past the last one.
    #[inline]
    pub(super) fn get(self, index: usize) -> &'r [u8] {
        let Some(&end) = self.ends.get(index) else { return &[] };
        if !self.quoted.is_empty()
            && let Some(text) = self.unquoted(index)
        {
            return text;
        }
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize + 1);
        &self.record[start..end as usize]
    }

    fn unquoted(self, index: usize) -> Option<&'r [u8]> {
        let at = self.quoted.binary_search_by_key(&index, |quoted| quoted.cell).ok()?;
        let Quoted { text, place, .. } = &self.quoted[at];
        let source = if *place == Place::Rewritten { self.rewritten } else { self.record };
        Some(&source[text.clone()])
    }
}

/// Whether a line that starts so is none of the format: it begins with the delimiter behind an empty
/// annotation, an annotation, which may be in quotes, or its own end.
const fn is_foreign(first: u8, delimiter: u8) -> bool {
    first != delimiter && !matches!(first, b'#' | b'"' | b'\r' | b'\n')
}

#[cold]
fn foreign_text(line: &[u8]) -> CsvCause {
    CsvCause::foreign(String::from_utf8_lossy(line).into_owned())
}

/// Undoubles quotes and turns the server's CRLF back into LF; returns how many line ends there were.
fn rewrite(raw: &[u8], rewritten: &mut Vec<u8>) -> u64 {
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
    lines
}

impl Parse {
    const fn new() -> Self {
        Self { ends: Vec::new(), width: 0, quoted: Vec::new(), cell: 0, seen: 0, rewrite: false }
    }

    /// Reads cells of `bytes`, which start with the record's first byte, from where it stopped;
    /// gives the length of the record, or `None` when the bytes end first.
    fn run(&mut self, bytes: &[u8], delimiter: u8) -> Result<Option<usize>, CsvCause> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        if self.cell == 0 && self.seen == 0 {
            self.width = 0;
            self.quoted.clear();
        }
        if is_foreign(first, delimiter) {
            return self.foreign(bytes);
        }
        loop {
            match self.bare(bytes, delimiter)? {
                Run::Record(length) => return Ok(Some(length)),
                Run::Bytes => return Ok(None),
                Run::Quote => match self.quoted(bytes, delimiter)? {
                    None => return Ok(None),
                    Some((next, true)) => return Ok(Some(next)),
                    Some((next, false)) => {
                        self.cell = next;
                        self.seen = next;
                    }
                },
            }
        }
    }

    /// A line that is no CSV fails as soon as enough of it has come.
    #[cold]
    fn foreign(&mut self, bytes: &[u8]) -> Result<Option<usize>, CsvCause> {
        let bytes = &bytes[..bytes.len().min(MAX_FOREIGN)];
        if let Some(length) = memchr::memchr(b'\n', &bytes[self.seen..]) {
            return Err(foreign_text(&bytes[..self.seen + length]));
        }
        if bytes.len() == MAX_FOREIGN {
            return Err(foreign_text(bytes));
        }
        self.seen = bytes.len();
        Ok(None)
    }

    /// Cells without quotes, one after the other, eight bytes at a time: cells are short, so that a
    /// search for each one's end would cost more than it saves.
    #[inline]
    fn bare(&mut self, bytes: &[u8], delimiter: u8) -> Result<Run, CsvCause> {
        let is_quote = |at| bytes.get(at) == Some(&b'"');
        if is_quote(self.cell) {
            return Ok(Run::Quote);
        }
        let (mut at, mut cell) = (self.seen, self.cell);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let (word, length) = word(rest, delimiter);
            let mut ends = either(word, b'\n', delimiter);
            while ends != 0 {
                let end = at + ends.trailing_zeros() as usize / 8;
                if bytes[end] == b'\n' {
                    self.push(without_cr(bytes, cell, end))?;
                    return Ok(Run::Record(end + 1));
                }
                self.push(end)?;
                cell = end + 1;
                if is_quote(cell) {
                    (self.cell, self.seen) = (cell, cell);
                    return Ok(Run::Quote);
                }
                ends &= ends - 1;
            }
            at += length;
        }
        (self.cell, self.seen) = (cell, bytes.len());
        Ok(Run::Bytes)
    }

    /// A cell in quotes: where the next one starts, and whether the record ends there.
    #[cold]
    fn quoted(&mut self, bytes: &[u8], delimiter: u8) -> Result<Option<(usize, bool)>, CsvCause> {
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
                (_, Some(b'\n'), _) => {
                    return self.close(at, at + 2).map(|next| Some((next, true)));
                }
                (_, Some(next), _) if *next == delimiter => {
                    return self.close(at, at + 2).map(|next| Some((next, false)));
                }
                (_, Some(b'\r'), Some(b'\n')) => {
                    return self.close(at, at + 3).map(|next| Some((next, true)));
                }
                (_, None, _) | (_, Some(b'\r'), None) => {
                    self.seen = at;
                    return Ok(None);
                }
                _ => return Err(CsvCause::AfterQuote),
            }
        }
    }

    fn close(&mut self, quote: usize, next: usize) -> Result<usize, CsvCause> {
        let place = if self.rewrite { Place::Raw } else { Place::Record };
        self.quoted.push(Quoted { cell: self.width, text: self.cell + 1..quote, place });
        self.push(next - 1)?;
        Ok(next)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "no record is longer than 32 bits count")]
    fn push(&mut self, end: usize) -> Result<(), CsvCause> {
        if self.width == self.ends.len() {
            self.grow()?;
        }
        self.ends[self.width] = end as u32;
        self.width += 1;
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<(), CsvCause> {
        if self.width == MAX_CELLS {
            return Err(CsvCause::TooManyCells { limit: MAX_CELLS });
        }
        self.ends.resize((2 * self.width).max(16), 0);
        Ok(())
    }
}

/// The end of a line's last cell, whose line feed is at `end`.
fn without_cr(bytes: &[u8], start: usize, end: usize) -> usize {
    if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end }
}

/// The first eight bytes; behind fewer of them, bytes that end no cell.
#[inline]
fn word(bytes: &[u8], delimiter: u8) -> (u64, usize) {
    let Some(word) = bytes.first_chunk::<8>() else {
        let mut word = [!delimiter & !b'\n'; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        return (u64::from_le_bytes(word), bytes.len());
    };
    (u64::from_le_bytes(*word), 8)
}

const LOW: u64 = u64::MAX / 255;
const HIGH: u64 = LOW << 7;

/// The high bit of each byte of `word` that is one of the two.
#[inline]
const fn either(word: u64, left: u8, right: u8) -> u64 {
    !(different(word, left) & different(word, right)) & HIGH
}

/// The high bit of each byte of `word` that is not `byte`; the other bits mean nothing.
#[inline]
const fn different(word: u64, byte: u8) -> u64 {
    let difference = word ^ (LOW * byte as u64);
    // The sum carries into a high bit unless the seven bits below are zero.
    ((difference & !HIGH) + !HIGH) | difference
}
