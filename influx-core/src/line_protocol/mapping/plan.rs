//! A mapping that was checked: what it says of each key, found quickly.

use std::collections::BTreeMap;

use super::{KeyRole, Name, Said, Time};
use crate::error::{MappingCause, Part, Result};
use crate::line_protocol::escape::{self, Escapes};
use crate::line_protocol::rules;
use crate::line_protocol::writer::refuse;
use crate::schema::ValueType;

/// What a [`Mapping`](super::Mapping) says, made once and read for each record or frame.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) measurement: Named,
    pub(crate) time: Time,
    /// The keys that the mapping names, in their order; found with [`find`](Self::find).
    pub(crate) keys: Vec<Key>,
    /// What is written as tags, in the order of the stored names.
    pub(crate) tags: Vec<Tag>,
    /// The keys of sequences.
    pub(crate) positions: Vec<String>,
    /// What a key is that the mapping does not name.
    pub(crate) others: KeyRole,
    pub(crate) allows_missing: bool,
    pub(crate) skips_non_finite: bool,
    /// Whether numbers without a type of their own are stored as floats.
    pub(crate) floats: bool,
    /// The zone of times without one.
    #[cfg(feature = "polars")]
    pub(crate) zone: Option<String>,
    /// Names that tags and fields are stored under and that are no such keys.
    taken: Vec<(String, String)>,
}

/// The measurement of the points.
#[derive(Debug)]
pub(crate) enum Named {
    /// As it stands in a line.
    Fixed(Vec<u8>),
    /// Held by the key at this place of [`keys`](Plan::keys).
    Key(usize),
}

/// A key that the mapping names.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) role: KeyRole,
    /// The name on the server.
    pub(crate) stored: String,
    /// `,stored=`, escaped; of a tag or a field.
    pub(crate) text: Vec<u8>,
    /// What a field is converted to.
    pub(crate) stored_type: Option<ValueType>,
}

/// A tag of every point.
#[derive(Debug)]
pub(crate) struct Tag {
    /// The place in [`keys`](Plan::keys) of the key that holds it; a tag that is a default alone has
    /// none.
    pub(crate) key: Option<usize>,
    pub(crate) stored: String,
    /// `,stored=`, escaped.
    pub(crate) text: Vec<u8>,
    /// Its value where a record has none.
    pub(crate) default: Option<String>,
}

impl Plan {
    pub(super) fn new(said: &Said) -> Result<Self> {
        if said.time == Time::Unsaid {
            return Err(MappingCause::NoTime.into());
        }
        let keys = keys(said)?;
        let tags = tags(said, &keys)?;
        all_different(&keys, &tags)?;
        let mut positions: Vec<_> = said.positions.iter().collect();
        positions.sort();
        if let Some(pair) = positions.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(MappingCause::PositionTwice { key: pair[0].clone() }.into());
        }
        Ok(Self {
            measurement: measurement(said, &keys)?,
            time: said.time.clone(),
            taken: taken(&keys, &tags),
            keys,
            tags,
            positions: said.positions.clone(),
            others: if said.fields.is_some() { KeyRole::Ignored } else { KeyRole::Field },
            allows_missing: said.allows_missing,
            skips_non_finite: said.skips_non_finite,
            floats: said.floats,
            #[cfg(feature = "polars")]
            zone: said.zone.clone(),
        })
    }

    /// The place of a key in [`keys`](Self::keys), if the mapping names it.
    pub(crate) fn find(&self, key: &str) -> Option<usize> {
        find(&self.keys, key)
    }

    /// Makes sure that a field whose key the mapping does not name can have that as its name.
    pub(crate) fn may_be_stored(&self, key: &str) -> Result<()> {
        match self.taken.iter().find(|(stored, _)| stored == key) {
            Some((stored, other)) => Err(same_name(stored, [other, key])),
            None => Ok(()),
        }
    }
}

fn find(keys: &[Key], name: &str) -> Option<usize> {
    keys.binary_search_by(|key| key.name.as_str().cmp(name)).ok()
}

fn same_name(stored: &str, keys: [&str; 2]) -> crate::Error {
    MappingCause::SameName { stored: stored.to_owned(), keys: keys.map(str::to_owned) }.into()
}

/// What each named key is, each one thing.
fn roles<'s>(said: &'s Said) -> Result<BTreeMap<&'s str, KeyRole>> {
    let mut roles = BTreeMap::new();
    let mut give = |key: &'s str, role| match roles.insert(key, role) {
        Some(other) if other != role => Err(MappingCause::Twice { key: key.to_owned() }),
        _ => Ok(()),
    };
    if let Name::Key(key) = &said.measurement {
        give(key.as_str(), KeyRole::Measurement)?;
    }
    if let Time::Key { key, .. } = &said.time {
        give(key, KeyRole::Time)?;
    }
    let fields = said.fields.iter().flatten();
    for (keys, role) in [(&said.tags, KeyRole::Tag), (&said.ignored, KeyRole::Ignored)] {
        keys.iter().try_for_each(|key| give(key, role))?;
    }
    fields.into_iter().try_for_each(|key| give(key, KeyRole::Field))?;
    options(said, &mut roles)?;
    Ok(roles)
}

/// Keys that only options name are fields, unless the fields are listed.
fn options<'s>(said: &'s Said, roles: &mut BTreeMap<&'s str, KeyRole>) -> Result<()> {
    let others = if said.fields.is_some() { KeyRole::Ignored } else { KeyRole::Field };
    for (key, stored) in &said.types {
        if *roles.entry(key).or_insert(others) != KeyRole::Field {
            return Err(not_that(key, "field_type", "fields"));
        }
        if *stored == ValueType::Time {
            return Err(MappingCause::NoFieldType { key: key.clone() }.into());
        }
    }
    for (key, _) in &said.names {
        if !matches!(roles.entry(key).or_insert(others), KeyRole::Tag | KeyRole::Field) {
            return Err(not_that(key, "rename", "tags and fields"));
        }
    }
    Ok(())
}

fn not_that(key: &str, option: &'static str, wanted: &'static str) -> crate::Error {
    MappingCause::NotThat { key: key.to_owned(), option, wanted }.into()
}

/// The last value that was said of a key.
fn last<'s, V>(pairs: &'s [(String, V)], key: &str) -> Option<&'s V> {
    pairs.iter().rev().find(|(other, _)| other == key).map(|(_, value)| value)
}

fn keys(said: &Said) -> Result<Vec<Key>> {
    let key = |(name, role): (&str, KeyRole)| {
        let stored = last(&said.names, name).map_or(name, String::as_str);
        let text = match role {
            KeyRole::Tag => tag_text(stored)?,
            KeyRole::Field => field_text(stored)?,
            KeyRole::Measurement | KeyRole::Time | KeyRole::Ignored => Vec::new(),
        };
        let (name, stored) = (name.to_owned(), stored.to_owned());
        let stored_type = last(&said.types, &name).copied();
        Ok(Key { name, role, stored, text, stored_type })
    };
    roles(said)?.into_iter().map(key).collect()
}

fn tag_text(stored: &str) -> Result<Vec<u8>> {
    rules::tag_key(stored.as_bytes()).map_err(|rule| refuse(Part::TagKey, stored, rule))?;
    Ok(key_text(stored, escape::TAG))
}

/// Any field may be the first of its line.
pub(crate) fn field_text(stored: &str) -> Result<Vec<u8>> {
    rules::field_key(stored.as_bytes(), true)
        .map_err(|rule| refuse(Part::FieldKey, stored, rule))?;
    Ok(key_text(stored, escape::FIELD_KEY))
}

fn key_text(stored: &str, escapes: Escapes) -> Vec<u8> {
    let mut text = vec![b','];
    escapes.append(stored.as_bytes(), &mut text);
    text.push(b'=');
    text
}

fn measurement(said: &Said, keys: &[Key]) -> Result<Named> {
    match &said.measurement {
        Name::Key(key) => Ok(Named::Key(find(keys, key).unwrap_or_default())),
        Name::Fixed(name) => {
            rules::measurement(name.as_bytes())
                .map_err(|rule| refuse(Part::Measurement, name, rule))?;
            let mut text = Vec::new();
            escape::MEASUREMENT.append(name.as_bytes(), &mut text);
            Ok(Named::Fixed(text))
        }
    }
}

fn tags(said: &Said, keys: &[Key]) -> Result<Vec<Tag>> {
    let default =
        |stored: &str| last(&said.default_tags, stored).filter(|value| !value.is_empty()).cloned();
    let of_key = |(place, key): (usize, &Key)| Tag {
        key: Some(place),
        stored: key.stored.clone(),
        text: key.text.clone(),
        default: default(&key.stored),
    };
    let is_tag = |(_, key): &(usize, &Key)| key.role == KeyRole::Tag;
    let mut tags: Vec<_> = keys.iter().enumerate().filter(is_tag).map(of_key).collect();
    for (stored, value) in &said.default_tags {
        let text = tag_text(stored)?;
        if let (false, Err(rule)) = (value.is_empty(), rules::tag_value(value.as_bytes())) {
            return Err(refuse(Part::TagValue(stored.clone()), value, rule));
        }
        let default = default(stored);
        if default.is_some() && tags.iter().all(|tag| tag.stored != *stored) {
            tags.push(Tag { key: None, stored: stored.clone(), text, default });
        }
    }
    tags.sort_by(|left, right| left.stored.cmp(&right.stored));
    Ok(tags)
}

/// A tag and a field of one name could not be pivoted, and two tags or fields are one.
fn all_different(keys: &[Key], tags: &[Tag]) -> Result<()> {
    let mut names = BTreeMap::new();
    let written = keys.iter().filter(|key| matches!(key.role, KeyRole::Tag | KeyRole::Field));
    let defaults = tags.iter().filter(|tag| tag.key.is_none());
    let written = written.map(|key| (key.stored.as_str(), key.name.as_str()));
    for (stored, key) in written.chain(defaults.map(|tag| (&*tag.stored, &*tag.stored))) {
        if let Some(other) = names.insert(stored, key) {
            return Err(same_name(stored, [other, key]));
        }
    }
    Ok(())
}

/// The names that are no keys of their own role, with the keys that they are of.
fn taken(keys: &[Key], tags: &[Tag]) -> Vec<(String, String)> {
    let renamed = keys.iter().filter(|key| key.stored != key.name);
    let renamed = renamed.map(|key| (key.stored.clone(), key.name.clone()));
    let defaults = tags.iter().filter(|tag| tag.key.is_none());
    renamed.chain(defaults.map(|tag| (tag.stored.clone(), tag.stored.clone()))).collect()
}
