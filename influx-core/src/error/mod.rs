//! The one error type of the crate.
//!
//! [`Error`] is opaque, one machine word and cheap to clone. What went wrong is asked of it:
//! [`Error::kind`] says which situation it is, the other accessors give what the
//! server said ([`status`](Error::status), [`server_code`](Error::server_code),
//! [`server_message`](Error::server_message), [`retry_after`](Error::retry_after)), where in a reply
//! it happened ([`position`](Error::position)), and which records a write refused
//! ([`refused`](Error::refused)).
//!
//! `Display` is one clause with the remedy where there is one. It never repeats its cause, which
//! [`source`](std::error::Error::source) carries, and no token of this client is put into it.
//!
//! This room knows every reason for which the crate fails, and nothing of how the rooms above work.

#[cfg(feature = "polars")]
mod columns;
mod csv;
mod flux;
#[cfg_attr(not(feature = "polars"), allow(dead_code, reason = "only data frames fail so"))]
mod frame;
mod kind;
mod line;
mod mapping;
mod row;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client fails so"))]
mod select;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client fails so"))]
mod setting;
mod time;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client fails so"))]
mod transport;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client fails so"))]
mod writer;

use std::error::Error as StdError;
use std::fmt;
#[cfg(feature = "polars")]
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

pub use self::csv::Position;
pub use self::kind::ErrorKind;
pub use self::line::Refused;
pub use self::row::{CellError, Mismatch, Mismatches};

#[cfg(feature = "polars")]
pub(crate) use self::columns::ColumnsCause;
pub(crate) use self::csv::CsvCause;
pub(crate) use self::flux::FluxCause;
#[cfg_attr(
    not(feature = "polars"),
    allow(unused_imports, reason = "only data frames fail so")
)]
pub(crate) use self::frame::{FailedRows, FrameCause, FrameCell};
pub(crate) use self::line::{LineCause, Others, Part, Rule};
pub(crate) use self::mapping::MappingCause;
pub(crate) use self::row::{CellProblem, Problem, RowCause, SeriesProblem};
pub(crate) use self::select::SelectCause;
pub(crate) use self::setting::SettingCause;
pub(crate) use self::time::TimeCause;
pub(crate) use self::transport::{Answer, TransportCause};
pub(crate) use self::writer::WriterCause;

#[cfg(feature = "client")]
pub(crate) use self::setting::Place;
#[cfg(feature = "client")]
pub(crate) use self::transport::{Distrust, Endpoint, Failure};

pub(crate) type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// The result of every fallible operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed.
///
/// ```
/// use influx_core::{ErrorKind, Point, line_protocol};
///
/// let nameless = Point::measurement("").field("temp", 21.5);
/// let error = line_protocol::encode(&nameless, &mut Vec::new()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidLine);
/// assert_eq!(error.to_string(), "the measurement name is empty; give it a name");
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    cause: Cause,
    source: Option<BoxError>,
}

/// One variant for each room that can fail.
#[cfg_attr(
    not(all(feature = "client", feature = "polars")),
    allow(dead_code, reason = "some only the client meets, or who writes frames")
)]
#[derive(Debug)]
enum Cause {
    Time(TimeCause),
    Line(LineCause),
    Mapping(MappingCause),
    Frame(FrameCause),
    /// Another error, with the rows of a frame that it is about.
    Rows(FailedRows),
    Refused {
        refused: Vec<Refused>,
        records: usize,
        others: Others,
    },
    Csv(CsvCause, Position),
    Row(RowCause),
    #[cfg(feature = "polars")]
    Columns(ColumnsCause),
    Flux(FluxCause),
    Select(SelectCause),
    Setting(SettingCause),
    Transport(TransportCause),
    Answer(Answer),
    Writer(WriterCause),
    /// Another error, with the lines that it leaves behind.
    Unwritten {
        error: Error,
        refused: Vec<Refused>,
        lines: Bytes,
    },
}

impl Error {
    fn new(cause: Cause) -> Self {
        Self(Arc::new(Inner { cause, source: None }))
    }

    #[cfg(feature = "client")]
    pub(crate) fn transport(cause: TransportCause, source: impl Into<BoxError>) -> Self {
        Self(Arc::new(Inner { cause: Cause::Transport(cause), source: Some(source.into()) }))
    }

    #[cfg(feature = "client")]
    pub(crate) fn setting(cause: SettingCause, source: impl Into<BoxError>) -> Self {
        Self(Arc::new(Inner { cause: Cause::Setting(cause), source: Some(source.into()) }))
    }

    pub(crate) fn line(cause: LineCause, source: impl Into<BoxError>) -> Self {
        Self(Arc::new(Inner { cause: Cause::Line(cause), source: Some(source.into()) }))
    }

    pub(crate) fn csv(cause: CsvCause, position: Position) -> Self {
        Self::new(Cause::Csv(cause, position))
    }

    /// Some of so many records were refused, and nothing was sent.
    pub(crate) fn refused_records(refused: Vec<Refused>, records: usize) -> Self {
        Self::new(Cause::Refused { refused, records, others: Others::Unsent })
    }

    /// Some of so many records were refused by a writer.
    #[cfg(feature = "client")]
    pub(crate) fn refused_among(refused: Vec<Refused>, records: usize, others: Others) -> Self {
        Self::new(Cause::Refused { refused, records, others })
    }

    /// The same error with the lines that may not be stored, and those among them that are to blame.
    #[cfg(feature = "client")]
    pub(crate) fn with_unwritten(self, lines: Bytes, refused: Vec<Refused>) -> Self {
        Self::new(Cause::Unwritten { error: self, refused, lines })
    }

    /// The same error of the item of a stream that has this place, with the refusals of those before.
    #[cfg(feature = "client")]
    pub(crate) fn after_refusals(self, mut refused: Vec<Refused>, item: usize) -> Self {
        let lines = match &self.0.cause {
            Cause::Unwritten { lines, .. } => lines.clone(),
            _ => Bytes::new(),
        };
        refused.extend(self.refused().iter().map(|own| own.clone().at(item)));
        let error = self.wrapped().cloned().unwrap_or(self);
        error.with_unwritten(lines, refused)
    }

    /// An answer of the server with other words, such as those about one line of many.
    #[cfg(feature = "client")]
    pub(crate) fn with_message(&self, message: String) -> Self {
        match self.answer() {
            Some(answer) => Answer { message, ..answer.clone() }.into(),
            None => self.clone(),
        }
    }

    /// Whether a writer's retries were spent, or cut short by a panic.
    #[cfg(feature = "client")]
    pub(crate) fn is_given_up(&self) -> bool {
        use WriterCause::{GaveUp, Panicked};
        matches!(self.0.cause, Cause::Writer(GaveUp { .. } | Panicked))
    }

    /// The error of the last try of a writer, where this one says that there is no other.
    #[cfg(feature = "client")]
    pub(crate) fn last_try(&self) -> Option<&Self> {
        if let Cause::Writer(cause) = &self.0.cause { cause.last() } else { None }
    }

    /// The same error of these rows of a frame. `row_of`: the row of each record or line.
    #[cfg(feature = "polars")]
    pub(crate) fn of_rows(self, rows: Range<usize>, row_of: impl Fn(usize) -> usize) -> Self {
        let own = |refused: &Refused| refused.clone().at(row_of(refused.index()));
        let refused = self.refused().iter().map(own).collect();
        Self::new(Cause::Rows(FailedRows { rows, error: self, refused }))
    }

    /// How many lines of a text this is about.
    pub(crate) fn refused_line_count(&self) -> usize {
        if let Cause::Line(cause) = &self.0.cause { cause.line_count() } else { 1 }
    }

    /// Whether this is about lines of a text, which may have others.
    #[cfg(feature = "client")]
    pub(crate) fn is_of_text(&self) -> bool {
        let Cause::Line(cause) = &self.0.cause else { return false };
        matches!(cause, LineCause::InText { .. } | LineCause::Lines { .. })
    }

    /// So many lines of a text were refused, for so many reasons; the first of those.
    pub(crate) fn refused_lines(first: Vec<Self>, reasons: usize, lines: usize) -> Self {
        let refused = first.into_iter().map(|reason| {
            let line = reason.position().map_or(1, |position| position.line);
            Refused::new(usize::try_from(line - 1).unwrap_or(usize::MAX), reason)
        });
        LineCause::Lines { refused: refused.collect(), reasons, lines }.into()
    }

    /// The error of a line, with the place that the line has in a text; `whole`: whether all of it
    /// is kept.
    pub(crate) fn in_text(self, position: Position, line: &[u8], whole: bool) -> Self {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        LineCause::in_text(position, line.strip_suffix(b"\r").unwrap_or(line), whole, self).into()
    }

    /// Which situation this is; what a program branches on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0.cause {
            Cause::Time(cause) => cause.kind(),
            Cause::Line(cause) => cause.kind(),
            Cause::Mapping(cause) => cause.kind(),
            Cause::Frame(cause) => cause.kind(),
            Cause::Refused { .. } => ErrorKind::InvalidLine,
            Cause::Csv(cause, _) => cause.kind(),
            Cause::Row(cause) => cause.kind(),
            #[cfg(feature = "polars")]
            Cause::Columns(cause) => cause.kind(),
            Cause::Flux(cause) => cause.kind(),
            Cause::Select(cause) => cause.kind(),
            Cause::Setting(cause) => cause.kind(),
            Cause::Transport(cause) => cause.kind(),
            Cause::Answer(answer) => answer.kind(),
            Cause::Writer(cause) => cause.kind(),
            Cause::Unwritten { error, .. } | Cause::Rows(FailedRows { error, .. }) => error.kind(),
        }
    }

    /// The HTTP status of the server's answer, if there was one and it was an error.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer().map(|answer| answer.status)
    }

    /// The server's own error code (`invalid`, `not found`, `unprocessable entity`, …), as its JSON
    /// body or its `X-Platform-Error-Code` header gives it.
    #[must_use]
    pub fn server_code(&self) -> Option<&str> {
        self.answer().and_then(|answer| answer.code.as_deref())
    }

    /// What the server said, unabridged up to the 1 MiB of a body that is read. A failure that the
    /// server reports inside a query's reply is given too.
    #[must_use]
    pub fn server_message(&self) -> Option<&str> {
        match &self.0.cause {
            Cause::Csv(cause, _) => cause.server_message(),
            _ => self.answer().map(|answer| answer.message.as_str()),
        }
    }

    /// How long the server asks to wait before the next try (its `Retry-After` header, in seconds
    /// or as a date).
    #[must_use]
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        self.answer().and_then(|answer| answer.retry_after)
    }

    /// Where in a query's reply, or in a text of lines, the error was found; of several lines, the
    /// first. That of a record among others is asked of its [`reason`](Refused::reason).
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match &self.0.cause {
            Cause::Csv(_, position) => Some(*position),
            Cause::Row(cause) => cause.position(),
            #[cfg(feature = "polars")]
            Cause::Columns(cause) => cause.position(),
            Cause::Line(cause) => cause.position(),
            Cause::Refused { refused, records: 1, .. } => refused.first()?.reason().position(),
            Cause::Unwritten { error, .. } => error.position(),
            _ => None,
        }
    }

    /// The records that a write refused, or the lines that the server did, each with its reason.
    /// Empty for every other error. Where a writer takes nothing of a call, these are the records
    /// that it could not have taken at all; the lines of the others are [`unwritten`](Self::unwritten).
    ///
    /// The reason of a text with several bad lines has those lines in turn, the first thousand.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        match &self.0.cause {
            Cause::Refused { refused, .. }
            | Cause::Unwritten { refused, .. }
            | Cause::Rows(FailedRows { refused, .. }) => refused,
            Cause::Line(cause) => cause.refused(),
            Cause::Writer(cause) => cause.refused(),
            _ => &[],
        }
    }

    /// The lines that may not be stored, as line protocol that ends with a line feed: those of a
    /// direct write whose request failed, and those that a writer did not take. Empty for every
    /// other error.
    #[must_use]
    pub fn unwritten(&self) -> &[u8] {
        match &self.0.cause {
            Cause::Unwritten { lines, .. } => lines,
            Cause::Rows(FailedRows { error, .. }) => error.unwritten(),
            _ => &[],
        }
    }

    /// The rows of a data frame that were to be written together when it failed. Those before them are
    /// written; of these, the lines are [`unwritten`](Self::unwritten), if they could be lines at all.
    /// `None` for every other error.
    ///
    /// The write goes on behind them with [`rows`](crate::client::WriteFrame::rows).
    #[cfg(all(feature = "polars", feature = "client"))]
    #[must_use]
    pub fn frame_rows(&self) -> Option<Range<usize>> {
        if let Cause::Rows(failed) = &self.0.cause { Some(failed.rows.clone()) } else { None }
    }

    /// Everything in which a table did not fit the struct. Empty for every other error.
    #[must_use]
    pub fn mismatches(&self) -> &[Mismatch] {
        match &self.0.cause {
            Cause::Row(RowCause::Mismatches(mismatches)) => mismatches.all(),
            _ => &[],
        }
    }

    /// Whether the same request may succeed later: the server was unreachable, slow, throttling or
    /// failing. Writes with time stamps may be repeated safely, since the server merges them.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        if let Some(wrapped) = self.wrapped() {
            return wrapped.is_retryable();
        }
        let transient = match &self.0.cause {
            Cause::Transport(TransportCause::Untrusted { .. })
            | Cause::Csv(..)
            | Cause::Writer(WriterCause::TooLarge { .. }) => false,
            Cause::Answer(answer) => answer.is_transient(),
            _ => true,
        };
        transient && self.kind().is_retryable()
    }

    /// Whether a time-out of this client ended the operation.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        if let Some(wrapped) = self.wrapped() {
            return wrapped.is_timeout();
        }
        let connecting = matches!(
            self.0.cause,
            Cause::Transport(TransportCause::Connect { timed_out: true, .. })
        );
        connecting || self.kind() == ErrorKind::Timeout
    }

    /// Whether the server says that what its message begins with does not exist.
    #[cfg(feature = "client")]
    pub(crate) fn is_missing(&self, what: &str) -> bool {
        let said = |message: &str| message.starts_with(what);
        self.server_code() == Some("not found") && self.server_message().is_some_and(said)
    }

    /// Whether the server knows the token, and takes it no more.
    #[cfg(feature = "client")]
    pub(crate) fn is_of_inactive_token(&self) -> bool {
        self.status() == Some(403) && self.server_message() == Some(transport::TOKEN_IS_INACTIVE)
    }

    /// The error that this one only adds to.
    fn wrapped(&self) -> Option<&Self> {
        match &self.0.cause {
            Cause::Unwritten { error, .. }
            | Cause::Rows(FailedRows { error, .. })
            | Cause::Writer(WriterCause::GaveUp { last: error, .. }) => Some(error),
            _ => None,
        }
    }

    fn answer(&self) -> Option<&Answer> {
        match &self.0.cause {
            Cause::Answer(answer) => Some(answer),
            Cause::Unwritten { error, .. } | Cause::Rows(FailedRows { error, .. }) => {
                error.answer()
            }
            Cause::Writer(cause) => cause.last()?.answer(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Time(cause) => cause.fmt(f),
            Cause::Line(cause) => cause.fmt(f),
            Cause::Mapping(cause) => cause.fmt(f),
            Cause::Frame(cause) => cause.fmt(f),
            Cause::Rows(rows) => rows.fmt(f),
            Cause::Refused { refused, records, others } => {
                line::fmt_refused(refused, *records, *others, f)
            }
            Cause::Csv(cause, position) => write!(f, "{cause} ({position} of the reply)"),
            Cause::Row(cause) => cause.fmt(f),
            #[cfg(feature = "polars")]
            Cause::Columns(cause) => cause.fmt(f),
            Cause::Flux(cause) => cause.fmt(f),
            Cause::Select(cause) => cause.fmt(f),
            Cause::Setting(cause) => cause.fmt(f),
            Cause::Transport(cause) => cause.fmt(f),
            Cause::Answer(answer) => answer.fmt(f),
            Cause::Writer(cause) => cause.fmt(f),
            Cause::Unwritten { error, .. } => error.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What `main` prints of an error that it returns, so it is to be read as it stands.
        write!(f, "{:?}: {self}", self.kind())?;
        match self.source() {
            Some(source) => write!(f, " (caused by {source:?})"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Unwritten { error, .. } | Cause::Rows(FailedRows { error, .. }) => {
                error.source()
            }
            Cause::Writer(cause) => cause.last().map(|last| last as &(dyn StdError + 'static)),
            _ => self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static)),
        }
    }
}

macro_rules! causes {
    ($($cause:ident => $variant:ident),*) => {$(
        impl From<$cause> for Error {
            fn from(cause: $cause) -> Self {
                Self::new(Cause::$variant(cause))
            }
        }
    )*};
}

causes!(
    TimeCause => Time, LineCause => Line, MappingCause => Mapping, FrameCause => Frame, RowCause => Row, FluxCause => Flux, SelectCause => Select, SettingCause => Setting,
    TransportCause => Transport, Answer => Answer, WriterCause => Writer
);
#[cfg(feature = "polars")]
causes!(ColumnsCause => Columns);

/// A text that came from outside, for a message: its first 200 bytes or so, cut at a character, on
/// one line.
pub(crate) struct Excerpt<'a>(pub(crate) &'a str);

/// The same with room for the server's longer sentences.
pub(crate) struct LongExcerpt<'a>(pub(crate) &'a str);

/// The start of a text that is longer than what is left of it.
pub(crate) struct ExcerptOf<'a> {
    pub(crate) start: &'a str,
    pub(crate) length: usize,
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_excerpt(self.0, self.0.len(), 200, f)
    }
}

impl fmt::Display for LongExcerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_excerpt(self.0, self.0.len(), 1_000, f)
    }
}

impl fmt::Display for ExcerptOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_excerpt(self.start, self.length, 200, f)
    }
}

fn fmt_excerpt(text: &str, length: usize, limit: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;

    let cut = (0..=limit.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let mut after_line_end = false;
    for character in text[..cut].chars() {
        match character {
            '\n' if after_line_end => {}
            '\n' => f.write_str(" ")?,
            control if control.is_control() => write!(f, "{}", control.escape_default())?,
            other => f.write_char(other)?,
        }
        after_line_end = character == '\n';
    }
    if cut < length {
        write!(f, "… ({length} bytes in all)")?;
    }
    Ok(())
}
