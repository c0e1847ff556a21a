//! The server's refusals, as typed errors. The words are those of InfluxDB 2.9.1.

use futures_util::StreamExt as _;
use influx_core::annotated_csv::OwnedRecord;
use influx_core::line_protocol::Unchecked;
use influx_core::{Client, ErrorKind, Point, Timestamp};

use crate::support::live::live;

live! {
    async fn a_line_that_does_not_parse_is_named_and_nothing_is_stored(live) {
        let text = Unchecked("m f=1 1\nm f= 2\nm f=3 3");
        let error = live.client.write(&live.bucket, text).await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.server_code()), (ErrorKind::InvalidLine, Some(400), Some("invalid")));
        assert_eq!(error.server_message(), Some("unable to parse 'm f= 2': missing field value"));
        assert!(!error.is_retryable());
        assert_eq!(live.client.query(live.narrow()).tables().await.unwrap(), []);
    }

    async fn a_type_conflict_is_a_partial_write_and_the_good_points_are_stored(live) {
        live.client.write(&live.bucket, "m f=1 1").await.unwrap();
        let error = live.client.write(&live.bucket, "m f=2 2\nm f=3i 3").await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.server_code()), (ErrorKind::PartialWrite, Some(422), Some("unprocessable entity")));
        assert!(error.to_string().contains("field type conflict") && error.to_string().ends_with("the good points are stored; others may have been dropped as well"), "{error}");
        assert_eq!(live.client.query(live.narrow()).tables().await.unwrap()[0].records().len(), 2);
    }

    async fn a_token_that_the_server_does_not_know_is_unauthorized(live) {
        let stranger = Client::builder(&live.url).token("wrong").org(&live.org).build().unwrap();
        for error in [
            stranger.write(&live.bucket, "m f=1").await.unwrap_err(),
            stranger.query("buckets()").tables().await.unwrap_err(),
            stranger.buckets().find("x").await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthorized, Some(401)));
            assert!(error.to_string().ends_with("unauthorized access; set the token, or check it"), "{error}");
            assert!(!format!("{error} {error:?}").contains("wrong"));
        }
        let nobody = Client::builder(&live.url).org(&live.org).build().unwrap();
        let error = nobody.write(&live.bucket, "m f=1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    }

    async fn a_bucket_or_organization_that_does_not_exist_is_not_found(live) {
        let error = live.client.write("nowhere", "m f=1").await.unwrap_err();
        assert_eq!((error.kind(), error.server_code()), (ErrorKind::NotFound, Some("not found")));
        assert_eq!(error.server_message(), Some("bucket \"nowhere\" not found"));
        for (error, status, name) in [
            (error, 404, "nowhere"),
            (live.client.write(&live.bucket, "m f=1").org("nobody").await.unwrap_err(), 404, "nobody"),
            (live.client.query("buckets()").org("nobody").tables().await.unwrap_err(), 400, "nobody"),
            (live.client.query("from(bucket: \"nowhere\") |> range(start: 0)").tables().await.unwrap_err(), 404, "nowhere"),
        ] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(status)));
            let message = error.to_string();
            assert!(message.contains(name) && message.ends_with("; check the name, and that the token may see it"), "{error}");
        }
    }

    async fn flux_that_the_server_refuses_is_invalid_flux(live) {
        let bucket = &live.bucket;
        for (flux, words) in [
            ("from(bucket:".to_owned(), "compilation failed"),
            (format!("from(bucket: \"{bucket}\")"), "unbounded"),
            ("nonsense".to_owned(), "undefined identifier nonsense"),
        ] {
            let error = live.client.query(flux).tables().await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidFlux, Some(400)), "{error}");
            assert!(error.server_message().unwrap().contains(words), "{error}");
        }
    }

    async fn a_failure_behind_a_complete_result_comes_behind_its_rows(live) {
        // Two yields; whether the first one is sent before the second fails is a race, so either
        // the status or an error table reports it. It is never a success.
        live.client.write(&live.bucket, "m f=1 1").await.unwrap();
        let flux = format!(
            "{0} |> yield(name: \"good\")\n{0} |> map(fn: (r) => ({{r with x: int(v: \"no number\")}})) |> yield(name: \"bad\")",
            live.narrow(),
        );
        for _ in 0..10 {
            let mut rows: Vec<_> = live.client.query(&flux).stream::<OwnedRecord>().collect().await;
            let error = rows.pop().unwrap().unwrap_err();
            let good = if error.kind() == ErrorKind::Server { 1 } else { 0 };
            assert!(good == 1 || error.kind() == ErrorKind::InvalidFlux, "{error:?}");
            assert!(rows.len() == good && rows.iter().all(Result::is_ok), "{rows:?}");
            assert!(error.server_message().unwrap().contains("no number"), "{error:?}");
        }
    }

    async fn what_cannot_work_fails_before_anything_is_sent(live) {
        let nowhere = Client::builder("http://127.0.0.1:1").build().unwrap();
        let error = nowhere.write("b", "m f=1").await.unwrap_err();
        assert_eq!(error.to_string(), "no organization is set; name it with `org` on the client's builder, or INFLUXDB_V2_ORG");
        let error = nowhere.query("buckets()").fetch::<OwnedRecord>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let error = live.client.write("", "m f=1").await.unwrap_err();
        assert_eq!(error.to_string(), "no bucket is set; name the one to write to");
        let error = live.client.query("buckets()\0 |> limit(n: 1)").tables().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidFlux);
        let bad = Point::measurement("m").field("f", f64::NAN).timestamp(Timestamp::from_nanos(1));
        let good = Point::measurement("m").field("f", 1.5).timestamp(Timestamp::from_nanos(2));
        let error = live.client.write(&live.bucket, [good, bad]).await.unwrap_err();
        assert_eq!(error.refused().len(), 1);
        assert_eq!(live.client.query(live.narrow()).tables().await.unwrap(), []);
        let error = nowhere.ping().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(error.is_retryable());
        assert_eq!(error.to_string(), "cannot connect to http://127.0.0.1:1; is the server running and the URL right?");
    }
}
