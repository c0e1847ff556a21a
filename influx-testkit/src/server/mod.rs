//! Starting, stopping, and looking inside.

mod builder;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

pub use self::builder::Builder;

use crate::api;
use crate::catalog::{Access, Permission, Retention};
use crate::faults::Fault;
use crate::http::{Inner, Presence, Shared};
use crate::log::RecordedRequest;

/// A running server. It stops, and its connections end, when this is dropped.
///
/// Each has data of its own, on a port of its own; several run side by side.
///
/// ```
/// let server = influx_testkit::Server::start();
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// ```
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    settings: Builder,
    presence: mpsc::UnboundedSender<Presence>,
    running: Running,
}

#[derive(Debug)]
enum Running {
    Thread { stop: Option<oneshot::Sender<()>>, thread: Option<JoinHandle<()>> },
    Task(AbortHandle),
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Starts a server with the organization `my-org`, the bucket `my-bucket`, and the token
    /// `my-token`, on a thread of its own and a port of its own.
    ///
    /// Under `tokio::time::pause` a runtime whose tasks all wait moves its clock to the next time-out,
    /// also when they wait for another thread: there take
    /// [`start_in_runtime`](Builder::start_in_runtime).
    ///
    /// # Panics
    /// When the system has no socket or thread left. [`builder`](Self::builder) tells it as an error.
    #[must_use = "the server stops when this is dropped"]
    #[expect(clippy::expect_used, reason = "for tests, in one line")]
    pub fn start() -> Self {
        Self::builder().start().expect("a socket and a thread for a server")
    }

    /// A server with other names, on another port, or inside a runtime.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The base URL, such as `http://127.0.0.1:40321`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The operator's token, which may do everything.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.settings.token
    }

    /// The name of the operator, who may do everything, for sessions; that of a server that was set up by a
    /// request is the one of that request.
    #[must_use]
    pub const fn username(&self) -> &str {
        api::USERNAME
    }

    /// The operator's password, likewise.
    #[must_use]
    pub const fn password(&self) -> &str {
        api::PASSWORD
    }

    /// Ends all sessions, as the real server does when they have not been used for an hour, or when it
    /// is started anew. The clock does not end them.
    pub fn end_sessions(&self) {
        self.lock().state.catalog.sessions.clear();
    }

    /// The organization's name.
    #[must_use]
    pub fn org(&self) -> &str {
        &self.settings.org
    }

    /// The first bucket's name.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.settings.bucket
    }

    /// A client of this server, with the operator's token. For one with other settings:
    /// `Client::builder(server.url()).token(server.token()).org(server.org())`.
    ///
    /// # Panics
    /// When the token or the organization that the server was built with cannot stand in a header
    /// or a URL.
    #[cfg(feature = "client")]
    #[must_use]
    #[expect(clippy::expect_used, reason = "for tests, in one line")]
    pub fn client(&self) -> influx_core::Client {
        let builder = influx_core::Client::builder(self.url());
        builder.token(self.token()).org(self.org()).build().expect("settings of a client")
    }

    /// The variables that tell a program of this server, for `std::process::Command::envs`:
    /// `INFLUXDB_V2_URL`, `INFLUXDB_V2_TOKEN`, `INFLUXDB_V2_ORG`.
    #[must_use]
    pub fn env(&self) -> impl IntoIterator<Item = (&'static str, String)> {
        [
            ("INFLUXDB_V2_URL", self.url()),
            ("INFLUXDB_V2_TOKEN", self.token().to_owned()),
            ("INFLUXDB_V2_ORG", self.org().to_owned()),
        ]
    }

    /// Lets something go wrong with requests to come. Of several faults that are meant for a
    /// request, the first one strikes.
    pub fn inject(&self, fault: Fault) {
        self.lock().script.push(fault);
    }

    /// Forgets the faults that have not struck yet.
    pub fn clear_faults(&self) {
        self.lock().script.clear();
    }

    /// How many injected faults still wait for a request. One for several requests counts once.
    #[must_use]
    pub fn pending_faults(&self) -> usize {
        self.lock().script.len()
    }

    /// Lets the server go away, as when its process ends: its connections are reset, also those
    /// with a request on its way, and new ones are refused. It keeps its data. All of that is so when
    /// this returns.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use influx_core::ErrorKind;
    /// let server = influx_testkit::Server::start();
    /// server.go_away().await;
    /// let error = server.client().ping().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Connect);
    /// server.come_back().await.unwrap();
    /// assert!(server.client().ping().await.is_ok());
    /// # }
    /// ```
    pub async fn go_away(&self) {
        // To go away cannot fail.
        let _ = self.be_there(false).await;
    }

    /// Lets a server that [went away](Self::go_away) listen at its address again. One that is there
    /// stays.
    ///
    /// # Errors
    /// When somebody else has taken the port meanwhile.
    pub async fn come_back(&self) -> io::Result<()> {
        self.be_there(true).await
    }

    async fn be_there(&self, is_there: bool) -> io::Result<()> {
        let (done, told) = oneshot::channel();
        let ended = || io::Error::other("the server's runtime has ended");
        self.presence.send(Presence { is_there, done }).map_err(|_| ended())?;
        told.await.map_err(|_| ended())?
    }

    /// Everything that the server was asked so far, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().log.clone()
    }

    /// Everything that the server was asked since the last call.
    #[must_use = "the requests are forgotten afterwards"]
    pub fn take_requests(&self) -> Vec<RecordedRequest> {
        std::mem::take(&mut self.lock().log)
    }

    /// Stops the server's clock at this time, until [`advance_time`](Self::advance_time) or another
    /// call moves it. It stamps points without a timestamp, it is `now()`
    /// in Flux, and the retention of buckets is reckoned by it.
    ///
    /// A point that is stamped now lies at the end of `range(start: -1h)`, which is exclusive: a query
    /// finds it after the clock has moved.
    pub fn set_time(&self, time: impl Into<SystemTime>) {
        self.lock().state.clock.set(time.into());
    }

    /// Moves the clock forward. If it still followed the system's, it stands still from now on.
    pub fn advance_time(&self, by: Duration) {
        self.lock().state.clock.advance(by);
    }

    /// Adds a token that may do this and nothing else, also if it was there before and might do more.
    ///
    /// ```
    /// use influx_testkit::{Permission, Server};
    ///
    /// let server = Server::start();
    /// server.add_token("reader", [Permission::read("my-bucket")]);
    /// ```
    pub fn add_token(
        &self,
        token: impl Into<String>,
        permissions: impl IntoIterator<Item = Permission>,
    ) {
        let access = Access::Only(permissions.into_iter().collect());
        self.lock().state.catalog.add_token(token.into(), access);
    }

    /// Makes a token inactive: it is known, and may do nothing any more.
    ///
    /// # Panics
    /// When the server has no such token.
    pub fn deactivate_token(&self, token: &str) {
        let is_known = self.lock().state.catalog.deactivate_token(token);
        assert!(is_known, "the server has no such token");
    }

    /// The points of a bucket as line protocol with nanoseconds, sorted by series and time: one line
    /// for each, with all its fields, whatever the lines were that brought them.
    ///
    /// # Panics
    /// When the server has no bucket of this name.
    #[must_use]
    pub fn lines(&self, bucket: &str) -> Vec<String> {
        let lines = self.lock().state.catalog.bucket_by_name(bucket).map(|it| it.engine.lines());
        lines.unwrap_or_else(|| panic!("the server has no bucket `{bucket}`"))
    }

    /// Adds a bucket that keeps its points for ever. See [`add_bucket_with`](Self::add_bucket_with).
    ///
    /// # Panics
    /// As [`add_bucket_with`](Self::add_bucket_with).
    pub fn add_bucket(&self, name: &str) {
        self.add_bucket_with(name, Duration::ZERO);
    }

    /// Adds a bucket that refuses points older than `retention`, in whole seconds; zero keeps all.
    ///
    /// # Panics
    /// For a name that InfluxDB refuses or that another bucket has, and for less than an hour.
    pub fn add_bucket_with(&self, name: &str, retention: Duration) {
        let seconds = i64::try_from(retention.as_secs()).unwrap_or(i64::MAX);
        let added = api::add_bucket(&mut self.lock().state, name, Retention::new(seconds));
        if let Err(refusal) = added {
            panic!("{}", refusal.message);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.shared.lock()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Task(task) => task.abort(),
            Running::Thread { stop, thread } => {
                drop(stop.take());
                if let Some(thread) = thread.take() {
                    // It has nothing to say: what panicked there has printed it.
                    let _ = thread.join();
                }
            }
        }
    }
}
