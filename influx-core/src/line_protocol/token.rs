//! The pieces of a line, read one after the other.

use std::borrow::Cow;

use super::escape::{self, Escapes};
use super::rules;
use super::writer::refuse;
use crate::error::{Part, Result, Rule};
use crate::schema::Value;

/// Where a line is being read; never past its end.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

/// A field as it stands in the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'t> {
    /// Escaped.
    pub(super) key: &'t [u8],
    pub(super) value: RawValue<'t>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum RawValue<'t> {
    Float(f64),
    Integer(i64),
    Unsigned(u64),
    Boolean(bool),
    /// What is between the quotes, escaped.
    Text(&'t [u8]),
}

impl RawValue<'_> {
    pub(super) fn check(self) -> Result<(), Rule> {
        match self {
            Self::Text(raw) => rules::text(&escape::STRING.undo(raw)),
            _ => Ok(()),
        }
    }

    pub(super) fn to_value(self) -> Value {
        match self {
            Self::Float(value) => Value::Float(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Unsigned(value) => Value::Unsigned(value),
            Self::Boolean(value) => Value::Boolean(value),
            Self::Text(raw) => Value::String(unescaped(raw, escape::STRING).into_owned()),
        }
    }
}

impl<'t> Cursor<'t> {
    pub(super) const fn new(text: &'t [u8], at: usize) -> Self {
        Self { text, at }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// The next byte; at the end of the line none.
    pub(super) fn peek(&self) -> Option<u8> {
        match self.text[self.at..] {
            [] | [b'\n', ..] | [b'\r'] | [b'\r', b'\n', ..] => None,
            [byte, ..] => Some(byte),
        }
    }

    pub(super) const fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Skips what separates the parts of a line.
    pub(super) fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | 0) = self.peek() {
            self.at += 1;
        }
    }

    /// Skips to after the next line feed.
    pub(super) fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += memchr::memchr(b'\n', rest).map_or(rest.len(), |length| length + 1);
    }

    /// The bytes before the first of `stops` that no backslash escapes, or before the line's end.
    #[inline]
    fn until<const N: usize>(&mut self, stops: &[u8; N]) -> &'t [u8] {
        let (text, start) = (self.text, self.at);
        let ends = |byte: &u8| *byte == b'\n' || stops.contains(byte);
        let mut end = start;
        loop {
            end += text[end..].iter().position(ends).unwrap_or(text.len() - end);
            let at_stop = text.get(end).is_some_and(|byte| *byte != b'\n');
            match text[start..end].last() {
                Some(b'\\') if at_stop => end += 1,
                Some(b'\r') if !at_stop => {
                    end -= 1;
                    break;
                }
                _ => break,
            }
        }
        self.at = end;
        &text[start..end]
    }

    pub(super) fn measurement(&mut self) -> &'t [u8] {
        self.until(b", ")
    }

    /// A tag, after its comma: key and value, escaped.
    pub(super) fn tag(&mut self) -> Result<(&'t [u8], &'t [u8])> {
        let key = self.key(Part::TagKey)?;
        let value = self.until(b",= ");
        let of = |rule| refuse(Part::TagValue(lossy(key).into_owned()), &lossy(value), rule);
        match self.peek() {
            Some(b'=') => Err(of(Rule::BareEquals)),
            _ if value.is_empty() => Err(of(Rule::NoValue)),
            _ => Ok((key, value)),
        }
    }

    /// A field.
    pub(super) fn field(&mut self) -> Result<Field<'t>> {
        let key = self.key(Part::FieldKey)?;
        let value = match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'0'..=b'9' | b'-' | b'.') => number(self.until(b", ")),
            _ => boolean(self.until(b", ")),
        };
        let value =
            value.map_err(|rule| refuse(Part::FieldValue(lossy(key).into_owned()), "", rule))?;
        Ok(Field { key, value })
    }

    /// A key with the `=` after it.
    fn key(&mut self, part: Part) -> Result<&'t [u8]> {
        let key = self.until(b",= ");
        if self.peek() != Some(b'=') {
            return Err(refuse(part, &lossy(key), Rule::NoEquals));
        }
        self.at += 1;
        Ok(key)
    }

    /// A text in quotes, which is the one thing that can hold line ends.
    fn quoted(&mut self) -> Result<RawValue<'t>, Rule> {
        let start = self.at + 1;
        let mut end = start;
        loop {
            let rest = self.text.get(end..).unwrap_or_default();
            end += memchr::memchr2(b'"', b'\\', rest).ok_or(Rule::NoClosingQuote)?;
            if self.text[end] == b'"' {
                break;
            }
            end += 2;
        }
        self.at = end + 1;
        match self.peek() {
            None | Some(b',' | b' ') => Ok(RawValue::Text(&self.text[start..end])),
            Some(_) => Err(Rule::AfterQuote),
        }
    }

    /// The timestamp's digits; none where the line has no timestamp.
    pub(super) fn timestamp(&mut self) -> Result<Option<i64>> {
        let mut after = self.clone();
        after.skip_blanks();
        let digits = after.until(b" ");
        if digits.is_empty() {
            return Ok(None);
        }
        self.at = after.at;
        while after.peek() == Some(b' ') {
            after.at += 1;
        }
        let count =
            if after.peek().is_some() { Err(Rule::AfterTimestamp) } else { integer(digits) };
        count.map(Some).map_err(|rule| refuse(Part::Timestamp, &lossy(digits), rule))
    }
}

fn boolean(text: &[u8]) -> Result<RawValue<'_>, Rule> {
    match text {
        b"t" | b"T" | b"true" | b"True" | b"TRUE" => Ok(RawValue::Boolean(true)),
        b"f" | b"F" | b"false" | b"False" | b"FALSE" => Ok(RawValue::Boolean(false)),
        b"" => Err(Rule::NoValue),
        _ if is_non_finite(text) => Err(Rule::NotFinite),
        _ => Err(Rule::NoType),
    }
}

/// What other formats call NaN or infinite.
fn is_non_finite(text: &[u8]) -> bool {
    let name = text.strip_prefix(b"+").or(text.strip_prefix(b"-")).unwrap_or(text);
    [&b"nan"[..], b"inf", b"infinity"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Starts with a digit, a minus or a point.
fn number(text: &[u8]) -> Result<RawValue<'_>, Rule> {
    match text {
        [digits @ .., b'i'] => integer(digits).map(RawValue::Integer),
        [b'-', .., b'u'] => Err(Rule::NoInteger),
        [digits @ .., b'u'] => integer(digits).map(RawValue::Unsigned),
        _ => float(text).map(RawValue::Float),
    }
}

fn integer<T: TryFrom<i128>>(text: &[u8]) -> Result<T, Rule> {
    let (digits, sign) = match text {
        [b'-', digits @ ..] => (digits, -1),
        digits => (digits, 1),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Rule::NoInteger);
    }
    let add = |number: u64, digit: &u8| number.checked_mul(10)?.checked_add((digit - b'0').into());
    let number = digits.iter().try_fold(0, add).map(|number| sign * i128::from(number));
    number.and_then(|number| number.try_into().ok()).ok_or(Rule::OutOfRange)
}

fn float(text: &[u8]) -> Result<f64, Rule> {
    if is_non_finite(text) {
        return Err(Rule::NotFinite);
    }
    // Rust knows more spellings than the server: names for infinity and NaN.
    let spelled = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    let text =
        std::str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| spelled(&byte)));
    match text.and_then(|text| text.parse::<f64>().ok()) {
        None => Err(Rule::NoType),
        Some(value) if value.is_infinite() => Err(Rule::OutOfRange),
        Some(value) => Ok(value),
    }
}

/// A name or text without its escapes. A line is UTF-8, and so are its parts.
pub(super) fn unescaped(raw: &[u8], escapes: Escapes) -> Cow<'_, str> {
    match escapes.undo(raw) {
        Cow::Borrowed(text) => lossy(text),
        Cow::Owned(text) => Cow::Owned(lossy(&text).into_owned()),
    }
}

pub(super) fn lossy(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(text)
}

/// Where the server sees the end of the line that starts at `start`: it looks for quotes as soon as
/// there was a space, so that a line that it cannot parse may reach over others.
#[cold]
pub(super) fn end_of_malformed(text: &[u8], start: usize) -> usize {
    let (mut fields, mut quoted) = (false, false);
    let (mut equals, mut commas) = (0_usize, 0_usize);
    let mut at = start;
    while at < text.len() {
        match text[at] {
            b'\\' if at + 2 < text.len() => at += 1,
            b'\n' if !quoted => return at + 1,
            b' ' => fields = true,
            b'=' if fields && !quoted => equals += 1,
            b',' if fields && !quoted => commas += 1,
            b'"' if fields && equals > commas => quoted = !quoted,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Where the line that starts at `start` ends for the server, behind its line feed.
pub(super) fn end_of_line(text: &[u8], start: usize) -> usize {
    let rest = &text[start..];
    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
    // Only a quoted text reaches over a line feed.
    match memchr::memchr2(b'"', b'\\', &rest[..end]) {
        None => start + end,
        Some(_) => end_of_malformed(text, start),
    }
}

/// How long measurement and tag set of a line are.
pub(super) fn series_length(line: &[u8]) -> usize {
    let ends = |at: &usize| *at == 0 || line[at - 1] != b'\\';
    memchr::memchr_iter(b' ', line).find(ends).unwrap_or(line.len())
}

/// Whether a line that the server can read has a timestamp: no field's value ends in a space and
/// digits.
pub(super) fn ends_in_timestamp(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = &line[..line.len() - digits];
    digits > 0 && before.strip_suffix(b"-").unwrap_or(before).ends_with(b" ")
}

/// Where the lines of a body end for the server.
#[cfg(feature = "client")]
pub(crate) fn line_ends(body: &[u8]) -> Vec<usize> {
    let next = |at: &usize| (*at < body.len()).then(|| end_of_line(body, *at));
    std::iter::successors(next(&0), next).collect()
}
