//! Asking again after a failure that may pass, for what only reads.

use std::future::Future;
use std::time::Duration;

use super::{Connection, Method, Request};
use crate::error::{Endpoint, Error, Result};

/// The longest that a server is waited for because it says so.
const PATIENCE: Duration = Duration::from_secs(30);

impl Connection {
    /// Tries once, and as often again as the client may where nothing is changed by it.
    pub(super) async fn tried<T, F: Future<Output = Result<T>>>(
        &self,
        request: &Request,
        work: impl Fn() -> F,
    ) -> Result<T> {
        let reads = request.method == Method::Get || request.endpoint == Endpoint::Query;
        let most = if reads { self.retries } else { 0 };
        for failures in 0..most {
            match work().await {
                Err(error) if error.is_retryable() => {
                    tokio::time::sleep(pause(&error, failures, fastrand::f64())).await;
                }
                done => return done,
            }
        }
        work().await
    }
}

/// As long as the server asks for; else longer each time, less up to a half by chance, so that
/// many clients do not come back together.
fn pause(error: &Error, failures: u32, chance: f64) -> Duration {
    const FIRST: Duration = Duration::from_millis(200);
    const LONGEST: Duration = Duration::from_secs(5);
    if let Some(asked) = error.retry_after() {
        return asked.min(PATIENCE);
    }
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST);
    doubled.mul_f64(1.0 - chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::pause;
    use crate::error::{Answer, Endpoint, Error, Failure};
    use std::time::Duration;

    fn unavailable(retry_after: Option<Duration>) -> Error {
        let (message, failure) = (String::new(), Failure::Foreign);
        let endpoint = Endpoint::Query;
        Answer { endpoint, status: 503, code: None, message, retry_after, failure }.into()
    }

    #[test]
    fn pauses_double_up_to_five_seconds_unless_the_server_asks_for_another() {
        let milliseconds =
            |failures, chance| pause(&unavailable(None), failures, chance).as_millis();
        assert_eq!(
            [0, 1, 2, 9, u32::MAX].map(|failures| milliseconds(failures, 0.0)),
            [200, 400, 800, 5_000, 5_000]
        );
        assert_eq!(milliseconds(0, 1.0), 100);
        let asked =
            |seconds| pause(&unavailable(Some(Duration::from_secs(seconds))), 0, 0.5).as_secs();
        assert_eq!([asked(0), asked(7), asked(3_600)], [0, 7, 30]);
    }
}
