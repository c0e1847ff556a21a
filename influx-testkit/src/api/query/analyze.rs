//! `POST /api/v2/query/analyze`

use serde_json::Value as Json;

use crate::api::{Answer, Request, json};
use crate::flux;
use crate::refusal::Refusal;

/// Whether a script can be parsed. Where it cannot, the real server has words of its own.
///
/// # Errors
/// The script is wrong, or this server does not know it.
pub(in crate::api) fn answer(request: &Request) -> Result<Answer, Refusal> {
    let refuse = |_: &str| Refusal::unknown("the words for what is no analysis");
    let body = json::value(&request.body, refuse)?;
    let text = |name: &str| body.get(name).and_then(Json::as_str);
    let (Some("flux"), Some(script)) = (text("type"), text("query")) else {
        return Err(Refusal::unknown("analyses of anything but a script"));
    };
    flux::check(script).map_err(|_| Refusal::unknown("what is wrong with this script"))?;
    let found = "{\"errors\":[]}\n";
    Ok(Answer::body(200, "application/json; charset=utf-8", found))
}
