//! Scripts: literals, variables, `extern`, and all that is wrong with one, in the real server's words.

use serde_json::{Value, json};

use super::case::{Case, FROM};
use super::chance::Chance;

const RANGE: &str = "range(start: 0, stop: 1970-01-01T00:01:00Z)";

const DATA: &str = r#"m,t=a f=1,s="x",b=true,u=3u,i=4i 1000000000
m,t=b f=2,s="y",b=false,u=4u,i=5i 2000000000
m f=3 3000000000"#;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![bounds(), strings(), numbers(), variables(), nesting(), analyses()];
    cases.extend(wrong_calls());
    cases.extend(wrong_scripts());
    cases.extend(externs());
    cases.extend((0..40).map(mutated));
    cases
}

fn case(name: &str) -> Case {
    Case::new(format!("scripts: {name}")).write(DATA)
}

/// One query for each end of a pipeline.
fn ends(name: &str, ends: &[&str]) -> Case {
    let query = |case: Case, end: &&str| case.query(&format!("{FROM} |> {RANGE} |> {end}"));
    ends.iter().fold(case(name), query)
}

/// The syntax alone counts.
fn analyses() -> Case {
    let scripts = [
        "",
        "// nothing",
        "x = 1",
        "no_such_function()",
        r#"from(bucket: "none") |> range(start: "a") |> limit()"#,
        r#"from(bucket: "b") |> range(start: 2020-01-01T00:00:00Z) |> filter(fn: (r) => r.a =~ /a|b/)"#,
    ];
    scripts.into_iter().fold(case("analyses"), Case::analyze)
}

fn bounds() -> Case {
    let bounds = [
        "start: 0, stop: 2",
        "start: -1h, stop: 1970-01-01T00:00:03Z",
        "start: -1mo3d, stop: 1970-01-02",
        "start: -1y2w3d4h5m6s7ms8us9µs10ns, stop: 1970-01-01T01:00:00.5+01:00",
        "start: -3s, stop: 1s",
        "start: int(v: \"1\"), stop: time(v: 3000000000)",
        "start: now(), stop: 1970-01-02T00:00:10Z",
        "start: now()",
        "start: 2, stop: 2",
        "start: 3, stop: 2",
        "start: 1h",
        "start: 99999999999999",
    ];
    let query = |case: Case, bounds| {
        let now = "option now = () => 1970-01-02T00:00:04Z";
        case.query(&format!("{now}\n{FROM} |> range({bounds})"))
    };
    bounds.into_iter().fold(case("bounds of a range"), query)
}

fn strings() -> Case {
    let strings = [
        r"a",
        r"\x61",
        r#"\""#,
        r"\\",
        r"\n\r\t",
        r"$",
        r"$$",
        r"$\x7b",
        r"\${",
        r"$a",
        "日\n本",
        r"\xc3\xa9",
    ];
    let query = |case: Case, text| {
        let filter = format!("filter(fn: (r) => r.t != \"{text}\" or r.t == \"{text}\")");
        let unknown = format!("from(bucket: \"no {text}\") |> range(start: 0)");
        case.query(&format!("{FROM} |> {RANGE} |> {filter}")).query(&unknown)
    };
    strings.into_iter().fold(case("strings"), query)
}

fn numbers() -> Case {
    let numbers = [
        "1",
        "-1",
        "1.5",
        "-1.5",
        ".5",
        "1.",
        "2.0",
        "true",
        "int(v: \"3\")",
        "uint(v: \"3\")",
        "uint(v: 3)",
        "float(v: \"1e300\")",
        "float(v: \"NaN\")",
        "float(v: \"-Inf\")",
        "9223372036854775807",
        "(3)",
    ];
    let query = |case: Case, number| {
        let filter = format!("filter(fn: (r) => r._field == \"i\" and r._value <= {number})");
        case.query(&format!("{FROM} |> {RANGE} |> {filter}"))
            .query(&format!("x = {number}\n{FROM} |> {RANGE} |> filter(fn: (r) => r._value == x)"))
    };
    numbers.into_iter().fold(case("numbers"), query)
}

fn variables() -> Case {
    [
        "d = FROM\nd",
        "d = FROM |> yield(name: \"a\")",
        "d = FROM |> yield()\nd",
        "d = FROM\ne = d |> limit(n: 1)\nd |> filter(fn: (r) => r.t != \"a\") |> yield(name: \"a\")",
        "c = [\"_time\", \"_value\", \"t\"]\nFROM |> filter(fn: (r) => r._field == \"f\") |> keep(columns: c)",
        "n = -1\nFROM |> limit(n: n)",
        "import \"strings\"\nimport x \"experimental\"\nimport \"influxdata/influxdb/schema\"\nFROM |> limit(n: 1)",
        "package main\n// a comment\nFROM // and one more",
        "option p = \"a\"\nFROM |> filter(fn: (r) => r.t == p)",
        "a = \"a\"\nb = a\nFROM |> filter(fn: (r) => { return r[\"t\"] == b })",
        "0\n\"x\"\nFROM |> limit(n: 1,)",
    ]
    .into_iter()
    .fold(case("variables"), |case, script| {
        case.query(&script.replace("FROM", &format!("{FROM} |> {RANGE}")))
    })
}

/// What this server takes, the real one must take as well.
fn nesting() -> Case {
    let chain = |sign: &str, count| vec!["r.t == \"a\""; count].join(sign);
    let parentheses = format!("{}r.t == \"a\"{}", "(".repeat(30), ")".repeat(30));
    [
        parentheses,
        chain(" or ", 120),
        chain(" and ", 120),
        format!("{}exists r.t", "not ".repeat(30)),
    ]
    .into_iter()
    .fold(case("nesting"), |case, condition| {
        case.query(&format!("{FROM} |> {RANGE} |> filter(fn: (r) => {condition})"))
    })
}

fn wrong_calls() -> Vec<Case> {
    vec![
        ends(
            "missing arguments",
            &["filter()", "limit()", "pivot()", "keep()", "drop()", "tail(offset: 1)"],
        ),
        ends(
            "unexpected arguments",
            &[
                "limit(m: 5)",
                "limit(m: 5, n: 1)",
                "group(by: [\"a\"])",
                "group(by: [\"a\"], mode: \"by\")",
                "sort(cols: [\"a\"])",
                "sort(column: \"a\", d: 1)",
                "filter(f: (r) => true)",
                "yield(nam: \"a\")",
                "pivot(rowKeys: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\")",
                "filter(fn: (x) => x.t == \"a\")",
                "filter(fn: (r) => r.t == \"a\", x: 1)",
            ],
        ),
        ends(
            "arguments of the wrong type",
            &[
                "limit(n: \"1\")",
                "limit(n: 1.0)",
                "limit(n: 1.5, offset: \"a\")",
                "sort(desc: 1)",
                "yield(name: 1)",
                "keep(columns: \"a\")",
                "keep(columns: [1])",
                "keep(columns: [\"a\", 1])",
                "drop(columns: true)",
                "pivot(rowKey: \"x\", columnKey: [\"_field\"])",
                "limit(n: 1.5, m: 2)",
                "group(mode: 1h)",
            ],
        ),
        ends(
            "values that a call refuses",
            &[
                "filter(fn: (r) => true, onEmpty: \"x\")",
                "group(mode: \"x\")",
                "limit(n: 1, offset: -1)",
                "pivot(rowKey: [\"a\"], columnKey: [\"a\"], valueColumn: \"_value\")",
                "limit(n: -1)",
                "tail(n: 0)",
            ],
        ),
        ends(
            "conditions of the wrong type",
            &[
                "filter(fn: (r) => r._value > true)",
                "filter(fn: (r) => r._value >= false)",
                "filter(fn: (r) => r.t == /a/)",
                "filter(fn: (r) => r.t =~ \"a\")",
                "filter(fn: (r) => r.t =~ 1)",
                "filter(fn: (r) => 1 =~ /a/)",
                "filter(fn: (r) => r._time =~ /a/)",
                "filter(fn: (r) => not r._field)",
                "filter(fn: (r) => r.x =~ /a/) |> filter(fn: (r) => not r.x)",
                "filter(fn: (r) => r._start =~ /a/) |> limit(n: 1) |> filter(fn: (r) => r._start =~ /a/)",
            ],
        ),
        ends(
            "conditions that fail on some tables",
            &[
                "filter(fn: (r) => r.t)",
                "filter(fn: (r) => not r._value)",
                "filter(fn: (r) => r.t == r.u)",
                "filter(fn: (r) => r._value == -1)",
                "filter(fn: (r) => r._time == 1 or r._time > 1970-01-01)",
                "limit(n: 9) |> filter(fn: (r) => r._value == \"x\")",
                "limit(n: 9) |> filter(fn: (r) => r.t < 1)",
                "limit(n: 9) |> filter(fn: (r) => r._value =~ /x/)",
            ],
        ),
        ends(
            "undefined names",
            &["filtr(fn: (r) => true)", "r.x()", "filter(fn: (r) => r.t == tru)", "limit(n: n)"],
        ),
    ]
}

fn wrong_scripts() -> Vec<Case> {
    let scripts = [
        ("from of nothing", "from()"),
        ("from of two", "from(bucket: \"a\", bucketID: \"b\")"),
        ("from of a number", "from(bucket: 1) |> range(stop: 0)"),
        ("from misspelt", "from(buket: \"a\")"),
        ("form", "form(bucket: \"a\")"),
        ("from of two typos", "from(bucket: \"a\", x: 1) |> range(start: 0, y: 2)"),
        ("from into from", "from(bucket: \"a\") |> from(bucket: \"b\")"),
        ("range of a string", "from(bucket: \"a\") |> range(start: \"x\")"),
        ("range of nothing", "from(bucket: \"a\") |> range()"),
        ("range alone", "range(start: 0)"),
        ("no range", "from(bucket: \"a\")"),
        ("no range but a filter", "from(bucket: \"a\") |> filter(fn: (r) => r.t == \"a\")"),
        ("a range behind a limit", "from(bucket: \"a\") |> limit(n: 1) |> range(start: 0)"),
        (
            "one from, two ranges",
            "d = from(bucket: \"a\")\nd |> range(start: 0) |> yield(name: \"a\")\nd |> range(start: 0) |> yield(name: \"b\")",
        ),
        ("no such bucket", "from(bucket: \"no such\") |> range(start: 0)"),
        ("no such bucket ID", "from(bucketID: \"0123456789abcdef\") |> range(start: 0)"),
        ("a bucket ID that is none", "from(bucketID: \"0123\") |> range(start: 0)"),
        (
            "another bucket ID that is none",
            "from(bucketID: \"0123456789abcdeg\") |> range(start: 0)",
        ),
        ("an empty bucket", "from(bucket: \"\") |> range(start: 0)"),
        ("a number", "1"),
        ("a variable", "x = 1"),
        ("a time", "now()"),
        ("an undefined variable", "x = y"),
        (
            "a failing variable",
            "x = from(bucket: \"a\") |> range(start: \"x\")\nfrom(bucket: \"a\") |> range(start: 0)",
        ),
        (
            "two yields of a name",
            "d = from(bucket: \"a\") |> range(start: 0)\nd |> yield() |> yield()",
        ),
        (
            "a yield that is used",
            "from(bucket: \"{bucket}\") |> range(start: 0, stop: 1) |> yield() |> limit(n: 1)",
        ),
        (
            "two results",
            "from(bucket: \"{bucket}\") |> range(start: 0, stop: 1)\nfrom(bucket: \"{bucket}\") |> range(start: 0, stop: 1)",
        ),
        (
            "two results of no bucket",
            "from(bucket: \"no such\") |> range(start: 0)\nfrom(bucket: \"{bucket}\") |> range(start: 0)",
        ),
    ];
    scripts
        .into_iter()
        .map(|(name, script)| Case::new(format!("script: {name}")).query(script))
        .collect()
}

fn literal(kind: &str, value: impl Into<Value>) -> Value {
    json!({ "type": kind, "value": value.into() })
}

fn converted(function: &str, text: &str) -> Value {
    let key = json!({ "type": "Identifier", "name": "v" });
    let property =
        json!({ "type": "Property", "key": key, "value": literal("StringLiteral", text) });
    json!({
        "type": "CallExpression",
        "callee": { "type": "Identifier", "name": function },
        "arguments": [{ "type": "ObjectExpression", "properties": [property] }],
    })
}

fn minus(argument: &Value) -> Value {
    json!({ "type": "UnaryExpression", "operator": "-", "argument": argument })
}

/// A query with `p` from outside.
fn with(case: Case, script: &str, value: &Value) -> Case {
    let id = json!({ "type": "Identifier", "name": "p" });
    let assignment = json!({ "type": "VariableAssignment", "id": id, "init": value });
    let option = json!({ "type": "OptionStatement", "assignment": assignment });
    let file = json!({ "type": "File", "package": null, "imports": null, "body": [option] });
    case.query_with(&json!({ "query": script, "extern": file }))
}

fn externs() -> Vec<Case> {
    let hour = json!({ "type": "DurationLiteral", "values": [{ "magnitude": 1, "unit": "h" }] });
    let strings = [literal("StringLiteral", "_time"), literal("StringLiteral", "t")];
    let values = [
        ("a string", literal("StringLiteral", "a")),
        ("a hostile string", literal("StringLiteral", "x\" or true) // ${\0\n")),
        ("an integer", literal("IntegerLiteral", "4")),
        ("the least integer", literal("IntegerLiteral", i64::MIN.to_string())),
        ("an unsigned", literal("UnsignedIntegerLiteral", "3")),
        ("a float", literal("FloatLiteral", 2.5)),
        ("a boolean", literal("BooleanLiteral", true)),
        ("a time", literal("DateTimeLiteral", "1970-01-01T00:00:02Z")),
        ("a regular expression", literal("RegexpLiteral", "^(?:a|/)$")),
        ("a negative integer", minus(&literal("IntegerLiteral", "1"))),
        ("a negative duration", minus(&hour)),
        ("a duration", hour),
        ("an exact float", converted("float", "1e300")),
        ("a converted unsigned", converted("uint", "18446744073709551615")),
        ("a negative zero", converted("float", "-0.0")),
        ("no number", converted("float", "NaN")),
        ("the least duration", converted("duration", "-106751d23h47m16s854ms775us808ns")),
        ("bytes", converted("bytes", "a")),
        ("strings", json!({ "type": "ArrayExpression", "elements": strings })),
    ];
    let mut cases: Vec<_> = values
        .iter()
        .map(|(name, value)| {
            let scripts = [
                "|> filter(fn: (r) => r.t == p)",
                "|> filter(fn: (r) => r.t =~ p)",
                "|> filter(fn: (r) => r._field == \"i\" and r._value > p)",
                "|> filter(fn: (r) => r._field == \"f\") |> filter(fn: (r) => r._time >= p)",
                "|> limit(n: p)",
                "|> keep(columns: p)",
            ];
            let with = |case, script| with(case, &format!("{FROM} |> {RANGE} {script}"), value);
            let case = Case::new(format!("extern: {name}")).may_be_unknown().write(DATA);
            let case = scripts.into_iter().fold(case, with);
            self::with(
                case,
                &format!("{FROM} |> range(start: p, stop: 1970-01-01T00:00:03Z)"),
                value,
            )
        })
        .collect();
    let member = |name: &str, value: Value| {
        let key = literal("StringLiteral", name);
        json!({ "type": "Property", "key": key, "value": value })
    };
    let inner = json!({ "type": "ObjectExpression", "properties": [
        member("a b", literal("IntegerLiteral", "2")), member("n", literal("IntegerLiteral", "1")),
    ] });
    let record = json!({ "type": "ObjectExpression", "properties": [
        member("stop", literal("DateTimeLiteral", "1970-01-01T00:00:02Z")), member("inner", inner),
    ] });
    cases.push(
        [
            "|> range(start: 0, stop: p.stop)",
            "|> range(start: 0, stop: p.stop) |> limit(n: p.inner.n)",
            "|> range(start: 0, stop: p.stop) |> limit(n: p[\"inner\"][\"a b\"])",
        ]
        .into_iter()
        .fold(Case::new("extern: a record").write(DATA), |case, script| {
            with(case, &format!("{FROM} {script}"), &record)
        }),
    );
    let script = format!("{FROM} |> {RANGE}");
    cases.push(
        [json!({ "imports": [], "body": [] }), Value::Null]
            .into_iter()
            .fold(case("extern files"), |case, file| {
                case.query_with(&json!({ "query": script, "extern": file }))
            }),
    );
    cases
}

/// Scripts with a slip of the pen: none may run here that the real server refuses.
fn mutated(seed: u8) -> Case {
    let mut chance = Chance::new(seed);
    let scripts = [
        "FROM |> filter(fn: (r) => r.t == \"a\" and r._field == \"f\")",
        "x = \"a\"\ny = 1.5\nFROM |> filter(fn: (r) => (r.t == x or exists r.q) and not (r._value > y)) |> yield(name: \"z\")",
        "FROM |> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\") |> sort(columns: [\"f\"])",
        "d = FROM\nd |> keep(columns: [\"_time\", \"t\"]) |> yield(name: \"a\")",
        "FROM |> filter(fn: (r) => r._time >= 1970-01-01T00:00:02Z and r.t =~ /a|b/, onEmpty: \"keep\")",
    ];
    let pieces = [
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        ".",
        "|>",
        "=>",
        "=",
        "==",
        "!~",
        "<",
        "and",
        "or",
        "not",
        "exists",
        "\"",
        "/",
        "//",
        "\n",
        " ",
        "r",
        "r.t",
        "\"a\"",
        "1",
        "1.0",
        "-",
        "true",
        "fn",
        "n",
        "$",
        "\\",
        "1h",
        "07",
        "limit(n: 1)",
        "yield()",
        "/a/",
        "?",
        "%",
        "'",
        ";",
        "1e5",
        "é",
    ];
    let case = Case::new(format!("mutated scripts {seed}")).with_slips().write(DATA);
    (0..12).fold(case, |case, _| {
        let script = chance.one(&scripts);
        let mut words: Vec<_> = script.split_inclusive([' ', '(', ')', '.', ',', ':']).collect();
        for _ in 0..=chance.below(2) {
            let at = chance.below(words.len());
            match chance.below(3) {
                0 => drop(words.remove(at)),
                1 => words.insert(at, chance.one(&pieces)),
                _ => words[at] = chance.one(&pieces),
            }
        }
        let script = words.concat().replace("FROM", &format!("{FROM} |> {RANGE}"));
        case.query(&script).analyze(&script)
    })
}
