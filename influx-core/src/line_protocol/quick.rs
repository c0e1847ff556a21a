//! Lines of one shape, many times over: appended without a place for each value.
//!
//! What is refused is not told here: such a line is given up, and goes the way of all others, which knows
//! the words.

use super::{LineWriter, escape, number, rules};
use crate::error::Result;
use crate::time::{Precision, Timestamp};

/// A constant part of a line, kept in such a way that a copy of it is a few instructions.
#[derive(Debug)]
pub(crate) struct Piece {
    text: Box<[u8]>,
    window: [u8; Self::WINDOW],
}

impl Piece {
    const WINDOW: usize = 32;

    pub(crate) fn new(text: &[u8]) -> Self {
        let mut window = [0; Self::WINDOW];
        let shown = text.len().min(Self::WINDOW);
        window[..shown].copy_from_slice(&text[..shown]);
        Self { text: text.into(), window }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    #[inline]
    fn append(&self, buffer: &mut Vec<u8>) {
        if self.text.len() <= Self::WINDOW {
            number::append_start(&self.window, self.text.len(), buffer);
        } else {
            buffer.extend_from_slice(&self.text);
        }
    }
}

/// Appends a text, a short one without a call.
#[inline]
fn append_text(text: &[u8], buffer: &mut Vec<u8>) {
    /// Both ends of it, which overlap unless it is twice as long.
    #[inline]
    fn append_ends<const HALF: usize>(text: &[u8], buffer: &mut Vec<u8>) -> Option<()> {
        let (first, last) = (text.first_chunk::<HALF>()?, text.last_chunk::<HALF>()?);
        let behind = buffer.len() + text.len() - HALF;
        buffer.extend_from_slice(first);
        buffer.truncate(behind);
        buffer.extend_from_slice(last);
        Some(())
    }
    let appended = match text.len() {
        8..=16 => append_ends::<8>(text, buffer),
        4..8 => append_ends::<4>(text, buffer),
        _ => None,
    };
    if appended.is_none() {
        buffer.extend_from_slice(text);
    }
}

/// A line that is being built; `None` of each method gives it up.
#[derive(Debug)]
pub(crate) struct QuickLine<'w> {
    buffer: &'w mut Vec<u8>,
    precision: Precision,
    start: usize,
    fields: usize,
    is_timed: bool,
}

impl QuickLine<'_> {
    /// The measurement, escaped.
    #[inline]
    pub(crate) fn measurement(&mut self, text: &Piece) {
        text.append(self.buffer);
    }

    /// `key`: `,key=`
    #[inline]
    pub(crate) fn tag(&mut self, key: &Piece, value: &str) -> Option<()> {
        let value = value.as_bytes();
        if value.is_empty() {
            return Some(());
        }
        key.append(self.buffer);
        if escape::is_plain(value) {
            append_text(value, self.buffer);
            return Some(());
        }
        rules::tag_value(value).ok()?;
        escape::TAG.append(value, self.buffer);
        Some(())
    }

    /// Goes on to the field set; `longest`: the length of the longest field's `,key=`.
    #[inline]
    pub(crate) fn begin_fields(&mut self, longest: usize) -> Option<()> {
        self.fields = self.buffer.len();
        rules::series_key(self.fields - self.start, longest).ok()
    }

    #[inline]
    pub(crate) fn float(&mut self, key: &Piece, value: f64) -> Option<()> {
        if !value.is_finite() {
            return None;
        }
        key.append(self.buffer);
        number::append_float(value, self.buffer);
        Some(())
    }

    #[inline]
    pub(crate) fn integer(&mut self, key: &Piece, value: i64) {
        key.append(self.buffer);
        number::append_integer(value, self.buffer);
        self.buffer.push(b'i');
    }

    #[inline]
    pub(crate) fn unsigned(&mut self, key: &Piece, value: u64) {
        key.append(self.buffer);
        number::append_unsigned(value, self.buffer);
        self.buffer.push(b'u');
    }

    #[inline]
    pub(crate) fn boolean(&mut self, key: &Piece, value: bool) {
        key.append(self.buffer);
        self.buffer.extend_from_slice(if value { b"true" } else { b"false" });
    }

    #[inline]
    pub(crate) fn text(&mut self, key: &Piece, value: &str) -> Option<()> {
        rules::text(value.as_bytes()).ok()?;
        key.append(self.buffer);
        self.buffer.push(b'"');
        escape::STRING.append(value.as_bytes(), self.buffer);
        self.buffer.push(b'"');
        Some(())
    }

    /// Ends the fields. There is no point without one.
    #[inline]
    pub(crate) fn end_fields(&mut self) -> Option<()> {
        *self.buffer.get_mut(self.fields)? = b' ';
        Some(())
    }

    /// A time at whose rounding no edge of the range is met.
    #[inline]
    pub(crate) fn time(&mut self, nanos: i64) -> Option<()> {
        const ROOM: i64 = Precision::Seconds.nanos();
        if !(i64::MIN + 2 * ROOM..=i64::MAX - 2 * ROOM).contains(&nanos) {
            return None;
        }
        self.is_timed = true;
        self.buffer.push(b' ');
        number::append_integer(Timestamp::from_nanos(nanos).as_units(self.precision), self.buffer);
        Some(())
    }
}

impl LineWriter {
    /// Appends the line that `build` makes, unless it gives it up; whether there is one now.
    #[inline]
    pub(crate) fn quick_line(
        &mut self,
        build: impl FnOnce(&mut QuickLine<'_>) -> Option<()>,
    ) -> Result<bool> {
        let precision = self.precision();
        let Some(buffer) = self.start_quick()? else { return Ok(false) };
        let start = buffer.len();
        let mut line = QuickLine { buffer, precision, start, fields: start, is_timed: false };
        let built = build(&mut line);
        let (fields, is_timed) = (line.fields, line.is_timed);
        if built.is_none() {
            line.buffer.truncate(start);
            return Ok(false);
        }
        self.end_line(fields - start, is_timed).map(|()| true)
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, append_text};

    #[test]
    fn pieces_and_texts_of_every_length_are_appended_whole() {
        let text: Vec<u8> = (0..100).collect();
        for length in 0..text.len() {
            let text = &text[..length];
            let mut buffer = b"x".to_vec();
            append_text(text, &mut buffer);
            Piece::new(text).append(&mut buffer);
            assert_eq!(buffer, [b"x", text, text].concat(), "{length} bytes");
        }
    }
}
