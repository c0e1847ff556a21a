use std::collections::VecDeque;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep};

use super::reqwest::{Chunks, Response};
use crate::error::{Endpoint, Result, TransportCause};

/// A reply that is read as it comes. Dropping it closes the connection.
pub(crate) struct Body {
    chunks: Chunks,
    idle: Option<Idle>,
    /// Of a reply that ends with its connection.
    tail: Option<Tail>,
    endpoint: Endpoint,
}

/// The last bytes of a reply. InfluxDB ends each result with an empty line, so where nothing else
/// says that a reply is complete, the lack of that says that it is not.
#[derive(Default)]
struct Tail(VecDeque<u8>);

/// Ends the wait for a chunk. Only waiting counts: a consumer may take its time.
struct Idle {
    limit: Duration,
    timer: Pin<Box<Sleep>>,
    waiting: bool,
}

impl Body {
    pub(super) fn new(response: Response, endpoint: Endpoint, limit: Option<Duration>) -> Self {
        let timer = |limit| Box::pin(tokio::time::sleep(limit));
        let idle = limit.map(|limit| Idle { limit, timer: timer(limit), waiting: false });
        let tail = (!response.says_its_end()).then(Tail::default);
        Self { chunks: response.into_chunks(endpoint), idle, tail, endpoint }
    }

    /// The next chunk; `None` at the end of a reply that is complete.
    pub(crate) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let chunk = self.chunks.poll_next(cx);
        if let Poll::Ready(chunk) = chunk {
            self.idle.iter_mut().for_each(|idle| idle.waiting = false);
            if let (Ok(Some(bytes)), Some(tail)) = (&chunk, &mut self.tail) {
                tail.push(bytes);
            }
            return Poll::Ready(chunk);
        }
        let Some(idle) = &mut self.idle else { return Poll::Pending };
        ready!(idle.poll(cx));
        let (doing, after) = (self.endpoint, idle.limit);
        Poll::Ready(Err(TransportCause::Timeout { doing, after }.into()))
    }

    /// Whether the end that was reached can be that of the reply, and not only of the connection.
    pub(crate) fn check_end(&self) -> Result<()> {
        match &self.tail {
            Some(tail) if !tail.is_empty_line() => {
                Err(TransportCause::CutOff { doing: self.endpoint }.into())
            }
            _ => Ok(()),
        }
    }
}

impl Tail {
    const KEPT: usize = 4;

    fn push(&mut self, bytes: &[u8]) {
        self.0.extend(&bytes[bytes.len().saturating_sub(Self::KEPT)..]);
        self.0.drain(..self.0.len().saturating_sub(Self::KEPT));
    }

    /// Whether the last line is empty; a result without tables is nothing else.
    fn is_empty_line(&self) -> bool {
        let last: Vec<_> = self.0.iter().copied().collect();
        last.ends_with(b"\r\n\r\n") || last.ends_with(b"\n\n") || last == b"\r\n" || last == b"\n"
    }
}

impl Idle {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.waiting {
            self.waiting = true;
            // Too far away to be named is never.
            let Some(end) = Instant::now().checked_add(self.limit) else { return Poll::Pending };
            self.timer.as_mut().reset(end);
        }
        self.timer.as_mut().poll(cx)
    }
}
