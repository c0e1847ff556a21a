use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::json;
use super::request::{check_id, no_bucket};
use super::{Answer, Request, State};
use crate::catalog::{Access, Action, Bucket, Retention};
use crate::clock;
use crate::refusal::Refusal;

/// `/api/v2/buckets`
pub(super) fn all(state: &mut State, request: &Request, access: &Access) -> Answer {
    let answer = match request.method {
        Method::GET => list(state, request, access),
        Method::POST => create(state, request, access),
        _ => return Answer::empty(405),
    };
    answer.unwrap_or_else(|refusal| Answer::pretty_refusal(&refusal))
}

/// `/api/v2/buckets/{id}`
pub(super) fn one(state: &mut State, request: &Request, access: &Access, id: &str) -> Answer {
    let answer = match request.method {
        Method::GET => get(state, access, id),
        Method::PATCH => update(state, request, access, id),
        Method::DELETE => delete(state, access, id),
        _ => return Answer::empty(405),
    };
    answer.unwrap_or_else(|refusal| Answer::pretty_refusal(&refusal))
}

fn get(state: &State, access: &Access, id: &str) -> Result<Answer, Refusal> {
    check_id(id)?;
    let org = org_id(state);
    let bucket = state.catalog.bucket_by_id(id).ok_or_else(not_found)?;
    check_access(access, Action::Read, bucket, org)?;
    Ok(Answer::pretty(200, &describe(bucket, org)))
}

/// What a list is filtered by, and its page.
struct Filter {
    /// As the links repeat it: sorted, and without what was not given.
    parameters: Vec<(&'static str, String)>,
    limit: usize,
    offset: usize,
}

fn list(state: &State, request: &Request, access: &Access) -> Result<Answer, Refusal> {
    let filter = Filter::new(request)?;
    let wanted = |name: &str| filter.parameters.iter().find(|(key, _)| *key == name);
    let (org, org_id_given) = (request.given("org"), request.given("orgID"));
    if org.is_some() {
        request.organization(&state.catalog)?;
    }
    let mut buckets: Vec<&Bucket> = state.catalog.buckets.iter().collect();
    if org.is_some() || org_id_given.is_some() {
        buckets.sort_by(|a, b| a.name.cmp(&b.name));
    }
    buckets.retain(|bucket| {
        wanted("id").is_none_or(|(_, id)| bucket.id == *id)
            && wanted("bucket").is_none_or(|(_, name)| bucket.name == *name)
            && org_id_given.as_ref().is_none_or(|id| id == org_id(state))
    });
    if buckets.is_empty() {
        match (wanted("id"), wanted("bucket")) {
            (Some(_), _) => return Err(not_found()),
            (None, Some((_, name))) if org.is_some() || org_id_given.is_some() => {
                return Err(no_bucket(name));
            }
            _ => {}
        }
    }
    let page: Vec<&Bucket> = buckets.into_iter().skip(filter.offset).take(filter.limit).collect();
    let mut links = serde_json::Map::new();
    if filter.offset > 0 {
        links.insert("prev".into(), filter.link(filter.offset.saturating_sub(filter.limit)).into());
    }
    links.insert("self".into(), filter.link(filter.offset).into());
    if page.len() == filter.limit {
        links.insert("next".into(), filter.link(filter.offset + filter.limit).into());
    }
    // The real server pages first and hides afterwards.
    let buckets: Vec<Value> = page
        .into_iter()
        .filter(|bucket| access.allows(Action::Read, bucket))
        .map(|bucket| describe(bucket, org_id(state)))
        .collect();
    Ok(Answer::pretty(200, &json!({ "links": links, "buckets": buckets })))
}

impl Filter {
    fn new(request: &Request) -> Result<Self, Refusal> {
        for name in ["after", "descending"] {
            if request.given(name).is_some_and(|value| value != "false") {
                return Err(Refusal::unknown(format!("the parameter `{name}` of buckets")));
            }
        }
        let number = |name: &str, default| match request.given(name) {
            None => Ok(default),
            Some(text) => {
                text.parse::<i64>().map_err(|_| Refusal::invalid(format!("{name} is invalid")))
            }
        };
        let limit = number("limit", 20)?;
        let offset = number("offset", 0)?;
        let limit = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit));
        let limit = limit.ok_or_else(|| Refusal::invalid("limit must be between 1 and 100"))?;
        let offset = usize::try_from(offset)
            .map_err(|_| Refusal::unknown("a negative `offset` of buckets"))?;
        let mut parameters = Vec::new();
        for (key, name) in [("bucket", "name"), ("id", "id"), ("org", "org"), ("orgID", "orgID")] {
            if let Some(value) = request.given(name) {
                if key == "id" || key == "orgID" {
                    check_id(&value)?;
                }
                parameters.push((key, value));
            }
        }
        Ok(Self { parameters, limit, offset })
    }

    fn link(&self, offset: usize) -> String {
        let mut parameters = vec![
            ("descending", "false".to_owned()),
            ("limit", self.limit.to_string()),
            ("offset", offset.to_string()),
        ];
        parameters.extend(self.parameters.iter().cloned());
        parameters.sort();
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        format!("/api/v2/buckets?{query}")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Creation {
    #[serde(rename = "orgID")]
    org_id: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    retention_rules: Vec<Rule>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    every_seconds: i64,
    shard_group_duration_seconds: Option<i64>,
}

fn create(state: &mut State, request: &Request, access: &Access) -> Result<Answer, Refusal> {
    let body: Creation = decode(request)?;
    let wanted = body.org_id.ok_or_else(|| Refusal::invalid("organization id must be provided"))?;
    check_id(&wanted).map_err(|refusal| {
        Refusal::invalid(format!("failed to unmarshal json: {}", refusal.message))
    })?;
    let retention = match retention(&body.retention_rules)? {
        Some(rule) => rule.with_chosen_shards(),
        None => Retention::new(0),
    };
    let org = org_id(state).to_owned();
    if !access.is_everything() {
        return Err(unauthorized(access, format!("write:orgs/{wanted}/buckets is unauthorized")));
    }
    if wanted != org {
        return Err(Refusal::not_found("organization not found"));
    }
    let id = add(state, &body.name, &body.description, retention)?;
    let bucket = state.catalog.bucket_by_id(&id).ok_or_else(not_found)?;
    Ok(Answer::pretty(201, &describe(bucket, &org)))
}

/// Makes a bucket as a request does; gives its ID.
pub(super) fn add(
    state: &mut State,
    name: &str,
    description: &str,
    retention: Retention,
) -> Result<String, Refusal> {
    check_name(name)?;
    if state.catalog.bucket_by_name(name).is_some() {
        let message = format!("bucket with name {name} already exists");
        return Err(Refusal::new(422, "conflict", message));
    }
    check_retention(retention)?;
    let now = state.clock.now();
    Ok(state.catalog.add_bucket(name, description, retention, now).id.clone())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    name: Option<String>,
    description: Option<String>,
    #[serde(default)]
    retention_rules: Vec<Rule>,
}

fn update(
    state: &mut State,
    request: &Request,
    access: &Access,
    id: &str,
) -> Result<Answer, Refusal> {
    check_id(id)?;
    let change: Change = decode(request)?;
    let rule = retention(&change.retention_rules)?;
    let (org, now) = (org_id(state).to_owned(), state.clock.now());
    let catalog = &mut state.catalog;
    let bucket = catalog.bucket_by_id(id).ok_or_else(not_found)?;
    check_access(access, Action::Write, bucket, &org)?;
    let name = change.name.unwrap_or_else(|| bucket.name.clone());
    if name != bucket.name {
        if bucket.is_system() {
            return Err(Refusal::unknown("what becomes of a renamed system bucket"));
        }
        check_name(&name)?;
        if catalog.bucket_by_name(&name).is_some() {
            return Err(Refusal::new(422, "conflict", "bucket name is not unique"));
        }
    }
    let before = bucket.retention;
    let retention = rule.map_or(Ok(before), |rule| rule.changed(before))?;
    if retention != before {
        check_new_retention(retention)?;
    }
    let bucket = catalog.bucket_mut(id).ok_or_else(not_found)?;
    bucket.name = name;
    bucket.description = change.description.unwrap_or_else(|| bucket.description.clone());
    bucket.set_retention(retention);
    bucket.updated = now;
    Ok(Answer::pretty(200, &describe(bucket, &org)))
}

fn check_new_retention(retention: Retention) -> Result<(), Refusal> {
    if retention.seconds >= 3_600 && retention.shard_seconds > retention.seconds {
        let message =
            "shard-group duration must also be updated to be smaller than new retention duration";
        return Err(Refusal::new(422, "unprocessable entity", message));
    }
    check_retention(retention)
}

fn delete(state: &mut State, access: &Access, id: &str) -> Result<Answer, Refusal> {
    check_id(id)?;
    let bucket = state.catalog.bucket_by_id(id).ok_or_else(not_found)?;
    check_access(access, Action::Write, bucket, org_id(state))?;
    if bucket.is_system() {
        // The real one answers 400 and destroys the bucket's storage all the same.
        return Err(Refusal::unknown("what becomes of a deleted system bucket"));
    }
    state.catalog.buckets.retain(|bucket| bucket.id != id);
    Ok(Answer::empty(204))
}

pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let wrong = match name {
        name if name.starts_with('_') => "Buckets may not start with underscore",
        name if name.contains('"') => "Bucket names may not include quotation marks",
        _ => return Ok(()),
    };
    Err(Refusal::invalid(format!("bucket name {name} is invalid. {wrong}")))
}

pub(super) fn check_retention(retention: Retention) -> Result<(), Refusal> {
    let wrong = match retention {
        Retention { seconds: 0, .. } => return Ok(()),
        Retention { seconds: ..3_600, .. } => "at least 1h0m0s",
        Retention { seconds, shard_seconds } if shard_seconds > seconds => {
            "greater than the shard duration"
        }
        _ => return Ok(()),
    };
    let message = format!("retention policy duration must be {wrong}");
    Err(Refusal::new(500, "internal error", message))
}

/// The one rule that a bucket may have.
fn retention(rules: &[Rule]) -> Result<Option<Rule>, Refusal> {
    let refused = |message: &str| Err(Refusal::new(422, "unprocessable entity", message));
    match rules {
        [] => Ok(None),
        [rule] if rule.every_seconds < 0 => refused("expiration seconds cannot be negative"),
        [rule] if rule.shard_group_duration_seconds.is_some_and(|seconds| seconds < 0) => {
            refused("shard-group duration seconds cannot be negative")
        }
        [rule] => Ok(Some(*rule)),
        _ => refused("buckets cannot have more than one retention rule at this time"),
    }
}

impl Rule {
    /// For a new bucket.
    fn with_chosen_shards(self) -> Retention {
        let chosen = Retention::new(self.every_seconds);
        match self.shard_group_duration_seconds {
            None | Some(0) => chosen,
            Some(seconds) => Retention { shard_seconds: seconds.max(3_600), ..chosen },
        }
    }

    /// For a bucket that has a retention already.
    fn changed(self, before: Retention) -> Result<Retention, Refusal> {
        let shard_seconds = match self.shard_group_duration_seconds {
            None => before.shard_seconds,
            // The real one tells what it was told, and does something else.
            Some(..3_600) => return Err(Refusal::unknown("what becomes of such short shards")),
            Some(seconds) => seconds,
        };
        Ok(Retention { seconds: self.every_seconds, shard_seconds })
    }
}

pub(super) fn describe(bucket: &Bucket, org: &str) -> Value {
    let id = &bucket.id;
    let of = |what: &str| format!("/api/v2/buckets/{id}{what}");
    let mut parts = json!({
        "id": id,
        "orgID": org,
        "type": if bucket.is_system() { "system" } else { "user" },
        "description": bucket.description,
        "name": bucket.name,
        "retentionRules": [{
            "type": "expire",
            "everySeconds": bucket.retention.seconds,
            "shardGroupDurationSeconds": bucket.retention.shard_seconds,
        }],
        "createdAt": clock::format(bucket.created),
        "updatedAt": clock::format(bucket.updated),
        "links": {
            "labels": of("/labels"),
            "members": of("/members"),
            "org": format!("/api/v2/orgs/{org}"),
            "owners": of("/owners"),
            "self": of(""),
            "write": format!("/api/v2/write?org={org}&bucket={id}"),
        },
        "labels": [],
    });
    if let Some(parts) = parts.as_object_mut().filter(|_| bucket.description.is_empty()) {
        parts.shift_remove("description");
    }
    parts
}

fn decode<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    json::decode(&request.body, |words| {
        Refusal::invalid(format!("failed to unmarshal json: {words}"))
    })
}

fn org_id(state: &State) -> &str {
    state.catalog.organization.as_ref().map_or("", |organization| &organization.id)
}

fn not_found() -> Refusal {
    Refusal::not_found("bucket not found")
}

fn check_access(
    access: &Access,
    action: Action,
    bucket: &Bucket,
    org: &str,
) -> Result<(), Refusal> {
    if access.allows(action, bucket) {
        return Ok(());
    }
    let action = if action == Action::Read { "read" } else { "write" };
    let message = format!("{action}:orgs/{org}/buckets/{} is unauthorized", bucket.id);
    Err(unauthorized(access, message))
}

fn unauthorized(access: &Access, message: String) -> Refusal {
    let message = if access.is_active() { message } else { "token is inactive".to_owned() };
    Refusal::new(401, "unauthorized", message)
}
