//! Values that go into scripts and come out of a real server again.
//!
//! `FLUX_VALUES` is the number of random values of each type, 2,000 if it is not set.

use std::fmt::Write as _;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt as _;
use influx_core::annotated_csv::OwnedRecord;
use influx_core::flux::{IntoParam, Param, Record};
use influx_core::schema::ValueRef;
use influx_core::{ErrorKind, Timestamp, Value, flux};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::live::{Live, live};

/// Random numbers, the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next()).unwrap() % limit
    }

    /// Whole numbers of all lengths.
    fn bits(&mut self) -> u64 {
        let bits = self.next();
        bits >> self.below(64)
    }

    fn signed(&mut self) -> i64 {
        let bits = self.bits().cast_signed();
        if self.below(2) == 0 { bits } else { bits.wrapping_neg() }
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 34] = [
            "$", "${", "}", "\"", "\\", "\\\"", "$\\", "$$", "/", "//", "'", "{x}", "\\x41", "%",
            "\0", "\r", "\n", "\r\n", "\t", " ", "a", "B", "0", ".", "*", "(", ")", "[", "]", "^",
            "|", "é", "𝄞", "\u{2028}",
        ];
        let length = self.below(9);
        let mut text = String::new();
        for _ in 0..length {
            match self.below(4) {
                0 => text.push(char::from(u8::try_from(self.below(32)).unwrap())),
                1 => text.extend(char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap())),
                _ => text.push_str(PIECES[self.below(PIECES.len())]),
            }
        }
        text
    }
}

fn count() -> usize {
    std::env::var("FLUX_VALUES").map_or(2_000, |count| count.parse().unwrap())
}

/// What both ways into a script make of these values, as `show` makes it fit for a cell.
async fn returned<T: IntoParam + Clone>(live: &Live, values: &[T], show: &str) -> [Vec<Value>; 2] {
    let mut as_text =
        format!("import \"array\"\nimport \"strings\"\nshow = {show}\narray.from(rows: [");
    for (at, value) in values.iter().enumerate() {
        let literal = value.clone().into_param().literal().unwrap();
        write!(as_text, "{}{{v: show(v: {literal})}}", if at > 0 { ",\n" } else { "" }).unwrap();
    }
    as_text.push_str("])");
    let mut as_param =
        format!("import \"array\"\nimport \"strings\"\nshow = {show}\narray.from(rows: [");
    for at in 0..values.len() {
        write!(as_param, "{}{{v: show(v: p[{at}])}}", if at > 0 { ", " } else { "" }).unwrap();
    }
    as_param.push_str("])");
    let value = |record: OwnedRecord| record.get("v").unwrap().clone();
    let text = live.client.query(as_text).fetch::<OwnedRecord>().await.unwrap();
    let param = live.client.query(as_param).param("p", values);
    let param = param.fetch::<OwnedRecord>().await.unwrap();
    [text, param].map(|records| records.into_iter().map(value).collect())
}

/// Sends values in requests of 500, and holds what comes back against `expected`.
async fn round_trip<T: IntoParam + Clone>(
    live: &Live,
    values: &[T],
    show: &str,
    expected: impl Fn(&T) -> Value,
) {
    for values in values.chunks(500) {
        let wanted: Vec<_> = values.iter().map(&expected).collect();
        for (way, found) in
            ["literals", "parameters"].iter().zip(returned(live, values, show).await)
        {
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(&wanted) {
                assert!(same(found, wanted), "{way}: {wanted:?} became {found:?}");
            }
        }
    }
}

/// NaN is NaN, and a zero keeps its sign.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) if a.is_nan() => b.is_nan(),
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        // An empty cell is null or empty text.
        (Value::Null, Value::String(text)) => text.is_empty(),
        _ => a == b,
    }
}

const AS_IT_IS: &str = "(v) => v";

live! {
    async fn whole_numbers_and_truth_values_come_back(live) {
        let mut chance = Chance(1);
        let mut integers: Vec<i64> = (0..count()).map(|_| chance.signed()).collect();
        integers.extend([0, -1, i64::MAX, i64::MIN, i64::MIN + 1]);
        round_trip(&live, &integers, AS_IT_IS, |value| Value::Integer(*value)).await;
        let mut unsigned: Vec<u64> = (0..count()).map(|_| chance.bits()).collect();
        unsigned.extend([0, u64::MAX, 1 << 63]);
        round_trip(&live, &unsigned, AS_IT_IS, |value| Value::Unsigned(*value)).await;
        round_trip(&live, &[true, false], AS_IT_IS, |value| Value::Boolean(*value)).await;
    }

    async fn floats_come_back_bit_by_bit(live) {
        let mut chance = Chance(2);
        let mut floats: Vec<f64> = (0..count()).map(|_| f64::from_bits(chance.next())).collect();
        let short = |chance: &mut Chance| f64::from(u32::try_from(chance.bits() >> 40).unwrap()) / 1e3;
        floats.extend((0..count()).map(|_| short(&mut chance)));
        floats.extend([0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN]);
        floats.extend([5e-324, -5e-324, f64::MIN_POSITIVE, 0.1 + 0.2, 1e15, 1e16, 1e-5, 1e-6]);
        round_trip(&live, &floats, AS_IT_IS, |value| Value::Float(*value)).await;
    }

    async fn times_and_durations_come_back_to_the_nanosecond(live) {
        let mut chance = Chance(3);
        let mut nanos: Vec<i64> = (0..count()).map(|_| chance.signed()).collect();
        nanos.extend([0, 1, -1, i64::MAX, i64::MIN, i64::MIN + 1]);
        let times: Vec<_> = nanos.iter().map(|nanos| Timestamp::from_nanos(*nanos)).collect();
        round_trip(&live, &times, AS_IT_IS, |time| Value::Time(*time)).await;
        let spans: Vec<_> = nanos.iter().map(|nanos| TimeDelta::nanoseconds(*nanos)).collect();
        let integer = |span: &TimeDelta| Value::Integer(span.num_nanoseconds().unwrap());
        round_trip(&live, &spans, "(v) => int(v: v)", integer).await;
    }

    async fn texts_come_back_byte_by_byte(live) {
        let mut chance = Chance(4);
        let mut texts: Vec<String> = (0..count()).map(|_| chance.text()).collect();
        texts.extend((0..=0x2ff).filter_map(char::from_u32).map(String::from));
        texts.extend(["", "$\\", " or true) //", "a\rb", "\r", "\r\n", "a\\", "\u{10ffff}"].map(String::from));
        // CSV drops a CR, so the server is made to write it as something else.
        let show = r#"(v) => "x" + strings.replaceAll(v: v, t: "\r", u: "␍")"#;
        let shown = |text: &str| Value::String(format!("x{}", text.replace('\r', "␍")));
        round_trip(&live, &texts, show, |text| shown(text)).await;
        let bytes: Vec<_> = texts.iter().map(|text| Param::bytes(text.as_bytes())).collect();
        let texts = std::cell::RefCell::new(texts.into_iter());
        let expected = move |_: &Param| shown(&texts.borrow_mut().next().unwrap());
        let show = r#"(v) => "x" + strings.replaceAll(v: string(v: v), t: "\r", u: "␍")"#;
        round_trip(&live, &bytes, show, expected).await;
    }

    async fn patterns_match_what_they_say_and_nothing_else(live) {
        let mut chance = Chance(5);
        for chunk in 0..count().div_ceil(500) {
            let texts: Vec<_> = (0..500.min(count() - chunk * 500)).map(|_| chance.text()).collect();
            let mut patterns: Vec<_> =
                texts.iter().map(|text| Param::regex(format!("^(?:{})$", quoted(text)))).collect();
            let others: Vec<_> = texts.iter().map(|text| format!("{text}x")).collect();
            let as_params = patterns.clone();
            let literals: Vec<_> = patterns.drain(..).map(|it| it.literal().unwrap()).collect();
            let mut script = "import \"array\"\narray.from(rows: [".to_owned();
            for (at, literal) in literals.iter().enumerate() {
                let comma = if at > 0 { ",\n" } else { "" };
                write!(
                    script,
                    "{comma}{{a: texts[{at}] =~ {literal}, b: texts[{at}] =~ patterns[{at}], \
                     c: others[{at}] =~ {literal}, d: others[{at}] =~ patterns[{at}]}}"
                )
                .unwrap();
            }
            script.push_str("])");
            let query = live.client.query(script).param("texts", &texts).param("others", &others);
            let rows: Vec<OwnedRecord> = query.param("patterns", as_params).fetch().await.unwrap();
            assert_eq!(rows.len(), texts.len());
            for (row, text) in rows.iter().zip(&texts) {
                let found = ["a", "b", "c", "d"].map(|name| row.get(name).unwrap().as_boolean().unwrap());
                assert_eq!(found, [true, true, false, false], "{text:?}");
            }
        }
    }

    async fn a_pattern_means_the_same_as_text_and_as_a_parameter(live) {
        for (pattern, matched, other) in [
            (r"^\x2e$", ".", "a"),
            (r"^\x{1F600}$", "\u{1F600}", "x"),
            (r"^\xe9$", "é", "e"),
            (r"^a/b$", "a/b", "ab"),
            (r"^a\\$", "a\\", "a"),
            (r"a\\", "a\\", "a"),
            (r"^a\\/$", "a\\/", "a/"),
            (r"^[\x2d-\x5d/]$", "/", "-a"),
            ("^a\0b$", "a\0b", "ab"),
            ("^a\nb$", "a\nb", "ab"),
            (r"^\d+\.\w$", "12.a", "12xa"),
        ] {
            let literal = Param::regex(pattern).literal().unwrap();
            let script = format!(
                "import \"array\"\narray.from(rows: [{{a: yes =~ {literal}, b: yes =~ p, \
                 c: no =~ {literal}, d: no =~ p}}])"
            );
            let query = live.client.query(script).param("yes", matched).param("no", other);
            let rows: Vec<OwnedRecord> =
                query.param("p", Param::regex(pattern)).fetch().await.unwrap();
            let found = ["a", "b", "c", "d"].map(|name| rows[0].get(name).unwrap().as_boolean().unwrap());
            assert_eq!(found, [true, true, false, false], "{pattern}");
        }
    }

    async fn records_arrays_and_untyped_values_arrive(live) {
        let rows: Vec<_> = (0..3_i64)
            .map(|n| Record::new().member("a b", n).member("\"$", format!("{n}")).member("t", Timestamp::from_nanos(n)))
            .collect();
        let query = live.client.query("import \"array\"\narray.from(rows: rows)");
        let records: Vec<OwnedRecord> = query.param("rows", rows).fetch().await.unwrap();
        assert_eq!(records.len(), 3);
        assert_eq!(records[2].get("a b"), Some(&Value::Integer(2)));
        assert_eq!(records[2].get("\"$"), Some(&Value::String("2".into())));
        let script = "import \"array\"\narray.from(rows: [{a: v, b: w}])";
        let query = live.client.query(script).param("v", Value::Float(0.5)).param("w", ValueRef::Boolean(true));
        let records: Vec<OwnedRecord> = query.fetch().await.unwrap();
        assert_eq!(records[0].get("a"), Some(&Value::Float(0.5)));
        let nested = Record::new().member("inner", Record::new().member("list", [1_i64, 2]));
        let script = "import \"array\"\narray.from(rows: [{v: p.inner.list[1]}])";
        let records: Vec<OwnedRecord> = live.client.query(script).param("p", nested).fetch().await.unwrap();
        assert_eq!(records[0].get("v"), Some(&Value::Integer(2)));
    }

    async fn no_value_changes_what_a_filter_means(live) {
        live.client.write(&live.bucket, "m,a=1,b=2 f=1 1\nm,a=3,b=4 f=2 1").await.unwrap();
        let bucket = live.bucket.as_str();
        let (a, b) = ("$\\", " or true) //");
        let query = live.client.query(flux!(
            "from(bucket: {bucket}) |> range(start: 0, stop: 2)
                 |> filter(fn: (r) => r.a == {a} and r.b == {b})"
        ));
        assert_eq!(query.tables().await.unwrap().len(), 0);
        let literal = |text: &str| text.into_param().literal().unwrap();
        let script = format!(
            "from(bucket: bucket) |> range(start: 0, stop: 2) \
             |> filter(fn: (r) => r.a == {} and r.b == {})",
            literal(a),
            literal(b)
        );
        let query = live.client.query(script).param("bucket", bucket);
        assert_eq!(query.tables().await.unwrap().len(), 0);

        let (a, b) = (Param::regex(r"^a\\"), "/ or true) //");
        let script = format!(
            "from(bucket: bucket) |> range(start: 0, stop: 2) \
             |> filter(fn: (r) => r.a =~ {} and r.b == {})",
            a.literal().unwrap(),
            literal(b)
        );
        let query = live.client.query(script).param("bucket", bucket);
        assert_eq!(query.tables().await.unwrap().len(), 0);
        let query = live.client.query(flux!(
            "from(bucket: {bucket}) |> range(start: 0, stop: 2)
                 |> filter(fn: (r) => r.a =~ {a} and r.b == {b})"
        ));
        assert_eq!(query.tables().await.unwrap().len(), 0);
        // A hole in brackets names a column.
        let (column, text) = ("a", "3");
        let query = live.client.query(flux!(
            "from(bucket: {bucket}) |> range(start: 0, stop: 2) |> filter(fn: (r) => r[{column}] == {text})"
        ));
        assert_eq!(query.tables().await.unwrap().len(), 1);
    }

    async fn a_name_that_the_script_uses_too_is_refused(live) {
        let query = live.client.query("import \"array\"\np = 1\narray.from(rows: [{v: p}])").param("p", 2);
        assert_eq!(query.tables().await.unwrap_err().kind(), ErrorKind::InvalidFlux);
    }

    async fn the_time_of_a_query_is_what_it_is_told(live) {
        let noon: Timestamp = "2024-05-01T12:00:00.123456789Z".parse().unwrap();
        let query = live.client.query("import \"array\"\narray.from(rows: [{v: now()}])").now(noon);
        let rows: Vec<OwnedRecord> = query.fetch().await.unwrap();
        assert_eq!(rows[0].get("v"), Some(&Value::Time(noon)));
    }

    async fn syntax_errors_have_their_places(live) {
        let good = format!("from(bucket: \"{}\") |> range(start: -1h)", live.bucket);
        assert_eq!(live.client.check(good).await.unwrap(), []);
        let errors = live.client.check("x = 1\ny = (2 +\n").await.unwrap();
        assert!(!errors.is_empty());
        assert!(errors[0].line >= 2 && !errors[0].message.is_empty(), "{errors:?}");
        // What is no matter of syntax passes.
        assert_eq!(live.client.check("no_such_function()").await.unwrap(), []);
    }

    async fn a_query_that_is_dropped_ends_on_the_server_too(live) {
        // More than what the buffers between the two hold, so the server waits for the reader.
        let script = "import \"generate\"
            generate.from(count: 1000000, fn: (n) => n, start: 1970-01-01T00:00:00Z, stop: 2020-01-01T00:00:00Z)";
        let mut reply = live.client.query(script).raw();
        reply.chunk().await.unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(running(&live).await > 0, "the query has ended already");
        drop(reply);
        for _ in 0..120 {
            // Other tests' queries are short: now and then there is none.
            if running(&live).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("the query goes on");
    }

    async fn a_query_waits_as_long_as_it_is_told(live) {
        let script = "import \"generate\"
            generate.from(count: 2000000, fn: (n) => n, start: 1970-01-01T00:00:00Z, stop: 2020-01-01T00:00:00Z)
                |> sum()";
        let query = live.client.query(script).timeout(Duration::from_millis(50));
        let error = query.tables().await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        let query = live.client.query("import \"array\"\narray.from(rows: [{v: 1}])").timeout(None);
        assert_eq!(query.tables().await.unwrap().len(), 1);
    }

    async fn profiles_come_beside_the_rows(live) {
        live.client.write(&live.bucket, "m f=1 1\nm f=2 2").await.unwrap();
        let bucket = live.bucket.as_str();
        let script = flux!("import \"strings\"\nfrom(bucket: {bucket}) |> range(start: 0, stop: 3) |> map(fn: (r) => ({r with x: strings.toUpper(v: r._field)}))");
        let (rows, profile) =
            live.client.query(script.clone()).fetch_profiled::<OwnedRecord>().await.unwrap();
        assert_eq!(rows.len(), 2);
        let query = profile.query.unwrap();
        assert!(query.total > Duration::ZERO && query.total >= query.execute, "{query:?}");
        assert!(query.max_allocated > 0, "{query:?}");
        assert!(query.record.get("influxdb/scanned-bytes").is_some(), "{query:?}");
        assert!(query.plan_graph.contains("ReadRange"), "{query:?}");
        assert!(!profile.operators.is_empty());
        assert!(profile.operators.iter().all(|it| it.count > 0 && !it.kind.is_empty() && it.sum >= it.max), "{:?}", profile.operators);
        assert_eq!(profile.others, []);
        // Values from outside are constants to the planner: storage does the filtering.
        let (field, limit) = ("f", -1.5);
        let script = flux!(
            "from(bucket: {bucket}) |> range(start: 0, stop: 3)
                 |> filter(fn: (r) => r._field == {field} and r._value > {limit})"
        );
        let (rows, profile) =
            live.client.query(script).fetch_profiled::<OwnedRecord>().await.unwrap();
        assert_eq!(rows.len(), 2);
        let graph = profile.query.unwrap().plan_graph;
        assert!(graph.contains("merged_ReadRange") && !graph.contains("->"), "{graph}");
        // A script that asks by itself.
        let own = format!(
            "import \"profiler\"\noption profiler.enabledProfilers = [\"query\"]\n{}",
            "from(bucket: bucket) |> range(start: 0, stop: 3)"
        );
        let mut stream = live.client.query(own).param("bucket", bucket).stream::<OwnedRecord>();
        let mut count = 0;
        while let Some(row) = stream.next().await {
            row.unwrap();
            count += 1;
        }
        assert_eq!(count, 2);
    }
}

/// How many queries the server works on.
async fn running(live: &Live) -> u64 {
    let address = live.url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await.unwrap();
    let mut metrics = String::new();
    stream.read_to_string(&mut metrics).await.unwrap();
    let counts = metrics.lines().filter(|line| line.starts_with("qc_all_active"));
    counts.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

/// As a pattern that matches this text.
fn quoted(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        if "\\.+*?()|[]{}^$".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
