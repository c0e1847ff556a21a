//! Which key of a record, or column of a frame, becomes what: said at run time.

use crate::error::{MappingCause, Result};
use crate::schema::ValueType;
use crate::time::Precision;

/// How records whose keys are known only at run time become points: maps, structs and tuples that
/// serde can serialize, and the rows of data frames.
///
/// Keys that are named as nothing else are fields, unless [`fields`](Self::fields) lists those that
/// are. What the time is must be said: [`time`](Self::time), [`time_in`](Self::time_in) or
/// [`server_time`](Self::server_time).
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a mapping does nothing by itself"]
pub struct Mapping {
    measurement: Name,
    tags: Vec<String>,
    fields: Option<Vec<String>>,
    ignored: Vec<String>,
    time: Time,
    types: Vec<(String, ValueType)>,
    names: Vec<(String, String)>,
    positions: Vec<String>,
    default_tags: Vec<(String, String)>,
    allows_missing: bool,
    skips_non_finite: bool,
}

/// Where the name of the measurement comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Name {
    Fixed(String),
    Key(String),
}

/// Where the time of a point comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Time {
    Unsaid,
    Server,
    Key {
        key: String,
        /// What its integers count.
        unit: Option<Precision>,
        /// Whether a point without one gets the server's.
        or_server: bool,
    },
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyRole {
    Measurement,
    Tag,
    Field,
    Time,
    Ignored,
}

impl Mapping {
    /// Points of this measurement.
    pub fn measurement(name: impl Into<String>) -> Self {
        Self::new(Name::Fixed(name.into()))
    }

    /// Points whose measurement is what this key holds.
    pub fn measurement_key(key: impl Into<String>) -> Self {
        Self::new(Name::Key(key.into()))
    }

    const fn new(measurement: Name) -> Self {
        Self {
            measurement,
            tags: Vec::new(),
            fields: None,
            ignored: Vec::new(),
            time: Time::Unsaid,
            types: Vec::new(),
            names: Vec::new(),
            positions: Vec::new(),
            default_tags: Vec::new(),
            allows_missing: false,
            skips_non_finite: false,
        }
    }

    /// This key is a tag. Null and the empty text are not written.
    pub fn tag(mut self, key: impl Into<String>) -> Self {
        self.tags.push(key.into());
        self
    }

    /// These keys are tags.
    pub fn tags<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.tags.extend(keys.into_iter().map(Into::into));
        self
    }

    /// This key is a field, and those that are named nowhere are none. Nulls are not written.
    pub fn field(self, key: impl Into<String>) -> Self {
        self.fields([key])
    }

    /// These keys are fields, and those that are named nowhere are none.
    pub fn fields<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.fields.get_or_insert_default().extend(keys.into_iter().map(Into::into));
        self
    }

    /// This key is not written.
    pub fn ignore(mut self, key: impl Into<String>) -> Self {
        self.ignored.push(key.into());
        self
    }

    /// This key holds the time: a date and time, or a text of one. Integers need a unit, and so
    /// [`time_in`](Self::time_in).
    pub fn time(self, key: impl Into<String>) -> Self {
        self.time_of(key.into(), None)
    }

    /// This key holds the time; where that is an integer, it counts this unit since
    /// 1970-01-01T00:00:00Z.
    pub fn time_in(self, key: impl Into<String>, unit: Precision) -> Self {
        self.time_of(key.into(), Some(unit))
    }

    fn time_of(mut self, key: String, unit: Option<Precision>) -> Self {
        self.time = Time::Key { key, unit, or_server: false };
        self
    }

    /// Points have no time, or may have none where a key for it was named before: the server gives
    /// them its own, the same for all of a request, and of one series keeps the last.
    pub fn server_time(mut self) -> Self {
        match &mut self.time {
            Time::Key { or_server, .. } => *or_server = true,
            time => *time = Time::Server,
        }
        self
    }

    /// The field of this key is stored with this type.
    pub fn field_type(mut self, key: impl Into<String>, stored: ValueType) -> Self {
        self.types.push((key.into(), stored));
        self
    }

    /// The tag or field of this key is stored under another name.
    pub fn rename(mut self, key: impl Into<String>, stored: impl Into<String>) -> Self {
        self.names.push((key.into(), stored.into()));
        self
    }

    /// The keys of tuples and other sequences, by position.
    pub fn positions<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.positions.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Adds this tag to points that have no such tag.
    pub fn default_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.default_tags.push((key.into(), value.into()));
        self
    }

    /// Takes a tag or field whose key a record lacks for a null. Without this it is an error.
    pub const fn allow_missing(mut self) -> Self {
        self.allows_missing = true;
        self
    }

    /// Leaves out fields that are NaN or infinite. Without this they are errors.
    pub const fn skip_non_finite(mut self) -> Self {
        self.skips_non_finite = true;
        self
    }
}
