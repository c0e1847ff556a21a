//! The lines that a 400 quotes.
//!
//! InfluxDB 2.9.1 lists every line that it cannot parse: `unable to parse '<line>': <reason>`, one
//! entry after the other, in the order of the lines, without their numbers. What is not UTF-8 comes
//! as U+FFFD, one for each byte. Where a quote is missing, the entry goes on into the lines behind.

use super::Batch;
use crate::error::Error;

const START: &str = "unable to parse '";
const NEXT: &str = "\nunable to parse '";

/// Which of `lines` the answer quotes, each with its own reason.
pub(super) fn blamed(error: &Error, batch: &Batch, lines: &[usize]) -> Vec<(usize, Error)> {
    let mut found: Vec<(usize, Error)> = Vec::new();
    let mut next = 0;
    for entry in entries(error.server_message().unwrap_or_default()) {
        let quotes = |line: &&usize| is_quoted(batch.line(**line), entry);
        if let Some(at) = lines[next..].iter().position(|line| quotes(&line)) {
            let message = format!("{START}{entry}");
            found.push((lines[next + at], error.with_message(message)));
            next += at + 1;
        }
    }
    found
}

/// The entries of a message, without the words that each starts with.
fn entries(message: &str) -> impl Iterator<Item = &str> {
    let mut rest = message.find(START).map(|at| &message[at + START.len()..]);
    std::iter::from_fn(move || {
        let text = rest?;
        let (entry, behind) = text.split_once(NEXT).map_or((text, None), |(e, b)| (e, Some(b)));
        rest = behind;
        Some(entry)
    })
}

/// Whether an entry begins with this line; behind it comes the reason, or the next line.
fn is_quoted(line: &[u8], entry: &str) -> bool {
    let mut rest = entry;
    for chunk in line.utf8_chunks() {
        let Some(behind) = rest.strip_prefix(chunk.valid()) else { return false };
        rest = behind;
        for _ in chunk.invalid() {
            let Some(behind) = rest.strip_prefix(char::REPLACEMENT_CHARACTER) else { return false };
            rest = behind;
        }
    }
    rest.starts_with("': ") || rest.starts_with('\n')
}

#[cfg(test)]
mod tests {
    use super::{entries, is_quoted};

    #[test]
    fn an_entry_is_known_by_the_line_that_it_quotes() {
        let message = "unable to parse 'm f= 2': missing field value\nunable to parse 'm,a=\u{fffd}\u{fffd} f': x";
        let entries: Vec<_> = entries(message).collect();
        assert_eq!(entries.len(), 2);
        assert!(is_quoted(b"m f= 2", entries[0]));
        assert!(!is_quoted(b"m f=", entries[0]) && !is_quoted(b"m f= 22", entries[0]));
        assert!(is_quoted(b"m,a=\xE2\x82 f", entries[1]), "each byte is replaced");
        // A quote is missing: the line feed of the next line is within it.
        assert!(is_quoted(b"m f=\"x", "m f=\"x\nm f=1 1': unbalanced quotes"));
    }
}
