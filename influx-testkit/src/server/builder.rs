use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use hyper::header::HeaderValue;
use tokio::sync::{mpsc, oneshot};

use super::{Running, Server};
use crate::api::{self, State};
use crate::http::{self, Shared};

/// The settings of a server that is not started yet.
///
/// ```
/// let server = influx_testkit::Server::builder().bucket("sensors").start().unwrap();
/// assert_eq!(server.bucket(), "sensors");
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until the server is started"]
pub struct Builder {
    port: u16,
    pub(super) org: String,
    pub(super) bucket: String,
    pub(super) token: String,
    is_set_up: bool,
    has_scripts: bool,
}

/// Without the token.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("org", &self.org)
            .field("bucket", &self.bucket)
            .field("is_set_up", &self.is_set_up)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// With names that need not be said.
    pub(super) fn new() -> Self {
        Self {
            port: 0,
            org: "my-org".into(),
            bucket: "my-bucket".into(),
            token: "my-token".into(),
            is_set_up: true,
            has_scripts: false,
        }
    }

    /// The port, instead of a free one that the system chooses.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The organization's name, instead of `my-org`.
    pub fn org(mut self, org: impl Into<String>) -> Self {
        self.org = org.into();
        self
    }

    /// The first bucket's name, instead of `my-bucket`.
    pub fn bucket(mut self, bucket: impl Into<String>) -> Self {
        self.bucket = bucket.into();
        self
    }

    /// The operator's token, instead of `my-token`.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// The server has invokable scripts too (`/api/v2/scripts`), as InfluxDB Cloud has and InfluxDB OSS has
    /// not. They follow the published API and were **never compared with InfluxDB Cloud**.
    pub const fn cloud_scripts(mut self) -> Self {
        self.has_scripts = true;
        self
    }

    /// The server still waits for its set-up (`POST /api/v2/setup`), and knows no token.
    pub const fn not_set_up(mut self) -> Self {
        self.is_set_up = false;
        self
    }

    /// Starts the server on a thread of its own. Needs no async runtime; the server goes on while
    /// a test blocks.
    ///
    /// # Errors
    /// When the port is taken, or the system has no thread or socket left;
    /// [`io::ErrorKind::InvalidInput`] for names that InfluxDB refuses in a set-up, and
    /// for a token that cannot stand in a header.
    pub fn start(self) -> io::Result<Server> {
        let (shared, listener, address) = self.prepare()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let (presence, changes) = mpsc::unbounded_channel();
        let served = Arc::clone(&shared);
        let thread =
            std::thread::Builder::new().name("influx-testkit".into()).spawn(move || {
                runtime.block_on(async {
                    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                    tokio::select! {
                        () = http::serve(listener, address, served, changes) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        let running = Running::Thread { stop: Some(stop), thread: Some(thread) };
        Ok(Server { shared, address, settings: self, presence, running })
    }

    /// Starts the server as a task of the Tokio runtime that this is called in. Its time is then
    /// that runtime's: under `tokio::time::pause` the delays of [faults](crate::Fault) pass at once.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when no runtime is there.
    pub fn start_in_runtime(self) -> io::Result<Server> {
        let runtime = tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
        let (shared, listener, address) = self.prepare()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let (presence, changes) = mpsc::unbounded_channel();
        let task = runtime.spawn(http::serve(listener, address, Arc::clone(&shared), changes));
        let running = Running::Task(task.abort_handle());
        Ok(Server { shared, address, settings: self, presence, running })
    }

    fn prepare(&self) -> io::Result<(Arc<Shared>, TcpListener, SocketAddr)> {
        let mut state = State::new();
        state.catalog.scripts = self.has_scripts.then(Vec::new);
        if self.is_set_up {
            let invalid = |message| io::Error::new(io::ErrorKind::InvalidInput, message);
            if self.token.is_empty() || HeaderValue::from_str(&self.token).is_err() {
                return Err(invalid("the token cannot stand in a header".to_owned()));
            }
            api::set_up(&mut state, &self.org, &self.bucket, &self.token)
                .map_err(|refusal| invalid(refusal.message))?;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((Arc::new(Shared::new(state)), listener, address))
    }
}
