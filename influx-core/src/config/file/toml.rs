use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Document, Item, Malformed, Section};
use crate::config::entry::Raw;

pub(super) fn parse(text: &str) -> Result<Document, Malformed> {
    let table = DeTable::parse(text).map_err(|error| Malformed {
        line: error.span().map(|span| line(text, span.start)),
        // Only this: the rest quotes the line, and in it perhaps a token.
        problem: format!("this is no TOML: {}", error.message()),
    })?;
    let mut document = Document::default();
    collect(text, String::new(), table.get_ref(), &mut document);
    Ok(document)
}

/// Adds a table and those within it.
fn collect(text: &str, name: String, table: &DeTable<'_>, document: &mut Document) {
    let mut section = Section { name, items: Vec::new() };
    let mut inner = Vec::new();
    for (key, value) in table {
        match value.get_ref() {
            DeValue::Table(table) => inner.push((section.within(key.get_ref()), table)),
            value => section.items.push(Item {
                key: key.get_ref().to_string(),
                line: Some(line(text, Spanned::span(key).start)),
                value: raw(value),
            }),
        }
    }
    document.sections.push(section);
    for (name, table) in inner {
        collect(text, name, table, document);
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Boolean(boolean) => Raw::Boolean(*boolean),
        DeValue::Integer(integer) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).map_or(Raw::Other, Raw::Integer)
        }
        _ => Raw::Other,
    }
}

fn line(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}
