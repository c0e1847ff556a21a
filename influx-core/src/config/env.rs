//! Settings from environment variables, under the names of the official clients.

use std::ffi::OsString;

use super::Options;
use super::entry::{Entry, Raw};
use super::settings::{self, Layer};
use crate::error::{Place, Result, SettingCause};

pub(super) const DEFAULT_URL: &str = "http://localhost:8086";

const PREFIX: &str = "INFLUXDB_V2_";

/// Takes over what the variables say that concern this client; blank ones count as unset.
pub(super) fn read(
    options: &mut Options,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<()> {
    let mut layer = Layer::default();
    for (name, value) in variables {
        let Some((name, key)) =
            name.to_str().and_then(|name| Some((name, name.strip_prefix(PREFIX)?)))
        else {
            continue;
        };
        let place = Place::Variable(name.to_owned());
        let (is_tag, key) = match key.strip_prefix("TAG_") {
            Some(tag) => (true, tag.to_lowercase()),
            None => (false, key.to_lowercase()),
        };
        if !is_tag && !settings::is_known(&key) {
            // Another program's, or its own: `INFLUXDB_V2_BUCKET` is a usual one.
            continue;
        }
        let Ok(value) = value.into_string() else {
            return Err(SettingCause::Configured { place, problem: "is not UTF-8" }.into());
        };
        let mut entry = Entry::new(key, place, Raw::Text(value));
        if is_tag && entry.key.is_empty() {
            return Err(entry.wrong("names no tag; its key goes behind `TAG_`"));
        }
        if is_tag {
            entry = entry.expanded(|name| std::env::var(name).ok())?;
        }
        if !entry.is_blank() {
            if is_tag { &mut layer.tags } else { &mut layer.settings }.push(entry);
        }
    }
    // In an order that does not depend on the system's.
    layer.settings.sort_by(|left, right| left.key.cmp(&right.key));
    layer.tags.sort_by(|left, right| left.key.cmp(&right.key));
    options.overlay(&layer)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::config::Options;
    use crate::http::{Proxy, TokenSource};
    use std::time::Duration;

    fn with(pairs: &[(&str, &str)]) -> crate::Result<Options> {
        let mut options = Options::new(super::DEFAULT_URL);
        read(&mut options, pairs.iter().map(|(name, value)| (name.into(), value.into())))?;
        Ok(options)
    }

    #[test]
    fn only_the_url_has_a_default() {
        let options = with(&[("INFLUXDB_V2_TOKEN", " "), ("INFLUXDB_V2_BUCKET", "mine")]).unwrap();
        assert_eq!(options.url.as_deref(), Some("http://localhost:8086"));
        assert!(matches!(options.token, TokenSource::None) && options.org.is_none());
        assert_eq!(options.timeout, Some(Duration::from_secs(10)));
    }

    #[test]
    fn every_variable_is_read() {
        let options = with(&[
            ("INFLUXDB_V2_URL", "https://host"),
            ("INFLUXDB_V2_TOKEN", "t"),
            ("INFLUXDB_V2_ORG", "o"),
            ("INFLUXDB_V2_TIMEOUT", "0"),
            ("INFLUXDB_V2_READ_TIMEOUT", "1"),
            ("INFLUXDB_V2_CONNECT_TIMEOUT", "2"),
            ("INFLUXDB_V2_IDLE_TIMEOUT", "3"),
            ("INFLUXDB_V2_CONNECTION_POOL_MAXSIZE", "4"),
            ("INFLUXDB_V2_REDIRECTS", "5"),
            ("INFLUXDB_V2_RETRIES", "6"),
            ("INFLUXDB_V2_VERIFY_SSL", "off"),
            ("INFLUXDB_V2_AUTH_BASIC", "1"),
            ("INFLUXDB_V2_GZIP", "Yes"),
            ("INFLUXDB_V2_USER_AGENT", "p/1"),
            ("INFLUXDB_V2_PROXY", "http://proxy"),
            ("INFLUXDB_V2_TAG_HOST", "a"),
            ("INFLUXDB_V2_TAG_Data_Center", "${env.CARGO_PKG_NAME}"),
        ])
        .unwrap();
        let milliseconds = |limit: Option<Duration>| limit.map(|limit| limit.as_millis());
        assert_eq!(options.url.as_deref(), Some("https://host"));
        assert!(matches!(&options.token, TokenSource::Fixed(token) if token.expose() == "t"));
        assert_eq!(options.org.as_deref(), Some("o"));
        assert_eq!((options.timeout, milliseconds(options.read_timeout)), (None, Some(1)));
        assert_eq!(milliseconds(options.wire.connect_timeout), Some(2));
        assert_eq!(milliseconds(options.wire.idle_timeout), Some(3));
        assert_eq!((options.wire.idle_connections, options.redirects, options.retries), (4, 5, 6));
        assert!(options.wire.tls.accepts_invalid && options.basic);
        assert_eq!(options.gzip, cfg!(feature = "gzip"));
        assert_eq!(options.wire.user_agent.as_deref(), Some("p/1"));
        assert!(matches!(options.wire.proxy, Proxy::At(url) if url == "http://proxy"));
        let tags = [("data_center", "influx-core"), ("host", "a")];
        assert_eq!(options.default_tags, tags.map(|(key, value)| (key.into(), value.into())));
    }

    #[test]
    fn a_token_of_the_environment_wins_over_a_user_of_before() {
        let mut options = Options::new("http://h");
        (options.user, options.password) = (Some("u".into()), Some("p".into()));
        let variables = [("INFLUXDB_V2_TOKEN".into(), "t".into())];
        read(&mut options, variables).unwrap();
        assert!(options.user.is_none() && options.password.is_none());
        // A password alone completes a user of before.
        options.user = Some("u".into());
        read(&mut options, [("INFLUXDB_V2_PASSWORD".into(), " p ".into())]).unwrap();
        assert_eq!(options.user.as_deref(), Some("u"));
        assert_eq!(options.password.unwrap().expose(), " p ");
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        for (name, value, words) in [
            ("INFLUXDB_V2_TIMEOUT", "10s", "INFLUXDB_V2_TIMEOUT is no whole number"),
            ("INFLUXDB_V2_VERIFY_SSL", "never", "INFLUXDB_V2_VERIFY_SSL is neither"),
            ("INFLUXDB_V2_CERT_FILE", "no-such.pem", "INFLUXDB_V2_CERT_FILE names a file"),
            ("INFLUXDB_V2_SSL_CA_CERT", "no-such.pem", "cannot be read"),
            ("INFLUXDB_V2_CONNECTION_POOL_MAXSIZE", "-1", "is no whole number"),
            ("INFLUXDB_V2_TAG_", "a", "names no tag"),
            ("INFLUXDB_V2_TAG_X", "${env.NOWHERE_TO_BE_FOUND}", "variable `NOWHERE_TO_BE_FOUND`"),
        ] {
            let error = with(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(words) && error.contains(name), "{error} should say {words:?}");
        }
    }
}
