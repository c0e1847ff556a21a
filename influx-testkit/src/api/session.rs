use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use serde::Deserialize;

use super::json::decode;
use super::setup::check_password;
use super::{Answer, Request, State};
use crate::refusal::Refusal;

const COOKIE: &str = "influxdb-oss-session";

/// How long the cookie says that it lasts, as on the real server. Here a session ends when it is told to.
const LENGTH: Duration = Duration::from_secs(3_600);

/// `/api/v2/signin`: a session for the user, whom `Authorization: Basic` names.
pub(super) fn sign_in(state: &mut State, request: &Request) -> Answer {
    let catalog = &mut state.catalog;
    let said = request.header("authorization").and_then(credentials);
    let known = catalog.user.clone().zip(catalog.password.clone());
    if said.is_none() || said != known {
        return Answer::pretty_refusal(&unauthorized());
    }
    let session = catalog.new_id();
    let now = u64::try_from(state.clock.now()).unwrap_or_default();
    let expires = SystemTime::UNIX_EPOCH + Duration::from_nanos(now) + LENGTH;
    let cookie = format!(
        "{COOKIE}={session}==; Path=/api/; Expires={}; HttpOnly; SameSite=Strict",
        httpdate::fmt_http_date(expires)
    );
    state.catalog.sessions.push(format!("{session}=="));
    Answer::empty(204).header("Set-Cookie", &cookie)
}

/// `/api/v2/signout`: ends the session of the request's cookie.
pub(super) fn sign_out(state: &mut State, request: &Request) -> Answer {
    let sessions = &mut state.catalog.sessions;
    let ended = cookie(request).and_then(|cookie| sessions.iter().position(|it| it == cookie));
    match ended {
        Some(place) => {
            sessions.remove(place);
            Answer::empty(204)
        }
        None => Answer::pretty_refusal(&unauthorized()),
    }
}

/// `PUT /api/v2/me/password`: another password for the user of the session, whose old one `Authorization: Basic`
/// says; its user name does not matter.
pub(super) fn change_password(state: &mut State, request: &Request) -> Result<Answer, Refusal> {
    let said = request.header("authorization").and_then(credentials).map(|(_, password)| password);
    if !is_signed_in(state, request) || said.is_none() {
        return Err(Refusal::unknown("how to change a password without a session and the old one"));
    }
    let unread = |_: &str| Refusal::unknown("the words for this body");
    let Password { password } = decode(&request.body, unread)?;
    if said != state.catalog.password {
        let message = "your username or password is incorrect";
        return Err(Refusal::new(403, "forbidden", message));
    }
    check_password(&password)?;
    state.catalog.password = Some(password);
    Ok(Answer::empty(204))
}

#[derive(Deserialize)]
struct Password {
    password: String,
}

/// Whether the request's cookie stands for a user who has signed in.
pub(super) fn is_signed_in(state: &State, request: &Request) -> bool {
    cookie(request).is_some_and(|cookie| state.catalog.sessions.iter().any(|it| it == cookie))
}

pub(super) fn unauthorized() -> Refusal {
    Refusal::new(401, "unauthorized", "unauthorized access")
}

fn cookie(request: &Request) -> Option<&str> {
    let pairs = request.header("cookie")?.split(';');
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|it| it.1)
}

/// User and password of `Basic …`.
fn credentials(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    let decoded = STANDARD.decode(encoded).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
