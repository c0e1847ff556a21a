//! What line protocol says and a bucket stores: points, their series, their values.

mod series;
mod text;
mod value;

pub(crate) use series::{Point, Series, TIMES, escape, escape_measurement, escape_tag};
pub(crate) use text::{Quoted, Text, lossy};
pub(crate) use value::{Type, Value};
