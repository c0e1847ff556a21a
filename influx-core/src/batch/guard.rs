use std::collections::HashMap;

use bytes::Bytes;

use crate::error::{Refused, WriterCause};
use crate::line_protocol::{Handed, ParsedLine, Parser};
use crate::schema::Value;

/// The type that each field of a bucket was first seen with.
///
/// A line that gives a field another one is refused here: the server would answer 422, and the whole
/// batch would have to be sorted out.
#[derive(Debug, Default)]
pub(crate) struct SchemaGuard {
    types: HashMap<String, HashMap<String, &'static str>>,
}

impl SchemaGuard {
    /// Takes the lines out that do not fit the others. What cannot be read is left to the server.
    pub(crate) fn check(&mut self, handed: &mut Handed) {
        let bytes = std::mem::take(&mut handed.bytes);
        let mut kept = Vec::with_capacity(bytes.len());
        let (mut start, mut index) = (0, 0);
        let mut refused = Vec::new();
        handed.lines().retain_mut(|entry| {
            let line = &bytes[start..entry.end];
            start = entry.end;
            index += 1;
            let parsed = Parser::new(line).precision(entry.precision).next();
            if let Some(Ok(parsed)) = parsed
                && let Err(cause) = self.learn(&parsed)
            {
                let text = Bytes::copy_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
                refused.push(Refused::line_of(index - 1, text, cause.into()));
                return false;
            }
            kept.extend_from_slice(line);
            entry.end = kept.len();
            true
        });
        handed.refused.append(&mut refused);
        handed.bytes = kept;
    }

    /// Remembers the types of a line, if they are those that are known.
    fn learn(&mut self, line: &ParsedLine<'_>) -> Result<(), WriterCause> {
        let measurement = line.measurement();
        let known = self.types.entry(measurement.clone().into_owned()).or_default();
        for (field, value) in line.fields() {
            let is = super::partial::type_name(&value);
            match known.get(&*field) {
                Some(was) if *was != is => {
                    let measurement = measurement.into_owned();
                    return Err(WriterCause::Conflict {
                        measurement,
                        field: field.into_owned(),
                        is,
                        was,
                    });
                }
                _ => {}
            }
        }
        known.extend(line.fields().map(|(field, value): (_, Value)| {
            (field.into_owned(), super::partial::type_name(&value))
        }));
        Ok(())
    }
}
