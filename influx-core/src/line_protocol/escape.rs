//! Which bytes are escaped where.
//!
//! | part | escaped with a backslash |
//! |---|---|
//! | measurement | `,` space |
//! | tag key, tag value | `,` space `=` |
//! | field key | `,` space `=` `"` |
//! | string field | `"` `\` |

/// The bytes that one part of a line escapes.
#[derive(Clone, Copy)]
pub(super) struct Escapes(&'static [u8]);

pub(super) const MEASUREMENT: Escapes = Escapes(b", ");
pub(super) const TAG: Escapes = Escapes(b", =");
pub(super) const FIELD_KEY: Escapes = Escapes(b", =\"");
pub(super) const STRING: Escapes = Escapes(b"\"\\");

impl Escapes {
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
