use polars::prelude::DataFrame;

use crate::schema::Value;

/// The frame of one table of a result, with what tells that table from the others.
///
/// ```
/// use influx_core::dataframe::{self, FrameOptions};
///
/// let csv = "#datatype,string,long,double,string\n#group,false,false,false,true\n\
///            #default,_result,,,\n,result,table,temp,host\n,,0,22.35,a\n,,1,20.5,b\n";
/// let tables = dataframe::tables_from_csv(csv, FrameOptions::new())?;
/// assert_eq!(tables[1].group_key(), [("host".to_owned(), "b".into())]);
/// assert_eq!((tables[1].result(), tables[1].id()), ("_result", 1));
/// assert_eq!(tables[1].frame().shape(), (1, 2));
/// # Ok::<(), influx_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TableFrame {
    pub(super) result: String,
    pub(super) id: u64,
    pub(super) group_key: Vec<(String, Value)>,
    pub(super) frame: DataFrame,
}

impl TableFrame {
    /// The name of the result (`yield`); `_result` if the query names none.
    #[must_use]
    pub fn result(&self) -> &str {
        &self.result
    }

    /// The number of the table within its result, from 0; of a [wide](super::FrameOptions::wide)
    /// series, that of its first table.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The columns of the group key with their one value, also of a table without rows.
    #[must_use]
    pub fn group_key(&self) -> &[(String, Value)] {
        &self.group_key
    }

    /// The rows; the columns of the group key are among them.
    #[must_use]
    pub const fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The rows.
    #[must_use]
    pub fn into_frame(self) -> DataFrame {
        self.frame
    }
}
