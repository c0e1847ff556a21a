//! Finished lines on their way into the buffer.

use super::LineWriter;
use crate::error::{Error, Result};
use crate::line_protocol::{Parser, token};
use crate::time::Timestamp;

impl LineWriter {
    /// Appends the lines of a text, without blanks around them and without comments.
    pub(in crate::line_protocol) fn text(&mut self, text: &[u8]) -> Result<()> {
        /// A file of something else has a reason for each of its lines.
        const KEPT: usize = 1_000;
        self.interrupt();
        let keeps_good = self.ledger.is_some();
        let (mut reasons, mut refused) = (Vec::new(), 0);
        for line in Parser::new(text).precision(self.precision) {
            match line {
                Ok(line) if refused == 0 || keeps_good => {
                    self.buffer.extend_from_slice(line.as_str().as_bytes());
                    self.end_line(line.series_length(), line.timestamp().is_some())?;
                }
                Ok(_) => {}
                Err(reason) => {
                    refused += 1;
                    reasons.extend((refused <= KEPT).then_some(reason));
                }
            }
        }
        let reason = match refused {
            0 | 1 => reasons.pop(),
            _ => Some(Error::refused_lines(reasons, refused)),
        };
        match (self.ledger(), reason) {
            (_, None) => Ok(()),
            (None, Some(reason)) => Err(reason),
            (Some(ledger), reason) => {
                ledger.reason = reason;
                Ok(())
            }
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
            if line.first().is_some_and(|first| *first != b'#') {
                self.buffer.extend_from_slice(line);
                self.end_line(token::series_length(line), token::ends_in_timestamp(line))?;
            }
            at = end;
        }
        Ok(())
    }
}
