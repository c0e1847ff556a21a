//! What stands around the lines, the script and the predicate: URLs, headers, encodings.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::case::{Case, FROM};

pub fn cases() -> Vec<Case> {
    let mut cases = targets();
    cases.extend(precisions());
    cases.extend(encodings());
    cases.extend(delete_targets());
    cases.extend(delete_bodies());
    cases.extend(query_targets());
    cases.push(gzipped_replies());
    cases
}

fn targets() -> Vec<Case> {
    [
        "bucket={bucket}&org={org}",
        "bucket={bucket_id}&org={org_id}",
        "bucket={bucket}&orgID={org_id}",
        "bucket={bucket}&org={org}&orgID=",
        "bucket={bucket}&org=nobody&orgID={org_id}",
        "bucketID={bucket_id}&org={org}",
        "bucket=&org={org}",
        "org={org}",
        "bucket={bucket}",
        "bucket={bucket}&org=",
        "bucket={bucket}&org=nobody",
        "bucket={bucket}&org=0123456789abcdef",
        "bucket={bucket}&orgID=0123456789abcdef",
        "bucket={bucket}&orgID=0123456789abcdeg",
        "bucket={bucket}&orgID=short",
        "bucket=nowhere&org={org}",
        "bucket=0123456789abcdef&org={org}",
        "bucket=nowhere&org=nobody",
        "bucket=a%22b%3Cc%3E%5C%0A%01%C3%A9%E2%80%A8&org={org}",
        "bucket={bucket}&org=a%22b%3Cc%3E%5C%0A%01%C3%A9%E2%80%A8",
        "bucket={bucket}&bucket=nowhere&org={org}",
        "",
    ]
    .map(|query| {
        let case = Case::new(format!("write to {query}"));
        case.post(&format!("/api/v2/write?{query}"), "m f=1 1").read_back()
    })
    .into()
}

fn precisions() -> Vec<Case> {
    ["", "ns", "us", "ms", "s", "n", "u", "µs", "m", "h", "NS"]
        .map(|precision| {
            let parameter = format!("&precision={}", precision.replace('µ', "%C2%B5"));
            let case = Case::new(format!("precision {precision:?}"));
            case.write_with(&parameter, "m f=1 1\nm f=2 -1\nm f=3 1500000000").read_back()
        })
        .into_iter()
        .chain([
            Case::new("seconds out of range").write_with("&precision=s", "m f=1 9223372037"),
            Case::new("the last second").write_with("&precision=s", "m f=1 9223372036").read_back(),
            Case::new("a bad precision comes first").write_with("&precision=x&org=nobody", "m"),
        ])
        .collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn encodings() -> Vec<Case> {
    let whole = gzip(b"m f=1 1\n");
    let flipped = |from_end: usize| {
        let mut bytes = whole.clone();
        let at = bytes.len() - from_end;
        bytes[at] ^= 1;
        bytes
    };
    [
        ("whole", "gzip", whole.clone()),
        ("under its old name", "x-gzip", whole.clone()),
        ("in two members", "gzip", [whole.clone(), gzip(b"m f=2 2")].concat()),
        ("in capitals", "GZIP", b"m f=1 1".to_vec()),
        ("of another kind", "deflate", b"m f=1 1".to_vec()),
        ("of nothing", "gzip", gzip(b"")),
        ("empty", "gzip", Vec::new()),
        ("plain", "gzip", b"m f=1 1".to_vec()),
        ("longer plain", "gzip", b"measurement field=1 1".to_vec()),
        ("of two bytes", "gzip", whole[..2].to_vec()),
        ("of its head", "gzip", whole[..10].to_vec()),
        ("cut", "gzip", whole[..15].to_vec()),
        ("cut in its end", "gzip", whole[..whole.len() - 3].to_vec()),
        ("with another checksum", "gzip", flipped(6)),
        ("with another length", "gzip", flipped(1)),
    ]
    .into_iter()
    .map(|(name, encoding, body)| {
        let path = "/api/v2/write?org={org}&bucket={bucket}";
        let case = Case::new(format!("a compressed body {name}"));
        case.post(path, body).header("Content-Encoding", encoding).read_back()
    })
    .chain([
        Case::new("a bad compressed body for an unknown organization")
            .post("/api/v2/write?org=nobody&bucket={bucket}", "x")
            .header("Content-Encoding", "gzip"),
        Case::new("a bad compressed body for no bucket")
            .post("/api/v2/write?org={org}", "x")
            .header("Content-Encoding", "gzip"),
        Case::new("a compressed bad line")
            .post("/api/v2/write?org={org}&bucket={bucket}", gzip(b"m\nm f=1 1\nm f=x"))
            .header("Content-Encoding", "gzip")
            .read_back(),
    ])
    .collect()
}

const YEAR: &str = r#"{"start":"1970-01-01T00:00:00Z","stop":"1971-01-01T00:00:00Z"}"#;

fn delete_targets() -> Vec<Case> {
    [
        "bucket={bucket}&org={org}",
        "bucketID={bucket_id}&org={org}",
        "bucket={bucket_id}&orgID={org_id}",
        "bucketID={bucket_id}&bucket=nowhere&org={org}",
        "bucketID=nonsense&org={org}",
        "bucketID=0123456789abcdef&org={org}",
        "bucket=0123456789abcdef&org={org}",
        "bucket=nowhere&org={org}",
        "org={org}",
        "bucket={bucket}",
        "bucket={bucket}&org=nobody",
        "bucket={bucket}&orgID=short",
        "bucket=nowhere&org=nobody",
    ]
    .map(|query| {
        let case =
            Case::new(format!("delete from {query}")).write("m f=1 1\nm f=2 99999999999999999");
        case.post(&format!("/api/v2/delete?{query}"), YEAR).read_back()
    })
    .into()
}

fn delete_bodies() -> Vec<Case> {
    let range = |start: &str, stop: &str| json!({ "start": start, "stop": stop });
    let bodies: Vec<(&str, Value)> = vec![
        ("nothing", json!({})),
        ("null", json!(null)),
        ("no start", json!({ "stop": "1971-01-01T00:00:00Z" })),
        ("no stop", json!({ "start": "1970-01-01T00:00:00Z" })),
        ("blank times", range("", "")),
        ("days", range("1970-01-01", "1971-01-01")),
        ("no offset", range("1970-01-01T00:00:00", "1971-01-01T00:00:00")),
        ("offsets", range("1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00-01:00")),
        ("fractions", range("1970-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00.000000002Z")),
        ("ten digits", range("1970-01-01T00:00:00.0000000019Z", "1970-01-01T00:00:01Z")),
        ("small letters", range("1970-01-01t00:00:00z", "1971-01-01t00:00:00z")),
        ("a wrong order", range("1971-01-01T00:00:00Z", "1970-01-01T00:00:00Z")),
        ("one instant", range("1970-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00.000000001Z")),
        ("a 30th of February", range("1970-02-30T00:00:00Z", "1971-01-01T00:00:00Z")),
        ("hour 24", range("1970-01-01T24:00:00Z", "1971-01-01T00:00:00Z")),
        ("too early", range("1500-01-01T00:00:00Z", "1971-01-01T00:00:00Z")),
        ("too late a start", range("2500-01-01T00:00:00Z", "1971-01-01T00:00:00Z")),
        ("too early a stop", range("1970-01-01T00:00:00Z", "1500-01-01T00:00:00Z")),
        ("too late", range("1970-01-01T00:00:00Z", "2500-01-01T00:00:00Z")),
        ("all", range("1677-09-21T00:12:43.145224194Z", "2262-04-11T23:47:16.854775806Z")),
        ("one early", range("1677-09-21T00:12:43.145224193Z", "2262-04-11T23:47:16.854775806Z")),
        ("one late", range("1677-09-21T00:12:43.145224194Z", "2262-04-11T23:47:16.854775807Z")),
        (
            "no predicate",
            json!({ "start": "1970-01-01T00:00:00Z", "stop": "1971-01-01T00:00:00Z", "predicate": null }),
        ),
        (
            "a blank predicate",
            json!({ "start": "1970-01-01T00:00:00Z", "stop": "1971-01-01T00:00:00Z", "predicate": " " }),
        ),
        (
            "an empty predicate",
            json!({ "start": "1970-01-01T00:00:00Z", "stop": "1971-01-01T00:00:00Z", "predicate": "" }),
        ),
    ];
    let mut cases: Vec<_> = bodies
        .into_iter()
        .map(|(name, body)| {
            let case = Case::new(format!("delete with {name}"));
            case.write("m f=1 1\nm f=2 2\nm f=3 3600000000000").delete(&body).read_back()
        })
        .collect();
    for (name, body) in [("junk", "junk"), ("an empty body", ""), ("half a body", r#"{"start":"#)] {
        let path = "/api/v2/delete?org={org}&bucket={bucket}";
        cases.push(Case::new(format!("delete with {name}")).post(path, body));
    }
    cases
}

fn query_targets() -> Vec<Case> {
    let body = json!({ "query": format!("{FROM} |> range(start: 0, stop: 1)") }).to_string();
    [
        "org={org}",
        "orgID={org_id}",
        "",
        "org=",
        "org=nobody",
        "orgID=short",
        "org={org_id}",
        "org=0123456789abcdef",
    ]
    .map(|query| {
        let case = Case::new(format!("query for {query}")).write("m f=1 1");
        case.post(&format!("/api/v2/query?{query}"), body.clone())
    })
    .into_iter()
    .chain([
        Case::new("a query by ID")
            .write("m f=1 1")
            .query(r#"from(bucketID: "{bucket_id}") |> range(start: 0, stop: 1)"#),
        Case::new("a query of an unknown bucket")
            .query(r#"from(bucket: "nowhere") |> range(start: 0, stop: 1)"#),
        Case::new("a bare script")
            .write("m f=1 1")
            .post("/api/v2/query?org={org}", format!("{FROM} |> range(start: 0, stop: 1)"))
            .header("Content-Type", "application/vnd.flux"),
        Case::new("a bad body for an unknown organization").post("/api/v2/query?org=nobody", "x"),
    ])
    .collect()
}

fn gzipped_replies() -> Case {
    let query = json!({ "query": format!("{FROM} |> range(start: 0, stop: 1)") });
    let lines =
        |count: u32| (0..count).map(|time| format!("m f={time} {time}\n")).collect::<String>();
    Case::new("compressed replies")
        .write(lines(3))
        .query_with(&query)
        .header("Accept-Encoding", "gzip")
        .write(lines(100))
        .query_with(&query)
        .header("Accept-Encoding", "gzip")
        .query_with(&query)
        .header("Accept-Encoding", "br, gzip;q=0.5")
        .query_with(&query)
        .header("Accept-Encoding", "identity")
}
