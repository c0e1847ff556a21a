use std::fmt;
use std::future::{IntoFuture, ready};
use std::sync::Arc;

use super::BoxFuture;
use crate::error::{Result, SettingCause};
use crate::http::{Connection, Request};
use crate::line_protocol::{IntoLines, Lines};
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
/// From the server: [`InvalidLine`](crate::ErrorKind::InvalidLine) when it cannot parse a line of
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
    fn request(self) -> Result<Option<Request>> {
        let mut encoded = Lines::new(self.precision);
        (self.append)(&mut encoded);
        let (lines, precision) = encoded.finish()?;
        if self.bucket.is_empty() {
            let remedy = "name the one to write to";
            return Err(SettingCause::Missing { what: "bucket", remedy }.into());
        }
        let org = self.connection.org(self.org.as_deref())?;
        if lines.is_empty() {
            return Ok(None);
        }
        let request = Request::write(lines)
            .parameter("org", org)
            .parameter("bucket", self.bucket)
            .parameter("precision", precision.as_str());
        Ok(Some(request))
    }
}

impl IntoFuture for Write<'_> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        let connection = Arc::clone(&self.connection);
        match self.request() {
            Ok(Some(request)) => Box::pin(async move {
                let reply = connection.call(request).await?;
                if reply.status == 204 { Ok(()) } else { Err(reply.into_unexpected("the 204")) }
            }),
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
