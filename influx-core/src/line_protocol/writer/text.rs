//! Finished lines on their way into the buffer.

use super::LineWriter;
use crate::error::{Error, Result};
use crate::line_protocol::Parser;
use crate::time::Timestamp;

impl LineWriter {
    /// Appends the lines of a text, without blanks around them and without comments.
    pub(in crate::line_protocol) fn text(&mut self, text: &[u8]) -> Result<()> {
        /// A file of something else has a reason for each of its lines.
        const KEPT: usize = 1_000;
        self.interrupt();
        let (mut reasons, mut refused) = (Vec::new(), 0);
        for line in Parser::new(text).precision(self.precision) {
            match line {
                Ok(line) if refused == 0 => {
                    self.buffer.extend_from_slice(line.as_str().as_bytes());
                    self.buffer.push(b'\n');
                }
                Ok(_) => {}
                Err(reason) => {
                    refused += 1;
                    reasons.extend((refused <= KEPT).then_some(reason));
                }
            }
        }
        if refused > 1 {
            return Err(Error::refused_lines(reasons, refused));
        }
        reasons.pop().map_or(Ok(()), Err)
    }

    /// Appends a line that was checked, with its time in the precision of the lines.
    pub(in crate::line_protocol) fn checked(
        &mut self,
        line: &str,
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
        self.buffer.push(b'\n');
        Ok(())
    }

    /// Appends finished lines as they are, with a line feed behind them; blank text leaves nothing.
    pub(in crate::line_protocol) fn unchecked(&mut self, lines: &[u8]) {
        self.interrupt();
        if !lines.trim_ascii().is_empty() {
            self.buffer.extend_from_slice(lines);
            if !lines.ends_with(b"\n") {
                self.buffer.push(b'\n');
            }
        }
    }
}
