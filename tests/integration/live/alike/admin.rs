//! Health, set-up, organizations, buckets, and who may do what.

use hyper::Method;

use super::case::Case;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("health").get("/health").post("/health", ""),
        Case::new("ready").get("/ready").post("/ready", ""),
    ];
    cases.extend(unauthorized());
    cases
}

/// Who asks without a token that the server knows is told so before anything else.
fn unauthorized() -> Vec<Case> {
    let ask = |name: &str, authorization: &str| {
        let header = |case: Case| case.header("Authorization", authorization);
        let case = header(Case::new(name).get("/api/v2/buckets"));
        let case = header(case.post("/api/v2/write?org={org}&bucket={bucket}", "m f=1"));
        let case = header(case.post("/api/v2/query?org={org}", "{}"));
        header(case.send(Method::PUT, "/api/v2/nowhere", ""))
    };
    vec![
        ask("no authorization", ""),
        ask("an unknown token", "Token nobody"),
        ask("an unknown scheme", "Digest {token}"),
        ask("basic", "Basic dTpw"),
        ask("a token without scheme", "{token}"),
    ]
}
