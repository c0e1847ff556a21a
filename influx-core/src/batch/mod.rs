//! Lines on their way to the server: batches, and what an answer means for each line of one.
//!
//! [`Buffer`] collects lines until its [`Limits`]; frozen it is a [`Batch`]. A [`Delivery`] brings a
//! batch home: it says which body to send next, is told the answer, and in the end every line is
//! stored or refused with a reason. [`judge`] is the table of what the server answers and what follows;
//! `quoted` finds the lines that a 400 quotes, `partial` those that a 422 means, [`Backoff`] says when to
//! try again.
//!
//! All of it are functions over values: time and chance are handed in, and nothing is sent. Who does
//! that is the client's writer.

mod backoff;
mod buffer;
mod delivery;
mod guard;
mod partial;
mod quoted;
#[cfg(test)]
mod tests;
mod verdict;

pub(crate) use self::backoff::Backoff;
pub(crate) use self::buffer::{Batch, Buffer, Limits};
pub(crate) use self::delivery::{Delivery, Reaction, Rules};
pub(crate) use self::guard::SchemaGuard;
pub use self::verdict::Treatment;
pub(crate) use self::verdict::judge;

use self::verdict::Verdict;
use crate::error::{Error, Refused};
use crate::time::Precision;

/// Of the lines of a failed request those that its answer is about, each with the reason.
///
/// What a 422 names may be more than was dropped: it gives one reason, and not which points.
pub(crate) fn blamed(error: &Error, lines: &Batch, precision: Precision) -> Vec<Refused> {
    let all: Vec<usize> = (0..lines.count()).collect();
    let blamed = match judge(error, &[]) {
        Verdict::Unreadable => quoted::blamed(error, lines, &all),
        Verdict::Partial => partial::suspects(error, lines, &all, precision)
            .into_iter()
            .map(|line| (line, error.clone()))
            .collect(),
        _ => Vec::new(),
    };
    blamed.into_iter().map(|(line, reason)| lines.refuse(line, reason)).collect()
}
