//! Error answers: which part of them is the server's word.
//!
//! | body | from |
//! |---|---|
//! | `{"code": …, "message": …}` | the API |
//! | `{"error": …}` | the 1.x endpoints |
//! | empty, with `X-Influx-Error` | older versions |
//! | HTML, text, or nothing | a proxy, or a path that is none of the API |

use std::time::Duration;

use bytes::BytesMut;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use url::Url;

use super::reqwest::Response;
use crate::error::{Answer, Endpoint, Error, Failure};
use crate::time::ToTimestamp as _;

/// As much of an error body as is read. The server quotes every bad line in full.
const LIMIT: usize = 1 << 20;

/// How long an error body may take once its status is known.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Json {
    code: Option<String>,
    message: Option<String>,
    error: Option<String>,
}

/// Reads an answer whose status is an error.
pub(super) async fn read(response: Response, endpoint: Endpoint) -> Error {
    read_within(response, endpoint, None).await
}

/// The same, where no more than this is left of the time for all of it.
pub(super) async fn read_within(
    mut response: Response,
    endpoint: Endpoint,
    left: Option<Duration>,
) -> Error {
    let status = response.status();
    let header = |response: &Response, name| response.header(name).map(ToOwned::to_owned);
    let code = header(&response, "x-platform-error-code");
    let influx_error = header(&response, "x-influx-error");
    let retry_after = response.header("retry-after").and_then(parse_retry_after);
    let location = response.header("location").map(without_password);
    let body = read_soon(&mut response, endpoint, left).await;

    let mut answer = Answer {
        endpoint,
        status,
        code,
        message: String::new(),
        retry_after,
        failure: Failure::Api,
    };
    match (parse(&body), influx_error) {
        (Some(Json { code, message: Some(message), .. }), _) => {
            answer.code = code.or(answer.code);
            answer.message = message;
        }
        (Some(Json { error: Some(error), .. }), _) | (_, Some(error)) => answer.message = error,
        _ => {
            // JSON that was too long to be read whole is the server's all the same.
            let is_json = answer.code.is_some() && body.starts_with(b"{");
            answer.failure = if is_json { Failure::Api } else { Failure::Foreign };
            answer.message = text(&body);
        }
    }
    if (300..400).contains(&status) {
        let why = "which is not followed; use that URL, or allow it with `redirects`";
        answer.failure = Failure::Redirect { location, why };
    }
    answer.into()
}

/// What a proxy in front of a tunnel says, as it would say it without one.
pub(super) fn refused_by_proxy(endpoint: Endpoint) -> Error {
    Answer {
        endpoint,
        status: 407,
        code: None,
        message: String::new(),
        retry_after: None,
        failure: Failure::Foreign,
    }
    .into()
}

/// A redirect that is not followed, although some are.
pub(super) fn redirected(response: &Response, endpoint: Endpoint, why: &'static str) -> Error {
    let location = response.header("location").map(without_password);
    Answer {
        endpoint,
        status: response.status(),
        code: None,
        message: String::new(),
        retry_after: None,
        failure: Failure::Redirect { location, why },
    }
    .into()
}

/// Where a redirect leads, as it may be shown.
fn without_password(location: &str) -> String {
    let parsed = Url::parse("http://server/").and_then(|base| base.join(location));
    match parsed {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            let cleared = url.set_password(None).and_then(|()| url.set_username(""));
            cleared.map_or_else(|()| "(hidden)".to_owned(), |()| url.into())
        }
        Err(_) if location.contains('@') => "(hidden)".to_owned(),
        _ => location.to_owned(),
    }
}

/// The JSON of a body; of one that was too long to be read whole, as far as it goes.
fn parse(body: &[u8]) -> Option<Json> {
    /// A character of JSON may be cut in its escape, or in the second one of a pair.
    const LONGEST: usize = 12;
    if body.len() < LIMIT {
        return serde_json::from_slice(body).ok();
    }
    let ended = |cut| serde_json::from_slice(&[&body[..body.len() - cut], b"\"}"].concat()).ok();
    (0..LONGEST).find_map(ended)
}

/// Without its body the status still says most of an answer, so the body has only a moment to come.
pub(super) async fn read_soon(
    response: &mut Response,
    endpoint: Endpoint,
    left: Option<Duration>,
) -> BytesMut {
    let mut body = BytesMut::new();
    let reading = response.read_into(&mut body, LIMIT, endpoint);
    let patience = left.map_or(PATIENCE, |left| left.min(PATIENCE));
    let _ = tokio::time::timeout(patience, reading).await;
    body
}

/// A body for a message.
pub(super) fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).trim().to_owned()
}

/// Whether a reply may be CSV: it says so, or does not say what it is.
pub(super) fn may_be_csv(response: &Response) -> bool {
    response.header("content-type").is_none_or(is_csv)
}

fn is_csv(content_type: &str) -> bool {
    let media_type = content_type.split_once(';').map_or(content_type, |(media, _)| media).trim();
    ["text/csv", "application/csv"].iter().any(|csv| csv.eq_ignore_ascii_case(media_type))
}

/// Seconds, or a date that is compared with this machine's clock; anything else is ignored.
fn parse_retry_after(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
    let wait = date.nanos_since_epoch() - std::time::SystemTime::now().nanos_since_epoch();
    Some(Duration::from_nanos(u64::try_from(wait.max(0)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::{is_csv, parse_retry_after, without_password};
    use std::time::Duration;

    #[test]
    fn csv_is_known_by_its_media_type_alone() {
        for csv in [
            "text/csv",
            "application/csv",
            "Text/CSV; charset=utf-8; header=present",
            " text/csv ;",
        ] {
            assert!(is_csv(csv), "{csv:?}");
        }
        for other in ["", "text/html", "application/json", "text/csv-schema", "x; text/csv"] {
            assert!(!is_csv(other), "{other:?}");
        }
    }

    #[test]
    fn a_location_shows_no_password() {
        for (location, shown) in [
            ("/x?a=b@c", "/x?a=b@c"),
            ("https://host/x", "https://host/x"),
            ("https://u:hunter2@host/x", "https://host/x"),
            ("//hunter2@host/x", "http://host/x"),
            ("http://u:hunter2@", "(hidden)"),
        ] {
            assert_eq!(without_password(location), shown);
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_junk_is_ignored() {
        assert_eq!(parse_retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let far = parse_retry_after("Mon, 21 Oct 2250 07:28:00 GMT").unwrap();
        assert!(far > Duration::from_secs(1_000_000_000));
        for junk in ["", "soon", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(parse_retry_after(junk), None, "{junk:?}");
        }
    }
}
