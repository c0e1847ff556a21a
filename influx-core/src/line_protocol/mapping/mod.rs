//! Which key of a record, or column of a frame, becomes what: said at run time.

mod key;
mod options;
mod plan;
mod record;
mod refused;
mod scalar;
mod serialize;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;
use std::sync::OnceLock;

use serde::Serialize;

pub(crate) use self::plan::Plan;
#[cfg(feature = "polars")]
pub(crate) use self::plan::{Named, Tag as PlannedTag, field_text};
pub use self::record::{MappedRecord, MappedRecords};
pub(super) use self::values::Values;

use crate::error::Result;
use crate::schema::ValueType;
use crate::time::Precision;

/// How records whose keys are known only at run time become points: maps, structs and tuples that
/// serde can serialize, and the rows of data frames.
///
/// ```
/// use influx_core::{Mapping, Precision, line_protocol};
/// use serde_json::json;
///
/// let mapping = Mapping::measurement("weather").tag("station").time_in("at", Precision::Seconds);
/// let reading = json!({"station": "Brno", "cloudy": false, "temp": 21.5, "at": 1_714_564_800});
/// let mut buffer = Vec::new();
/// line_protocol::encode(mapping.record(&reading), &mut buffer)?;
/// assert_eq!(buffer, b"weather,station=Brno cloudy=false,temp=21.5 1714564800000000000\n");
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// # What a key is
///
/// Keys that are named as nothing else are fields, unless [`fields`](Self::fields) lists those that
/// are. What the time is must be said: [`time`](Self::time), [`time_in`](Self::time_in) or
/// [`server_time`](Self::server_time). A key that the mapping names must be there, save with
/// [`allow_missing`](Self::allow_missing); that its value is null leaves it out.
///
/// The mapping itself is checked once, when it is first used or by [`check`](Self::check); a mistake in
/// it is told once for all records of a write, of which none is taken. What it cannot do with a record refuses that record alone, as for any other: the error names the key, and
/// [`refused`](crate::Error::refused) has the place of the record.
///
/// # What a record is
///
/// A map (a JSON object, a `HashMap`, …), a struct, or what wraps one of them; a tuple, a tuple struct
/// or a list whose keys [`positions`](Self::positions) names. Keys of maps are texts, numbers or
/// booleans.
///
/// # What becomes of a value
///
/// | value | tag | field | with [`field_type`](Self::field_type) |
/// |---|---|---|---|
/// | `null`, `None`, `()`, a unit struct | left out | left out | left out |
/// | `str`, `char`, a variant without data (its name), whatever serde writes as text (dates, UUIDs) | its text; the empty one is left out | string | string |
/// | `i8` … `i64`, `i128` | its digits | integer | integer, unsigned, float (the nearest), string |
/// | `u8` … `u64`, `u128` | its digits | unsigned | unsigned, integer, float (the nearest), string |
/// | `u64` in a map or a list | its digits | **integer** while it fits, else unsigned | as above |
/// | `f64` | refused | float | float, string |
/// | `f32` | refused | float, by its own shortest digits: 0.1 stays 0.1 | float, string |
/// | `bool` | `true`, `false` | boolean | boolean, string |
/// | a list, a map, a struct, bytes, a variant with data | refused | refused | refused |
///
/// What 64 bits do not hold, or the type that was asked for does not, is refused, never cut. So is a
/// float as a tag, which has several spellings (`1`, `1.0`): each would be a series of its own. A
/// number or boolean that is stored as a string is written as `Display` does.
///
/// That a `u64` of a map is an integer is for the sake of JSON: serde hands `3` over as a `u64` and
/// `-3` as an `i64`, and one field cannot be both. To serde, a struct that `#[serde(flatten)]`s others
/// is a map too. A [`Value`](crate::Value) keeps its type.
///
/// JSON writes the float 21.0 as `21` in many places, and `21` is an integer here: the first of them
/// settles the type of the field on the server, which then refuses the others. Where numbers come that
/// way, [`numbers_as_floats`](Self::numbers_as_floats) stores all of them as floats.
///
/// Times are texts in RFC 3339, such as those of chrono's types and of
/// [`Timestamp`](crate::Timestamp); without an offset they are taken for UTC, and so is a date alone
/// (`2024-05-01`), which is its midnight; or integers with a unit. Up to 9 digits of fraction.
///
/// # The line
///
/// Tags are in the order of their names, fields in that of the record. Nothing is allocated for a
/// record, beyond buffers that the next one uses again: its texts are copied twice, once into those.
#[must_use = "a mapping does nothing by itself"]
pub struct Mapping {
    said: Said,
    /// Made when it is first needed.
    plan: OnceLock<Result<Plan>>,
}

/// What a mapping was told.
#[derive(Debug, Clone, PartialEq)]
struct Said {
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
    floats: bool,
    #[cfg(feature = "polars")]
    zone: Option<String>,
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
        Self::saying(Said {
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
            floats: false,
            #[cfg(feature = "polars")]
            zone: None,
        })
    }

    const fn saying(said: Said) -> Self {
        Self { said, plan: OnceLock::new() }
    }

    fn with(self, say: impl FnOnce(&mut Said)) -> Self {
        let Self { mut said, .. } = self;
        say(&mut said);
        Self::saying(said)
    }

    /// What is said of each key, or what is wrong with the mapping.
    pub(crate) fn plan(&self) -> Result<&Plan> {
        self.plan.get_or_init(|| Plan::new(&self.said)).as_ref().map_err(Clone::clone)
    }

    /// This key is a tag. Null and the empty text are not written.
    pub fn tag(self, key: impl Into<String>) -> Self {
        self.with(|said| said.tags.push(key.into()))
    }

    /// These keys are tags.
    pub fn tags<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Self {
        self.with(|said| said.tags.extend(keys.into_iter().map(Into::into)))
    }

    /// This key is a field, and those that are named nowhere are none. Nulls are not written.
    pub fn field(self, key: impl Into<String>) -> Self {
        self.fields([key])
    }

    /// These keys are fields, and those that are named nowhere are none.
    pub fn fields<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Self {
        let keys = keys.into_iter().map(Into::into);
        self.with(|said| said.fields.get_or_insert_default().extend(keys))
    }

    /// This key is not written.
    pub fn ignore(self, key: impl Into<String>) -> Self {
        self.with(|said| said.ignored.push(key.into()))
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

    fn time_of(self, key: String, unit: Option<Precision>) -> Self {
        self.with(|said| said.time = Time::Key { key, unit, or_server: false })
    }

    /// Points have no time, or may have none where a key for it was named before: the server gives
    /// them its own, the same for all of a request, and of one series keeps the last. A record may then
    /// lack the key of the time, a data frame its column only with [`allow_missing`](Self::allow_missing).
    pub fn server_time(self) -> Self {
        self.with(|said| match &mut said.time {
            Time::Key { or_server, .. } => *or_server = true,
            time => *time = Time::Server,
        })
    }

    /// The field of this key is stored with this type, as the [table](Self#what-becomes-of-a-value) has
    /// it. The last call for a key counts.
    ///
    /// ```
    /// use influx_core::{Mapping, line_protocol, schema::ValueType};
    ///
    /// let mapping = Mapping::measurement("m").server_time().field_type("level", ValueType::Float);
    /// let mut buffer = Vec::new();
    /// let values = [serde_json::json!({"level": 1}), serde_json::json!({"level": 1.5})];
    /// line_protocol::encode(mapping.records(values), &mut buffer)?;
    /// assert_eq!(buffer, b"m level=1\nm level=1.5\n");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    pub fn field_type(self, key: impl Into<String>, stored: ValueType) -> Self {
        self.with(|said| said.types.push((key.into(), stored)))
    }

    /// The tag or field of this key is stored under another name. The last call for a key counts.
    pub fn rename(self, key: impl Into<String>, stored: impl Into<String>) -> Self {
        self.with(|said| said.names.push((key.into(), stored.into())))
    }

    /// The keys of tuples, tuple structs and lists, by position; as many as the record has values.
    /// [`ignore`](Self::ignore) those that are not to be written.
    pub fn positions<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Self {
        self.with(|said| said.positions.extend(keys.into_iter().map(Into::into)))
    }

    /// Adds this tag, by its stored name, to points that have no such tag or an empty one. It comes
    /// before the default tags of a client or writer, which add only what is still missing.
    ///
    /// ```
    /// use influx_core::{Mapping, line_protocol};
    ///
    /// let mapping = Mapping::measurement("m").tag("host").default_tag("host", "here").server_time();
    /// let mut buffer = Vec::new();
    /// let values = [serde_json::json!({"host": "a", "n": 1}), serde_json::json!({"host": null, "n": 2})];
    /// line_protocol::encode(mapping.records(values), &mut buffer)?;
    /// assert_eq!(buffer, b"m,host=a n=1i\nm,host=here n=2i\n");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    pub fn default_tag(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|said| said.default_tags.push((key.into(), value.into())))
    }

    /// Looks for mistakes in the mapping itself, which otherwise fail the first write.
    ///
    /// ```
    /// use influx_core::Mapping;
    ///
    /// let error = Mapping::measurement("cpu").tag("core").field("core").server_time().check();
    /// assert!(error.unwrap_err().to_string().contains("gives the key `core` two roles"));
    /// assert!(Mapping::measurement("cpu").tag("core").server_time().check().is_ok());
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when it does not say what the time is, gives a
    /// key two roles or a name two keys, has a type or a name for a key that cannot have one, and
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry a name.
    pub fn check(&self) -> Result<()> {
        self.plan().map(drop)
    }

    /// A value with this mapping: a record that can be written.
    ///
    /// ```
    /// use influx_core::{Mapping, line_protocol};
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// struct Reading { room: &'static str, temp: f32, at: &'static str }
    ///
    /// let mapping = Mapping::measurement("air").tag("room").time("at");
    /// let reading = Reading { room: "hall", temp: 21.1, at: "2024-05-01" };
    /// let mut buffer = Vec::new();
    /// line_protocol::encode(mapping.record(&reading), &mut buffer)?;
    /// assert_eq!(buffer, b"air,room=hall temp=21.1 1714521600000000000\n");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    pub const fn record<T: Serialize>(&self, value: T) -> MappedRecord<'_, T> {
        MappedRecord::new(self, value)
    }

    /// Values with this mapping: records that can be written, one after the other.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// use influx_core::{Mapping, Precision};
    ///
    /// let mapping = Mapping::measurement("cpu").tag("core").time_in("at", Precision::Seconds);
    /// let mapping = mapping.positions(["core", "temp", "at"]);
    /// client.write("my-bucket", mapping.records([("0", 22.35, 60), ("1", 22.5, 60)])).await?;
    ///
    /// let error = client.write("my-bucket", mapping.records([("0", 22.35, Some(60)), ("1", 22.5, None)]));
    /// assert_eq!(error.await.unwrap_err().refused()[0].index(), 1);
    /// # assert_eq!(server.lines("my-bucket").len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn records<I>(&self, values: I) -> MappedRecords<'_, I::IntoIter>
    where
        I: IntoIterator<Item: Serialize>,
    {
        MappedRecords::new(self, values.into_iter())
    }
}

impl Clone for Mapping {
    fn clone(&self) -> Self {
        Self::saying(self.said.clone())
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.said == other.said
    }
}

/// What it was told.
impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said.fmt(f)
    }
}
