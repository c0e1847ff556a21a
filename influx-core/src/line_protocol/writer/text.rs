//! Finished lines on their way into the buffer.

use super::LineWriter;
use crate::error::{Error, Result};
use crate::line_protocol::{Parser, token};
use crate::time::Timestamp;

/// What is wrong with lines of a text.
#[derive(Debug, Default)]
pub(in crate::line_protocol) struct BadLines {
    /// The first of them.
    reasons: Vec<Error>,
    /// How many reasons there are, and for how many lines.
    all: usize,
    lines: usize,
}

impl BadLines {
    /// A file of something else has a reason for each of its lines.
    const KEPT: usize = 1_000;

    pub(in crate::line_protocol) const fn is_empty(&self) -> bool {
        self.all == 0
    }

    fn push(&mut self, reason: Error) {
        self.all += 1;
        self.lines += reason.refused_line_count();
        if self.reasons.len() < Self::KEPT {
            self.reasons.push(reason);
        }
    }

    fn append(&mut self, other: Self) {
        let Self { reasons, all, lines } = other;
        self.all += all;
        self.lines += lines;
        self.reasons.extend(reasons);
        self.reasons.truncate(Self::KEPT);
    }

    pub(in crate::line_protocol) fn into_error(mut self) -> Option<Error> {
        match self.all {
            0 | 1 => self.reasons.pop(),
            _ => Some(Error::refused_lines(self.reasons, self.all, self.lines)),
        }
    }
}

impl LineWriter {
    /// Appends the lines of a text, without blanks around them and without comments.
    pub(in crate::line_protocol) fn text(&mut self, text: &[u8]) -> Result<()> {
        self.lines(Parser::new(text))
    }

    /// Appends the lines that a parser has before it.
    pub(in crate::line_protocol) fn lines(&mut self, parser: Parser<'_>) -> Result<()> {
        self.interrupt();
        let keeps_good = self.ledger.is_some();
        let mut bad = BadLines::default();
        for line in parser.precision(self.precision).keeping_lines() {
            match line {
                Ok(line) if bad.is_empty() || keeps_good => {
                    self.buffer.extend_from_slice(line.as_str().as_bytes());
                    self.end_line(line.series_length(), line.timestamp().is_some())?;
                }
                Ok(_) => {}
                Err(reason) => bad.push(reason),
            }
        }
        match &mut self.ledger {
            Some(ledger) => {
                ledger.bad.append(bad);
                Ok(())
            }
            None => bad.into_error().map_or(Ok(()), Err),
        }
    }

    /// Appends a line that was checked, with its time in the precision of the lines.
    pub(in crate::line_protocol) fn checked(
        &mut self,
        line: &str,
        series: usize,
        time: Option<Timestamp>,
    ) -> Result<()> {
        self.interrupt();
        let before = self.buffer.len();
        self.buffer.extend_from_slice(line.as_bytes());
        if let Some(time) = time
            && let Err(error) = self.append_time(time.as_nanos().into())
        {
            self.buffer.truncate(before);
            return Err(error);
        }
        self.end_line(series, time.is_some())
    }

    /// Appends finished lines as they are, with a line feed behind them; blank text leaves nothing.
    pub(in crate::line_protocol) fn unchecked(&mut self, lines: &[u8]) -> Result<()> {
        self.interrupt();
        if self.ledger.is_some() {
            return self.unchecked_lines(lines);
        }
        if !lines.trim_ascii().is_empty() {
            self.buffer.extend_from_slice(lines);
            if !lines.ends_with(b"\n") {
                self.buffer.push(b'\n');
            }
        }
        Ok(())
    }

    /// Appends finished lines one by one, each as far as the server reads, without blank ones and
    /// comments.
    fn unchecked_lines(&mut self, text: &[u8]) -> Result<()> {
        let mut at = 0;
        while at < text.len() {
            let end = token::end_of_line(text, at);
            let line = &text[at..end];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | 0)).count();
            let line = &line[blanks..];
            if !line.trim_ascii().is_empty() && line[0] != b'#' {
                self.buffer.extend_from_slice(line);
                self.end_line(token::series_length(line), token::ends_in_timestamp(line))?;
            }
            at = end;
        }
        Ok(())
    }
}
