//! Cells of types that InfluxDB OSS never writes, but other writers of the format do.

use crate::annotated_csv::Cell;
use crate::error::{CellError, CellProblem};

/// The units of Flux's durations that are as long at any time, in nanoseconds; `m` comes after
/// those that begin with it.
const UNITS: [(&str, i64); 9] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
];

/// Nanoseconds of a Flux duration such as `1h30m`.
pub(super) fn span(cell: Cell<'_>) -> Result<i64, CellError> {
    let text = cell.text()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let nanos = nanos(digits).map(|nanos| if digits.len() < text.len() { -nanos } else { nanos });
    nanos.and_then(|nanos| i64::try_from(nanos).ok()).ok_or_else(|| {
        let wanted = "duration of weeks and smaller units within 64 bits of nanoseconds";
        CellProblem::Unreadable { text: text.to_owned(), wanted }.into()
    })
}

fn nanos(mut text: &str) -> Option<i128> {
    let mut sum = 0_i128;
    if text.is_empty() {
        return None;
    }
    while !text.is_empty() {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, rest) = text.split_at(digits);
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (unit, rest) = rest.split_at(letters);
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        sum = sum.checked_add(i128::from(count.parse::<i64>().ok()?) * i128::from(*length))?;
        text = rest;
    }
    Some(sum)
}

/// The bytes of standard base64 with its padding (RFC 4648 §4); nothing else is taken.
pub(super) fn base64(cell: Cell<'_>) -> Result<Vec<u8>, CellError> {
    let text = cell.as_bytes();
    decode(text).ok_or_else(|| {
        let text = String::from_utf8_lossy(text).into_owned();
        CellProblem::Unreadable { text, wanted: "base64 text" }.into()
    })
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in text[..text.len() - padding].chunks(4) {
        let bits = group.iter().try_fold(0_u32, |bits, byte| Some(bits << 6 | sextet(*byte)?))?;
        let bits = bits << (6 * (4 - group.len()));
        let [_, whole @ ..] = bits.to_be_bytes();
        let (kept, rest) = whole.split_at(group.len() - 1);
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::{decode, nanos};

    #[test]
    fn durations_are_nanoseconds() {
        for (text, expected) in [
            ("1h30m", Some(5_400_000_000_000)),
            ("1ms2us3µs4ns", Some(1_005_004)),
            ("0s", Some(0)),
            ("1w1d", Some(691_200_000_000_000)),
            ("1mo", None),
            ("1y", None),
            ("1.5h", None),
            ("h", None),
            ("1", None),
            ("", None),
            ("1h ", None),
        ] {
            assert_eq!(nanos(text), expected, "{text}");
        }
    }

    #[test]
    fn base64_is_strict() {
        for (text, expected) in [
            ("", Some(&b""[..])),
            ("Zg==", Some(b"f")),
            ("Zm8=", Some(b"fo")),
            ("Zm9v", Some(b"foo")),
            ("+/+/", Some(b"\xfb\xff\xbf")),
            ("Zh==", None),
            ("Zg=", None),
            ("Zg", None),
            ("Z===", None),
            ("====", None),
            ("Zm9v\n", None),
            ("Z-9v", None),
            ("=Zm9", None),
        ] {
            assert_eq!(decode(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }
}
