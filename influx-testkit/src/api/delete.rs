use serde::Deserialize;

use super::json::decode;
use super::request::{check_id, is_id, no_bucket};
use super::{Answer, Request, State};
use crate::catalog::{Access, Action, Bucket, Catalog};
use crate::clock;
use crate::point::TIMES;
use crate::predicate::{self, Predicate};
use crate::refusal::Refusal;

#[derive(Deserialize, Default)]
struct Body {
    start: Option<String>,
    stop: Option<String>,
    predicate: Option<String>,
}

/// `/api/v2/delete`
pub(super) fn answer(
    state: &mut State,
    request: &Request,
    access: &Access,
) -> Result<Answer, Refusal> {
    let body: Option<Body> = decode(&request.body, in_body)?;
    let body = body.unwrap_or_default();
    let start = time("start", body.start.as_deref())?;
    let stop = time("stop", body.stop.as_deref())?;
    let predicate = match body.predicate.as_deref() {
        None | Some("") => Predicate::default(),
        Some(text) => predicate::parse(text)?,
    };
    request.organization(&state.catalog)?;
    let bucket = bucket(&state.catalog, request)?;
    if !access.allows(Action::Write, bucket) {
        return Err(Refusal::new(403, "forbidden", "insufficient permissions to delete"));
    }
    let id = bucket.id.clone();
    if let Some(bucket) = state.catalog.bucket_mut(&id) {
        bucket.engine.delete(start, stop, &predicate);
    }
    Ok(Answer::empty(204))
}

fn in_body(words: &str) -> Refusal {
    Refusal::invalid(format!("error decoding json body: {words}"))
}

/// Nanoseconds since 1970.
fn time(name: &str, text: Option<&str>) -> Result<i64, Refusal> {
    let nanos = text.and_then(clock::parse).ok_or_else(|| {
        let day = if name == "start" { "02" } else { "01" };
        in_body(&format!(
            "invalid RFC3339Nano for field {name}, please format your time with RFC3339Nano \
             format, example: 2009-01-{day}T23:00:00Z"
        ))
    })?;
    // Each end is checked at both ends of time, and refused in the words for its own.
    let (side, bound) =
        if name == "start" { ("before", TIMES.start()) } else { ("after", TIMES.end()) };
    i64::try_from(nanos).ok().filter(|nanos| TIMES.contains(nanos)).ok_or_else(|| {
        let bound = clock::format(*bound);
        in_body(&format!("invalid {name} time, {name} time must not be {side} {bound}"))
    })
}

/// The bucket of `bucketID`, or of `bucket`, which is an ID where it looks like one.
fn bucket<'a>(catalog: &'a Catalog, request: &Request) -> Result<&'a Bucket, Refusal> {
    let not_found = || Refusal::not_found("bucket not found");
    if let Some(id) = request.given("bucketID") {
        check_id(&id)?;
        return catalog.bucket_by_id(&id).ok_or_else(not_found);
    }
    let name = request
        .given("bucket")
        .ok_or_else(|| Refusal::invalid("Please provide either bucketID or bucket"))?;
    if is_id(&name) {
        return catalog.bucket_by_id(&name).ok_or_else(not_found);
    }
    catalog.bucket_by_name(&name).ok_or_else(|| no_bucket(&name))
}
