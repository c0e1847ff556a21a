//! Health, set-up, and the resources of a server.

mod authorizations;
mod buckets;
mod codes;
mod labels;
mod lists;
mod organizations;
mod request;
mod tasks;
mod users;

use std::time::Duration;

use influx_core::ErrorKind;
use influx_core::client::HealthStatus;

use crate::support::live::live;

live! {
    async fn the_server_says_how_it_is(live) {
        live.client.ping().await.unwrap();
        let version = live.client.version().await.unwrap();
        assert_eq!(live.client.build().await.unwrap(), "OSS");
        let health = live.client.health().await.unwrap();
        assert_eq!((health.name.as_str(), health.status), ("influxdb", HealthStatus::Pass));
        assert_eq!(health.version.as_deref(), Some(version.as_str()));
        let ready = live.client.ready().await.unwrap();
        assert_eq!(ready.status, "ready");
        assert!(ready.started < influx_core::Timestamp::now().unwrap());
    }

    async fn a_second_set_up_is_a_conflict(live) {
        let setup = live.client.setup("someone", "some-org", "some-bucket").password("some-password");
        assert!(!live.client.is_setup_allowed().await.unwrap());
        let error = setup.await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.server_code()), (ErrorKind::Conflict, Some(422), Some("conflict")));
    }

    async fn a_set_up_that_would_spoil_the_server_is_refused(live) {
        let setup = |user, org, bucket| live.client.setup(user, org, bucket).password("some-password");
        for (setup, words) in [
            (setup(" ", "o", "b"), "the user name is blank"),
            (setup("u", "", "b"), "the organization's name is blank"),
            (setup("u", "o", ""), "the bucket's name is empty"),
            (setup("u", "o", "_b"), "starts with `_`"),
            (setup("u", "o", "b").token(""), "the token is empty"),
            (setup("u", "o", "b").token("t\n"), "no HTTP header can carry"),
            (setup("u", "o", "b").token("t "), "no HTTP header can carry"),
            (setup("u", "o", "b").password("short"), "fewer than 8"),
            (setup("u", "o", "b").password("x".repeat(73)), "more than 72"),
            (setup("u", "o", "b").retention(Duration::from_secs(60)), "at least one hour"),
        ] {
            let error = setup.await.unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidInput, None));
        }
    }

    async fn buckets_are_created_found_and_deleted(live) {
        let buckets = live.client.buckets();
        let name = format!("{} & ü/ö?", live.bucket);
        assert_eq!(buckets.find(&name).await.unwrap(), None);
        let week = Duration::from_secs(7 * 24 * 3600);
        let created = buckets.create(&name).retention(week).description("for a test").await.unwrap();
        assert_eq!((created.name.as_str(), created.retention), (name.as_str(), Some(week)));
        assert_eq!(buckets.find(&name).await.unwrap().unwrap(), created);
        let error = buckets.create(&name).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}");
        buckets.delete(&name).await.unwrap();
        assert_eq!(buckets.find(&name).await.unwrap(), None);
        let error = buckets.delete(&name).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    async fn buckets_that_the_server_would_mishandle_are_refused(live) {
        let buckets = live.client.buckets();
        for name in ["", "_mine", "a\"b"] {
            assert_eq!(buckets.create(name).await.unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        for retention in [Duration::ZERO, Duration::from_secs(3599), Duration::from_millis(3_600_001)] {
            let error = buckets.create("b").retention(retention).await.unwrap_err();
            assert!(error.to_string().starts_with("the retention "), "{error}");
        }
        assert_eq!(buckets.find("").await.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(buckets.delete("").await.unwrap_err().kind(), ErrorKind::InvalidInput);
        let ages = buckets.create("b").retention(Duration::from_secs(9_223_372_037)).await.unwrap_err();
        assert!(ages.to_string().contains("292 years"), "{ages}");
        let error = buckets.delete("_monitoring").await.unwrap_err();
        assert_eq!(error.to_string(), "the bucket is the server's own and cannot be deleted");
        assert!(buckets.find("_monitoring").await.unwrap().unwrap().system);
        let error = buckets.create("b").org("nobody").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    }
}
