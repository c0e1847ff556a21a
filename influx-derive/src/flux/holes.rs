//! Where a value may stand.

use super::Mistake;
use super::lexer::{Kind, Token};

/// A place for a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hole<'a> {
    /// The name or path in the braces.
    pub(super) name: &'a str,
    pub(super) start: usize,
    /// With the braces.
    pub(super) length: usize,
    /// `r[{name}]`: the name of a column, which InfluxDB wants as text.
    pub(super) is_column: bool,
}

/// All holes, and those that are in a wrong place.
pub(super) fn holes<'a>(tokens: &[Token<'a>]) -> (Vec<Hole<'a>>, Vec<Mistake>) {
    let (mut holes, mut mistakes, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => open.push(token.text),
            Kind::Close => drop(open.pop()),
            Kind::Hole => {
                let around = Around { tokens, at, bracket: open.last().copied() };
                if let Some(message) = around.problem(token) {
                    mistakes.push(Mistake::new(token.start, token.text.len(), message));
                }
                holes.push(Hole {
                    name: token.text.trim_matches(['{', '}']),
                    start: token.start,
                    length: token.text.len(),
                    is_column: around.is_column(),
                });
            }
            _ => {}
        }
    }
    (holes, mistakes)
}

/// What a hole stands among.
struct Around<'a, 't> {
    tokens: &'t [Token<'a>],
    at: usize,
    bracket: Option<&'a str>,
}

impl<'a> Around<'a, '_> {
    fn before(&self, distance: usize) -> Option<&Token<'a>> {
        self.tokens.get(self.at.checked_sub(distance)?)
    }

    fn is_column(&self) -> bool {
        let opens = self.before(1).is_some_and(|token| token.text == "[");
        let closes = self.tokens.get(self.at + 1).is_some_and(|token| token.text == "]");
        opens && closes && self.before(2).is_some_and(Token::is_operand)
    }

    fn problem(&self, hole: &Token<'_>) -> Option<String> {
        let text = hole.text;
        let before = self.before(1).and_then(|before| match (before.kind, before.text) {
            (_, ".") => {
                Some(format!("a value cannot stand behind a dot; write `[{text}]` for a column"))
            }
            (_, "|>") => Some(format!("`{text}` is a value and no function, which `|>` needs")),
            (Kind::Keyword, word @ ("import" | "package" | "option" | "builtin" | "testcase")) => {
                Some(format!("what stands behind `{word}` must be written out"))
            }
            _ if before.is_operand() => Some(format!(
                "no value can follow `{}`; an operator, a comma or a colon is missing",
                before.text
            )),
            _ => None,
        });
        before.or_else(|| self.problem_behind(hole))
    }

    fn problem_behind(&self, hole: &Token<'_>) -> Option<String> {
        let (text, behind) = (hole.text, self.tokens.get(self.at + 1)?);
        match (behind.kind, behind.text) {
            (_, "(") => Some(format!("`{text}` is a value and no function; it cannot be called")),
            (_, "=" | "=>") => Some(format!("`{text}` is a value, and a name is needed here")),
            (_, ":") if self.bracket != Some("[") => Some(format!(
                "`{text}` is a value, and the name before a colon must be written out"
            )),
            // The hole behind this one is told about itself.
            (Kind::Open | Kind::Close | Kind::Symbol | Kind::Hole, _) => None,
            _ if behind.start == hole.end() => Some(format!(
                "`{}` follows the value directly; an operator is missing",
                behind.text
            )),
            _ => None,
        }
    }
}
