//! A new token in the place of an old one, without a moment in which neither works.
//!
//! Needs a real InfluxDB: the server inside this process makes no tokens. `INFLUXDB_V2_TOKEN` must be one that
//! may make tokens.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use influx_core::admin::{Authorization, Permission};
use influx_core::client::ClientBuilder;
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
    write(token(&old)?).await?;
    println!("the old token ({}) writes", old.id);

    // Both work from here on, so that every user of the old one can change over.
    let new = client.authorizations().duplicate(&old.id).await?;
    write(token(&new)?).await?;
    println!("the new token ({}) writes too", new.id);

    client.authorizations().delete(&old.id).await?;
    match write(token(&old)?).await {
        Err(error) if error.kind() == ErrorKind::Unauthorized => println!("the old one is refused"),
        Err(error) => return Err(error.into()),
        Ok(()) => return Err("the old token still writes".into()),
    }
    write(token(&new)?).await?;
    println!("the new one still writes");
    client.authorizations().delete(&new.id).await?;
    client.buckets().delete(&bucket).await?;
    Ok(())
}

/// The token itself, which only the answer to its creation has.
fn token(made: &Authorization) -> Result<&Token, &'static str> {
    made.token.as_ref().ok_or("the server does not say the token")
}

/// Writes a point with this token. A client that lives longer takes its token from `token_provider`, and reads
/// it again when the server does not know the old one.
async fn write(token: &Token) -> influx_core::Result<()> {
    let client = ClientBuilder::from_env()?.token(token).build()?;
    client.write(BUCKET, "door open=true").await
}
