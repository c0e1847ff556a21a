//! Scripts of tasks: where the option `task` and the values of parameters go.
//!
//! Source: the grammar of Flux 0.200 (`docs/SPEC.md`, `File`), and what a live InfluxDB 2.9.1 reads.

use super::literal;
use super::script::Script;
use crate::error::Result;

/// What the option `task` says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TaskOption<'a> {
    pub(crate) name: &'a str,
    /// A duration of Flux.
    pub(crate) every: Option<&'a str>,
    pub(crate) cron: Option<&'a str>,
    /// A duration of Flux.
    pub(crate) offset: Option<&'a str>,
    pub(crate) concurrency: Option<i64>,
    pub(crate) retry: Option<i64>,
}

/// The text of a task: a script with what has to stand in it, behind its imports and before all else, so
/// that the script may name `task.every`. A task has no parameters beside its text, so their values are
/// written into it.
///
/// # Errors
/// Those of a script that cannot be sent.
pub(crate) fn task_text(script: &Script, option: Option<TaskOption<'_>>) -> Result<String> {
    script.check()?;
    let (clauses, rest) = script.text().split_at(end_of_imports(script.text()));
    let mut inserted = String::new();
    if let Some(option) = option {
        option.write(&mut inserted);
    }
    for (name, value) in script.params() {
        inserted.push_str(name);
        inserted.push_str(" = ");
        inserted.push_str(&value.literal()?);
        inserted.push('\n');
    }
    let between = if clauses.is_empty() || inserted.is_empty() { "" } else { "\n" };
    Ok([clauses, between, &inserted, rest].concat())
}

impl TaskOption<'_> {
    fn write(&self, out: &mut String) {
        out.push_str("option task = {name: ");
        literal::string(self.name, out);
        if let Some(cron) = self.cron {
            out.push_str(", cron: ");
            literal::string(cron, out);
        }
        for (key, duration) in [("every", self.every), ("offset", self.offset)] {
            if let Some(duration) = duration {
                out.extend([", ", key, ": ", duration]);
            }
        }
        for (key, count) in [("concurrency", self.concurrency), ("retry", self.retry)] {
            if let Some(count) = count {
                out.extend([", ", key, ": "]);
                literal::integer(count, out);
            }
        }
        out.push_str("}\n");
    }
}

/// Where the clauses `package` and `import` end, which may be at the start. Of a script that is no Flux,
/// any place.
fn end_of_imports(text: &str) -> usize {
    let mut rest = text;
    let mut end = 0;
    while let Some(behind) = clause(rest) {
        end = text.len() - behind.len();
        rest = behind;
    }
    end
}

/// What is behind a clause that stands first.
fn clause(text: &str) -> Option<&str> {
    let mut text = blanks(text);
    while let Some(attribute) = text.strip_prefix('@') {
        text = blanks(parameters(word(attribute).1));
    }
    match word(text) {
        ("package", rest) => Some(word(blanks(rest)).1),
        ("import", rest) => string(blanks(word(blanks(rest)).1)),
        _ => None,
    }
}

/// What is behind blanks and comments.
fn blanks(text: &str) -> &str {
    let mut text = text.trim_start();
    // No recursion: a script may have any number of lines of comment.
    while let Some(comment) = text.strip_prefix("//") {
        text = comment.split_once('\n').map_or("", |(_, rest)| rest.trim_start());
    }
    text
}

/// A word, which may be none, and what is behind it.
fn word(text: &str) -> (&str, &str) {
    let ends = |character: char| !character.is_alphanumeric() && character != '_';
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// What is behind a string.
fn string(text: &str) -> Option<&str> {
    let mut characters = text.strip_prefix('"')?.chars();
    loop {
        match characters.next()? {
            '\\' => {
                characters.next();
            }
            '"' => return Some(characters.as_str()),
            _ => {}
        }
    }
}

/// What is behind the parameters of an attribute, if it has some.
fn parameters(text: &str) -> &str {
    let Some(mut rest) = blanks(text).strip_prefix('(') else { return text };
    loop {
        rest = blanks(rest);
        if let Some(behind) = rest.strip_prefix(')') {
            return behind;
        }
        let next = string(rest).or_else(|| rest.strip_prefix(','));
        match next {
            Some(behind) => rest = behind,
            None => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Script, TaskOption, end_of_imports, task_text};
    use crate::flux::Param;

    #[test]
    fn the_option_stands_behind_the_imports() {
        for (clauses, rest) in [
            ("", "from(bucket: \"b\")"),
            ("", " // import \"a\"\nx = 1"),
            ("", "important = 1"),
            ("", "@edition(\"2022.1\") x = 1"),
            ("import \"strings\"", "\nx = 1"),
            ("package main\nimport \"a\"\nimport b \"c\\\"d\"", "\nimport_ = 1"),
            ("// first\npackage main // one\n// two\n\nimport\n\"a\"", " // three\nx = 1"),
            ("@edition(\"2022.1\")\n@a @b(\"x)\", \"y\")\nimport \"a\"", "\n@c\nx = 1"),
            ("import \"a\"", "import \"unfinished"),
            ("package é", ""),
        ] {
            assert_eq!(end_of_imports(&format!("{clauses}{rest}")), clauses.len(), "{clauses}");
        }
    }

    #[test]
    fn comments_may_be_many() {
        let clauses = format!("{}import \"a\"", "// one\n".repeat(200_000));
        assert_eq!(end_of_imports(&format!("{clauses}\nx = 1")), clauses.len());
    }

    #[test]
    fn the_text_has_the_option_and_the_values() {
        let script = Script::new("import \"a\"\nfrom(bucket: bucket)")
            .param("bucket", "my ${bucket}")
            .param("limit", 2.0)
            .param("hosts", Param::regex("a/b"));
        let option = TaskOption {
            name: "it's \"$",
            every: Some("1h"),
            retry: Some(2),
            ..TaskOption::default()
        };
        let written = "bucket = \"my \\x24{bucket}\"\nlimit = 2.0\nhosts = /a\\/b/\n";
        assert_eq!(
            task_text(&script, Some(option)).unwrap(),
            format!(
                "import \"a\"\noption task = {{name: \"it's \\\"\\x24\", every: 1h, retry: 2}}\n{written}\nfrom(bucket: bucket)"
            )
        );
        assert_eq!(task_text(&Script::new("x = 1"), None).unwrap(), "x = 1");
        let option =
            TaskOption { name: "n", cron: Some("@daily\""), offset: Some("-5m"), ..option };
        let text = task_text(&Script::new("x = 1"), Some(TaskOption { every: None, ..option }));
        assert!(text.unwrap().starts_with(
            "option task = {name: \"n\", cron: \"@daily\\\"\", offset: -5m, retry: 2}\nx = 1"
        ));
        task_text(&Script::new("a\0b"), None).unwrap_err();
    }
}
