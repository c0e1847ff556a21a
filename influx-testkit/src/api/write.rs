use super::request::bucket;
use super::{Answer, Request, State};
use crate::catalog::{Access, Action};
use crate::refusal::Refusal;

/// `/api/v2/write`, with its checks in the real server's order.
pub(super) fn answer(
    state: &mut State,
    request: &Request,
    access: &Access,
) -> Result<Answer, Refusal> {
    let name = request
        .given("bucket")
        .ok_or_else(|| Refusal::new(404, "not found", "bucket not found"))?;
    request.organization(&state.catalog)?;
    let bucket = bucket(&state.catalog, &name)?;
    if !access.allows(Action::Write, bucket) {
        let why = if access.is_active() { "" } else { ": token is inactive" };
        let message = format!("insufficient permissions for write{why}");
        return Err(Refusal::new(403, "forbidden", message));
    }
    Err(Refusal::unknown("writes"))
}
