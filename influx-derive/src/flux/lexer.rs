//! Flux as tokens, and what is no Flux.
//!
//! Source: the scanner of Flux 0.200 (`scanner.rl`). A text that passes has the same tokens there.

use super::Mistake;

/// One token of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// In bytes from the start of the script.
    pub(super) start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Keyword,
    /// A number, a duration or a time.
    Number,
    /// A string; what it interpolates comes before it.
    Text,
    Regex,
    /// `{name}`, a place for a value of Rust.
    Hole,
    Open,
    Close,
    Symbol,
}

const KEYWORDS: [&str; 13] = [
    "and", "or", "not", "import", "package", "return", "option", "builtin", "testcase", "if",
    "then", "else", "exists",
];

/// The longer ones first.
const SYMBOLS: [&str; 23] = [
    "==", "<=", ">=", "!=", "=~", "!~", "=>", "<-", "|>", "+", "-", "*", "/", "%", "^", "<", ">",
    "=", ":", ",", ".", "?", "@",
];

/// The longer ones first.
const UNITS: [&str; 11] = ["mo", "ms", "us", "µs", "ns", "y", "w", "d", "h", "m", "s"];

impl Token<'_> {
    /// Whether a value ends here, so that no other one may follow.
    pub(super) const fn is_operand(&self) -> bool {
        !matches!(self.kind, Kind::Keyword | Kind::Open | Kind::Symbol)
    }

    pub(super) const fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// All tokens, up to the first mistake.
pub(super) fn lex(text: &str) -> Result<Vec<Token<'_>>, Mistake> {
    if let Some(at) = text.find('\0') {
        let message = "InfluxDB reads a script up to its first NUL character; write `\\x00` in a \
                       string of Flux";
        return Err(Mistake::new(at, 1, message));
    }
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    lexer.code(None)?;
    Ok(lexer.tokens)
}

/// The content of a hole at the start of a text: a name of Rust, or a path with dots, and nothing
/// else in the braces.
pub(super) fn hole(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_word = |part: &str| !part.is_empty() && part.chars().all(is_word_character);
    let begins = !name.starts_with(|first: char| first.is_ascii_digit());
    (begins && name.split('.').all(is_word)).then_some(name)
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let text = &self.rest()[..length];
        self.tokens.push(Token { kind, text, start: self.at });
        self.at += length;
    }

    fn mistake<T>(&self, length: usize, message: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake::new(self.at, length, message))
    }

    /// Reads code to its end: that of the script, or the `}` of an interpolation that began at
    /// `interpolation`.
    fn code(&mut self, interpolation: Option<usize>) -> Result<(), Mistake> {
        let mut open: Vec<(char, usize)> = Vec::new();
        open.extend(interpolation.map(|at| ('{', at)));
        while let Some(first) = self.rest().chars().next() {
            match first {
                '(' | '[' | '{' => {
                    if self.brace()? {
                        continue;
                    }
                    open.push((first, self.at));
                    self.push(Kind::Open, 1);
                }
                ')' | ']' | '}' => {
                    self.close(first, open.pop())?;
                    if interpolation.is_some() && open.is_empty() {
                        return Ok(());
                    }
                }
                _ => self.token(first)?,
            }
        }
        match open.pop() {
            Some((bracket, at)) => {
                Err(Mistake::new(at, 1, format!("this `{bracket}` is not closed")))
            }
            None => Ok(()),
        }
    }

    /// A hole, if there is one here.
    fn brace(&mut self) -> Result<bool, Mistake> {
        if let Some(name) = hole(self.rest()) {
            self.push(Kind::Hole, name.len() + 2);
            return Ok(true);
        }
        let inner = self.rest().strip_prefix('{').and_then(|rest| rest.split_once('}'));
        if let Some((inner, _)) = inner {
            let name = inner.trim();
            if hole(&format!("{{{name}}}")).is_some() {
                let message = format!(
                    "write `{{{name}}}` for the value of `{name}` in Rust, or `{{{name}: {name}}}` \
                     for a record of Flux"
                );
                return self.mistake(inner.len() + 2, message);
            }
        }
        Ok(false)
    }

    fn close(&mut self, bracket: char, open: Option<(char, usize)>) -> Result<(), Mistake> {
        let partner = match bracket {
            ')' => '(',
            ']' => '[',
            _ => '{',
        };
        match open {
            Some((open, _)) if open == partner => {
                self.push(Kind::Close, 1);
                Ok(())
            }
            Some((open, _)) => {
                self.mistake(1, format!("this `{bracket}` does not close the `{open}` before it"))
            }
            None => self.mistake(1, format!("this `{bracket}` closes nothing")),
        }
    }

    fn token(&mut self, first: char) -> Result<(), Mistake> {
        let rest = self.rest();
        match first {
            _ if first.is_ascii_whitespace() || first == '\x0b' => {
                self.at += 1;
                Ok(())
            }
            '"' => self.string(),
            '/' if rest.starts_with("//") => self.comment(),
            '/' if !self.tokens.last().is_some_and(Token::is_operand) => self.regex(),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(),
            _ if first.is_ascii_digit() => self.number(),
            _ if first.is_alphabetic() || first == '_' => {
                let length = rest.find(|next| !is_word_character(next)).unwrap_or(rest.len());
                let is_keyword = KEYWORDS.contains(&&rest[..length]);
                self.push(if is_keyword { Kind::Keyword } else { Kind::Word }, length);
                Ok(())
            }
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => {
                    self.push(Kind::Symbol, symbol.len());
                    Ok(())
                }
                None => self.mistake(first.len_utf8(), no_token(first)),
            },
        }
    }

    fn comment(&mut self) -> Result<(), Mistake> {
        let length = self.rest().find('\n').unwrap_or(self.rest().len());
        self.no_hole(length, "a comment", "add a space in the braces")?;
        self.at += length;
        Ok(())
    }

    /// The next so many bytes are no place for values.
    fn no_hole(&self, length: usize, place: &str, remedy: &str) -> Result<(), Mistake> {
        let text = &self.rest()[..length];
        let found = text.match_indices('{').find_map(|(at, _)| Some((at, hole(&text[at..])?)));
        let Some((at, name)) = found else { return Ok(()) };
        let message =
            format!("no value goes into {place}; to keep the text `{{{name}}}`, {remedy}");
        Err(Mistake::new(self.at + at, name.len() + 2, message))
    }

    fn number(&mut self) -> Result<(), Mistake> {
        let rest = self.rest();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(length) = time(rest) {
            self.push(Kind::Number, length);
            return Ok(());
        }
        let mut length = digits(rest);
        let whole = length;
        if rest[length..].starts_with('.') {
            length += 1 + digits(&rest[length + 1..]);
        } else {
            length += duration_rest(&rest[length..]);
        }
        let tail = rest[length..].find(|next| !is_word_character(next));
        let tail = tail.unwrap_or(rest.len() - length);
        if tail > 0 {
            let number = &rest[..length + tail];
            let remedy = match number.parse::<f64>() {
                Ok(_) => format!("Flux has no exponents; write `float(v: \"{number}\")`"),
                Err(_) => format!("`{number}` is no number, duration or time of Flux"),
            };
            return self.mistake(length + tail, remedy);
        }
        if length == whole && whole > 1 && rest.starts_with('0') {
            return self.mistake(length, "a whole number of Flux has no zeros in front");
        }
        self.push(Kind::Number, length);
        Ok(())
    }

    /// It ends at the first slash that has no backslash directly in front of it.
    fn regex(&mut self) -> Result<(), Mistake> {
        let inner = &self.rest()[1..];
        if inner.starts_with('*') {
            return self.mistake(2, "Flux has no `/* */`; begin each line of a comment with `//`");
        }
        let end = inner.match_indices('/').find(|(at, _)| !inner[..*at].ends_with('\\'));
        let ambiguous = inner.match_indices("\\/").find(|(at, _)| {
            let before = inner[..*at].bytes().rev().take_while(|byte| *byte == b'\\').count();
            before % 2 == 1 && end.is_none_or(|(end, _)| *at < end)
        });
        if let Some((at, _)) = ambiguous {
            let message = "this slash does not end the regular expression: InfluxDB looks at the \
                           last backslash only; write `\\x5c\\x5c` for a backslash at the end";
            return Err(Mistake::new(self.at + 1 + at, 2, message));
        }
        let Some((end, _)) = end else {
            return self.mistake(1, "this regular expression does not end; `/` begins one here");
        };
        self.no_hole(
            end + 2,
            "a regular expression",
            "write `\\{`; for a pattern of a variable, compare with the hole alone",
        )?;
        self.push(Kind::Regex, end + 2);
        Ok(())
    }

    fn string(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = self.rest();
            let mut characters = rest.chars();
            match characters.next() {
                None => return Err(Mistake::new(start, 1, "this string does not end")),
                Some('"') => {
                    self.at += 1;
                    let text = &self.text[start..self.at];
                    self.tokens.push(Token { kind: Kind::Text, text, start });
                    return Ok(());
                }
                Some('\\') => self.at += self.escape()?,
                Some('$') => self.dollar()?,
                Some('{') => {
                    let length = hole(rest).map_or(1, |name| name.len() + 2);
                    self.no_hole(
                        length,
                        "a string",
                        "write `\\x7b` for the brace; for a value, add it with `+`, or \
                         interpolate it with `${…}` around the hole",
                    )?;
                    self.at += 1;
                }
                Some(other) => self.at += other.len_utf8(),
            }
        }
    }

    /// The length of the escape here.
    fn escape(&self) -> Result<usize, Mistake> {
        let rest = &self.rest()[1..];
        if rest.starts_with(['n', 'r', 't', '\\', '"']) {
            return Ok(2);
        }
        if rest.starts_with("${") {
            return Ok(3);
        }
        let hex = rest.strip_prefix('x').and_then(|hex| hex.get(..2));
        if hex.is_some_and(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            return Ok(4);
        }
        let escape = rest.chars().next().map(String::from).unwrap_or_default();
        self.mistake(
            1 + escape.len(),
            format!(
                "Flux has no escape `\\{escape}`; it knows `\\n \\r \\t \\\\ \\\" \\${{ \\xHH`"
            ),
        )
    }

    /// A `$` takes the character behind it along, save `{` and `"`.
    fn dollar(&mut self) -> Result<(), Mistake> {
        let behind = self.rest()[1..].chars().next();
        match behind {
            Some('{') => {
                let start = self.at + 1;
                self.push(Kind::Open, 2);
                return self.code(Some(start));
            }
            Some('\\') => {
                let message = "`$` swallows the backslash behind it in Flux; write `\\x24`";
                return self.mistake(2, message);
            }
            Some('"') | None => self.at += 1,
            Some(other) => self.at += 1 + other.len_utf8(),
        }
        Ok(())
    }
}

/// The length of a date or time.
fn time(text: &str) -> Option<usize> {
    let matches = |text: &str, form: &str| {
        let fits = |(byte, form): (u8, u8)| byte == form || form == b'0' && byte.is_ascii_digit();
        text.len() >= form.len() && text.bytes().zip(form.bytes()).all(fits)
    };
    if !matches(text, "0000-00-00") {
        return None;
    }
    let time = &text[10..];
    if !matches(time, "T00:00:00") {
        return Some(10);
    }
    let fraction = &time[9..];
    let digits = fraction
        .strip_prefix('.')
        .map_or(0, |digits| 1 + digits.bytes().take_while(u8::is_ascii_digit).count());
    let zone = &fraction[digits..];
    let offset = match zone.bytes().next() {
        Some(b'Z') => 1,
        Some(b'+' | b'-') if matches(&zone[1..], "00:00") => 6,
        _ => 0,
    };
    Some(19 + digits + offset)
}

/// The length of what makes a duration of a whole number: a unit, and further numbers with units.
fn duration_rest(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &text[length..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = UNITS.iter().find(|unit| rest[digits..].starts_with(**unit));
        match unit {
            Some(unit) if length > 0 || digits == 0 => length += digits + unit.len(),
            _ => return length,
        }
    }
}

fn no_token(character: char) -> String {
    match character {
        '\'' | '`' => "strings of Flux stand in double quotes".to_owned(),
        ';' => "Flux has no `;`; begin a new line".to_owned(),
        '#' => "comments of Flux begin with `//`".to_owned(),
        '&' | '|' | '!' | '~' => {
            format!("`{character}` alone is no operator of Flux; write `and`, `or` or `not`")
        }
        _ => format!("Flux has no character {character:?} here"),
    }
}
