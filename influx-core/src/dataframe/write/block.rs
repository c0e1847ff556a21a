//! Rows that are encoded together.

use std::collections::VecDeque;
use std::ops::Range;
use std::thread;

use super::FrameLines;
use crate::error::Result;
use crate::line_protocol::Lines;
use crate::time::Precision;

/// How much goes into one block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) rows: usize,
    /// The line that reaches it is the last one.
    pub(crate) bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 10_000, bytes: 4 << 20 }
    }
}

/// The lines of neighbouring rows.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) rows: Range<usize>,
    pub(crate) points: usize,
    pub(crate) lines: Vec<u8>,
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only requests say it"))]
    pub(crate) precision: Precision,
}

/// Encodes rows block by block, in their order.
#[derive(Debug)]
pub(crate) struct Blocks {
    lines: FrameLines,
    limits: Limits,
    /// How many rows each thread takes: not many more than fit into the last block, since what it
    /// encodes behind a block that is full comes to nothing.
    share: usize,
    ready: VecDeque<Result<Block>>,
    /// Neighbouring rows that are still to be encoded.
    rest: Range<usize>,
}

impl Blocks {
    pub(crate) fn new(lines: &FrameLines, rows: Range<usize>, limits: Limits) -> Self {
        let limits = Limits { rows: limits.rows.max(1), ..limits };
        let rest = rows.start..rows.end.min(lines.rows());
        Self { lines: lines.clone(), limits, share: limits.rows, ready: VecDeque::new(), rest }
    }

    /// `make`: makes the buffers into which the lines go.
    pub(crate) fn encode(
        mut self,
        make: impl Fn() -> Lines,
    ) -> impl Iterator<Item = Result<Block>> {
        std::iter::from_fn(move || self.next(&make))
    }

    /// The next block.
    pub(crate) fn next(&mut self, make: &impl Fn() -> Lines) -> Option<Result<Block>> {
        if self.ready.is_empty() && !self.rest.is_empty() {
            self.fill(make);
        }
        self.ready.pop_front()
    }

    /// Encodes one block on each thread.
    fn fill(&mut self, make: &impl Fn() -> Lines) {
        let Range { start, end } = self.rest;
        let threads = self.lines.thread_count().get();
        let share = if threads == 1 { self.limits.rows } else { self.share };
        let starts = (start..end).step_by(share).take(threads);
        let parts: Vec<_> = starts.map(|from| from..end.min(from.saturating_add(share))).collect();
        let (lines, limits) = (&self.lines, self.limits);
        let blocks: Vec<Result<Block>> = if let [only] = &*parts {
            vec![encode(lines, only.clone(), limits, make())]
        } else {
            thread::scope(|scope| {
                let start = |rows: &Range<usize>| {
                    let (rows, lines_of) = (rows.clone(), make());
                    scope.spawn(move || encode(lines, rows, limits, lines_of))
                };
                let running: Vec<_> = parts.iter().map(start).collect();
                let join = |thread: thread::ScopedJoinHandle<'_, _>| {
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                running.into_iter().map(join).collect()
            })
        };
        self.take(&parts, blocks);
    }

    /// Keeps the blocks up to the first one that is not whole, behind which rows are missing.
    fn take(&mut self, parts: &[Range<usize>], blocks: Vec<Result<Block>>) {
        for (part, block) in parts.iter().zip(blocks) {
            let end = block.as_ref().map_or(part.end, |block| block.rows.end);
            self.rest.start = end;
            self.ready.push_back(block);
            if end < part.end {
                self.share = end - part.start;
                return;
            }
        }
        self.share = self.share.saturating_mul(2).min(self.limits.rows);
    }
}

/// Encodes rows, as many as the limit on bytes allows.
fn encode(
    frame: &FrameLines,
    rows: Range<usize>,
    limits: Limits,
    mut lines: Lines,
) -> Result<Block> {
    let Range { start, mut end } = rows;
    let (mut points, mut bytes) = (0, 0);
    for row in frame.range(rows) {
        lines.push(&row);
        let so_far = lines.bytes().len();
        points += usize::from(so_far > bytes);
        bytes = so_far;
        if bytes >= limits.bytes {
            end = row.index() + 1;
            break;
        }
    }
    let (lines, precision) =
        lines.finish().map_err(|error| error.of_rows(start..end, |place| start + place))?;
    Ok(Block { rows: start..end, points, lines, precision })
}
