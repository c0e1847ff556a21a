use crate::point::{Text, Value};

use super::{Fault, Reason, find_unescaped, number, skip_blanks, too_long, unescape};

/// The separator of series key and field key in the server's store, in bytes.
const SEPARATOR: usize = 4;

const BOOLEANS: [(&[u8], bool); 10] = [
    (b"t", true),
    (b"T", true),
    (b"true", true),
    (b"True", true),
    (b"TRUE", true),
    (b"f", false),
    (b"F", false),
    (b"false", false),
    (b"False", false),
    (b"FALSE", false),
];

/// A field key and its value, as the line has them.
pub(super) type Pair<'a> = (&'a [u8], &'a [u8]);

/// The fields of a line whose key ends at `at`, and where they end.
pub(super) fn scan(line: &[u8], at: usize) -> Result<(&[u8], usize), Reason> {
    let start = skip_blanks(line, at);
    let (mut equals, mut commas, mut quoted) = (0_usize, 0, false);
    let mut at = start;
    while let Some(&byte) = line.get(at) {
        match byte {
            // Pairs are read as pairs here, unlike in the key.
            b'\\' if at + 1 < line.len() => at += 1,
            b'"' if equals > commas => quoted = !quoted,
            b'=' if !quoted => {
                equals += 1;
                at = scan_value(line, at)?;
                continue;
            }
            b',' if !quoted => commas += 1,
            b' ' if !quoted => break,
            _ => {}
        }
        at += 1;
    }
    if quoted {
        return Err("unbalanced quotes".into());
    }
    if equals != commas + 1 {
        return Err("invalid field format".into());
    }
    Ok((&line[start..at], at))
}

/// Where the value behind the `=` at `equals` ends; a quoted one is left to the caller.
fn scan_value(line: &[u8], equals: usize) -> Result<usize, Reason> {
    let [.., before, last] = line[..equals] else {
        return Err("missing field key".into());
    };
    if matches!(last, b' ' | b',') && before != b'\\' {
        return Err("missing field key".into());
    }
    let start = equals + 1;
    let rest = &line[start..];
    let text = rest.split(|byte| matches!(byte, b',' | b' ')).next().unwrap_or_default();
    match text.first() {
        None => return Err("missing field value".into()),
        Some(b'"') => return Ok(start),
        Some(b'0'..=b'9' | b'.' | b'-' | b'N' | b'n') => number::check(text)?,
        Some(_) if BOOLEANS.iter().any(|(name, _)| *name == text) => {}
        Some(_) => return Err("invalid boolean".into()),
    }
    Ok(start + text.len())
}

/// The pairs of a block of fields that [`scan`] let through, which reads escapes in another way:
/// so this can fail, too. `key` is the length of the series key.
pub(super) fn pairs(block: &[u8], key: usize) -> Result<Vec<Pair<'_>>, Reason> {
    let mut pairs = Vec::new();
    let mut rest = block;
    while !rest.is_empty() {
        let equals = find_unescaped(rest, 0, b"=").unwrap_or(rest.len());
        let (name, value) = (&rest[..equals], rest.get(equals + 1..).unwrap_or_default());
        if value.is_empty() {
            return Err(format!("invalid value: field-key={}", Text::from(name)).into());
        }
        let (value, behind) = value.split_at(value_end(value));
        too_long(key + SEPARATOR + name.len())?;
        pairs.push((name, value));
        rest = behind.get(1..).unwrap_or_default();
    }
    Ok(pairs)
}

/// Where the comma behind a value stands, or the end.
fn value_end(text: &[u8]) -> usize {
    let mut quoted = false;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' if matches!(text.get(at + 1), Some(b'"' | b'\\')) => at += 1,
            b'"' => quoted = !quoted,
            b',' if !quoted => break,
            _ => {}
        }
        at += 1;
    }
    at
}

/// The fields as they are stored. Even an empty key is (`m` + space + tab + `=1`).
pub(super) fn decode(pairs: &[Pair<'_>]) -> Result<Vec<(Text, Value)>, Fault> {
    let name = |key| unescape(key, b", =\"").as_slice().into();
    pairs.iter().map(|(key, value)| Ok((name(key), decode_value(value)?))).collect()
}

/// The real server judges a value by its first and last byte, after the check of [`scan`]; where
/// the two disagree it answers 500, or dies (`m a\\="=" 1`, seen on 2.9.1).
fn decode_value(text: &[u8]) -> Result<Value, Fault> {
    let value = match text {
        // The last byte goes, whatever it is: `"a"b` is stored as `a"`.
        [b'"', inner @ .., _] => Some(Value::String(unescape_string(inner))),
        [b'0'..=b'9' | b'-' | b'.', .., b'i'] => integer(text).map(Value::Integer),
        [b'0'..=b'9' | b'-' | b'.', .., b'u'] => integer(text).map(Value::Unsigned),
        [b'0'..=b'9' | b'-' | b'.', ..] => number::float(text).map(Value::Float),
        _ => BOOLEANS.iter().find(|(name, _)| *name == text).map(|(_, b)| Value::Boolean(*b)),
    };
    let harm = "a line that makes the real one fail (a field key that ends in a backslash)";
    value.ok_or_else(|| Fault::Unknown(harm.to_owned()))
}

fn integer<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    number::ascii(&text[..text.len() - 1]).parse().ok()
}

fn unescape_string(text: &[u8]) -> Text {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let escaped = bytes.next_if(|next| byte == b'\\' && matches!(next, b'"' | b'\\'));
        plain.push(escaped.unwrap_or(byte));
    }
    plain.as_slice().into()
}
