//! An InfluxDB 2 server inside the process, for tests, examples and offline work.
//!
//! # In your own tests
//!
//! ```toml
//! [dev-dependencies]
//! influx-testkit = "0.1"
//! ```
//!
//! One line starts a server, with an organization, a bucket and a token; it takes a millisecond. It
//! stops when it is dropped. Each test has its own.
//!
//! ```
//! #[tokio::test]
//! # async fn hidden() {}
//! # #[tokio::main(flavor = "current_thread")]
//! async fn points_arrive() -> influx_core::Result<()> {
//!     let server = influx_testkit::Server::start();
//!     let client = server.client();
//!
//!     client.write(server.bucket(), "cpu,core=0 temp=22.35 1714564800000000000").await?;
//!
//!     assert_eq!(server.lines(server.bucket()), ["cpu,core=0 temp=22.35 1714564800000000000"]);
//!     assert_eq!(server.requests()[0].path(), "/api/v2/write");
//!     Ok(())
//! }
//! # points_arrive().unwrap();
//! ```
//!
//! A client of your own, in this language or another one, needs [`Server::url`], [`Server::token`]
//! and [`Server::org`]; a program under test takes them from [`Server::env`].
//!
//! # When things go wrong
//!
//! [`Server::inject`] takes [`Fault`]s: other answers, delays, resets, cut and stalled bodies, for
//! the next request or for many. [`Server::set_time`] stops the server's clock;
//! [`Server::add_bucket_with`] adds a bucket with a retention, [`Server::add_token`] a token that may
//! not do everything; [`Server::go_away`] refuses connections until [`Server::come_back`]. Let a test end with `assert_eq!(server.pending_faults(), 0)`: then every fault
//! has met a request.
//!
//! ```
//! # use influx_core::ErrorKind;
//! use influx_testkit::{Fault, Server};
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let server = Server::start();
//! server.inject(Fault::answer(503).retry_after(Duration::from_secs(3)));
//!
//! let error = server.client().write("my-bucket", "m f=1").await.unwrap_err();
//! assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
//! # assert_eq!(error.kind(), ErrorKind::Unavailable);
//! # }
//! ```
//!
//! # As a program
//!
//! `cargo run -p influx-testkit -- --port 8086` serves any client on that port, until it is stopped;
//! `--help` tells the rest.
//!
//! # What it knows
//!
//! It answers as InfluxDB OSS 2.9.1 does, byte for byte where a client can see it; one suite of
//! cases is run against both and compared. What it does not know it refuses, with the words "the
//! in-process server does not know": test that with a real InfluxDB, or let a [`Fault`] answer as one.
//! [`RecordedRequest::was_unknown`] tells such a refusal from one that a test expects; for other clients
//! it has the header `X-Influx-Testkit: unknown`.
//!
//! | endpoint | |
//! |---|---|
//! | `POST /api/v2/write` | line protocol in every precision, gzip; lines that do not parse (400), partial writes (422), types judged for each shard, retention |
//! | `POST /api/v2/query` | Flux: `from`, `range`, `filter`, `pivot`, `keep`, `drop`, `rename`, `set`, `group`, `sort`, `limit`, `tail`, `yield`, variables, `extern`; every dialect; gzip |
//! | … | `count`, `sum`, `mean`, `min`, `max`, `first`, `last`, `spread`, `stddev`, `median`, `quantile`, `distinct`; `aggregateWindow` with any of these by name, or with one call in a function |
//! | `POST /api/v2/query/analyze` | scripts without errors of syntax |
//! | `POST /api/v2/delete` | ranges and predicates |
//! | `/api/v2/buckets`, `/api/v2/orgs` | buckets made, changed, listed, deleted; the one organization |
//! | `/api/v2/signin`, `/api/v2/signout` | of the operator; sessions end when a test says so |
//! | `/api/v2/scripts` | on request ([`Builder::cloud_scripts`]): invokable scripts of InfluxDB Cloud, after its published API, never compared with it |
//! | `/api/v2/setup`, `/health`, `/ping`, `/ready` | |
//!
//! Aggregates are worked out as storage does it where the real server's planner lets storage do it, and
//! as its query engine does it elsewhere. Floats are added in the order of a real server on x86-64
//! with AVX2; on other processors a last digit may differ.
//!
//! Tokens are kept as they are; permissions are those of [`Permission`]. Nothing is kept after the
//! server stops. Retention refuses points that are too old, and does not remove what grows old. Of the
//! several things that a real server may say in any order it says one:
//!
//! * the results of several `yield`s, and the errors of several shards;
//! * the rows of a `group` of more than twelve fields of series, where no `sort` follows; and which of
//!   equal rows comes first there, or is selected, and the last digits of a sum of floats. Such an
//!   answer has the header `X-Influx-Testkit: one of several`. A `limit`, `tail`, `first` or `last`
//!   that would take other rows then is refused.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `client` | yes | [`Server::client`], for `influx-core` |

mod api;
mod catalog;
mod clock;
mod engine;
mod faults;
mod flux;
mod http;
mod line_protocol;
mod log;
mod point;
mod predicate;
mod query;
mod refusal;
mod server;

pub use api::VERSION;
pub use catalog::Permission;
pub use faults::Fault;
pub use log::RecordedRequest;
pub use server::{Builder, Server};
