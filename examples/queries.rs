//! Questions to a bucket, typed: conditions, order, aggregates, what they cost, and deletes.
//!
//! Works on the server that `INFLUXDB_V2_URL`, `INFLUXDB_V2_TOKEN` and `INFLUXDB_V2_ORG` name, or
//! else on one inside this process, in the bucket `queries`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use influx_core::measurement::{FromRow, Predicate};
use influx_core::{Client, Measurement, Result, flux};

const BUCKET: &str = "queries";

/// A reading of one processor core.
#[derive(Measurement, Debug, Clone, PartialEq)]
struct Cpu {
    #[tag]
    host: String,
    #[tag]
    core: u8,
    #[field]
    temp: f64,
    #[field]
    load: Option<i64>,
    #[timestamp]
    time: DateTime<Utc>,
}

/// What is left of the readings of a host in ten minutes.
#[derive(FromRow, Debug)]
struct Mean {
    #[column]
    host: String,
    #[column]
    temp: f64,
    #[column(name = "_time")]
    until: DateTime<Utc>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let (client, _server) = influx_examples::connect()?;
    if client.buckets().find(BUCKET).await?.is_none() {
        client.buckets().create(BUCKET).await?;
    }
    let now = Utc::now();
    client.write(BUCKET, readings(now)).await?;

    whole_rows(&client).await?;
    aggregates(&client).await?;
    by_hand(&client, "b").await?;

    // A delete takes whole points of whole series: those of one host, in the last half hour.
    let half_an_hour = now - TimeDelta::minutes(30)..=now;
    client.delete(BUCKET).range(half_an_hour).filter(Cpu::HOST.eq("a")).await?;
    let left = client.select::<Cpu>(BUCKET).range(TimeDelta::hours(-2)..).fetch().await?;
    println!("{} readings are left", left.len());
    client.delete(BUCKET).range(..).measurement::<Cpu>().await
}

/// An hour of two hosts with two cores each, a reading a minute.
fn readings(now: DateTime<Utc>) -> Vec<Cpu> {
    let mut readings = Vec::new();
    for (host, core) in [("a", 0), ("a", 1), ("b", 0), ("b", 1)] {
        for minute in 1..=60_u8 {
            let temp = 40.0 + f64::from(minute % 30) + f64::from(core) * 5.0;
            let load = (minute % 2 == 0).then(|| i64::from(minute));
            let time = now - TimeDelta::minutes(minute.into());
            readings.push(Cpu { host: host.into(), core, temp, load, time });
        }
    }
    readings
}

async fn whole_rows(client: &Client) -> Result<()> {
    let select = || client.select::<Cpu>(BUCKET).range(TimeDelta::hours(-2)..);

    // A comparison with a field that a reading lacks is never true.
    let busy = Cpu::LOAD.gt(50).or(Cpu::TEMP.gt(70.0));
    let hot = select().filter(Cpu::HOST.eq("a").and(busy)).sort_desc(Cpu::TEMP).limit(3);
    for cpu in hot.fetch().await? {
        println!("core {} of {}: {} °C, load {:?}", cpu.core, cpu.host, cpu.temp, cpu.load);
    }

    // The newest reading of each core, of hosts that are known only now.
    let hosts = ["a", "b"];
    let any = Predicate::any(hosts.map(|host| Cpu::HOST.eq(host)));
    let newest = select().filter(any).sort_desc(Cpu::TIME).limit_per_series(1);
    println!("\nwhat that costs the server:\n{}", newest.explain()?);
    println!("{} cores have a newest reading\n", newest.fetch().await?.len());
    Ok(())
}

async fn aggregates(client: &Client) -> Result<()> {
    let means = client
        .select::<Cpu>(BUCKET)
        .range(TimeDelta::minutes(-30)..)
        .mean()
        .fields(Cpu::TEMP)
        .group_by(Cpu::HOST)
        .every(Duration::from_secs(600));
    for Mean { host, temp, until } in means.fetch_as().await? {
        println!("{host} until {}: {temp:.2} °C", until.format("%H:%M"));
    }
    Ok(())
}

/// What no typed query says: Flux itself, whose values cannot change what it means.
async fn by_hand(client: &Client, host: &str) -> Result<()> {
    let script = flux!(
        r#"from(bucket: {BUCKET})
            |> range(start: -2h)
            |> filter(fn: (r) => r._measurement == "cpu" and r.host == {host})"#
    );
    let cpus: Vec<Cpu> = client.query(script).fetch().await?;
    println!("\n{} readings of {host}", cpus.len());
    Ok(())
}
