//! Conditions → the text of a filter.

use super::condition::{Ask, Comparison, Condition, Pattern, Test};
use super::literal;
use crate::error::Result;
use crate::schema::{Role, Value};

/// From so many texts on they are asked as one regular expression, which the server reads faster than a
/// tree of comparisons.
const MANY: usize = 100;

/// How many bytes of texts one regular expression has; the server compiles some hundred thousand.
const LARGE: usize = 32 << 10;

/// How the rows look that a filter sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One field for each row, in the column `_value`.
    Narrow,
    /// A column for each field.
    Wide,
}

/// Values that the server only lets filters push down as variables of the script.
#[derive(Debug, Default)]
pub(crate) struct Variables(Vec<String>);

impl Variables {
    /// A name for a literal.
    pub(crate) fn name(&mut self, literal: String) -> String {
        let known = self.0.iter().position(|other| *other == literal);
        let index = known.unwrap_or_else(|| {
            self.0.push(literal);
            self.0.len() - 1
        });
        format!("v{index}")
    }

    /// The lines that define them.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = String> {
        self.0.iter().enumerate().map(|(index, literal)| format!("v{index} = {literal}\n"))
    }
}

/// The expression that is true for the rows that fit, for a row called `r`.
pub(crate) fn condition(
    condition: &Condition,
    shape: Shape,
    variables: &mut Variables,
) -> Result<String> {
    Writer { shape, variables }.condition(condition)
}

/// Joins expressions as a balanced tree: the server reads some 170 terms in a row, and as many
/// levels as a tree needs.
pub(super) fn balanced(terms: &[String], operator: &str) -> String {
    match terms {
        [] => String::new(),
        [term] => term.clone(),
        _ => {
            let (left, right) = terms.split_at(terms.len() / 2);
            format!("({} {operator} {})", balanced(left, operator), balanced(right, operator))
        }
    }
}

/// Whether the server applies a condition where it reads.
pub(crate) fn is_pushed_down(condition: &Condition) -> bool {
    match condition {
        Condition::Constant(_)
        | Condition::Refused(_)
        | Condition::Test(Test { role: Role::Timestamp, .. }) => false,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().all(is_pushed_down),
        Condition::Test(Test { role: Role::Tag, .. }) => true,
        Condition::Test(Test { role: Role::Field, ask, .. }) => match ask {
            Ask::Exists | Ask::Missing => false,
            Ask::Matches(_) | Ask::Differs(_) => true,
            Ask::Compare(_, value) => is_pushed_down_value(value),
            Ask::OneOf(values) | Ask::NoneOf(values) => values.iter().all(is_pushed_down_value),
        },
    }
}

const fn is_pushed_down_value(value: &Value) -> bool {
    !matches!(value, Value::Unsigned(_) | Value::Time(_) | Value::Null)
}

struct Writer<'a> {
    shape: Shape,
    variables: &'a mut Variables,
}

impl Writer<'_> {
    fn condition(&mut self, condition: &Condition) -> Result<String> {
        match condition {
            Condition::Constant(value) => Ok(value.to_string()),
            Condition::Refused(error) => Err(error.clone()),
            Condition::Test(test) => self.test(test),
            Condition::All(parts) => self.all(parts).map(|terms| balanced(&terms, "and")),
            Condition::Any(parts) => self.all(parts).map(|terms| balanced(&terms, "or")),
        }
    }

    fn all(&mut self, parts: &[Condition]) -> Result<Vec<String>> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn test(&mut self, test: &Test) -> Result<String> {
        let column = self.column(test);
        match &test.ask {
            Ask::Exists => Ok(format!("exists {column}")),
            Ask::Missing => Ok(format!("not exists {column}")),
            Ask::Compare(comparison, value) => {
                let text = self.compare(&column, *comparison, value);
                Ok(if *comparison == Comparison::Ne { guarded(test, &column, &text) } else { text })
            }
            Ask::OneOf(values) => match many_texts(values) {
                Some(patterns) => match_any(test, &column, "=~", &patterns, "or"),
                None => Ok(balanced(&self.each(&column, Comparison::Eq, values), "or")),
            },
            Ask::NoneOf(values) => match many_texts(values) {
                Some(patterns) => match_any(test, &column, "!~", &patterns, "and"),
                None => {
                    let text = balanced(&self.each(&column, Comparison::Ne, values), "and");
                    Ok(guarded(test, &column, &text))
                }
            },
            Ask::Matches(pattern) => matches(test, &column, "=~", &regex(pattern)),
            Ask::Differs(pattern) => matches(test, &column, "!~", &regex(pattern)),
        }
    }

    fn each(&mut self, column: &str, comparison: Comparison, values: &[Value]) -> Vec<String> {
        values.iter().map(|value| self.compare(column, comparison, value)).collect()
    }

    fn compare(&mut self, column: &str, comparison: Comparison, value: &Value) -> String {
        format!("{column} {} {}", comparison.as_str(), self.value(value))
    }

    fn column(&self, test: &Test) -> String {
        match (test.role, self.shape) {
            (Role::Field, Shape::Narrow) => "r._value".to_owned(),
            (Role::Timestamp, _) => "r._time".to_owned(),
            _ => {
                let mut out = String::from("r[");
                literal::string(test.column, &mut out);
                out.push(']');
                out
            }
        }
    }

    /// A literal, or the name of a variable for what is none of its own in a filter.
    fn value(&mut self, value: &Value) -> String {
        let mut text = String::new();
        let is_literal = match value {
            Value::Float(value) => {
                literal::float(*value, &mut text);
                text.starts_with(|first: char| first.is_ascii_digit())
            }
            Value::Integer(value) => {
                literal::integer(*value, &mut text);
                *value >= 0
            }
            Value::Unsigned(value) => {
                literal::unsigned(*value, &mut text);
                false
            }
            Value::Boolean(value) => {
                literal::boolean(*value, &mut text);
                true
            }
            Value::Time(value) => {
                literal::time(*value, &mut text);
                true
            }
            // Nothing is compared with null.
            Value::String(_) | Value::Null => {
                literal::string(value.as_str().unwrap_or_default(), &mut text);
                true
            }
        };
        if is_literal { text } else { self.variables.name(text) }
    }
}

/// What a series that lacks the tag would pass goes behind `exists`.
fn guarded(test: &Test, column: &str, text: &str) -> String {
    if test.role == Role::Tag { format!("(exists {column} and {text})") } else { text.to_owned() }
}

fn matches(test: &Test, column: &str, operator: &str, pattern: &str) -> Result<String> {
    let mut text = format!("{column} {operator} ");
    literal::regex(pattern, &mut text)?;
    Ok(guarded(test, column, &text))
}

fn match_any(
    test: &Test,
    column: &str,
    operator: &str,
    patterns: &[String],
    joined_by: &str,
) -> Result<String> {
    let terms = patterns.iter().map(|pattern| matches(test, column, operator, pattern));
    Ok(balanced(&terms.collect::<Result<Vec<_>>>()?, joined_by))
}

/// Patterns for many texts; none for few, and for values that are no texts.
fn many_texts(values: &[Value]) -> Option<Vec<String>> {
    if values.len() < MANY {
        return None;
    }
    let mut patterns: Vec<String> = Vec::new();
    for value in values {
        let Value::String(text) = value else { return None };
        match patterns.last_mut() {
            Some(pattern) if pattern.len() + text.len() < LARGE => pattern.push('|'),
            _ => patterns.push(String::from("^(?:")),
        }
        if let Some(pattern) = patterns.last_mut() {
            literal::escape_regex(text, pattern);
        }
    }
    patterns.iter_mut().for_each(|pattern| pattern.push_str(")$"));
    Some(patterns)
}

fn regex(pattern: &Pattern) -> String {
    let (before, text, after) = match pattern {
        Pattern::StartsWith(text) => ("^(?:", text, ")"),
        Pattern::EndsWith(text) => ("(?:", text, ")$"),
        Pattern::Contains(text) => ("(?:", text, ")"),
        Pattern::Regex(regex) => return regex.clone(),
    };
    let mut out = before.to_owned();
    literal::escape_regex(text, &mut out);
    out.push_str(after);
    out
}
