use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::Profile;
use super::source::Source;
use crate::error::{Result, SelectCause};
use crate::measurement::{Decoder, FromRow, FromRowOwned, Progress};

/// The rows of a query, lent one after the other; from [`Query::rows`](super::Query::rows).
#[must_use = "nothing is sent until the first `next`"]
pub struct Rows<T: FromRow> {
    source: Source,
    decoder: Decoder<T>,
}

impl<T: FromRow> Rows<T> {
    pub(super) fn new(source: Source) -> Self {
        Self { source, decoder: Decoder::new() }
    }

    /// The next row, which may borrow from the reply; `None` at the end.
    ///
    /// # Errors
    /// As [`Query::fetch`](super::Query::fetch); after an error there are no more rows.
    ///
    /// # Cancel safety
    /// Safe: no row is lost.
    pub async fn next(&mut self) -> Result<Option<T::Row<'_>>> {
        if !poll_fn(|cx| self.poll_advance(cx)).await? {
            return Ok(None);
        }
        self.row()
    }

    /// How the server ran the query, if it was asked by [`Query::profile`](super::Query::profile) or
    /// by the script. It says so behind the last row.
    #[must_use]
    pub fn profile(&self) -> Profile {
        Profile::new(self.decoder.profile())
    }

    /// The first row, which there has to be.
    pub(super) async fn one(mut self) -> Result<T>
    where
        T: FromRowOwned,
    {
        self.next().await?.ok_or_else(|| SelectCause::NoRow.into())
    }

    /// The row that the decoder stands at.
    fn row(&mut self) -> Result<Option<T::Row<'_>>> {
        let source = &mut self.source;
        // Behind an error there are no more rows; this frees the connection.
        self.decoder.row().transpose().inspect_err(|_| *source = Source::Done)
    }

    /// Goes to the next row; `false` at the end.
    fn poll_advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool>> {
        let outcome = loop {
            match self.decoder.advance() {
                Ok(Progress::Row) => break Ok(true),
                Ok(Progress::End) => break Ok(false),
                Ok(Progress::NeedInput) => match ready!(self.source.poll_chunk(cx)) {
                    Ok(Some(chunk)) => self.decoder.feed(chunk),
                    Ok(None) => self.decoder.finish(),
                    Err(error) => {
                        self.decoder.fail();
                        break Err(error);
                    }
                },
                Err(error) => break Err(error),
            }
        };
        if outcome.is_err() {
            self.source = Source::Done;
        }
        Poll::Ready(outcome)
    }
}

impl<T: FromRowOwned> Rows<T> {
    /// All rows that are still to come.
    pub(super) async fn collect(&mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(row) = self.next().await? {
            all.push(row);
        }
        Ok(all)
    }
}

impl<T: FromRow> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("source", &self.source).finish_non_exhaustive()
    }
}

/// The rows of a query as a [`Stream`]; from [`Query::stream`](super::Query::stream).
#[must_use = "nothing is sent until it is polled"]
pub struct RowStream<T: FromRow>(pub(super) Rows<T>);

impl<T: FromRow> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RowStream").field(&self.0).finish()
    }
}

impl<T: FromRow> Unpin for RowStream<T> {}

impl<T: FromRowOwned> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        match ready!(self.0.poll_advance(cx)) {
            Ok(true) => Poll::Ready(self.0.row().transpose()),
            Ok(false) => Poll::Ready(None),
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }
}
