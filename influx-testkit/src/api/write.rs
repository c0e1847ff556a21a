use std::io::{self, ErrorKind};

use bytes::Bytes;

use super::request::bucket;
use super::{Answer, Request, State};
use crate::catalog::{Access, Action};
use crate::line_protocol::{self, Precision};
use crate::refusal::Refusal;

/// `/api/v2/write`, with its checks in the real server's order.
pub(super) fn answer(
    state: &mut State,
    request: &Request,
    access: &Access,
) -> Result<Answer, Refusal> {
    let precision = precision(request)?;
    let name = request.given("bucket").ok_or_else(|| Refusal::not_found("bucket not found"))?;
    check_gzip(request)?;
    request.organization(&state.catalog)?;
    let bucket = bucket(&state.catalog, &name)?;
    if !access.allows(Action::Write, bucket) {
        let why = if access.is_active() { "" } else { ": token is inactive" };
        let message = format!("insufficient permissions for write{why}");
        return Err(Refusal::new(403, "forbidden", message));
    }
    let text = body(request)?;
    let now = state.clock.now();
    let points = line_protocol::parse(&text, precision, now)?;
    let id = bucket.id.clone();
    if let Some(bucket) = state.catalog.bucket_mut(&id) {
        bucket.engine.write(points, now)?;
    }
    Ok(Answer::empty(204))
}

fn precision(request: &Request) -> Result<Precision, Refusal> {
    match request.given("precision") {
        None => Ok(Precision::Nanoseconds),
        Some(name) => Precision::parse(&name).ok_or_else(|| {
            Refusal::invalid("invalid precision; valid precision units are ns, us, ms, and s")
        }),
    }
}

/// The start of a compressed body, which must be there even where nothing is compressed.
fn check_gzip(request: &Request) -> Result<(), Refusal> {
    let is_gzip = request.body.len() >= 10 && request.body.starts_with(&[0x1f, 0x8b, 8]);
    if request.is_gzipped() && !is_gzip {
        return Err(Refusal::internal());
    }
    Ok(())
}

fn body(request: &Request) -> Result<Bytes, Refusal> {
    request.inflated().map_err(|error: io::Error| match error.kind() {
        ErrorKind::UnexpectedEof => {
            Refusal::new(500, "internal error", "unable to read data: unexpected EOF")
        }
        _ if error.to_string().contains("checksum") => {
            Refusal::invalid("unable to read data: gzip: invalid checksum")
        }
        _ => Refusal::unknown(format!("what the real one says of this compressed body: {error}")),
    })
}
