use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::BoxFuture;
use crate::annotated_csv::{self, Reader, Step, Table};
use crate::error::Result;
use crate::http::Body;

/// The chunks of a reply; the request is sent when the first one is asked for.
pub(super) enum Source {
    Pending(BoxFuture<Result<Body>>),
    Open(Body),
    /// At its end, or after an error.
    Done,
}

impl Source {
    pub(super) const fn new(request: BoxFuture<Result<Body>>) -> Self {
        Self::Pending(request)
    }

    /// The next chunk; `None` at the end, and always after an error. Where the end may be that of the
    /// connection, rows are not complete without the reply's last line.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    pub(super) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        self.poll(cx, Body::check_end)
    }

    /// The same with whatever end there is.
    pub(super) fn poll_raw(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        self.poll(cx, |_| Ok(()))
    }

    /// All tables of the reply.
    pub(super) async fn tables(mut self) -> Result<Vec<Table>> {
        let (mut reader, mut tables) = (Reader::new(), Vec::new());
        loop {
            match reader.advance()? {
                Step::End => return Ok(tables),
                Step::NeedInput => match self.chunk().await? {
                    Some(chunk) => reader.feed(chunk),
                    None => reader.finish(),
                },
                step => annotated_csv::collect(step, &reader, &mut tables)?,
            }
        }
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        check_end: impl FnOnce(&Body) -> Result<()>,
    ) -> Poll<Result<Option<Bytes>>> {
        let outcome = loop {
            match self {
                Self::Done => return Poll::Ready(Ok(None)),
                Self::Open(body) => match ready!(body.poll_chunk(cx)) {
                    Ok(None) => break check_end(body).map(|()| None),
                    chunk => break chunk,
                },
                Self::Pending(request) => match ready!(request.as_mut().poll(cx)) {
                    Ok(body) => *self = Self::Open(body),
                    Err(error) => break Err(error),
                },
            }
        };
        if !matches!(outcome, Ok(Some(_))) {
            *self = Self::Done;
        }
        Poll::Ready(outcome)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending(_) => "Pending",
            Self::Open(_) => "Open",
            Self::Done => "Done",
        })
    }
}
