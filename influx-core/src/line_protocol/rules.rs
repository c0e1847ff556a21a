//! What line protocol cannot carry.
//!
//! A backslash can be escaped nowhere outside a string field, a line feed nowhere at all, and some
//! names are accepted by the server and then poison every read. Source: `models.ParsePoints` of
//! InfluxDB 2.9.1; each rule was seen on a live server, with another line behind the offending one.

use crate::error::Rule;

/// The longest string field, in bytes.
const MAX_TEXT: usize = 1 << 20;
/// The longest series key with its field key and the 4 bytes between them.
const MAX_SERIES_KEY: usize = 65_535;

/// Keys that the server refuses, or takes and then cannot tell from columns of its own: as tags they
/// make queries fail, as fields every `pivot`.
const RESERVED: [&[u8]; 7] =
    [b"time", b"_time", b"_value", b"_field", b"_measurement", b"_start", b"_stop"];

/// Tags that a filter on the server takes for the value and the measurement, and then never finds.
const HIDDEN_TAGS: [&[u8]; 2] = [b"$", b"_name"];

/// What the server's storage puts between a series key and a field key. It looks for the first one,
/// and where that is within the series, points overwrite each other, deleted ones come back, and
/// the files of a shard are given up as corrupt, with all that is in them.
const SEPARATOR: &[u8] = b"#!~#";

pub(super) fn measurement(name: &[u8]) -> Result<(), Rule> {
    name_of(name, b", =\"", true)?;
    match name[0] {
        b'#' => Err(Rule::Comment),
        b'\t' | 0 => Err(Rule::LeadingControl),
        _ => Ok(()),
    }
}

pub(super) fn tag_key(key: &[u8]) -> Result<(), Rule> {
    // A backslash before a comma or an equals sign survives in tags; before a space it does not.
    name_of(key, b" ", true)?;
    if RESERVED.contains(&key) || HIDDEN_TAGS.contains(&key) {
        return Err(Rule::Reserved);
    }
    if key == [0] { Err(Rule::ControlCharacter) } else { Ok(()) }
}

/// A tag value that is not empty.
pub(super) fn tag_value(value: &[u8]) -> Result<(), Rule> {
    name_of(value, b" ", true)
}

pub(super) fn field_key(key: &[u8], first: bool) -> Result<(), Rule> {
    // Before a quote a backslash survives, unless the key holds another byte that is escaped.
    let others = key.iter().any(|byte| b", =".contains(byte));
    name_of(key, if others { b", =\"" } else { b", =" }, false)?;
    if RESERVED.contains(&key) {
        return Err(Rule::Reserved);
    }
    if first && matches!(key[0], b'\t' | 0) {
        return Err(Rule::LeadingControl);
    }
    Ok(())
}

pub(super) const fn text(value: &[u8]) -> Result<(), Rule> {
    if value.len() > MAX_TEXT { Err(Rule::TextTooLong) } else { Ok(()) }
}

pub(super) const fn series_key(series: usize, field_key: usize) -> Result<(), Rule> {
    if series + 4 + field_key > MAX_SERIES_KEY { Err(Rule::SeriesKeyTooLong) } else { Ok(()) }
}

/// `unsafe_after`: the bytes before which a backslash cannot stand. `in_series`: whether the name is
/// a part of the series key.
#[inline]
fn name_of(text: &[u8], unsafe_after: &[u8], in_series: bool) -> Result<(), Rule> {
    if text.is_empty() {
        return Err(Rule::Empty);
    }
    // Names are so short that the call of a search would cost more than it saves.
    if text.iter().any(|byte| matches!(byte, b'\n' | b'\\' | b'#')) {
        return unusual_name(text, unsafe_after, in_series);
    }
    Ok(())
}

#[cold]
fn unusual_name(text: &[u8], unsafe_after: &[u8], in_series: bool) -> Result<(), Rule> {
    if text.contains(&b'\n') {
        return Err(Rule::LineFeed);
    }
    if text.ends_with(b"\\") {
        return Err(Rule::TrailingBackslash);
    }
    // The last byte of the separator could be that of the one that follows.
    let (all_but_last, separator) = (&SEPARATOR[..SEPARATOR.len() - 1], SEPARATOR);
    let separates = text.windows(separator.len()).any(|bytes| bytes == separator);
    if in_series && (separates || text.ends_with(all_but_last)) {
        return Err(Rule::Separator);
    }
    let pair = text.windows(2).find(|pair| pair[0] == b'\\' && unsafe_after.contains(&pair[1]));
    pair.map_or(Ok(()), |pair| Err(Rule::BackslashBefore(char::from(pair[1]))))
}
