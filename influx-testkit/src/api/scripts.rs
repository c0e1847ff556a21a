//! Invokable scripts, which InfluxDB Cloud has and InfluxDB OSS has not. Written after the published API,
//! **never compared with InfluxDB Cloud**; a server has them only when it is asked for.

use hyper::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::request::check_id;
use super::{Answer, Request, State, json as body, query};
use crate::catalog::{Access, Script};
use crate::clock;
use crate::query::Dialect;
use crate::refusal::Refusal;

/// `/api/v2/scripts`
pub(super) fn all(state: &mut State, request: &Request, access: &Access) -> Answer {
    let answer = allowed(state, access).and_then(|()| match request.method {
        Method::GET => list(state, request),
        Method::POST => create(state, request),
        _ => Ok(Answer::empty(405)),
    });
    answer.unwrap_or_else(|refusal| Answer::refusal(&refusal))
}

/// `/api/v2/scripts/{id}`
pub(super) fn one(state: &mut State, request: &Request, access: &Access, id: &str) -> Answer {
    let answer = allowed(state, access).and_then(|()| {
        check_id(id)?;
        match request.method {
            Method::GET => Ok(Answer::json(200, &describe(state, script(state, id)?))),
            Method::PATCH => update(state, request, id),
            Method::DELETE => delete(state, id),
            _ => Ok(Answer::empty(405)),
        }
    });
    answer.unwrap_or_else(|refusal| Answer::refusal(&refusal))
}

/// `/api/v2/scripts/{id}/invoke`
pub(super) fn invoke(state: &State, request: &Request, access: &Access, id: &str) -> Answer {
    let reply = allowed(state, access).and_then(|()| {
        check_id(id)?;
        let known = script(state, id)?;
        if known.language != "flux" {
            return Err(Refusal::unknown("scripts in other languages than Flux"));
        }
        let Call { params } = decode(request)?;
        let dialect = Dialect { header: true, delimiter: b',', annotations: Vec::new() };
        let now = state.clock.now();
        query::run(state, access, &known.text, Some(&extern_file(&params)?), now, &dialect)
    });
    query::reply(reply, request)
}

#[derive(Deserialize)]
struct Call {
    #[serde(default)]
    params: Map<String, Value>,
}

#[derive(Deserialize)]
struct Creation {
    name: String,
    #[serde(default)]
    description: String,
    script: String,
    language: String,
}

#[derive(Deserialize)]
struct Change {
    name: Option<String>,
    description: Option<String>,
    script: Option<String>,
}

fn decode<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    body::decode(&request.body, |words| Refusal::invalid(format!("failed to decode: {words}")))
}

/// Whether there are scripts, and the token may use them.
fn allowed(state: &State, access: &Access) -> Result<(), Refusal> {
    match state.catalog.scripts {
        None => Err(Refusal::unknown(
            "invokable scripts, which only InfluxDB Cloud has; ask for them with `cloud_scripts`",
        )),
        Some(_) if !access.is_everything() => {
            Err(Refusal::new(403, "forbidden", "insufficient permissions for scripts"))
        }
        Some(_) => Ok(()),
    }
}

fn script<'a>(state: &'a State, id: &str) -> Result<&'a Script, Refusal> {
    let mut scripts = state.catalog.scripts.iter().flatten();
    scripts.find(|script| script.id == id).ok_or_else(not_found)
}

fn not_found() -> Refusal {
    Refusal::not_found("script not found")
}

fn list(state: &State, request: &Request) -> Result<Answer, Refusal> {
    let number = |name: &str, default: usize| {
        let wrong = |_| Refusal::invalid(format!("{name} is invalid"));
        request.given(name).map_or(Ok(default), |text| text.parse().map_err(wrong))
    };
    let (limit, offset) = (number("limit", 100)?, number("offset", 0)?);
    let name = request.given("name");
    let wanted = |script: &&Script| name.as_ref().is_none_or(|name| script.name == *name);
    let scripts: Vec<Value> = state
        .catalog
        .scripts
        .iter()
        .flatten()
        .filter(wanted)
        .skip(offset)
        .take(limit)
        .map(|script| describe(state, script))
        .collect();
    Ok(Answer::json(200, &json!({ "scripts": scripts })))
}

fn create(state: &mut State, request: &Request) -> Result<Answer, Refusal> {
    let Creation { name, description, script: text, language } = decode(request)?;
    let (id, now) = (state.catalog.new_id(), state.clock.now());
    let script = Script { id, name, description, text, language, created: now, updated: now };
    let answer = Answer::json(201, &describe(state, &script));
    state.catalog.scripts.get_or_insert_default().push(script);
    Ok(answer)
}

fn update(state: &mut State, request: &Request, id: &str) -> Result<Answer, Refusal> {
    let Change { name, description, script: text } = decode(request)?;
    let now = state.clock.now();
    let mut scripts = state.catalog.scripts.iter_mut().flatten();
    let known = scripts.find(|script| script.id == id).ok_or_else(not_found)?;
    let replace = |place: &mut String, new: Option<String>| {
        if let Some(new) = new {
            *place = new;
        }
    };
    replace(&mut known.name, name);
    replace(&mut known.description, description);
    replace(&mut known.text, text);
    known.updated = now;
    Ok(Answer::json(200, &describe(state, script(state, id)?)))
}

fn delete(state: &mut State, id: &str) -> Result<Answer, Refusal> {
    script(state, id)?;
    state.catalog.scripts.iter_mut().for_each(|scripts| scripts.retain(|script| script.id != id));
    Ok(Answer::empty(204))
}

fn describe(state: &State, script: &Script) -> Value {
    json!({
        "id": script.id,
        "orgID": state.catalog.organization.as_ref().map(|org| &org.id),
        "name": script.name,
        "description": script.description,
        "script": script.text,
        "language": script.language,
        "createdAt": clock::format(script.created),
        "updatedAt": clock::format(script.updated),
    })
}

/// The values of a call as the record `params` of the script.
fn extern_file(params: &Map<String, Value>) -> Result<Value, Refusal> {
    let assignment = json!({
        "type": "VariableAssignment",
        "id": { "type": "Identifier", "name": "params" },
        "init": record(params)?,
    });
    Ok(json!({ "type": "File", "imports": null, "body": [assignment] }))
}

fn record(members: &Map<String, Value>) -> Result<Value, Refusal> {
    let property = |(name, value)| {
        let key = json!({ "type": "StringLiteral", "value": name });
        Ok(json!({ "type": "Property", "key": key, "value": literal(value)? }))
    };
    let properties = members.iter().map(property).collect::<Result<Vec<_>, Refusal>>()?;
    Ok(json!({ "type": "ObjectExpression", "properties": properties }))
}

fn literal(value: &Value) -> Result<Value, Refusal> {
    Ok(match value {
        Value::Null => return Err(Refusal::unknown("null as the value of a script's parameter")),
        Value::Bool(value) => json!({ "type": "BooleanLiteral", "value": value }),
        Value::Number(number) if number.is_i64() => {
            json!({ "type": "IntegerLiteral", "value": number.to_string() })
        }
        Value::Number(number) => {
            let text = json!({ "type": "StringLiteral", "value": number.to_string() });
            let v = json!({ "type": "Property", "key": { "type": "Identifier", "name": "v" }, "value": text });
            json!({
                "type": "CallExpression",
                "callee": { "type": "Identifier", "name": "float" },
                "arguments": [{ "type": "ObjectExpression", "properties": [v] }],
            })
        }
        Value::String(text) => json!({ "type": "StringLiteral", "value": text }),
        Value::Array(items) => {
            let elements = items.iter().map(literal).collect::<Result<Vec<_>, _>>()?;
            json!({ "type": "ArrayExpression", "elements": elements })
        }
        Value::Object(members) => record(members)?,
    })
}
