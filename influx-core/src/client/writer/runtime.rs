//! The runtime that a writer works on: whether it can, and what follows when it ends.

use std::future::poll_fn;
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time;

use super::shared::Shared;
use crate::error::{Error, Result, SettingCause};

/// Lives in a task of the runtime, and goes with it.
struct Guard(Weak<Shared>);

/// The runtime around the caller.
pub(super) fn current() -> Result<Handle> {
    let runtime = Handle::try_current().map_err(|error| {
        let problem = "needs a Tokio runtime; start it within one, such as `#[tokio::main]`";
        Error::setting(SettingCause::Invalid { what: "writer", problem }, error)
    })?;
    if has_timers() {
        return Ok(runtime);
    }
    let problem = "needs a Tokio runtime with timers; build it with `enable_all` or `enable_time`";
    Err(SettingCause::Invalid { what: "writer", problem }.into())
}

/// Tokio has no question for this: a timer panics when it is made without a driver. So this panics,
/// and the panic hook prints it, only where the first delivery would.
fn has_timers() -> bool {
    catch_unwind(|| drop(time::sleep(Duration::ZERO))).is_ok()
}

/// Ends the writer when its runtime ends, which nobody else would learn. Does not keep it alive.
pub(super) fn watch(shared: &Arc<Shared>) {
    let guard = Guard(Arc::downgrade(shared));
    let mut closing = shared.closing.subscribe();
    shared.runtime.spawn(async move {
        let _guard = guard;
        // Until the writer is gone.
        while closing.changed().await.is_ok() {}
    });
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.end();
        }
    }
}

/// Whether `work` is done within `limit`, as the clock of this runtime goes, or that of the caller's:
/// nobody may drive this one.
///
/// A timer is a task: one that is polled from outside panics when its runtime ends. The task is
/// cancelled then. Without a timer `work` has no limit; it has to end with the other tasks of the
/// runtime.
pub(super) async fn is_done_within(
    runtime: &Handle,
    limit: Duration,
    work: impl Future<Output = ()>,
) -> bool {
    let (mut work, mut timers) = (pin!(work), JoinSet::new());
    let callers = Handle::try_current().ok().filter(|callers| callers.id() != runtime.id());
    for runtime in [runtime].into_iter().chain(&callers) {
        timers.spawn_on(async move { time::sleep(limit).await }, runtime);
    }
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(true),
        Poll::Pending => poll_timers(&mut timers, cx).map(|()| false),
    })
    .await
}

/// Ready when the first of them is up.
fn poll_timers(timers: &mut JoinSet<()>, cx: &mut Context<'_>) -> Poll<()> {
    loop {
        match ready!(timers.poll_join_next(cx)) {
            Some(Ok(())) => return Poll::Ready(()),
            // Its runtime has ended, or has no timers.
            Some(Err(_)) => {}
            None => return Poll::Pending,
        }
    }
}
