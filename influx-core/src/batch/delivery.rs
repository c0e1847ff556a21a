use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::verdict::{Treatment, Verdict, judge};
use super::{Backoff, Batch, partial, quoted};
use crate::error::{Error, ErrorKind, Refused, WriterCause};
use crate::time::Precision;

/// A server that has said no is not asked again before this.
const MIN_PAUSE: Duration = Duration::from_millis(100);

/// A batch on its way: which of its lines are still to be stored, and which are refused.
///
/// Lines are sent in their order; what has to go again goes again before what comes behind it.
#[derive(Debug)]
pub(crate) struct Delivery {
    batch: Batch,
    precision: Precision,
    /// The lines of each request that is still to come.
    pieces: VecDeque<Piece>,
    refused: Vec<Refused>,
    failures: u32,
    /// How many of those named the time to wait, which spends no retry.
    asked: u32,
    /// When the first of the failures in a row was sent.
    since: Option<Instant>,
    last: Option<Error>,
    /// Whether the failures in a row were no fault of the lines.
    blocked: bool,
    held: Held,
    /// As large as a body may be; learned from the server.
    ceiling: usize,
}

/// How often and how long the lines were held, since one of them had its fate.
#[derive(Debug, Default)]
struct Held {
    answers: u32,
    time: Duration,
    /// When the time was last added to, while they are held.
    until: Option<Instant>,
}

#[derive(Debug)]
enum Piece {
    All,
    Some(Vec<usize>),
}

/// What comes after an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// The next body, if there is one.
    Next,
    /// The same one after this time.
    Retry(Duration),
    /// The same one after this time, and nobody else asks the server before.
    Throttle(Duration),
    /// The same one after this time, as often as it takes.
    Hold(Duration),
}

/// The rules of a delivery.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) backoff: Backoff,
    pub(crate) treatments: Vec<(u16, Treatment)>,
    /// How long lines are kept that the server will not have for no fault of theirs.
    pub(crate) max_hold_time: Option<Duration>,
    /// At most so much is added to what the server asks for.
    pub(crate) jitter: Duration,
}

impl Delivery {
    pub(crate) fn new(batch: Batch, precision: Precision, ceiling: usize) -> Self {
        Self {
            batch,
            precision,
            pieces: VecDeque::from([Piece::All]),
            refused: Vec::new(),
            failures: 0,
            asked: 0,
            since: None,
            last: None,
            blocked: false,
            held: Held::default(),
            ceiling,
        }
    }

    /// The body to send now, and how many lines it has; none when every line has its fate.
    pub(crate) fn body(&mut self) -> Option<(Bytes, usize)> {
        loop {
            let (body, lines) = match self.pieces.front()? {
                Piece::All => (self.batch.bytes().clone(), self.batch.count()),
                Piece::Some(lines) => (self.batch.body(lines), lines.len()),
            };
            if body.len() <= self.ceiling || lines <= 1 {
                return Some((body, lines));
            }
            self.split_at_ceiling();
        }
    }

    /// Makes the next piece so small that the server takes it.
    fn split_at_ceiling(&mut self) {
        let lines = self.take_piece();
        let mut length = 0;
        let fits = |line: &&usize| {
            length += self.batch.length_of(**line);
            length <= self.ceiling
        };
        let first = lines.iter().take_while(fits).count().max(1);
        self.push_in_order([lines[..first].to_vec(), lines[first..].to_vec()]);
    }

    fn take_piece(&mut self) -> Vec<usize> {
        match self.pieces.pop_front() {
            Some(Piece::Some(lines)) => lines,
            Some(Piece::All) => (0..self.batch.count()).collect(),
            None => Vec::new(),
        }
    }

    /// These come next.
    fn push_in_order<const N: usize>(&mut self, pieces: [Vec<usize>; N]) {
        for lines in pieces.into_iter().rev() {
            if !lines.is_empty() {
                self.pieces.push_front(Piece::Some(lines));
            }
        }
    }

    /// The server has stored the last body.
    pub(crate) fn stored(&mut self) {
        self.take_piece();
        self.last = None;
        self.answered();
    }

    /// The server has spoken of the lines, so it is not away.
    fn answered(&mut self) {
        self.begin_anew();
        self.held = Held::default();
    }

    fn begin_anew(&mut self) {
        (self.failures, self.asked, self.since) = (0, 0, None);
    }

    /// The last body, which was sent at `sent`, was answered with `error`.
    pub(crate) fn failed(
        &mut self,
        error: &Error,
        rules: &Rules,
        sent: Instant,
        now: Instant,
        random: f64,
    ) -> Reaction {
        let verdict = judge(error, &rules.treatments);
        self.last = Some(error.clone());
        match verdict {
            Verdict::Unreadable => self.unreadable(error),
            Verdict::Partial => self.partial(error),
            Verdict::TooLarge => self.too_large(error),
            Verdict::Final => self.refuse_piece(error),
            Verdict::Throttled | Verdict::Transient | Verdict::Blocked => {
                return self.wait(verdict, error, rules, sent, now, random);
            }
        }
        self.answered();
        Reaction::Next
    }

    fn refuse_piece(&mut self, error: &Error) {
        let lines = self.take_piece();
        self.refuse_all(&lines, error);
    }

    fn refuse_all(&mut self, lines: &[usize], reason: &Error) {
        self.refuse(lines.iter().map(|line| (*line, reason.clone())));
    }

    fn refuse(&mut self, lines: impl IntoIterator<Item = (usize, Error)>) {
        for (line, reason) in lines {
            self.refused.push(self.batch.refuse(line, reason));
        }
    }

    /// Nothing was stored: without the lines that are quoted, the others go again.
    fn unreadable(&mut self, error: &Error) {
        let lines = self.take_piece();
        let blamed = quoted::blamed(error, &self.batch, &lines);
        if blamed.is_empty() {
            self.halve(&lines, error);
            return;
        }
        self.push_in_order([without(&lines, blamed.iter().map(|(line, _)| *line))]);
        self.refuse(blamed);
    }

    /// The good points are stored, but which they are is not said. Storing a point again changes
    /// nothing, so those that the reason does not fit go again, and then those that it fits.
    fn partial(&mut self, error: &Error) {
        let lines = self.take_piece();
        if !self.batch.is_repeatable() {
            // Without times, what is stored already would be stored again.
            self.refuse_all(&lines, error);
            return;
        }
        let suspects = partial::suspects(error, &self.batch, &lines, self.precision);
        if suspects.is_empty() {
            self.halve(&lines, error);
        } else if suspects.len() < lines.len() {
            let others = without(&lines, suspects.iter().copied());
            self.push_in_order([others, suspects]);
        } else if partial::dropped(error) == Some(lines.len()) {
            self.refuse_all(&lines, error);
        } else {
            self.halve(&lines, error);
        }
    }

    fn halve(&mut self, lines: &[usize], error: &Error) {
        if let [line] = lines {
            self.refuse_all(&[*line], error);
            return;
        }
        let (first, second) = lines.split_at(lines.len() / 2);
        self.push_in_order([first.to_vec(), second.to_vec()]);
    }

    fn too_large(&mut self, error: &Error) {
        let lines = self.take_piece();
        if lines.len() > 1 {
            let length: usize = lines.iter().map(|line| self.batch.length_of(*line)).sum();
            self.ceiling = self.ceiling.min(length / 2);
        }
        self.halve(&lines, error);
    }

    fn wait(
        &mut self,
        verdict: Verdict,
        error: &Error,
        rules: &Rules,
        sent: Instant,
        now: Instant,
        random: f64,
    ) -> Reaction {
        let blocked = verdict == Verdict::Blocked;
        if std::mem::replace(&mut self.blocked, blocked) != blocked {
            // What was waited for in the one way does not count in the other.
            self.begin_anew();
        }
        self.failures = self.failures.saturating_add(1);
        if verdict == Verdict::Throttled && error.retry_after().is_some() {
            self.asked = self.asked.saturating_add(1);
        }
        let since = *self.since.get_or_insert(sent);
        let is_stored_nowhere =
            blocked || error.kind() == ErrorKind::Connect || error.status() == Some(429);
        let may_repeat = self.batch.is_repeatable() || is_stored_nowhere;
        let tried = now.saturating_duration_since(since);
        let (max_time, attempts, after) = if blocked {
            self.held.go_on(sent, now);
            (rules.max_hold_time, self.held.answers, self.held.time)
        } else {
            self.held.end(sent);
            (Some(rules.backoff.max_time), self.failures, tried)
        };
        let left = max_time.map(|max| max.saturating_sub(after));
        let spent = !blocked && self.failures - self.asked > rules.backoff.max_retries;
        if spent || !may_repeat || left == Some(Duration::ZERO) {
            let cause = WriterCause::GaveUp { attempts, after, last: error.clone() };
            self.refuse_piece(&cause.into());
            self.answered();
            return Reaction::Next;
        }
        let delay = self.pause(verdict, error, rules, random);
        // The last try comes when the time is up.
        let delay = left.map_or(delay, |left| delay.min(left));
        match verdict {
            Verdict::Throttled => Reaction::Throttle(delay),
            Verdict::Blocked => Reaction::Hold(delay),
            _ => Reaction::Retry(delay),
        }
    }

    /// How long to wait for the next try.
    fn pause(&self, verdict: Verdict, error: &Error, rules: &Rules, random: f64) -> Duration {
        let mut delay = rules.backoff.delay(self.failures, random);
        if verdict == Verdict::Throttled || error.retry_after().is_some() {
            let asked = error.retry_after().unwrap_or_default();
            delay = delay.max(asked).saturating_add(rules.jitter.mul_f64(random));
        }
        if verdict == Verdict::Transient { delay } else { delay.max(MIN_PAUSE) }
    }

    /// Gives up what is still to be stored; its lines, for the reason of the last error.
    pub(crate) fn abandon(&mut self) -> Vec<usize> {
        self.refuse_rest(&WriterCause::Undelivered { last: self.last.clone() }.into())
    }

    /// Refuses what is still to be stored; its lines.
    pub(crate) fn refuse_rest(&mut self, reason: &Error) -> Vec<usize> {
        let mut left = Vec::new();
        while !self.pieces.is_empty() {
            left.extend(self.take_piece());
        }
        self.refuse_all(&left, reason);
        left
    }

    /// What has been refused since it was asked the last time, by the order of its fate.
    pub(crate) fn take_refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.refused)
    }

    pub(crate) const fn batch(&self) -> &Batch {
        &self.batch
    }

    pub(crate) const fn failures(&self) -> u32 {
        self.failures
    }

    pub(crate) const fn ceiling(&self) -> usize {
        self.ceiling
    }
}

impl Held {
    /// The server refused a request for no fault of the lines.
    fn go_on(&mut self, sent: Instant, now: Instant) {
        self.answers = self.answers.saturating_add(1);
        let from = self.until.unwrap_or(sent);
        self.time = self.time.saturating_add(now.saturating_duration_since(from));
        self.until = Some(now);
    }

    /// The request at `sent` was answered otherwise.
    fn end(&mut self, sent: Instant) {
        if let Some(from) = self.until.take() {
            self.time = self.time.saturating_add(sent.saturating_duration_since(from));
        }
    }
}

/// The lines that are not among `taken`; both are in order.
fn without(lines: &[usize], taken: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut taken = taken.peekable();
    lines.iter().copied().filter(|line| taken.next_if_eq(line).is_none()).collect()
}
