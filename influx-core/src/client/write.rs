use std::fmt;
use std::future::{IntoFuture, ready};
use std::sync::Arc;

use bytes::Bytes;

use super::BoxFuture;
use crate::batch;
use crate::error::{Result, SettingCause};
use crate::http::{Connection, Encoded, Reply, Request};
use crate::line_protocol::{self, DefaultTags, IntoLines, Lines};
use crate::time::Precision;

/// A write that has not been sent; await it.
///
/// All lines go in one request, which is sent once. They are encoded when it is awaited, so the
/// future owns them and can be spawned: `tokio::spawn(client.write("b", &cpu).into_future())`.
/// Nothing is sent when there are no lines.
///
/// **Points without a time** get the server's, one for the whole request: those of one series
/// collapse into the last of them. Give points of one series their times.
///
/// # Errors
/// Before anything is sent: [`InvalidLine`](crate::ErrorKind::InvalidLine), with the records in
/// [`refused`](crate::Error::refused), when line protocol cannot carry one, or a line of text is not
/// as the server would have it;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) without a bucket or organization.
///
/// From the server, with the lines in [`unwritten`](crate::Error::unwritten), and those that its
/// answer is about in [`refused`](crate::Error::refused), by their place among the lines sent:
/// [`InvalidLine`](crate::ErrorKind::InvalidLine) when it cannot parse a line of
/// [`Unchecked`](crate::line_protocol::Unchecked) text, and then stores nothing;
/// [`PartialWrite`](crate::ErrorKind::PartialWrite) when it dropped
/// some points and stored the others; [`Unauthorized`](crate::ErrorKind::Unauthorized),
/// [`Forbidden`](crate::ErrorKind::Forbidden), [`NotFound`](crate::ErrorKind::NotFound), and those
/// that may pass ([`is_retryable`](crate::Error::is_retryable)).
/// [`Decode`](crate::ErrorKind::Decode) when something else answers, such as the login page of a
/// proxy.
///
/// # Cancel safety
/// Dropping the future may leave the write done or not done.
#[must_use = "a write does nothing until it is awaited"]
pub struct Write<'x> {
    connection: Arc<Connection>,
    bucket: String,
    org: Option<String>,
    precision: Option<Precision>,
    append: Box<dyn FnOnce(&mut Lines) + 'x>,
}

impl<'x> Write<'x> {
    pub(super) fn new<Kind>(
        connection: Arc<Connection>,
        bucket: String,
        lines: impl IntoLines<Kind> + 'x,
    ) -> Self {
        let append = Box::new(|encoded: &mut Lines| lines.append_to(encoded));
        Self { connection, bucket, org: None, precision: None, append }
    }

    /// The unit of the times. Typed times are rounded down to it; in text they already count it.
    /// Without a call: the records' own default, else nanoseconds.
    pub const fn precision(mut self, precision: Precision) -> Self {
        self.precision = Some(precision);
        self
    }

    /// The organization, by name or ID, instead of the client's.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// Encodes; `None` when there is nothing to send.
    fn encode(self) -> Result<Option<Sending>> {
        let tags = DefaultTags::new(&self.connection.default_tags, false)?;
        let mut encoded = Lines::new(self.precision).default_tags(&tags);
        (self.append)(&mut encoded);
        let (lines, precision) = encoded.finish()?;
        check_bucket(&self.bucket)?;
        let org = self.connection.org(self.org.as_deref())?.to_owned();
        if lines.is_empty() {
            return Ok(None);
        }
        let (connection, bucket, lines) = (self.connection, self.bucket, lines.into());
        Ok(Some(Sending { connection, bucket, org, precision, lines }))
    }
}

/// Makes sure that there is a bucket to write to.
pub(super) fn check_bucket(bucket: &str) -> Result<()> {
    let remedy = "name the one to write to";
    if bucket.is_empty() {
        return Err(SettingCause::Missing { what: "bucket", remedy }.into());
    }
    Ok(())
}

/// An encoded write.
pub(super) struct Sending {
    pub(super) connection: Arc<Connection>,
    pub(super) bucket: String,
    pub(super) org: String,
    pub(super) precision: Precision,
    pub(super) lines: Bytes,
}

impl Sending {
    pub(super) async fn send(self) -> Result<()> {
        let body = self.connection.encode(self.lines.clone(), None);
        let request = request(body, &self.org, &self.bucket, self.precision);
        let outcome = self.connection.call(request).await.and_then(check_stored);
        outcome.map_err(|error| {
            let lines =
                batch::Batch::of_body(self.lines.clone(), line_protocol::line_ends(&self.lines));
            let blamed = batch::blamed(&error, &lines, self.precision);
            error.with_unwritten(self.lines, blamed)
        })
    }
}

pub(super) fn request(body: Encoded, org: &str, bucket: &str, precision: Precision) -> Request {
    Request::write(body)
        .parameter("org", org)
        .parameter("bucket", bucket)
        .parameter("precision", precision.as_str())
}

/// What InfluxDB says when it has stored a write: a success, and nothing else. The login page of a
/// proxy is a success, too.
pub(super) fn check_stored(reply: Reply) -> Result<()> {
    if reply.status == 204 || reply.body.is_empty() {
        Ok(())
    } else {
        Err(reply.into_unexpected("the 204"))
    }
}

impl IntoFuture for Write<'_> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        match self.encode() {
            Ok(Some(sending)) => Box::pin(sending.send()),
            Ok(None) => Box::pin(ready(Ok(()))),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}

impl fmt::Debug for Write<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("bucket", &self.bucket)
            .field("org", &self.org)
            .field("precision", &self.precision)
            .finish_non_exhaustive()
    }
}
