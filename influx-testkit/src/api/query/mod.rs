pub(super) mod analyze;
mod body;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{Answer, Request, State};
use crate::catalog::{Access, Action};
use crate::flux::{self, BucketRef};
use crate::query::{self, Dialect};
use crate::refusal::Refusal;
use body::QueryRequest;

/// `/api/v2/query`
pub(super) fn answer(state: &State, request: &Request, access: &Access) -> Answer {
    reply(carried_out(state, request, access), request)
}

/// What is sent of a reply.
pub(super) fn reply(reply: Result<query::Reply, Refusal>, request: &Request) -> Answer {
    let answer = match reply {
        Ok(reply) => {
            let answer = Answer::body(200, "text/csv; charset=utf-8", reply.csv).streamed();
            if reply.is_one_of_several { answer.one_of_several() } else { answer }
        }
        Err(refusal) => Answer::refusal(&refusal),
    };
    answer.gzipped_for(request)
}

fn carried_out(state: &State, request: &Request, access: &Access) -> Result<query::Reply, Refusal> {
    if request.header("prefer").is_some() {
        return Err(Refusal::unknown("the header `Prefer`"));
    }
    let body = QueryRequest::decode(request.header("content-type"), &request.body)?;
    request.organization(&state.catalog).map_err(|refusal| {
        Refusal::invalid(format!("failed to decode request body: {}", refusal.message))
    })?;
    let now = body.now.unwrap_or_else(|| state.clock.now());
    run(state, access, &body.script, body.extern_file.as_ref(), now, &body.dialect)
}

/// Runs a script.
pub(super) fn run(
    state: &State,
    access: &Access,
    script: &str,
    extern_file: Option<&Value>,
    now: i64,
    dialect: &Dialect,
) -> Result<query::Reply, Refusal> {
    let program = flux::compile(script, extern_file, now)?;
    // The real server asks for permission where a script names a bucket, and not where it has an ID.
    let engine_of = |bucket: &BucketRef| match bucket {
        BucketRef::Id(id) => state.catalog.bucket_by_id(id).map(|bucket| &bucket.engine),
        BucketRef::Name(name) => state
            .catalog
            .bucket_by_name(name)
            .filter(|bucket| access.allows(Action::Read, bucket))
            .map(|bucket| &bucket.engine),
    };
    query::run(&program, engine_of, dialect)
}
