//! Health, organizations, buckets, set-up, and who may do what.

use hyper::Method;
use serde_json::{Value, json};

use super::case::Case;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("health").get("/health").post("/health", ""),
        Case::new("ready").get("/ready").post("/ready", ""),
        Case::new("set-up of a server that is set up")
            .get("/api/v2/setup")
            .post("/api/v2/setup", r#"{"username":"u","org":"o","bucket":"b"}"#)
            .post("/api/v2/setup", "junk")
            .post("/api/v2/setup", "")
            .send(Method::PUT, "/api/v2/setup", "{}"),
        Case::new("nowhere").get("/nowhere").post("/nowhere", "").get("/"),
    ];
    cases.extend(pings());
    cases.extend(unauthorized());
    cases.extend(refused_sign_ins());
    cases.extend(methods());
    cases.extend(organizations());
    cases.extend(refused_buckets());
    cases.extend(changed_buckets());
    cases.extend(listed_buckets());
    cases.extend(permissions());
    cases
}

fn pings() -> Vec<Case> {
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
    methods.map(|method| Case::new(format!("{method} /ping")).send(method, "/ping", "")).into()
}

/// Who says the wrong thing, or nothing, does not get in; whoever is not in cannot go out.
fn refused_sign_ins() -> Vec<Case> {
    let ask = |name: &str, path: &str, header: &'static str, value: &str| {
        Case::new(format!("{name} at {path}"))
            .post(path, "")
            .header("Authorization", "")
            .header(header, value)
    };
    let mut cases = Vec::new();
    for path in ["/api/v2/signin", "/api/v2/signout"] {
        cases.extend([
            ask("nobody", path, "Authorization", ""),
            ask("a stranger", path, "Authorization", "Basic dTpw"),
            ask("a token", path, "Authorization", "Token {token}"),
            ask("no base64", path, "Authorization", "Basic %%%"),
            ask("no password", path, "Authorization", "Basic dQ=="),
            ask("an unknown cookie", path, "Cookie", "influxdb-oss-session=abc"),
        ]);
    }
    let write = "/api/v2/write?org={org}&bucket={bucket}";
    cases.push(ask("an unknown cookie", write, "Cookie", "influxdb-oss-session=abc"));
    for method in [Method::GET, Method::PUT] {
        let case = Case::new(format!("{method} a sign-in")).send(method, "/api/v2/signin", "");
        cases.push(case.header("Authorization", ""));
    }
    cases
}

/// Who asks without a token that the server knows is told so before anything else.
fn unauthorized() -> Vec<Case> {
    let ask = |name: &str, authorization: &str| {
        let header = |case: Case| case.header("Authorization", authorization);
        let case = header(Case::new(name).get("/api/v2/buckets"));
        let case = header(case.post("/api/v2/write?org={org}&bucket={bucket}", "m f=1"));
        let case = header(case.post("/api/v2/query?org={org}", "{}"));
        header(case.send(Method::PUT, "/api/v2/nowhere", ""))
    };
    let mut cases: Vec<_> = [
        ("no authorization", ""),
        ("an unknown token", "Token nobody"),
        ("an unknown scheme", "Digest {token}"),
        ("basic", "Basic dTpw"),
        ("a token without scheme", "{token}"),
        ("a blank token", "Token "),
        ("two spaces", "Token  {token}"),
    ]
    .into_iter()
    .map(|(name, authorization)| ask(name, authorization))
    .collect();
    for scheme in ["Token", "token", "TOKEN", "Bearer", "bearer"] {
        let case = Case::new(format!("scheme {scheme}")).get("/api/v2/buckets?name=_tasks&limit=1");
        let case = case.get("/api/v2/buckets/{bucket_id}");
        cases.push(case.header("Authorization", format!("{scheme} {{token}}")));
    }
    cases
}

/// What a path does with a method that it does not take.
fn methods() -> Vec<Case> {
    let paths = ["write", "query", "delete", "setup", "orgs", "buckets", "buckets/{bucket_id}"];
    paths
        .map(|path| {
            let case = Case::new(format!("wrong methods on {path}"));
            [Method::PUT, Method::OPTIONS, Method::TRACE, Method::HEAD].into_iter().fold(
                case,
                |case, method| match (path, method) {
                    ("orgs" | "buckets" | "buckets/{bucket_id}" | "setup", Method::HEAD) => case,
                    (_, method) => case.send(method, &format!("/api/v2/{path}"), ""),
                },
            )
        })
        .into_iter()
        .chain([Case::new("a slash too many")
            .post("/api/v2/write/?org={org}&bucket={bucket}", "m f=1")
            .post("/api/v2/query/", "")
            .post("/api/v2/delete/?a=b", "")])
        .collect()
}

fn organizations() -> Vec<Case> {
    [
        "org=nobody",
        "org={org}",
        "orgID={org_id}",
        "orgID=0123456789abcdef",
        "org={org_id}",
        "orgID=nonsense",
        "limit=5&org={org}",
    ]
    .map(|filter| {
        Case::new(format!("organizations by {filter}")).get(&format!("/api/v2/orgs?{filter}"))
    })
    .into()
}

/// A bucket's description with other parts.
fn bucket(parts: &Value) -> String {
    let mut body = json!({ "orgID": "{org_id}", "name": "{bucket}-other" });
    for (name, value) in parts.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

fn rule(every: i64, shard: i64) -> Value {
    json!({ "everySeconds": every, "shardGroupDurationSeconds": shard })
}

fn every(seconds: i64) -> Value {
    json!({ "everySeconds": seconds })
}

fn refused_buckets() -> Vec<Case> {
    let mut cases: Vec<_> = [
        ("named as another", json!({ "name": "{bucket}" })),
        ("with an underscore", json!({ "name": "_{bucket}" })),
        ("with a quote", json!({ "name": "a\"{bucket}" })),
        ("of a malformed organization", json!({ "orgID": "{bucket}" })),
        ("of no organization", json!({ "orgID": "" })),
        ("of an unknown organization", json!({ "orgID": "0123456789abcdef" })),
        ("that forgets at once", json!({ "retentionRules": [rule(5, 0)] })),
        ("with shards too long", json!({ "retentionRules": [rule(7_200, 9_000)] })),
        ("with negative retention", json!({ "retentionRules": [rule(-1, 0)] })),
        ("with negative shards", json!({ "retentionRules": [rule(0, -5)] })),
        ("with two rules", json!({ "retentionRules": [rule(3_600, 0), rule(3_600, 0)] })),
    ]
    .into_iter()
    .map(|(name, parts)| {
        Case::new(format!("a bucket {name}")).post("/api/v2/buckets", bucket(&parts))
    })
    .collect();
    for (name, body) in [("no JSON", "junk"), ("nothing", ""), ("half of it", r#"{"name":"#)] {
        cases.push(Case::new(format!("a bucket of {name}")).post("/api/v2/buckets", body));
    }
    cases
}

fn changed_buckets() -> Vec<Case> {
    let path = "/api/v2/buckets/{bucket_id}";
    let mut cases: Vec<_> = [
        ("nothing", json!({})),
        ("its name", json!({ "name": "{bucket}-renamed" })),
        ("its name to its own", json!({ "name": "{bucket}" })),
        ("its name to a system bucket's", json!({ "name": "_tasks" })),
        ("its name to one with a quote", json!({ "name": "a\"b" })),
        ("its description", json!({ "description": "what <it> holds & why" })),
        ("its description to nothing", json!({ "description": "" })),
        ("retention below a shard", json!({ "retentionRules": [every(7_200)] })),
        ("retention below an hour", json!({ "retentionRules": [every(720)] })),
        ("retention to what it was", json!({ "retentionRules": [rule(0, 604_800)] })),
        ("retention and shards", json!({ "retentionRules": [rule(7_200, 3_600)] })),
        ("retention to days", json!({ "retentionRules": [every(864_000)] })),
        ("retention to for ever", json!({ "retentionRules": [every(0)] })),
        ("shards beyond retention", json!({ "retentionRules": [rule(7_200, 8_000)] })),
    ]
    .into_iter()
    .map(|(name, change)| {
        Case::new(format!("change {name}")).send(Method::PATCH, path, change.to_string()).get(path)
    })
    .collect();
    cases.push(Case::new("change an unknown bucket").send(
        Method::PATCH,
        "/api/v2/buckets/0123456789abcdef",
        "{}",
    ));
    cases.push(
        Case::new("delete buckets")
            .send(Method::DELETE, "/api/v2/buckets/0123456789abcdef", "")
            .send(Method::DELETE, "/api/v2/buckets/nonsense", "")
            .send(Method::DELETE, path, "")
            .send(Method::DELETE, path, "")
            .get(path)
            .write("m f=1 1"),
    );
    for (days, seconds) in [(0, 3_600), (2, 172_800), (179, 179 * 86_400), (180, 180 * 86_400)] {
        let name = format!("shards of {days} days of retention");
        cases.push(Case::new(name).retention(seconds).get(path));
    }
    cases
}

fn listed_buckets() -> Vec<Case> {
    [
        "name={bucket}",
        "name={bucket}&org={org}",
        "name={bucket}&orgID={org_id}",
        "name=nothing-is-called-so",
        "name=nothing-is-called-so&org={org}",
        "name=nothing-is-called-so&orgID={org_id}",
        "id={bucket_id}",
        "id={bucket_id}&org={org}",
        "id=0123456789abcdef",
        "id=nonsense",
        "org=nobody",
        "orgID=0123456789abcdef",
        "orgID=nonsense",
        "limit=0",
        "limit=101",
        "limit=many",
        "offset=far&name=x",
        "org={org}&limit=1&offset=0",
        "org={org}&limit=1&offset=1",
        "org={org}&limit=2",
        "name={bucket}&limit=1",
    ]
    .map(|filter| {
        let case = Case::new(format!("buckets by {filter}"));
        case.get(&format!("/api/v2/buckets?{filter}"))
    })
    .into()
}

/// What tokens for one bucket may do, and in which words they may not do the rest.
fn permissions() -> Vec<Case> {
    let query = json!({ "query": r#"from(bucket: "{bucket}") |> range(start: 0, stop: 1)"# });
    let delete = r#"{"start":"2020-01-01T00:00:00Z","stop":"2021-01-01T00:00:00Z"}"#;
    ["{reader}", "{writer}", "{inactive}"]
        .into_iter()
        .map(|token| {
            let header = |case: Case| case.header("Authorization", format!("Token {token}"));
            let case = Case::new(format!("permissions of {token}")).with_tokens();
            let case = header(case.write("m f=1 1"));
            let case = header(case.write_with("&precision=h", "m f=1 1"));
            let case = header(case.post("/api/v2/write?org={org}&bucket=other", "m f=1"));
            let case = header(case.query_with(&query));
            let case = header(case.post("/api/v2/delete?org={org}&bucket={bucket}", delete));
            let case = header(case.get("/api/v2/orgs?org={org}"));
            let case = header(case.get("/api/v2/buckets?name={bucket}"));
            let case = header(case.get("/api/v2/buckets?name={bucket}&org={org}"));
            let case = header(case.get("/api/v2/buckets?name=nothing-is-called-so&org={org}"));
            let case = header(case.get("/api/v2/buckets/{bucket_id}"));
            let case = header(case.post("/api/v2/buckets", bucket(&json!({}))));
            let case = header(case.send(Method::PATCH, "/api/v2/buckets/{bucket_id}", "{}"));
            header(case.send(Method::DELETE, "/api/v2/buckets/{bucket_id}", ""))
        })
        .collect()
}
