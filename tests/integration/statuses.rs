//! Which kind of error each answer of the server is: the statuses and codes of InfluxDB 2.9.1 as seen live,
//! and those that only proxies and InfluxDB Cloud send.

use influx_core::client::Method;
use influx_core::{Client, Error, ErrorKind};

use crate::support::canned::{End, answer, sequence};

/// What was asked.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Write,
    Query,
    Admin,
    SignIn,
}

use Asked::{Admin, Query, SignIn, Write};

/// Asked, status, `code`, `message`; kind, and whether asking again may help.
type Row = (Asked, u16, &'static str, &'static str, ErrorKind, bool);

const TABLE: &[Row] = &[
    (Write, 400, "invalid", "unable to parse 'm': missing fields", ErrorKind::InvalidLine, false),
    (
        Write,
        400,
        "invalid",
        "invalid precision; valid precision units are ns, us, ms, and s",
        ErrorKind::InvalidInput,
        false,
    ),
    (Write, 400, "invalid", "Please provide either orgID or org", ErrorKind::InvalidInput, false),
    (Write, 401, "unauthorized", "unauthorized access", ErrorKind::Unauthorized, false),
    (Write, 401, "unauthorized", "Unauthorized", ErrorKind::Unauthorized, false),
    (Write, 403, "forbidden", "insufficient permissions for write", ErrorKind::Forbidden, false),
    (
        Write,
        403,
        "forbidden",
        "insufficient permissions for write: token is inactive",
        ErrorKind::Forbidden,
        false,
    ),
    (Write, 403, "forbidden", "User is inactive", ErrorKind::Forbidden, false),
    (Write, 404, "not found", "bucket \"x\" not found", ErrorKind::NotFound, false),
    (Write, 404, "not found", "organization name \"x\" not found", ErrorKind::NotFound, false),
    (Write, 405, "method not allowed", "allow: OPTIONS, POST", ErrorKind::InvalidInput, false),
    (Write, 408, "", "", ErrorKind::Unavailable, true),
    (Write, 413, "request too large", "too large", ErrorKind::TooLarge, false),
    (
        Write,
        422,
        "unprocessable entity",
        "failure writing points to database: partial write: x dropped=1",
        ErrorKind::PartialWrite,
        false,
    ),
    (Write, 429, "too many requests", "slow down", ErrorKind::RateLimited, true),
    (Write, 499, "", "", ErrorKind::Unavailable, true),
    (
        Write,
        500,
        "internal error",
        "unexpected error writing points to database: timeout",
        ErrorKind::Server,
        true,
    ),
    (Write, 501, "not implemented", "x", ErrorKind::Server, false),
    (Write, 502, "", "", ErrorKind::Unavailable, true),
    (Write, 503, "unavailable", "x", ErrorKind::Unavailable, true),
    (Write, 504, "", "", ErrorKind::Unavailable, true),
    (Query, 400, "invalid", "compilation failed: error @1:1-1:2: x", ErrorKind::InvalidFlux, false),
    (
        Query,
        400,
        "invalid",
        "failed to decode request body: organization name \"x\" not found",
        ErrorKind::NotFound,
        false,
    ),
    (Query, 400, "invalid", "queue length exceeded", ErrorKind::Unavailable, true),
    (
        Query,
        400,
        "invalid",
        "memory allocation limit reached: limit 1 bytes",
        ErrorKind::InvalidFlux,
        false,
    ),
    (Query, 401, "unauthorized", "unauthorized access", ErrorKind::Unauthorized, false),
    (Query, 403, "forbidden", "to() is forbidden", ErrorKind::Forbidden, false),
    (
        Query,
        404,
        "not found",
        "failed to initialize execute state: could not find bucket \"x\"",
        ErrorKind::NotFound,
        false,
    ),
    (Query, 500, "internal error", "An internal error has occurred", ErrorKind::Server, true),
    (Admin, 400, "invalid", "id must have a length of 16 bytes", ErrorKind::InvalidInput, false),
    (Admin, 401, "unauthorized", "unauthorized access", ErrorKind::Unauthorized, false),
    (
        Admin,
        401,
        "unauthorized",
        "write:orgs/11b5d84d0545c000/buckets is unauthorized",
        ErrorKind::Forbidden,
        false,
    ),
    (Admin, 404, "not found", "bucket not found", ErrorKind::NotFound, false),
    (Admin, 409, "conflict", "x", ErrorKind::Conflict, false),
    (Admin, 422, "conflict", "bucket with name x already exists", ErrorKind::Conflict, false),
    (Admin, 422, "unprocessable entity", "x", ErrorKind::InvalidInput, false),
    (Admin, 500, "internal error", "x", ErrorKind::Server, true),
    (SignIn, 401, "unauthorized", "unauthorized access", ErrorKind::Unauthorized, false),
];

#[tokio::test]
async fn each_answer_is_of_its_kind() {
    for &(asked, status, code, message, kind, retryable) in TABLE {
        let error = ask(asked, status, code, message).await;
        let row = format!("{asked:?} {status} {code:?} {message:?}: {error:?}");
        assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{row}");
        assert_eq!(error.status(), Some(status), "{row}");
        if !message.is_empty() {
            assert_eq!(
                (error.server_code(), error.server_message()),
                (Some(code), Some(message)),
                "{row}"
            );
        }
    }
}

#[tokio::test]
async fn a_401_says_what_can_be_done() {
    for (asked, message, remedy) in [
        (Admin, "unauthorized access", "; set the token, or check it"),
        (Admin, "read:users is unauthorized", "; give the token the permission"),
        (SignIn, "unauthorized access", "; check the user name and the password"),
    ] {
        let error = ask(asked, 401, "unauthorized", message).await;
        assert!(error.to_string().ends_with(remedy), "{error}");
    }
}

async fn ask(asked: Asked, status: u16, code: &str, message: &str) -> Error {
    let body = match message {
        "" => String::new(),
        _ => serde_json::json!({ "code": code, "message": message }).to_string(),
    };
    let bytes = answer(&format!("{status} X"), "", &body).into_bytes();
    let builder = sequence(std::iter::repeat(bytes), End::Close).await;
    let client =
        |builder: influx_core::client::ClientBuilder| -> Client { builder.build().unwrap() };
    match asked {
        Write => client(builder).write("b", "m f=1").await.unwrap_err(),
        Query => client(builder).query("buckets()").tables().await.unwrap_err(),
        Admin => {
            let request = client(builder).request(Method::Get, "api/v2/buckets/0123456789abcdef");
            request.send::<serde_json::Value>().await.unwrap_err()
        }
        SignIn => client(builder.session("me", "secret")).write("b", "m f=1").await.unwrap_err(),
    }
}
