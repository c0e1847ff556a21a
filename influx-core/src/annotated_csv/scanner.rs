//! Chunks → records. No annotations, no types.

use std::collections::VecDeque;

use bytes::Bytes;

use super::cells::{Cells, KEPT, Parse, foreign_text, is_foreign};
use crate::error::{CsvCause, Position};

/// The longest record, unless another limit is set. The server's own limit for a text is 1 MiB, so
/// this allows for rows of dozens of such texts.
const MAX_RECORD: usize = 64 << 20;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Splits chunks into records. A record that lies whole in a chunk is read in place; one that spans
/// chunks, or a cell with doubled quotes, is copied.
///
/// What it finds does not depend on where the chunks are cut: every limit is one of bytes of the
/// record, and no error is raised by bytes after its place.
#[derive(Debug)]
pub(super) struct Scanner {
    delimiter: u8,
    max_record: usize,
    /// How many bytes of a byte order mark have come; all of it once anything else has.
    bom: usize,
    chunk: Bytes,
    /// The first byte of `chunk` that no record has taken.
    at: usize,
    /// The chunks after it.
    queue: VecDeque<Bytes>,
    /// The start of a record whose end has not come yet, or the whole record once it has.
    carry: Vec<u8>,
    state: State,
    /// Where in `chunk` the record that is handed out starts, unless it lies in `carry`.
    start: usize,
    parse: Parse,
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

#[derive(Debug, PartialEq)]
pub(super) enum Scan {
    Record,
    NeedInput,
    End,
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
            self.carry.shrink_to(KEPT);
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
        self.next.line += self.parse.finish(bytes);
        self.next.byte += length as u64;
    }

    /// How many cells the record has.
    pub(super) fn width(&self) -> usize {
        self.cells().width()
    }

    /// The cells of the record.
    #[inline]
    pub(super) fn cells(&self) -> Cells<'_> {
        self.parse.cells(match self.state {
            State::CarryDone => &self.carry,
            State::InChunk | State::Carrying => &self.chunk[self.start..],
        })
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
