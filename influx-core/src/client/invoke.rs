use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::source::Source;
use super::{BoxFuture, RawReply, RowStream, Rows};
use crate::admin::{self, Api, Scripts};
use crate::annotated_csv::Table;
use crate::error::Result;
use crate::http::{self, Params};
use crate::measurement::{FromRow, FromRowOwned};

/// A call of a script that InfluxDB Cloud keeps; end it with the shape that is wanted, as a
/// [`Query`](super::Query). From [`Scripts::invoke`].
///
/// InfluxDB Cloud answers without annotations: **every column is a text**, and there is no group key. So
/// take rows as [`OwnedRecord`](crate::annotated_csv::OwnedRecord), or as structs whose members are
/// texts; any other member is a [`TypeMismatch`](crate::ErrorKind::TypeMismatch).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::builder().cloud_scripts().start().unwrap();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// # client.write("my-bucket", "cpu,host=a temp=22.35 1\ncpu,host=b temp=23.5 1").await?;
/// use influx_core::annotated_csv::OwnedRecord;
///
/// let text = r#"from(bucket: "my-bucket") |> range(start: 0, stop: 1)
///     |> filter(fn: (r) => r.host == params.host)"#;
/// let script = client.scripts().create("of a host", text).await?;
/// let rows = client.scripts().invoke(&script.id).param("host", "b")?.fetch::<OwnedRecord>().await?;
/// assert_eq!(rows[0].get_as::<&str>("_value")?, "23.5");
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until `fetch`, `stream`, `rows`, `tables` or `raw`"]
pub struct InvokeScript {
    api: Api,
    path: Result<String>,
    params: Params,
}

impl Scripts {
    /// Calls the script of this ID.
    pub fn invoke(&self, id: &str) -> InvokeScript {
        let (api, path) = (self.api.clone(), admin::script_path(id));
        InvokeScript { api, path, params: Params::default() }
    }
}

impl InvokeScript {
    /// Gives `params.name` of the script a value: whatever JSON has.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what cannot be JSON.
    pub fn param(mut self, name: impl Into<String>, value: impl Serialize) -> Result<Self> {
        self.params.add(name.into(), &value)?;
        Ok(self)
    }

    /// Collects all rows.
    ///
    /// # Errors
    /// Those of [`Query::fetch`](super::Query::fetch); [`NotFound`](crate::ErrorKind::NotFound) when there
    /// is no such script, or the server has no scripts at all.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection.
    #[must_use = "nothing is sent until it is awaited"]
    pub fn fetch<T: FromRowOwned + Send + 'static>(self) -> BoxFuture<Result<Vec<T>>> {
        Box::pin(async move { self.rows::<T>().collect().await })
    }

    /// Streams the rows as they come; the errors are those of [`fetch`](Self::fetch).
    pub fn stream<T: FromRowOwned>(self) -> RowStream<T> {
        RowStream(self.rows())
    }

    /// Lends one row after the other; the errors are those of [`fetch`](Self::fetch).
    pub fn rows<T: FromRow>(self) -> Rows<T> {
        Rows::new(self.source())
    }

    /// Collects all tables.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), save for what concerns a struct.
    ///
    /// # Cancel safety
    /// As [`fetch`](Self::fetch).
    #[must_use = "nothing is sent until it is awaited"]
    pub fn tables(self) -> BoxFuture<Result<Vec<Table>>> {
        Box::pin(self.source().tables())
    }

    /// The reply as it comes.
    pub fn raw(self) -> RawReply {
        RawReply(self.source())
    }

    fn source(self) -> Source {
        Source::new(Box::pin(self.open()))
    }

    async fn open(self) -> Result<http::Body> {
        let body = BTreeMap::from([("params", &self.params)]);
        admin::invoke(&self.api, &self.path?, &body).await
    }
}

/// The names of the values, not the values.
impl fmt::Debug for InvokeScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvokeScript")
            .field("path", &self.path)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}
