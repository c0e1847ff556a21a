use url::Url;

use crate::error::{Error, Result, SettingCause};

/// The server's base URL, with one slash at its end. A path in it is kept as a prefix.
pub(super) fn parse(text: &str) -> Result<Url> {
    let mut url = Url::parse(text).map_err(|error| {
        let problem = "is no URL; write it like http://localhost:8086";
        Error::setting(SettingCause::Url { origin: None, problem }, error)
    })?;
    if let Some(problem) = problem_of(&url) {
        // What stands outside the origin may be a password.
        let origin = url.has_host().then(|| url.origin().ascii_serialization());
        return Err(SettingCause::Url { origin, problem }.into());
    }
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// Why a URL cannot be the base of a server's.
fn problem_of(url: &Url) -> Option<&'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some("is neither http nor https; write it like http://localhost:8086");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("holds a user name or password; hand those over with `token` or `session`");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Some("has a query or fragment; give the server's base URL only");
    }
    let is_api = url.path().trim_end_matches('/').ends_with("/api/v2");
    is_api.then_some("ends in /api/v2; give the server's base URL only")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::config::Options;
    use crate::error::ErrorKind;

    #[test]
    fn the_base_url_keeps_its_prefix_and_ends_in_one_slash() {
        for (text, base) in [
            ("http://localhost:8086", "http://localhost:8086/"),
            ("http://localhost:8086///", "http://localhost:8086/"),
            ("https://host/influx/", "https://host/influx/"),
            ("https://host/a/b", "https://host/a/b/"),
        ] {
            assert_eq!(parse(text).unwrap().as_str(), base);
        }
    }

    #[test]
    fn urls_that_cannot_work_are_refused_without_their_secrets() {
        for (text, words) in [
            ("", "is no URL"),
            ("localhost:8086", "neither http nor https"),
            ("ftp://host", "neither http nor https"),
            ("http://me:hunter2@host", "user name or password"),
            ("http://me:hunter2@host:x", "is no URL"),
            ("me:hunter2@host:8086", "neither http nor https"),
            ("http://host/#hunter2", "query or fragment"),
            ("http://host?u=me&p=hunter2", "query or fragment"),
            ("http://host:x?u=me&p=hunter2", "is no URL"),
            ("http://host/api/v2/", "ends in /api/v2"),
        ] {
            let error = Options::new(text).connect().unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidInput, false));
            let message = error.to_string();
            assert!(message.starts_with("the server's URL ") && message.contains(words), "{error}");
            assert!(!message.contains("hunter2"), "{error}");
        }
    }
}
