//! The endpoints: from a request to its answer, without any input or output.

mod answer;
mod buckets;
mod delete;
mod health;
mod json;
mod organizations;
mod query;
mod request;
mod scripts;
mod session;
mod setup;
mod write;

pub(crate) use answer::Answer;
pub(crate) use request::Request;
pub(crate) use setup::{PASSWORD, USERNAME, set_up};

use hyper::Method;

use crate::catalog::{Access, Catalog, Retention};
use crate::clock::Clock;
use crate::refusal::Refusal;

/// The version of the server that this one stands in for.
pub const VERSION: &str = "v2.9.1";

/// What requests act on.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) catalog: Catalog,
    pub(crate) clock: Clock,
    /// When the server started, in nanoseconds since 1970.
    pub(crate) started: i64,
}

impl State {
    pub(crate) fn new() -> Self {
        let clock = Clock::default();
        let started = clock.now();
        Self { catalog: Catalog::default(), clock, started }
    }
}

/// Adds a bucket without a request.
pub(crate) fn add_bucket(
    state: &mut State,
    name: &str,
    retention: Retention,
) -> Result<(), Refusal> {
    buckets::add(state, name, "", retention).map(drop)
}

/// Carries a request out.
pub(crate) fn answer(state: &mut State, request: &Request) -> Answer {
    match request.path.strip_prefix('/').unwrap_or_default() {
        "ping" => return health::ping(request),
        "health" => return health::health(),
        "ready" => return health::ready(state),
        "api/v2/setup" if request.method == Method::GET || request.method == Method::POST => {
            return setup::answer(state, request);
        }
        "api/v2/signin" if request.method == Method::POST => {
            return session::sign_in(state, request);
        }
        "api/v2/signout" if request.method == Method::POST => {
            return session::sign_out(state, request);
        }
        path if !path.starts_with("api/v2/") => return elsewhere(request, path),
        _ => {}
    }
    match authorized(state, request) {
        Ok(access) => authorized_answer(state, request, &access),
        Err(refusal) => Answer::refusal(&refusal),
    }
}

fn authorized_answer(state: &mut State, request: &Request, access: &Access) -> Answer {
    let path: Vec<&str> = request.path.split('/').skip(3).collect();
    match path[..] {
        [.., last, ""] if !last.is_empty() => Answer::redirect(request),
        ["write"] => posted(request, || write::answer(state, request, access)),
        ["query"] => posted(request, || Ok(query::answer(state, request, access))),
        ["query", "analyze"] => posted(request, || query::analyze::answer(request)),
        ["delete"] => posted(request, || delete::answer(state, request, access)),
        ["setup"] => Answer::empty(405),
        ["me", "password"] if request.method == Method::PUT => {
            let changed = session::change_password(state, request);
            changed.unwrap_or_else(|refusal| Answer::pretty_refusal(&refusal))
        }
        ["orgs"] => organizations::answer(state, request, access),
        ["buckets"] => buckets::all(state, request, access),
        ["buckets", id] => buckets::one(state, request, access, id),
        ["scripts"] => scripts::all(state, request, access),
        ["scripts", id] => scripts::one(state, request, access, id),
        ["scripts", id, "invoke"] => scripts::invoke(state, request, access, id),
        _ => unknown_endpoint(request),
    }
}

/// Outside of `/api/v2` the real server has a few more endpoints, and else no page.
fn elsewhere(request: &Request, path: &str) -> Answer {
    const SERVED: [&str; 6] = ["write", "query", "metrics", "debug", "private", "api"];
    let first = path.split('/').next().unwrap_or_default();
    if SERVED.contains(&first) { unknown_endpoint(request) } else { Answer::page_not_found() }
}

fn unknown_endpoint(request: &Request) -> Answer {
    let unknown = Refusal::unknown(format!("{} {}", request.method, request.path));
    Answer::refusal(&Refusal { status: 501, code: "not implemented", ..unknown })
}

/// An endpoint of the older router, which takes POST only.
fn posted(request: &Request, answer: impl FnOnce() -> Result<Answer, Refusal>) -> Answer {
    match request.method {
        Method::POST => answer().unwrap_or_else(|refusal| Answer::refusal(&refusal)),
        Method::OPTIONS => Answer::empty(405),
        _ => {
            let refusal = Refusal::new(405, "method not allowed", "allow: OPTIONS, POST");
            Answer::refusal(&refusal).header("Allow", "OPTIONS, POST")
        }
    }
}

/// What the request's token or session may do; without one that is known, the refusal. A token, even an unknown one,
/// counts before a session; what is no token does not.
fn authorized(state: &State, request: &Request) -> Result<Access, Refusal> {
    let authorization = request.header("authorization").unwrap_or_default();
    if let Some(token) = state.catalog.token(authorization) {
        return Ok(token.access.clone());
    }
    let signed_in = !says_token(authorization) && session::is_signed_in(state, request);
    signed_in.then_some(Access::Everything).ok_or_else(session::unauthorized)
}

fn says_token(authorization: &str) -> bool {
    let scheme = authorization.split_once(' ').map(|(scheme, _)| scheme);
    let is = |known: &str| scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(known));
    is("token") || is("bearer")
}
