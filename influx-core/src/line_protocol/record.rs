//! What can become lines.

use super::LineWriter;
use crate::error::Result;
use crate::time::Precision;

/// A record that can be written as line protocol.
///
/// Derived structs and [`Point`](crate::Point) are; so is text (`str`, `String`, bytes), which is
/// taken as finished lines; so are references and boxes of each, also as `dyn ToLine`.
///
/// ```
/// use influx_core::line_protocol::{self, LineWriter, ToLine};
///
/// struct Door { open: bool }
///
/// impl ToLine for Door {
///     fn write_line(&self, out: &mut LineWriter) -> Result<(), influx_core::Error> {
///         let mut line = out.measurement("door")?.into_fields();
///         line.field("open")?.boolean(self.open)?;
///         line.finish()
///     }
/// }
///
/// let mut buffer = Vec::new();
/// line_protocol::encode([Door { open: true }, Door { open: false }], &mut buffer)?;
/// assert_eq!(buffer, b"door open=true\ndoor open=false\n");
/// # Ok::<(), influx_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as line protocol",
    label = "not a record",
    note = "annotate the struct with `#[derive(Measurement)]`, or build a `Point`"
)]
pub trait ToLine {
    /// Appends this record's line.
    ///
    /// # Errors
    /// [`InvalidLine`](crate::ErrorKind::InvalidLine) when line protocol cannot carry the record.
    /// Whatever was appended before the error is taken back by the caller.
    fn write_line(&self, out: &mut LineWriter) -> Result<()>;

    /// The precision of a write that names none.
    fn default_precision(&self) -> Option<Precision> {
        None
    }
}

impl<T: ToLine + ?Sized> ToLine for &T {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        (**self).write_line(out)
    }

    fn default_precision(&self) -> Option<Precision> {
        (**self).default_precision()
    }
}

impl<T: ToLine + ?Sized> ToLine for Box<T> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        (**self).write_line(out)
    }

    fn default_precision(&self) -> Option<Precision> {
        (**self).default_precision()
    }
}

impl<T: ToLine + ?Sized> ToLine for std::sync::Arc<T> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        (**self).write_line(out)
    }

    fn default_precision(&self) -> Option<Precision> {
        (**self).default_precision()
    }
}

impl ToLine for [u8] {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        out.text(self);
        Ok(())
    }
}

impl ToLine for Vec<u8> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        self.as_slice().write_line(out)
    }
}

impl ToLine for str {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        self.as_bytes().write_line(out)
    }
}

impl ToLine for String {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        self.as_str().write_line(out)
    }
}
