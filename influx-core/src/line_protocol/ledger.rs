//! What a batching writer has to know of each line.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::default_tags::DefaultTags;
use super::number;
use super::writer::BadLines;
use crate::error::Result;
use crate::time::{Precision, Timestamp};

/// One line of a buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineEntry {
    /// After its line feed.
    pub(crate) end: usize,
    /// How long measurement and tag set are.
    pub(crate) series: usize,
    pub(crate) precision: Precision,
    /// Whether it has a time of its own, so that writing it twice stores it once.
    pub(crate) is_timed: bool,
}

/// The lines of a buffer, and what was refused on the way into it.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(super) lines: Vec<LineEntry>,
    /// Of a text: what is wrong with some of its lines, while the others are there.
    pub(super) bad: BadLines,
    style: Arc<Style>,
}

/// How the lines of a writer are made.
#[derive(Debug)]
pub(crate) struct Style {
    /// That of all lines; without one, each record has its own, else nanoseconds.
    pub(crate) precision: Option<Precision>,
    /// For each structured record.
    pub(super) default_tags: DefaultTags,
    /// Gives a time to lines without one.
    stamps: Option<Stamps>,
}

/// The times of points that come without: this machine's clock, each later than the one before.
#[derive(Debug)]
struct Stamps(AtomicI64);

impl Style {
    /// `stamped`: whether lines without a time get one.
    pub(crate) fn new(
        precision: Option<Precision>,
        default_tags: DefaultTags,
        stamped: bool,
    ) -> Self {
        let stamps = stamped.then(|| Stamps(AtomicI64::new(i64::MIN)));
        Self { precision, default_tags, stamps }
    }
}

impl Stamps {
    fn next(&self) -> Result<i64> {
        let now = Timestamp::now()?.as_nanos();
        let later = |last: i64| Some(now.max(last.saturating_add(1)));
        let last = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        // The closure never declines, so both are the time before.
        let last = last.unwrap_or_else(|last| last);
        Ok(now.max(last.saturating_add(1)))
    }
}

impl Ledger {
    pub(super) fn new(style: Arc<Style>) -> Self {
        Self { lines: Vec::new(), bad: BadLines::default(), style }
    }

    /// Ends the line that starts at `start` and whose series is so long.
    #[inline]
    pub(super) fn end_line(
        &mut self,
        buffer: &mut Vec<u8>,
        series: usize,
        mut precision: Precision,
        mut is_timed: bool,
    ) -> Result<()> {
        if let (false, Some(stamps)) = (is_timed, &self.style.stamps) {
            buffer.push(b' ');
            number::append_integer(stamps.next()?, buffer);
            precision = Precision::Nanoseconds;
            is_timed = true;
        }
        buffer.push(b'\n');
        self.lines.push(LineEntry { end: buffer.len(), series, precision, is_timed });
        Ok(())
    }

    /// Forgets the lines behind the first `length` bytes.
    pub(super) fn truncate(&mut self, length: usize) {
        while self.lines.pop_if(|line| line.end > length).is_some() {}
    }
}

/// Where lines stand, line feeds included.
pub(crate) fn ranges(lines: &[LineEntry]) -> impl Iterator<Item = (Range<usize>, LineEntry)> {
    let mut start = 0;
    lines.iter().map(move |line| {
        let range = start..line.end;
        start = line.end;
        (range, *line)
    })
}
