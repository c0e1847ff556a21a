//! Query results → frames.

mod columns;
mod decoder;
mod options;
mod plan;
mod run;
mod table_frame;
#[cfg(test)]
mod tests;
mod text;
#[cfg(feature = "client")]
mod typed;
mod values;
mod wide;

use bytes::Bytes;
use polars::prelude::DataFrame;

pub(super) use self::columns::Columns;
pub(crate) use self::decoder::{FrameDecoder, Frames, Progress};
pub use self::options::FrameOptions;
pub use self::table_frame::TableFrame;
#[cfg(feature = "client")]
pub(crate) use self::typed::TypedFrames;
pub(super) use self::values::refused;
use crate::error::Result;

/// Makes one frame of a whole reply that is in memory: all tables, one below the other.
///
/// Its last line must have its line end: without one the reply may be cut short. Columns come in the
/// order in which tables have them first, and are null for rows of tables without them. A reply
/// without tables gives a frame without columns.
///
/// ```
/// use influx_core::dataframe::{self, FrameOptions};
///
/// let csv = "#datatype,string,long,double,string\n#group,false,false,false,true\n\
///            #default,_result,,,\n,result,table,temp,host\n,,0,22.35,a\n,,1,20.5,b\n";
/// let frame = dataframe::from_csv(csv, FrameOptions::new())?;
/// assert_eq!(frame.shape(), (2, 2));
/// assert_eq!(frame.column("temp").unwrap().f64().unwrap().get(1), Some(20.5));
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// # Errors
/// [`InvalidCsv`](crate::ErrorKind::InvalidCsv) when it is no annotated CSV or ends within a line;
/// [`Server`](crate::ErrorKind::Server) when the server reports a failure in it;
/// [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when a cell does not hold what its column's type
/// says, a column changes its type from one table to the next, or a table has two columns of one name;
/// [`MissingColumn`](crate::ErrorKind::MissingColumn) when a column that was asked for is in no table,
/// or fields cannot be put together to [wide](FrameOptions::wide) rows.
pub fn from_csv(csv: impl Into<Bytes>, options: FrameOptions) -> Result<DataFrame> {
    let mut decoder = FrameDecoder::new(options);
    drive(&mut decoder, csv.into())?;
    decoder.take()
}

/// Makes a frame of each table, in the order of the reply, of a reply that is in memory. Tables
/// without rows have one too; a column may be of another type in each.
///
/// [`TableFrame`] has an example.
///
/// # Errors
/// As [`from_csv`], save for columns that change their type.
pub fn tables_from_csv(csv: impl Into<Bytes>, options: FrameOptions) -> Result<Vec<TableFrame>> {
    let mut decoder = FrameDecoder::by_table(options);
    drive(&mut decoder, csv.into())?;
    Ok(decoder.into_tables())
}

fn drive(decoder: &mut FrameDecoder, csv: Bytes) -> Result<()> {
    decoder.feed(csv);
    while decoder.advance(usize::MAX)? == Progress::NeedInput {
        decoder.finish();
    }
    Ok(())
}
