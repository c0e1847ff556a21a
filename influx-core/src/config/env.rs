//! Settings from environment variables, under the names of the official clients.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use super::Options;
use crate::error::{Error, Result, SettingCause};
use crate::http::TokenSource;

/// Variables that the official clients honour and this one does not yet, with the values that
/// ask for nothing. Ignoring one would change what is written or whom the client trusts.
const UNSUPPORTED: [(&str, &[&str]); 6] = [
    ("INFLUXDB_V2_VERIFY_SSL", &["true", "yes", "on", "1"]),
    ("INFLUXDB_V2_AUTH_BASIC", &["false", "no", "off", "0"]),
    ("INFLUXDB_V2_CERT_FILE", &[]),
    ("INFLUXDB_V2_CERT_KEY_FILE", &[]),
    ("INFLUXDB_V2_CERT_KEY_PASSWORD", &[]),
    ("INFLUXDB_V2_PROFILERS", &[]),
];

/// The variables that concern this client; blank ones count as unset.
struct Variables(BTreeMap<String, String>);

pub(super) fn read(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Options> {
    let variables = Variables::collect(variables)?;
    variables.refuse_unsupported()?;
    let mut options =
        Options::new(variables.get("INFLUXDB_V2_URL").unwrap_or("http://localhost:8086"));
    if let Some(token) = variables.get("INFLUXDB_V2_TOKEN") {
        options.token = TokenSource::Fixed(token.into());
    }
    options.org = variables.get("INFLUXDB_V2_ORG").map(ToOwned::to_owned);
    if let Some(milliseconds) = variables.get("INFLUXDB_V2_TIMEOUT") {
        options.timeout = timeout(milliseconds)?;
    }
    if let Some(path) = variables.get("INFLUXDB_V2_SSL_CA_CERT") {
        let problem = "names a file that cannot be read";
        let pem = std::fs::read(path)
            .map_err(|error| Error::setting(wrong("INFLUXDB_V2_SSL_CA_CERT", problem), error))?;
        options.certificates.push(pem);
    }
    Ok(options)
}

impl Variables {
    fn collect(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self> {
        let mut ours = BTreeMap::new();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with("INFLUXDB_V2_")) else {
                continue;
            };
            let value = value.into_string().map_err(|_| wrong(name, "is not UTF-8"))?;
            if !value.trim().is_empty() {
                ours.insert(name.to_owned(), value);
            }
        }
        Ok(Self(ours))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn refuse_unsupported(&self) -> Result<()> {
        let asked = UNSUPPORTED
            .iter()
            .find(|(name, idle)| {
                let asks = |value: &str| !idle.iter().any(|idle| idle.eq_ignore_ascii_case(value));
                self.get(name).is_some_and(asks)
            })
            .map(|(name, _)| *name);
        let tag =
            || self.0.keys().map(String::as_str).find(|name| name.starts_with("INFLUXDB_V2_TAG_"));
        match asked.or_else(tag) {
            None => Ok(()),
            Some(name) => {
                let problem = "is set, but this version of the client cannot honour it; unset it";
                Err(wrong(name, problem).into())
            }
        }
    }
}

fn wrong(name: &str, problem: &'static str) -> SettingCause {
    SettingCause::Variable { name: name.to_owned(), problem }
}

/// Milliseconds; 0 for no time-out.
fn timeout(text: &str) -> Result<Option<Duration>> {
    let milliseconds: u64 = text.trim().parse().map_err(|error| {
        Error::setting(wrong("INFLUXDB_V2_TIMEOUT", "is no whole number of milliseconds"), error)
    })?;
    Ok((milliseconds > 0).then(|| Duration::from_millis(milliseconds)))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::http::TokenSource;
    use std::time::Duration;

    fn with(pairs: &[(&str, &str)]) -> crate::Result<super::Options> {
        read(pairs.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn only_the_url_has_a_default() {
        let options = with(&[("INFLUXDB_V2_TOKEN", " "), ("INFLUXDB_V2_BUCKET", "mine")]).unwrap();
        assert_eq!(options.url, "http://localhost:8086");
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
            ("INFLUXDB_V2_VERIFY_SSL", "True"),
        ])
        .unwrap();
        assert_eq!(options.url, "https://host");
        assert!(matches!(options.token, TokenSource::Fixed(token) if token.expose() == "t"));
        assert_eq!(options.org.as_deref(), Some("o"));
        assert_eq!(options.timeout, None);
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        for (name, value, words) in [
            ("INFLUXDB_V2_TIMEOUT", "10s", "INFLUXDB_V2_TIMEOUT is no whole number"),
            ("INFLUXDB_V2_VERIFY_SSL", "false", "INFLUXDB_V2_VERIFY_SSL is set"),
            ("INFLUXDB_V2_CERT_FILE", "x.pem", "cannot honour it"),
            ("INFLUXDB_V2_TAG_HOST", "a", "INFLUXDB_V2_TAG_HOST is set"),
            ("INFLUXDB_V2_SSL_CA_CERT", "no-such-file.pem", "cannot be read"),
        ] {
            let error = with(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(words), "{error} should say {words:?}");
        }
    }
}
