//! What the macro takes for Flux, what it refuses, and what it makes.

use expect_test::expect;

use super::lexer::{Kind, lex};
use super::{holes, place};

/// All mistakes, each with the text that it is about.
fn mistakes(script: &str) -> Vec<(String, String)> {
    let found = match lex(script) {
        Ok(tokens) => holes::holes(&tokens).1,
        Err(mistake) => vec![mistake],
    };
    let shown = |start: usize, length: usize| script[start..start + length].to_owned();
    found.into_iter().map(|it| (shown(it.start, it.length), it.message)).collect()
}

/// The names of all holes; those of columns with `[]`.
fn found(script: &str) -> Vec<String> {
    let tokens = lex(script).unwrap_or_else(|mistake| panic!("{script}: {mistake:?}"));
    let (holes, mistakes) = holes::holes(&tokens);
    assert_eq!(mistakes, [], "{script}");
    let name = |hole: holes::Hole<'_>| {
        if hole.is_column { format!("[{}]", hole.name) } else { hole.name.to_owned() }
    };
    holes.into_iter().map(name).collect()
}

#[test]
fn holes_stand_where_expressions_may() {
    for (script, expected) in [
        ("from(bucket: {bucket}) |> range(start: -{span})", vec!["bucket", "span"]),
        ("{rows} |> f()", vec!["rows"]),
        ("(r) => r.host == {self.host} and r._value > {limits.0}", vec!["self.host", "limits.0"]),
        ("(r) => ({r with x: {x}})", vec!["x"]),
        ("(r) => ({x: {x}, y: [{a}, {b}], z: {}})", vec!["x", "a", "b"]),
        ("(r) => {return {x}}", vec!["x"]),
        ("if {a} then {b} else {c}", vec!["a", "b", "c"]),
        ("(r) => r[{column}] =~ {pattern}", vec!["[column]", "pattern"]),
        ("f(r)[{column}]", vec!["[column]"]),
        ("[{k}: {v}]", vec!["k", "v"]),
        ("x = {x}\ny = {y}", vec!["x", "y"]),
        ("\"a ${ {x} } b ${r.host}\" + {y}", vec!["x", "y"]),
        ("{x}.member", vec!["x"]),
        ("(r) => r.a == \"{\\\"json\\\": 1}\" // { x }", vec![]),
        ("r.a =~ /a{2}\\/[{}]/ // a \" and a '", vec![]),
    ] {
        assert_eq!(found(script), expected, "{script}");
    }
}

#[test]
fn holes_stand_nowhere_else() {
    for (script, at, message) in [
        ("\"room {x}\"", "{x}", "no value goes into a string"),
        ("\"$${x}\"", "{x}", "no value goes into a string"),
        ("1 // see {x}", "{x}", "no value goes into a comment"),
        ("r =~ /a{x}/", "{x}", "no value goes into a regular expression"),
        ("r.{x}", "{x}", "write `[{x}]` for a column"),
        ("r {x}", "{x}", "no value can follow `r`"),
        ("1{x}", "{x}", "no value can follow `1`"),
        ("f(){x}", "{x}", "no value can follow `)`"),
        ("{x}{y}", "{y}", "no value can follow `{x}`"),
        ("import {x}", "{x}", "must be written out"),
        ("option {x} = 1", "{x}", "must be written out"),
        ("{x} = 1", "{x}", "a name is needed here"),
        ("f({x}: 1)", "{x}", "must be written out"),
        ("({ {x}: 1})", "{x}", "must be written out"),
        ("{f}(a: 1)", "{f}", "cannot be called"),
        ("a |> {f}", "{f}", "no function"),
        ("{x}s", "{x}", "follows the value directly"),
        ("{ x }", "{ x }", "or `{x: x}` for a record of Flux"),
    ] {
        let found = mistakes(script);
        assert!(
            matches!(&found[..], [(place, text)] if place == at && text.contains(message)),
            "{script}: {found:?}"
        );
    }
}

#[test]
fn what_is_no_flux_is_told_at_its_place() {
    for (script, at, message) in [
        ("f(a: 1", "(", "this `(` is not closed"),
        ("f(a: [1)", ")", "does not close the `[`"),
        ("1)", ")", "closes nothing"),
        ("x = \"abc", "\"", "does not end"),
        ("\"${a", "{", "is not closed"),
        ("\"\\u0041\"", "\\u", "Flux has no escape `\\u`"),
        ("\"\\$\"", "\\$", "Flux has no escape"),
        ("\"a$\\n\"", "$\\", "write `\\x24`"),
        ("r =~ /abc", "/", "does not end"),
        ("r =~ /a\\\\/ and b", "\\/", "does not end the regular expression"),
        ("/* x */", "/*", "begin each line of a comment with `//`"),
        ("x = 1e5", "1e5", "write `float(v: \"1e5\")`"),
        ("x = 1.5h", "1.5h", "is no number, duration or time"),
        ("x = 007", "007", "no zeros in front"),
        ("x = 'a'", "'", "double quotes"),
        ("x = 1;", ";", "Flux has no `;`"),
        ("a && b", "&", "write `and`"),
        ("a\0", "\0", "first NUL character"),
    ] {
        let found = mistakes(script);
        assert!(
            matches!(&found[..], [(place, text)] if place == at && text.contains(message)),
            "{script}: {found:?}"
        );
    }
}

#[test]
fn numbers_durations_times_and_divisions_are_told_apart() {
    let kinds = |script| {
        lex(script).unwrap().iter().map(|token| (token.kind, token.text)).collect::<Vec<_>>()
    };
    for number in [
        "0",
        "12",
        "1.5",
        ".5",
        "1.",
        "1h",
        "1mo2d3ms",
        "5µs",
        "1y",
        "2024-05-01",
        "2024-05-01T12:00:00Z",
        "2024-05-01T12:00:00.123456789+02:00",
        "2024-05-01T12:00:00",
    ] {
        assert_eq!(kinds(number), [(Kind::Number, number)]);
    }
    let divided = kinds("a / b / (c) / 2");
    assert!(divided.iter().all(|(kind, _)| *kind != Kind::Regex));
    assert_eq!(kinds("a =~ /b\\/c/")[2], (Kind::Regex, "/b\\/c/"));
    assert_eq!(kinds("not /b/")[1], (Kind::Regex, "/b/"));
    assert_eq!(kinds("größe")[0], (Kind::Word, "größe"));
}

#[test]
fn places_count_lines_and_characters() {
    assert_eq!(place("a\nbé{", "a\nbé".len()), "line 2, column 3 of the script");
}

#[test]
fn values_are_parameters_and_columns_are_text() {
    let input = r#"krate, "if {a} then r[{c}] else{a} + {a.b} + _a", c = f(1, 2)"#;
    let made = super::expand(input.parse().unwrap()).to_string();
    let made = made.replace(' ', "");
    expect![[r#"krate::flux::Script::__new(&["if_a_thenr[","]else_a_+_a_b+_a"],&[krate::flux::IntoParam::into_param(&(f(1,2)))],[("_a_",krate::flux::IntoParam::into_param(&(a))),("_a_b",krate::flux::IntoParam::into_param(&(a.b)))])"#]]
        .assert_eq(&made);
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    for (input, message) in [
        ("krate, x", "give it as a literal"),
        ("krate, \"{a}\", 1", "name the value, as in"),
        ("krate, \"{a}\", b = 1", "the script has no `{b}`"),
        ("krate, \"{a}\", a = 1, a = 2", "`a` is there twice"),
        ("krate, \"{a}\", a =", "a value is missing"),
    ] {
        let made = super::expand(input.parse().unwrap()).to_string();
        assert!(made.contains("compile_error") && made.contains(message), "{input}: {made}");
    }
}
