use std::fmt;

use bytes::Bytes;

use super::assembly::{self, Assembly};
use super::plan::is_narrow;
use super::{FromRow, FromRowOwned};
use crate::annotated_csv::{OwnedRecord, Reader, Step};
use crate::error::Result;

/// Chunks of annotated CSV → rows of `T`.
///
/// Does no I/O; [`Reader`] shows how to drive it. It holds one row, save where a struct with several
/// fields reads a result that is not pivoted: then one series, whose rows come when all of it has,
/// and 16 bytes for each series before it.
pub struct Decoder<T: FromRow> {
    reader: Reader,
    /// The plan, and the header that it was made for.
    plan: Option<(Header, T::Plan)>,
    /// What puts rows together, from the first table on that needs it.
    assembly: Option<Box<Assembly>>,
    /// Whether the table is one of the server's profilers, and what those said.
    in_profile: bool,
    profile: Vec<OwnedRecord>,
    failed: bool,
}

/// The result in which the server's profilers speak. Its rows are never those of a struct.
const PROFILER: &str = "_profiler";

/// Which header a plan was made for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Header {
    /// A block of the reply.
    Block(u64),
    /// That of rows which were put together.
    Whole(u64),
}

/// What [`Decoder::advance`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A row: [`Decoder::row`].
    Row,
    /// The chunk is used up: [`Decoder::feed`] the next, or [`Decoder::finish`].
    NeedInput,
    /// The reply is complete.
    End,
}

impl<T: FromRow> Decoder<T> {
    /// A decoder that waits for its first chunk.
    #[must_use]
    pub fn new() -> Self {
        Self::with_reader(Reader::new())
    }

    /// The same over a reader with settings of its own, such as another
    /// [dialect](crate::annotated_csv::Dialect).
    #[must_use]
    pub const fn with_reader(reader: Reader) -> Self {
        Self {
            reader,
            plan: None,
            assembly: None,
            in_profile: false,
            profile: Vec::new(),
            failed: false,
        }
    }

    /// Hands over the next chunk. It is due after [`Progress::NeedInput`]; one that comes earlier
    /// waits.
    pub fn feed(&mut self, chunk: impl Into<Bytes>) {
        self.reader.feed(chunk);
    }

    /// Says that the reply ends here.
    pub fn finish(&mut self) {
        self.reader.finish();
    }

    /// Ends the decoding: its input failed.
    #[cfg(feature = "client")]
    pub(crate) const fn fail(&mut self) {
        self.failed = true;
    }

    /// Goes to the next row.
    ///
    /// # Errors
    /// After an error there are no more rows. As [`Reader::advance`]; [`MissingColumn`](crate::ErrorKind::MissingColumn) and
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when the table does not fit `T`, or its rows
    /// cannot be put together.
    pub fn advance(&mut self) -> Result<Progress> {
        if self.failed {
            return Ok(Progress::End);
        }
        let outcome = self.step();
        self.failed = outcome.is_err();
        outcome
    }

    fn step(&mut self) -> Result<Progress> {
        loop {
            if let Some(progress) = self.assemble()? {
                return Ok(progress);
            }
            match self.reader.advance()? {
                Step::Table => self.enter_table(),
                Step::Record if self.in_profile => self.keep_profile()?,
                Step::NeedInput => return Ok(Progress::NeedInput),
                Step::End => return Ok(Progress::End),
                Step::Record if self.make_plan()? => return Ok(Progress::Row),
                Step::Record => {}
            }
        }
    }

    fn enter_table(&mut self) {
        self.in_profile = self.reader.table().result() == PROFILER;
    }

    fn keep_profile(&mut self) -> Result<()> {
        if let Some(record) = self.reader.record() {
            let owned = OwnedRecord::read(&record);
            self.profile.push(owned.map_err(|error| error.into_error(record.position()))?);
        }
        Ok(())
    }

    /// What the server's profilers said so far.
    #[cfg(feature = "client")]
    pub(crate) fn profile(&self) -> &[OwnedRecord] {
        &self.profile
    }

    /// Goes on in tables whose rows are put together, if it stands in one.
    fn assemble(&mut self) -> Result<Option<Progress>> {
        let Some(assembly) = self.assembly.as_mut().filter(|a| a.is_active()) else {
            return Ok(None);
        };
        loop {
            return Ok(Some(match assembly.advance(&mut self.reader)? {
                assembly::Step::Series => {
                    let header = Header::Whole(assembly.version());
                    if self.plan.as_ref().is_none_or(|(known, _)| *known != header) {
                        let plan = T::plan(assembly.header());
                        self.plan = Some((header, plan.map_err(|error| assembly.name(error))?));
                    }
                    continue;
                }
                assembly::Step::Row => Progress::Row,
                assembly::Step::NeedInput => Progress::NeedInput,
                assembly::Step::End => Progress::End,
                assembly::Step::Other => return self.leave_assembly(),
            }));
        }
    }

    /// The record at which the reader stands is of a table of another kind.
    fn leave_assembly(&mut self) -> Result<Option<Progress>> {
        self.enter_table();
        if self.in_profile {
            self.keep_profile()?;
            return Ok(None);
        }
        Ok(self.make_plan()?.then_some(Progress::Row))
    }

    /// Finds the columns of the record; `false` if its table's rows are to be put together.
    fn make_plan(&mut self) -> Result<bool> {
        let table = self.reader.table();
        let header = Header::Block(table.block());
        if self.plan.as_ref().is_some_and(|(known, _)| *known == header) {
            return Ok(true);
        }
        if let Some(schema) = T::ASSEMBLED.filter(|schema| is_narrow(schema, table)) {
            self.assembly.get_or_insert_with(|| Box::new(Assembly::new(schema))).enter();
            return Ok(false);
        }
        self.plan = Some((header, T::plan(table)?));
        Ok(true)
    }

    /// The row that [`Progress::Row`] announced; `None` after any other progress.
    ///
    /// # Errors
    /// [`TypeMismatch`](crate::ErrorKind::TypeMismatch) when a cell does not fit its member,
    /// [`MissingColumn`](crate::ErrorKind::MissingColumn) when the row is of another measurement or
    /// field; both with the position.
    pub fn row(&mut self) -> Option<Result<T::Row<'_>>> {
        if self.failed {
            return None;
        }
        let (header, plan) = self.plan.as_mut()?;
        let record = match header {
            Header::Block(_) => self.reader.record()?,
            Header::Whole(_) => self.assembly.as_ref()?.record()?,
        };
        let row = T::read(plan, &record).map_err(|error| error.into_error(record.position()));
        self.failed = row.is_err();
        Some(row)
    }
}

impl<T: FromRow> Default for Decoder<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: FromRow> fmt::Debug for Decoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("reader", &self.reader).finish_non_exhaustive()
    }
}

/// Reads a whole reply that is in memory. Its last line must have its line end: without one the
/// reply may be cut short.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use influx_core::{Measurement, measurement};
///
/// #[derive(Measurement, Debug, PartialEq)]
/// struct Cpu {
///     #[tag] host: String,
///     #[field] temp: f64,
/// }
///
/// let csv = "#datatype,string,long,string,double\n#group,false,false,true,false\n\
///            #default,_result,,,\n,result,table,host,temp\n,,0,a,22.35\n";
/// let rows: Vec<Cpu> = measurement::rows(csv)?;
/// assert_eq!(rows, [Cpu { host: "a".into(), temp: 22.35 }]);
/// # }
/// # Ok::<(), influx_core::Error>(())
/// ```
///
/// # Errors
/// As [`Decoder::advance`] and [`Decoder::row`].
pub fn rows<T: FromRowOwned>(csv: impl Into<Bytes>) -> Result<Vec<T>> {
    let mut decoder = Decoder::<T>::new();
    let mut rows = Vec::new();
    decoder.feed(csv);
    loop {
        match decoder.advance()? {
            Progress::Row => rows.extend(decoder.row().transpose()?),
            Progress::NeedInput => decoder.finish(),
            Progress::End => return Ok(rows),
        }
    }
}
