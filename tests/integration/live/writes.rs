//! What a write takes, and what becomes of it.

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use std::future::IntoFuture as _;

use influx_core::line_protocol::ToLine;
use influx_core::{Measurement, Point, Precision, Timestamp};

use crate::support::live::{Live, live};

#[derive(Measurement, Debug, Clone, PartialEq)]
struct Cpu {
    #[tag]
    core: String,
    #[field]
    temp: f64,
    #[timestamp(unit = "s")]
    time: i64,
}

fn cpu(time: i64) -> Cpu {
    Cpu { core: "0".into(), temp: 0.5, time }
}

async fn times(live: &Live) -> Vec<i64> {
    let flux = format!("{} |> sort(columns: [\"_time\"])", live.pivoted());
    let rows: Vec<Cpu> = live.client.query(flux).fetch().await.unwrap();
    rows.into_iter().map(|row| row.time).collect()
}

live! {
    async fn one_record_slices_iterators_points_and_text_are_stored(live) {
        let (client, bucket) = (&live.client, live.bucket.as_str());
        client.write(bucket, cpu(1)).await.unwrap();
        client.write(bucket, cpu(2)).await.unwrap();
        client.write(bucket, &[cpu(3), cpu(4)]).await.unwrap();
        client.write(bucket, vec![cpu(5)]).await.unwrap();
        client.write(bucket, (6..8).map(cpu)).await.unwrap();
        client.write(bucket, Some(cpu(8))).await.unwrap();
        let point = Point::measurement("cpu").tag("core", "0").field("temp", 0.5);
        client.write(bucket, point.timestamp(Timestamp::from_nanos(9_000_000_000))).await.unwrap();
        client.write(bucket, "cpu,core=0 temp=0.5 10\n# a comment\n\ncpu,core=0 temp=0.5 11").precision(Precision::Seconds).await.unwrap();
        client.write(bucket, b"cpu,core=0 temp=0.5 12000".as_slice()).precision(Precision::Milliseconds).await.unwrap();
        let mixed: Vec<Box<dyn ToLine>> = vec![Box::new(cpu(13)), Box::new("cpu,core=0 temp=0.5 14000000000")];
        client.write(bucket, mixed).await.unwrap();
        assert_eq!(times(&live).await, (1..15).collect::<Vec<_>>());
    }

    async fn nothing_to_write_sends_nothing(live) {
        // The bucket does not exist: a request would fail.
        live.client.write("no such bucket", Vec::<Cpu>::new()).await.unwrap();
        live.client.write("no such bucket", " \n").await.unwrap();
    }

    async fn a_write_outlives_what_it_was_made_of(live) {
        let writing = {
            let records = [cpu(1), cpu(2)];
            live.client.write(&live.bucket, &records).into_future()
        };
        tokio::spawn(writing).await.unwrap().unwrap();
        assert_eq!(times(&live).await, [1, 2]);
    }

    async fn compressed_writes_are_stored(live) {
        let client = live.builder().gzip(true).build().unwrap();
        client.write(&live.bucket, (0..5_000).map(cpu)).await.unwrap();
        client.write(&live.bucket, cpu(5_000)).await.unwrap();
        assert_eq!(times(&live).await, (0..=5_000).collect::<Vec<_>>());
    }

    async fn a_record_without_time_gets_the_server_s(live) {
        let before = Timestamp::now().unwrap();
        live.client.write(&live.bucket, Point::measurement("cpu").tag("core", "0").field("temp", 1.5)).await.unwrap();
        let flux = live.pivoted();
        let tables = live.client.query(flux).tables().await.unwrap();
        let time = tables[0].records()[0].get("_time").unwrap().as_time().unwrap();
        let distance = (time.as_nanos() - before.as_nanos()).abs();
        assert!(distance < 60_000_000_000, "{time} is not now");
    }

    async fn many_tasks_write_through_clones_of_one_client(live) {
        let tasks: FuturesUnordered<_> = (0..8)
            .map(|task| {
                let lines = (0..500).map(move |n| cpu(task * 500 + n));
                tokio::spawn(live.client.clone().write(&live.bucket, lines).into_future())
            })
            .collect();
        let outcomes: Vec<_> = tasks.collect().await;
        for outcome in outcomes {
            outcome.unwrap().unwrap();
        }
        assert_eq!(times(&live).await.len(), 4_000);
    }
}
