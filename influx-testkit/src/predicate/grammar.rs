use crate::refusal::Refusal;

use super::Rule;
use super::token::{Kind, Token};

/// The rules of a well-formed predicate. Parentheses mean nothing where all is joined by AND.
pub(super) fn rules(tokens: &[Token]) -> Result<Vec<Rule>, Refusal> {
    let mut rules = Vec::new();
    let mut open = 0_usize;
    let mut rest = tokens;
    loop {
        while let Some(behind) = strip(rest, Kind::Symbol("(")) {
            (rest, open) = (behind, open + 1);
        }
        let rule;
        (rule, rest) = take_rule(rest).ok_or_else(unknown)?;
        rules.push(rule);
        while let Some(behind) = strip(rest, Kind::Symbol(")")) {
            (rest, open) = (behind, open.checked_sub(1).ok_or_else(unknown)?);
        }
        match rest.first().map(|token| token.kind) {
            Some(Kind::Keyword("AND")) => rest = &rest[1..],
            Some(Kind::End) if open == 0 => return Ok(rules),
            _ => return Err(unknown()),
        }
    }
}

fn unknown() -> Refusal {
    Refusal::unknown("predicates other than `key = value` and `key != value`, joined by AND")
}

fn strip(tokens: &[Token], kind: Kind) -> Option<&[Token]> {
    tokens.split_first().and_then(|(first, rest)| (first.kind == kind).then_some(rest))
}

fn take_rule(tokens: &[Token]) -> Option<(Rule, &[Token])> {
    let [key, operator, rest @ ..] = tokens else { return None };
    let equal = match operator.kind {
        Kind::Symbol("=") => true,
        Kind::Symbol("!=") => false,
        _ => return None,
    };
    let (sign, rest) = match strip(rest, Kind::Symbol("-")) {
        Some(behind) => ("-", behind),
        None => ("", rest),
    };
    let (value, rest) = rest.split_first()?;
    let text = match value.kind {
        Kind::Identifier if sign.is_empty() => &value.text,
        Kind::Integer if value.text.parse::<i64>().is_ok() => &value.text,
        Kind::Number if value.text.parse().is_ok_and(f64::is_finite) => &value.text,
        Kind::Duration if is_duration(&value.text) => &value.text,
        Kind::Keyword("TRUE") if sign.is_empty() => "true",
        Kind::Keyword("FALSE") if sign.is_empty() => "false",
        _ => return None,
    };
    let value = format!("{sign}{text}").as_str().into();
    let rule = Rule { key: key.text.clone(), equal, value };
    (key.kind == Kind::Identifier).then_some((rule, rest))
}

/// Whether this is surely a duration to the server, too: one number, not too large, and a unit.
fn is_duration(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - unit.len();
    digits < 5 && ["ns", "u", "µ", "ms", "s", "m", "h", "d", "w"].contains(&unit)
}
