//! What can become lines.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;

use super::LineWriter;
use crate::error::Result;
use crate::time::Precision;

/// A record that can be written as line protocol.
///
/// Derived structs and [`Point`](crate::Point) are; so is text (`str`, `String`, bytes); so are
/// references, boxes and reference counters of each, also as `dyn ToLine`.
///
/// **Text is handed over as it stands**, unchecked: one line or many, each ended by LF. The server
/// takes a CR for data, so lines that end in CRLF are refused or stored with the CR.
///
/// ```
/// use influx_core::line_protocol::{self, LineWriter, ToLine};
///
/// struct Door { name: &'static str, open: bool }
///
/// impl ToLine for Door {
///     fn write_line(&self, out: &mut LineWriter) -> Result<(), influx_core::Error> {
///         let mut line = out.measurement("door")?;
///         line.tag("name")?.text(self.name)?;
///         let mut line = line.into_fields();
///         line.field("open")?.boolean(self.open)?;
///         line.finish()
///     }
/// }
///
/// let mut buffer = Vec::new();
/// let doors = [Door { name: "front", open: true }, Door { name: "back", open: false }];
/// line_protocol::encode(doors, &mut buffer)?;
/// assert_eq!(buffer, b"door,name=front open=true\ndoor,name=back open=false\n");
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

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: ToLine + ?Sized> ToLine for $pointer {
            fn write_line(&self, out: &mut LineWriter) -> Result<()> {
                (**self).write_line(out)
            }

            fn default_precision(&self) -> Option<Precision> {
                (**self).default_precision()
            }
        }
    )*};
}

forward!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

macro_rules! text {
    ($([$($parameter:tt)*] $text:ty),*) => {$(
        impl<$($parameter)*> ToLine for $text {
            fn write_line(&self, out: &mut LineWriter) -> Result<()> {
                out.text(AsRef::<[u8]>::as_ref(self));
                Ok(())
            }
        }
    )*};
}

text!([] [u8], [] Vec<u8>, [] Bytes, [const N: usize] [u8; N], [] str, [] String);

impl ToLine for Cow<'_, str> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        (**self).write_line(out)
    }
}
