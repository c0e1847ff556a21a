use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::json::decode;
use super::{Answer, Request, State, buckets, organizations};
use crate::catalog::{Access, Organization, Retention};
use crate::clock;
use crate::refusal::Refusal;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    username: String,
    org: String,
    bucket: String,
    password: String,
    token: String,
    retention_period_seconds: i64,
}

/// `/api/v2/setup`: whether it is allowed, and the set-up itself, once.
pub(super) fn answer(state: &mut State, request: &Request) -> Answer {
    if request.method == Method::GET {
        return Answer::pretty(200, &json!({ "allowed": state.catalog.user.is_none() }));
    }
    requested(state, request).unwrap_or_else(|refusal| Answer::pretty_refusal(&refusal))
}

/// The operator of a server that is set up without a request.
pub(crate) const USERNAME: &str = "admin";
pub(crate) const PASSWORD: &str = "my-password";

/// Sets the server up without a request: with a token of the caller's.
pub(crate) fn set_up(
    state: &mut State,
    org: &str,
    bucket: &str,
    token: &str,
) -> Result<(), Refusal> {
    let (org, bucket, token) = (org.to_owned(), bucket.to_owned(), token.to_owned());
    let (username, password) = (USERNAME.to_owned(), PASSWORD.to_owned());
    let body = Body { username, password, org, bucket, token, ..Body::default() };
    onboard(state, &body).map(drop)
}

fn requested(state: &mut State, request: &Request) -> Result<Answer, Refusal> {
    let body: Body = decode(&request.body, |words| Refusal::new(500, "internal error", words))?;
    if state.catalog.user.is_some() {
        let message = "onboarding has already been completed";
        return Err(Refusal::new(422, "conflict", message));
    }
    Ok(Answer::pretty(201, &onboard(state, &body)?))
}

/// Makes the user, the organization, the buckets and the token, in this order. A refusal leaves
/// behind what was made before it, as on the real server, which then allows no further set-up.
fn onboard(state: &mut State, body: &Body) -> Result<Value, Refusal> {
    check(body)?;
    let now = state.clock.now();
    let catalog = &mut state.catalog;
    let user = catalog.new_id();
    catalog.user = Some(body.username.clone());
    catalog.password = Some(body.password.clone()).filter(|password| !password.is_empty());
    if body.org.trim().is_empty() {
        return Err(Refusal::invalid("org name is empty"));
    }
    let organization = Organization { id: catalog.new_id(), name: body.org.clone(), created: now };
    let (org, described_org) = (organization.id.clone(), organizations::describe(&organization));
    catalog.organization = Some(organization);
    for (name, description, days) in SYSTEM_BUCKETS {
        catalog.add_bucket(name, description, Retention::new(days * 86_400), now);
    }
    buckets::check_name(&body.bucket)?;
    let retention = Retention::new(body.retention_period_seconds);
    buckets::check_retention(retention)?;
    let bucket = buckets::describe(catalog.add_bucket(&body.bucket, "", retention, now), &org);
    let auth = catalog.new_id();
    let token = if body.token.is_empty() { format!("token-{auth}") } else { body.token.clone() };
    catalog.add_token(token.clone(), Access::Everything);
    let of_user = format!("/api/v2/users/{user}");
    Ok(json!({
        "user": {
            "links": { "self": of_user },
            "id": user,
            "name": body.username,
            "status": "active",
        },
        "bucket": bucket,
        "org": described_org,
        "auth": {
            "id": auth,
            "token": token,
            "status": "active",
            "description": format!("{}'s Token", body.username),
            "orgID": org,
            "userID": user,
            "permissions": permissions(),
            "createdAt": clock::format(now),
            "updatedAt": clock::format(now),
            "links": { "self": format!("/api/v2/authorizations/{auth}"), "user": of_user },
        },
    }))
}

const SYSTEM_BUCKETS: [(&str, &str, i64); 2] = [
    ("_tasks", "System bucket for task logs", 3),
    ("_monitoring", "System bucket for monitoring logs", 7),
];

fn check(body: &Body) -> Result<(), Refusal> {
    let missing: Vec<&str> =
        [("username", &body.username), ("org", &body.org), ("bucket", &body.bucket)]
            .into_iter()
            .filter(|(_, value)| value.is_empty())
            .map(|(name, _)| name)
            .collect();
    if !missing.is_empty() {
        let message = format!("onboarding failed: missing required fields [{}]", missing.join(","));
        return Err(Refusal::new(422, "unprocessable entity", message));
    }
    if body.password.is_empty() { Ok(()) } else { check_password(&body.password) }
}

pub(super) fn check_password(password: &str) -> Result<(), Refusal> {
    if (8..=72).contains(&password.len()) {
        return Ok(());
    }
    Err(Refusal::invalid("passwords must be between 8 and 72 characters long"))
}

/// What an operator's token may do: everything with everything.
fn permissions() -> Vec<Value> {
    const RESOURCES: [&str; 22] = [
        "authorizations",
        "buckets",
        "dashboards",
        "orgs",
        "sources",
        "tasks",
        "telegrafs",
        "users",
        "variables",
        "scrapers",
        "secrets",
        "labels",
        "views",
        "documents",
        "notificationRules",
        "notificationEndpoints",
        "checks",
        "dbrp",
        "notebooks",
        "annotations",
        "remotes",
        "replications",
    ];
    RESOURCES
        .iter()
        .flat_map(|resource| ["read", "write"].map(|action| (action, resource)))
        .map(|(action, resource)| json!({ "action": action, "resource": { "type": resource } }))
        .collect()
}
