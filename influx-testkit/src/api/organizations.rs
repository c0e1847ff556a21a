use hyper::Method;
use serde_json::{Value, json};

use super::request::is_id;
use super::{Answer, Request, State};
use crate::catalog::{Access, Organization};
use crate::clock;
use crate::refusal::Refusal;

/// `/api/v2/orgs`: there is one.
pub(super) fn answer(state: &State, request: &Request, access: &Access) -> Answer {
    match request.method {
        Method::GET => {
            list(state, request, access).unwrap_or_else(|refusal| Answer::pretty_refusal(&refusal))
        }
        Method::POST => Answer::refusal(&Refusal::unknown("how to create organizations")),
        _ => Answer::empty(405),
    }
}

fn list(state: &State, request: &Request, access: &Access) -> Result<Answer, Refusal> {
    let known = state.catalog.organization.as_ref();
    let is_other = |name: &String| known.is_none_or(|known| known.name != *name);
    if let Some(name) = request.given("org").filter(is_other) {
        let message = format!("organization name \"{name}\" not found");
        return Err(Refusal::not_found(message));
    }
    // What is no ID is not looked at.
    let is_other = |id: &String| is_id(id) && known.is_none_or(|known| known.id != *id);
    if request.given("orgID").is_some_and(|id| is_other(&id)) {
        return Err(Refusal::not_found("organization not found"));
    }
    if request.given("userID").is_some() {
        return Err(Refusal::unknown("the parameter `userID`"));
    }
    // A token for single buckets does not see the organization that it belongs to.
    let visible = known.into_iter().filter(|_| access.is_everything());
    let orgs: Vec<Value> = visible.map(describe).collect();
    Ok(Answer::pretty(200, &json!({ "links": { "self": "/api/v2/orgs" }, "orgs": orgs })))
}

pub(super) fn describe(organization: &Organization) -> Value {
    let Organization { id, name, created } = organization;
    let escaped: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let of = |what: &str| format!("/api/v2/orgs/{id}{what}");
    json!({
        "links": {
            "buckets": format!("/api/v2/buckets?org={escaped}"),
            "dashboards": format!("/api/v2/dashboards?org={escaped}"),
            "labels": of("/labels"),
            "logs": of("/logs"),
            "members": of("/members"),
            "owners": of("/owners"),
            "secrets": of("/secrets"),
            "self": of(""),
            "tasks": format!("/api/v2/tasks?org={escaped}"),
        },
        "id": id,
        "name": name,
        "description": "",
        "createdAt": clock::format(*created),
        "updatedAt": clock::format(*created),
    })
}
