//! A new token in the place of an old one, without a moment in which neither works.
//!
//! Needs a real InfluxDB: the server inside this process makes no tokens. `INFLUXDB_V2_TOKEN` must be one that
//! may make tokens.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use influx_core::admin::{Authorization, Permission};
use influx_core::{Client, ErrorKind, Token};

const BUCKET: &str = "rotated";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if std::env::var_os("INFLUXDB_V2_URL").is_none_or(|url| url.is_empty()) {
        println!("there is no server with tokens: INFLUXDB_V2_URL, INFLUXDB_V2_TOKEN and");
        println!("INFLUXDB_V2_ORG must name a real InfluxDB");
        return Ok(());
    }
    let client = Client::from_env()?;
    let bucket = client.buckets().ensure(BUCKET).await?;
    let permissions = [Permission::write_bucket(&bucket.id)];
    let old = client.authorizations().create(permissions).description("to be rotated").await?;
    write(&old).await?;
    println!("the old token ({}) writes", old.id);

    // Both work from here on, so that every user of the old one can change over.
    let new = client.authorizations().duplicate(&old.id).await?;
    write(&new).await?;
    println!("the new token ({}) writes too", new.id);

    client.authorizations().delete(&old.id).await?;
    match write(&old).await {
        Err(error) if error.kind() == ErrorKind::Unauthorized => println!("the old one is refused"),
        other => other?,
    }
    write(&new).await?;
    println!("the new one still writes");
    client.authorizations().delete(&new.id).await?;
    client.buckets().delete(&bucket).await?;
    Ok(())
}

/// Writes a point with the token of an authorization. A client that lives longer takes its token from
/// `token_provider`, and reads it again when the server does not know the old one.
async fn write(authorization: &Authorization) -> influx_core::Result<()> {
    let url = std::env::var("INFLUXDB_V2_URL").unwrap_or_default();
    let token = authorization.token.clone().unwrap_or_else(|| Token::from(""));
    let client = Client::builder(url).token(token).org(authorization.org_id.as_str()).build()?;
    client.write(BUCKET, "door open=true").await
}
