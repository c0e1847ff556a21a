//! Aggregates, selectors and windows: pushed down to storage, and evaluated.

use std::fmt::Write as _;

use super::case::{Case, FROM};
use super::chance::Chance;

const RANGE: &str = "range(start: 1970-01-01T00:00:00Z, stop: 1970-01-02T00:00:00Z)";

/// Across 1970, where windows of storage have their zero.
const ACROSS: &str = "range(start: 1969-12-31T23:59:30Z, stop: 1970-01-01T00:01:10Z)";

const PIVOT: &str = r#"pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")"#;

const WIDE: &str = r#"pivot(rowKey: ["_stop"], columnKey: ["_field"], valueColumn: "_value")"#;

/// Every type, gaps, ties in time and in value, one point before 1970.
const DATA: &str = r#"m,t=a,u=x f=1.5,g=2i,n=7u -5000000000
m,t=a,u=x f=0.1,g=4i,b=true 10000000000
m,t=a,u=x f=0.2,s="x",n=3u 20000000000
m,t=a,u=x f=0.3,g=-4i 21000000000
m,t=b f=0.3,g=5i,s="y",b=false 10000000000
m,t=b f=2.5,n=3u 47000000000
m,u=x f=-1,g=9i,s="" 21000000000
m2,t=a f=8,g=1i 30000000000"#;

const NAMES: &[&str] =
    &["count", "sum", "mean", "min", "max", "first", "last", "spread", "stddev", "median"];

/// A pipeline and the range that it starts with.
type Query = (&'static str, String);

pub fn cases() -> Vec<Case> {
    let mut cases = grouped("aggregates", &bare());
    cases.extend(grouped("aggregates of columns", &columns()));
    cases.extend(grouped("windows", &windows()));
    cases.extend(grouped("columns", &schemas()));
    cases.extend([conditions(), unknown(), long_tables()]);
    cases.extend([windows_of_centuries(), collisions(), many_series()]);
    cases.extend((0..60).map(generated));
    cases
}

/// Many queries over one bucket.
fn grouped(name: &str, queries: &[Query]) -> Vec<Case> {
    let groups = queries.chunks(50).enumerate();
    let case = |(index, queries): (usize, &[Query])| {
        let case = Case::new(format!("{name} {index}")).write(DATA);
        queries
            .iter()
            .fold(case, |case, (range, stages)| case.query(&format!("{FROM} |> {range} {stages}")))
    };
    groups.map(case).collect()
}

fn fields(names: &[&str]) -> String {
    let terms: Vec<_> = names.iter().map(|name| format!("r._field == \"{name}\"")).collect();
    format!("|> filter(fn: (r) => {})", terms.join(" or "))
}

/// Without a column: right behind the read, behind a group there, and evaluated.
fn bare() -> Vec<Query> {
    let numbers = fields(&["f", "g", "n"]);
    let float = fields(&["f"]);
    let mut cases = Vec::new();
    for name in NAMES {
        for stages in [
            format!("{numbers} |> {name}()"),
            format!("{numbers} |> group(columns: [\"_field\", \"t\"]) |> {name}()"),
            format!("{float} |> group(columns: [\"_measurement\"]) |> {name}()"),
            format!("{float} |> group() |> {name}()"),
            format!("{float} |> group() |> sort(columns: [\"_time\"]) |> {name}()"),
            format!("{numbers} |> limit(n: 2) |> {name}()"),
            format!("{float} |> filter(fn: (r) => r._value > 0.15 and r._value < 2.0) |> {name}()"),
            format!("{numbers} |> {name}() |> drop(columns: [\"_start\"])"),
            format!(
                "{numbers} |> {name}() |> group() |> sort(columns: [\"_field\", \"t\", \"u\"])"
            ),
            format!("{numbers} |> {name}() |> {name}()"),
            format!("{numbers} |> filter(fn: (r) => false, onEmpty: \"keep\") |> {name}()"),
            format!("|> filter(fn: (r) => r._measurement == \"none\") |> {name}()"),
            format!("{numbers} |> group(columns: [\"_time\"]) |> {name}()"),
        ] {
            cases.push((RANGE, stages));
        }
        cases.push((ACROSS, format!("{numbers} |> {name}()")));
        cases.push((ACROSS, format!("{float} |> group(columns: [\"t\"]) |> {name}()")));
    }
    for name in ["count", "first", "last", "sum", "mean", "spread", "stddev", "median"] {
        let strings = fields(&["s", "b"]);
        for stages in [
            format!("{strings} |> {name}()"),
            format!("|> {name}()"),
            format!("{strings} |> group(columns: [\"_field\"]) |> {name}()"),
            format!("{strings} |> limit(n: 9) |> {name}()"),
            format!("{} |> group(columns: [\"t\"]) |> {name}()", fields(&["f", "g", "s"])),
        ] {
            cases.push((RANGE, stages));
        }
    }
    for q in ["0.0", "0.3", "0.5", "0.75", "1.0", "1.5"] {
        for method in ["exact_mean", "exact_selector", "estimate_tdigest"] {
            let quantile = format!("quantile(q: {q}, method: \"{method}\")");
            cases.push((RANGE, format!("{float} |> {quantile}")));
            cases.push((RANGE, format!("{float} |> group() |> {quantile}")));
            cases.push((RANGE, format!("{} |> {quantile}", fields(&["g"]))));
            cases.push((RANGE, format!("{} |> {quantile}", fields(&["s"]))));
        }
    }
    cases
}

/// With a column, behind `pivot`, where there are nulls.
fn columns() -> Vec<Query> {
    let mut cases = Vec::new();
    for name in NAMES {
        for column in ["f", "g", "n", "_time", "t", "zz"] {
            cases.push((RANGE, format!("|> {PIVOT} |> {name}(column: \"{column}\")")));
        }
        for column in ["f", "n", "u"] {
            let group = "group() |> sort(columns: [\"_time\", \"t\", \"u\"])";
            cases.push((RANGE, format!("|> {PIVOT} |> {group} |> {name}(column: \"{column}\")")));
        }
        cases.push((RANGE, format!("{} |> {name}(column: \"_time\")", fields(&["f"]))));
        cases.push((RANGE, format!("{} |> {name}(column: \"t\")", fields(&["f"]))));
    }
    for column in ["_value", "t", "u", "zz", "_time", "_field", "_start"] {
        let distinct = format!("distinct(column: \"{column}\")");
        let one = fields(&["f"]);
        for stages in [
            format!("|> {distinct}"),
            format!("{one} |> group() |> {distinct}"),
            format!("{one} |> group(columns: [\"u\"]) |> {distinct}"),
            format!("|> {PIVOT} |> group() |> {distinct}"),
            format!("{one} |> keep(columns: [\"{column}\"]) |> group() |> {distinct}"),
            format!("{one} |> keep(columns: [\"{column}\"]) |> group() |> {distinct} |> count()"),
            format!(
                "{one} |> keep(columns: [\"{column}\"]) |> group() |> {distinct} |> limit(n: 1)"
            ),
        ] {
            cases.push((RANGE, stages));
        }
    }
    for column in ["_value", "t", "u", "zz", "_time", "_start"] {
        let distinct = format!("distinct(column: \"{column}\")");
        let keep = format!("keep(columns: [\"{column}\"])");
        cases.push((RANGE, format!("|> {keep} |> group() |> {distinct}")));
    }
    let nothing = r#"|> filter(fn: (r) => r._field == "none")"#;
    let keys = r#"|> keep(columns: ["t"]) |> group() |> distinct(column: "t")"#;
    cases.push((RANGE, format!("{nothing} {keys}")));
    cases.push((RANGE, "|> distinct()".to_owned()));
    cases.push((RANGE, r#"|> quantile(column: "f", q: 0.5, method: "exact_selector")"#.to_owned()));
    cases.push((
        RANGE,
        format!("|> {PIVOT} |> quantile(column: \"f\", q: 0.5, method: \"exact_mean\")"),
    ));
    cases
}

fn windows() -> Vec<Query> {
    let numbers = fields(&["f", "g", "n"]);
    let float = fields(&["f"]);
    let range = "range(start: 1969-12-31T23:59:52Z, stop: 1970-01-01T00:00:48Z)";
    let mut cases = Vec::new();
    let quantile = r#"(column, tables=<-) => tables |> quantile(q: 0.9, column: column, method: "exact_mean")"#;
    let functions = NAMES.iter().copied().chain([quantile]);
    for function in functions {
        let window = |rest: &str| format!("aggregateWindow(every: 7s, fn: {function}{rest})");
        for rest in [
            "",
            ", createEmpty: false",
            ", offset: 3s",
            ", offset: -3s, createEmpty: false",
            ", period: 20s",
            ", period: 3s, createEmpty: false",
            ", timeSrc: \"_start\"",
            ", timeSrc: \"_start\", createEmpty: false",
            ", timeSrc: \"_time\", createEmpty: false",
            ", timeDst: \"at\"",
            ", timeDst: \"at\", timeSrc: \"_start\", createEmpty: false",
            ", column: \"_value\"",
        ] {
            cases.push((range, format!("{float} |> {}", window(rest))));
        }
        for rest in ["", ", createEmpty: false", ", period: 20s"] {
            let window = window(rest);
            for stages in [
                format!("{numbers} |> {window}"),
                format!("{float} |> group() |> {window}"),
                format!("{float} |> group(columns: [\"t\"]) |> {window}"),
                format!("{float} |> filter(fn: (r) => r._value > 0.15 and true) |> {window}"),
                format!("{float} |> limit(n: 2) |> {window}"),
                format!("|> {PIVOT} |> {}", window.replace("every", "column: \"g\", every")),
                format!(
                    "|> {PIVOT} |> group() |> {}",
                    window.replace("every", "column: \"f\", every")
                ),
                format!(
                    "{numbers} |> {window} |> limit(n: 2) |> sort(columns: [\"_time\"], desc: true)"
                ),
                format!("{numbers} |> {window} |> {PIVOT}"),
                format!(
                    "{float} |> limit(n: 3) |> {window} |> sort(columns: [\"_time\"]) |> limit(n: 2)"
                ),
                format!(
                    "{float} |> range(start: 1970-01-01T00:00:05Z, stop: 1970-01-01T00:00:25Z) |> {window}"
                ),
                format!("{} |> {window}", fields(&["s"])),
                format!("{} |> {window}", fields(&["b", "f"])),
                format!("|> drop(columns: [\"_time\"]) |> {window}"),
            ] {
                if !(stages.contains("min") || stages.contains("max"))
                    || !(stages.contains("\"s\"")
                        || stages.contains("\"b\"")
                        || stages.contains("drop"))
                {
                    cases.push((range, stages));
                }
            }
        }
    }
    for every in ["1m", "1h", "1d", "1w", "1ms1s", "1mo", "2mo", "1y", "90s"] {
        for rest in ["", ", createEmpty: false"] {
            for name in ["mean", "max", "spread"] {
                let window = format!("aggregateWindow(every: {every}, fn: {name}{rest})");
                cases.push((ACROSS, format!("{numbers} |> {window}")));
            }
        }
    }
    cases
}

fn schemas() -> Vec<Query> {
    let one = fields(&["f"]);
    let stages = [
        format!("{one} |> rename(columns: {{_value: \"v\", t: \"tag\"}})"),
        format!("{one} |> rename(columns: {{_value: \"t\"}})"),
        format!("{one} |> rename(columns: {{zz: \"t\"}})"),
        format!("{one} |> rename(columns: {{u: \"t\", t: \"u\"}}) |> group(columns: [\"t\"])"),
        format!("|> {PIVOT} |> rename(columns: {{f: \"load\", \"g\": \"f\"}}) |> group()"),
        format!("{one} |> set(key: \"t\", value: \"z\")"),
        format!("{one} |> set(key: \"new\", value: \"\")"),
        format!("{one} |> group() |> set(key: \"new\", value: \"q\")"),
        format!("|> mean() |> {WIDE}"),
        format!("{} |> mean() |> {WIDE}", fields(&["f", "g", "n"])),
        format!("{} |> last() |> {PIVOT}", fields(&["f", "g"])),
        format!(
            "{} |> max() |> pivot(rowKey: [\"_time\", \"_start\"], columnKey: [\"_field\"], valueColumn: \"_value\")",
            fields(&["f", "n"])
        ),
        format!("{} |> spread() |> group(columns: [\"t\"]) |> {WIDE}", fields(&["f"])),
    ];
    stages.into_iter().map(|stages| (RANGE, stages)).collect()
}

/// What a typed builder makes of conditions.
fn conditions() -> Case {
    let mut tree: Vec<String> =
        (0..256).map(|n| format!("r[\"g\"] == {n} or r.t == \"t{n}\"")).collect();
    while tree.len() > 1 {
        tree = tree.chunks(2).map(|pair| format!("({})", pair.join(") or ("))).collect();
    }
    let scripts = [
        format!(
            "v0 = -5\n{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"g\" and r._value > v0)"
        ),
        format!(
            "v1 = float(v: \"2.5\")\n{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"f\" and r._value >= v1)"
        ),
        format!(
            "v2 = uint(v: \"3\")\n{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"n\" and r._value == v2)"
        ),
        format!(
            "v3 = int(v: \"-9223372036854775808\")\n{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"g\" and r._value >= v3)"
        ),
        format!(
            "v4 = time(v: \"1970-01-01T00:00:20Z\")\n{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"g\" and r._time >= v4)"
        ),
        format!(
            "v5 = 1970-01-01T00:00:20.000000000Z\n{FROM} |> {RANGE} |> {PIVOT} |> filter(fn: (r) => r._time >= v5)"
        ),
        format!("v6 = /^x$/\n{FROM} |> {RANGE} |> filter(fn: (r) => r.u =~ v6)"),
        format!(
            "v7 = true\n{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"b\" and r._value == v7)"
        ),
        format!("{FROM} |> {RANGE} |> {PIVOT} |> filter(fn: (r) => {})", tree[0]),
        format!(
            "{FROM} |> {RANGE} |> filter(fn: (r) => {})",
            tree[0].replace("r[\"g\"] == ", "r.u == \"").replace(" or r.t", "\" or r.t")
        ),
        format!("{FROM} |> {RANGE} |> filter(fn: (r) => false)"),
        format!("{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"f\" and false)"),
        format!("{FROM} |> {RANGE} |> filter(fn: (r) => r._field == \"f\" and true)"),
        format!(
            "{FROM} |> {RANGE} |> {PIVOT} |> filter(fn: (r) => true and (false or exists r.f))"
        ),
        format!(
            "{FROM} |> {RANGE} |> {PIVOT} |> filter(fn: (r) => exists r[\"g\"] and not exists r[\"n\"])"
        ),
        format!(
            "{FROM} |> {RANGE} |> {PIVOT} |> group() |> filter(fn: (r) => r[\"u\"] != \"y\" or r[\"zz\"] == 1)"
        ),
        format!("{FROM} |> {RANGE} |> {PIVOT} |> group() |> filter(fn: (r) => not (r.f > 0.2))"),
        format!("{FROM} |> {RANGE} |> {PIVOT} |> filter(fn: (r) => r.s =~ /x/ and r.s !~ /y/)"),
        format!("{FROM} |> {RANGE} |> {PIVOT} |> filter(fn: (r) => r.b == true or r.b == false)"),
        format!("{FROM} |> {RANGE} |> {PIVOT} |> filter(fn: (r) => r.n > 3 and r.n < uint(v: 9))"),
        format!(
            "{FROM} |> range(start: -100y, stop: now()) |> filter(fn: (r) => r._field == \"f\") |> drop(columns: [\"_start\", \"_stop\"])"
        ),
        format!(
            "{FROM} |> range(start: 1970-01-01T00:00:10.000000000Z, stop: 1970-01-01T00:00:20.000000001Z) |> filter(fn: (r) => r._field == \"f\")"
        ),
    ];
    let case = Case::new("conditions of a builder").write(DATA);
    scripts.iter().fold(case, |case, script| case.query(script))
}

/// What no builder asks, and the test kit refuses in words of its own.
fn unknown() -> Case {
    let stages = [
        "aggregateWindow(every: 0s, fn: mean)",
        "aggregateWindow(every: -1s, fn: mean)",
        "aggregateWindow(every: 1mo1d, fn: mean)",
        // The types meet in an order that is not known.
        r#"group(columns: ["t"]) |> mean()"#,
        r#"group(columns: ["t"]) |> first()"#,
        r#"group(columns: ["t"]) |> spread()"#,
        r#"keep(columns: ["_field"]) |> group() |> distinct(column: "_field")"#,
    ];
    let case = Case::new("what the test kit does not know").unknown().write(DATA);
    let query = |case: Case, stages| case.query(&format!("{FROM} |> {RANGE} |> {stages}"));
    stages.into_iter().fold(case, query)
}

/// More rows than come in one block, in several shards, of floats whose order of addition shows.
fn long_tables() -> Case {
    let mut lines = String::new();
    for row in 0..2_500_u32 {
        let value = f64::from(row * 7 % 31) / 10.0;
        writeln!(lines, "m,t=a f={value},g={row}i {row}000000000").unwrap();
    }
    for day in 0..60_u32 {
        writeln!(lines, "m,t=b f={} {}000000000", f64::from(day * 5 % 4) / 3.0, day * 86_400)
            .unwrap();
    }
    let case = Case::new("long tables of aggregates").write(lines);
    let range = "range(start: 1970-01-01T00:00:00Z, stop: 1970-05-01T00:00:00Z)";
    let float = fields(&["f"]);
    let mut stages = Vec::new();
    for name in NAMES {
        stages.push(format!("|> {name}()"));
        stages.push(format!("{float} |> group() |> {name}()"));
        stages.push(format!("{float} |> limit(n: 2000) |> {name}()"));
        stages.push(format!(
            "{float} |> aggregateWindow(every: 13m, fn: {name}, createEmpty: false)"
        ));
        stages.push(format!("{float} |> group() |> aggregateWindow(every: 1d, fn: {name})"));
        stages
            .push(format!("{float} |> aggregateWindow(every: 1s, fn: {name}, createEmpty: false)"));
        stages.push(format!("{float} |> aggregateWindow(every: 7h, period: 1d, fn: {name})"));
    }
    let query = |case: Case, stages| case.query(&format!("{FROM} |> {range} {stages}"));
    stages.into_iter().fold(case, query)
}

/// Windows are made where points are, however long the range is.
fn windows_of_centuries() -> Case {
    let lines =
        "m f=1,g=1i -9200000000000000000\nm f=2 -1\nm f=3,g=5i 0\nm f=4 9200000000000000000";
    let case = Case::new("windows of centuries").write(lines);
    let ranges = [
        "range(start: 1677-09-21T00:12:43.145224192Z, stop: 2262-04-11T23:47:16.854775807Z)",
        "range(start: 1823-11-12T00:06:21.572612096Z, stop: 2116-02-20T23:53:38.427387903Z)",
    ];
    let mut queries = Vec::new();
    for range in ranges {
        for name in ["count", "mean", "first", "max", "spread", "median"] {
            for every in ["1s", "1h", "1mo"] {
                let window =
                    format!("aggregateWindow(every: {every}, fn: {name}, createEmpty: false)");
                queries.push(format!("{range} |> {window}"));
                let float = fields(&["f"]);
                queries.push(format!("{range} {float} |> group() |> {window}"));
            }
        }
    }
    queries.iter().fold(case, |case, query| case.query(&format!("{FROM} |> {query}")))
}

/// Types that meet in the first group, or in a later one.
fn collisions() -> Case {
    let lines =
        "m,t=a f=1 1\nm,t=b f=1,g=1i 1\nn,t=a f=1,g=1i,s=\"x\" 1\no,t=a g=1i 1\no,u=b f=1,g=1i 1";
    let case = Case::new("types that meet in groups").write(lines);
    let measurements = ["m", "n", "o"];
    let queries = measurements.into_iter().flat_map(|name| {
        let filter = format!("filter(fn: (r) => r._measurement == \"{name}\")");
        let functions = ["sum()", "first()", "last()", "mean()", "count()", "limit(n: 1)"];
        functions.map(|function| format!("{filter} |> group(columns: [\"t\"]) |> {function}"))
    });
    queries.fold(case, |case, query| case.query(&format!("{FROM} |> {RANGE} |> {query}")))
}

/// So many series that the real server's sort mixes those of one group.
fn many_series() -> Case {
    let mut lines = String::new();
    for series in 0..40_u32 {
        let host = series * 7 % 40;
        for time in 0..3_u32 {
            let value = f64::from(series * 3 + time) / 8.0;
            writeln!(lines, "m,host=h{host},zone=z{} f={value} {time}", series % 3).unwrap();
        }
    }
    let case = Case::new("many series in a group").write(lines);
    let windows = "aggregateWindow(every: 1s, fn: first, createEmpty: false)";
    let sort = "sort(columns: [\"_time\"])";
    let stages = ["count()", "sum()", "mean()", "min()", "max()", "first()", "last()", "median()"]
        .map(str::to_owned)
        .into_iter()
        .chain([
            "sort(columns: [\"_value\"])".to_owned(),
            "sort(columns: [\"_value\"]) |> limit(n: 5)".to_owned(),
            format!("{sort} |> limit(n: 5)"),
            format!("{sort} |> first()"),
            format!("{sort} |> {windows}"),
            windows.replace("first", "mean"),
            "distinct(column: \"host\")".to_owned(),
            "filter(fn: (r) => r._value > 2.0 and true)".to_owned(),
        ]);
    let groups = ["group()", r#"group(columns: ["zone", "_field"])"#];
    let queries = stages.flat_map(|stage| groups.map(|group| format!("{group} |> {stage}")));
    queries.fold(case, |case, query| case.query(&format!("{FROM} |> {RANGE} |> {query}")))
}

/// A data set and a few pipelines over it.
fn generated(seed: u8) -> Case {
    let mut chance = Chance::new(seed.wrapping_add(100));
    let case = Case::new(format!("generated aggregates {seed}")).may_be_unknown();
    let mut case = case.write(data(&mut chance));
    for _ in 0..8 {
        let start =
            chance.one(&["1969-12-31T23:59:40Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:05Z"]);
        let mut stages = fields(chance.one(&[&["f"], &["g"], &["f", "g"], &["f", "n"], &["n"]]));
        for _ in 0..1 + chance.below(4) {
            write!(stages, " |> {}", stage(&mut chance)).unwrap();
        }
        case = case.query(&format!(
            "{FROM} |> range(start: {start}, stop: 1970-01-01T00:00:50Z) {stages}"
        ));
    }
    case
}

fn data(chance: &mut Chance) -> String {
    let mut lines = String::new();
    for _ in 0..chance.one(&[3, 8, 15, 40, 80]) {
        lines.push_str(chance.one(&["m", "m", "m2"]));
        for tag in ["t", "u"] {
            if chance.often(70) {
                write!(lines, ",{tag}={}", chance.one(&["a", "b", "c"])).unwrap();
            }
        }
        let count = 1 + chance.below(3);
        let fields: Vec<_> = chance
            .some(&["f", "g", "n"], count)
            .into_iter()
            .map(|field| match field {
                "f" => format!("f={}", chance.one(&["0.1", "0.7", "1e15", "-2.5", "3", "1e-3"])),
                "g" => format!("g={}i", chance.one(&["-3", "0", "2", "4000000000"])),
                _ => format!("n={}u", chance.one(&["0", "5", "18446744073709551615"])),
            })
            .collect();
        let time = i64::try_from(chance.below(70)).unwrap() - 20;
        writeln!(lines, " {} {}", fields.join(","), time * 1_000_000_000).unwrap();
    }
    lines
}

fn stage(chance: &mut Chance) -> String {
    let name = chance.one(NAMES);
    let column = chance.one(&["_value", "_value", "_value", "f", "g", "n", "_time", "t"]);
    let every = chance.one(&["1s", "3s", "10s", "1m", "7s500ms"]);
    let rest = chance.one(&[
        "",
        "",
        ", createEmpty: false",
        ", offset: 2s",
        ", period: 8s",
        ", timeSrc: \"_start\"",
    ]);
    let q = chance.one(&["0.1", "0.5", "0.95"]);
    let method = chance.one(&["exact_mean", "exact_selector", "estimate_tdigest"]);
    match chance.below(16) {
        0..4 => format!("{name}()"),
        4 => format!("{name}(column: \"{column}\")"),
        5..8 => format!("aggregateWindow(every: {every}, fn: {name}{rest})"),
        8 => format!("aggregateWindow(every: {every}, fn: {name}, column: \"{column}\"{rest})"),
        9 => format!("quantile(q: {q}, column: \"{column}\", method: \"{method}\")"),
        10 => format!("distinct(column: \"{column}\")"),
        11 => PIVOT.to_owned(),
        12 => "group()".to_owned(),
        13 => format!(
            "group(columns: [\"t\", \"_field\"]) |> sort(columns: [\"{column}\", \"_time\"])"
        ),
        14 => {
            format!("group(columns: {:?})", chance.some(&["t", "u", "_field", "_measurement"], 2))
        }
        _ => format!("limit(n: {})", chance.one(&[1, 2, 20])),
    }
}
