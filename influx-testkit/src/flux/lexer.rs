//! Tokens of a script, cut as the real scanner cuts them: the longest match wins.

use crate::refusal::Refusal;

use super::ast::{Place, Position};

/// A piece of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    /// As it stands in the script, quotes and slashes included.
    pub(crate) text: &'a str,
    pub(crate) place: Place,
    /// Where it starts, in bytes from the start of the script.
    offset: usize,
}

/// What a token is. Keywords and signs are told apart by their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Identifier,
    Keyword,
    Integer,
    Float,
    Duration,
    Time,
    String,
    Regex,
    Sign,
    End,
}

/// Cuts a script into tokens, one at a time.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    script: &'a str,
    offset: usize,
    line: u32,
    line_start: usize,
}

const KEYWORDS: [&str; 13] = [
    "and", "or", "not", "import", "package", "return", "option", "builtin", "testcase", "if",
    "then", "else", "exists",
];

/// Longer ones first.
const SIGNS: [&str; 30] = [
    "==", "!=", "<=", ">=", "=~", "!~", "=>", "<-", "|>", "+", "-", "*", "/", "%", "^", "<", ">",
    "=", "(", ")", "[", "]", "{", "}", ":", ",", ".", "?", "\"", "@",
];

const UNITS: [&str; 11] = ["mo", "ms", "us", "µs", "ns", "y", "w", "d", "h", "m", "s"];

impl<'a> Lexer<'a> {
    pub(crate) const fn new(script: &'a str) -> Self {
        Self { script, offset: 0, line: 1, line_start: 0 }
    }

    /// The next token; white space and comments are skipped.
    pub(crate) fn next(&mut self) -> Result<Token<'a>, Refusal> {
        self.skip_blanks();
        let rest = self.rest();
        let Some(first) = rest.bytes().next() else {
            return Ok(self.take(TokenKind::End, 0));
        };
        let (kind, length) = match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => word(rest),
            b'0'..=b'9' => number(rest),
            b'.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                (TokenKind::Float, 1 + digits(&rest[1..]))
            }
            b'"' => (TokenKind::String, self.string_length()?),
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (TokenKind::Sign, sign.len()),
                None => return Err(self.refuse_character(rest)),
            },
        };
        // Names may hold any letter of Unicode there.
        let token = self.take(kind, length);
        match self.rest().chars().next() {
            Some(next) if !next.is_ascii() && token.text.ends_with(is_word) => {
                Err(self.refuse_character(self.rest()))
            }
            _ => Ok(token),
        }
    }

    /// The regular expression that starts where `slash` stands, if one does.
    pub(crate) fn regex(&mut self, slash: Token<'a>) -> Option<Token<'a>> {
        let length = regex_length(&self.script[slash.offset..])?;
        self.offset = slash.offset;
        Some(self.take(TokenKind::Regex, length))
    }

    fn rest(&self) -> &'a str {
        &self.script[self.offset..]
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else {
                rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count()
            };
            if length == 0 {
                return;
            }
            self.advance(length);
        }
    }

    fn advance(&mut self, length: usize) {
        let end = self.offset + length;
        for (index, _) in self.script[self.offset..end].match_indices('\n') {
            self.line = self.line.saturating_add(1);
            self.line_start = self.offset + index + 1;
        }
        self.offset = end;
    }

    fn position(&self) -> Position {
        let column = self.offset - self.line_start + 1;
        Position { line: self.line, column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    fn take(&mut self, kind: TokenKind, length: usize) -> Token<'a> {
        let (offset, start) = (self.offset, self.position());
        self.advance(length);
        let place = Place { start, end: self.position() };
        Token { kind, text: &self.script[offset..self.offset], place, offset }
    }

    /// How long the string literal is that starts here.
    fn string_length(&self) -> Result<usize, Refusal> {
        let bytes = self.rest().as_bytes();
        let mut index = 1;
        while let Some(byte) = bytes.get(index) {
            index += match (byte, bytes.get(index + 1), bytes.get(index + 2)) {
                (b'"', ..) => return Ok(index + 1),
                (b'\\', Some(b'n' | b'r' | b't' | b'\\' | b'"'), _) => 2,
                (b'\\', Some(b'$'), Some(b'{')) => 3,
                (b'\\', Some(b'x'), Some(first)) if first.is_ascii_hexdigit() => 3,
                (b'$', Some(b'{'), _) => return Err(self.refuse("string interpolation")),
                // A `$` takes the next byte with it, whatever that is, save a quote.
                (b'$', Some(next), _) if *next != b'"' => 2,
                (b'\\', ..) => return Err(self.refuse("this escape in a string")),
                _ => 1,
            };
        }
        Err(self.refuse("a string without an end"))
    }

    fn refuse_character(&self, rest: &str) -> Refusal {
        let character = rest.chars().next().unwrap_or_default();
        self.refuse(&format!("the character {character:?} here"))
    }

    fn refuse(&self, what: &str) -> Refusal {
        let Position { line, column } = self.position();
        Refusal::unknown(format_args!("{what} (@{line}:{column})"))
    }
}

const fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn word(rest: &str) -> (TokenKind, usize) {
    let length = rest.find(|next| !is_word(next)).unwrap_or(rest.len());
    let is_keyword = KEYWORDS.contains(&&rest[..length]);
    (if is_keyword { TokenKind::Keyword } else { TokenKind::Identifier }, length)
}

fn number(rest: &str) -> (TokenKind, usize) {
    if let Some(length) = time_length(rest) {
        return (TokenKind::Time, length);
    }
    let integer = digits(rest);
    if rest[integer..].starts_with('.') {
        return (TokenKind::Float, integer + 1 + digits(&rest[integer + 1..]));
    }
    match duration_length(rest) {
        0 => (TokenKind::Integer, integer),
        length => (TokenKind::Duration, length),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn duration_length(rest: &str) -> usize {
    let mut length = 0;
    loop {
        let number = digits(&rest[length..]);
        let unit = UNITS.iter().find(|unit| rest[length + number..].starts_with(**unit));
        match unit {
            Some(unit) if number > 0 => length += number + unit.len(),
            _ => return length,
        }
    }
}

/// Of `2020-01-01`, with a time of day if that is whole.
fn time_length(rest: &str) -> Option<usize> {
    let date = pattern_length(rest, "dddd-dd-dd")?;
    let Some(clock) = pattern_length(&rest[date..], "Tdd:dd:dd") else {
        return Some(date);
    };
    let mut length = date + clock;
    if rest[length..].starts_with('.') {
        length += 1 + digits(&rest[length + 1..]);
    }
    let offset = &rest[length..];
    let zone = pattern_length(offset, "Z")
        .or_else(|| pattern_length(offset, "+dd:dd"))
        .or_else(|| pattern_length(offset, "-dd:dd"));
    Some(length + zone.unwrap_or(0))
}

/// The length of `pattern` if `rest` starts with it; `d` stands for a digit.
fn pattern_length(rest: &str, pattern: &str) -> Option<usize> {
    let bytes = rest.as_bytes().get(..pattern.len())?;
    let matches = bytes.iter().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
        b'd' => byte.is_ascii_digit(),
        _ => *byte == wanted,
    });
    matches.then_some(pattern.len())
}

/// A slash ends the literal unless a backslash is right before it; then it may or may not, and the
/// longest literal wins, even if that backslash is escaped itself.
fn regex_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut longest = None;
    for (index, byte) in bytes.iter().enumerate().skip(1) {
        if *byte != b'/' {
            continue;
        }
        if index > 1 {
            longest = Some(index + 1);
        }
        if bytes[index - 1] != b'\\' || index == 1 {
            break;
        }
    }
    longest
}
