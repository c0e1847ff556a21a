//! What answers hold beside what this crate has names for.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::{Map, Value};

use crate::error::{Endpoint, Error, Result, TransportCause};
use crate::time::Timestamp;

/// The members of an answer that this crate has no name for, such as those of a newer server.
///
/// `Debug` shows their names only, since nobody knows what they hold.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// #[derive(serde::Deserialize)]
/// struct Links {
///     write: String,
/// }
///
/// let bucket = client.buckets().find("my-bucket").await?.expect("it is there");
/// let links: Option<Links> = bucket.extra.get("links")?;
/// assert!(links.is_some_and(|links| links.write.starts_with("/api/v2/write?")));
/// assert_eq!(bucket.extra.get::<String>("anything else")?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Extra(Map<String, Value>);

impl Extra {
    /// The names of the members.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The member of this name as any type that serde reads; `None` where there is none.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when it is something else.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let Some(value) = self.0.get(key) else { return Ok(None) };
        T::deserialize(value).map(Some).map_err(|_| {
            let problem = "holds a member that is not of the type asked for";
            // serde's own words quote the value, which may be a secret.
            let place = format!("the member `{key}`");
            Error::transport(TransportCause::Decode { doing: Endpoint::Admin, problem }, place)
        })
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }
}

/// A text; the server sends an empty one, null or nothing where there is none.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.filter(|text| !text.is_empty()))
}

/// An instant; Go's server sends its year 1 where there is none.
pub(super) fn time<'de, D>(deserializer: D) -> Result<Option<Timestamp>, D::Error>
where
    D: Deserializer<'de>,
{
    let text = text(deserializer)?.filter(|text| !text.starts_with("0001-01-01T00:00:00"));
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

/// A list; null is one without items, as Go writes it.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::{Extra, list, text, time};
    use crate::time::Timestamp;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Model {
        #[serde(default, deserialize_with = "text")]
        text: Option<String>,
        #[serde(default, deserialize_with = "time")]
        time: Option<Timestamp>,
        #[serde(default, deserialize_with = "list")]
        list: Vec<u8>,
        #[serde(flatten)]
        extra: Extra,
    }

    #[test]
    fn what_is_missing_null_or_nothing_is_none() {
        for json in [
            "{}",
            r#"{"text":null,"time":null,"list":null}"#,
            r#"{"text":"","time":"0001-01-01T00:00:00Z","list":[]}"#,
        ] {
            let model: Model = serde_json::from_str(json).unwrap();
            let none = Model { text: None, time: None, list: vec![], extra: Extra::default() };
            assert_eq!(model, none, "{json}");
        }
        for json in [r#"{"text":1}"#, r#"{"time":"soon"}"#, r#"{"list":{}}"#] {
            assert!(serde_json::from_str::<Model>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn what_is_unknown_is_kept_and_not_shown() {
        let model: Model = serde_json::from_str(r#"{"new":{"a":[1]},"secret":"s3"}"#).unwrap();
        assert_eq!(model.extra.keys().collect::<Vec<_>>(), ["new", "secret"]);
        assert_eq!(model.extra.get::<String>("secret").unwrap().unwrap(), "s3");
        let error = model.extra.get::<u8>("secret").unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Decode);
        let shown = format!("{error} {error:?} {}", std::error::Error::source(&error).unwrap());
        assert!(shown.contains("the member `secret`") && !shown.contains("s3"), "{shown}");
        assert_eq!(format!("{:?}", model.extra), r#"{"new", "secret"}"#);
    }
}
