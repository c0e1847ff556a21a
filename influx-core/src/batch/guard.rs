use std::collections::HashMap;

use super::partial::type_name;
use crate::error::{Error, WriterCause};
use crate::line_protocol::{Lines, ParsedLine, Parser};
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
    pub(crate) fn check(&mut self, lines: &mut Lines) -> Vec<Precision> {
        lines.refuse_lines(|line, precision| match Parser::new(line).precision(precision).next() {
            Some(Ok(parsed)) => self.learn(&parsed).map_err(Error::from),
            _ => Ok(()),
        })
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
