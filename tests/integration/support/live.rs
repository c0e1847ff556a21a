//! Live cases: each gets a client and a bucket of its own on one server.

use std::future::Future;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use influx_core::Client;
use influx_core::client::ClientBuilder;

use super::influxd::Influxd;

/// What a live case works with.
#[derive(Debug, Clone)]
pub struct Live {
    pub client: Client,
    pub bucket: String,
    pub url: String,
    pub org: String,
    token: String,
}

/// How to reach the server that all live cases share.
#[derive(Debug)]
struct Target {
    url: String,
    token: String,
    org: String,
    _server: Option<Influxd>,
}

/// Defines a test that needs a server; without one it is listed as ignored, with the reason.
macro_rules! live {
    ($(async fn $name:ident($live:pat_param) $body:block)*) => {$(
        #[test]
        #[cfg_attr(
            not(live_server),
            ignore = "needs a server; INFLUXD=$(tests/influxd/build.sh) cargo test"
        )]
        fn $name() {
            $crate::support::live::run(stringify!($name), |$live: $crate::support::live::Live| async move { $body });
        }
    )*};
}
pub(crate) use live;

/// A number that no other call in this process gets.
pub fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Runs a case with a bucket of its own, which is deleted afterwards, also when the case panics.
pub fn run<F>(name: &str, case: impl FnOnce(Live) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let target = target();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = target.client();
        let bucket = format!("{name}-{}-{}", std::process::id(), unique());
        client.buckets().create(&bucket).await.unwrap();
        let live = Live {
            client: client.clone(),
            bucket: bucket.clone(),
            url: target.url.clone(),
            org: target.org.clone(),
            token: target.token.clone(),
        };
        let outcome = tokio::spawn(case(live)).await;
        let deleted = client.buckets().delete(&bucket).await;
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic.into_panic());
        }
        deleted.unwrap();
    });
}

impl Live {
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Another client of the same server, with further settings.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder(&self.url).token(self.token.as_str()).org(&self.org)
    }

    /// All points of the bucket, each as a row with its fields as columns.
    pub fn pivoted(&self) -> String {
        let bucket = &self.bucket;
        format!(
            "from(bucket: \"{bucket}\") |> range(start: 1677-09-21T00:12:43.145224194Z, stop: \
             2262-04-11T23:47:16.854775807Z) |> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], \
             valueColumn: \"_value\")"
        )
    }

    /// All points of the bucket, each field as a row.
    pub fn narrow(&self) -> String {
        let bucket = &self.bucket;
        format!(
            "from(bucket: \"{bucket}\") |> range(start: 1677-09-21T00:12:43.145224194Z, stop: \
             2262-04-11T23:47:16.854775807Z)"
        )
    }
}

impl Target {
    fn client(&self) -> Client {
        Client::builder(&self.url).token(self.token.as_str()).org(&self.org).build().unwrap()
    }

    fn from_env(url: String) -> Self {
        let variable = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| panic!("INFLUXDB_V2_URL goes with {name}"))
        };
        let (token, org) = (variable("INFLUXDB_V2_TOKEN"), variable("INFLUXDB_V2_ORG"));
        Self { url, token, org, _server: None }
    }

    fn start() -> Self {
        let server = Influxd::start(&[], |_| {});
        let (token, org) = ("live-tests-token".to_owned(), "live-tests".to_owned());
        let url = format!("http://{}", server.address);
        let target = Self { url, token, org, _server: Some(server) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let setup = async {
            let client = Client::builder(&target.url).build().unwrap();
            let setup = client.setup("tester", &target.org, "unused").password("test-password");
            setup.token(target.token.as_str()).await
        };
        runtime.block_on(setup).unwrap();
        target
    }
}

fn target() -> &'static Target {
    static TARGET: OnceLock<Target> = OnceLock::new();
    TARGET.get_or_init(|| match std::env::var("INFLUXDB_V2_URL") {
        Ok(url) if !url.is_empty() => Target::from_env(url),
        _ => Target::start(),
    })
}
