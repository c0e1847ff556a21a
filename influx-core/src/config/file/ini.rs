//! INI as Python's `configparser` reads it, without interpolation: a `%` is a `%`.
//!
//! `[section]`, then `key = value` or `key: value`; a line that starts with `#` or `;` is a comment.
//! Quotes around a value are not part of it. Keys keep their case here: those of settings are looked up
//! without it.

use std::collections::HashSet;

use super::document::{Document, Item, Malformed, Section};
use crate::config::entry::Raw;

pub(super) fn parse(text: &str) -> Result<Document, Malformed> {
    let mut document = Document::default();
    let (mut sections, mut keys) = (HashSet::new(), HashSet::new());
    let mut indentation = 0;
    for (number, line) in text.lines().enumerate() {
        let malformed =
            |problem: &str| Malformed { line: Some(number + 1), problem: problem.to_owned() };
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        let indented = line.len() - line.trim_start().len();
        if let Some(rest) = content.strip_prefix('[') {
            let name = rest.split_once(']').map(|(name, _)| name.trim());
            let name = name.filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| malformed("a section is written `[name]`"))?;
            keys.clear();
            if !sections.insert(name) {
                return Err(malformed("this section is there twice"));
            }
            document.sections.push(Section { name: name.to_owned(), items: Vec::new() });
            indentation = usize::MAX;
            continue;
        }
        let section = document.sections.last_mut();
        let section =
            section.ok_or_else(|| malformed("a setting stands in front of all sections"))?;
        if indented > indentation {
            return Err(malformed(
                "an indented line goes on with the value above, which no setting takes",
            ));
        }
        indentation = indented;
        let item = item(content, number + 1).map_err(malformed)?;
        if !keys.insert(item.key.to_ascii_lowercase()) {
            return Err(malformed("this key is there twice"));
        }
        section.items.push(item);
    }
    Ok(document)
}

fn item(content: &str, line: usize) -> Result<Item, &'static str> {
    let at = content.find(['=', ':']).ok_or("a setting is written `key = value`")?;
    let (key, value) = (content[..at].trim(), content[at + 1..].trim());
    if key.is_empty() {
        return Err("there is no key in front of the value");
    }
    Ok(Item {
        key: key.to_owned(),
        line: Some(line),
        value: Raw::Text(unquoted(value)?.to_owned()),
    })
}

/// A value without its quotes, and without a comment behind them.
fn unquoted(value: &str) -> Result<&str, &'static str> {
    let Some(rest) = value.strip_prefix('"') else { return Ok(value) };
    let (inner, behind) = rest.split_once('"').ok_or("the value's second quote is missing")?;
    match behind.trim_start() {
        "" => Ok(inner),
        comment if comment.starts_with(['#', ';']) => Ok(inner),
        _ => Err("something stands behind the value's second quote"),
    }
}
