//! Writes and deletes: what is accepted, what is said, and what is there afterwards.

use serde_json::json;

use super::case::{Case, FROM};

const HOUR: i64 = 3_600_000_000_000;
const WEEK: i64 = 7 * 24 * HOUR;
/// The first Monday of 1970, when a shard begins.
const MONDAY: i64 = 4 * 24 * HOUR;

pub fn cases() -> Vec<Case> {
    let mut cases = lines();
    cases.extend(partial_writes());
    cases.extend(deletes());
    cases.extend(predicates());
    cases.extend(generated());
    cases
}

/// One body each, good and bad alone, and followed by a good line.
fn lines() -> Vec<Case> {
    const LINES: &[&str] = &[
        "",
        "\n \t\n",
        "# m f=1",
        "m f=1 1",
        "\t m f=1i,g=2u,h=t,s=\"x\" 1 ",
        "m,b=2,a=1 f=1 1",
        "m f=1\r",
        "m f=\"x\" 1\r",
        "m f=\"a\"b 1",
        "m f=\"a\nb\" 1",
        "m f=\"a\\\\b\\\"c\\n\" 1",
        "m\\,\\ =\",k\\,\\ \\==v\\,\\ \\= f\\,\\ \\=\\\"=1 1",
        "m \t=1 1",
        "m f=1,f=2 1",
        "m f=.5,g=5.,h=-.5,i=1e3,j=007,k=-0,l=1e-400 1",
        "m f=1 -1",
        "m f=1 9223372036854775807",
        "m f=1 -9223372036854775807",
        ",t=a f=1",
        "m",
        "m,t=a",
        "m,=a f=1",
        "m,t f=1",
        "m,t= f=1",
        "m,t=a=b f=1",
        "m,t=1,t=2 f=1",
        "m,b=1,a=1,b=2 f=1",
        "m,time=1 f=1",
        "m,_field=1 f=1",
        "m,_measurement=1 f=1",
        "m,\0=1 f=1",
        "m =1",
        "m f=",
        "m f=1,",
        "m f",
        "m f=\"x",
        "m f=1x",
        "m f=NaN",
        "m f=-1u",
        "m f=+1",
        "m f=tRUE",
        "m f=1e",
        "m f=1e400",
        "m f=9223372036854775808i",
        "m f=18446744073709551616u",
        "m f=1 1x",
        "m f=1 1 1",
        "m f=1 -",
        "m f=é",
    ];
    let case = |line: &&str| {
        Case::new(format!("line {line:?}"))
            .write(*line)
            .write(format!("{line}\nn f=1 2\n  x\n"))
            .read_back()
    };
    let invalid: &[u8] = b"m\xe2\x82,t=\xff f=\"\xc3\xa9\xc3\"x 1";
    let others = [
        Case::new("not UTF-8").write(invalid),
        read_without_time(Case::new("CR instead of a timestamp").write("m f=\"x\"\r")),
    ];
    LINES.iter().map(case).chain(others).collect()
}

fn partial_writes() -> Vec<Case> {
    let case = |name: &str, bodies: &[String]| {
        bodies.iter().fold(Case::new(name), |case, body| case.write(body.as_str())).read_back()
    };
    let next = MONDAY + WEEK;
    vec![
        case("type conflict", &["m f=1 1\nm f=1i 2\nm g=1,f=t 3\nm f=2 4".into(), "m g=1i 5".into()]),
        case("duplicate field of two types", &["m f=1,f=1i 1".into(), "m f=1i 2".into()]),
        case("field time", &["m time=1,f=1 1\nn f=1 1".into(), "m time=1 1\nm time=1,f=2 2".into()]),
        case("too long a string", &[format!("m f=1 1\nm s=\"{}\" 1", "x".repeat(1_048_577))]),
        case("types per shard", &[
            format!("m f=1 {MONDAY}\nm f=t {}\nm f=\"x\" {next}", MONDAY - 1),
            format!("m f=2 {}", next - 1),
            format!("m f=2 {next}"),
        ]),
        case("odd names", &["m\u{1}é\u{ad}\u{200b},t=a \"\u{301}\u{e000}=1 1\nm\u{1}é\u{ad}\u{200b} \"\u{301}\u{e000}=1i 1".into()]),
        case("merge", &["m f=1,g=1 1\nm f=2 2".into(), "m g=2 1\nm f=3,h=\"x\" 2".into()]),
        Case::new("several shards fail")
            .write(format!("m f=1 1\nm f=1i 2\nm f=1 {next}\nm f=t {next}"))
            .asked(30),
    ]
}

fn deletes() -> Vec<Case> {
    const LINES: &str = "m,t=a f=1,g=1 1\nm,t=a f=2 2\nm,t=b f=1 1\nn,t=a f=1 3\na=b f=1 1";
    let at = |ns: i64| format!("1970-01-01T00:00:00.00000000{ns}Z");
    let case = |name: &str, start: i64, stop: i64, predicate: &str| {
        let body = json!({ "start": at(start), "stop": at(stop), "predicate": predicate });
        Case::new(format!("delete {name}")).write(LINES).delete(&body).read_back()
    };
    let forgotten = |name: &str, lines: &str, deletes: &[(i64, i64, &str)]| {
        let case = Case::new(format!("types after a delete: {name}")).write(lines);
        let delete = |case: Case, (start, stop, predicate): &(i64, i64, &str)| {
            case.delete(&json!({ "start": at(*start), "stop": at(*stop), "predicate": predicate }))
        };
        deletes.iter().fold(case, delete).write("m f=\"s\" 3").read_back()
    };
    vec![
        case("all", 0, 9, ""),
        case("one nanosecond", 1, 1, ""),
        case("reversed", 9, 0, ""),
        case("measurement", 0, 9, "_measurement=m"),
        case("tag", 0, 9, "t=a"),
        case("not that tag", 0, 9, "t!=\"a\""),
        case("empty tag", 0, 9, "t!=\"\""),
        case("measurement like a tag", 0, 9, "a=b"),
        forgotten("gone", "m f=1 1\nn f=1 2", &[(1, 1, "")]),
        forgotten("other field left", "m f=1,g=1 1\nm g=1 2", &[(1, 1, "")]),
        forgotten("other series left", "m,t=a f=1 1\nm,t=b f=1 2", &[(0, 9, "t=a")]),
        forgotten("dropped point", "m f=1,f=1i 1\nk f=1 1", &[(0, 9, "_measurement=m")]),
        forgotten("dropped point alone", "m f=1,f=1i 1", &[(0, 9, "")]),
        forgotten("longer key", "m f=1 1\nm,t=a f=1 2", &[(1, 1, ""), (0, 9, "t=a")]),
        forgotten("longer name", "m f=1 1\nm# f=1 1", &[(0, 9, "_measurement=m")]),
    ]
}

fn predicates() -> Vec<Case> {
    const TEXTS: &[&str] = &[
        " ",
        "a=b",
        "a = \"x y\" AND (b!=1 and c=-5.5)",
        "a=5d",
        "a=true",
        "\"a\\n\\\"\"=b",
        "a or b",
        "a=b or c=d",
        "a=~/x/",
        "a !~ /x/",
        "a<1",
        "a<>1",
        "a::tag=b",
        "a select 1",
        "a 5",
        "a",
        "a=",
        "a='x'",
        "a=$p",
        "a=!",
        "a=é",
        "a=\"x",
        "a=\"\\q\"",
        "5=a",
        "=",
        "a=b -- x",
        "\na=b.c",
        "(a=b",
        "a=b)",
        "((a=b)",
        "a=b and c=d and (e=f) and g=h",
        "_field=x",
        "a=1 and _field=\"x\"",
        "_field!=x",
        "_value=1",
        "time=\"x\"",
        "a=b=c",
        "a=b,c=d",
    ];
    let case = |text: &&str| {
        let body = json!({ "start": "2020-01-01T00:00:00Z", "stop": "2020-01-02T00:00:00Z", "predicate": text });
        Case::new(format!("predicate {text:?}")).delete(&body)
    };
    TEXTS.iter().map(case).collect()
}

/// Bodies of a few lines, put together and mutated at random, always in the same way.
fn generated() -> Vec<Case> {
    const PARTS: &[&str] = &[
        "m",
        "cpu",
        ",t=a",
        ",a\\ b=1",
        ",b=x y",
        " ",
        " f=1",
        " f=1i",
        "f=\"x\"",
        ",g=\"a,b\"",
        "=",
        "\"",
        "\\",
        "\\\"",
        "\\,",
        "\\=",
        "\n",
        " 1",
        " 1000\n",
        "m f=1 1\n",
        ",g=t",
        ",time=1",
        "# c\n",
        "\t",
        "\0",
        "\r\n",
        "é",
        "m,b=1,a=2,c=3 f=1 2\n",
        "cpu,t=b f=2i 3\n",
        "m f=\"s\" 4\n",
    ];
    let mut seed = 1_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut body = || (0..=random(8)).map(|_| PARTS[random(PARTS.len())]).collect::<String>();
    (0..150)
        .map(|n| {
            let case = Case::new(format!("generated lines {n}")).may_be_unknown();
            read_without_time(case.write(body()).write(body()))
        })
        .collect()
}

/// The servers' clocks differ.
fn read_without_time(case: Case) -> Case {
    let stop = "2200-01-01T00:00:00Z";
    case.query(&format!("{FROM} |> range(start: 0, stop: {stop}) |> drop(columns: [\"_time\"])"))
}
