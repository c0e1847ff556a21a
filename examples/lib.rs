//! What the examples share.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use influx_core::{Client, Result};
use influx_testkit::Server;

/// A client of the server that the environment names, or of one inside this process, which runs
/// until it is dropped.
///
/// # Errors
/// When the environment's settings cannot work.
pub fn connect() -> Result<(Client, Option<Server>)> {
    if std::env::var_os("INFLUXDB_V2_URL").is_some_and(|url| !url.is_empty()) {
        println!("using the server that INFLUXDB_V2_URL names");
        return Ok((Client::from_env()?, None));
    }
    println!("using a server inside this process; set INFLUXDB_V2_URL to use a real one");
    let server = Server::start();
    Ok((server.client(), Some(server)))
}
