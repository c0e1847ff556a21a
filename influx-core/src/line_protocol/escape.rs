//! Which bytes are escaped where.
//!
//! | part | escaped with a backslash |
//! |---|---|
//! | measurement | `,` space |
//! | tag key, tag value | `,` space `=` |
//! | field key | `,` space `=` `"` |
//! | string field | `"` `\` |

use std::borrow::Cow;

/// The bytes that one part of a line escapes.
#[derive(Clone, Copy)]
pub(super) struct Escapes(&'static [u8]);

pub(super) const MEASUREMENT: Escapes = Escapes(b", ");
pub(super) const TAG: Escapes = Escapes(b", =");
pub(super) const FIELD_KEY: Escapes = Escapes(b", =\"");
pub(super) const STRING: Escapes = Escapes(b"\"\\");

/// The bytes that a tag escapes, or that some rule about names looks for.
const UNUSUAL: [bool; 256] = {
    let mut unusual = [false; 256];
    let bytes = b", =\\\n#";
    let mut at = 0;
    while at < bytes.len() {
        unusual[bytes[at] as usize] = true;
        at += 1;
    }
    unusual
};

/// Whether a text that is not empty stands in a tag as it is, and breaks no rule: one look at each
/// byte for what most values are.
#[inline]
pub(super) fn is_plain(text: &[u8]) -> bool {
    // Without a branch for each byte.
    !text.iter().fold(false, |unusual, byte| unusual | UNUSUAL[usize::from(*byte)])
}

impl Escapes {
    /// The text without the backslashes that [`append`](Self::append) puts into it.
    #[inline]
    pub(super) fn undo(self, text: &[u8]) -> Cow<'_, [u8]> {
        if text.contains(&b'\\') { self.undo_some(text) } else { Cow::Borrowed(text) }
    }

    #[cold]
    fn undo_some(self, text: &[u8]) -> Cow<'_, [u8]> {
        let mut plain = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((&first, behind)) = rest.split_first() {
            let escaped = behind.first().filter(|next| first == b'\\' && self.0.contains(next));
            plain.push(*escaped.unwrap_or(&first));
            rest = if escaped.is_some() { &behind[1..] } else { behind };
        }
        Cow::Owned(plain)
    }

    /// Appends `text`, its runs without an escaped byte in one copy each.
    #[inline]
    pub(super) fn append(self, text: &[u8], buffer: &mut Vec<u8>) {
        let mut rest = text;
        while let Some(at) = rest.iter().position(|byte| self.0.contains(byte)) {
            let (clean, escaped) = rest.split_at(at);
            buffer.extend_from_slice(clean);
            buffer.extend_from_slice(&[b'\\', escaped[0]]);
            rest = &escaped[1..];
        }
        buffer.extend_from_slice(rest);
    }
}
