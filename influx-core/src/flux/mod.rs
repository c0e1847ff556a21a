//! Flux, the query language: how a value becomes part of a script, and a typed query a script.
//!
//! A value is never pasted into a script. It reaches the server in one of two ways:
//!
//! - as a **parameter** ([`Query::param`]), which travels beside the script as a tree. No text is
//!   made of it, so nothing in it can be read as Flux;
//! - through [`flux!`](crate::flux!), which checks a script at compile time and hands over the
//!   values in its holes as parameters.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> influx_core::Result<()> {
//! # let server = influx_testkit::Server::start();
//! # let client = influx_core::Client::builder(server.url()).token(server.token());
//! # let client = client.org(server.org()).build()?;
//! # client.write("my-bucket", "cpu,host=a temp=22.35 1\ncpu,host=b temp=23.5 1").await?;
//! use influx_core::Timestamp;
//!
//! let (bucket, host) = ("my-bucket", "a");
//! let script = r#"
//!     from(bucket: bucket)
//!         |> range(start: start, stop: 1s)
//!         |> filter(fn: (r) => r.host == host)
//! "#;
//! let query = client
//!     .query(script)
//!     .param("bucket", bucket)
//!     .param("start", Timestamp::from_nanos(0))
//!     .param("host", host);
//! assert_eq!(query.tables().await?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! | Rust | Flux |
//! |---|---|
//! | `bool` | `bool` |
//! | `i8` … `i64`, `isize` | `int` |
//! | `u8` … `u64`, `usize` | `uint`; what Flux itself counts, such as `limit(n:)`, is `int`: hand over an `i64` |
//! | `f32`, `f64` | `float`, exactly, NaN and the infinities too |
//! | `&str`, `String`, `Cow<str>`, `char` | `string` |
//! | [`Timestamp`], chrono's `DateTime` and `NaiveDateTime` (UTC), `SystemTime` | `time` |
//! | `Duration` of the standard library, chrono's `TimeDelta` | `duration`, in nanoseconds |
//! | slices, arrays and `Vec`s of one type | array |
//! | [`Record`] | record |
//! | [`Param::regex`] | `regexp` |
//! | [`Param::bytes`] | `bytes` |
//! | [`Value`](crate::Value), [`ValueRef`](crate::schema::ValueRef) | what it holds, save null |
//!
//! A value that Flux cannot have (null, a time beyond 64 bits of nanoseconds) is an error of the
//! query when it is sent. Flux has no literal for null: leave the condition out, or ask `exists`.
//!
//! A **typed query** ([`Client::select`]) writes its script itself: values stand in it as literals of
//! one audited writer. [`Explanation`] says which of its stages the server applies where it reads.
//!
//! This room is pure: it makes text and trees, and sends nothing. It does not know what a script of
//! somebody else means, and reads no Flux.
//!
//! [`Client::select`]: crate::Client::select
//! [`Query::param`]: crate::client::Query::param
//! [`Timestamp`]: crate::Timestamp

#[cfg(feature = "client")]
pub(crate) mod aggregate;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "trees are sent by the client"))]
mod ast;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "queries are the client's"))]
pub(crate) mod condition;
#[cfg(feature = "client")]
mod explain;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "queries are the client's"))]
pub(crate) mod literal;
#[cfg(feature = "derive")]
mod macros;
mod param;
#[cfg(feature = "client")]
pub(crate) mod pipeline;
#[cfg(feature = "client")]
mod render;
mod script;
#[cfg(feature = "client")]
pub(crate) mod selection;
#[cfg(feature = "client")]
mod task;
#[cfg(test)]
mod tests;

#[cfg(feature = "client")]
pub(crate) use self::ast::{Json, extern_file};
#[cfg(feature = "client")]
pub use self::explain::{Explanation, Stage};
pub use self::param::{IntoParam, Param, Record};
pub use self::script::Script;
#[cfg(feature = "client")]
pub use self::selection::Way;
#[cfg(feature = "client")]
pub(crate) use self::task::{TaskOption, task_text};
#[cfg(feature = "derive")]
#[doc(hidden)]
pub use influx_derive::__flux as __expand;
