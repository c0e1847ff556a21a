//! Conditions of filters, where storage sees to them and where the query engine does.

use std::fmt::Write as _;

use super::case::{Case, FROM};
use super::chance::Chance;

const RANGE: &str = "range(start: 0, stop: 1970-01-01T00:01:00Z)";

const PIVOT: &str = r#"pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")"#;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![regular_expressions()];
    cases.extend((0..60).map(generated));
    cases
}

/// What Go and Rust might read differently, on strings that would show it.
fn regular_expressions() -> Case {
    let strings = [
        "a", "b", "ab", "A", "aab", "", "1", "a1", "_", "x-y", "x y", "é", "É", "日本", "a.b",
        "a/b", "[a]", "a^", "(a)", "a|b", "a*", "a{1}", "&", "~", "٣", "ſ", "\u{212a}", "Foo", "µ",
        "<a>", "\t",
    ];
    let mut lines = String::new();
    for (index, string) in strings.iter().enumerate() {
        writeln!(lines, "m,n={index} s=\"{string}\" 1000000000").unwrap();
    }
    let patterns = [
        r"a",
        r"^a$",
        r"^(?:a|ab)$",
        r"^$",
        r".",
        r"^.$",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\W",
        r"\S",
        r"\ba",
        r"a\B",
        r"[ab]",
        r"[^a]",
        r"[a-c]",
        r"[a-z0-9_-]",
        r"[-a]",
        r"[\d.]",
        r"[[:alpha:]]",
        r"[a&&b]",
        r"[]a]",
        r"a*?b",
        r"a+",
        r"a?b",
        r"a{2}",
        r"a{1,2}b",
        r"a{2,}",
        r"(?i)foo",
        r"(?i:k)",
        r"(?i)s",
        r"(?s).",
        r"(?P<n>a)b",
        r"\/",
        r"a\.b",
        r"\[a\]",
        r"\{1\}",
        r"}",
        r"]",
        r"é",
        r"日.",
        r"\x61",
        r"\t",
        r"\Aa\z",
        r"a|b|\*",
        r"\<a\>",
        r"[^\s\w]",
        r"^[^é]$",
        r"(a|b)(b|1)",
        r"|",
        r"^(?:)$",
    ];
    let case = Case::new("regular expressions").write(lines);
    patterns.into_iter().fold(case, |case, pattern| {
        case.query(&format!("{FROM} |> {RANGE} |> filter(fn: (r) => r._value =~ /{pattern}/)"))
    })
}

fn generated(seed: u8) -> Case {
    let mut chance = Chance::new(seed);
    let case = Case::new(format!("generated conditions {seed}")).may_be_unknown().asked(4);
    let mut case = case.write(data(&mut chance));
    for _ in 0..8 {
        let mut script = format!("x = \"a\"\nk = 1\n{FROM} |> {RANGE}");
        let columns = if chance.often(50) {
            write!(script, " |> {PIVOT}").unwrap();
            PIVOTED
        } else {
            READ
        };
        for _ in 0..=chance.below(2) {
            let condition = condition(&mut chance, columns, 0);
            let end = chance.one(&["", "", "", ", onEmpty: \"keep\""]);
            write!(script, " |> filter(fn: (r) => {condition}{end})").unwrap();
        }
        case = case.query(&script);
    }
    case
}

/// A column, and constants that it is compared with.
type Column = (&'static str, &'static [&'static str]);

const READ: &[Column] = &[
    ("t", &["\"a\"", "\"b\"", "\"\"", "x", "1", "true"]),
    ("u", &["\"a\"", "\"x y\"", "1.5"]),
    ("zz", &["\"a\"", "1"]),
    ("_measurement", &["\"m\"", "\"n\"", "2"]),
    ("_field", &["\"f\"", "\"s\"", "\"b\""]),
    ("_value", &["1", "1.5", "-1", "\"a\"", "\"\"", "true", "k", "uint(v: \"1\")"]),
    ("_time", &["1970-01-01T00:00:03Z", "\"a\""]),
];

const PIVOTED: &[Column] = &[
    ("f", &["1.0", "1.5", "-2.0", "1"]),
    ("i", &["1", "0", "-3", "1.5"]),
    ("u", &["\"a\"", "\"x y\""]),
    ("n", &["1", "uint(v: \"2\")", "-1"]),
    ("s", &["\"a\"", "\"\"", "\"1\"", "x"]),
    ("b", &["true", "false"]),
    ("t", &["\"a\"", "\"b\""]),
    ("_time", &["1970-01-01T00:00:03Z"]),
    ("zz", &["\"a\"", "1"]),
];

fn data(chance: &mut Chance) -> String {
    let fields: [(&str, &[&str]); 6] = [
        ("f", &["0", "1", "1.5", "-2"]),
        ("g", &["1", "2.5"]),
        ("i", &["0i", "1i", "-3i"]),
        ("n", &["0u", "1u", "2u"]),
        ("s", &["\"a\"", "\"\"", "\"1\"", "\"ab\""]),
        ("b", &["true", "false"]),
    ];
    let mut lines = String::new();
    for _ in 0..25 {
        let mut line = chance.one(&["m", "n", "mm"]).to_owned();
        for tag in ["t", "u", "w"] {
            if chance.often(55) {
                write!(line, ",{tag}={}", chance.one(&["a", "b", "ab", "1", "true", "x\\ y"]))
                    .unwrap();
            }
        }
        for (field, values) in fields {
            if chance.often(40) {
                let time = 1 + chance.below(5);
                writeln!(lines, "{line} {field}={} {time}000000000", chance.one(values)).unwrap();
            }
        }
    }
    lines
}

fn condition(chance: &mut Chance, columns: &[Column], depth: usize) -> String {
    if depth < 3 && chance.often(45) {
        let left = condition(chance, columns, depth + 1);
        let right = condition(chance, columns, depth + 1);
        return match chance.below(5) {
            0 | 1 => format!("({left}) and ({right})"),
            2 | 3 => format!("({left}) or ({right})"),
            _ => format!("not ({left})"),
        };
    }
    let (column, constants) = chance.one(columns);
    let constant = chance.one(constants);
    let operator = chance.one(&["==", "!=", "==", "!=", "<", "<=", ">", ">="]);
    let operator = if matches!(constant, "true" | "false") { "!=" } else { operator };
    match chance.below(12) {
        0 => format!("exists r.{column}"),
        1 => format!("not exists r[\"{column}\"]"),
        2 | 3 if constants[0].starts_with('"') => {
            let pattern = chance.one(&["a", "^a$", "^$", ".*", "b|1", "^[a-b]+$", "s|f", "(?i)A"]);
            format!("r.{column} {} /{pattern}/", chance.one(&["=~", "!~"]))
        }
        4 if column == "b" => "r.b".to_owned(),
        5 => format!("{constant} == r.{column}"),
        6 => format!("r.{column} {} r.{}", chance.one(&["==", "!="]), chance.one(columns).0),
        _ => format!("r.{column} {operator} {constant}"),
    }
}
