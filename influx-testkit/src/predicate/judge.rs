use crate::point::Quoted;
use crate::refusal::Refusal;

use super::token::{Kind, Token};

/// How deep parentheses may go.
const DEPTH: usize = 100;

/// Refuses what the server's first, lenient reading of a predicate refuses.
pub(super) fn check(tokens: &[Token]) -> Result<(), Refusal> {
    Judge { tokens, at: 0, open: 0 }.expression(0)
}

struct Judge<'a> {
    tokens: &'a [Token],
    at: usize,
    /// Parentheses, as the server counts them: a stray closing one takes it below zero.
    open: isize,
}

impl<'a> Judge<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at).or(self.tokens.last())
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Up to a closing parenthesis or the end.
    ///
    /// From the third term on the server takes what follows an AND by itself: a parenthesis there
    /// starts an expression that also eats the closing one of its surroundings.
    fn expression(&mut self, depth: usize) -> Result<(), Refusal> {
        if depth > DEPTH {
            return Err(Refusal::unknown("predicates nested this deep"));
        }
        let mut terms = 0;
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Number | Kind::Integer | Kind::Identifier | Kind::Keyword("NAME") => {
                    self.rule()?;
                    terms += 1;
                }
                Kind::Keyword("AND") => {
                    self.at += 1;
                    match self.peek().map(|token| token.kind) {
                        _ if terms < 2 => {}
                        Some(Kind::Symbol("(")) => self.expression(depth + 1)?,
                        _ => self.rule()?,
                    }
                }
                Kind::Keyword("OR") => {
                    let what = "the logical operator OR is not supported yet at position";
                    return Err(refuse(&format!("{what} {}", token.column)));
                }
                Kind::Symbol("(") => {
                    self.parentheses(depth)?;
                    terms += 1;
                }
                Kind::Symbol(")") | Kind::End => return self.close(token.kind),
                _ => return Err(bad("logical expression", token)),
            }
        }
        Ok(())
    }

    fn parentheses(&mut self, depth: usize) -> Result<(), Refusal> {
        self.at += 1;
        let before = self.open;
        self.open += 1;
        self.expression(depth + 1)?;
        if self.open != before {
            return Err(refuse("extra ( seen"));
        }
        Ok(())
    }

    fn close(&mut self, kind: Kind) -> Result<(), Refusal> {
        if kind != Kind::End {
            self.at += 1;
            self.open -= 1;
        }
        if self.open < 0 {
            return Err(refuse("extra ) seen"));
        }
        Ok(())
    }

    fn rule(&mut self) -> Result<(), Refusal> {
        match self.next() {
            Some(token) if matches!(token.kind, Kind::Identifier | Kind::Keyword("NAME")) => {}
            Some(token) => return Err(bad("tag key", token)),
            None => {}
        }
        match self.next() {
            Some(Token { kind: Kind::Symbol("=" | "!="), .. }) | None => {}
            Some(token) => return Err(bad_operator(token)),
        }
        loop {
            match self.next() {
                Some(Token { kind: Kind::Symbol("-"), .. }) => {}
                Some(token) if !is_value(token.kind) => return Err(bad_value(token)),
                _ => return Ok(()),
            }
        }
    }
}

fn is_value(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Identifier
            | Kind::Duration
            | Kind::Number
            | Kind::Integer
            | Kind::Keyword("TRUE" | "FALSE")
    )
}

fn bad_operator(token: &Token) -> Refusal {
    let (name, column) = (token.kind.name(), token.column);
    refuse(&match token.kind {
        Kind::Symbol("=~" | "!~") => {
            format!("operator: \"{name}\" at position: {column} is not supported yet")
        }
        _ => format!("invalid operator \"{name}\" at position: {column}"),
    })
}

fn bad_value(token: &Token) -> Refusal {
    let text = Quoted(token.text.as_bytes());
    refuse(&format!("bad tag value: {text}, at position {}", token.column))
}

fn bad(what: &str, token: &Token) -> Refusal {
    refuse(&format!("bad {what}, at position {}", token.column))
}

fn refuse(reason: &str) -> Refusal {
    Refusal::invalid(format!("error decoding json body: {reason}"))
}
