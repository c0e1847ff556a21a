use crate::point::{Series, Text, escape_measurement, escape_tag};

use super::{Fault, Reason, find_unescaped, unescape};

/// Tag keys that the server keeps for itself.
const RESERVED: [(&[u8], &str); 5] = [
    (b"\xff", r"\xff"),
    (b"\0", r"\x00"),
    (b"_field", "_field"),
    (b"_measurement", "_measurement"),
    (b"time", "time"),
];

/// Tag keys that the server takes, and that make reads fail or come back twice.
const POISON: [&[u8]; 4] = [b"_time", b"_value", b"_start", b"_stop"];

/// Measurement and tags of a line, escapes and all, sorted by tag key.
pub(super) struct Key<'a> {
    measurement: &'a [u8],
    tags: Vec<Tag<'a>>,
}

#[derive(Clone, Copy)]
struct Tag<'a> {
    key: &'a [u8],
    value: &'a [u8],
}

/// The key of a line, and where the space behind it stands.
pub(super) fn scan(line: &[u8]) -> Result<(Key<'_>, usize), Reason> {
    if line.first() == Some(&b',') {
        return Err("missing measurement".into());
    }
    let mut at = find_unescaped(line, 1, b", ").ok_or("missing fields")?;
    let measurement = &line[..at];
    let mut tags = Vec::new();
    while line[at] == b',' {
        let (tag, end) = scan_tag(line, at + 1)?;
        tags.push(tag);
        at = end;
    }
    check_reserved(&tags)?;
    // By the text of the line, escapes included.
    tags.sort_by_key(|tag| tag.key);
    if tags.windows(2).any(|pair| pair[0].key == pair[1].key) {
        return Err("duplicate tags".into());
    }
    Ok((Key { measurement, tags }, at))
}

/// The tag that begins at `start`, and where the comma or space behind it stands.
fn scan_tag(line: &[u8], start: usize) -> Result<(Tag<'_>, usize), Reason> {
    if matches!(line.get(start), None | Some(b' ' | b',' | b'=')) {
        return Err("missing tag key".into());
    }
    let equals = find_unescaped(line, start + 1, b" ,=").filter(|at| line[*at] == b'=');
    let equals = equals.ok_or("missing tag value")?;
    let value = equals + 1;
    if matches!(line.get(value), None | Some(b' ' | b',')) {
        return Err("missing tag value".into());
    }
    // The first byte of a value may be anything else, even `=`.
    let end = find_unescaped(line, value + 1, b" ,=").ok_or("missing fields")?;
    if line[end] == b'=' {
        return Err("invalid tag format".into());
    }
    Ok((Tag { key: &line[start..equals], value: &line[value..end] }, end))
}

fn check_reserved(tags: &[Tag<'_>]) -> Result<(), Reason> {
    let name = |tag: &Tag<'_>| RESERVED.iter().find(|(key, _)| *key == tag.key);
    match tags.iter().find_map(name) {
        Some((_, name)) => Err(format!("cannot use reserved tag key \"{name}\"").into()),
        None => Ok(()),
    }
}

impl Key<'_> {
    /// Bytes, as the line has them.
    pub(super) fn len(&self) -> usize {
        let tags = self.tags.iter().map(|tag| tag.key.len() + tag.value.len() + 2);
        self.measurement.len() + tags.sum::<usize>()
    }

    /// The series that the key names.
    ///
    /// The server stores under the line's own text, and reads under the text that it would write
    /// itself: where these differ, no query and no delete finds the point (seen on 2.9.1).
    pub(super) fn series(&self) -> Result<Series, Fault> {
        let measurement = unescape(self.measurement, b", =\"");
        // It removes escapes once more before it writes them.
        if escape_measurement(&unescape(&measurement, b", ")) != self.measurement {
            return Err(hidden("a measurement"));
        }
        let tags = self.tags.iter().map(Tag::plain).collect::<Result<_, _>>()?;
        Ok(Series { measurement: measurement.as_slice().into(), tags })
    }
}

impl Tag<'_> {
    fn plain(&self) -> Result<(Text, Text), Fault> {
        if POISON.contains(&self.key) {
            let key = Text::from(self.key);
            return Err(Fault::Unknown(format!("series with the tag key `{key}`")));
        }
        let (key, value) = (unescape(self.key, b", ="), unescape(self.value, b", ="));
        if escape_tag(&key) != self.key || escape_tag(&value) != self.value {
            return Err(hidden("a tag"));
        }
        Ok((key.as_slice().into(), value.as_slice().into()))
    }
}

fn hidden(part: &str) -> Fault {
    Fault::Unknown(format!(
        "points that the real one stores and never finds again ({part} with odd escapes)"
    ))
}
