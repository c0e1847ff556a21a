//! The server as a program, for clients of any kind.
#![expect(clippy::print_stderr, reason = "a program talks to its user")]

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use influx_testkit::{Builder, Server};

const USAGE: &str = "\
An InfluxDB 2 server in one process, for tests and offline work. It keeps nothing.

Usage: influx-testkit [--port N] [--org NAME] [--bucket NAME] [--token TOKEN] [--not-set-up]

  --port N        the port on 127.0.0.1 (8086)
  --org NAME      the organization (my-org)
  --bucket NAME   the first bucket (my-bucket)
  --token TOKEN   the operator's token (my-token)
  --not-set-up    wait for a set-up instead";

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1);
    let arguments: Vec<String> = arguments.map(|it| it.to_string_lossy().into_owned()).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        say(USAGE);
        return ExitCode::SUCCESS;
    }
    match builder(&arguments).and_then(|builder| builder.start().map_err(|e| e.to_string())) {
        Ok(server) => run(&server),
        Err(wrong) => {
            eprintln!("{wrong}\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

/// What the arguments ask for, each with its value behind it.
fn builder(arguments: &[String]) -> Result<Builder, String> {
    let mut builder = Server::builder().port(8086);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value =
            || arguments.next().cloned().ok_or_else(|| format!("{argument} needs a value"));
        builder = match argument.as_str() {
            "--port" => {
                let port = value()?;
                builder.port(port.parse().map_err(|_| format!("`{port}` is no port"))?)
            }
            "--org" => builder.org(value()?),
            "--bucket" => builder.bucket(value()?),
            "--token" => builder.token(value()?),
            "--not-set-up" => builder.not_set_up(),
            _ => return Err(format!("unknown argument `{argument}`")),
        };
    }
    Ok(builder)
}

/// Says how to reach the server, in a form that a shell can read, and serves until it is killed.
fn run(server: &Server) -> ! {
    say("# in-process InfluxDB; everything is lost when it stops (Ctrl-C)");
    for (name, value) in server.env() {
        // In single quotes a shell takes everything for what it is, but a single quote.
        say(&format!("export {name}='{}'", value.replace('\'', r"'\''")));
    }
    loop {
        // Nobody looks at the record of requests here: it must not grow.
        drop(server.take_requests());
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Prints a line. Nobody need read it: `println!` panics where the other end is closed.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
