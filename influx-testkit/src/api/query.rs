use super::{Answer, Request, State};
use crate::catalog::Access;
use crate::refusal::Refusal;

/// `/api/v2/query`
pub(super) fn answer(
    state: &State,
    request: &Request,
    _access: &Access,
) -> Result<Answer, Refusal> {
    request.organization(&state.catalog).map_err(|refusal| {
        Refusal::invalid(format!("failed to decode request body: {}", refusal.message))
    })?;
    Err(Refusal::unknown("queries"))
}
