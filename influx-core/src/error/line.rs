use std::fmt;

use bytes::Bytes;

use super::{Cause, Error, ErrorKind, Excerpt, ExcerptOf, Position};

/// What a message can show of a line.
const SHOWN: usize = 256;

/// What the line protocol encoder refuses.
#[derive(Debug)]
pub(crate) enum LineCause {
    Refused {
        part: Part,
        text: String,
        rule: Rule,
    },
    NoFields {
        measurement: String,
    },
    Unfinished,
    Replaced,
    MixedPrecision,
    /// A line of a text.
    InText {
        position: Position,
        /// Its last line, counted as its first one is.
        last: u64,
        /// All of it, or its start.
        line: Bytes,
        length: usize,
        reason: Error,
    },
    /// Lines of a text, for so many reasons; the first of those. A missing quote reaches over
    /// several lines.
    Lines {
        refused: Vec<Refused>,
        reasons: usize,
        lines: usize,
    },
    SeveralLines,
    NoLine,
    /// The text cannot be read from there on.
    Unreadable {
        position: Position,
    },
    /// The line that starts there does not end.
    TooLong {
        position: Position,
        limit: usize,
    },
    /// The file cannot be opened.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only a writer opens files"))]
    NoFile {
        path: String,
    },
}

/// The part of a line that a rule was applied to. Values carry their key.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Measurement,
    TagKey,
    TagValue(String),
    FieldKey,
    FieldValue(String),
    Timestamp,
    Line,
}

/// Why the server would change, split, lose or poison the text. Source: models.ParsePoints of
/// InfluxDB 2.9.1, each rule seen on a live server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Empty,
    LineFeed,
    TrailingBackslash,
    BackslashBefore(char),
    Comment,
    LeadingControl,
    Reserved,
    Separator,
    Duplicate,
    SeriesKeyTooLong,
    TextTooLong,
    NotFinite,
    Time,
    ControlCharacter,
    NoEquals,
    NoValue,
    BareEquals,
    NoType,
    NoInteger,
    OutOfRange,
    NoClosingQuote,
    AfterQuote,
    AfterTimestamp,
    NotUtf8,
}

impl LineCause {
    /// `whole`: whether all of the line is kept, whose end may be far away, or what is shown of it.
    pub(super) fn in_text(position: Position, line: &[u8], whole: bool, reason: Error) -> Self {
        let last = position.line + memchr::memchr_iter(b'\n', line).count() as u64;
        let kept = if whole { line.len() } else { line.len().min(SHOWN) };
        let (kept, length) = (Bytes::copy_from_slice(&line[..kept]), line.len());
        Self::InText { position, last, line: kept, length, reason }
    }

    /// How many lines of a text this is about.
    pub(super) fn line_count(&self) -> usize {
        match self {
            Self::InText { position, last, .. } => {
                usize::try_from(last - position.line + 1).unwrap_or(usize::MAX)
            }
            Self::Lines { lines, .. } => *lines,
            _ => 1,
        }
    }

    /// The line of a text that this is about, where it is kept.
    fn line(&self) -> Option<&[u8]> {
        match self {
            Self::InText { line, length, .. } if line.len() == *length => Some(line),
            _ => None,
        }
    }

    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::MixedPrecision | Self::Unreadable { .. } | Self::NoFile { .. } => {
                ErrorKind::InvalidInput
            }
            Self::Refused { .. }
            | Self::NoFields { .. }
            | Self::Unfinished
            | Self::Replaced
            | Self::InText { .. }
            | Self::Lines { .. }
            | Self::SeveralLines
            | Self::NoLine
            | Self::TooLong { .. } => ErrorKind::InvalidLine,
        }
    }

    pub(super) fn refused(&self) -> &[Refused] {
        if let Self::Lines { refused, .. } = self { refused } else { &[] }
    }

    pub(super) fn position(&self) -> Option<Position> {
        match self {
            Self::InText { position, .. }
            | Self::Unreadable { position }
            | Self::TooLong { position, .. } => Some(*position),
            Self::Lines { refused, .. } => refused.first()?.reason.position(),
            _ => None,
        }
    }
}

impl fmt::Display for LineCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { part, text, rule } => {
                part.fmt_with(text, f)?;
                rule.fmt(f)
            }
            Self::NoFields { measurement } => write!(
                f,
                "a point of measurement `{}` has no field; set at least one",
                Excerpt(measurement)
            ),
            Self::Unfinished => f.write_str(
                "an implementation of `ToLine` left a line unfinished; call `finish` on its fields",
            ),
            Self::Replaced => f.write_str(
                "an implementation of `ToLine` put another writer in the place of its own, so the \
                 lines before it are lost; append to the one that is handed over",
            ),
            Self::MixedPrecision => f.write_str(
                "the records have different default precisions; name one for this write with \
                 `precision`",
            ),
            Self::InText { position, last, line, length, reason } => {
                fmt_place(*position, *last, f)?;
                let start = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]);
                write!(f, "`{}`: {reason}", ExcerptOf { start: &start, length: *length })
            }
            Self::Lines { refused, reasons, lines } => {
                write!(f, "{lines} lines of the text are refused")?;
                fmt_reasons(refused, *reasons, f, |Refused { reason, .. }, f| reason.fmt(f))
            }
            Self::SeveralLines => {
                f.write_str("the text has several lines, and a point is one; use `Parser`")
            }
            Self::Unreadable { position } => {
                write!(f, "the text cannot be read from {position} on")
            }
            Self::TooLong { position, limit } => write!(
                f,
                "the line that starts at {position} of the text is longer than {limit} bytes; is a \
                 quote not closed? See `single_lines` and `longest_line`"
            ),
            Self::NoFile { path } => write!(f, "the file `{}` cannot be opened", Excerpt(path)),
            Self::NoLine => f.write_str("the text has no line, but a point is one"),
        }
    }
}

fn fmt_place(position: Position, last: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match position {
        // It may be the only one.
        Position { line: 1, .. } if last == 1 => Ok(()),
        Position { line, .. } if line == last => write!(f, "{position} of the text, "),
        Position { line, byte } => write!(f, "lines {line} to {last}, byte {byte} of the text, "),
    }
}

impl Part {
    fn fmt_with(&self, text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role, name) = match self {
            Self::Measurement => ("measurement name", text),
            Self::TagKey => ("tag key", text),
            Self::FieldKey => ("field key", text),
            Self::TagValue(key) => ("value of tag", key.as_str()),
            Self::FieldValue(key) => ("value of field", key.as_str()),
            Self::Timestamp => ("timestamp", text),
            Self::Line => ("line", text),
        };
        if name.is_empty() {
            write!(f, "the {role} ")
        } else {
            write!(f, "the {role} `{}` ", Excerpt(name))
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty; give it a name"),
            Self::LineFeed => f.write_str(
                "holds a line feed, which would split the line; only string fields can hold one",
            ),
            Self::TrailingBackslash => f.write_str(
                "ends in a backslash, which line protocol cannot carry there; cut it, or store the \
                 text in a string field",
            ),
            Self::BackslashBefore(next) => write!(
                f,
                "holds a backslash before {next:?}, which line protocol cannot carry there; change \
                 it, or store the text in a string field"
            ),
            Self::Comment => {
                f.write_str("starts with `#`, which the server would skip as a comment")
            }
            Self::LeadingControl => {
                f.write_str("starts with a tab or NUL, which the server would cut off")
            }
            Self::Reserved => f.write_str("is reserved by the server; rename or `ignore` it"),
            Self::Separator => f.write_str(
                "holds `#!~#` or ends in `#!~`, with which the server's storage ends a series; \
                 change it, or store the text in a string field",
            ),
            Self::Duplicate => f.write_str("is there twice; a line has each key once"),
            Self::SeriesKeyTooLong => f.write_str(
                "makes the series key longer than the 65535 bytes that the server accepts; shorten \
                 the tags",
            ),
            Self::TextTooLong => {
                f.write_str("is longer than the 1 MiB that the server accepts; shorten it")
            }
            Self::NotFinite => f.write_str(
                "is NaN or infinite, which the server cannot store; leave it out, in a derived \
                 struct with `#[field(non_finite = \"skip\")]`",
            ),
            Self::Time => f.write_str("is a time, which no field can hold; store an integer"),
            Self::ControlCharacter => f.write_str("is a NUL byte, which the server reserves"),
            Self::NoEquals => f.write_str(
                "has no `=` and no value after it; put a backslash before each comma and space \
                 that belongs to a name, and quotes around texts",
            ),
            Self::NoValue => f.write_str("is empty; leave out what has no value"),
            Self::BareEquals => f.write_str("holds an `=`; put a backslash before it"),
            Self::NoType => f.write_str(
                "is neither a number (`1.5`, `1i`, `1u`) nor a boolean; put quotes around a text",
            ),
            Self::NoInteger => f.write_str("is no integer"),
            Self::OutOfRange => f.write_str("is outside the range of its type"),
            Self::NoClosingQuote => {
                f.write_str("has no closing quote; put a backslash before quotes within a text")
            }
            Self::AfterQuote => f.write_str(
                "goes on after its closing quote; close each text, and put a backslash before \
                 quotes within one",
            ),
            Self::AfterTimestamp => f.write_str("is followed by more text; end the line there"),
            Self::NotUtf8 => f.write_str("is not UTF-8, which is what InfluxDB's texts are"),
        }
    }
}

/// What became of the records beside those that are refused.
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only a writer takes some"))]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Others {
    Unsent,
    Taken,
    /// For want of room.
    Dropped,
}

/// A record, or a line, that was refused: before anything was sent, or among others by a writer or the
/// server.
#[derive(Debug, Clone)]
pub struct Refused {
    index: usize,
    reason: Error,
    line: Option<Bytes>,
}

impl Refused {
    pub(crate) const fn new(index: usize, reason: Error) -> Self {
        Self { index, reason, line: None }
    }

    /// A finished line, which is handed back: a copy, so that it keeps nothing else in memory.
    #[cfg(feature = "client")]
    pub(crate) fn line_of(index: usize, line: &[u8], reason: Error) -> Self {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        Self { index, reason, line: Some(Bytes::copy_from_slice(line)) }
    }

    #[cfg(any(feature = "client", feature = "polars"))]
    pub(crate) fn at(mut self, index: usize) -> Self {
        self.index = index;
        self
    }

    /// The record's place among those handed over, from 0; of a line, that among the lines of its
    /// text, likewise.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Why it was refused.
    #[must_use]
    pub const fn reason(&self) -> &Error {
        &self.reason
    }

    /// The line itself, without a line feed at its end, where it was finished before it was refused,
    /// or was a line of a text; not for a record that could not become one.
    ///
    /// Where a text lacks a closing quote, that are all lines up to the next quote. Where several
    /// lines of one text are refused, the [reason](Self::reason) [has](Error::refused) each of them.
    #[must_use]
    pub fn line(&self) -> Option<&[u8]> {
        let of_text = || match &self.reason.0.cause {
            Cause::Line(cause) => cause.line(),
            _ => None,
        };
        self.line.as_deref().or_else(of_text)
    }

    /// How many bytes of lines it keeps.
    #[cfg(feature = "client")]
    pub(crate) fn size(&self) -> usize {
        let lines = self.reason.refused().iter().map(Self::size).sum::<usize>();
        self.line().map_or(0, <[u8]>::len) + lines
    }
}

pub(super) fn fmt_refused(
    refused: &[Refused],
    records: usize,
    others: Others,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if let ([only], 1) = (refused, records) {
        return write!(f, "{}", only.reason);
    }
    let noun = if refused.len() == 1 { "record was" } else { "records were" };
    let others = match others {
        Others::Unsent => "nothing was sent",
        Others::Taken => "the others were taken",
        Others::Dropped => "the others were dropped for want of room",
    };
    write!(f, "{} {noun} refused and {others}", refused.len())?;
    fmt_reasons(refused, refused.len(), f, |Refused { index, reason, .. }, f| {
        write!(f, "record {index}: {reason}")
    })
}

/// The first few of them.
pub(super) fn fmt_reasons(
    refused: &[Refused],
    all: usize,
    f: &mut fmt::Formatter<'_>,
    fmt: impl Fn(&Refused, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    const SHOWN: usize = 5;
    for (place, refused) in refused.iter().take(SHOWN).enumerate() {
        f.write_str(if place == 0 { ": " } else { "; " })?;
        fmt(refused, f)?;
    }
    if all > SHOWN {
        write!(f, "; and {} more, see `refused()`", all - SHOWN)?;
    }
    Ok(())
}
