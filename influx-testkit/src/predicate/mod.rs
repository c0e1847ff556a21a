//! The predicate of a delete.
//!
//! The real server reads it twice, with two grammars: one knows only `key = value` joined by AND, and
//! takes much that is not well-formed; the other is `InfluxQL`'s. What the first refuses is refused in
//! its words; of the rest, what is well-formed to both is known here.

mod grammar;
mod judge;
mod token;

#[cfg(test)]
mod tests;

use crate::point::{Series, Text};
use crate::refusal::Refusal;

/// Which series a delete is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Predicate {
    /// All must hold.
    rules: Vec<Rule>,
}

/// `key = value` or `key != value`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    key: String,
    equal: bool,
    value: Text,
}

/// Reads a predicate; an empty one holds for every series.
///
/// The refusal has the message that the real server gives for the whole request.
pub(crate) fn parse(text: &str) -> Result<Predicate, Refusal> {
    if text.is_empty() {
        return Ok(Predicate::default());
    }
    let (tokens, line) = token::scan(text)?;
    judge::check(&tokens)?;
    if let [end] = &tokens[..] {
        return Err(Refusal::invalid(format!(
            "invalid request; error parsing predicate: found EOF, expected identifier, string, \
             number, bool at line {}, char {}",
            line + 1,
            end.column + 1
        )));
    }
    let rules = grammar::rules(&tokens)?;
    if rules.iter().any(|rule| rule.key == "_field" && rule.equal) {
        return Err(Refusal::new(501, "not implemented", "delete by field is not supported"));
    }
    // It reaches only the measurements that sort before the named one, if that one is there.
    if rules.iter().any(|rule| rule.key == "_measurement" && !rule.equal) {
        return Err(Refusal::unknown("deletes with `_measurement !=`"));
    }
    Ok(Predicate { rules })
}

impl Predicate {
    /// Whether all rules hold; none holds for a tag that the series lacks, `!=` included.
    pub(crate) fn matches(&self, series: &Series) -> bool {
        self.rules.iter().all(|rule| {
            let value = match rule.key.as_str() {
                "_measurement" => Some(&series.measurement[..]),
                key => tag(series, key.as_bytes()),
            };
            value.is_some_and(|value| (value == &rule.value[..]) == rule.equal)
        })
    }
}

/// The value of a tag. A measurement `a=b` passes for a tag, too.
fn tag<'a>(series: &'a Series, key: &[u8]) -> Option<&'a [u8]> {
    let of_name = series.measurement.strip_prefix(key).and_then(|rest| rest.strip_prefix(b"="));
    let tag =
        || series.tags.iter().find_map(|(name, value)| (name[..] == *key).then_some(&value[..]));
    of_name.or_else(tag)
}
