use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone};

use super::literal;
use crate::error::{Error, FluxCause, Result};
use crate::schema::{Value, ValueRef};
use crate::time::{Timestamp, ToTimestamp};

/// A value for a script; from anything that is [`IntoParam`].
///
/// One that Flux cannot have is kept as the error that the query then ends with.
#[derive(Debug, Clone)]
pub struct Param(pub(super) Node);

/// The tree of a value, in which every leaf is one that Flux has.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Boolean(bool),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    String(String),
    Time(Timestamp),
    /// In nanoseconds.
    Duration(i64),
    Regex(String),
    Bytes(String),
    Array(Vec<Self>),
    Record(Vec<(String, Self)>),
    /// What Flux cannot have.
    Invalid(Error),
}

/// What Flux can have as a value. The module [`flux`](mod@crate::flux) lists the types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a value in a Flux script",
    label = "no value of Flux",
    note = "a Flux script has no null: match on an `Option`, and leave the condition out where it is `None`",
    note = "the documentation of `influx_core::flux` lists the types that can"
)]
pub trait IntoParam {
    /// The value as a part of a query.
    fn into_param(self) -> Param;
}

impl Param {
    /// A regular expression, in the syntax that Go and Rust share.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// # client.write("my-bucket", "cpu,host=a temp=22.35 1").await?;
    /// use influx_core::flux::Param;
    ///
    /// let script = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)
    ///     |> filter(fn: (r) => r.host =~ hosts)"#;
    /// let query = client.query(script).param("hosts", Param::regex("^[a-c]$"));
    /// assert_eq!(query.tables().await?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn regex(pattern: impl Into<String>) -> Self {
        let pattern = pattern.into();
        Self::checked(literal::check_regex(&pattern).map(|()| Node::Regex(pattern)))
    }

    /// Bytes. Flux makes them from text only, so they must be UTF-8.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        let text = String::from_utf8(bytes.into());
        Self::checked(text.map(Node::Bytes).map_err(|_| FluxCause::BytesNotUtf8.into()))
    }

    /// The value as text of Flux, for where parameters cannot go: the script of a task.
    ///
    /// ```
    /// use influx_core::flux::{IntoParam, Param};
    ///
    /// assert_eq!("cost: $5".into_param().literal()?, r#""cost: \x245""#);
    /// assert_eq!(Param::regex("^a/b$").literal()?, r"/^a\/b$/");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a value that Flux cannot have.
    pub fn literal(&self) -> Result<String> {
        let mut out = String::new();
        self.0.write(&mut out).map(|()| out)
    }

    /// Appends the value as a literal, to be the name of a column.
    pub(super) fn write_name(&self, out: &mut String) -> Result<()> {
        match &self.0 {
            Node::String(name) => literal::string(name, out),
            Node::Invalid(error) => return Err(error.clone()),
            _ => return Err(FluxCause::ColumnName.into()),
        }
        Ok(())
    }

    fn array<T: IntoParam>(items: impl IntoIterator<Item = T>) -> Self {
        let items: Vec<_> = items.into_iter().map(|item| item.into_param().0).collect();
        let kind = items.first().map(std::mem::discriminant);
        let is_mixed = items.iter().any(|item| kind != Some(std::mem::discriminant(item)));
        Self::checked(match items.iter().find_map(Node::error) {
            Some(error) => Err(error.clone()),
            None if is_mixed => Err(FluxCause::MixedArray.into()),
            None => Ok(Node::Array(items.into_iter().map(Node::nested).collect())),
        })
    }

    fn time(time: impl ToTimestamp) -> Self {
        Self::checked(time.to_timestamp().map(Node::Time))
    }

    fn duration(nanos: Option<i64>) -> Self {
        Self::checked(nanos.map(Node::Duration).ok_or_else(|| FluxCause::LongDuration.into()))
    }

    fn checked(node: Result<Node>) -> Self {
        Self(node.unwrap_or_else(Node::Invalid))
    }

    /// Why Flux cannot have this value.
    pub(super) fn error(&self) -> Option<&Error> {
        self.0.error()
    }
}

impl Node {
    /// Appends the value as a literal.
    fn write(&self, out: &mut String) -> Result<()> {
        match self {
            Self::Boolean(value) => literal::boolean(*value, out),
            Self::Integer(value) => literal::integer(*value, out),
            Self::Unsigned(value) => literal::unsigned(*value, out),
            Self::Float(value) => literal::float(*value, out),
            Self::String(text) => literal::string(text, out),
            Self::Time(time) => literal::time(*time, out),
            Self::Duration(nanos) => literal::duration(*nanos, out),
            Self::Regex(pattern) => literal::regex(pattern, out)?,
            Self::Bytes(text) => {
                out.push_str("bytes(v: ");
                literal::string(text, out);
                out.push(')');
            }
            Self::Array(items) => return listed(['[', ']'], items, out, Self::write),
            Self::Record(members) => {
                return listed(['{', '}'], members, out, |(name, value), out| {
                    literal::string(name, out);
                    out.push_str(": ");
                    value.write(out)
                });
            }
            Self::Invalid(error) => return Err(error.clone()),
        }
        Ok(())
    }

    fn error(&self) -> Option<&Error> {
        match self {
            Self::Invalid(error) => Some(error),
            Self::Record(members) => members.iter().find_map(|(_, value)| value.error()),
            Self::Array(items) => items.iter().find_map(Self::error),
            _ => None,
        }
    }

    /// The same within another value, if the server still reads that.
    fn nested(self) -> Self {
        const DEEPEST: usize = 20;
        if self.depth() < DEEPEST { self } else { Self::Invalid(FluxCause::Deep.into()) }
    }

    fn depth(&self) -> usize {
        match self {
            Self::Record(members) => {
                1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0)
            }
            Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            _ => 0,
        }
    }
}

/// Appends items with commas between them, in brackets.
fn listed<T>(
    [open, close]: [char; 2],
    items: &[T],
    out: &mut String,
    write: impl Fn(&T, &mut String) -> Result<()>,
) -> Result<()> {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        write(item, out)?;
    }
    out.push(close);
    Ok(())
}

/// A record of Flux: values with names.
///
/// ```
/// use influx_core::flux::Record;
///
/// let limits = Record::new().member("low", 10.0).member("label", "too cold");
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Record(Vec<(String, Node)>);

impl Record {
    /// A record without members.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a member; one of the same name is replaced.
    pub fn member(mut self, name: impl Into<String>, value: impl IntoParam) -> Self {
        let (name, value) = (name.into(), value.into_param().0.nested());
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value));
        self
    }
}

macro_rules! params {
    ($($type:ty => |$value:ident| $param:expr;)*) => {$(
        impl IntoParam for $type {
            fn into_param(self) -> Param {
                let $value = self;
                $param
            }
        }
    )*};
}

params! {
    Param => |param| param;
    Record => |record| Param(Node::Record(record.0));
    bool => |value| Param(Node::Boolean(value));
    i8 => |value| Param(Node::Integer(value.into()));
    i16 => |value| Param(Node::Integer(value.into()));
    i32 => |value| Param(Node::Integer(value.into()));
    i64 => |value| Param(Node::Integer(value));
    isize => |value| Param(Node::Integer(value as i64));
    u8 => |value| Param(Node::Unsigned(value.into()));
    u16 => |value| Param(Node::Unsigned(value.into()));
    u32 => |value| Param(Node::Unsigned(value.into()));
    u64 => |value| Param(Node::Unsigned(value));
    usize => |value| Param(Node::Unsigned(value as u64));
    f32 => |value| Param(Node::Float(value.into()));
    f64 => |value| Param(Node::Float(value));
    char => |value| Param(Node::String(value.into()));
    &str => |text| Param(Node::String(text.to_owned()));
    String => |text| Param(Node::String(text));
    Box<str> => |text| Param(Node::String(text.into()));
    Cow<'_, str> => |text| Param(Node::String(text.into_owned()));
    Timestamp => |time| Param(Node::Time(time));
    SystemTime => |time| Param::time(time);
    NaiveDateTime => |time| Param::time(time);
    Duration => |span| Param::duration(i64::try_from(span.as_nanos()).ok());
    TimeDelta => |span| Param::duration(span.num_nanoseconds());
    Value => |value| value.as_ref().into_param();
}

impl<Tz: TimeZone> IntoParam for DateTime<Tz> {
    fn into_param(self) -> Param {
        Param::time(self)
    }
}

impl IntoParam for ValueRef<'_> {
    fn into_param(self) -> Param {
        Param(match self {
            Self::Null => Node::Invalid(FluxCause::Null.into()),
            Self::Float(value) => Node::Float(value),
            Self::Integer(value) => Node::Integer(value),
            Self::Unsigned(value) => Node::Unsigned(value),
            Self::Boolean(value) => Node::Boolean(value),
            Self::String(text) => Node::String(text.to_owned()),
            Self::Time(time) => Node::Time(time),
        })
    }
}

impl<T: IntoParam + Clone> IntoParam for &[T] {
    fn into_param(self) -> Param {
        Param::array(self.iter().cloned())
    }
}

impl<T: IntoParam, const N: usize> IntoParam for [T; N] {
    fn into_param(self) -> Param {
        Param::array(self)
    }
}

impl<T: IntoParam> IntoParam for Vec<T> {
    fn into_param(self) -> Param {
        Param::array(self)
    }
}

impl<T: IntoParam + Clone> IntoParam for &T {
    fn into_param(self) -> Param {
        self.clone().into_param()
    }
}
