//! Connections: from bytes to requests, from answers to bytes, and what a fault makes of them.

mod delivery;

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request as Parts, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::api::{self, Answer, Request, State};
use crate::faults::{Delivery, Script};
use crate::log::RecordedRequest;

/// Whether the server is there from now on; told back when it is so.
#[derive(Debug)]
pub(crate) struct Presence {
    pub(crate) is_there: bool,
    pub(crate) done: oneshot::Sender<io::Result<()>>,
}

/// What a server's connections and its owner share.
#[derive(Debug)]
pub(crate) struct Shared(Mutex<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) state: State,
    pub(crate) script: Script,
    pub(crate) log: Vec<RecordedRequest>,
}

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self(Mutex::new(Inner { state, script: Script::default(), log: Vec::new() }))
    }

    /// A test that panics elsewhere must still be able to look.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves connections at this address until it is dropped; they end with it.
pub(crate) async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    mut presence: mpsc::UnboundedReceiver<Presence>,
) {
    let (mut listener, mut connections) = (Some(listener), JoinSet::new());
    let leaving = watch::Sender::new(());
    loop {
        tokio::select! {
            accepted = accept(listener.as_ref()) => {
                match accepted {
                    Ok(stream) => {
                        let (shared, leaving) = (Arc::clone(&shared), leaving.subscribe());
                        connections.spawn(serve_connection(stream, shared, leaving));
                    }
                    // Out of descriptors, say. The next attempt would fail at once, over and over.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
            Some(_) = connections.join_next() => {}
            Some(Presence { is_there, done }) = presence.recv() => {
                let changed = if is_there {
                    come_back(&mut listener, address).await
                } else {
                    listener = None;
                    leaving.send_replace(());
                    while connections.join_next().await.is_some() {}
                    Ok(())
                };
                // Whoever asked may have gone.
                let _ = done.send(changed);
            }
        }
    }
}

/// The next connection; none comes while nobody listens.
async fn accept(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => pending().await,
    }
}

async fn come_back(listener: &mut Option<TcpListener>, address: SocketAddr) -> io::Result<()> {
    if listener.is_none() {
        *listener = Some(TcpListener::bind(address).await?);
    }
    Ok(())
}

/// An answer that must not go out as HTTP means it, and whether it is one to HEAD.
type Faulty = (Answer, bool, Delivery);

/// Serves one connection: hyper as long as all goes well, and then whatever a fault wants. It is
/// reset when the server leaves.
async fn serve_connection(
    stream: TcpStream,
    shared: Arc<Shared>,
    mut leaving: watch::Receiver<()>,
) {
    // A small answer must not wait for the acknowledgement of the one before it.
    let _ = stream.set_nodelay(true);
    let (hand_over, mut faulty) = mpsc::channel(1);
    let service = service_fn(|parts| {
        let (shared, hand_over) = (Arc::clone(&shared), hand_over.clone());
        async move { serve_request(parts, &shared, hand_over).await }
    });
    let mut connection = http1::Builder::new()
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = &mut connection => {}
        Some((answer, is_head, delivery)) = faulty.recv() => {
            let stream = connection.into_parts().io.into_inner();
            // The client may go away at any time.
            tokio::select! {
                _ = delivery::deliver(stream, answer, is_head, delivery) => {}
                _ = leaving.changed() => {}
            }
        }
        _ = leaving.changed() => {
            let _ = connection.into_parts().io.into_inner().set_zero_linger();
        }
    }
}

/// Carries a request out and answers it, or hands the connection over to a fault.
///
/// # Errors
/// When the body ends before its time: then the request has not arrived, and nobody hears an answer.
async fn serve_request(
    parts: Parts<Incoming>,
    shared: &Shared,
    hand_over: mpsc::Sender<Faulty>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let mut recorded = RecordedRequest::new(arrived(parts).await?);
    let is_head = recorded.request().method == Method::HEAD;
    let (course, answer) = {
        let inner = &mut *shared.lock();
        let course = inner.script.course(recorded.request());
        let answer = match &course.given {
            Some(given) => given.clone(),
            None => api::answer(&mut inner.state, recorded.request()),
        };
        if answer.is_unknown() {
            recorded.unknown();
        }
        let answer = course.changes.applied_to(answer);
        inner.log.push(recorded.clone());
        (course, answer)
    };
    if !course.delay.is_zero() {
        tokio::time::sleep(course.delay).await;
    }
    if course.delivery.has_headers() {
        recorded.answered(answer.status);
    }
    if course.delivery == Delivery::Whole && !delivery::tells_its_length(&answer) {
        return Ok(delivery::response(answer));
    }
    let _ = hand_over.send((answer, is_head, course.delivery)).await;
    pending().await
}

/// # Errors
/// When the body ends before its time.
async fn arrived(parts: Parts<Incoming>) -> Result<Request, hyper::Error> {
    let (head, body) = parts.into_parts();
    let body: Bytes = body.collect().await?.to_bytes();
    Ok(Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    })
}
