//! The README's first command.

use std::process::Command;

use crate::support::live::live;

live! {
    async fn the_quickstart_writes_reads_and_compares(live) {
        let output = tokio::task::spawn_blocking(move || {
            let mut cargo = Command::new(env!("CARGO"));
            cargo
                .args(["run", "--quiet", "--example", "quickstart"])
                .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
                .env("INFLUXDB_V2_URL", &live.url)
                .env("INFLUXDB_V2_TOKEN", live.token())
                .env("INFLUXDB_V2_ORG", &live.org);
            cargo.output().unwrap()
        })
        .await
        .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}{errors}");
        assert!(text.contains("read 1461 days back: all equal"), "{text}");
    }
}
