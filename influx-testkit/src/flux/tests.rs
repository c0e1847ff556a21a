use serde_json::{Value as Json, json};

use super::{
    Aggregate, BucketRef, Condition, Filter, Literal, Operand, Operator, Program, StageKind,
    compile,
};

/// 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_600_000_000_000;

const HOUR: i64 = 3_600_000_000_000;

fn program(script: &str) -> Program {
    compile(script, None, NOW).unwrap()
}

fn message(script: &str) -> String {
    compile(script, None, NOW).unwrap_err().message
}

/// The stages of a script with one result.
fn stages(script: &str) -> Vec<StageKind> {
    let [(_, pipeline)] = program(script).results.try_into().unwrap();
    pipeline.stages.into_iter().map(|stage| stage.kind).collect()
}

/// The filter `(r) => body` right behind a range.
fn filter(body: &str) -> Filter {
    match stages(&format!("from(bucket: \"b\") |> range(start: 0) |> filter(fn: (r) => {body})")) {
        stages if stages.len() == 2 => match &stages[1] {
            StageKind::Filter(filter) => filter.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn constant(text: &str) -> Option<Literal> {
    match filter(&format!("r.a == {text}")).condition {
        Condition::Compare { right: Operand::Literal(literal), .. } => Some(literal),
        _ => None,
    }
}

#[test]
fn a_script_becomes_pipelines() {
    let script = "
        import \"strings\"
        option now = () => 2026-01-01T00:00:00Z
        columns = [\"_time\", \"_value\"] // which ones
        d = from(bucket: \"b\") |> range(start: -1h)
        d |> keep(columns: columns) |> yield(name: \"a\")
        d |> group(columns: [\"t\"], mode: \"except\") |> limit(n: 1, offset: 2) |> sort(desc: true)";
    let program = program(script);
    let names: Vec<_> = program.results.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "_result"]);
    let [(_, keep), (_, sort)] = program.results.as_slice() else { panic!() };
    assert_eq!(keep.bucket, BucketRef::Name("b".to_owned()));
    assert_eq!(keep.stages[0].kind, StageKind::Range { start: NOW - HOUR, stop: NOW });
    assert_eq!(keep.stages[0].place, "@5:34-5:51");
    assert!(keep.stages[0].is_shared && !sort.stages[1].is_shared);
    let columns = ["_time", "_value"].map(str::to_owned).to_vec();
    assert_eq!(keep.stages[1].kind, StageKind::Keep(columns));
    let columns = vec!["_value".to_owned()];
    assert_eq!(sort.stages[3].kind, StageKind::Sort { columns, descending: true });
}

#[test]
fn literals() {
    for (text, expected) in [
        ("1", Literal::Integer(1)),
        (".5", Literal::Float(0.5)),
        ("1.", Literal::Float(1.0)),
        ("true", Literal::Boolean(true)),
        ("1970-01-02", Literal::Time(24 * HOUR)),
        ("1970-01-01T01:00:00.5+01:00", Literal::Time(500_000_000)),
        (r#""$$a\${""#, Literal::String("$$a${".into())),
        (r#""\x24{\x7d\n""#, Literal::String("${}\n".into())),
    ] {
        assert_eq!(constant(text), Some(expected), "{text}");
    }
    let Condition::Compare { left, operator, right } = filter(r"r.a !~ /a\/\x41\\/").condition
    else {
        panic!()
    };
    assert_eq!((left, operator), (Operand::Column("a".to_owned()), Operator::MatchesNot));
    assert_eq!(right, Operand::Literal(Literal::Regex(r"a/A\\".to_owned())));
}

#[test]
fn a_minus_in_a_filter_is_worked_out_there() {
    let right = |script: &str| match stages(script).pop() {
        Some(StageKind::Filter(Filter { condition: Condition::Compare { right, .. }, .. })) => {
            right
        }
        other => panic!("{other:?}"),
    };
    let read = "from(bucket: \"b\") |> range(start: 0)";
    let direct = right(&format!("{read} |> filter(fn: (r) => r.a > -1)"));
    assert_eq!(direct, Operand::Computed(Literal::Integer(-1)));
    let variable = right(&format!("x = -1\n{read} |> filter(fn: (r) => r.a > x)"));
    assert_eq!(variable, Operand::Literal(Literal::Integer(-1)));
}

#[test]
fn a_window_is_the_calls_that_the_standard_library_makes() {
    let read = "from(bucket: \"b\") |> range(start: 0)";
    let call = "tables |> quantile(q: 0.9, column: column, method: \"exact_mean\")";
    let script = format!(
        "{read} |> aggregateWindow(every: 1m, fn: (column, tables=<-) => {call}, timeSrc: \"_start\")"
    );
    let [(_, pipeline)] = program(&script).results.try_into().unwrap();
    let calls: Vec<_> =
        pipeline.stages.iter().map(|stage| (stage.function, stage.place.as_str())).collect();
    let own = ("aggregateWindow", "@1:41-1:179");
    let quantile = ("quantile", "@1:105-1:159");
    assert_eq!(calls[1..], [own, quantile, own, own, own]);
    let function = Aggregate::ExactQuantile { q: 0.9 };
    let column = "_value".to_owned();
    assert_eq!(pipeline.stages[2].kind, StageKind::Aggregate { function, column });
}

#[test]
fn durations_of_months_have_one_length() {
    let day = 24 * HOUR;
    for (text, expected) in [
        ("1mo", 2_629_800_000_000_000),
        ("1y1d", 12 * 2_629_800_000_000_000 + day),
        ("90m1s", HOUR * 3 / 2 + 1_000_000_000),
    ] {
        let stages = stages(&format!("from(bucket: \"b\") |> range(start: -{text})"));
        assert_eq!(stages, [StageKind::Range { start: NOW - expected, stop: NOW }], "{text}");
    }
}

#[test]
fn the_words_of_the_type_checker() {
    let read = "from(bucket: \"b\") |> range(start: 0)";
    for (end, expected) in [
        ("limt(n: 1)", "error @1:41-1:45: undefined identifier limt"),
        ("limit(n: 1.5)", "error @1:50-1:53: expected int but found float (argument n)"),
        (
            "limit(m: 1)",
            "error @1:50-1:51: found unexpected argument m (Expected one of `n` or `offset`)\n\n\
             error @1:41-1:52: missing required argument n",
        ),
        (
            "filter(fn: (r) => r._time =~ /a/)",
            "error @1:41-1:74: expected string but found time (argument tables)",
        ),
        ("filter(fn: (r) => r.a > true)", "error @1:65-1:69: bool is not Comparable"),
        (
            "limit(n: 1, offset: -1)",
            "error calling function \"limit\" @1:41-1:64: limit offset cannot be negative (-1)",
        ),
    ] {
        assert_eq!(message(&format!("{read} |> {end}")), expected, "{end}");
    }
}

#[test]
fn what_is_not_known_is_named() {
    let read = "from(bucket: \"b\") |> range(start: 0)";
    for (script, expected) in [
        (format!("{read} |> skew()"), "the function `skew` (@1:41-1:45)"),
        (
            format!("{read} |> aggregateWindow(every: 1mo1d, fn: mean)"),
            "windows like these (@1:41-1:80)",
        ),
        (
            format!("{read} |> aggregateWindow(every: 1m, fn: limit)"),
            "this function in `aggregateWindow` (@1:41-1:78)",
        ),
        (format!("{read} |> map(fn: (r) => ({{r with a: r.b * 2}}))"), "the function `map`"),
        (format!("{read} |> filter(fn: (r) => r.a + 1 == 2)"), "arithmetic"),
        (format!("import \"nope\"\n{read}"), "the package `nope`"),
        (format!("{read}\0 |> limit(n: 1)"), "NUL"),
        ("from(bucket: \"a${1}\")".to_owned(), "string interpolation (@1:14)"),
        // A dollar takes the next character with it, a backslash too, so this string ends early.
        (r#"from(bucket: "$\\")"#.to_owned(), "a string without an end"),
        (format!("{read} |> filter(fn: (r) => r.a =~ /a++/)"), "the regular expression /a++/"),
        (
            format!("{read} |> filter(fn: (r) => {}r.a{})", "(".repeat(100), ")".repeat(100)),
            "nested this deeply",
        ),
        (format!("{read} |> filter(fn: (r) => {})", vec!["r.a"; 100_000].join(" or ")), "nest"),
        ("from(bucket: \"b\") |> range(start: 9999-12-31)".to_owned(), "this time"),
        ("from(bucket: \"b\") |> range(start: -9223372036854775807h)".to_owned(), "overflow"),
    ] {
        let message = message(&script);
        assert!(message.contains("does not know") && message.contains(expected), "{message}");
    }
}

fn with_extern(value: &Json) -> Result<Program, String> {
    let id = json!({ "type": "Identifier", "name": "p" });
    let assignment = json!({ "type": "VariableAssignment", "id": id, "init": value });
    let file = json!({ "imports": null, "body": [assignment] });
    let script = "from(bucket: \"b\") |> range(start: 0) |> filter(fn: (r) => r.a == p)";
    compile(script, Some(&file), NOW).map_err(|refusal| refusal.message)
}

#[test]
fn parameters_are_constants() {
    for (value, expected) in [
        (json!({ "type": "StringLiteral", "value": "a\0\"" }), Literal::String("a\0\"".into())),
        (
            json!({ "type": "IntegerLiteral", "value": "-9223372036854775808" }),
            Literal::Integer(i64::MIN),
        ),
        (json!({ "type": "UnsignedIntegerLiteral", "value": "3" }), Literal::Unsigned(3)),
        (json!({ "type": "FloatLiteral", "value": 2.5 }), Literal::Float(2.5)),
        (
            json!({ "type": "DateTimeLiteral", "value": "1970-01-01T00:00:01Z" }),
            Literal::Time(1_000_000_000),
        ),
    ] {
        let program = with_extern(&value).unwrap();
        let StageKind::Filter(filter) = &program.results[0].1.stages[1].kind else { panic!() };
        let Condition::Compare { right, .. } = &filter.condition else { panic!() };
        assert_eq!(*right, Operand::Literal(expected));
    }
    for value in [
        json!({ "type": "FloatLiteral", "value": 0.123_456_789_012_345_67 }),
        json!({ "type": "DurationLiteral", "values": [{ "magnitude": -1, "unit": "h" }] }),
        json!({ "type": "StringLiteral" }),
        json!([]),
    ] {
        assert!(with_extern(&value).unwrap_err().contains("does not know"), "{value}");
    }
}

#[test]
fn a_record_from_outside_has_its_members() {
    let member = |key: Json, value: Json| json!({ "type": "Property", "key": key, "value": value });
    let property = member(
        json!({ "type": "StringLiteral", "value": "a b" }),
        json!({ "type": "IntegerLiteral", "value": "7" }),
    );
    let id = json!({ "type": "Identifier", "name": "p" });
    let compiled = |properties: Json, script: &str| {
        let record = json!({ "type": "ObjectExpression", "properties": properties });
        let assignment = json!({ "type": "VariableAssignment", "id": id, "init": record });
        let file = json!({ "imports": null, "body": [assignment] });
        let script = format!("from(bucket: \"b\") |> range(start: 0) |> limit(n: {script})");
        compile(&script, Some(&file), NOW).map_err(|refusal| refusal.message)
    };
    let program = compiled(json!([property]), "p[\"a b\"]").unwrap();
    assert_eq!(program.results[0].1.stages[1].kind, StageKind::Limit { n: 7, offset: 0 });
    for (properties, script) in [(json!([property]), "p.c"), (json!([property, property]), "1")] {
        assert!(compiled(properties, script).unwrap_err().contains("does not know"));
    }
}

#[test]
fn filters_chained_through_variables_do_not_exhaust_the_stack() {
    let script = |count: usize| {
        let filters = (0..count)
            .map(|it| format!("v{} = v{it} |> filter(fn: (r) => r.t == \"a\")\n", it + 1));
        let filters: String = filters.collect();
        format!("v0 = from(bucket: \"b\") |> range(start: -1h)\n{filters}v{count}")
    };
    assert_eq!(program(&script(400)).results.len(), 1);
    assert!(message(&script(5_000)).contains("pipelines of so many calls"));
}

#[test]
fn a_call_of_very_many_arguments_is_read_in_a_moment() {
    let arguments: Vec<_> = (0..50_000).map(|it| format!("a{it}: 1")).collect();
    assert!(message(&format!("from({})", arguments.join(", "))).contains("unexpected argument"));
}
