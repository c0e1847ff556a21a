//! Frames through a client and a writer, against the test kit.

use influx_core::dataframe::polars::prelude::{DataFrame, df};
use influx_core::{Client, ErrorKind, Mapping, Precision};
use influx_testkit::{Fault, Server};

/// The bucket that the server has.
const BUCKET: &str = "my-bucket";

fn client(server: &Server) -> Client {
    Client::builder(server.url()).token(server.token()).org(server.org()).build().unwrap()
}

fn numbers(rows: i64) -> DataFrame {
    df!("f" => (0..rows).collect::<Vec<_>>(), "at" => (0..rows).collect::<Vec<_>>()).unwrap()
}

fn mapping() -> Mapping {
    Mapping::measurement("m").time_in("at", Precision::Seconds)
}

#[tokio::test]
async fn a_frame_goes_in_requests_of_some_rows() {
    for (in_flight, threads) in [(1, 1), (3, 1), (1, 2), (4, 3)] {
        let server = Server::start();
        let write = client(&server).write_frame(BUCKET, &numbers(25), &mapping()).batch_rows(10);
        let write = write.in_flight(in_flight).threads(threads).precision(Precision::Seconds);
        let report = tokio::spawn(async { write.await }).await.unwrap().unwrap();
        assert_eq!((report.rows(), report.points(), report.skipped()), (25, 25, 0));
        assert_eq!(server.lines(BUCKET).len(), 25);
    }
}

#[tokio::test]
async fn a_request_ends_with_the_line_that_reaches_the_limit() {
    let server = Server::start();
    for threads in [1, 3] {
        let write = client(&server).write_frame(BUCKET, &numbers(9), &mapping());
        let report = write.batch_bytes(20).threads(threads).await.unwrap();
        assert_eq!(report.points(), 9);
    }
    assert_eq!(server.lines(BUCKET).len(), 9);
}

#[tokio::test]
async fn a_failure_says_which_rows_and_the_rest_can_follow() {
    let server = Server::start();
    let client = client(&server);
    let nulls = df!(
        "f" => [Some(0_i64), None, Some(2), None, None, Some(5), Some(6)],
        "at" => (0..7).collect::<Vec<i64>>()
    );
    let frame = nulls.unwrap();
    let write = || client.write_frame(BUCKET, &frame, &mapping()).batch_rows(3);
    server.inject(Fault::answer(503));
    let error = write().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_retryable());
    assert_eq!(error.frame_rows(), Some(0..3));
    assert_eq!(error.unwritten(), b"m f=0i 0\nm f=2i 2000000000\n");
    assert!(error.to_string().ends_with("(rows 0 to 2 of the frame)"), "{error}");
    assert_eq!(server.lines(BUCKET).len(), 0);
    let report = write().rows(error.frame_rows().unwrap().start..).await.unwrap();
    assert_eq!((report.rows(), report.points()), (7, 4));
    assert_eq!(server.lines(BUCKET).len(), 4);
}

#[tokio::test]
async fn a_conflict_names_the_row_of_the_frame() {
    let server = Server::start();
    let client = client(&server);
    client.write(BUCKET, "m,t=b f=1 1").await.unwrap();
    let frame = df!(
        "t" => ["a", "a", "b", "b"],
        "f" => [None, Some(1_i64), None, Some(2)],
        "at" => [0_i64, 0, 0, 0]
    );
    let frame = frame.unwrap();
    let mapping = mapping().tag("t");
    let error = client.write_frame(BUCKET, &frame, &mapping).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PartialWrite);
    let places: Vec<_> = error.refused().iter().map(influx_core::error::Refused::index).collect();
    assert!(places.contains(&3), "{places:?}: {error}");
    assert!(places.iter().all(|row| [1, 3].contains(row)), "{places:?}");
}

#[tokio::test]
async fn a_bad_row_is_told_by_its_place_in_the_frame() {
    let server = Server::start();
    let client = client(&server);
    let frame = df!("t" => ["a", "b", "c", "d\n"], "f" => [1_i64, 2, 3, 4]).unwrap();
    let mapping = Mapping::measurement("m").tag("t").server_time();
    let write = client.write_frame(BUCKET, &frame, &mapping).batch_rows(2).in_flight(2);
    let error = write.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLine);
    assert_eq!(error.frame_rows(), Some(2..4));
    assert_eq!(error.refused()[0].index(), 3);
    assert!(
        error.to_string().starts_with("1 row of the frame cannot be written: row 3, column `t`: "),
        "{error}"
    );
    assert_eq!(server.lines(BUCKET).len(), 2);
}

#[tokio::test]
async fn a_plan_that_cannot_work_fails_before_anything_is_sent() {
    let server = Server::start();
    let client = client(&server);
    let mapping = Mapping::measurement("m").tag("host").server_time();
    let error = client.write_frame(BUCKET, &numbers(1), &mapping).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingColumn);
    let error = client.write_frame("", &numbers(1), &self::mapping()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_frame_is_records_for_a_write_and_for_a_writer() {
    let server = Server::start();
    let client = client(&server);
    let lines = mapping().frame(&numbers(4)).unwrap().precision(Precision::Seconds);
    client.write(BUCKET, &lines).await.unwrap();
    assert_eq!(server.lines(BUCKET).len(), 4);

    server.add_bucket("other");
    let frame =
        df!("t" => ["a\n", "b"], "f" => [Some(1.5), Some(2.5)], "at" => [1_i64, 2]).unwrap();
    let lines = mapping().tag("t").frame(&frame).unwrap();
    let writer = client.writer("other").default_tag("site", "x").start().await.unwrap();
    let error = writer.write(&lines).await.unwrap_err();
    assert_eq!(error.refused().len(), 1);
    assert_eq!(error.refused()[0].index(), 0);
    let report = writer.close().await;
    assert_eq!(report.delivered_lines(), 1);
    assert_eq!(server.lines("other"), ["m,site=x,t=b f=2.5 2000000000"]);
}
