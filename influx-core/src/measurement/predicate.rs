//! What is asked of the rows of a struct: comparisons of its columns, joined by and, or and not.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};
use std::sync::Arc;

use super::{FieldValue, TagValue};
use crate::error::{Result, SelectCause};
use crate::flux::condition::{Ask, Comparison, Condition, Pattern};
use crate::schema::{Column, RoleType, Value, role};
use crate::time::{Timestamp, ToTimestamp};

/// A condition on the rows of `T`.
///
/// Made by the [`Column`] constants of a derived struct and joined with [`and`](Self::and),
/// [`or`](Self::or) and `!`, or the operators `&` and `|`. A list is joined with [`all`](Self::all)
/// and [`any`](Self::any).
///
/// **A comparison with a tag or a field that a row lacks is never true**, whichever it is: neither
/// `CORE.eq("0")` nor `CORE.ne("0")` nor `!CORE.eq("0")` finds a row without the tag. Ask for that
/// with [`exists`](Column::exists).
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use influx_core::Measurement;
/// use influx_core::measurement::Predicate;
///
/// #[derive(Measurement)]
/// struct Cpu {
///     #[tag] core: String,
///     #[field] temp: f64,
///     #[field] load: Option<i64>,
/// }
///
/// let hot = Cpu::TEMP.gt(80.0).or(Cpu::LOAD.ge(100));
/// let condition = Cpu::CORE.one_of(["0", "1"]).and(hot);
///
/// // From what is known only at run time. `Predicate::from` makes room for any condition: what
/// // a tag alone begins with can be a delete, too, and is of a type of its own.
/// let (cores, least) = (["0", "1", "2"], Some(60.0));
/// let mut chosen = Predicate::from(Cpu::CORE.eq("9"));
/// for core in cores {
///     chosen = chosen.or(Cpu::CORE.eq(core));
/// }
/// if let Some(least) = least {
///     chosen = chosen.and(Cpu::TEMP.ge(least));
/// }
/// let any = Predicate::any(cores.map(|core| Cpu::CORE.eq(core)));
/// # let _ = (condition, chosen, any);
/// # }
/// ```
///
/// `K` says whether a delete can express it ([`Deletable`]): comparisons of tags with
/// [`eq`](Column::eq) and [`ne`](Column::ne), joined by `and`.
#[must_use = "a condition does nothing by itself"]
pub struct Predicate<T: ?Sized, K = General> {
    condition: Condition,
    of: PhantomData<fn(&T, K)>,
}

/// Marks a [`Predicate`] that only a query can express.
#[derive(Debug, Clone, Copy)]
pub enum General {}

/// Marks a [`Predicate`] that a delete can express as well.
#[derive(Debug, Clone, Copy)]
pub enum Deletable {}

/// What a [`Predicate`] becomes that is joined with another one by `and`.
pub trait Join<Other>: sealed::Sealed {
    /// [`Deletable`] if both are.
    type Output;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Deletable {}
    impl Sealed for super::General {}

    /// Only this room can name it, so nobody else can say what a value is compared as.
    #[derive(Debug)]
    pub struct Seal;
}

impl Join<Self> for Deletable {
    type Output = Self;
}

impl Join<General> for Deletable {
    type Output = General;
}

impl<Other> Join<Other> for General {
    type Output = Self;
}

impl<T: ?Sized, K> Predicate<T, K> {
    pub(super) const fn new(condition: Condition) -> Self {
        Self { condition, of: PhantomData }
    }

    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "queries are the client's"))]
    pub(crate) fn into_condition(self) -> Condition {
        self.condition
    }

    /// Both hold.
    pub fn and<L>(self, other: Predicate<T, L>) -> Predicate<T, K::Output>
    where
        K: Join<L>,
    {
        Predicate::new(self.condition.and(other.condition))
    }

    /// One of them holds.
    pub fn or<L>(self, other: Predicate<T, L>) -> Predicate<T> {
        Predicate::new(self.condition.or(other.condition))
    }

    /// All of them hold; of none, that is every row.
    pub fn all(predicates: impl IntoIterator<Item = Self>) -> Self {
        let conditions = predicates.into_iter().map(|predicate| predicate.condition);
        Self::new(conditions.fold(Condition::Constant(true), Condition::and))
    }

    /// One of them holds; of none, that is no row.
    pub fn any(predicates: impl IntoIterator<Item = Self>) -> Predicate<T> {
        let conditions = predicates.into_iter().map(|predicate| predicate.condition);
        Predicate::new(conditions.fold(Condition::Constant(false), Condition::or))
    }
}

/// The same for a query alone.
impl<T: ?Sized> From<Predicate<T, Deletable>> for Predicate<T> {
    fn from(predicate: Predicate<T, Deletable>) -> Self {
        Self::new(predicate.condition)
    }
}

impl<T: ?Sized, K> Not for Predicate<T, K> {
    type Output = Predicate<T>;

    /// Each comparison is negated, so a row that lacks the column fits neither.
    fn not(self) -> Predicate<T> {
        Predicate::new(self.condition.negate())
    }
}

impl<T: ?Sized, K: Join<L>, L> BitAnd<Predicate<T, L>> for Predicate<T, K> {
    type Output = Predicate<T, K::Output>;

    fn bitand(self, other: Predicate<T, L>) -> Self::Output {
        self.and(other)
    }
}

impl<T: ?Sized, K, L> BitOr<Predicate<T, L>> for Predicate<T, K> {
    type Output = Predicate<T>;

    fn bitor(self, other: Predicate<T, L>) -> Predicate<T> {
        self.or(other)
    }
}

impl<T: ?Sized, K> Clone for Predicate<T, K> {
    fn clone(&self) -> Self {
        Self::new(self.condition.clone())
    }
}

impl<T: ?Sized, K> fmt::Debug for Predicate<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Predicate").field(&self.condition).finish()
    }
}

/// A value that a column is compared with; `B` is what the column
/// [is compared with](FieldValue::Base): the value itself or a reference to it, and any kind of text for
/// a text.
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with `{Self}`",
    note = "the value has the type of the struct's member, without its `Option`: `\"0\"` or a `String` for a text, `25.0` for a float, `25` for an integer, `true` for a boolean"
)]
pub trait Operand<B: ?Sized> {
    /// The value.
    fn as_operand(&self) -> &B;
}

impl<B> Operand<B> for B {
    fn as_operand(&self) -> &B {
        self
    }
}

impl<B: ?Sized> Operand<B> for &B {
    fn as_operand(&self) -> &B {
        self
    }
}

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl Operand<str> for $text {
            fn as_operand(&self) -> &str {
                self
            }
        }
    )*};
}

texts!(
    String,
    &String,
    &&str,
    Box<str>,
    &Box<str>,
    Arc<str>,
    &Arc<str>,
    Cow<'_, str>,
    &Cow<'_, str>
);

/// The role of a column that can be compared with a `V`; `B` is what the column
/// [is compared with](FieldValue::Base).
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with `{V}`",
    note = "the time is compared with an instant: a `DateTime`, a `SystemTime` or a `Timestamp`"
)]
pub trait Compares<B: ?Sized, V>: RoleType {
    /// The value on the server.
    ///
    /// # Errors
    /// When the server cannot hold it, such as a NaN or a time outside its range.
    #[doc(hidden)]
    fn operand(value: V, seal: sealed::Seal) -> Result<Value>;
}

impl<B: TagValue + ?Sized, V: Operand<B>> Compares<B, V> for role::Tag {
    fn operand(value: V, _: sealed::Seal) -> Result<Value> {
        value.as_operand().tag_text().map(Value::String)
    }
}

impl<B: FieldValue + ?Sized, V: Operand<B>> Compares<B, V> for role::Field {
    fn operand(value: V, _: sealed::Seal) -> Result<Value> {
        value.as_operand().field_value()
    }
}

impl<V: ToTimestamp> Compares<Timestamp, V> for role::Timestamp {
    fn operand(value: V, _: sealed::Seal) -> Result<Value> {
        Timestamp::storable(value.nanos_since_epoch()).map(Value::Time)
    }
}

/// The role of a column whose values have an order.
#[diagnostic::on_unimplemented(
    message = "`<`, `<=`, `>` and `>=` are not defined for this column",
    note = "a tag is text to the server, which does not order it: use `eq`, `one_of`, `starts_with` or `matches`, and keep what is to be ordered in a `#[field]`",
    note = "of the fields, numbers have an order; texts and booleans do not, on the server"
)]
pub trait Ordered<B: ?Sized>: RoleType {}

/// A number, so that fields that [are compared with it](FieldValue::Base) have an order.
#[diagnostic::on_unimplemented(
    message = "`<`, `<=`, `>` and `>=` are not defined for a field that is compared with `{Self}`",
    note = "on the server numbers have an order; texts and booleans do not"
)]
pub trait Number {}

macro_rules! numbers {
    ($($number:ty),*) => {$(impl Number for $number {})*};
}

numbers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f32, f64);

impl<B: Number + ?Sized> Ordered<B> for role::Field {}
impl Ordered<Timestamp> for role::Timestamp {}

/// Questions about a column, each of which makes a [`Predicate`].
impl<T: ?Sized, R: RoleType, B: ?Sized> Column<T, R, B> {
    fn test<K>(self, ask: Result<Ask>) -> Predicate<T, K> {
        Predicate::new(match ask {
            Ok(ask) => Condition::test(self.name(), R::ROLE, ask),
            Err(error) => Condition::Refused(error),
        })
    }

    fn operand<V>(self, value: V) -> Result<Value>
    where
        R: Compares<B, V>,
    {
        let operand = R::operand(value, sealed::Seal);
        match operand.map_err(|error| SelectCause::operand(self.name(), &error))? {
            Value::Null => Err(SelectCause::NoOperand { column: self.name() }.into()),
            value => Ok(value),
        }
    }

    fn compare<V, K>(self, comparison: Comparison, value: V) -> Predicate<T, K>
    where
        R: Compares<B, V>,
    {
        self.test(self.operand(value).map(|value| Ask::Compare(comparison, value)))
    }

    /// Equal to `value`.
    pub fn eq<V>(self, value: V) -> Predicate<T, R::Equality>
    where
        R: Compares<B, V> + Equates,
    {
        self.compare(Comparison::Eq, value)
    }

    /// There, and not equal to `value`.
    pub fn ne<V>(self, value: V) -> Predicate<T, R::Equality>
    where
        R: Compares<B, V> + Equates,
    {
        self.compare(Comparison::Ne, value)
    }

    /// Equal to one of these. Of none, nothing is.
    pub fn one_of<V>(self, values: impl IntoIterator<Item = V>) -> Predicate<T>
    where
        R: Compares<B, V>,
    {
        let values = values.into_iter().map(|value| self.operand(value)).collect();
        self.test(Result::map(values, Ask::OneOf))
    }

    /// Whether the row has it. Every row has a time.
    pub fn exists(self) -> Predicate<T> {
        self.test(Ok(Ask::Exists))
    }

    /// Less than `value`.
    pub fn lt<V>(self, value: V) -> Predicate<T>
    where
        R: Ordered<B> + Compares<B, V>,
    {
        self.compare(Comparison::Lt, value)
    }

    /// Less than or equal to `value`.
    pub fn le<V>(self, value: V) -> Predicate<T>
    where
        R: Ordered<B> + Compares<B, V>,
    {
        self.compare(Comparison::Le, value)
    }

    /// Greater than `value`.
    pub fn gt<V>(self, value: V) -> Predicate<T>
    where
        R: Ordered<B> + Compares<B, V>,
    {
        self.compare(Comparison::Gt, value)
    }

    /// Greater than or equal to `value`.
    pub fn ge<V>(self, value: V) -> Predicate<T>
    where
        R: Ordered<B> + Compares<B, V>,
    {
        self.compare(Comparison::Ge, value)
    }
}

/// Which kind of [`Predicate`] it makes to compare a column of this role for equality.
pub trait Equates: RoleType {
    /// [`Deletable`] for tags.
    type Equality;
}

impl Equates for role::Tag {
    type Equality = Deletable;
}

impl Equates for role::Field {
    type Equality = General;
}

impl Equates for role::Timestamp {
    type Equality = General;
}

/// Questions about texts.
impl<T: ?Sized, R: RoleType> Column<T, R, str> {
    /// Starts with this text.
    pub fn starts_with(self, text: impl Into<String>) -> Predicate<T> {
        self.test(Ok(Ask::Matches(Pattern::StartsWith(text.into()))))
    }

    /// Ends with this text.
    pub fn ends_with(self, text: impl Into<String>) -> Predicate<T> {
        self.test(Ok(Ask::Matches(Pattern::EndsWith(text.into()))))
    }

    /// Has this text within it.
    pub fn contains(self, text: impl Into<String>) -> Predicate<T> {
        self.test(Ok(Ask::Matches(Pattern::Contains(text.into()))))
    }

    /// Has a match of this regular expression within it; `^` and `$` tie it to the ends. The syntax
    /// is what Go's `regexp` and Rust's `regex` have in common; the server says what it does not
    /// read.
    pub fn matches(self, regex: impl Into<String>) -> Predicate<T> {
        self.test(Ok(Ask::Matches(Pattern::Regex(regex.into()))))
    }
}

/// What is compared with a tag or a field, as it is written: through a line of line protocol, so that
/// what is asked is what a write would have stored.
pub(super) mod operand {
    use super::{Result, Value};
    use crate::line_protocol::{FieldWriter, LineWriter, Parser, TagWriter};

    pub(in crate::measurement) fn of_tag(
        write: impl FnOnce(TagWriter<'_>) -> Result<()>,
    ) -> Result<String> {
        let mut out = LineWriter::default();
        let mut tags = out.measurement("m")?;
        write(tags.tag("t")?)?;
        let mut fields = tags.into_fields();
        fields.field("f")?.boolean(true)?;
        fields.finish()?;
        let line = Parser::new(out.as_bytes()).next().transpose()?;
        let value = line.and_then(|line| line.tags().next().map(|(_, value)| value.into_owned()));
        Ok(value.unwrap_or_default())
    }

    pub(in crate::measurement) fn of_field(
        write: impl FnOnce(FieldWriter<'_>) -> Result<()>,
    ) -> Result<Value> {
        let mut out = LineWriter::default();
        let mut fields = out.measurement("m")?.into_fields();
        write(fields.field("v")?)?;
        fields.field("z")?.boolean(true)?;
        fields.finish()?;
        let line = Parser::new(out.as_bytes()).next().transpose()?;
        let value = line.and_then(|line| line.fields().find(|(key, _)| key == "v"));
        Ok(value.map_or(Value::Null, |(_, value)| value))
    }
}
