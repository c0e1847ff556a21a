//! Text as clients send it, and as messages show it.

use std::fmt::{self, Write};
use std::ops::Deref;
use std::sync::Arc;

/// Text as a client sent it: InfluxDB does not insist on UTF-8.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Text(Arc<[u8]>);

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// With U+FFFD for what is not UTF-8, as the server's messages have it.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&lossy(self))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&lossy(self), f)
    }
}

/// The text with one U+FFFD for every byte that is not UTF-8, as Go has it; Rust's own `lossy`
/// puts one for several.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// Displays text in quotes with Go's escapes.
pub(crate) struct Quoted<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for chunk in self.0.utf8_chunks() {
            chunk.valid().chars().try_for_each(|c| quote(c, f))?;
            chunk.invalid().iter().try_for_each(|byte| write!(f, r"\x{byte:02x}"))?;
        }
        f.write_char('"')
    }
}

fn quote(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match c {
        '"' | '\\' => write!(f, r"\{c}"),
        '\x07' => f.write_str(r"\a"),
        '\x08' => f.write_str(r"\b"),
        '\x0c' => f.write_str(r"\f"),
        '\n' => f.write_str(r"\n"),
        '\r' => f.write_str(r"\r"),
        '\t' => f.write_str(r"\t"),
        '\x0b' => f.write_str(r"\v"),
        '\0'..' ' | '\x7f' => write!(f, r"\x{:02x}", u32::from(c)),
        _ if is_printable(c) => f.write_char(c),
        _ if u32::from(c) < 0x10000 => write!(f, r"\u{:04x}", u32::from(c)),
        _ => write!(f, r"\U{:08x}", u32::from(c)),
    }
}

/// Rust escapes what is not printable, and combining marks at the begin of a text.
fn is_printable(c: char) -> bool {
    c.is_ascii() || ["a", c.encode_utf8(&mut [0; 4])].concat().escape_debug().count() == 2
}
