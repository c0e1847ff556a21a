use crate::annotated_csv::Datatype;
use crate::error::{ColumnsCause, Result};

/// What the frames of a result are to look like.
///
/// | asked | otherwise |
/// |---|---|
/// | [`columns`](Self::columns): only these, in this order | all, in the order of the reply |
/// | [`wide`](Self::wide): a column for each field | rows as they come |
/// | [`text_tags`](Self::text_tags): tags as text | `Categorical` |
/// | [`numbers_as_floats`](Self::numbers_as_floats): `Float64` for every number | a type for each |
/// | [`with_table`](Self::with_table): columns `result` and `table` | none |
///
/// ```
/// use influx_core::dataframe::{self, FrameOptions};
///
/// let csv = "#datatype,string,long,dateTime:RFC3339,double,string,string\n\
///            #group,false,false,false,false,true,true\n#default,_result,,,,,\n\
///            ,result,table,_time,_value,_field,host\n\
///            ,,0,2024-05-01T12:00:00Z,22.5,temp,a\n,,1,2024-05-01T12:00:00Z,3,load,a\n";
/// let options = FrameOptions::new().wide().columns(["_time", "load", "temp"]);
/// let frame = dataframe::from_csv(csv, options)?;
/// assert_eq!((frame.height(), frame.width()), (1, 3));
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct FrameOptions {
    pub(super) columns: Option<Vec<String>>,
    pub(super) wide: bool,
    pub(super) text_tags: bool,
    pub(super) floats: bool,
    pub(super) table: bool,
}

impl FrameOptions {
    /// Frames with everything that the reply has, as it comes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only columns of these names, in this order; the others are passed over and cost next to
    /// nothing. One that no table has is an error, and so is a name that is there twice; with
    /// [`wide`](Self::wide), fields are columns. A result without tables has no columns at all, since
    /// nothing says their types: its frame is 0 × 0.
    #[must_use]
    pub fn columns(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Puts whole rows together where the fields come as rows of `_field` and `_value`: for each
    /// series and time a row, with a column for each field, null where the point lacks it.
    ///
    /// This is what the server's `pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn:
    /// "_value")` gives, row by row; the rows come series by series, each by time. The cells of one
    /// series are held until it is complete. Tables that are not of that kind stay as they are. Where
    /// rows have no `_time`, as after an aggregation, a series has one row.
    #[must_use]
    pub const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Gives texts of the group key, which tags are, the type `String` instead of `Categorical`.
    #[must_use]
    pub const fn text_tags(mut self) -> Self {
        self.text_tags = true;
        self
    }

    /// Reads `long` and `unsignedLong` as the nearest `Float64`, so that a column may be of another
    /// numeric type in each table. Integers beyond 2⁵³ are rounded.
    #[must_use]
    pub const fn numbers_as_floats(mut self) -> Self {
        self.floats = true;
        self
    }

    /// Puts the columns `result` (`Categorical`) and `table` (`UInt64`) in front: the name of the result
    /// (`yield`) and the number of the table within it.
    #[must_use]
    pub const fn with_table(mut self) -> Self {
        self.table = true;
        self
    }

    /// Fails if a column was asked for twice, or is none of these, where there are any.
    pub(super) fn check(&self, seen: &[String]) -> Result<()> {
        let mut asked: Vec<_> = self.columns.iter().flatten().collect();
        asked.sort();
        if let Some(pair) = asked.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ColumnsCause::AskedTwice { column: pair[0].clone() }.into());
        }
        match self.columns.iter().flatten().find(|name| !seen.contains(name)) {
            Some(column) if !seen.is_empty() => {
                let (column, columns) = (column.clone(), seen.to_vec());
                Err(ColumnsCause::Missing { column, columns }.into())
            }
            _ => Ok(()),
        }
    }

    /// How cells of this type are kept; `group`: in a group key.
    pub(super) fn kind(&self, datatype: &Datatype, group: bool) -> Kind {
        match datatype {
            Datatype::Long | Datatype::UnsignedLong if self.floats => Kind::Float,
            Datatype::Double => Kind::Float,
            Datatype::Long => Kind::Integer,
            Datatype::UnsignedLong => Kind::Unsigned,
            Datatype::Boolean => Kind::Boolean,
            Datatype::DateTime => Kind::Time,
            Datatype::Duration => Kind::Span,
            Datatype::Base64Binary => Kind::Bytes,
            Datatype::String | Datatype::Other(_) if !group => Kind::Text,
            Datatype::String | Datatype::Other(_) if self.text_tags => Kind::SharedText,
            Datatype::String | Datatype::Other(_) => Kind::Category,
        }
    }
}

/// How the values of a column are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Float,
    Integer,
    Unsigned,
    Boolean,
    Time,
    /// A duration.
    Span,
    Text,
    Bytes,
    Category,
    /// Text that repeats.
    SharedText,
}

impl Kind {
    /// Whether cells that are kept in the one way may also be kept in the other.
    pub(super) fn is_like(self, other: Self) -> bool {
        let is_text = |kind| matches!(kind, Self::Text | Self::Category | Self::SharedText);
        self == other || (is_text(self) && is_text(other))
    }
}

#[cfg(test)]
mod tests {
    use super::FrameOptions;

    #[test]
    fn a_column_that_is_asked_for_twice_is_an_error() {
        let seen = ["a".to_owned(), "b".to_owned()];
        let error = FrameOptions::new().columns(["a", "b", "a"]).check(&seen).unwrap_err();
        assert!(error.to_string().contains("`a` is asked for twice"), "{error}");
        assert!(FrameOptions::new().columns(["b", "a"]).check(&seen).is_ok());
    }
}
