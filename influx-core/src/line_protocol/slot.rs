//! The places of single values in a line: one method for each type that the server stores.

use std::fmt;
use std::io::Write as _;

use super::escape;
use super::writer::{Key, LineWriter, refuse};
use super::{number, rules};
use crate::error::{Error, Part, Result, Rule};
use crate::schema::ValueType;

/// The place of one tag's value. Dropped without a value, or given an empty text, it leaves no tag.
#[derive(Debug)]
#[must_use = "dropped, it writes nothing"]
pub struct TagWriter<'w> {
    pub(super) out: &'w mut LineWriter,
    pub(super) key: Key<'w>,
}

/// The place of one field's value. Dropped without a value, it leaves no field.
#[derive(Debug)]
#[must_use = "dropped, it writes nothing"]
pub struct FieldWriter<'w> {
    out: &'w mut LineWriter,
    key: Key<'w>,
    skip_non_finite: bool,
}

/// The place of the timestamp. Dropped without one, it leaves the time to the server.
#[derive(Debug)]
#[must_use = "dropped, it writes nothing"]
pub struct TimestampWriter<'w>(pub(super) &'w mut LineWriter);

impl TagWriter<'_> {
    /// A text. The empty one leaves no tag, which for the server is the same.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry it: a line
    /// feed, a backslash at the end or before a space.
    #[inline]
    pub fn text(self, value: &str) -> Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        if escape::is_plain(value.as_bytes()) {
            self.open()?.extend_from_slice(value.as_bytes());
            return Ok(());
        }
        rules::tag_value(value.as_bytes())
            .map_err(|rule| refuse(Part::TagValue(self.key.name().to_owned()), value, rule))?;
        escape::TAG.append(value.as_bytes(), self.open()?);
        Ok(())
    }

    /// A number, as its decimal digits.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when the line has the key already.
    #[inline]
    pub fn integer(self, value: i64) -> Result<()> {
        number::append_integer(value, self.open()?);
        Ok(())
    }

    /// A number, as its decimal digits.
    ///
    /// # Errors
    /// As [`integer`](Self::integer).
    #[inline]
    pub fn unsigned(self, value: u64) -> Result<()> {
        number::append_unsigned(value, self.open()?);
        Ok(())
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// As [`integer`](Self::integer).
    #[inline]
    pub fn boolean(self, value: bool) -> Result<()> {
        let text: &[u8] = if value { b"true" } else { b"false" };
        self.open()?.extend_from_slice(text);
        Ok(())
    }
}

impl<'w> TagWriter<'w> {
    #[inline]
    fn open(self) -> Result<&'w mut Vec<u8>> {
        self.out.open_tag(self.key)
    }
}

impl FieldWriter<'_> {
    /// Leaves the field out where its value is NaN or infinite, as for a `None`; without this such
    /// a value is an error. Of no effect on values that are no floats.
    ///
    /// The derive's `#[field(non_finite = "skip")]` for [`ToLine`](super::ToLine) by hand:
    ///
    /// ```
    /// use influx_core::line_protocol::{self, LineWriter, ToLine};
    ///
    /// struct Weather { temp: f64, wind: f64 }
    ///
    /// impl ToLine for Weather {
    ///     fn write_line(&self, out: &mut LineWriter) -> influx_core::Result<()> {
    ///         let mut line = out.measurement("weather")?.into_fields();
    ///         line.field("temp")?.skip_non_finite().float(self.temp)?;
    ///         line.field("wind")?.float(self.wind)?;
    ///         line.finish()
    ///     }
    /// }
    ///
    /// let mut buffer = Vec::new();
    /// line_protocol::encode(Weather { temp: f64::NAN, wind: 3.5 }, &mut buffer)?;
    /// assert_eq!(buffer, b"weather wind=3.5\n");
    /// assert!(line_protocol::encode(Weather { temp: 21.5, wind: f64::NAN }, &mut buffer).is_err());
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    #[inline]
    pub const fn skip_non_finite(mut self) -> Self {
        self.skip_non_finite = true;
        self
    }

    /// A float, as the shortest decimal that reads back equal.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) for NaN and infinities, which the server
    /// cannot store, unless [skipped](Self::skip_non_finite), and for a series key that is too
    /// long.
    #[inline]
    pub fn float(self, value: f64) -> Result<()> {
        if !value.is_finite() {
            return self.not_finite();
        }
        number::append_float(value, self.open()?);
        Ok(())
    }

    /// A float, as the shortest decimal that reads back equal as an `f32`: 0.1 stays 0.1.
    ///
    /// # Errors
    /// As [`float`](Self::float).
    #[inline]
    pub fn float32(self, value: f32) -> Result<()> {
        if !value.is_finite() {
            return self.not_finite();
        }
        number::append_any_float(value, self.open()?);
        Ok(())
    }

    /// A signed integer.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when the series key is too long.
    #[inline]
    pub fn integer(self, value: i64) -> Result<()> {
        let buffer = self.open()?;
        number::append_integer(value, buffer);
        buffer.push(b'i');
        Ok(())
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// As [`integer`](Self::integer).
    #[inline]
    pub fn unsigned(self, value: u64) -> Result<()> {
        let buffer = self.open()?;
        number::append_unsigned(value, buffer);
        buffer.push(b'u');
        Ok(())
    }

    /// A truth value.
    ///
    /// # Errors
    /// As [`integer`](Self::integer).
    #[inline]
    pub fn boolean(self, value: bool) -> Result<()> {
        let text: &[u8] = if value { b"true" } else { b"false" };
        self.open()?.extend_from_slice(text);
        Ok(())
    }

    /// A text of up to 1 MiB; any character, line feeds too.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when it, or the series key, is too long.
    #[inline]
    pub fn text(self, value: &str) -> Result<()> {
        rules::text(value.as_bytes()).map_err(|rule| self.refuse_value(rule))?;
        let buffer = self.open()?;
        buffer.push(b'"');
        escape::STRING.append(value.as_bytes(), buffer);
        buffer.push(b'"');
        Ok(())
    }

    /// An integer in this type; `None` if that cannot hold it.
    pub(crate) fn integer_as(self, value: i128, stored: ValueType) -> Option<Result<()>> {
        #[expect(clippy::cast_precision_loss, reason = "that is what storing it as a float means")]
        let nearest = value as f64;
        Some(match stored {
            ValueType::Float => self.float(nearest),
            ValueType::String => self.number_text(value),
            ValueType::Unsigned => self.unsigned(value.try_into().ok()?),
            _ => self.integer(value.try_into().ok()?),
        })
    }

    /// A float, or its text. One that is not finite is no text either.
    pub(crate) fn float_as(self, value: f64, stored: ValueType) -> Result<()> {
        match stored {
            ValueType::String if value.is_finite() => self.number_text(value),
            _ => self.float(value),
        }
    }

    /// The same, by the digits of 32 bits.
    pub(crate) fn float32_as(self, value: f32, stored: ValueType) -> Result<()> {
        match stored {
            ValueType::String if value.is_finite() => self.number_text(value),
            _ => self.float32(value),
        }
    }

    /// A truth value, or its text.
    pub(crate) fn boolean_as(self, value: bool, stored: ValueType) -> Result<()> {
        match stored {
            ValueType::String => self.text(if value { "true" } else { "false" }),
            _ => self.boolean(value),
        }
    }

    /// The text of a number, in which nothing is to be escaped.
    fn number_text(self, value: impl fmt::Display) -> Result<()> {
        let buffer = self.open()?;
        // To write into a `Vec` cannot fail.
        let _ = write!(buffer, "\"{value}\"");
        Ok(())
    }

    /// Refuses a value of a type that no field can have.
    pub(super) fn refuse_time(self) -> Result<()> {
        Err(self.refuse_value(Rule::Time))
    }

    fn not_finite(&self) -> Result<()> {
        if self.skip_non_finite { Ok(()) } else { Err(self.refuse_value(Rule::NotFinite)) }
    }

    #[cold]
    fn refuse_value(&self, rule: Rule) -> Error {
        refuse(Part::FieldValue(self.key.name().to_owned()), "", rule)
    }
}

impl<'w> FieldWriter<'w> {
    pub(super) const fn new(out: &'w mut LineWriter, key: Key<'w>) -> Self {
        Self { out, key, skip_non_finite: false }
    }

    #[inline]
    fn open(self) -> Result<&'w mut Vec<u8>> {
        self.out.open_field(self.key)
    }
}

impl TimestampWriter<'_> {
    /// Nanoseconds since 1970-01-01T00:00:00Z; written in the precision of the request, rounded
    /// down.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) outside
    /// [`EARLIEST`](crate::Timestamp::EARLIEST)..=[`LATEST`](crate::Timestamp::LATEST), also where only the rounding leaves it.
    #[inline]
    pub fn nanos(self, nanos: i128) -> Result<()> {
        self.0.append_time(nanos)
    }
}
