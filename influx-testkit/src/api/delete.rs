use super::{Answer, Request, State};
use crate::catalog::Access;
use crate::refusal::Refusal;

/// `/api/v2/delete`
pub(super) fn answer(
    state: &mut State,
    request: &Request,
    _access: &Access,
) -> Result<Answer, Refusal> {
    request.organization(&state.catalog)?;
    Err(Refusal::unknown("deletes"))
}
