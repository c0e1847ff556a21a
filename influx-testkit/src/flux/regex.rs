//! Regular expressions in Go's syntax, of which only what Rust reads alike is let through.

use std::iter::Peekable;
use std::vec::IntoIter;

use regex::Regex;

use crate::point::lossy;
use crate::refusal::Refusal;

/// A pattern that both engines take, and to which both give the same meaning.
#[derive(Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// # Errors
    /// The engines differ on it, or the real server refuses it.
    pub(crate) fn new(pattern: &str) -> Result<Self, Refusal> {
        let refuse = || Refusal::unknown(format_args!("the regular expression /{pattern}/"));
        let translated = translate(pattern).ok_or_else(refuse)?;
        // The real server checks with the one engine what it runs with the other.
        Regex::new(pattern).map_err(|_| refuse())?;
        Regex::new(&translated).map(Self).map_err(|_| refuse())
    }

    /// Go takes each byte that is not UTF-8 for a U+FFFD.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        str::from_utf8(text)
            .map_or_else(|_| self.0.is_match(&lossy(text)), |text| self.0.is_match(text))
    }
}

/// Go's Perl classes are ASCII, Rust's are not.
fn translate(pattern: &str) -> Option<String> {
    if pattern.is_empty() {
        return None;
    }
    let rest = pattern.chars().collect::<Vec<_>>().into_iter().peekable();
    let mut translator = Translator { rest, out: String::new(), folds: false, repeats: 1 };
    translator.expression()?;
    // Both fold the case of letters beyond ASCII, but not by the same tables.
    (!translator.folds || pattern.is_ascii()).then_some(translator.out)
}

struct Translator {
    rest: Peekable<IntoIter<char>>,
    out: String,
    /// Whether upper and lower case may be the same.
    folds: bool,
    /// The product of all counts: Go bounds that of counts in each other.
    repeats: u32,
}

/// What stands before a dash in a class.
#[derive(PartialEq, Eq)]
enum Before {
    Nothing,
    Character,
    /// The end of a range or a class.
    Set,
}

impl Translator {
    fn expression(&mut self) -> Option<()> {
        // Whether a repetition may follow.
        let mut can_repeat = false;
        while let Some(next) = self.rest.next() {
            can_repeat = match next {
                '*' | '+' | '?' if can_repeat => self.repetition(next)?,
                '{' if can_repeat => self.counted()?,
                '*' | '+' | '?' | '{' => return None,
                '}' | ']' => {
                    self.push_escaped(next);
                    true
                }
                '[' => self.class()?,
                '(' => self.group()?,
                '\\' => self.escape()?,
                '|' | '^' | '$' => {
                    self.out.push(next);
                    false
                }
                _ => {
                    self.out.push(next);
                    true
                }
            };
        }
        Some(())
    }

    /// Go refuses a repetition of a repetition; a question mark behind one makes it lazy.
    fn repetition(&mut self, sign: char) -> Option<bool> {
        self.out.push(sign);
        if let Some(lazy) = self.rest.next_if_eq(&'?') {
            self.out.push(lazy);
        }
        Some(false)
    }

    fn counted(&mut self) -> Option<bool> {
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '}' => break,
                next @ ('0'..='9' | ',') => text.push(next),
                _ => return None,
            }
        }
        let (low, high) = text.split_once(',').unwrap_or((&text, &text));
        let low: u32 = low.parse().ok()?;
        let high = if high.is_empty() { low } else { high.parse().ok()? };
        self.repeats = self.repeats.checked_mul(low.max(high).max(1))?;
        if low > high || self.repeats > 1000 {
            return None;
        }
        self.out.push('{');
        self.out.push_str(&text);
        self.out.push('}');
        if let Some(lazy) = self.rest.next_if_eq(&'?') {
            self.out.push(lazy);
        }
        Some(false)
    }

    /// What opens a group. The engine itself counts the parentheses.
    fn group(&mut self) -> Option<bool> {
        self.out.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return Some(false);
        }
        self.out.push('?');
        loop {
            let next = self.rest.next()?;
            self.out.push(next);
            match next {
                ':' | ')' => return Some(false),
                'P' if self.rest.peek() == Some(&'<') => {}
                '<' => return self.name(),
                'i' => self.folds = true,
                'm' | 's' | 'U' | '-' => {}
                _ => return None,
            }
        }
    }

    fn name(&mut self) -> Option<bool> {
        loop {
            let next = self.rest.next()?;
            self.out.push(next);
            match next {
                '>' => return Some(false),
                '_' => {}
                _ if next.is_ascii_alphanumeric() => {}
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<bool> {
        let next = self.rest.next()?;
        match next {
            'd' | 'w' | 's' => {
                self.out.push('[');
                self.out.push_str(perl_class(next)?);
                self.out.push(']');
            }
            'D' | 'W' | 'S' => {
                self.out.push_str("[^");
                self.out.push_str(perl_class(next.to_ascii_lowercase())?);
                self.out.push(']');
            }
            'b' | 'B' => {
                self.out.push_str("(?-u:\\");
                self.out.push(next);
                self.out.push(')');
                return Some(false);
            }
            'A' | 'z' => {
                self.push_escaped(next);
                return Some(false);
            }
            _ => self.literal(next)?,
        }
        Some(true)
    }

    /// An escaped character that stands for one character.
    fn literal(&mut self, next: char) -> Option<()> {
        match next {
            'n' | 't' | 'r' | 'f' | 'v' | 'a' => self.push_escaped(next),
            '<' | '>' | ' ' => self.out.push(next),
            _ if next.is_ascii_punctuation() => self.push_escaped(next),
            _ => return None,
        }
        Some(())
    }

    fn push_escaped(&mut self, character: char) {
        self.out.push('\\');
        self.out.push(character);
    }

    /// Rust nests classes and knows set operators, Go does neither.
    fn class(&mut self) -> Option<bool> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut before = Before::Nothing;
        loop {
            before = match self.rest.next()? {
                ']' if before != Before::Nothing => break,
                '[' if self.rest.peek() == Some(&':') => self.named_class()?,
                '-' => self.dash(&before)?,
                '\\' => self.class_escape()?,
                next @ ('[' | ']' | '&' | '~') => {
                    self.push_escaped(next);
                    Before::Character
                }
                next => {
                    self.out.push(next);
                    Before::Character
                }
            };
        }
        self.out.push(']');
        Some(true)
    }

    /// `[:alpha:]`, which is ASCII to both.
    fn named_class(&mut self) -> Option<Before> {
        self.out.push('[');
        loop {
            let next = self.rest.next()?;
            self.out.push(next);
            match next {
                ']' => return Some(Before::Set),
                ':' | '^' | 'a'..='z' => {}
                _ => return None,
            }
        }
    }

    fn dash(&mut self, before: &Before) -> Option<Before> {
        if *before == Before::Nothing || self.rest.peek() == Some(&']') {
            self.push_escaped('-');
            return Some(Before::Character);
        }
        match self.rest.next()? {
            '[' | ']' | '\\' | '&' | '~' | '-' => None,
            end if *before == Before::Character => {
                self.out.push('-');
                self.out.push(end);
                Some(Before::Set)
            }
            _ => None,
        }
    }

    fn class_escape(&mut self) -> Option<Before> {
        let next = self.rest.next()?;
        match next {
            'd' | 'w' | 's' => {
                self.out.push_str(perl_class(next)?);
                return Some(Before::Set);
            }
            _ => self.literal(next)?,
        }
        Some(Before::Character)
    }
}

fn perl_class(name: char) -> Option<&'static str> {
    Some(match name {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => r"\t\n\x0C\r ",
        _ => return None,
    })
}
