//! What literals mean.

use chrono::{NaiveDate, NaiveTime};

use crate::clock;
use crate::refusal::Refusal;

use super::duration::Duration;
use super::lexer::Token;

/// The text of a string literal.
pub(crate) fn string(token: Token<'_>) -> Result<String, Refusal> {
    let inner = &token.text[1..token.text.len() - 1];
    let text = unescape(inner, |escaped, bytes| {
        bytes.push(match escaped {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            '\\' | '"' | '$' => u8::try_from(escaped).ok()?,
            _ => return None,
        });
        Some(())
    });
    text.ok_or_else(|| refuse("this string", token))
}

/// The pattern of a regular expression literal. `\xHH` is a plain byte in it, not the escape of one.
pub(crate) fn regex(token: Token<'_>) -> Result<String, Refusal> {
    let inner = &token.text[1..token.text.len() - 1];
    let pattern = unescape(inner, |escaped, bytes| {
        if escaped != '/' {
            bytes.push(b'\\');
        }
        bytes.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
        Some(())
    });
    pattern.ok_or_else(|| refuse("this regular expression", token))
}

/// `None` when an escape is wrong, or the bytes are not UTF-8 in the end.
fn unescape(text: &str, other: impl Fn(char, &mut Vec<u8>) -> Option<()>) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        match characters.next()? {
            'x' => {
                let high = characters.next()?.to_digit(16)?;
                let low = characters.next()?.to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            escaped => other(escaped, &mut bytes)?,
        }
    }
    String::from_utf8(bytes).ok()
}

/// A whole number: no leading zeros, no more than an `i64` holds.
pub(crate) fn integer(token: Token<'_>) -> Result<i64, Refusal> {
    let starts_with_zero = token.text.len() > 1 && token.text.starts_with('0');
    match token.text.parse() {
        Ok(value) if !starts_with_zero => Ok(value),
        _ => Err(refuse("this integer", token)),
    }
}

/// A number with a dot.
pub(crate) fn float(token: Token<'_>) -> Result<f64, Refusal> {
    token.text.parse().map_err(|_| refuse("this float", token))
}

/// A duration without its sign.
pub(crate) fn duration(token: Token<'_>) -> Result<Duration, Refusal> {
    let mut duration = Duration::default();
    let mut rest = token.text;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
        let unit = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let magnitude = number.parse().map_err(|_| refuse("this duration", token))?;
        duration.add(magnitude, &tail[..unit])?;
        rest = &tail[unit..];
    }
    Ok(duration)
}

/// A date or a time with its offset.
pub(crate) fn time(token: Token<'_>) -> Result<i64, Refusal> {
    nanoseconds(token.text).ok_or_else(|| refuse("this time", token))
}

/// Nanoseconds since 1970 of an RFC 3339 time or a bare date. The real server wraps those beyond an
/// `i64`; here they are `None`.
pub(crate) fn nanoseconds(text: &str) -> Option<i64> {
    if !text.contains('T') {
        let date: NaiveDate = text.parse().ok()?;
        return date.and_time(NaiveTime::MIN).and_utc().timestamp_nanos_opt();
    }
    i64::try_from(clock::parse(text)?).ok()
}

fn refuse(what: &str, token: Token<'_>) -> Refusal {
    Refusal::unknown(format_args!("{what} (@{})", token.place))
}
