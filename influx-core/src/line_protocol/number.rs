//! Numbers as text.

/// Appends the shortest decimal that reads back equal; whole numbers without `.0`.
#[inline]
pub(super) fn append_float(value: impl zmij::Float, buffer: &mut Vec<u8>) {
    let mut text = zmij::Buffer::new();
    let text = text.format_finite(value).as_bytes();
    buffer.extend_from_slice(text.strip_suffix(b".0").unwrap_or(text));
}

#[inline]
pub(super) fn append_integer(value: impl itoa::Integer, buffer: &mut Vec<u8>) {
    buffer.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}
