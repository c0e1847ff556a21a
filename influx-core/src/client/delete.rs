use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use serde::Serialize;

use super::BoxFuture;
use crate::error::{Result, SelectCause};
use crate::flux::condition::{Ask, Comparison, Condition, Test};
use crate::http::{Connection, Method, Request};
use crate::measurement::{Deletable, Measurement, Predicate};
use crate::schema::{Role, Value};
use crate::time::{IntoTimeRange, TimeRange, Timestamp};

/// A delete without its range; from [`Client::delete`](super::Client::delete).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// use influx_core::{Measurement, Timestamp};
///
/// #[derive(Measurement)]
/// struct Cpu {
///     #[tag] core: String,
///     #[field] temp: f64,
///     #[timestamp] time: Timestamp,
/// }
///
/// let start: Timestamp = "2024-05-01T00:00:00Z".parse()?;
/// let stop: Timestamp = "2024-05-02T00:00:00Z".parse()?;
/// # let cpu = |core: &str| Cpu { core: core.into(), temp: 20.0, time: start };
/// # client.write("my-bucket", [cpu("0"), cpu("1")]).await?;
/// client.delete("my-bucket").range(start..stop).filter(Cpu::CORE.eq("0")).await?;
/// # assert_eq!(server.lines("my-bucket").len(), 1);
/// client.delete("my-bucket").range(start..stop).measurement::<Cpu>().await?;
/// client.delete("my-bucket").range(..).all().await?;
/// # assert_eq!(server.lines("my-bucket").len(), 0);
/// # Ok(())
/// # }
/// ```
///
/// The server deletes whole points of whole series: not single fields, and not by their values. It
/// answers when the points are gone, and does not say how many they were.
#[must_use = "a delete does nothing until it has a range, a choice of points, and is awaited"]
pub struct Delete {
    connection: Arc<Connection>,
    bucket: String,
    org: Option<String>,
}

/// A delete with its time range. What comes next says which points.
#[must_use = "a delete does nothing until it has a choice of points and is awaited"]
pub struct DeleteWithin {
    delete: Delete,
    range: TimeRange,
}

/// A delete that is complete: await it.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a range in which no instant is, and for a
/// predicate that the server does not read or follow; [`NotFound`](crate::ErrorKind::NotFound) for a
/// bucket that does not exist, [`Forbidden`](crate::ErrorKind::Forbidden) where the token may not
/// write to it, and failures of the connection. To delete once more does no harm.
///
/// # Cancel safety
/// A delete that was sent may be carried out all the same.
#[must_use = "nothing is deleted until it is awaited"]
pub struct DeletePoints {
    delete: Delete,
    range: TimeRange,
    predicate: Result<String>,
}

/// The kind of a [`Predicate`] that a delete can express.
#[diagnostic::on_unimplemented(
    message = "the server cannot delete by this condition",
    note = "it deletes whole points of whole series: compare tags with `eq` and `ne`, and join that with `and`",
    note = "for an `or`, make several deletes; for what the server's own language can say, there is `predicate`"
)]
pub trait CanDelete: sealed::Sealed {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for crate::measurement::Deletable {}
}

impl CanDelete for Deletable {}

#[derive(Serialize)]
struct Body {
    start: Timestamp,
    stop: Timestamp,
    predicate: String,
}

impl Delete {
    pub(super) const fn new(connection: Arc<Connection>, bucket: String) -> Self {
        Self { connection, bucket, org: None }
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// The time range. `a..b` ends before `b`, `a..=b` with it; **`a..` ends now**, and `..` is all time,
    /// points in the future too. What counts from now counts by this machine's clock.
    pub fn range(self, range: impl IntoTimeRange) -> DeleteWithin {
        DeleteWithin { delete: self, range: range.into_time_range() }
    }
}

impl DeleteWithin {
    /// The points of a struct's measurement whose tags fit: comparisons with `eq` and `ne`, joined by
    /// `and`, are what the server can delete by.
    pub fn filter<T: Measurement, K: CanDelete>(self, predicate: Predicate<T, K>) -> DeletePoints {
        let condition = predicate.into_condition();
        if matches!(condition, Condition::Constant(_)) {
            return self.by(Err(SelectCause::DeleteOfEverything.into()));
        }
        self.by(of_measurement(T::SCHEMA.measurement()).and_then(|mut text| {
            append(&condition, &mut text)?;
            Ok(text)
        }))
    }

    /// All points of a struct's measurement.
    pub fn measurement<T: Measurement>(self) -> DeletePoints {
        self.by(of_measurement(T::SCHEMA.measurement()))
    }

    /// The points of a measurement.
    pub fn measurement_named(self, name: &str) -> DeletePoints {
        self.by(of_measurement(name))
    }

    /// The points that a predicate of the server's own language finds, such as
    /// `_measurement="cpu" AND core="0"`.
    ///
    /// It knows `=` and `!=` of tags and of `_measurement`, joined by `AND`; a text is best put in
    /// double quotes. What it cannot do it does not always say: with `!=` on `_measurement`, and with
    /// `_value` or `_time`, it deletes something else or nothing.
    pub fn predicate(self, predicate: impl Into<String>) -> DeletePoints {
        let predicate = predicate.into();
        if predicate.trim().is_empty() {
            return self.by(Err(SelectCause::EmptyPredicate.into()));
        }
        self.by(Ok(predicate))
    }

    /// **All points** of the bucket in the range, of every measurement.
    pub fn all(self) -> DeletePoints {
        self.by(Ok(String::new()))
    }

    fn by(self, predicate: Result<String>) -> DeletePoints {
        DeletePoints { delete: self.delete, range: self.range, predicate }
    }
}

impl DeletePoints {
    fn request(self) -> Result<(Arc<Connection>, Request)> {
        let Delete { connection, bucket, org } = self.delete;
        let predicate = self.predicate?;
        let (start, stop) = self.range.instants()?;
        let org = connection.org(org.as_deref())?;
        let request = Request::new(Method::Post, "api/v2/delete")
            .parameter("bucket", bucket)
            .parameter("org", org)
            .json(&Body { start, stop, predicate })?;
        Ok((connection, request))
    }
}

impl IntoFuture for DeletePoints {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        let request = self.request();
        Box::pin(async move {
            let (connection, request) = request?;
            connection.call(request).await.map(drop)
        })
    }
}

fn of_measurement(name: &str) -> Result<String> {
    let mut text = String::from("_measurement=");
    quote(name, &mut text)?;
    Ok(text)
}

/// The comparisons of a condition; its type makes sure that it has nothing else.
fn append(condition: &Condition, out: &mut String) -> Result<()> {
    match condition {
        Condition::All(parts) => parts.iter().try_for_each(|part| append(part, out)),
        Condition::Test(test) => append_test(test, out),
        Condition::Refused(error) => Err(error.clone()),
        // Whatever is left out would be deleted as well.
        Condition::Constant(_) | Condition::Any(_) => Err(SelectCause::DeleteOfOther.into()),
    }
}

fn append_test(test: &Test, out: &mut String) -> Result<()> {
    let Test { column, role: Role::Tag, ask: Ask::Compare(comparison, Value::String(text)) } = test
    else {
        return Err(SelectCause::DeleteOfOther.into());
    };
    let operator = match comparison {
        Comparison::Eq => "=",
        Comparison::Ne => "!=",
        _ => return Err(SelectCause::DeleteOfOther.into()),
    };
    if text.is_empty() {
        return Err(SelectCause::DeleteOfEmptyTag { column }.into());
    }
    out.push_str(" AND ");
    quote(column, out)?;
    out.push_str(operator);
    quote(text, out)
}

/// A text between double quotes, with the escapes that the server's grammar knows.
fn quote(text: &str, out: &mut String) -> Result<()> {
    if text.contains(['\0', '\r']) {
        return Err(SelectCause::DeleteText { text: text.to_owned() }.into());
    }
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    Ok(())
}

impl fmt::Debug for Delete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delete")
            .field("bucket", &self.bucket)
            .field("org", &self.org)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DeleteWithin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeleteWithin")
            .field("delete", &self.delete)
            .field("range", &self.range)
            .finish()
    }
}

impl fmt::Debug for DeletePoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeletePoints")
            .field("delete", &self.delete)
            .field("range", &self.range)
            .field("predicate", &self.predicate)
            .finish()
    }
}
