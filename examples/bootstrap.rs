//! From an empty server to one that works: set-up, organization, a bucket with a retention, a token for that
//! bucket alone, and a task, which is run at once.
//!
//! Needs a real InfluxDB: the server inside this process knows no tasks and makes no tokens. It works on a
//! server that is new (`INFLUXDB_V2_URL` alone) and on one that is not (with `INFLUXDB_V2_TOKEN`, an
//! operator's, too), as often as you like.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::time::Duration;

use influx_core::admin::{Bucket, Permission, Schedule, Task};
use influx_core::{Client, Token, flux};

const ORG: &str = "bootstrap";
const BUCKET: &str = "sensors";
const TASK: &str = "hourly means of \"sensors\"";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3_600);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("INFLUXDB_V2_URL").unwrap_or_default();
    if url.is_empty() {
        println!("there is no server to set up: INFLUXDB_V2_URL must name a real InfluxDB;");
        println!("for one that is set up already, INFLUXDB_V2_TOKEN must be an operator's token");
        return Ok(());
    }
    let token = operator(&url).await?;
    let client = Client::builder(&url).token(&token).org(ORG).build()?;
    let org = match client.organizations().find(ORG).await? {
        Some(org) => org,
        None => client.organizations().create(ORG).description("made by an example").await?,
    };
    println!("organization {} ({})", org.name, org.id);

    let bucket = client.buckets().ensure(BUCKET).retention(MONTH).await?;
    println!("bucket {} ({}) keeps its points for {:?}", bucket.name, bucket.id, bucket.retention);

    let token = token_for(&client, &bucket).await?;
    let narrow = Client::builder(&url).token(&token).org(ORG).build()?;
    narrow.write(BUCKET, "room,name=kitchen temp=21.5\nroom,name=cellar temp=12.0").await?;
    println!("a token for that bucket alone wrote two points");

    let task = task(&client).await?;
    let run = client.tasks().run(&task.id).to_end(MINUTE).await?;
    println!("task {} ({}) ran: {}", task.name, task.id, run.status);
    for event in run.log {
        println!("    {}", event.message.lines().next().unwrap_or_default());
    }
    Ok(())
}

/// A token that may do everything: that of the environment, or of a set-up.
async fn operator(url: &str) -> Result<Token, Box<dyn Error>> {
    let new = Client::builder(url).build()?;
    if !new.is_setup_allowed().await? {
        let token = std::env::var("INFLUXDB_V2_TOKEN");
        let remedy = "the server is set up already; INFLUXDB_V2_TOKEN must be an operator's token";
        return Ok(token.map_err(|_| remedy)?.into());
    }
    let setup = new.setup("admin", ORG, "unused").password("change-me-soon").await?;
    println!("the server is set up; its operator's token is shown only now:");
    println!("    INFLUXDB_V2_TOKEN={}", setup.token.expose());
    Ok(setup.token)
}

/// A token that may write into this bucket and read it, and nothing else.
async fn token_for(client: &Client, bucket: &Bucket) -> Result<Token, Box<dyn Error>> {
    let permissions = [Permission::read_bucket(&bucket.id), Permission::write_bucket(&bucket.id)];
    let made = client.authorizations().create(permissions).description("sensors only").await?;
    println!("token {} for {}", made.id, bucket.name);
    Ok(made.token.ok_or("the server shows no token")?)
}

/// The task, which is made where it is not there yet.
async fn task(client: &Client) -> Result<Task, Box<dyn Error>> {
    if let Some(task) = client.tasks().list().name(TASK).try_next().await? {
        return Ok(task);
    }
    let script = flux!(
        r#"from(bucket: {BUCKET}) |> range(start: -task.every)
            |> filter(fn: (r) => r._measurement == "room" and r._field == "temp")
            |> mean()
            |> map(fn: (r) => ({r with _time: now(), _measurement: "room_hourly"}))
            |> to(bucket: {BUCKET})"#
    );
    let create = client.tasks().create(TASK, Schedule::every(HOUR), script);
    Ok(create.offset(Duration::from_secs(60)).description("made by an example").await?)
}
