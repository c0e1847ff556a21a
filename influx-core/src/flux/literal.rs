//! Values as Flux text. Nothing else in this crate writes a value into a script.
//!
//! Source: the scanner and the parser of Flux 0.200 (`scanner.rl`, `strconv.rs`), and what a live
//! InfluxDB 2.9.1 reads.

use crate::error::{FluxCause, Result};
use crate::time::Timestamp;

/// A string literal.
///
/// `$` is written as `\x24` wherever it stands: the server's scanner takes a `$` together with the
/// byte behind it, so what a `$` does depends on its neighbours.
pub(crate) fn string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '\0'..='\x1f' | '\x7f' => hex(character, out),
            // Nobody would see it; the server takes it by its bytes.
            '\u{10ffff}' => out.push_str("\\xf4\\x8f\\xbf\\xbf"),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// An integer; a negative one by unary minus.
pub(crate) fn integer(value: i64, out: &mut String) {
    // There is no literal of 2^63 that the minus could stand before.
    let is_smallest = value == i64::MIN;
    out.push_str(if is_smallest { "int(v: \"" } else { "" });
    out.push_str(itoa::Buffer::new().format(value));
    out.push_str(if is_smallest { "\")" } else { "" });
}

/// An unsigned integer. Flux has no literal for it.
pub(crate) fn unsigned(value: u64, out: &mut String) {
    out.push_str("uint(v: \"");
    out.push_str(itoa::Buffer::new().format(value));
    out.push_str("\")");
}

/// A float, exactly: as a decimal where that is short, else as `float(v: "1e300")`.
pub(crate) fn float(value: f64, out: &mut String) {
    let mut buffer = zmij::Buffer::new();
    let text = float_text(value, &mut buffer);
    // Flux has no exponents, and its minus makes no negative zero of a zero.
    let is_plain = value.is_finite() && !text.contains('e') && text != "-0.0";
    out.push_str(if is_plain { "" } else { "float(v: \"" });
    out.push_str(text);
    out.push_str(if is_plain { "" } else { "\")" });
}

/// What the server's `float(v: "…")` reads as exactly this value.
pub(crate) fn float_text(value: f64, buffer: &mut zmij::Buffer) -> &str {
    match value {
        _ if value.is_nan() => "NaN",
        f64::INFINITY => "+Inf",
        f64::NEG_INFINITY => "-Inf",
        _ => buffer.format_finite(value),
    }
}

/// A truth value.
pub(crate) fn boolean(value: bool, out: &mut String) {
    out.push_str(if value { "true" } else { "false" });
}

/// An instant, with nine digits of fraction and `Z`.
pub(crate) fn time(time: Timestamp, out: &mut String) {
    const DIGITS: &str = ".000000000";
    let text = time.rfc3339();
    let text = text.as_str().trim_end_matches('Z');
    let seconds = "0000-00-00T00:00:00".len();
    out.push_str(text);
    out.push_str(DIGITS.get(text.len().saturating_sub(seconds)..).unwrap_or_default());
    out.push('Z');
}

/// Units of durations in nanoseconds, the largest first. Months and years have no fixed length.
pub(crate) const DURATION_UNITS: [(&str, u64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// A span of time; a negative one by unary minus.
pub(crate) fn duration(nanos: i64, out: &mut String) {
    // The server has no literal of 2^63 nanoseconds that the minus could stand before.
    let is_smallest = nanos == i64::MIN;
    out.push_str(if is_smallest { "duration(v: \"" } else { "" });
    duration_text(nanos, out);
    out.push_str(if is_smallest { "\")" } else { "" });
}

/// What the server's `duration(v: "…")` reads as exactly this span.
pub(crate) fn duration_text(nanos: i64, out: &mut String) {
    if nanos < 0 {
        out.push('-');
    }
    for (magnitude, unit) in duration_terms(nanos.unsigned_abs()) {
        out.push_str(itoa::Buffer::new().format(magnitude));
        out.push_str(unit);
    }
}

/// The terms of a duration literal, at least one; each magnitude is one that the server reads.
pub(crate) fn duration_terms(nanos: u64) -> impl Iterator<Item = (u64, &'static str)> {
    let mut rest = nanos;
    let zero = (nanos == 0).then_some((0, "s"));
    let terms = DURATION_UNITS.into_iter().map(move |(unit, length)| {
        let magnitude = rest / length;
        rest %= length;
        (magnitude, unit)
    });
    terms.filter(|(magnitude, _)| *magnitude > 0).chain(zero)
}

/// A regular expression, in the syntax that Go and Rust share.
///
/// The server's scanner decodes `\/` and `\xHH` before its regex engine sees the pattern, and takes
/// a `\` before the last slash for an escape of that slash. So a backslash that would be read in one
/// of these ways is itself written as `\x5c`.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the pattern is empty, or ends in a
/// backslash that escapes nothing.
pub(crate) fn regex(pattern: &str, out: &mut String) -> Result<()> {
    check_regex(pattern)?;
    out.push('/');
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('/') => out.push_str("\\/"),
                Some('x') => out.push_str("\\x5cx"),
                Some('\\') => {
                    out.push_str(if characters.as_str().is_empty() { "\\x5c\\x5c" } else { "\\\\" })
                }
                Some(control @ '\0'..='\x1f') => {
                    hex('\\', out);
                    hex(control, out);
                }
                Some(other) => out.extend(['\\', other]),
                None => {}
            },
            '/' => out.push_str("\\/"),
            '\0'..='\x1f' => hex(character, out),
            other => out.push(other),
        }
    }
    out.push('/');
    Ok(())
}

/// Whether a pattern can be one at all, in a script or as a tree.
///
/// # Errors
/// As [`regex`].
pub(crate) fn check_regex(pattern: &str) -> Result<()> {
    let backslashes = pattern.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if pattern.is_empty() {
        return Err(FluxCause::EmptyRegex.into());
    }
    if backslashes % 2 == 1 {
        return Err(FluxCause::UnfinishedRegex.into());
    }
    Ok(())
}

/// Appends a pattern that matches this text and no other, to be part of a larger one.
pub(crate) fn escape_regex(text: &str, out: &mut String) {
    for character in text.chars() {
        if "\\.+*?()|[]{}^$".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
}

/// `\xHH`; of ASCII only.
fn hex(character: char, out: &mut String) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let code = u32::from(character);
    let digit = |value: u32| DIGITS.get(value as usize & 15).copied().unwrap_or('0');
    out.extend(['\\', 'x', digit(code >> 4), digit(code)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::from("=");
        write(&mut out);
        out.strip_prefix('=').unwrap().to_owned()
    }

    #[test]
    fn strings_hold_every_character_and_no_dollar() {
        for (text, expected) in [
            ("", r#""""#),
            ("room 1", r#""room 1""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("\n\r\t\0\x01\x1b\x1f\x7f", r#""\n\r\t\x00\x01\x1b\x1f\x7f""#),
            ("a\rb", r#""a\rb""#),
            (r"$\", r#""\x24\\""#),
            ("${x} $$ $\"", r#""\x24{x} \x24\x24 \x24\"""#),
            (" or true) //", r#"" or true) //""#),
            ("é𝄞\u{85}\u{2028}", "\"é𝄞\u{85}\u{2028}\""),
            ("\u{10ffff}", r#""\xf4\x8f\xbf\xbf""#),
        ] {
            assert_eq!(written(|out| string(text, out)), expected, "{text:?}");
        }
    }

    #[test]
    fn integers_are_exact_at_both_ends() {
        for (value, expected) in [
            (0, "0"),
            (-1, "-1"),
            (i64::MAX, "9223372036854775807"),
            (i64::MIN + 1, "-9223372036854775807"),
            (i64::MIN, r#"int(v: "-9223372036854775808")"#),
        ] {
            assert_eq!(written(|out| integer(value, out)), expected);
        }
        for (value, expected) in
            [(0, r#"uint(v: "0")"#), (u64::MAX, r#"uint(v: "18446744073709551615")"#)]
        {
            assert_eq!(written(|out| unsigned(value, out)), expected);
        }
    }

    #[test]
    fn floats_are_plain_where_that_is_short_and_never_have_an_exponent_outside_a_string() {
        for (value, expected) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-22.35, "-22.35"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000.0"),
            (-0.0, r#"float(v: "-0.0")"#),
            (f64::NAN, r#"float(v: "NaN")"#),
            (-f64::NAN, r#"float(v: "NaN")"#),
            (f64::INFINITY, r#"float(v: "+Inf")"#),
            (f64::NEG_INFINITY, r#"float(v: "-Inf")"#),
            (f64::MAX, r#"float(v: "1.7976931348623157e+308")"#),
            (5e-324, r#"float(v: "5e-324")"#),
        ] {
            assert_eq!(written(|out| float(value, out)), expected);
        }
    }

    #[test]
    fn booleans_are_words() {
        assert_eq!(written(|out| boolean(true, out)), "true");
        assert_eq!(written(|out| boolean(false, out)), "false");
    }

    #[test]
    fn times_have_nine_digits_of_fraction() {
        for (nanos, expected) in [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1_250_000_000, "1970-01-01T00:00:01.250000000Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (i64::MIN, "1677-09-21T00:12:43.145224192Z"),
            (i64::MAX, "2262-04-11T23:47:16.854775807Z"),
        ] {
            assert_eq!(written(|out| time(Timestamp::from_nanos(nanos), out)), expected);
        }
    }

    #[test]
    fn durations_are_exact_in_units_of_fixed_length() {
        for (nanos, expected) in [
            (0, "0s"),
            (1, "1ns"),
            (-1_500_000_000, "-1s500ms"),
            (90_061_001_002_003, "1d1h1m1s1ms2us3ns"),
            (i64::MAX, "106751d23h47m16s854ms775us807ns"),
            (i64::MIN + 1, "-106751d23h47m16s854ms775us807ns"),
            (i64::MIN, r#"duration(v: "-106751d23h47m16s854ms775us808ns")"#),
        ] {
            assert_eq!(written(|out| duration(nanos, out)), expected);
        }
    }

    #[test]
    fn a_pattern_reaches_the_regex_engine_as_it_is() {
        for (pattern, expected) in [
            ("a.b", "/a.b/"),
            ("a/b", r"/a\/b/"),
            (r"a\/b", r"/a\/b/"),
            (r"a\\/b", r"/a\\\/b/"),
            (r"\d+\.5", r"/\d+\.5/"),
            (r"\x2e", r"/\x5cx2e/"),
            (r"\\x2e", r"/\\x2e/"),
            (r"\x{1F600}", r"/\x5cx{1F600}/"),
            (r"a\\", r"/a\x5c\x5c/"),
            ("a\0\n", r"/a\x00\x0a/"),
            ("\\\n", r"/\x5c\x0a/"),
            ("$\"{é}", "/$\"{é}/"),
        ] {
            assert_eq!(written(|out| regex(pattern, out).unwrap()), expected, "{pattern:?}");
            // The engines need no escaped slash, and the older ones refuse it.
            let means = if pattern == r"a\/b" { "a/b" } else { pattern };
            assert_eq!(decoded(expected), means, "{pattern:?}");
        }
    }

    /// What the server's parser makes of a regex literal (`parse_regex`), and that the literal ends
    /// where it should.
    fn decoded(literal: &str) -> String {
        let inner = literal.strip_prefix('/').unwrap().strip_suffix('/').unwrap();
        assert!(!inner.ends_with('\\'), "the last slash of {literal} is escaped");
        let mut text = String::new();
        let mut rest = inner.chars();
        while let Some(character) = rest.next() {
            assert_ne!(character, '/', "{literal} ends too early");
            match (character, rest.clone().next()) {
                ('\\', Some('/')) => text.push(rest.next().unwrap()),
                ('\\', Some('x')) => {
                    let code = rest.as_str().get(1..3).unwrap();
                    text.push(u8::from_str_radix(code, 16).unwrap().into());
                    rest.nth(2);
                }
                ('\\', Some(other)) => {
                    text.extend(['\\', other]);
                    rest.next();
                }
                _ => text.push(character),
            }
        }
        text
    }

    #[test]
    fn patterns_that_are_none_are_refused() {
        for (pattern, expected) in [
            ("", "a regular expression is empty; the empty text matches `^$`"),
            (r"a\", r"a regular expression ends in a backslash; one that is meant is written `\\`"),
            (
                r"\\\",
                r"a regular expression ends in a backslash; one that is meant is written `\\`",
            ),
        ] {
            let error = regex(pattern, &mut String::new()).unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
    }

    #[test]
    fn escaped_text_matches_itself() {
        let escaped = written(|out| escape_regex(r"a.b\c/[d]{2}^$ (e|f)*+?-", out));
        assert_eq!(escaped, r"a\.b\\c/\[d\]\{2\}\^\$ \(e\|f\)\*\+\?-");
        assert_eq!(written(|out| regex(r"a\\", out).unwrap()), r"/a\x5c\x5c/");
    }
}
