//! Names, values and lines of hostile characters: each is refused here, or stored by the server and read
//! back exactly. Every line is judged with another line behind it.
//!
//! `HOSTILE_POINTS=200000` tries as many instead of a few thousand, `HOSTILE_SEED=n` the same ones again.

use std::collections::{BTreeMap, HashMap};
use std::mem::discriminant;

use influx_core::annotated_csv::OwnedRecord;
use influx_core::line_protocol::{self, ParsedLine, Parser, Unchecked};
use influx_core::{Point, Timestamp, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::live::{Live, live};

/// What has a meaning in line protocol, Flux or CSV.
const PIECES: [&str; 28] = [
    "a",
    "b",
    "é",
    "\u{1F980}",
    " ",
    ",",
    "=",
    "\"",
    "\\",
    "'",
    "#",
    "\t",
    "\n",
    "{",
    "$",
    "_",
    "/",
    "\u{1}",
    "\u{7f}",
    "\u{a0}",
    "\0",
    "time",
    "_value",
    "table",
    "\\,",
    "#!~",
    "#!~#",
    "\u{FEFF}",
];

#[derive(Debug, Clone, PartialEq)]
struct Case {
    measurement: String,
    tags: BTreeMap<String, String>,
    fields: BTreeMap<String, Value>,
}

fn hostile(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    // One text in twelve may hold a CR as well, which the server's CSV drops.
    let piece = prop::sample::select(&PIECES[..]);
    let plain = prop::collection::vec(piece.clone(), length.clone());
    let with_cr = prop::collection::vec(prop_oneof![4 => piece, 1 => Just("\r")], length);
    prop_oneof![11 => plain, 1 => with_cr].prop_map(|pieces| pieces.concat())
}

/// A field, whose type follows from its key, so that no two points disagree about it.
fn field() -> impl Strategy<Value = (String, Value)> {
    let value = (hostile(1..4), any::<f64>(), any::<u64>(), hostile(0..6));
    value.prop_map(|(key, float, number, text)| {
        let value = match key.bytes().map(usize::from).sum::<usize>() % 8 {
            0 => Value::Float(float),
            1 => Value::Integer(number.cast_signed()),
            2 => Value::Unsigned(number),
            3 => Value::Boolean(number % 2 == 0),
            _ => Value::String(text),
        };
        (key, value)
    })
}

fn case() -> impl Strategy<Value = Case> {
    let tags = prop::collection::btree_map(hostile(1..4), hostile(1..5), 0..3);
    let fields = prop::collection::vec(field(), 1..3).prop_map(BTreeMap::from_iter);
    (hostile(1..4), tags, fields).prop_map(|(measurement, tags, fields)| Case {
        measurement,
        tags,
        fields,
    })
}

/// Pieces of lines, in an order that sometimes makes one.
fn line() -> impl Strategy<Value = String> {
    let escaped = prop_oneof![
        hostile(1..3),
        hostile(1..3).prop_map(|text| {
            text.replace(',', "\\,").replace(' ', "\\ ").replace('=', "\\=").replace('\n', "")
        })
    ];
    let value = prop_oneof![
        hostile(0..4).prop_map(|text| format!("\"{text}\"")),
        prop::sample::select(vec![
            "1",
            "-1.5e3",
            ".5",
            "7i",
            "8u",
            "t",
            "FALSE",
            "1e",
            "\"a\\\"b\\\\\""
        ])
        .prop_map(str::to_owned),
    ];
    let tags = prop::collection::vec((escaped.clone(), escaped.clone()), 0..3);
    let fields = prop::collection::vec((escaped.clone(), value), 1..3);
    let blank = prop::sample::select(vec![" ", "  ", " \t", "\t"]);
    (escaped, tags, blank, fields).prop_map(|(measurement, tags, blank, fields)| {
        let join = |pairs: Vec<(String, String)>| {
            pairs.into_iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>()
        };
        let head = [vec![measurement], join(tags)].concat().join(",");
        format!("{head}{blank}{}", join(fields).join(","))
    })
}

/// As many as asked for, with a new seed in each run; the one that is printed repeats it.
fn some<S: Strategy>(strategy: &S) -> Vec<S::Value> {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("HOSTILE_SEED").unwrap_or_else(|| std::process::id().into());
    eprintln!("HOSTILE_SEED={seed}");
    let bytes: [u8; 32] = std::array::from_fn(|at| (seed >> (at % 8 * 8)).to_le_bytes()[0]);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let count = number("HOSTILE_POINTS").unwrap_or(3_000);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

impl Case {
    fn of(line: &ParsedLine<'_>) -> Self {
        let tags = line.tags().map(|(key, value)| (key.into_owned(), value.into_owned()));
        Self {
            measurement: line.measurement().into_owned(),
            tags: tags.collect(),
            fields: line.fields().map(|(key, value)| (key.into_owned(), value)).collect(),
        }
    }

    fn point(&self, time: i64) -> Point {
        let point = Point::measurement(&self.measurement).timestamp(Timestamp::from_nanos(time));
        let point = self.tags.iter().fold(point, |point, (key, value)| point.tag(key, value));
        self.fields.iter().fold(point, |point, (key, value)| point.field(key, value.clone()))
    }

    fn has_cr(&self) -> bool {
        let tags = self.tags.iter().flat_map(|(key, value)| [key, value]);
        let fields = self.fields.iter().map(|(key, value)| format!("{key}{value}"));
        let names: String = tags.chain([&self.measurement]).cloned().chain(fields).collect();
        names.contains('\r')
    }

    /// The rows that the case comes back as, one for each field.
    fn assert_row(&self, record: &OwnedRecord) {
        assert_eq!(record.measurement(), Some(self.measurement.as_str()));
        let field = record.field().unwrap();
        // The server's CSV has the same bytes for an empty text and for null.
        let value = record.value().filter(|value| !value.is_null());
        let wanted =
            self.fields.get(field).unwrap_or_else(|| panic!("{self:?} came back as {record:?}"));
        assert_eq!(value.cloned().unwrap_or_else(|| String::new().into()), *wanted, "{self:?}");
        let own = ["_start", "_stop", "_time", "_value", "_field", "_measurement"];
        let tags = record.iter().filter(|(column, _)| !own.contains(&column.name.as_str()));
        let tags = tags.map(|(column, value)| (column.name.clone(), value.to_string()));
        assert_eq!(tags.collect::<BTreeMap<_, _>>(), self.tags, "{self:?} came back as {record:?}");
    }

    /// Flux that only this case's rows satisfy, if their value is a text.
    fn condition(&self, time: usize) -> String {
        let tags = self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let texts = tags.chain([("_measurement", self.measurement.as_str())]);
        let texts = texts.map(|(key, value)| format!("r[{}] == {}", literal(key), literal(value)));
        let fields: Vec<_> = self
            .fields
            .iter()
            .map(|(key, value)| {
                let text = literal(value.as_str().unwrap());
                format!("(r._field == {} and r._value == {text})", literal(key))
            })
            .collect();
        let all: Vec<_> = texts.chain([format!("({})", fields.join(" or "))]).collect();
        let time = Timestamp::from_nanos(i64::try_from(time).unwrap());
        format!("(r._time == {time} and {})", all.join(" and "))
    }
}

/// A Flux string.
fn literal(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'$' | 0..=31 | 127.. => format!("\\x{byte:02x}"),
        _ => char::from(byte).to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Reads all points of the bucket and compares them with `cases`, whose place is their time.
async fn assert_stored(live: &Live, cases: &[Option<Case>]) {
    let flux = format!("{} |> filter(fn: (r) => r._measurement != \"behind\")", live.narrow());
    let mut rows = live.client.query(flux).rows::<OwnedRecord>();
    let mut count = 0;
    while let Some(record) = rows.next().await.unwrap() {
        let time = usize::try_from(record.time().unwrap().as_nanos()).unwrap();
        let case = cases[time].as_ref().expect("a refused point was stored");
        if !case.has_cr() {
            case.assert_row(&record);
        }
        count += 1;
    }
    let fields: usize = cases.iter().flatten().map(|case| case.fields.len()).sum();
    assert_eq!(count, fields, "points were lost or multiplied");
    assert_cr_stored(live, cases).await;
}

/// What the server's CSV cannot show is compared by the server.
async fn assert_cr_stored(live: &Live, cases: &[Option<Case>]) {
    let is_text = |case: &Case| case.fields.values().all(|value| value.as_str().is_some());
    let hidden: Vec<_> = cases
        .iter()
        .enumerate()
        .filter_map(|(time, case)| Some((time, case.as_ref()?)))
        .filter(|(_, case)| case.has_cr() && is_text(case))
        .collect();
    let few = cases.len() < 1_000;
    assert!(few || hidden.len() > cases.len() / 500, "only {} hold a CR", hidden.len());
    for some in hidden.chunks(20) {
        let ([(first, _), ..], [.., (last, _)]) = (some, some) else {
            unreachable!("no empty chunks")
        };
        let conditions: Vec<_> = some.iter().map(|(time, case)| case.condition(*time)).collect();
        let flux = format!(
            "import \"types\"\nfrom(bucket: {}) |> range(start: time(v: {first}), stop: time(v: {}))
                |> filter(fn: (r) => types.isType(v: r._value, type: \"string\"))
                |> filter(fn: (r) => {})",
            literal(&live.bucket),
            last + 1,
            conditions.join(" or "),
        );
        let found = live.client.query(flux).fetch::<OwnedRecord>().await.unwrap();
        let fields: usize = some.iter().map(|(_, case)| case.fields.len()).sum();
        assert_eq!(found.len(), fields, "of the points {first} to {last} some were changed");
    }
}

/// Writes the lines in batches, each with a plain line behind it.
async fn write(live: &Live, lines: &[Vec<u8>]) {
    for batch in lines.chunks(200) {
        let body: Vec<u8> =
            batch.iter().flat_map(|line| [line.as_slice(), b"behind f=1i 0\n"].concat()).collect();
        live.client.write(&live.bucket, Unchecked(body)).await.unwrap();
    }
}

/// Shapes that look dangerous and are not.
fn safe() -> Vec<Case> {
    let text = |text: &str| Value::from(text);
    let point = |measurement: &str, tags: &[(&str, &str)], fields: &[(&str, Value)]| Case {
        measurement: measurement.to_owned(),
        tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        fields: fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
    };
    let (mib, longest) = ("x".repeat(1 << 20), "x".repeat(65_535 - "m,t=".len() - 4 - "f".len()));
    vec![
        point("a=b\"c", &[], &[("f", text("x"))]),
        point("\\a\\b c", &[], &[("f", text("x"))]),
        point("a\tb\rc\u{1}", &[], &[("f", text("x"))]),
        point("m", &[("a\\,b", "c"), ("a\\=b", "c\\,d\"e")], &[("f", text("x"))]),
        point("m", &[("table", "result"), ("#\t", "\r"), ("#", "'")], &[("f", text("x"))]),
        point("m", &[("f", "1")], &[("f", text("x"))]),
        point("m", &[], &[("g\\h", text("")), ("g\\\"h", text("\r\n\t\0\\"))]),
        point("m", &[], &[("f", text("x")), ("g\th, i=", text("${x}\u{FEFF}"))]),
        point("m", &[], &[("#", text("y")), ("f", text(&mib))]),
        point("m", &[("t", &longest)], &[("f", text("x"))]),
        point(
            "m",
            &[],
            &[("n", f64::MIN_POSITIVE.into()), ("o", i64::MIN.into()), ("p", u64::MAX.into())],
        ),
    ]
}

/// Does it with some of the cases after the others, each time in a bucket of its own: the server
/// takes ever longer for a query over more series.
async fn in_rounds<T>(live: &Live, all: &[T], round: impl AsyncFn(&Live, &[T])) {
    for (number, some) in all.chunks(5_000).enumerate() {
        let mut own = live.clone();
        own.bucket = format!("{}-{number}", live.bucket);
        live.client.buckets().create(&own.bucket).await.unwrap();
        round(&own, some).await;
        live.client.buckets().delete(&own.bucket).await.unwrap();
    }
}

/// Writes the lines of what was accepted, which is more than one in so many, and reads it back.
async fn store(live: &Live, lines: &[Vec<u8>], stored: &[Option<Case>], one_in: usize) {
    // A last round may have few.
    let enough = lines.len() > stored.len() / one_in || stored.len() < 1_000;
    assert!(enough, "only {} were accepted", lines.len());
    write(live, lines).await;
    assert_stored(live, stored).await;
}

async fn write_points(live: &Live, cases: &[Case]) {
    let mut lines = Vec::new();
    let stored = cases.iter().zip(0..).map(|(case, time)| {
        let mut line = Vec::new();
        line_protocol::encode(case.point(time), &mut line).ok()?;
        lines.push(line);
        Some(case.clone())
    });
    let stored: Vec<_> = stored.collect();
    store(live, &lines, &stored, 6).await;
}

async fn write_lines(live: &Live, texts: &[String]) {
    // A field's type is that of its first line; a line that disagrees is left out.
    let mut types = HashMap::new();
    let mut lines = Vec::new();
    let stored = texts.iter().enumerate().map(|(time, text)| {
        let text = format!("{text} {time}");
        let parsed = Parser::new(&text).collect::<Result<Vec<_>, _>>().ok()?;
        // A line feed and a `#` can make a comment of its end.
        let [line] = &parsed[..] else { return None };
        line.timestamp()?;
        let case = Case::of(line);
        let agrees = case.fields.iter().all(|(key, value)| {
            let kind = discriminant(value);
            *types.entry((case.measurement.clone(), key.clone())).or_insert(kind) == kind
        });
        agrees.then(|| {
            lines.push([line.as_str().as_bytes(), b"\n"].concat());
            case
        })
    });
    let stored: Vec<_> = stored.collect();
    store(live, &lines, &stored, 10).await;
}

live! {
    async fn what_looks_dangerous_and_is_safe_is_stored_exactly(live) {
        let cases = safe();
        let lines = cases.iter().zip(0..).map(|(case, time)| {
            let mut line = Vec::new();
            line_protocol::encode(case.point(time), &mut line).unwrap();
            line
        });
        write(&live, &lines.collect::<Vec<_>>()).await;
        assert_stored(&live, &cases.into_iter().map(Some).collect::<Vec<_>>()).await;
    }

    async fn a_hostile_point_is_refused_or_comes_back_exactly(live) {
        in_rounds(&live, &some(&case()), write_points).await;
    }

    async fn a_hostile_line_is_refused_or_comes_back_as_it_was_read(live) {
        in_rounds(&live, &some(&line()), write_lines).await;
    }
}
