//! Which redirects may be followed: those that keep the token with the server that it is for, and the
//! request what it is.

use url::Url;

use super::Method;
use super::reqwest::Response;

/// Where a redirect leads, or why it is not followed; `left`: how many more may be.
pub(super) fn next(
    from: &Url,
    response: &Response,
    method: Method,
    left: u32,
) -> Result<Url, &'static str> {
    target(from, response.status(), response.header("location"), method, left)
}

fn target(
    from: &Url,
    status: u16,
    location: Option<&str>,
    method: Method,
    left: u32,
) -> Result<Url, &'static str> {
    let keeps_method = matches!(status, 307 | 308);
    if !keeps_method && !matches!(status, 301..=303) {
        return Err("which is a status that no request can follow");
    }
    if !keeps_method && method != Method::Get {
        return Err("which would make another request of it; use that URL");
    }
    let to = location.and_then(|location| from.join(location).ok());
    let mut to = to.ok_or("which is no URL")?;
    if to.origin() != from.origin() {
        return Err("which is another server, where the token must not go; use that URL");
    }
    if left == 0 {
        return Err("which is one more than `redirects` allows");
    }
    // Nobody but this client says as whom it speaks.
    let cleared = to.set_username("").and_then(|()| to.set_password(None));
    cleared.map(|()| to).map_err(|()| "which is no URL")
}

#[cfg(test)]
mod tests {
    use super::{Method, target};
    use url::Url;

    #[test]
    fn only_the_same_request_to_the_same_server_is_followed() {
        let from = Url::parse("http://host:8086/influx/api/v2/write?bucket=b").unwrap();
        for (status, location, method, outcome) in [
            (
                308,
                "/api/v2/write?bucket=b",
                Method::Post,
                Ok("http://host:8086/api/v2/write?bucket=b"),
            ),
            (307, "http://host:8086/x", Method::Delete, Ok("http://host:8086/x")),
            (302, "x", Method::Get, Ok("http://host:8086/influx/api/v2/x")),
            (303, "x", Method::Get, Ok("http://host:8086/influx/api/v2/x")),
            (301, "/x", Method::Post, Err("another request")),
            (302, "/x", Method::Post, Err("another request")),
            (303, "/x", Method::Delete, Err("another request")),
            (308, "http://other:8086/x", Method::Get, Err("another server")),
            (308, "//other/x", Method::Get, Err("another server")),
            (308, "https://host:8086/x", Method::Get, Err("another server")),
            (308, "http://host/x", Method::Get, Err("another server")),
            (308, "http://", Method::Get, Err("no URL")),
            (304, "/x", Method::Get, Err("no request can follow")),
        ] {
            let seen = target(&from, status, Some(location), method, 1);
            match (seen, outcome) {
                (Ok(url), Ok(expected)) => assert_eq!(url.as_str(), expected),
                (Err(why), Err(words)) => assert!(why.contains(words), "{why}"),
                (seen, outcome) => panic!("{status} {location}: {seen:?}, not {outcome:?}"),
            }
        }
        assert!(target(&from, 308, Some("/x"), Method::Get, 0).unwrap_err().contains("one more"));
        assert!(target(&from, 308, None, Method::Get, 1).is_err());
    }
}
