//! The values of one record, and its line.

use std::ops::Range;

use super::plan::{Named, Plan, Tag};
use super::scalar::{Scalar, Valued};
use super::{KeyRole, Time};
use crate::error::{MappingCause, Result};
use crate::line_protocol::{Fields, LineWriter, Tags};
use crate::schema::ValueType;

/// The values of a record, by what they are; kept for the next one.
#[derive(Debug, Default)]
pub(in crate::line_protocol) struct Values {
    /// All texts, one behind the other.
    pub(super) text: String,
    /// Those of the keys that the mapping names.
    named: Vec<Option<Scalar>>,
    /// The fields, in the order of the record.
    fields: Vec<Field>,
}

#[derive(Debug)]
enum Field {
    /// The place of the key in the plan.
    Named(usize),
    Other {
        name: Range<usize>,
        value: Scalar,
    },
}

impl Values {
    pub(super) fn clear(&mut self, plan: &Plan) {
        self.text.clear();
        self.fields.clear();
        self.named.clear();
        self.named.resize(plan.keys.len(), None);
    }

    /// How much memory it has.
    #[cfg(feature = "client")]
    pub(in crate::line_protocol) fn capacity(&self) -> usize {
        self.text.capacity()
            + self.named.capacity() * size_of::<Option<Scalar>>()
            + self.fields.capacity() * size_of::<Field>()
    }

    /// The value of a key that the mapping names.
    pub(super) fn set(&mut self, plan: &Plan, place: usize, value: Scalar) -> Result<()> {
        let key = &plan.keys[place];
        if self.named[place].replace(value).is_some() {
            return Err(MappingCause::TwiceInRecord { key: key.name.clone() }.into());
        }
        if key.role == KeyRole::Field {
            self.fields.push(Field::Named(place));
        }
        Ok(())
    }

    /// A field whose key stands in the text.
    pub(super) fn push(&mut self, name: Range<usize>, value: Scalar) {
        self.fields.push(Field::Other { name, value });
    }

    /// Makes sure that the record has what the mapping names.
    pub(super) fn check(&self, plan: &Plan) -> Result<()> {
        let server_time = matches!(plan.time, Time::Key { or_server: true, .. });
        let lacks = |role| match role {
            KeyRole::Measurement => true,
            KeyRole::Tag | KeyRole::Field => !plan.allows_missing,
            KeyRole::Time => !server_time,
            KeyRole::Ignored => false,
        };
        let pairs = plan.keys.iter().zip(&self.named);
        match { pairs }.find(|(key, value)| value.is_none() && lacks(key.role)) {
            Some((key, _)) => {
                let may_be_allowed = matches!(key.role, KeyRole::Tag | KeyRole::Field);
                let (key, keys) = (key.name.clone(), self.keys(plan));
                Err(MappingCause::Missing { key, keys, may_be_allowed }.into())
            }
            None => Ok(()),
        }
    }

    /// The keys of the record, save those that are ignored; none where only named ones are kept.
    fn keys(&self, plan: &Plan) -> Vec<String> {
        if plan.others == KeyRole::Ignored {
            return Vec::new();
        }
        let pairs = plan.keys.iter().zip(&self.named).filter(|(_, value)| value.is_some());
        let named = pairs.map(|(key, _)| key.name.clone());
        let others = self.fields.iter().filter_map(|field| match field {
            Field::Other { name, .. } => Some(self.text[name.clone()].to_owned()),
            Field::Named(_) => None,
        });
        named.chain(others).collect()
    }

    fn text_of(&self, value: &Scalar) -> &str {
        if let Scalar::Text(range) = value { &self.text[range.clone()] } else { "" }
    }

    fn valued<'v>(&'v self, key: &'v str, scalar: &'v Scalar) -> Valued<'v> {
        Valued { key, scalar, text: self.text_of(scalar) }
    }

    /// The value of a key of the plan; null where the record lacks it.
    fn named<'v>(&'v self, plan: &'v Plan, place: usize) -> Valued<'v> {
        let value = self.named[place].as_ref().unwrap_or(&Scalar::Null);
        self.valued(&plan.keys[place].name, value)
    }

    /// Appends the line.
    pub(super) fn write(&self, plan: &Plan, out: &mut LineWriter) -> Result<()> {
        let nanos = self.nanos(plan)?;
        let mut line = match &plan.measurement {
            Named::Fixed(escaped) => out.literal_measurement(escaped),
            Named::Key(place) => {
                let name = self.named(plan, *place);
                name.measurement()?;
                out.measurement(name.text)?
            }
        };
        for tag in &plan.tags {
            self.write_tag(plan, tag, &mut line)?;
        }
        let mut line = line.into_fields();
        for field in &self.fields {
            self.write_field(plan, field, &mut line)?;
        }
        line.finish_at(|time| nanos.map_or(Ok(()), |nanos| time.nanos(nanos)))
    }

    fn write_tag(&self, plan: &Plan, tag: &Tag, line: &mut Tags<'_>) -> Result<()> {
        let own = tag.key.map(|place| self.named(plan, place)).filter(|own| !own.is_empty());
        let writer = line.literal_tag(&tag.stored, &tag.text);
        match (own, &tag.default) {
            (Some(own), _) => own.write_tag(writer),
            (None, Some(default)) => writer.text(default),
            (None, None) => Ok(()),
        }
    }

    fn write_field(&self, plan: &Plan, field: &Field, line: &mut Fields<'_>) -> Result<()> {
        let (writer, value, stored) = match field {
            Field::Named(place) => {
                let key = &plan.keys[*place];
                let writer = line.literal_field(&key.stored, &key.text);
                (writer, self.named(plan, *place), key.stored_type)
            }
            Field::Other { name, value } => {
                let name = &self.text[name.clone()];
                (line.field(name)?, self.valued(name, value), None)
            }
        };
        let writer = if plan.skips_non_finite { writer.skip_non_finite() } else { writer };
        let float = || (plan.floats && value.is_integer()).then_some(ValueType::Float);
        value.write_field(stored.or_else(float), writer)
    }

    /// The time of the point; none where it is the server's.
    fn nanos(&self, plan: &Plan) -> Result<Option<i128>> {
        let Time::Key { key, unit, or_server } = &plan.time else { return Ok(None) };
        let place = plan.find(key).unwrap_or_default();
        match self.named(plan, place).nanos(*unit)? {
            None if !*or_server => Err(MappingCause::NullTime { key: key.clone() }.into()),
            nanos => Ok(nanos),
        }
    }
}
