//! Text → lines, by the server's own rules.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::escape::{self, Escapes};
use super::token::{self, Cursor, Field, lossy, unescaped};
use super::writer::refuse;
use super::{LineWriter, Point, ToLine, rules};
use crate::error::{LineCause, Part, Position, Result, Rule};
use crate::schema::Value;
use crate::time::{Precision, Timestamp};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a text, one after the other.
///
/// A line is given where the server takes it, as [`as_str`](ParsedLine::as_str) has it and whatever
/// comes after it, and stores exactly what it says. Everything else is an error that names the part
/// and the rule: what the server answers with 400, and also what it takes and then changes, splits,
/// hides, or breaks on. Blank lines and comments are passed over, and a byte order mark at the start
/// of the text. CRLF ends a line like LF, and a CR ends the text; anywhere else it is a character
/// like others.
///
/// After an error the next line is read. Where a quote is missing, the server sees no end of the
/// line before the next quote, and neither does this; for a text whose lines hold no line ends
/// there is [`single_lines`](Self::single_lines).
///
/// ```
/// use influx_core::line_protocol::Parser;
/// use influx_core::{Timestamp, Value};
///
/// let text = "# from the greenhouse\ncpu,core=0 temp=22.35,load=3i 1714564800000000000\ncpu temp=\n";
/// let mut lines = Parser::new(text);
///
/// let line = lines.next().unwrap()?;
/// assert_eq!(line.measurement(), "cpu");
/// assert_eq!(line.tags().collect::<Vec<_>>(), [("core".into(), "0".into())]);
/// assert_eq!(line.fields().last(), Some(("load".into(), Value::Integer(3))));
/// assert_eq!(line.timestamp(), Some("2024-05-01T12:00:00Z".parse()?));
///
/// let error = lines.next().unwrap().unwrap_err();
/// assert_eq!(error.position().unwrap().line, 3);
/// assert!(error.to_string().contains("the value of field `temp` is empty"));
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// The good lines of a text can be written without the others:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// use influx_core::line_protocol::Parser;
///
/// let text = "cpu temp=22.35 1\ncpu temp=hot 2\ncpu temp=23.5 3";
/// let (mut good, mut bad) = (Vec::new(), Vec::new());
/// for line in Parser::new(text) {
///     line.map_or_else(|error| bad.push(error), |line| good.push(line));
/// }
/// client.write("my-bucket", good).await?;
/// assert_eq!(bad[0].position().unwrap().line, 2);
/// # assert_eq!(server.lines("my-bucket"), ["cpu temp=22.35 1", "cpu temp=23.5 3"]);
/// # Ok(())
/// # }
/// ```
///
/// Source: `models.ParsePoints` of InfluxDB 2.9.1.
#[derive(Debug, Clone)]
pub struct Parser<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
    /// Where the text starts in a longer one.
    before: u64,
    single_lines: bool,
    precision: Precision,
    /// Whether its errors have all of their lines.
    keeps_lines: bool,
    /// The keys of a tag set or field set, while it is being read.
    keys: Vec<Cow<'t, [u8]>>,
}

/// A line that the server stores as it stands; from [`Parser`]. It can be written, in the precision
/// that it was read in or in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedLine<'t> {
    text: &'t str,
    precision: Precision,
    /// How long the measurement is, as it is escaped.
    measurement: usize,
    /// How long measurement and tag set are.
    series: usize,
    fields: Range<usize>,
    timestamp: Option<Timestamp>,
    position: Position,
}

impl<'t> Parser<'t> {
    /// The lines of `text`, with times in nanoseconds.
    #[must_use]
    pub fn new(text: &'t (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self::starting_at(text.as_ref(), Position { line: 1, byte: 0 })
    }

    /// The same for a part of a text that starts there.
    pub(super) fn starting_at(text: &'t [u8], Position { line, byte }: Position) -> Self {
        Self {
            text,
            at: if byte == 0 && text.starts_with(BOM) { BOM.len() } else { 0 },
            line,
            before: byte,
            single_lines: false,
            precision: Precision::default(),
            keeps_lines: false,
            keys: Vec::new(),
        }
    }

    /// Ends each line at its first line feed, also within quotes.
    ///
    /// A quote that is not closed then costs its own line alone, instead of all lines up to the next
    /// quote; but a text that holds a line feed is refused.
    ///
    /// ```
    /// use influx_core::line_protocol::Parser;
    ///
    /// let text = "log text=\"not closed 1\nlog text=\"closed\" 2\n";
    /// assert_eq!(Parser::new(text).filter(Result::is_ok).count(), 0);
    /// assert_eq!(Parser::new(text).single_lines().filter(Result::is_ok).count(), 1);
    /// ```
    #[must_use]
    pub const fn single_lines(mut self) -> Self {
        self.single_lines = true;
        self
    }

    /// Where the next line starts.
    pub(super) const fn offset(&self) -> usize {
        self.at
    }

    /// The unit that the times count.
    #[must_use]
    pub const fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Its errors hand their lines back.
    pub(super) const fn keeping_lines(mut self) -> Self {
        self.keeps_lines = true;
        self
    }

    /// Goes to the next line that is neither blank nor a comment; gives where it starts, the blanks
    /// before it included.
    fn skip_to_line(&mut self) -> Option<usize> {
        let mut cursor = Cursor::new(self.text, self.at);
        while cursor.at() < self.text.len() {
            let start = cursor.at();
            cursor.skip_blanks();
            if cursor.peek().is_some_and(|byte| byte != b'#') {
                self.at = cursor.at();
                return Some(start);
            }
            cursor.skip_line();
            self.line += 1;
        }
        self.at = cursor.at();
        None
    }

    /// The text as far as the line that starts here can reach.
    fn scope(&self) -> &'t [u8] {
        let feed = || memchr::memchr(b'\n', &self.text[self.at..]);
        let end = if self.single_lines { feed() } else { None };
        end.map_or(self.text, |length| &self.text[..=self.at + length])
    }

    /// Reads the line that starts here; also gives where the next one starts.
    fn parse(&mut self, text: &'t [u8], position: Position) -> Result<(ParsedLine<'t>, usize)> {
        let start = self.at;
        let mut cursor = Cursor::new(text, start);
        let name = cursor.measurement();
        checked(|| Part::Measurement, name, escape::MEASUREMENT, rules::measurement)?;
        self.tags(&mut cursor)?;
        let series = cursor.at() - start;
        cursor.skip_blanks();
        if cursor.peek().is_none() {
            let measurement = unescaped(name, escape::MEASUREMENT).into_owned();
            return Err(LineCause::NoFields { measurement }.into());
        }
        let fields = cursor.at() - start;
        self.fields(&mut cursor, series)?;
        let fields = fields..cursor.at() - start;
        let timestamp = self.timestamp(&mut cursor)?;
        let text = std::str::from_utf8(&text[start..cursor.at()])
            .map_err(|_| refuse(Part::Line, "", Rule::NotUtf8))?;
        let measurement = name.len();
        let precision = self.precision;
        let line = ParsedLine { text, precision, measurement, series, fields, timestamp, position };
        cursor.skip_line();
        Ok((line, cursor.at()))
    }

    fn tags(&mut self, cursor: &mut Cursor<'t>) -> Result<()> {
        self.keys.clear();
        while cursor.peek() == Some(b',') {
            cursor.skip(1);
            let (key, value) = cursor.tag()?;
            let key = checked(|| Part::TagKey, key, escape::TAG, rules::tag_key)?;
            let part = || Part::TagValue(lossy(&key).into_owned());
            checked(part, value, escape::TAG, rules::tag_value)?;
            self.keys.push(key);
        }
        self.all_different(Part::TagKey)
    }

    fn fields(&mut self, cursor: &mut Cursor<'t>, series: usize) -> Result<()> {
        self.keys.clear();
        loop {
            let Field { key: raw, value } = cursor.field()?;
            // What the server would cut off in front of the first key was skipped.
            let rule = |key: &[u8]| rules::field_key(key, false);
            let key = checked(|| Part::FieldKey, raw, escape::FIELD_KEY, rule)?;
            let refuse = |part, rule| refuse(part, &lossy(&key), rule);
            rules::series_key(series, raw.len()).map_err(|rule| refuse(Part::FieldKey, rule))?;
            let of = |rule| refuse(Part::FieldValue(lossy(&key).into_owned()), rule);
            value.check().map_err(of)?;
            self.keys.push(key);
            match cursor.peek() {
                Some(b',') => cursor.skip(1),
                _ => return self.all_different(Part::FieldKey),
            }
        }
    }

    /// The server refuses a tag that is there twice, and keeps one of two fields.
    fn all_different(&mut self, part: Part) -> Result<()> {
        self.keys.sort_unstable();
        match self.keys.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(refuse(part, &lossy(&pair[0]), Rule::Duplicate)),
            None => Ok(()),
        }
    }

    fn timestamp(&self, cursor: &mut Cursor<'t>) -> Result<Option<Timestamp>> {
        let Some(count) = cursor.timestamp()? else { return Ok(None) };
        Timestamp::storable(i128::from(count) * i128::from(self.precision.nanos())).map(Some)
    }
}

/// A name without its escapes, if line protocol can carry it.
fn checked(
    part: impl FnOnce() -> Part,
    raw: &[u8],
    escapes: Escapes,
    rule: impl FnOnce(&[u8]) -> Result<(), Rule>,
) -> Result<Cow<'_, [u8]>> {
    let name = escapes.undo(raw);
    rule(&name).map_err(|rule| refuse(part(), &lossy(&name), rule))?;
    Ok(name)
}

impl<'t> Iterator for Parser<'t> {
    type Item = Result<ParsedLine<'t>>;

    fn next(&mut self) -> Option<Self::Item> {
        let line_start = self.skip_to_line()?;
        let start = self.at;
        let position = Position { line: self.line, byte: self.before + start as u64 };
        let text = self.scope();
        let line = self.parse(text, position);
        self.at = match &line {
            Ok((_, next)) => *next,
            Err(_) => token::end_of_malformed(text, line_start),
        };
        let text = &self.text[start..self.at];
        self.line += text.iter().filter(|byte| **byte == b'\n').count() as u64;
        let whole = self.keeps_lines;
        Some(line.map(|(line, _)| line).map_err(|error| error.in_text(position, text, whole)))
    }
}

impl std::iter::FusedIterator for Parser<'_> {}

impl<'t> ParsedLine<'t> {
    /// The line, without blanks around it and without its end.
    #[must_use]
    pub const fn as_str(&self) -> &'t str {
        self.text
    }

    /// How long measurement and tag set are.
    pub(super) const fn series_length(&self) -> usize {
        self.series
    }

    /// Where it starts in the text.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The measurement.
    #[must_use]
    pub fn measurement(&self) -> Cow<'t, str> {
        unescaped(&self.text.as_bytes()[..self.measurement], escape::MEASUREMENT)
    }

    /// The tags, keys and values, in the order of the line.
    pub fn tags(&self) -> impl Iterator<Item = (Cow<'t, str>, Cow<'t, str>)> + use<'t> {
        let mut cursor = Cursor::new(self.text.as_bytes(), self.measurement);
        let end = self.series;
        std::iter::from_fn(move || {
            if cursor.at() == end {
                return None;
            }
            cursor.skip(1);
            let (key, value) = cursor.tag().ok()?;
            Some((unescaped(key, escape::TAG), unescaped(value, escape::TAG)))
        })
    }

    /// The fields, in the order of the line.
    pub fn fields(&self) -> impl Iterator<Item = (Cow<'t, str>, Value)> + use<'t> {
        let mut cursor = Cursor::new(self.text.as_bytes(), self.fields.start);
        let end = self.fields.end;
        std::iter::from_fn(move || {
            if cursor.at() == end {
                return None;
            }
            let Field { key, value } = cursor.field().ok()?;
            cursor.skip(usize::from(cursor.at() < end));
            Some((unescaped(key, escape::FIELD_KEY), value.to_value()))
        })
    }

    /// The time; none where the line leaves it to the server.
    #[must_use]
    pub const fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }

    /// The same as a point.
    #[must_use]
    pub fn to_point(&self) -> Point {
        Point::of_line(self)
    }
}

impl ToLine for ParsedLine<'_> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        out.checked(&self.text[..self.fields.end], self.series, self.timestamp)
    }

    fn default_precision(&self) -> Option<Precision> {
        Some(self.precision)
    }
}

/// As [`as_str`](ParsedLine::as_str).
impl fmt::Display for ParsedLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl AsRef<str> for ParsedLine<'_> {
    fn as_ref(&self) -> &str {
        self.text
    }
}

impl From<ParsedLine<'_>> for Point {
    fn from(line: ParsedLine<'_>) -> Self {
        line.to_point()
    }
}
