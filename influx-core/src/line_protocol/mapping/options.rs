//! How values are taken.

use super::Mapping;

impl Mapping {
    /// Takes a tag or field whose key a record lacks for a null. Without this it is an error.
    pub fn allow_missing(self) -> Self {
        self.with(|said| said.allows_missing = true)
    }

    /// Leaves out fields that are NaN or infinite, whatever type they are stored with. Without this
    /// they are errors.
    ///
    /// ```
    /// use influx_core::{Mapping, line_protocol};
    ///
    /// let mapping = Mapping::measurement("m").server_time();
    /// let values = std::collections::BTreeMap::from([("a", 1.5), ("b", f64::NAN)]);
    /// let mut buffer = Vec::new();
    /// assert!(line_protocol::encode(mapping.record(&values), &mut buffer).is_err());
    /// line_protocol::encode(mapping.skip_non_finite().record(&values), &mut buffer)?;
    /// assert_eq!(buffer, b"m a=1.5\n");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    pub fn skip_non_finite(self) -> Self {
        self.with(|said| said.skips_non_finite = true)
    }

    /// Dates and times of a data frame that have no zone or offset are readings of clocks in this
    /// one, by its name in the IANA database, such as `Europe/Prague`. Without this they are UTC, as
    /// times of records without an offset always are.
    ///
    /// ```
    /// use influx_core::dataframe::polars::prelude::df;
    /// use influx_core::{Mapping, line_protocol};
    ///
    /// let frame = df!["temp" => [22.35], "at" => ["2024-07-01T14:00:00"]]?;
    /// let mapping = Mapping::measurement("air").time("at").time_zone("Europe/Prague");
    /// let mut buffer = Vec::new();
    /// line_protocol::encode(&mapping.frame(&frame)?, &mut buffer)?;
    /// assert_eq!(buffer, b"air temp=22.35 1719835200000000000\n"); // 12:00 in UTC
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "polars")]
    pub fn time_zone(self, name: impl Into<String>) -> Self {
        self.with(|said| said.zone = Some(name.into()))
    }

    /// Stores every number as a float, the nearest one, save in fields that have a
    /// [`field_type`](Self::field_type) of their own. Without this the first number of a field that the
    /// server sees settles what it is, and `21` is another type than `21.5`.
    ///
    /// ```
    /// use influx_core::{Mapping, line_protocol, schema::ValueType};
    /// use serde_json::json;
    ///
    /// let mapping = Mapping::measurement("air").server_time().numbers_as_floats();
    /// let mapping = mapping.field_type("count", ValueType::Integer);
    /// let mut buffer = Vec::new();
    /// let values = [json!({"count": 1, "temp": 21}), json!({"count": 2, "temp": 21.5})];
    /// line_protocol::encode(mapping.records(values), &mut buffer)?;
    /// assert_eq!(buffer, b"air count=1i,temp=21\nair count=2i,temp=21.5\n");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    ///
    /// Of a data frame that is every column of integers; durations stay what they are.
    /// Integers beyond 2⁵³ are rounded. Tags and times are none of its business.
    pub fn numbers_as_floats(self) -> Self {
        self.with(|said| said.floats = true)
    }
}
