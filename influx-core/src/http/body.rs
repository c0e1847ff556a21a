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
}

/// Ends the wait for a chunk. Only waiting counts: a consumer may take its time.
struct Idle {
    limit: Duration,
    timer: Pin<Box<Sleep>>,
    waiting: bool,
    endpoint: Endpoint,
}

impl Body {
    pub(super) fn new(response: Response, endpoint: Endpoint, limit: Option<Duration>) -> Self {
        let timer = |limit| Box::pin(tokio::time::sleep(limit));
        let idle = limit.map(|limit| Idle { limit, timer: timer(limit), waiting: false, endpoint });
        Self { chunks: response.into_chunks(endpoint), idle }
    }

    /// The next chunk; `None` at the end of a reply that is complete.
    pub(crate) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let chunk = self.chunks.poll_next(cx);
        let Some(idle) = &mut self.idle else { return chunk };
        if chunk.is_ready() {
            idle.waiting = false;
            return chunk;
        }
        ready!(idle.poll(cx));
        let (doing, after) = (idle.endpoint, idle.limit);
        Poll::Ready(Err(TransportCause::Timeout { doing, after }.into()))
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
