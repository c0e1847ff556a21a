use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::error::{Error, Refused};

/// When a buffer is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) lines: usize,
    pub(crate) bytes: usize,
    /// Since its first line.
    pub(crate) age: Duration,
}

/// Lines that are being collected.
#[derive(Debug)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    repeatable: bool,
    opened: Instant,
}

/// Lines that go to the server together, each ended by a line feed.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    bytes: Bytes,
    ends: Vec<usize>,
    repeatable: bool,
}

impl Buffer {
    /// `expected`: how large it may become.
    pub(crate) fn new(opened: Instant, expected: Limits) -> Self {
        let bytes = Vec::with_capacity(expected.bytes);
        Self { bytes, ends: Vec::with_capacity(expected.lines), repeatable: true, opened }
    }

    /// Whether one more line of this length has to wait for the next batch.
    pub(crate) fn is_full_for(&self, length: usize, limits: Limits) -> bool {
        let grown = self.bytes.len() + length;
        !self.ends.is_empty() && (self.ends.len() >= limits.lines || grown > limits.bytes)
    }

    /// Whether it need not wait for more lines.
    pub(crate) fn is_full(&self, limits: Limits) -> bool {
        self.ends.len() >= limits.lines || self.bytes.len() >= limits.bytes
    }

    /// When it is old enough to go.
    pub(crate) fn due(&self, limits: Limits) -> Option<Instant> {
        self.opened.checked_add(limits.age)
    }

    /// Appends a line with its line feed; `is_timed`: whether it has a time of its own.
    pub(crate) fn push(&mut self, line: &[u8], is_timed: bool) {
        self.bytes.extend_from_slice(line);
        self.ends.push(self.bytes.len());
        self.repeatable &= is_timed;
    }

    pub(crate) const fn count(&self) -> usize {
        self.ends.len()
    }

    /// When its first line came.
    pub(crate) const fn opened(&self) -> Instant {
        self.opened
    }

    pub(crate) fn freeze(self) -> Batch {
        let Self { bytes, ends, repeatable, .. } = self;
        Batch { bytes: bytes.into(), ends, repeatable }
    }
}

impl Batch {
    /// A body whose lines end where the server sees their ends.
    pub(crate) fn of_body(bytes: Bytes, ends: Vec<usize>) -> Self {
        Self { bytes, ends, repeatable: false }
    }

    pub(crate) const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(crate) const fn count(&self) -> usize {
        self.ends.len()
    }

    /// Whether sending it twice stores it once: all lines have their times.
    pub(crate) const fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    fn start_of(&self, line: usize) -> usize {
        if line == 0 { 0 } else { self.ends[line - 1] }
    }

    /// How long a line is, with its line feed.
    pub(crate) fn length_of(&self, line: usize) -> usize {
        self.ends[line] - self.start_of(line)
    }

    /// A line, without its line feed.
    pub(crate) fn line(&self, line: usize) -> &[u8] {
        let text = &self.bytes[self.start_of(line)..self.ends[line]];
        text.strip_suffix(b"\n").unwrap_or(text)
    }

    /// A line that is handed back with a reason.
    pub(crate) fn refuse(&self, line: usize, reason: Error) -> Refused {
        Refused::line_of(line, self.line(line), reason)
    }

    /// All of them, for the same reason.
    pub(crate) fn refuse_all(&self, reason: &Error) -> Vec<Refused> {
        (0..self.count()).map(|line| self.refuse(line, reason.clone())).collect()
    }

    /// The body of these lines, which are in order; neighbours are not copied.
    pub(crate) fn body(&self, lines: &[usize]) -> Bytes {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Bytes::new() };
        if last - first + 1 == lines.len() {
            return self.bytes.slice(self.start_of(*first)..self.ends[*last]);
        }
        let mut body = Vec::with_capacity(lines.iter().map(|line| self.length_of(*line)).sum());
        for line in lines {
            body.extend_from_slice(&self.bytes[self.start_of(*line)..self.ends[*line]]);
        }
        body.into()
    }
}
