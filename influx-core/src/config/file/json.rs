use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::document::{Document, Item, Malformed, Section};
use crate::config::entry::Raw;

pub(super) fn parse(text: &str) -> Result<Document, Malformed> {
    let malformed = |line, problem: &str| Malformed { line, problem: problem.to_owned() };
    let value: Node = serde_json::from_str(text).map_err(|error| {
        // The error's own words may quote a secret.
        let twice = error.to_string().starts_with(TWICE);
        let problem = if twice { TWICE } else { "this is no JSON" };
        malformed(Some(error.line()), problem)
    })?;
    let Node::Object(pairs) = value else {
        return Err(malformed(None, "this is no JSON object of settings"));
    };
    let mut document = Document::default();
    collect(String::new(), pairs, &mut document);
    Ok(document)
}

const TWICE: &str = "a key is there twice";

/// Like a value of JSON, with the keys of an object in their order.
enum Node {
    Object(Vec<(String, Self)>),
    Value(Raw),
    Null,
}

/// Adds an object and those within it.
fn collect(name: String, pairs: Vec<(String, Node)>, document: &mut Document) {
    let mut section = Section { name, items: Vec::new() };
    let mut inner = Vec::new();
    for (key, node) in pairs {
        match node {
            Node::Object(pairs) => inner.push((section.within(&key), pairs)),
            Node::Value(value) => section.items.push(Item { key, line: None, value }),
            Node::Null => {}
        }
    }
    document.sections.push(section);
    for (name, pairs) in inner {
        collect(name, pairs, document);
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Nodes)
    }
}

struct Nodes;

impl<'de> Visitor<'de> for Nodes {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Value(Raw::Boolean(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Value(Raw::Integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Value(i64::try_from(value).map_or(Raw::Other, Raw::Integer)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Value(Raw::Other))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Value(Raw::Text(value.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Node::Value(Raw::Other))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut pairs: Vec<(String, Node)> = Vec::new();
        let mut keys = HashSet::new();
        while let Some((key, value)) = map.next_entry::<String, _>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom(TWICE));
            }
            pairs.push((key, value));
        }
        Ok(Node::Object(pairs))
    }
}
