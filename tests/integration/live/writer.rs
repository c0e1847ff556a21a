//! The batching writer against a real server.

use std::time::{Duration, Instant};

use influx_core::annotated_csv::OwnedRecord;
use influx_core::client::writer::Event;
use influx_core::line_protocol::Unchecked;
use influx_core::{ErrorKind, Measurement, Point, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::live::{Live, live};

#[derive(Measurement, Clone)]
struct Cpu {
    #[tag]
    core: u64,
    #[field]
    temp: f64,
    #[timestamp(unit = "ns")]
    time: i64,
}

/// How many values of a field the bucket holds.
async fn stored(live: &Live, field: &str) -> u64 {
    let flux = format!(
        "{} |> filter(fn: (r) => r._field == \"{field}\") |> group() |> count()",
        live.narrow()
    );
    let rows: Vec<OwnedRecord> = live.client.query(flux).fetch().await.unwrap();
    rows.first().map_or(0, |row| row.get_as::<u64>("_value").unwrap())
}

fn lines_with_a_bad_one() -> String {
    let mut lines: Vec<_> = (1..=10_000).map(|n| format!("m,s={} f={n} {n}", n % 10)).collect();
    lines[5_000] = "m,s=bad f=\u{1f321},g=1 5001".into();
    lines.join("\n")
}

live! {
    async fn one_bad_line_of_ten_thousand_costs_one_line(live) {
        let writer = live.client.writer(&live.bucket).start().await.unwrap();
        let error = writer.write(lines_with_a_bad_one()).await.unwrap_err();
        assert_eq!((error.kind(), error.position().unwrap().line), (ErrorKind::InvalidLine, 5_001));
        assert!(error.to_string().contains("m,s=bad f=\u{1f321},g=1 5001"), "{error}");
        let report = writer.close().await;
        assert_eq!((report.delivered_lines(), report.refused_lines()), (9_999, 1));
        assert_eq!(stored(&live, "f").await, 9_999);
    }

    async fn one_bad_line_of_ten_thousand_is_named_by_the_server_s_400(live) {
        for batch in [1_000, 10_000] {
            let writer = live.client.writer(&live.bucket).batch_size(batch).start().await.unwrap();
            let receipt = writer.write(Unchecked(lines_with_a_bad_one())).await.unwrap();
            let report = writer.close().await;
            assert_eq!((report.delivered_lines(), report.refused_lines()), (9_999, 1), "{report}");
            let error = receipt.await.unwrap_err();
            let refused = &error.refused()[0];
            assert_eq!((error.refused().len(), refused.index()), (1, 5_000));
            assert_eq!(refused.line(), Some("m,s=bad f=\u{1f321},g=1 5001".as_bytes()));
            assert_eq!(refused.reason().server_message(), Some("unable to parse 'm,s=bad f=\u{1f321},g=1 5001': invalid boolean"));
            assert_eq!(writer.stats().requests, 10_000 / batch as u64 + 1);
            assert_eq!(stored(&live, "f").await, 9_999);
        }
    }

    async fn bad_lines_of_every_kind_are_refused_and_no_other(live) {
        // Each of them alone is a 400; some swallow what comes behind them.
        let bad: [&[u8]; 9] = [
            b"m", b"m f=", b"m f=1 x", b"m f=\"x 1", b"m,s f=1 1", b"m,time=1 f=1 1",
            b"m,s=\xFF\xC3 f=x 1", b"m f=1e400 1", b"m f=99999999999999999999i 1",
        ];
        let writer = live.client.writer(&live.bucket).start().await.unwrap();
        let mut records: Vec<Unchecked<Vec<u8>>> = Vec::new();
        for (n, bad) in bad.iter().enumerate() {
            records.push(Unchecked(format!("m,s=good f={n} {n}").into_bytes()));
            records.push(Unchecked(bad.to_vec()));
            records.push(Unchecked(format!("m,s=\"good text=\"{n}\",g={n} 1{n}").into_bytes()));
        }
        let good = records.len() - bad.len();
        let receipt = writer.write(records).await.unwrap();
        let report = writer.close().await;
        let error = receipt.await.unwrap_err();
        let refused: Vec<_> = error.refused().iter().map(|refused| refused.line().unwrap()).collect();
        assert_eq!(report.delivered_lines(), good as u64, "{report}");
        assert!(refused.iter().zip(bad).all(|(refused, bad)| refused.starts_with(bad)), "{refused:?}");
    }

    async fn a_series_key_that_is_too_long_is_found(live) {
        let writer = live.client.writer(&live.bucket).start().await.unwrap();
        let long = format!("m,t={} f=1 7", "x".repeat(70_000));
        let lines = (0..100).map(|n| Unchecked(if n == 37 { long.clone() } else { format!("m f={n} {n}") }));
        let receipt = writer.write(lines).await.unwrap();
        let report = writer.close().await;
        assert_eq!((report.delivered_lines(), report.refused_lines()), (99, 1), "{report}");
        let error = receipt.await.unwrap_err();
        assert_eq!(error.refused()[0].index(), 37);
        let message = error.refused()[0].reason().server_message().unwrap();
        assert!(message.contains("max key length exceeded"), "{}", &message[message.len() - 100..]);
    }

    async fn a_type_conflict_and_a_retention_drop_name_their_points(live) {
        let bucket = format!("{}-hour", live.bucket);
        live.client.buckets().create(&bucket).retention(Duration::from_secs(3_600)).await.unwrap();
        let now = Timestamp::now().unwrap().as_nanos();
        let second = 1_000_000_000;
        live.client.write(&bucket, format!("m,s=0 f=1i {now}")).await.unwrap();
        let lines: Vec<_> = (0..100)
            .map(|n| match n % 10 {
                3 => format!("m,s={n} f=1.5 {}", now - n),
                7 => format!("m,s={n} f=1i {}", now - 7_200 * second - n),
                _ => format!("m,s={n} f=1i {}", now - n),
            })
            .collect();
        let writer = live.client.writer(&bucket).start().await.unwrap();
        let receipt = writer.write(lines.join("\n")).await.unwrap();
        let report = writer.close().await;
        assert_eq!((report.delivered_lines(), report.refused_lines(), report.undelivered_lines()), (80, 20, 0), "{report}");
        let error = receipt.await.unwrap_err();
        let refused: Vec<_> = error.refused().iter().map(|refused| refused.index()).collect();
        assert_eq!(refused, (0..100).filter(|n| [3, 7].contains(&(n % 10))).collect::<Vec<_>>());
        for refused in error.refused() {
            let words = if refused.index() % 10 == 3 { "type float, already exists as type integer" } else { "Retention Policy Lower Bound" };
            assert!(refused.reason().server_message().unwrap().contains(words), "{}", refused.reason());
        }
        assert!(writer.stats().requests <= 6, "{:?}", writer.stats());
        live.client.buckets().delete(&bucket).await.unwrap();
    }

    async fn a_conflict_in_every_line_of_several_shards_is_told_in_few_requests(live) {
        let week = 7 * 86_400_000_000_000_i64;
        live.client.write(&live.bucket, (0..4).map(|n| format!("m f=1i {}", n * week + 1)).collect::<Vec<_>>()).await.unwrap();
        let writer = live.client.writer(&live.bucket).start().await.unwrap();
        let lines = (0..1_000).map(|n| Point::measurement("m").field("f", 1.5).timestamp(Timestamp::from_nanos(n / 250 * week + n)));
        let receipt = writer.write(lines).await.unwrap();
        let report = writer.close().await;
        assert_eq!((report.delivered_lines(), report.refused_lines()), (0, 1_000), "{report}");
        assert!(writer.stats().requests < 40, "{:?}", writer.stats());
        assert_eq!(receipt.await.unwrap_err().refused().len(), 1_000);
    }

    async fn a_text_that_is_too_long_is_named(live) {
        let writer = live.client.writer(&live.bucket).start().await.unwrap();
        let long = format!("m f=\"{}\" 5", "x".repeat((1 << 20) + 1));
        let lines = (0..10).map(|n| Unchecked(if n == 5 { long.clone() } else { format!("m f=\"{n}\" {n}") }));
        let receipt = writer.write(lines).await.unwrap();
        let report = writer.close().await;
        assert_eq!((report.delivered_lines(), report.refused_lines()), (9, 1), "{report}");
        assert_eq!(receipt.await.unwrap_err().refused()[0].index(), 5);
    }

    async fn eight_producers_of_a_hundred_thousand_points_each_are_all_stored(live) {
        let events = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&events);
        let writer = live.client.writer(&live.bucket).batch_size(5_000).max_in_flight(2).on_event(move |event| {
            if let Event::Delivered(batch) = event {
                seen.fetch_add(batch.lines as u64, Ordering::Relaxed);
            }
        });
        let writer = writer.start().await.unwrap();
        let producers: Vec<_> = (0..8)
            .map(|core| {
                let writer = writer.clone();
                tokio::spawn(async move {
                    for time in 0..100_000 {
                        writer.write(Cpu { core, temp: 0.5, time }).await.unwrap();
                    }
                })
            })
            .collect();
        for producer in producers {
            producer.await.unwrap();
        }
        let report = writer.close().await.complete().unwrap();
        assert_eq!((report.delivered_lines(), events.load(Ordering::Relaxed)), (800_000, 800_000));
        assert_eq!(stored(&live, "temp").await, 800_000);
    }

    async fn a_bucket_that_is_made_later_gets_its_lines(live) {
        let bucket = format!("{}-later", live.bucket);
        let blocked = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&blocked);
        let writer = live.client.writer(&bucket).low_latency().on_event(move |event| {
            if let Event::Blocked { error, .. } = event {
                *seen.lock().unwrap() = Some(error.clone());
            }
        });
        let writer = writer.start().await.unwrap();
        let receipt = writer.write(Cpu { core: 0, temp: 0.5, time: 1 }).await.unwrap();
        let start = Instant::now();
        while blocked.lock().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(blocked.lock().unwrap().as_ref().unwrap().kind(), ErrorKind::NotFound);
        live.client.buckets().create(&bucket).await.unwrap();
        receipt.await.unwrap();
        writer.close().await.complete().unwrap();
        live.client.buckets().delete(&bucket).await.unwrap();
    }
}
