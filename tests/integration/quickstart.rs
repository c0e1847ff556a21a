//! The README's first command, as it stands there, and its program on the command line.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use crate::support::live::live;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// `cargo run --example quickstart`, with these variables and no others of InfluxDB's.
fn quickstart(variables: &[(&str, &str)]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--example", "quickstart"]).current_dir(ROOT);
    for name in ["INFLUXDB_V2_URL", "INFLUXDB_V2_TOKEN", "INFLUXDB_V2_ORG"] {
        cargo.env_remove(name);
    }
    cargo.envs(variables.iter().copied()).output().unwrap()
}

fn assert_equal_days(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("read 1461 days back: all equal"), "{text}");
    text
}

#[test]
fn the_quickstart_needs_no_server() {
    let text = assert_equal_days(&quickstart(&[]));
    assert!(text.contains("a server inside this process"), "{text}");
}

live! {
    async fn the_quickstart_uses_the_server_that_the_environment_names(live) {
        let output = tokio::task::spawn_blocking(move || {
            quickstart(&[
                ("INFLUXDB_V2_URL", &live.url),
                ("INFLUXDB_V2_TOKEN", live.token()),
                ("INFLUXDB_V2_ORG", &live.org),
            ])
        });
        let text = assert_equal_days(&output.await.unwrap());
        assert!(text.contains("the server that INFLUXDB_V2_URL names"), "{text}");
    }
}

#[test]
fn the_test_kit_is_a_program_too() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--package", "influx-testkit", "--", "--port", "0"]);
    cargo.args(["--org", "an org", "--token", "a-token"]).current_dir(ROOT);
    let mut program = cargo.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let lines: Vec<_> = lines.take(4).map(Result::unwrap).collect();
    let url = lines[1]
        .strip_prefix("export INFLUXDB_V2_URL='")
        .and_then(|url| url.strip_suffix('\''))
        .unwrap();
    let client = influx_core::Client::builder(url).token("a-token").org("an org").build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found = runtime.block_on(client.buckets().find("my-bucket"));
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(found.unwrap().is_some());
    assert_eq!(lines[2], "export INFLUXDB_V2_TOKEN='a-token'");
    assert_eq!(lines[3], "export INFLUXDB_V2_ORG='an org'");

    let unknown = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "influx-testkit", "--", "--prot", "1"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(!unknown.status.success());
    let text = String::from_utf8_lossy(&unknown.stderr);
    assert!(text.contains("unknown argument `--prot`") && text.contains("--port N"), "{text}");
}
