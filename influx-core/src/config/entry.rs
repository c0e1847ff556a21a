//! One setting as it stands in the environment or in a file, and what it may be read as.

use std::time::Duration;

use crate::error::{BoxError, Error, Place, Result, SettingCause};

/// A setting before anybody knows what it means.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// In the spelling of files.
    pub(super) key: String,
    pub(super) place: Place,
    value: Raw,
}

/// A value of the kinds that the formats of files have. Text is all that the environment and INI
/// files know.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Raw {
    Text(String),
    #[cfg(feature = "config-file")]
    Boolean(bool),
    #[cfg(feature = "config-file")]
    Integer(i64),
    /// A list, a fraction, a date: nothing that a setting takes.
    #[cfg(feature = "config-file")]
    Other,
}

/// The value may be a secret.
impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raw(hidden)")
    }
}

impl Entry {
    pub(super) const fn new(key: String, place: Place, value: Raw) -> Self {
        Self { key, place, value }
    }

    /// Blank text asks for nothing.
    pub(super) fn is_blank(&self) -> bool {
        matches!(&self.value, Raw::Text(text) if text.trim().is_empty())
    }

    pub(super) fn wrong(&self, problem: &'static str) -> Error {
        SettingCause::Configured { place: self.place.clone(), problem }.into()
    }

    fn wrong_for(&self, problem: &'static str, source: impl Into<BoxError>) -> Error {
        Error::setting(SettingCause::Configured { place: self.place.clone(), problem }, source)
    }

    /// A text, or a number or truth value in its usual spelling.
    pub(super) fn text(&self) -> Result<String> {
        match &self.value {
            Raw::Text(text) => Ok(text.trim().to_owned()),
            #[cfg(feature = "config-file")]
            Raw::Boolean(boolean) => Ok(boolean.to_string()),
            #[cfg(feature = "config-file")]
            Raw::Integer(integer) => Ok(integer.to_string()),
            #[cfg(feature = "config-file")]
            Raw::Other => Err(self.wrong("is neither a text nor a whole number")),
        }
    }

    /// A text of which every byte counts, such as a password.
    pub(super) fn verbatim(&self) -> Result<String> {
        match &self.value {
            Raw::Text(text) => Ok(text.clone()),
            #[cfg(feature = "config-file")]
            _ => self.text(),
        }
    }

    pub(super) fn boolean(&self) -> Result<bool> {
        const TRUE: [&str; 6] = ["true", "yes", "on", "1", "t", "y"];
        const FALSE: [&str; 6] = ["false", "no", "off", "0", "f", "n"];
        let text = self.text()?.to_ascii_lowercase();
        match &*text {
            text if TRUE.contains(&text) => Ok(true),
            text if FALSE.contains(&text) => Ok(false),
            _ => Err(self.wrong("is neither `true` nor `false`")),
        }
    }

    pub(super) fn number<T: std::str::FromStr<Err = std::num::ParseIntError>>(&self) -> Result<T> {
        let parsed = self.text()?.parse();
        parsed.map_err(|error| self.wrong_for("is no whole number", error))
    }

    /// Milliseconds; 0 for no limit.
    pub(super) fn limit(&self) -> Result<Option<Duration>> {
        let milliseconds = self.text()?.parse().map_err(|error: std::num::ParseIntError| {
            self.wrong_for("is no whole number of milliseconds", error)
        })?;
        Ok((milliseconds > 0).then(|| Duration::from_millis(milliseconds)))
    }

    /// The content of the file that it names.
    pub(super) fn file(&self) -> Result<Vec<u8>> {
        std::fs::read(self.text()?)
            .map_err(|error| self.wrong_for("names a file that cannot be read", error))
    }

    /// The same, or with `${env.NAME}` for a value what this environment variable says.
    pub(super) fn expanded(mut self, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let name = match &self.value {
            Raw::Text(text) => {
                text.trim().strip_prefix("${env.").and_then(|rest| rest.strip_suffix('}'))
            }
            #[cfg(feature = "config-file")]
            _ => None,
        };
        let Some(name) = name else { return Ok(self) };
        let Some(value) = variable(name) else {
            return Err(SettingCause::Unset {
                place: self.place.clone(),
                variable: name.to_owned(),
            }
            .into());
        };
        self.value = Raw::Text(value);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Raw};
    use crate::error::Place;
    use std::time::Duration;

    fn entry(text: &str) -> Entry {
        Entry::new("k".into(), Place::Variable("K".into()), Raw::Text(text.into()))
    }

    #[test]
    fn booleans_have_many_spellings_and_garbage_is_refused() {
        for text in ["true", "YES", " on ", "1", "t", "Y"] {
            assert!(entry(text).boolean().unwrap(), "{text:?}");
        }
        for text in ["False", "no", "OFF", "0", "f", "n"] {
            assert!(!entry(text).boolean().unwrap(), "{text:?}");
        }
        for text in ["", "2", "maybe", "truee", "-1", "nil"] {
            let error = entry(text).boolean().unwrap_err();
            assert_eq!(
                error.to_string(),
                "the environment variable K is neither `true` nor `false`"
            );
        }
    }

    #[test]
    fn time_outs_are_whole_milliseconds() {
        assert_eq!(entry("1500").limit().unwrap(), Some(Duration::from_millis(1500)));
        assert_eq!(entry(" 0 ").limit().unwrap(), None);
        for text in ["10.5", "10s", "-1", "", "0x10", "99999999999999999999"] {
            assert!(entry(text).limit().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_value_may_stand_for_a_variable() {
        let known = |name: &str| (name == "HOST").then(|| "a".to_owned());
        let expanded = |text| entry(text).expanded(known).and_then(|entry| entry.text());
        assert_eq!(expanded("${env.HOST}").unwrap(), "a");
        assert_eq!(expanded("on ${env.HOST}").unwrap(), "on ${env.HOST}");
        let error = expanded("${env.HOTS}").unwrap_err();
        assert!(
            error.to_string().contains("environment variable `HOTS`, which is not set"),
            "{error}"
        );
    }
}
