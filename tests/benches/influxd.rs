//! A real server for a benchmark, with its data on disk.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use influx_core::Client;

/// An influxd with its data on disk, on one port however often it starts.
pub(crate) struct Influxd {
    folder: PathBuf,
    port: u16,
    process: Child,
}

impl Influxd {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("influxd-bench-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = start(&folder, port);
        Self { folder, port, process }
    }

    /// A client of a fresh server, which has the organization `org` and the bucket `bucket`.
    pub(crate) async fn set_up(&self) -> Client {
        let url = format!("http://127.0.0.1:{}", self.port);
        let client = Client::builder(&url).org("org").token("token").build().unwrap();
        while client.health().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        client.setup("user", "org", "bucket").password("a-password").token("token").await.unwrap();
        client
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn kill(&mut self) {
        // On Unix that is `kill -9`.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn restart(&mut self) {
        self.process = start(&self.folder, self.port);
    }
}

impl Drop for Influxd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn start(folder: &Path, port: u16) -> Child {
    let mut influxd = Command::new(std::env::var_os("INFLUXD").expect("INFLUXD names the server"));
    influxd.arg("run").arg("--http-bind-address").arg(format!("127.0.0.1:{port}"));
    influxd
        .arg("--bolt-path")
        .arg(folder.join("bolt"))
        .arg("--sqlite-path")
        .arg(folder.join("sqlite"));
    influxd.arg("--engine-path").arg(folder.join("engine"));
    influxd.args(["--reporting-disabled", "--ui-disabled"]).env("INFLUXD_CONFIG_PATH", folder);
    influxd.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}
