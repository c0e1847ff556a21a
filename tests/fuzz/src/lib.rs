//! What must hold for every input. Each function is a fuzz target, and panics where it does not hold;
//! the integration tests call them too, with inputs that once failed and with random ones.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a panic is the finding")]

mod csv;
mod lines;

pub use self::csv::{Event, decode, events, scanner};
pub use self::lines::{lines, round_trip};
