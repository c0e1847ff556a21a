//! Frames → lines.

mod block;
mod cells;
mod field;
mod layout;
mod quick;
mod row;
mod text;
mod zone;

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::DataFrame;

pub(crate) use self::block::{Block, Blocks, Limits};
pub use self::row::FrameRow;

use self::layout::{Layout, Segment};
use crate::error::Result;
use crate::line_protocol::{Lines, Mapping};
use crate::time::Precision;

impl Mapping {
    /// Settles which column of a frame becomes what: its rows are then records, which go wherever
    /// records go.
    ///
    /// Shape: one row is one point; one whose fields are all null is none. The
    /// [module](crate::dataframe) says what becomes of each type.
    ///
    /// ```
    /// use influx_core::Mapping;
    /// use influx_core::dataframe::polars::prelude::df;
    /// use influx_core::line_protocol;
    ///
    /// let frame = df!(
    ///     "host" => ["a", "b"],
    ///     "temp" => [Some(22.35), None],
    ///     "load" => [3_i64, 4],
    ///     "at" => [1_714_564_800_i64, 1_714_564_801],
    /// )?;
    /// let mapping =
    ///     Mapping::measurement("cpu").tag("host").time_in("at", influx_core::Precision::Seconds);
    /// let mut buffer = Vec::new();
    /// line_protocol::encode(&mapping.frame(&frame)?, &mut buffer)?;
    /// assert_eq!(
    ///     String::from_utf8(buffer)?,
    ///     "cpu,host=a load=3i,temp=22.35 1714564800000000000\n\
    ///      cpu,host=b load=4i 1714564801000000000\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Cost: the columns' memory is shared. Integers of fewer than 64 bits, categoricals and dates
    /// are converted, column by column. A row allocates nothing.
    ///
    /// # Errors
    /// [`MissingColumn`](crate::ErrorKind::MissingColumn) when the mapping names a column that the
    /// frame lacks; [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when a column's type has no
    /// place where it is to go; [`InvalidInput`](crate::ErrorKind::InvalidInput) and
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when the mapping itself, or a name, cannot
    /// work. Cells are judged when their row is written.
    pub fn frame(&self, frame: &DataFrame) -> Result<FrameLines> {
        let (layout, segments) = layout::plan(self.plan()?, frame)?;
        Ok(FrameLines {
            layout: Arc::new(layout),
            segments: segments.into(),
            rows: frame.height(),
            precision: None,
            threads: NonZeroUsize::MIN,
        })
    }
}

/// The rows of a data frame, on their way to become lines; from [`Mapping::frame`].
///
/// A reference to it is an iterator of records, so it can be handed to
/// [`Client::write`](crate::Client::write), a writer and [`encode`](crate::line_protocol::encode()).
/// Refused rows are told by their place in the frame.
#[derive(Clone)]
pub struct FrameLines {
    layout: Arc<Layout>,
    segments: Arc<[Segment]>,
    rows: usize,
    precision: Option<Precision>,
    threads: NonZeroUsize,
}

/// What became of the rows of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameReport {
    pub(crate) rows: usize,
    pub(crate) points: usize,
}

impl FrameReport {
    /// How many rows were looked at.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many points were written.
    #[must_use]
    pub const fn points(&self) -> usize {
        self.points
    }

    /// How many rows were no points, since all their fields are null.
    #[must_use]
    pub const fn skipped(&self) -> usize {
        self.rows - self.points
    }

    pub(crate) const fn add(&mut self, block: &Block) {
        self.rows += block.rows.end - block.rows.start;
        self.points += block.points;
    }
}

/// How large it is, not what it holds.
impl fmt::Debug for FrameLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameLines").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl FrameLines {
    /// The unit of the times in the lines, where the write names none. Without this: nanoseconds.
    #[must_use]
    pub const fn precision(mut self, precision: Precision) -> Self {
        self.precision = Some(precision);
        self
    }

    /// Encodes on so many threads where whole frames are written
    /// ([`write_to`](Self::write_to)); the order of the rows is kept. 0 counts as 1, which is the default.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
        self
    }

    /// How many rows the frame has.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The rows, in their order.
    pub fn iter(&self) -> FrameRows<'_> {
        self.range(0..self.rows)
    }

    /// Rows of the frame; those that it does not have are left out.
    pub(crate) fn range(&self, rows: Range<usize>) -> FrameRows<'_> {
        let end = rows.end.min(self.rows);
        let segment =
            self.segments.partition_point(|segment| segment.first + segment.rows <= rows.start);
        FrameRows { lines: self, segment, next: rows.start.min(end), end }
    }

    /// The row whose point has this place among the points of `rows`.
    #[cfg(feature = "client")]
    pub(crate) fn row_of_point(&self, rows: Range<usize>, place: usize) -> usize {
        let end = rows.end;
        let mut points = self.range(rows).filter(FrameRow::is_point);
        points.nth(place).map_or(end, |row| row.index())
    }

    pub(crate) const fn thread_count(&self) -> NonZeroUsize {
        self.threads
    }

    /// Writes all lines to a file, or whatever takes bytes, in pieces of a few MiB.
    ///
    /// ```
    /// use influx_core::Mapping;
    /// use influx_core::dataframe::polars::prelude::df;
    ///
    /// let frame = df!("host" => ["a", "b"], "load" => [Some(3_i64), None])?;
    /// let lines = Mapping::measurement("cpu").tag("host").server_time().frame(&frame)?;
    /// let mut file = Vec::new();
    /// let report = lines.write_to(&mut file)?;
    /// assert_eq!(file, b"cpu,host=a load=3i\n");
    /// assert_eq!((report.points(), report.skipped()), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of `out`. [`InvalidData`](io::ErrorKind::InvalidData) when rows cannot be written, with
    /// the [`Error`](crate::Error) inside, which has those of the piece in
    /// [`refused`](crate::Error::refused); the pieces before are written.
    pub fn write_to(&self, mut out: impl io::Write) -> io::Result<FrameReport> {
        let precision = Some(self.precision.unwrap_or_default());
        let mut report = FrameReport::default();
        let blocks = Blocks::new(self, 0..self.rows, Limits::default());
        for block in blocks.encode(|| Lines::new(precision)) {
            let block = block.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            out.write_all(&block.lines)?;
            report.add(&block);
        }
        out.flush()?;
        Ok(report)
    }
}

/// Rows of a frame, one after the other.
#[derive(Debug, Clone)]
#[must_use = "an iterator does nothing until it is asked"]
pub struct FrameRows<'f> {
    lines: &'f FrameLines,
    /// The place of the segment that has the next row.
    segment: usize,
    next: usize,
    end: usize,
}

impl<'f> Iterator for FrameRows<'f> {
    type Item = FrameRow<'f>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let mut segment = self.lines.segments.get(self.segment)?;
        if self.next >= segment.first + segment.rows {
            self.segment += 1;
            segment = self.lines.segments.get(self.segment)?;
        }
        let at = self.next - segment.first;
        self.next += 1;
        Some(FrameRow { layout: &self.lines.layout, segment, at, precision: self.lines.precision })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for FrameRows<'_> {}

impl<'f> IntoIterator for &'f FrameLines {
    type Item = FrameRow<'f>;
    type IntoIter = FrameRows<'f>;

    fn into_iter(self) -> FrameRows<'f> {
        self.iter()
    }
}
