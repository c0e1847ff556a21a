use std::fmt;

use super::{ErrorKind, Excerpt, LongExcerpt};

/// A place in a query's reply, or in a text of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// The line, from 1.
    pub line: u64,
    /// The offset of the line's first byte, from 0.
    pub byte: u64,
}

impl Position {
    /// Before anything was read.
    #[cfg(feature = "polars")]
    pub(crate) const START: Self = Self { line: 1, byte: 0 };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}", self.line, self.byte)
    }
}

/// What the annotated CSV reader refuses.
#[derive(Debug)]
pub(crate) enum CsvCause {
    /// The server reports a failure in an error table.
    Server {
        message: String,
    },
    /// Text that is no CSV row, such as the JSON that a crashing server appends.
    Foreign {
        text: String,
    },
    AfterQuote,
    MidLine,
    MidTable,
    /// Not even the line end that a result without tables has.
    Empty,
    TooManyCells {
        limit: usize,
    },
    TooLong {
        limit: usize,
    },
    Width {
        cells: usize,
        columns: usize,
    },
    NoHeader,
    BadTableId {
        text: String,
    },
    NotUtf8 {
        part: &'static str,
    },
}

impl CsvCause {
    /// A line that is no CSV. A server whose handler crashed appends its JSON to the rows.
    pub(crate) fn foreign(text: String) -> Self {
        let is_error = text.starts_with('{') && text.contains("\"message\"");
        if is_error { Self::Server { message: text } } else { Self::Foreign { text } }
    }

    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Server { .. } => ErrorKind::Server,
            Self::Foreign { .. }
            | Self::AfterQuote
            | Self::MidLine
            | Self::MidTable
            | Self::Empty
            | Self::TooManyCells { .. }
            | Self::TooLong { .. }
            | Self::Width { .. }
            | Self::NoHeader
            | Self::BadTableId { .. }
            | Self::NotUtf8 { .. } => ErrorKind::InvalidCsv,
        }
    }

    pub(super) fn server_message(&self) -> Option<&str> {
        match self {
            Self::Server { message } => Some(message),
            _ => None,
        }
    }
}

impl fmt::Display for CsvCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server { message } => {
                write!(f, "the server failed while it was sending rows: {}", LongExcerpt(message))
            }
            Self::Foreign { text } => write!(
                f,
                "the reply holds text that is no annotated CSV, `{}`; the server or a proxy failed, or \
                 the delimiter is another",
                Excerpt(text)
            ),
            Self::AfterQuote => f.write_str("a quoted cell is followed by more text"),
            Self::MidLine => f.write_str("the reply ends in the middle of a line"),
            Self::MidTable => f.write_str("the reply ends before the rows of its last table"),
            Self::Empty => f.write_str("the reply is empty, which that of InfluxDB never is"),
            Self::TooManyCells { limit } => write!(f, "a line has more than {limit} cells"),
            Self::TooLong { limit } => write!(f, "a line is longer than {limit} bytes"),
            Self::Width { cells, columns } => {
                write!(f, "a line has {cells} cells where the table has {columns} columns")
            }
            Self::NoHeader => f.write_str(
                "a row comes before any header; ask for the CSV with its header, or read it in a \
                     `Dialect` without one",
            ),
            Self::BadTableId { text } if text == "table" => {
                f.write_str("a header comes where none should be; read it in a `Dialect` with one")
            }
            Self::BadTableId { text } => {
                write!(f, "the table number `{}` is no number", Excerpt(text))
            }
            Self::NotUtf8 { part } => write!(f, "{part} is not UTF-8"),
        }
    }
}
