//! The schema of a struct as the mapping of records that have its keys.

use super::Measurement;
use crate::line_protocol::Mapping;
use crate::schema::Role;

impl Mapping {
    /// The mapping of a struct's schema: its measurement, tags, fields with their types and, where it has
    /// one, the time in `_time`; without one the time is the server's. Records and frames then need no
    /// naming, such as frames that were read.
    ///
    /// Shape: what else a record or frame holds, such as `_start` and `_measurement`, is not written.
    /// Keys may be missing if a tag or field of the struct may.
    ///
    /// ```
    /// use influx_core::{Mapping, Measurement, line_protocol};
    /// use serde_json::json;
    ///
    /// #[derive(Measurement)]
    /// struct Cpu {
    ///     #[tag] host: String,
    ///     #[field] temp: f64,
    ///     #[timestamp] time: influx_core::Timestamp,
    /// }
    ///
    /// let mapping = Mapping::of::<Cpu>();
    /// let value = json!({"host": "a", "temp": 21, "_time": "1970-01-01T00:00:01Z", "_start": "x"});
    /// let mut buffer = Vec::new();
    /// line_protocol::encode(mapping.record(value), &mut buffer)?;
    /// assert_eq!(buffer, b"cpu,host=a temp=21 1000000000\n");
    /// # Ok::<(), influx_core::Error>(())
    /// ```
    pub fn of<T: Measurement>() -> Self {
        let schema = T::SCHEMA;
        let mapping = Self::measurement(schema.measurement());
        let mapping = schema.columns().fold(mapping, |mapping, column| match column.role {
            Role::Tag => mapping.tag(column.name),
            Role::Field => mapping.field(column.name).field_type(column.name, column.value_type),
            Role::Timestamp => mapping.time(column.name),
        });
        let is_timed = schema.columns().any(|column| column.role == Role::Timestamp);
        let mapping = if is_timed { mapping } else { mapping.server_time() };
        let may_lack =
            schema.columns().any(|column| column.optional && column.role != Role::Timestamp);
        if may_lack { mapping.allow_missing() } else { mapping }
    }
}
