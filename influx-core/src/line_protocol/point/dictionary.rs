//! Points in the formats of serde: a dictionary of measurement, tags, fields and time.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap as _, SerializeStruct as _, Serializer};

use super::Point;
use crate::error::{Error, TimeCause};
use crate::schema::Value;
use crate::time::{Timestamp, parse_loosely};

const KEYS: [&str; 5] = ["measurement", "tags", "fields", "field_types", "time"];

/// As it is read. A time is RFC 3339 with 9 digits of fraction. `field_types` is there where an
/// unsigned field would be read as another type.
///
/// What no line can carry is an error, and nothing is left out: a time outside of what the server
/// stores, a float that is NaN or infinite (which is `null` in JSON), a field that is a time.
impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = self.nanos.map(Timestamp::storable).transpose().map_err(S::Error::custom)?;
        let types = FieldTypes(&self.fields);
        let has_types = types.words().next().is_some();
        let entries = 3 + usize::from(has_types) + usize::from(time.is_some());
        let mut point = serializer.serialize_struct("Point", entries)?;
        point.serialize_field("measurement", &self.measurement)?;
        point.serialize_field("tags", &Entries(&self.tags))?;
        point.serialize_field("fields", &Fields(&self.fields))?;
        if has_types {
            point.serialize_field("field_types", &types)?;
        }
        if let Some(time) = time {
            point.serialize_field("time", time.rfc3339_nanos().as_str())?;
        }
        point.end()
    }
}

struct Entries<'p, V>(&'p [(String, V)]);

impl<V: Serialize> Serialize for Entries<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

struct Fields<'p>(&'p [(String, Value)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            let problem = match value {
                Value::Float(float) if !float.is_finite() => "is NaN or infinite",
                Value::Time(_) => "is a time, which no field can hold",
                _ => {
                    fields.serialize_entry(key, value)?;
                    continue;
                }
            };
            return Err(S::Error::custom(format_args!("the field `{key}` {problem}")));
        }
        fields.end()
    }
}

/// The types that the values alone do not say.
struct FieldTypes<'p>(&'p [(String, Value)]);

impl FieldTypes<'_> {
    fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        let reads_as_integer =
            |value: &Value| value.as_unsigned().is_some_and(|number| i64::try_from(number).is_ok());
        let unsigned = self.0.iter().filter(move |(_, value)| reads_as_integer(value));
        unsigned.map(|(key, _)| (key.as_str(), "uint"))
    }
}

impl Serialize for FieldTypes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.words())
    }
}

/// Reads a dictionary of a format that describes itself, such as JSON:
///
/// | key | value |
/// |---|---|
/// | `measurement` | a text |
/// | `tags` | texts; integers and booleans are written as they are printed; a `null` is left out. May be missing |
/// | `fields` | as [`Value`] reads them: `1` is an integer, `1.0` a float; a `null` is a field that is not written |
/// | `field_types` | `"int"`, `"uint"` or `"float"` for whole numbers of `fields`, as the Python client has it. May be missing |
/// | `time` | RFC 3339, UTC where it has no offset; a date alone, its midnight in UTC; an integer, in nanoseconds. May be missing |
///
/// ```
/// use influx_core::Point;
///
/// let json = r#"{
///     "measurement": "cpu",
///     "tags": {"core": 0, "host": "a"},
///     "fields": {"load": 3, "temp": 22.0},
///     "time": "2024-05-01T12:00:00Z"
/// }"#;
/// let point: Point = serde_json::from_str(json)?;
/// assert_eq!(point.to_string(), "cpu,core=0,host=a load=3i,temp=22 1714564800000000000");
/// assert_eq!(serde_json::from_str::<Point>(&serde_json::to_string(&point)?)?, point);
///
/// let error = serde_json::from_str::<Point>(r#"{"measurement": "cpu", "fields": {"a": [1]}}"#);
/// assert!(error.unwrap_err().to_string().contains("the field `a`: invalid type: sequence"));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// serde_json reads some floats one bit off, unless its feature `float_roundtrip` is on.
///
/// # Errors
/// Other keys, keys that are there twice, nested values, floats as tags, `null` for the measurement
/// or the fields, texts that are no time. Each names its key.
impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Dictionary)
    }
}

struct Dictionary;

#[derive(Default)]
struct Parts {
    measurement: Option<String>,
    tags: Option<Read<Option<TagText>>>,
    fields: Option<Read<Value>>,
    types: Option<Read<FieldType>>,
    time: Option<Time>,
}

impl Dictionary {
    /// Reads the value of a key that is there once.
    fn read<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
        map: &mut A,
        key: &'static str,
        place: &mut Option<T>,
    ) -> Result<(), A::Error> {
        let value = map.next_value().map_err(|error| in_key("the key", key, &error))?;
        place.replace(value).map_or(Ok(()), |_| Err(A::Error::duplicate_field(key)))
    }
}

impl<'de> Visitor<'de> for Dictionary {
    type Value = Point;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dictionary with the keys `measurement`, `tags`, `fields` and `time`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Point, A::Error> {
        let mut parts = Parts::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "measurement" => Self::read(&mut map, KEYS[0], &mut parts.measurement)?,
                "tags" => Self::read(&mut map, KEYS[1], &mut parts.tags)?,
                "fields" => Self::read(&mut map, KEYS[2], &mut parts.fields)?,
                "field_types" => Self::read(&mut map, KEYS[3], &mut parts.types)?,
                "time" => Self::read(&mut map, KEYS[4], &mut parts.time)?,
                _ => return Err(A::Error::unknown_field(&key, &KEYS)),
            }
        }
        parts.into_point()
    }
}

impl Parts {
    fn into_point<E: serde::de::Error>(self) -> Result<Point, E> {
        let measurement = self.measurement.ok_or_else(|| E::missing_field("measurement"))?;
        let mut fields = self.fields.ok_or_else(|| E::missing_field("fields"))?.0;
        for (key, word) in self.types.unwrap_or_default().0 {
            let place = fields.iter_mut().find(|(field, _)| *field == key);
            let (_, value) =
                place.ok_or_else(|| E::custom(format_args!("`field_types`: no field `{key}`")))?;
            *value = word.convert(std::mem::take(value)).map_err(|problem| {
                E::custom(format_args!("`field_types`: the field `{key}` {problem}"))
            })?;
        }
        let tags = self.tags.unwrap_or_default().0;
        let tags = tags.into_iter().filter_map(|(key, text)| Some((key, text?.0))).collect();
        Ok(Point { measurement, tags, fields, nanos: self.time.and_then(|time| time.0) })
    }
}

fn in_key<E: serde::de::Error>(what: &str, key: &str, error: &E) -> E {
    E::custom(format_args!("{what} `{key}`: {error}"))
}

/// The entries of a map, in the order of their keys.
struct Read<V>(Vec<(String, V)>);

impl<V> Default for Read<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A value of a map.
trait Entry {
    /// What the map is one of.
    const NOUN: &str;
    /// Whether the map may be null.
    const MAY_BE_NULL: bool = true;
}

impl Entry for Option<TagText> {
    const NOUN: &str = "the tag";
}

impl Entry for Value {
    const NOUN: &str = "the field";
    const MAY_BE_NULL: bool = false;
}

impl Entry for FieldType {
    const NOUN: &str = "the type of field";
}

impl<'de, V: Entry + Deserialize<'de>> Deserialize<'de> for Read<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(Self(Vec::new()))
    }
}

impl<'de, V: Entry + Deserialize<'de>> Visitor<'de> for Read<V> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Self, E> {
        if V::MAY_BE_NULL {
            Ok(self)
        } else {
            Err(E::invalid_type(serde::de::Unexpected::Option, &self))
        }
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self, E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value().map_err(|error| in_key(V::NOUN, &key, &error))?;
            self.0.push((key, value));
        }
        self.0.sort_by(|(left, _), (right, _)| left.cmp(right));
        match self.0.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => {
                Err(A::Error::custom(format_args!("{} `{}` is there twice", V::NOUN, pair[0].0)))
            }
            None => Ok(self),
        }
    }
}

struct TagText(String);

impl<'de> Deserialize<'de> for TagText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyText)
    }
}

struct AnyText;

impl Visitor<'_> for AnyText {
    type Value = TagText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, an integer or a boolean (a float is better a field)")
    }

    fn visit_str<E>(self, text: &str) -> Result<TagText, E> {
        Ok(TagText(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<TagText, E> {
        Ok(TagText(text))
    }

    fn visit_i64<E>(self, value: i64) -> Result<TagText, E> {
        Ok(TagText(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<TagText, E> {
        Ok(TagText(value.to_string()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<TagText, E> {
        Ok(TagText(value.to_string()))
    }
}

/// How the Python client calls the types of numbers.
#[derive(Clone, Copy)]
enum FieldType {
    Integer,
    Unsigned,
    Float,
}

impl FieldType {
    /// The value in this type, if it can be.
    #[expect(clippy::cast_precision_loss, reason = "that is what `float` asks for")]
    fn convert(self, value: Value) -> Result<Value, &'static str> {
        match (self, value) {
            (_, Value::Null) => Ok(Value::Null),
            (Self::Integer, Value::Unsigned(value)) => {
                i64::try_from(value).map(Value::Integer).map_err(|_| "is too large for an `int`")
            }
            (Self::Unsigned, Value::Integer(value)) => {
                u64::try_from(value).map(Value::Unsigned).map_err(|_| "is negative, and no `uint`")
            }
            (Self::Float, Value::Integer(value)) => Ok(Value::Float(value as f64)),
            (Self::Float, Value::Unsigned(value)) => Ok(Value::Float(value as f64)),
            (Self::Integer, value @ Value::Integer(_))
            | (Self::Unsigned, value @ Value::Unsigned(_))
            | (Self::Float, value @ Value::Float(_)) => Ok(value),
            _ => Err("is no whole number"),
        }
    }
}

impl<'de> Deserialize<'de> for FieldType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word)
    }
}

struct Word;

impl Visitor<'_> for Word {
    type Value = FieldType;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`int`, `uint` or `float`")
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<FieldType, E> {
        match word {
            "int" => Ok(FieldType::Integer),
            "uint" => Ok(FieldType::Unsigned),
            "float" => Ok(FieldType::Float),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(word), &self)),
        }
    }
}

/// Nanoseconds since 1970, if there is a time.
struct Time(Option<i128>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyTime)
    }
}

struct AnyTime;

impl Visitor<'_> for AnyTime {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time as a text, or an integer of nanoseconds since 1970")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Time, E> {
        let no_time = || Error::from(TimeCause::NotRfc3339 { text: text.to_owned() });
        parse_loosely(text).map(|nanos| Time(Some(nanos))).ok_or_else(no_time).map_err(E::custom)
    }

    fn visit_i64<E>(self, nanos: i64) -> Result<Time, E> {
        Ok(Time(Some(nanos.into())))
    }

    fn visit_u64<E>(self, nanos: u64) -> Result<Time, E> {
        Ok(Time(Some(nanos.into())))
    }

    fn visit_unit<E>(self) -> Result<Time, E> {
        Ok(Time(None))
    }

    fn visit_none<E>(self) -> Result<Time, E> {
        Ok(Time(None))
    }
}
