//! Names: how they are made from identifiers, which ones line protocol cannot carry, and how they
//! are escaped. The escapes are those of `influx_core::line_protocol`; a test of the workspace
//! compares the two.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase,
};

/// The values of `rename_all`.
pub(crate) const RULES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "snake_case",
    "camelCase",
    "PascalCase",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// Renames by one of [`RULES`]; `None` for another.
pub(crate) fn rename(rule: &str, name: &str) -> Option<String> {
    Some(match rule {
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "snake_case" => name.to_snake_case(),
        "camelCase" => name.to_lower_camel_case(),
        "PascalCase" => name.to_pascal_case(),
        "SCREAMING_SNAKE_CASE" => constant(name),
        "kebab-case" => name.to_kebab_case(),
        "SCREAMING-KEBAB-CASE" => name.to_shouty_kebab_case(),
        _ => return None,
    })
}

/// The name of a measurement whose struct has this name.
pub(crate) fn measurement(name: &str) -> String {
    name.to_snake_case()
}

/// The name of a member's column constant.
pub(crate) fn constant(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// What a name is for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Measurement,
    Tag,
    Field,
    TagText,
}

impl Part {
    const fn noun(self) -> &'static str {
        match self {
            Self::Measurement => "measurement name",
            Self::Tag => "tag key",
            Self::Field => "field key",
            Self::TagText => "tag value",
        }
    }

    const fn escapes(self) -> &'static [u8] {
        match self {
            Self::Measurement => b", ",
            Self::Tag | Self::TagText => b", =",
            Self::Field => b", =\"",
        }
    }

    /// Before these a backslash does not survive.
    const fn unsafe_after_backslash(self) -> &'static [char] {
        match self {
            Self::Measurement | Self::Field => &[',', ' ', '=', '"'],
            Self::Tag | Self::TagText => &[' '],
        }
    }
}

const RESERVED: [&str; 7] =
    ["time", "_time", "_value", "_field", "_measurement", "_start", "_stop"];

/// Tags that no filter on the server finds.
const HIDDEN_TAGS: [&str; 2] = ["$", "_name"];

/// Why line protocol, or the server, cannot take the name; with the remedy.
pub(crate) fn refuse(part: Part, name: &str) -> Option<String> {
    let noun = part.noun();
    if name.is_empty() {
        return Some(format!("the {noun} is empty; give it a name"));
    }
    let reserved = match part {
        Part::Tag => RESERVED.contains(&name) || HIDDEN_TAGS.contains(&name),
        Part::Field => RESERVED.contains(&name),
        Part::Measurement | Part::TagText => false,
    };
    if reserved {
        let remedy = if name.ends_with("time") {
            "use #[timestamp] for the time of the point, or choose another name"
        } else {
            "choose another name with `name = \"…\"`"
        };
        return Some(format!("the {noun} `{name}` is reserved by the server; {remedy}"));
    }
    let cannot = |what: String| Some(format!("the {noun} {what}; choose another name"));
    // Before a quote in a field key it survives, unless the key holds another byte that is escaped.
    let harmless = part == Part::Field && !name.contains([',', ' ', '=']);
    let pair = |c: char| {
        (c != '"' || !harmless)
            && part.unsafe_after_backslash().contains(&c)
            && name.contains(&format!("\\{c}"))
    };
    match name.chars().next() {
        Some('#') if part == Part::Measurement => {
            cannot("starts with `#`, which the server would skip as a comment".into())
        }
        Some('\t' | '\0') if matches!(part, Part::Measurement | Part::Field) => {
            cannot("starts with a tab or NUL, which the server would cut off".into())
        }
        Some('\0') if part == Part::Tag && name.len() == 1 => {
            cannot("is a NUL byte, which the server reserves".into())
        }
        _ if part != Part::Field && (name.contains("#!~#") || name.ends_with("#!~")) => cannot(
            "holds `#!~#` or ends in `#!~`, with which the server's storage ends a series".into(),
        ),
        _ if name.contains('\n') => cannot("holds a line feed, which would split the line".into()),
        _ if name.ends_with('\\') => {
            cannot("ends in a backslash, which line protocol cannot carry there".into())
        }
        _ => [',', ' ', '=', '"'].into_iter().find(|c| pair(*c)).and_then(|c| {
            cannot(format!(
                "holds a backslash before {c:?}, which line protocol cannot carry there"
            ))
        }),
    }
}

/// The name as it stands in a line.
pub(crate) fn escape(part: Part, name: &str) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(name.len());
    for byte in name.bytes() {
        if part.escapes().contains(&byte) {
            escaped.push(b'\\');
        }
        escaped.push(byte);
    }
    escaped
}
