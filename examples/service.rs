//! A service with many producers, a server that goes away and comes back, and the report at the end.
//!
//! A server inside this process goes away by itself; a real one (`INFLUXDB_V2_URL`,
//! `INFLUXDB_V2_TOKEN`, `INFLUXDB_V2_ORG`) is to be stopped and started while this runs.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, Utc};
use influx_core::Measurement;
use influx_core::client::writer::{Event, Writer};

const BUCKET: &str = "service";
const PRODUCERS: u64 = 8;
const READINGS: u64 = 10_000;

#[derive(Measurement)]
struct Reading {
    #[tag]
    machine: u64,
    #[field]
    pressure: f64,
    #[field]
    cycles: u64,
    #[timestamp]
    time: DateTime<Utc>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, server) = influx_examples::connect()?;
    if client.buckets().find(BUCKET).await?.is_none() {
        client.buckets().create(BUCKET).await?;
    }
    let writer = client
        .writer(BUCKET)
        .low_latency()
        .retry_until_closed()
        .max_buffered_bytes(8 << 20)
        .default_tag("plant", "north")
        .on_event(tell)
        .start()
        .await?;

    let producers: Vec<_> =
        (0..PRODUCERS).map(|machine| tokio::spawn(produce(writer.clone(), machine))).collect();
    if let Some(server) = &server {
        server.go_away().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        println!("while the server is away: {:?}", writer.stats());
        server.come_back().await?;
    }

    let mut refused = 0;
    for producer in producers {
        refused += producer.await.unwrap_or_default();
    }
    let report = writer.close().await;
    println!("{report}");
    if report.delivered_lines() + refused != PRODUCERS * READINGS {
        return Err("some readings are not stored".into());
    }
    println!("every reading has its fate; refused in its producer's call: {refused}");
    Ok(())
}

/// How many readings line protocol could not carry.
async fn produce(writer: Writer, machine: u64) -> u64 {
    let mut refused = 0;
    for cycles in 0..READINGS {
        // One sensor is broken for a moment.
        let pressure = if (machine, cycles) == (3, 5_000) { f64::NAN } else { 1.01 };
        let reading = Reading { machine, pressure, cycles, time: Utc::now() };
        if let Err(error) = writer.write(&reading).await {
            println!("machine {machine}: {error}");
            refused += 1;
        }
        if cycles % 100 == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    refused
}

fn tell(event: &Event) {
    if !matches!(event, Event::Delivered(_)) {
        println!("{event}");
    }
}
