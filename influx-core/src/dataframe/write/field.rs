//! A cell as a field.

use polars::prelude::DataType;

use super::cells::{Cell, Cells};
use super::text::Text;
use crate::error::{FrameCause, FrameCell, Result};
use crate::line_protocol::{FieldWriter, Fields, Piece};
use crate::schema::ValueType;

/// A column that is a field.
#[derive(Debug)]
pub(super) struct Field {
    /// Of the column.
    pub(super) name: String,
    /// `,key=`
    pub(super) text: Piece,
    pub(super) stored: ValueType,
    pub(super) skips_non_finite: bool,
}

/// What a column of this type is stored as: the type asked for, if it can be, else its own.
pub(super) fn stored_type(
    column: &str,
    dtype: &DataType,
    asked: Option<ValueType>,
) -> Result<ValueType> {
    use ValueType::{Boolean, Float, Integer, String, Unsigned};
    let possible: &[ValueType] = match dtype {
        DataType::Null => &[Float, Integer, Unsigned, Boolean, String],
        DataType::Boolean => &[Boolean, String],
        DataType::Float16 | DataType::Float32 | DataType::Float64 | DataType::Decimal(..) => {
            &[Float, String]
        }
        DataType::Duration(_) => &[Integer, Unsigned, Float],
        DataType::Date | DataType::Datetime(..) | DataType::Time => &[String, Integer, Unsigned],
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => &[String],
        _ if dtype.is_unsigned_integer() => &[Unsigned, Integer, Float, String],
        _ => &[Integer, Unsigned, Float, String],
    };
    let stored = asked.unwrap_or(possible[0]);
    if possible.contains(&stored) {
        return Ok(stored);
    }
    let place = match stored {
        Float => "stored as a float",
        Integer => "stored as an integer",
        Unsigned => "stored as an unsigned integer",
        Boolean => "stored as a boolean",
        String => "stored as a string",
        ValueType::Time => "stored as a time, which no field is",
    };
    let remedy = "leave out its `field_type`, or cast the column with polars";
    let (column, dtype) = (column.to_owned(), dtype.to_string());
    Err(FrameCause::Type { column, dtype, place, remedy }.into())
}

impl Field {
    fn place<'s>(&'s self, line: &'s mut Fields<'_>) -> FieldWriter<'s> {
        let place = line.literal_field(&self.name, self.text.as_bytes());
        if self.skips_non_finite { place.skip_non_finite() } else { place }
    }

    /// Appends the field, unless the cell is null.
    pub(super) fn write(
        &self,
        cells: &Cells,
        at: usize,
        line: &mut Fields<'_>,
    ) -> Result<(), FrameCell> {
        let place = self.place(line);
        let written = match cells.get(at)? {
            Cell::Null => return Ok(()),
            Cell::Boolean(value) => place.boolean_as(value, self.stored),
            Cell::Text(value) => place.text(value),
            Cell::Integer(value) => return self.integer(value, place),
            Cell::Float(value) => place.float_as(value, self.stored),
            Cell::Float32(value) => place.float32_as(value, self.stored),
            Cell::Decimal { digits, scale } => self.decimal(digits, scale, place),
            Cell::Date(nanos) | Cell::Instant(nanos) if self.stored != ValueType::String => {
                return self.integer(nanos, place);
            }
            Cell::TimeOfDay(nanos) if self.stored != ValueType::String => {
                return self.integer(nanos.into(), place);
            }
            Cell::Date(nanos) => place.text(Text::date(nanos)?.as_str()),
            Cell::Instant(nanos) => place.text(Text::instant(nanos)?.as_str()),
            Cell::TimeOfDay(nanos) => place.text(Text::time_of_day(nanos)?.as_str()),
        };
        written.map_err(FrameCell::Refused)
    }

    fn integer(&self, value: i128, place: FieldWriter<'_>) -> Result<(), FrameCell> {
        let beyond = || {
            let is_unsigned = self.stored == ValueType::Unsigned;
            let stored = if is_unsigned { "unsigned integer" } else { "integer" };
            FrameCell::Beyond { value: value.to_string(), stored }
        };
        let written = place.integer_as(value, self.stored).ok_or_else(beyond)?;
        written.map_err(FrameCell::Refused)
    }

    fn decimal(&self, digits: i128, scale: usize, place: FieldWriter<'_>) -> Result<()> {
        let text = Text::decimal(digits, scale);
        if self.stored == ValueType::String {
            return place.text(text.as_str());
        }
        // Correctly rounded, which a quotient of floats would not be.
        place.float(text.as_str().parse().unwrap_or(f64::NAN))
    }
}
