use hyper::Method;

use super::{Answer, Request, State, VERSION};
use crate::clock;

const METHODS: &str = "GET, HEAD, OPTIONS";

pub(super) fn ping(request: &Request) -> Answer {
    let answer = match request.method {
        Method::GET | Method::HEAD => Answer::empty(204),
        Method::OPTIONS => Answer::empty(200).header("Allow", METHODS),
        _ => Answer::body(405, "text/plain; charset=utf-8", "Method Not Allowed\n")
            .header("Allow", METHODS)
            .header("X-Content-Type-Options", "nosniff"),
    };
    answer.header("Vary", "Accept-Encoding")
}

/// Any method will do.
pub(super) fn health() -> Answer {
    let body = format!(
        "{{\"name\":\"influxdb\", \"message\":\"ready for queries and writes\", \
         \"status\":\"pass\", \"checks\":[], \"version\": \"{VERSION}\", \"commit\": \"none\"}}\n"
    );
    Answer::body(200, "application/json; charset=utf-8", body)
}

/// Any method will do.
pub(super) fn ready(state: &State) -> Answer {
    let started = clock::format(state.started);
    let up = state.clock.now().saturating_sub(state.started);
    let body = format!(
        "{{\n    \"status\": \"ready\",\n    \"started\": \"{started}\",\n    \"up\": \"{}\"\n}}\n",
        clock::duration(up)
    );
    Answer::body(200, "application/json; charset=utf-8", body)
}
