//! Parameters as the tree that goes beside a script, in the member `extern` of a query.
//!
//! Source: the syntax tree of Flux 0.200 (`flux-core/src/ast/mod.rs`), and what a live InfluxDB
//! 2.9.1 reads.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::literal;
use super::param::Node;
use super::script::Script;

/// JSON, as far as trees need it.
#[derive(Debug)]
pub(crate) enum Json<'a> {
    Null,
    Boolean(bool),
    Number(u64),
    Text(Cow<'a, str>),
    List(Vec<Self>),
    /// A node: its `type`, and its other members.
    Node(&'static str, Vec<(&'static str, Self)>),
    /// An object without a type.
    Plain(Vec<(&'static str, Self)>),
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, members) = match self {
            Self::Null => return serializer.serialize_unit(),
            Self::Boolean(value) => return serializer.serialize_bool(*value),
            Self::Number(value) => return serializer.serialize_u64(*value),
            Self::Text(text) => return serializer.serialize_str(text),
            Self::List(items) => return serializer.collect_seq(items),
            Self::Node(kind, members) => (Some(kind), members),
            Self::Plain(members) => (None, members),
        };
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = kind {
            map.serialize_entry("type", kind)?;
        }
        for (name, value) in members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The file of statements that the server runs in front of the script; `None` where there are none.
/// If `profiled`, the server is to tell how it ran the query.
pub(crate) fn extern_file(script: &Script, profiled: bool) -> Option<Json<'_>> {
    let params = script.params().iter().map(|(name, value)| {
        let assigned = [("id", identifier(name)), ("init", value.0.tree())];
        option(Json::Node("VariableAssignment", assigned.into()))
    });
    let body: Vec<_> = profiled.then(profilers).into_iter().chain(params).collect();
    if body.is_empty() {
        return None;
    }
    let import = || Json::Node("ImportDeclaration", vec![("path", string("profiler"))]);
    let imports = profiled.then(import).into_iter().collect();
    let members =
        vec![("package", Json::Null), ("imports", Json::List(imports)), ("body", Json::List(body))];
    Some(Json::Node("File", members))
}

/// `option profiler.enabledProfilers = ["query", "operator"]`.
fn profilers<'a>() -> Json<'a> {
    let member =
        vec![("object", identifier("profiler")), ("property", identifier("enabledProfilers"))];
    let names = vec![string("query"), string("operator")];
    option(Json::Node(
        "MemberAssignment",
        vec![("member", Json::Node("MemberExpression", member)), ("init", array(names))],
    ))
}

impl Node {
    fn tree(&self) -> Json<'_> {
        match self {
            Self::Boolean(value) => literal("BooleanLiteral", Json::Boolean(*value)),
            Self::Integer(value) => literal("IntegerLiteral", digits(*value)),
            Self::Unsigned(value) => literal("UnsignedIntegerLiteral", digits(*value)),
            // The server reads a number of JSON up to a last digit wrong.
            Self::Float(value) => {
                let mut buffer = zmij::Buffer::new();
                call("float", literal::float_text(*value, &mut buffer).to_owned().into())
            }
            Self::String(text) => string(text),
            Self::Time(time) => {
                literal("DateTimeLiteral", Json::Text(time.rfc3339().as_str().to_owned().into()))
            }
            Self::Duration(nanos) => duration(*nanos),
            Self::Regex(pattern) => literal("RegexpLiteral", Json::Text(pattern.into())),
            Self::Bytes(text) => call("bytes", text.into()),
            Self::Array(items) => array(items.iter().map(Self::tree).collect()),
            Self::Record(members) => {
                let members =
                    members.iter().map(|(name, value)| property(string(name), value.tree()));
                object(members.collect())
            }
            Self::Invalid(_) => Json::Null,
        }
    }
}

fn option(assignment: Json<'_>) -> Json<'_> {
    Json::Node("OptionStatement", vec![("assignment", assignment)])
}

fn identifier(name: &str) -> Json<'_> {
    Json::Node("Identifier", vec![("name", Json::Text(name.into()))])
}

fn literal<'a>(kind: &'static str, value: Json<'a>) -> Json<'a> {
    Json::Node(kind, vec![("value", value)])
}

fn string(text: &str) -> Json<'_> {
    literal("StringLiteral", Json::Text(text.into()))
}

/// The tree has numbers as text, so that no reader of JSON rounds them.
fn digits<'a>(value: impl itoa::Integer) -> Json<'a> {
    Json::Text(itoa::Buffer::new().format(value).to_owned().into())
}

/// A magnitude has no sign in the tree: the server drops it.
fn duration<'a>(nanos: i64) -> Json<'a> {
    if nanos == i64::MIN {
        let mut text = String::new();
        literal::duration_text(nanos, &mut text);
        return call("duration", text.into());
    }
    let term = |(magnitude, unit): (u64, &'static str)| {
        Json::Plain(vec![("magnitude", Json::Number(magnitude)), ("unit", Json::Text(unit.into()))])
    };
    let terms = literal::duration_terms(nanos.unsigned_abs()).map(term).collect();
    let positive = Json::Node("DurationLiteral", vec![("values", Json::List(terms))]);
    if nanos >= 0 {
        return positive;
    }
    Json::Node(
        "UnaryExpression",
        vec![("operator", Json::Text("-".into())), ("argument", positive)],
    )
}

fn array(elements: Vec<Json<'_>>) -> Json<'_> {
    Json::Node("ArrayExpression", vec![("elements", Json::List(elements))])
}

fn object(properties: Vec<Json<'_>>) -> Json<'_> {
    Json::Node("ObjectExpression", vec![("properties", Json::List(properties))])
}

fn property<'a>(key: Json<'a>, value: Json<'a>) -> Json<'a> {
    Json::Node("Property", vec![("key", key), ("value", value)])
}

/// `function(v: "text")`.
fn call<'a>(function: &'static str, text: Cow<'a, str>) -> Json<'a> {
    let argument = literal("StringLiteral", Json::Text(text));
    let arguments = object(vec![property(identifier("v"), argument)]);
    let members =
        vec![("callee", identifier(function)), ("arguments", Json::List(vec![arguments]))];
    Json::Node("CallExpression", members)
}
