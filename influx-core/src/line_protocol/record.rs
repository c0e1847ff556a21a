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
/// **Text is one line or many**, and each is judged by the server's own rules before anything is
/// sent: [`Parser`](super::Parser) says how. Blank lines, comments and the CR of a CRLF are left
/// out. [`Unchecked`] text goes as it stands.
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
                out.text(AsRef::<[u8]>::as_ref(self))
            }
        }
    )*};
}

text!([] [u8], [] Vec<u8>, [] Bytes, [const N: usize] [u8; N], [] str, [] String);

/// Finished lines that go to the server as they stand, each ended by LF.
///
/// Saves the check of lines that this crate, or another trusted encoder, has made. Of what the check
/// would refuse, the server answers most with status 400, stores some so that it can never be read
/// again, and one kind crashes InfluxDB 2.9.1.
///
/// ```
/// use influx_core::line_protocol::{self, Unchecked};
///
/// let mut buffer = Vec::new();
/// line_protocol::encode(Unchecked("cpu temp=22.35"), &mut buffer)?;
/// assert_eq!(buffer, b"cpu temp=22.35\n");
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unchecked<T>(
    /// The lines.
    pub T,
);

impl<T: AsRef<[u8]>> ToLine for Unchecked<T> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        out.unchecked(self.0.as_ref())
    }
}

impl ToLine for Cow<'_, str> {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        (**self).write_line(out)
    }
}
