//! All of the client without async: every call ends in [`wait`](Wait::wait) where async code has
//! `.await`.
//!
//! ```
//! # let server = influx_testkit::Server::start();
//! # let url = server.url(); // of a server for tests, inside the process
//! use chrono::{DateTime, TimeDelta, Utc};
//! use influx_core::blocking::{Wait as _, WaitEach as _};
//! use influx_core::{Client, Measurement};
//!
//! #[derive(Measurement, Debug, Clone, PartialEq)]
//! struct Cpu {
//!     #[tag]
//!     core: String,
//!     #[field]
//!     temp: f64,
//!     #[timestamp]
//!     time: DateTime<Utc>,
//! }
//!
//! let client = Client::builder(url).token("my-token").org("my-org").build()?;
//! let cpu = Cpu { core: "0".into(), temp: 22.35, time: Utc::now() };
//! client.write("my-bucket", &cpu).wait()?;
//!
//! let select = || client.select::<Cpu>("my-bucket").range(TimeDelta::hours(-1)..);
//! assert_eq!(select().fetch().wait()?, [cpu.clone()]);
//! for row in select().stream().wait_each() {
//!     assert_eq!(row?, cpu);
//! }
//!
//! let writer = client.writer("my-bucket").start().wait()?;
//! writer.write(&cpu).wait()?;
//! assert_eq!(writer.close().wait()?.to_string(), "1 line delivered");
//! # Ok::<(), influx_core::Error>(())
//! ```
//!
//! A program has one runtime for this, with one thread of its own, that starts with the first call
//! and drives writers in the background too. A client, and what came of it, belongs to the runtime
//! that it was first used in: use one either with `wait` or with `.await`.
//!
//! **Within a runtime** a blocked thread would stop whatever else it has to do, so `wait` refuses to,
//! with an error and without a panic. Async code awaits instead; code in `spawn_blocking` has a
//! runtime of its own at hand: `Handle::current().block_on(…)`.
//!
//! This room knows how to wait. What is waited for are the calls of the room
//! [`client`](crate::client).

use std::iter::FusedIterator;
use std::pin::Pin;
use std::sync::OnceLock;

use futures_core::Stream;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::client::Report;
use crate::client::writer::Event;
use crate::error::{Error, Result, SettingCause};

/// Waits for a call on the thread that makes it.
///
/// Implemented for whatever can be awaited: see the [module](self).
pub trait Wait: IntoFuture<Output: Outcome> + Sized {
    /// Waits until it is done.
    ///
    /// # Errors
    /// Those of the call; [`InvalidInput`](crate::ErrorKind::InvalidInput) within an async runtime,
    /// in the destructor of a thread-local value, and where no runtime can be started.
    fn wait(self) -> Result<<Self::Output as Outcome>::Value> {
        runtime()?.block_on(self.into_future()).into_result()
    }
}

impl<F: IntoFuture<Output: Outcome>> Wait for F {}

/// Waits for one item of a stream after the other.
///
/// Implemented for all streams: see the [module](self).
pub trait WaitEach: Stream + Sized {
    /// An iterator over the items.
    fn wait_each(self) -> Each<Self> {
        Each(Some(Box::pin(self)))
    }
}

impl<S: Stream> WaitEach for S {}

/// The items of a stream, from [`wait_each`](WaitEach::wait_each).
///
/// # Errors
/// Each item is a result, with the errors of the stream and those of [`wait`](Wait::wait), behind which it
/// ends.
#[derive(Debug)]
#[must_use = "an iterator does nothing until it is asked for an item"]
pub struct Each<S>(Option<Pin<Box<S>>>);

impl<S: Stream<Item: Outcome>> Iterator for Each<S> {
    type Item = Result<<S::Item as Outcome>::Value>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.0.as_mut()?;
        let next = std::future::poll_fn(|cx| stream.as_mut().poll_next(cx));
        let item = match runtime() {
            Ok(runtime) => runtime.block_on(next).map(Outcome::into_result),
            // Each further one would be the same error, without an end.
            Err(error) => {
                self.0 = None;
                return Some(Err(error));
            }
        };
        if item.is_none() {
            self.0 = None;
        }
        item
    }
}

impl<S: Stream<Item: Outcome>> FusedIterator for Each<S> {}

/// What a call gives: a result, or what stands for itself. Not to be implemented elsewhere.
pub trait Outcome: sealed::Sealed {
    /// What is there when all went well.
    type Value;

    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Value>;
}

mod sealed {
    pub trait Sealed {}
}

impl<T> sealed::Sealed for Result<T> {}

impl<T> Outcome for Result<T> {
    type Value = T;

    fn into_result(self) -> Self {
        self
    }
}

macro_rules! plain {
    ($($value:ty),*) => {$(
        impl sealed::Sealed for $value {}

        impl Outcome for $value {
            type Value = Self;

            fn into_result(self) -> Result<Self> {
                Ok(self)
            }
        }
    )*};
}

plain!(Report, Event, Option<Event>);

/// The runtime of all waiting, unless the caller is within another.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Result<Runtime>> = OnceLock::new();
    let problem = match Handle::try_current() {
        Ok(_) => Some(
            "would block a thread of the async runtime that it was made in; use `.await` there, or \
             make the call on a thread of its own",
        ),
        // As in the destructor of a thread-local value.
        Err(error) if error.is_thread_local_destroyed() => {
            Some("was made while its thread ends; make it before that, or on another thread")
        }
        Err(_) => None,
    };
    if let Some(problem) = problem {
        return Err(SettingCause::Invalid { what: "blocking call", problem }.into());
    }
    let start = || {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("influx-blocking")
            .enable_all()
            .build();
        runtime.map_err(|error| {
            let problem = "needs a thread and a reactor of its own, which the system denies";
            Error::setting(SettingCause::Invalid { what: "blocking call", problem }, error)
        })
    };
    RUNTIME.get_or_init(start).as_ref().map_err(Clone::clone)
}
