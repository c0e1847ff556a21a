//! From InfluxDB 1.8 to 2: the databases, retention policies and grants of an old server become
//! buckets, DBRP mappings and tokens of a new one, and each user gets the settings of a new client.
//!
//! `cargo run --example migrate_v1 [POLICIES.csv GRANTS.csv]`, against the server that `INFLUXDB_V2_URL` names, which
//! is asked for whatever the old one had; without files, for the few things below. To do it again changes
//! nothing, but for new tokens. Make the files of what the old server answers to
//! `SHOW RETENTION POLICIES ON "…"` and `SHOW GRANTS FOR "…"`, with the database or the user in front.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use influx_core::Client;
use influx_core::admin::{Bucket, Permission};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const POLICIES: &str = "database,name,duration,default
telegraf,autogen,0s,true
telegraf,week,168h0m0s,false
weather,autogen,0s,true
";

const GRANTS: &str = "user,database,privilege
collector,telegraf,WRITE
dashboard,telegraf,READ
dashboard,weather,READ
";

type AnyResult<T> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Policy {
    database: String,
    name: String,
    duration: String,
    default: bool,
}

#[derive(Deserialize)]
struct Grant {
    user: String,
    database: String,
    privilege: Privilege,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Privilege {
    Read,
    Write,
    #[serde(rename = "ALL PRIVILEGES")]
    All,
    /// What is left of a grant that was revoked.
    #[serde(rename = "NO PRIVILEGES")]
    None,
}

/// The buckets of each database.
type Buckets = BTreeMap<String, Vec<Bucket>>;

#[tokio::main]
async fn main() -> AnyResult<()> {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    let (policies, grants) = match &files[..] {
        [] => (POLICIES.to_owned(), GRANTS.to_owned()),
        [policies, grants] => {
            (std::fs::read_to_string(policies)?, std::fs::read_to_string(grants)?)
        }
        _ => return Err("give two files, or none".into()),
    };
    if std::env::var_os("INFLUXDB_V2_URL").is_none_or(|url| url.is_empty()) {
        println!("INFLUXDB_V2_URL names no server; this needs a real one");
        return Ok(());
    }
    let client = Client::from_env()?;
    let mut buckets = Buckets::new();
    for policy in rows::<Policy>(&policies)? {
        let bucket = migrate(&client, &policy).await?;
        buckets.entry(policy.database).or_default().push(bucket);
    }
    let mut users = BTreeMap::<_, Vec<_>>::new();
    for grant in rows::<Grant>(&grants)? {
        let permissions = permissions(&grant, &buckets)?;
        users.entry(grant.user).or_default().extend(permissions);
    }
    users.retain(|_, permissions| !permissions.is_empty());
    for (user, permissions) in users {
        println!("\n# {user}.toml\n{}", settings(&client, &user, permissions).await?);
    }
    Ok(())
}

fn rows<T: DeserializeOwned>(csv: &str) -> AnyResult<Vec<T>> {
    Ok(csv::Reader::from_reader(csv.as_bytes()).deserialize().collect::<Result<_, _>>()?)
}

/// Makes sure of the bucket and of the mapping under which clients of 1.x find it.
async fn migrate(client: &Client, policy: &Policy) -> AnyResult<Bucket> {
    let Policy { database, name, duration, default } = policy;
    let bucket = client
        .buckets()
        .ensure(format!("{database}/{name}"))
        .retention(retention(duration)?)
        .description("from InfluxDB 1.8")
        .await?;
    let same = client.dbrps().list().database(database).retention_policy(name).all().await?;
    if same.iter().all(|mapping| mapping.is_virtual) {
        client.dbrps().create(database, name, &bucket).default(*default).await?;
    }
    println!("{database}.{name} is the bucket {}", bucket.name);
    Ok(bucket)
}

/// `168h0m0s`; `0s` is for ever.
fn retention(text: &str) -> AnyResult<Option<Duration>> {
    let mut seconds = 0;
    for part in text.split_inclusive(['h', 'm', 's']) {
        let (count, unit) = part.split_at(part.len() - 1);
        let unit = match unit {
            "h" => 3_600,
            "m" => 60,
            "s" => 1,
            _ => return Err(format!("{text} is no duration of InfluxDB 1.8").into()),
        };
        seconds += count.parse::<u64>()? * unit;
    }
    Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
}

fn permissions(grant: &Grant, buckets: &Buckets) -> AnyResult<Vec<Permission>> {
    let Some(buckets) = buckets.get(&grant.database) else {
        return Err(format!("there is no retention policy of {}", grant.database).into());
    };
    let reads = matches!(grant.privilege, Privilege::Read | Privilege::All);
    let writes = matches!(grant.privilege, Privilege::Write | Privilege::All);
    let of = |bucket: &Bucket| {
        let read = reads.then(|| Permission::read_bucket(&bucket.id));
        read.into_iter().chain(writes.then(|| Permission::write_bucket(&bucket.id)))
    };
    Ok(buckets.iter().flat_map(of).collect())
}

/// What the user's program reads with `Client::from_config_file`.
async fn settings(client: &Client, user: &str, permissions: Vec<Permission>) -> AnyResult<String> {
    let description = format!("{user} of InfluxDB 1.8");
    let made = client.authorizations().create(permissions).description(description).await?;
    let token = made.token.ok_or("the server did not say the token")?;
    let org = made.org.unwrap_or(made.org_id);
    let url = std::env::var("INFLUXDB_V2_URL")?;
    Ok(format!("url = {url:?}\norg = {org:?}\ntoken = {:?}", token.expose()))
}
