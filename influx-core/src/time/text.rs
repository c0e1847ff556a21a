//! Timestamps in the formats of serde.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Timestamp;

/// RFC 3339 in UTC, as `Display` prints it.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads RFC 3339 with any offset and up to 9 digits of fraction.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(Self::NAME, Rfc3339)
    }
}

impl Timestamp {
    /// By this name a deserializer of this crate knows that it need not make a text of an instant:
    /// a map of the name to the nanoseconds will do.
    pub(crate) const NAME: &str = "influx_core::Timestamp";
}

struct Rfc3339;

impl<'de> Visitor<'de> for Rfc3339 {
    type Value = Timestamp;

    fn visit_newtype_struct<D: Deserializer<'de>>(self, text: D) -> Result<Timestamp, D::Error> {
        text.deserialize_str(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Timestamp, A::Error> {
        // Another map may not even lend its keys.
        match map.next_key() {
            Ok(Some(Timestamp::NAME)) => map.next_value().map(Timestamp::from_nanos),
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 time")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }
}
