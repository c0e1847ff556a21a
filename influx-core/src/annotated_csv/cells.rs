//! The bytes of one record → its cells.

use std::ops::Range;

use crate::error::CsvCause;

/// The most cells of a record; a table of InfluxDB has as many columns as a schema has keys.
const MAX_CELLS: usize = 1 << 16;

/// The most memory that is kept for the next record that is put together.
pub(super) const KEPT: usize = 1 << 20;

/// As much as is kept of a line that is none of the format.
const MAX_FOREIGN: usize = 64 << 10;

/// How far a record has been read; survives the wait for the next chunk.
#[derive(Debug)]
pub(super) struct Parse {
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
    /// The texts of such cells.
    rewritten: Vec<u8>,
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

/// Why a run of cells ended.
enum Run {
    /// With the record, whose length this is.
    Record(usize),
    /// Before a cell in quotes.
    Quote,
    /// With the bytes.
    Bytes,
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
    /// Cells without quotes.
    pub(super) const fn plain(record: &'r [u8], ends: &'r [u32]) -> Self {
        Self { record, ends, quoted: &[], rewritten: &[] }
    }

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

    /// The bytes of neighbouring cells with the delimiters between them; `None` where any cell of the
    /// record is in quotes.
    #[cfg(feature = "polars")]
    #[inline]
    pub(super) fn raw(self, cells: Range<usize>) -> Option<&'r [u8]> {
        let end = |index: usize| self.ends.get(index).map(|end| *end as usize);
        let start = cells.start.checked_sub(1).map_or(Some(0), |before| Some(end(before)? + 1))?;
        let bytes = self.record.get(start..end(cells.end.checked_sub(1)?)?)?;
        self.quoted.is_empty().then_some(bytes)
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
pub(super) const fn is_foreign(first: u8, delimiter: u8) -> bool {
    first != delimiter && !matches!(first, b'#' | b'"' | b'\r' | b'\n')
}

#[cold]
pub(super) fn foreign_text(line: &[u8]) -> CsvCause {
    CsvCause::foreign(String::from_utf8_lossy(line).into_owned())
}

impl Parse {
    pub(super) const fn new() -> Self {
        Self {
            ends: Vec::new(),
            width: 0,
            quoted: Vec::new(),
            cell: 0,
            seen: 0,
            rewrite: false,
            rewritten: Vec::new(),
        }
    }

    /// Reads cells of `bytes`, which start with the record's first byte, from where it stopped;
    /// gives the length of the record, or `None` when the bytes end first.
    pub(super) fn run(&mut self, bytes: &[u8], delimiter: u8) -> Result<Option<usize>, CsvCause> {
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

    /// Ends a record, after which the next one can be read; gives the number of its lines.
    pub(super) fn finish(&mut self, record: &[u8]) -> u64 {
        let mut lines = 1;
        self.rewritten.clear();
        self.rewritten.shrink_to(KEPT);
        for quoted in self.quoted.iter_mut().filter(|quoted| quoted.place == Place::Raw) {
            let raw = &record[quoted.text.clone()];
            quoted.text.start = self.rewritten.len();
            lines += rewrite(raw, &mut self.rewritten);
            quoted.text.end = self.rewritten.len();
            quoted.place = Place::Rewritten;
        }
        self.cell = 0;
        self.seen = 0;
        lines
    }

    /// The cells of the record that was ended last.
    #[inline]
    pub(super) fn cells<'r>(&'r self, record: &'r [u8]) -> Cells<'r> {
        let Self { ends, width, quoted, rewritten, .. } = self;
        Cells { record, ends: &ends[..*width], quoted, rewritten }
    }

    /// A line that is no CSV fails as soon as enough of it has come.
    #[cold]
    fn foreign(&mut self, bytes: &[u8]) -> Result<Option<usize>, CsvCause> {
        let bytes = &bytes[..bytes.len().min(MAX_FOREIGN)];
        if let Some(length) = memchr::memchr(b'\n', unseen(bytes, self.seen)) {
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
    #[inline(never)]
    fn quoted(&mut self, bytes: &[u8], delimiter: u8) -> Result<Option<(usize, bool)>, CsvCause> {
        self.seen = self.seen.max(self.cell + 1);
        if self.seen == self.cell + 1 {
            self.rewrite = false;
        }
        while let Some(length) = memchr::memchr2(b'"', b'\n', unseen(bytes, self.seen)) {
            let at = self.seen + length;
            if bytes[at] == b'"' && bytes.get(at + 1) != Some(&b'"') {
                self.seen = at;
                return self.after_quote(bytes, at, delimiter);
            }
            self.rewrite = true;
            self.seen = at + if bytes[at] == b'"' { 2 } else { 1 };
        }
        self.seen = bytes.len();
        Ok(None)
    }

    /// What ends a cell whose closing quote is at `quote`.
    fn after_quote(
        &mut self,
        bytes: &[u8],
        quote: usize,
        delimiter: u8,
    ) -> Result<Option<(usize, bool)>, CsvCause> {
        let (length, last) = match bytes[quote + 1..] {
            [] | [b'\r'] => return Ok(None),
            [b'\n', ..] => (2, true),
            [b'\r', b'\n', ..] => (3, true),
            [next, ..] if next == delimiter => (2, false),
            _ => return Err(CsvCause::AfterQuote),
        };
        let place = if self.rewrite { Place::Raw } else { Place::Record };
        self.quoted.push(Quoted { cell: self.width, text: self.cell + 1..quote, place });
        self.push(quote + length - 1)?;
        Ok(Some((quote + length, last)))
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

/// What was not looked at yet; a limit may have been set below that.
fn unseen(bytes: &[u8], seen: usize) -> &[u8] {
    bytes.get(seen..).unwrap_or_default()
}

/// The end of a line's last cell, whose line feed is at `end`.
fn without_cr(bytes: &[u8], start: usize, end: usize) -> usize {
    if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end }
}

/// The first eight bytes; after fewer of them, bytes that end no cell.
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
