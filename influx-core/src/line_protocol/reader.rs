//! Lines of a text that is too long to be held, chunk by chunk.

use std::io::{ErrorKind, Read};
use std::iter::FusedIterator;

use super::{LineWriter, Parser, ToLine};
use crate::error::{Error, LineCause, Position, Result};

/// Reads lines from a file, or whatever else can be read, in chunks of whole lines, in bounded memory.
///
/// ```
/// use influx_core::line_protocol::{self, LineReader};
///
/// let file: &[u8] = b"cpu temp=22.35 1\ncpu temp=hot 2\n"; // or a `File`, standard input, …
/// let mut buffer = Vec::new();
/// for chunk in LineReader::new(file) {
///     let error = line_protocol::encode(chunk?, &mut buffer).unwrap_err();
///     assert_eq!(error.position().unwrap().line, 2); // of the file, in whichever chunk
/// }
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// Each [`LineChunk`] is a record that can be written; a writer takes all of them with
/// [`write_reader`](crate::client::Writer::write_reader). A chunk ends where [`Parser`] says that a line
/// does, which may be behind several line feeds: texts in quotes can hold them. So where a quote is
/// missing, the lines up to the next one are refused with its own, as the server would; where no text
/// holds a line feed, [`single_lines`](Self::single_lines) has it cost its own line alone.
///
/// Reads by [`chunk_size`](Self::chunk_size), so it needs no `BufReader`. Holds one chunk, and a line of up to
/// [`longest_line`](Self::longest_line). Where a read gives less than it could, as those of pipes and
/// sockets do, the whole lines that are there make a chunk, and wait for nothing. A file ends where it
/// ends when it is read: what grows behind that is not followed (pipe `tail -f` in).
///
/// # Errors
/// An item is an error when the text cannot be read
/// ([`InvalidInput`](crate::ErrorKind::InvalidInput), with the cause as its source), or a line is too
/// long ([`InvalidLine`](crate::ErrorKind::InvalidLine)). It is the last one, behind the whole lines; its
/// [`position`](crate::Error::position) says where the lines begin that were not read.
#[derive(Debug)]
pub struct LineReader<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where the buffer starts in the text.
    position: Position,
    has_ended: bool,
    /// Waits until the lines before it are handed out.
    failure: Option<std::io::Error>,
    single_lines: bool,
    chunk_size: usize,
    longest_line: usize,
}

/// Whole lines of a text; from [`LineReader`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChunk {
    text: Vec<u8>,
    position: Position,
    single_lines: bool,
}

impl<R: Read> LineReader<R> {
    const CHUNK: usize = 256 << 10;
    /// Sixteen texts of the greatest length.
    const LONGEST_LINE: usize = 16 << 20;

    /// The lines of what `reader` gives.
    pub const fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            position: Position { line: 1, byte: 0 },
            has_ended: false,
            failure: None,
            single_lines: false,
            chunk_size: Self::CHUNK,
            longest_line: Self::LONGEST_LINE,
        }
    }

    /// Ends lines at each line feed, also within quotes: see [`Parser::single_lines`].
    #[must_use]
    pub const fn single_lines(mut self) -> Self {
        self.single_lines = true;
        self
    }

    /// As many bytes are read at once, and a chunk has about as many; 256 KiB without a call.
    #[must_use]
    pub const fn chunk_size(mut self, bytes: usize) -> Self {
        self.chunk_size = if bytes == 0 { 1 } else { bytes };
        self
    }

    /// How many bytes a line may have, its line feed counted; 16 MiB without a call. More than that is
    /// mostly a quote that is not closed.
    #[must_use]
    pub const fn longest_line(mut self, bytes: usize) -> Self {
        self.longest_line = bytes;
        self
    }

    /// Reads until there are so many bytes, no more, or, after a read that gave less than it could have,
    /// lines that need not wait for the next one.
    fn fill(&mut self, bytes: usize) {
        let mut filled = self.buffer.len();
        self.buffer.resize(bytes.max(filled), 0);
        while !self.has_ended && filled < self.buffer.len() {
            let free = &mut self.buffer[filled..];
            match self.reader.read(free) {
                Ok(0) => self.has_ended = true,
                Ok(count) => {
                    let is_short = count < free.len();
                    let has_feed = memchr::memchr(b'\n', &free[..count.min(free.len())]).is_some();
                    filled += count;
                    if is_short && has_feed {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    break;
                }
            }
        }
        self.buffer.truncate(filled);
    }

    fn chunk(&mut self) -> Result<Option<LineChunk>> {
        let mut wanted = self.chunk_size;
        loop {
            if self.failure.is_none() {
                self.fill(wanted);
            }
            let (end, is_too_long) = self.whole_lines();
            let (position, limit) = (self.position, self.longest_line);
            if end > 0 {
                return Ok(Some(self.take(end)));
            }
            if let Some(error) = self.failure.take() {
                return Err(Error::line(LineCause::Unreadable { position }, error));
            }
            if is_too_long {
                return Err(LineCause::TooLong { position, limit }.into());
            }
            if self.has_ended {
                return Ok(None);
            }
            if self.buffer.len() >= wanted {
                wanted = wanted.saturating_mul(2).min(limit.saturating_add(1));
            }
        }
    }

    /// Where the last line ends that is whole, and whether the one behind it is too long.
    fn whole_lines(&self) -> (usize, bool) {
        let text = &self.buffer;
        let is_short = text.len() <= self.longest_line;
        if is_short && self.has_ended {
            return (text.len(), false);
        }
        if is_short && self.single_lines {
            return (memchr::memrchr(b'\n', text).map_or(0, |at| at + 1), false);
        }
        let mut end = 0;
        while let Some(next) = self.line_end(end) {
            if next - end > self.longest_line {
                return (end, true);
            }
            end = next;
        }
        let is_too_long = text.len() - end > self.longest_line;
        (if self.has_ended && !is_too_long { text.len() } else { end }, is_too_long)
    }

    /// Where the line ends that starts there, if the buffer has all of it.
    fn line_end(&self, start: usize) -> Option<usize> {
        if self.single_lines {
            return Some(start + memchr::memchr(b'\n', &self.buffer[start..])? + 1);
        }
        line_end(&self.buffer, start, self.position.byte == 0)
    }

    fn take(&mut self, end: usize) -> LineChunk {
        let rest = self.buffer.split_off(end);
        let text = std::mem::replace(&mut self.buffer, rest);
        let (position, single_lines) = (self.position, self.single_lines);
        self.position.line += memchr::memchr_iter(b'\n', &text).count() as u64;
        self.position.byte += text.len() as u64;
        LineChunk { text, position, single_lines }
    }
}

/// Where the line ends that starts at `start`, if the text has all of it. `has_mark`: whether the text
/// may begin with a byte order mark.
fn line_end(text: &[u8], start: usize, has_mark: bool) -> Option<usize> {
    let feed = start + memchr::memchr(b'\n', &text[start..])? + 1;
    let line = &text[start..feed];
    let first = line.iter().find(|byte| !matches!(byte, b' ' | b'\t' | 0));
    if first == Some(&b'#') || memchr::memchr2(b'"', b'\\', line).is_none() {
        return Some(feed);
    }
    let byte = if has_mark { start as u64 } else { 1 };
    let end = parsed_end(&text[start..], byte);
    if start + end < text.len() {
        return Some(start + end);
    }
    // What ends with the text may go on behind it.
    let mut more = text[start..].to_vec();
    more.push(b'x');
    (more[end - 1] == b'\n' && parsed_end(&more, byte) == end).then_some(text.len())
}

/// Where the first line ends of a text that starts there.
fn parsed_end(text: &[u8], byte: u64) -> usize {
    let mut parser = Parser::starting_at(text, Position { line: 1, byte });
    parser.next();
    parser.offset()
}

impl<R: Read> Iterator for LineReader<R> {
    type Item = Result<LineChunk>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended && self.buffer.is_empty() {
            return None;
        }
        let chunk = self.chunk();
        if chunk.is_err() {
            self.has_ended = true;
            self.buffer.clear();
        }
        chunk.transpose()
    }
}

impl<R: Read> FusedIterator for LineReader<R> {}

impl LineChunk {
    /// Where its first line starts in the text.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The lines as they were read, blank ones and comments too.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// Its lines, with their places in the whole text.
    #[must_use]
    pub fn lines(&self) -> Parser<'_> {
        let parser = Parser::starting_at(&self.text, self.position);
        if self.single_lines { parser.single_lines() } else { parser }
    }
}

impl ToLine for LineChunk {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        out.lines(self.lines())
    }
}
