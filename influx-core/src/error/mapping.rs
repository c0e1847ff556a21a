use std::fmt;

use super::{ErrorKind, Excerpt, frame};

/// Why a [`Mapping`](crate::Mapping) does not fit, itself or a record.
#[derive(Debug)]
pub(crate) enum MappingCause {
    /// The mapping does not say what the time is.
    NoTime,
    /// It gives one key two roles.
    Twice { key: String },
    /// It names a position twice.
    PositionTwice { key: String },
    /// Two keys are stored under one name.
    SameName { stored: String, keys: [String; 2] },
    /// An option of tags or fields for a key that is something else.
    NotThat { key: String, option: &'static str, wanted: &'static str },
    /// A type that no field has.
    NoFieldType { key: String },
    /// A record lacks a key; those that it has, where they are known.
    Missing { key: String, keys: Vec<String>, may_be_allowed: bool },
    /// A record has a key twice.
    TwiceInRecord { key: String },
    /// A value that is no single value, such as a list.
    Nested { key: String, found: &'static str },
    /// A value of a type that has no place there.
    WrongType { key: String, found: String, wanted: &'static str },
    /// A number that the type it is stored with cannot hold.
    OutOfRange { key: String, value: String, wanted: &'static str },
    /// A text that is no time.
    NoTimeText { key: String, text: String },
    /// A count of time without its unit.
    NoUnit { key: String },
    /// A point without a time, which was not said to be the server's.
    NullTime { key: String },
    /// Something that has no keys.
    NoRecord { found: &'static str },
    /// A sequence whose values have no keys.
    NoPositions,
    /// A sequence of another length.
    Positions { named: usize, more: bool },
    /// A key of a map that is no text.
    NoKey { found: &'static str },
    /// What the own implementation of `Serialize` of a key's value says, or of the record itself.
    Foreign { key: String, message: String },
}

impl MappingCause {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTime
            | Self::Twice { .. }
            | Self::PositionTwice { .. }
            | Self::SameName { .. }
            | Self::NotThat { .. }
            | Self::NoFieldType { .. }
            | Self::TwiceInRecord { .. }
            | Self::NoUnit { .. }
            | Self::NoPositions
            | Self::Foreign { .. } => ErrorKind::InvalidInput,
            Self::Missing { .. } | Self::Positions { .. } => ErrorKind::MissingColumn,
            Self::Nested { .. }
            | Self::WrongType { .. }
            | Self::OutOfRange { .. }
            | Self::NoTimeText { .. }
            | Self::NullTime { .. }
            | Self::NoRecord { .. }
            | Self::NoKey { .. } => ErrorKind::TypeMismatch,
        }
    }

    /// What is wrong with the mapping itself.
    fn fmt_mapping(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTime => f.write_str(
                "the mapping does not say what the time is; name its key with `time` or `time_in`, \
                 or leave it to the server with `server_time`",
            ),
            Self::Twice { key } => {
                write!(f, "the mapping gives the key `{}` two roles; give it one", Excerpt(key))
            }
            Self::PositionTwice { key } => {
                write!(f, "the mapping has two positions for the key `{}`", Excerpt(key))
            }
            Self::SameName { stored, keys: [one, other] } => write!(
                f,
                "the keys `{}` and `{}` are both stored as `{}`; `rename` one of them",
                Excerpt(one),
                Excerpt(other),
                Excerpt(stored)
            ),
            Self::NotThat { key, option, wanted } => write!(
                f,
                "`{option}` of the mapping is for {wanted}, which the key `{}` is not; name it as \
                 one, or correct it",
                Excerpt(key)
            ),
            Self::NoFieldType { key } => write!(
                f,
                "the mapping stores the field `{}` as a time, which no field can be; store an \
                 integer or a text",
                Excerpt(key)
            ),
            _ => self.fmt_shape(f),
        }
    }

    /// What is wrong with a record as a whole.
    fn fmt_shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { key, keys, may_be_allowed } => {
                write!(f, "there is no key `{}`", Excerpt(key))?;
                if !keys.is_empty() {
                    frame::fmt_columns(keys, f)?;
                }
                f.write_str(frame::remedy(*may_be_allowed))
            }
            Self::TwiceInRecord { key } => {
                write!(f, "the key `{}` is there twice; a record has each key once", Excerpt(key))
            }
            Self::NoRecord { found } => {
                write!(f, "{found} is no record; hand over a map, a struct or a tuple")
            }
            Self::NoPositions => f.write_str(
                "the values of a sequence have no keys; name them in order with `positions`",
            ),
            Self::Positions { named, more } => {
                let (compared, remedy) = if *more {
                    ("more", "name all of them, and `ignore` what is not to be written")
                } else {
                    ("fewer", "correct them, or let values be absent with `allow_missing`")
                };
                write!(f, "the record has {compared} values than `positions` names ({named}); ")?;
                f.write_str(remedy)
            }
            Self::NoKey { found } => {
                write!(f, "a key of the map is {found}; keys are texts, numbers or booleans")
            }
            Self::Foreign { key, message } => {
                let place = if key.is_empty() { "the record" } else { "the value of the key" };
                f.write_str(place)?;
                if !key.is_empty() {
                    write!(f, " `{}`", Excerpt(key))?;
                }
                write!(f, " cannot be serialized: {}", Excerpt(message))
            }
            _ => self.fmt_value(f),
        }
    }

    /// What is wrong with one value.
    fn fmt_value(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nested { key, found } => write!(
                f,
                "the key `{}` holds {found}, but a tag, field or time is a single value; flatten \
                 it, or `ignore` the key",
                Excerpt(key)
            ),
            Self::WrongType { key, found, wanted } => {
                write!(f, "the key `{}` holds {found}, but must hold {wanted}", Excerpt(key))
            }
            Self::OutOfRange { key, value, wanted } => {
                write!(f, "the key `{}` holds {value}, which is not within {wanted}", Excerpt(key))
            }
            Self::NoTimeText { key, text } => write!(
                f,
                "the key `{}` holds `{}`, which is no time; write it like 2024-05-01T12:00:00Z or \
                 2024-05-01",
                Excerpt(key),
                Excerpt(text)
            ),
            Self::NoUnit { key } => write!(
                f,
                "the key `{}` holds a count of time; say its unit with `time_in`",
                Excerpt(key)
            ),
            Self::NullTime { key } => write!(
                f,
                "the key `{}` holds no time; leave it to the server with `server_time`",
                Excerpt(key)
            ),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for MappingCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_mapping(f)
    }
}
