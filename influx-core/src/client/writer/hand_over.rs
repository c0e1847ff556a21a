use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::sync::SetOnce;
use tokio::task::coop;

use crate::client::BoxFuture;
use crate::error::{Refused, Result, WriterCause};

/// Lines on their way into a writer: a future of the [`Receipt`].
///
/// It owns its lines and can be spawned. While there is room it has cost no allocation and is ready
/// from the start, save where the task's turn on its thread is over: then it is ready in the next one,
/// and the lines are handed over all the same.
#[must_use = "lines for which there is no room yet are handed over while this is awaited"]
pub struct HandOver(State);

enum State {
    Done(Option<Result<Receipt>>),
    Waiting(BoxFuture<Result<Receipt>>),
}

impl HandOver {
    #[inline]
    pub(super) const fn done(outcome: Result<Receipt>) -> Self {
        Self(State::Done(Some(outcome)))
    }

    pub(super) fn waiting(work: impl Future<Output = Result<Receipt>> + Send + 'static) -> Self {
        Self(State::Waiting(Box::pin(work)))
    }
}

impl Future for HandOver {
    type Output = Result<Receipt>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            // A future is not polled after it was ready; if it is, nothing comes.
            State::Done(outcome) => {
                if let Some(Ok(_)) = outcome {
                    // A loop that only writes lets the deliveries of its thread have their turn.
                    ready!(coop::poll_proceed(cx)).made_progress();
                }
                outcome.take().map_or(Poll::Pending, Poll::Ready)
            }
            State::Waiting(work) => work.as_mut().poll(cx),
        }
    }
}

impl fmt::Debug for HandOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waits = matches!(self.0, State::Waiting(_));
        f.debug_struct("HandOver").field("waits", &waits).finish_non_exhaustive()
    }
}

/// What becomes of the lines of one call; from [`Writer::write`](super::Writer::write).
///
/// Drop it, or await it: it is ready when the server has stored the lines, or they are refused. To
/// look without waiting there are [`is_settled`](Self::is_settled) and
/// [`try_outcome`](Self::try_outcome).
///
/// # Errors
/// What the first refused line was refused for. [`refused`](crate::Error::refused) lists all, by
/// their place among the lines of the call, with their texts.
///
/// # Cancel safety
/// Safe; the lines go on their way.
#[derive(Debug, Default)]
pub struct Receipt {
    first: Option<Part>,
    more: Vec<Part>,
}

/// Neighbours within one batch.
#[derive(Debug)]
struct Part {
    settlement: Arc<Settlement>,
    /// The place of the first of them in the batch.
    in_batch: usize,
    lines: usize,
}

/// The fate of a batch, once it is known: the lines that were refused.
#[derive(Debug, Default)]
pub(super) struct Settlement(SetOnce<Vec<Refused>>);

impl Settlement {
    pub(super) async fn wait(&self) -> &[Refused] {
        self.0.wait().await
    }

    /// What `wait` returns, if it is there.
    fn get(&self) -> Option<&[Refused]> {
        self.0.get().map(Vec::as_slice)
    }

    pub(super) fn settle(&self, refused: Vec<Refused>) {
        // There is one delivery, which settles once.
        let _ = self.0.set(refused);
    }
}

impl Receipt {
    /// How many lines were taken.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.parts().map(|part| part.lines).sum()
    }

    /// Whether all lines have their fate, so that awaiting it does not wait.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.parts().all(|part| part.settlement.get().is_some())
    }

    /// What awaiting it gives, if it [is settled](Self::is_settled).
    #[must_use]
    pub fn try_outcome(&self) -> Option<Result<()>> {
        let (mut refused, mut before) = (Vec::new(), 0);
        for part in self.parts() {
            part.add_refused(part.settlement.get()?, before, &mut refused);
            before += part.lines;
        }
        Some(self.judge(refused))
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.first.iter().chain(&self.more)
    }

    /// One more line, which is at this place of a batch.
    #[inline]
    pub(super) fn push(&mut self, settlement: &Arc<Settlement>, in_batch: usize) {
        let last = self.more.last_mut().or(self.first.as_mut());
        if let Some(last) = last
            && Arc::ptr_eq(&last.settlement, settlement)
            && last.in_batch + last.lines == in_batch
        {
            last.lines += 1;
            return;
        }
        let part = Part { settlement: Arc::clone(settlement), in_batch, lines: 1 };
        if self.first.is_none() {
            self.first = Some(part);
        } else {
            self.more.push(part);
        }
    }

    async fn outcome(self) -> Result<()> {
        let (mut refused, mut before) = (Vec::new(), 0);
        for part in self.parts() {
            part.add_refused(part.settlement.wait().await, before, &mut refused);
            before += part.lines;
        }
        self.judge(refused)
    }

    fn judge(&self, refused: Vec<Refused>) -> Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        let lines = self.lines() as u64;
        Err(WriterCause::NotStored { refused, lines, undelivered: 0 }.into())
    }
}

impl Part {
    /// Adds those of a batch's refused lines that are its own, by their places in the call, which has
    /// so many lines before.
    fn add_refused(&self, of_batch: &[Refused], before: usize, refused: &mut Vec<Refused>) {
        let own = self.in_batch..self.in_batch + self.lines;
        let of_part = of_batch.iter().filter(|refused| own.contains(&refused.index()));
        let place = |refused: &Refused| refused.index() - self.in_batch + before;
        refused.extend(of_part.map(|refused| refused.clone().at(place(refused))));
    }
}

impl IntoFuture for Receipt {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.outcome())
    }
}
