use std::collections::HashMap;

use super::partial::type_name;
use crate::error::{Refused, WriterCause};
use crate::line_protocol::{Handed, ParsedLine, Parser};
use crate::time::Precision;

/// The type that each field of a bucket was first seen with.
///
/// A line that gives a field another one is refused here: the server would answer 422, and the whole
/// batch would have to be sorted out.
#[derive(Debug, Default)]
pub(crate) struct SchemaGuard {
    types: HashMap<String, HashMap<String, &'static str>>,
}

impl SchemaGuard {
    /// Takes the lines out that do not fit the others, and says what their times count. What cannot
    /// be read is left to the server.
    pub(crate) fn check(&mut self, handed: &mut Handed) -> Vec<Precision> {
        let bytes = std::mem::take(&mut handed.bytes);
        let mut kept = Vec::with_capacity(bytes.len());
        let (mut start, mut index) = (0, 0);
        let (mut refused, mut precisions) = (Vec::new(), Vec::new());
        handed.lines().retain_mut(|entry| {
            let line = &bytes[start..entry.end];
            start = entry.end;
            index += 1;
            let parsed = Parser::new(line).precision(entry.precision).next();
            if let Some(Ok(parsed)) = parsed
                && let Err(cause) = self.learn(&parsed)
            {
                refused.push(Refused::line_of(index - 1, line, cause.into()));
                precisions.push(entry.precision);
                return false;
            }
            kept.extend_from_slice(line);
            entry.end = kept.len();
            true
        });
        handed.refused.append(&mut refused);
        handed.bytes = kept;
        precisions
    }

    /// Remembers the types of a line, if they are those that are known.
    fn learn(&mut self, line: &ParsedLine<'_>) -> Result<(), WriterCause> {
        let measurement = line.measurement();
        let known = self.types.get(&*measurement);
        let was = |field: &str| known.and_then(|known| known.get(field)).copied();
        let mut new = Vec::new();
        for (field, value) in line.fields() {
            let is = type_name(&value);
            match was(&field) {
                Some(was) if was == is => {}
                Some(was) => {
                    let (measurement, field) = (measurement.into_owned(), field.into_owned());
                    return Err(WriterCause::Conflict { measurement, field, is, was });
                }
                None => new.push((field.into_owned(), is)),
            }
        }
        if !new.is_empty() {
            self.types.entry(measurement.into_owned()).or_default().extend(new);
        }
        Ok(())
    }
}
