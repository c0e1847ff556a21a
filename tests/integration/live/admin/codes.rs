//! The statuses and codes of administrative calls, as the server gives them and as they are told.

use influx_core::ErrorKind;
use influx_core::client::Method;
use serde_json::{Value, json};

use crate::support::live::live;

const MISSING: &str = "0123456789abcdef";

/// Method, path, body; status, code, kind.
fn table(
    org: &str,
    bucket: &str,
    user: &str,
) -> Vec<(Method, String, Value, u16, &'static str, ErrorKind)> {
    use ErrorKind::{Conflict, Forbidden, InvalidInput, NotFound, Server};
    use Method::{Delete, Get, Patch, Post};

    let hours = |seconds: i64, shard: i64| json!({ "orgID": org, "name": "c", "retentionRules": [{ "everySeconds": seconds, "shardGroupDurationSeconds": shard }] });
    let task = |option: &str| json!({ "orgID": org, "flux": format!("option task = {{name: \"t\", {option}}}\nbuckets()") });
    [
        (
            Post,
            "setup".into(),
            json!({ "username": "u", "org": "o", "bucket": "b", "password": "long enough" }),
            422,
            "conflict",
            Conflict,
        ),
        (Get, format!("orgs/{MISSING}"), Value::Null, 404, "not found", NotFound),
        (Get, "orgs/nonsense".into(), Value::Null, 400, "invalid", InvalidInput),
        (Post, "orgs".into(), json!({ "name": "" }), 400, "invalid", InvalidInput),
        (Post, "orgs".into(), json!({ "name": "live-tests" }), 422, "conflict", Conflict),
        (Delete, format!("orgs/{MISSING}"), Value::Null, 404, "not found", NotFound),
        (Get, format!("buckets/{MISSING}"), Value::Null, 404, "not found", NotFound),
        (Get, format!("buckets/{MISSING}/members"), Value::Null, 404, "not found", NotFound),
        (
            Post,
            "buckets".into(),
            json!({ "orgID": org, "name": "_b" }),
            400,
            "invalid",
            InvalidInput,
        ),
        (
            Post,
            "buckets".into(),
            json!({ "orgID": org, "name": "a\"b" }),
            400,
            "invalid",
            InvalidInput,
        ),
        (
            Post,
            "buckets".into(),
            json!({ "orgID": MISSING, "name": "b" }),
            404,
            "not found",
            NotFound,
        ),
        (Post, "buckets".into(), hours(60, 0), 500, "internal error", Server),
        (Post, "buckets".into(), hours(7_200, 9_000), 500, "internal error", Server),
        (
            Patch,
            format!("buckets/{bucket}"),
            hours(7_200, 604_800),
            422,
            "unprocessable entity",
            InvalidInput,
        ),
        (
            Post,
            format!("buckets/{bucket}/labels"),
            json!({ "labelID": MISSING }),
            404,
            "not found",
            NotFound,
        ),
        (
            Post,
            format!("buckets/{bucket}/members"),
            json!({ "id": MISSING }),
            404,
            "not found",
            NotFound,
        ),
        (Post, "users".into(), json!({ "name": user }), 422, "conflict", Conflict),
        (Get, format!("users/{MISSING}"), Value::Null, 404, "not found", NotFound),
        (
            Post,
            format!("users/{MISSING}/password"),
            json!({ "password": "long enough" }),
            403,
            "forbidden",
            Forbidden,
        ),
        (
            Post,
            "authorizations".into(),
            json!({ "orgID": org, "permissions": [] }),
            400,
            "invalid",
            InvalidInput,
        ),
        (Delete, format!("authorizations/{MISSING}"), Value::Null, 404, "not found", NotFound),
        (Post, "labels".into(), json!({ "orgID": org, "name": "" }), 400, "invalid", InvalidInput),
        (Delete, format!("labels/{MISSING}"), Value::Null, 404, "not found", NotFound),
        (Post, "tasks".into(), task("every: 1h, offset: 1d"), 500, "internal error", Server),
        (Post, "tasks".into(), task("every: 1500ms"), 400, "invalid", InvalidInput),
        (Post, "tasks".into(), task("every: 1h, cron: \"@daily\""), 400, "invalid", InvalidInput),
        (Get, "tasks/nonsense".into(), Value::Null, 400, "invalid", InvalidInput),
        (Delete, format!("tasks/{MISSING}"), Value::Null, 404, "not found", NotFound),
        (
            Patch,
            format!("tasks/{MISSING}"),
            json!({ "description": "d" }),
            400,
            "invalid",
            InvalidInput,
        ),
        (Get, format!("tasks/{MISSING}/runs"), Value::Null, 404, "not found", NotFound),
        (Delete, format!("dbrps/{MISSING}"), Value::Null, 400, "invalid", InvalidInput),
        (Get, "scripts".into(), Value::Null, 404, "not found", NotFound),
    ]
    .into()
}

live! {
    async fn every_status_and_code_is_told_as_what_it_means(live) {
        let client = &live.client;
        let org = client.organizations().find(&live.org).await.unwrap().unwrap();
        let bucket = client.buckets().find(&live.bucket).await.unwrap().unwrap();
        let me = client.users().me().await.unwrap();
        let mut wrong = Vec::new();
        for (method, path, body, status, code, kind) in table(&org.id, &bucket.id, &me.name) {
            let mut request = client.request(method, format!("api/v2/{path}"));
            if !body.is_null() {
                request = request.json(&body).unwrap();
            }
            let error = match request.bytes().await {
                Ok(answer) => { wrong.push(format!("{method:?} {path}: {answer:?}")); continue }
                Err(error) => error,
            };
            let told = (error.status(), error.server_code(), error.kind());
            if told != (Some(status), Some(code), kind) {
                wrong.push(format!("{method:?} {path} {body}: {told:?} {error}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
