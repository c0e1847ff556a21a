//! A real influxd as a child process.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts `$1` in the background and waits until the test process is gone, however it went: then
/// the pipe that is this shell's standard input closes. `$2` is the server's folder.
const WATCHDOG: &str = r#"
influxd=$1; folder=$2; shift 2
INFLUXD_CONFIG_PATH="$folder" "$influxd" run "$@" >"$folder/log" 2>&1 </dev/null &
server=$!
echo "$server" >"$folder/pid"
cat >/dev/null
kill -9 "$server"
wait "$server"
rm -rf "$folder"
"#;

/// A running server. It is killed, and its folder removed, when this is dropped or the process ends.
#[derive(Debug)]
pub struct Influxd {
    watchdog: Child,
    pub folder: PathBuf,
    pub address: String,
}

impl Influxd {
    /// Starts the server that `INFLUXD` names, in memory, on a port that it chooses itself.
    ///
    /// `prepare` may put files into the server's folder; `arguments` may name them as `{folder}`.
    pub fn start(arguments: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        let binary = std::env::var_os("INFLUXD").expect("INFLUXD names the server to start");
        let folder = std::env::temp_dir().join(format!(
            "influxd-{}-{}",
            std::process::id(),
            super::live::unique()
        ));
        std::fs::create_dir(&folder).unwrap();
        prepare(&folder);
        let engine = folder.join("engine");
        let here = folder.to_str().expect("a temporary folder in UTF-8");
        let mut watchdog = Command::new("sh");
        watchdog
            .args(["-c", WATCHDOG, "watchdog"])
            .args([binary.as_os_str(), folder.as_os_str()])
            .args(["--http-bind-address", "127.0.0.1:0", "--store", "memory"])
            .arg("--engine-path")
            .arg(&engine)
            .args(["--reporting-disabled", "--ui-disabled"])
            .args(arguments.iter().map(|argument| argument.replace("{folder}", here)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let watchdog = watchdog.spawn().expect("a shell");
        let mut server = Self { watchdog, folder, address: String::new() };
        server.address = server.wait_for_address();
        server
    }

    /// The address in the line of the log that says that the server listens.
    fn wait_for_address(&self) -> String {
        let start = Instant::now();
        loop {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            let mut listening = log.lines().filter(|line| line.contains("msg=Listening"));
            let port = listening.next_back().and_then(|line| line.split(" port=").nth(1));
            if let Some(port) = port {
                return format!("127.0.0.1:{}", port.split_whitespace().next().unwrap());
            }
            assert!(start.elapsed() < Duration::from_secs(30), "influxd does not start:\n{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a signal to the server.
    pub fn signal(&self, signal: &str) {
        let pid = std::fs::read_to_string(self.folder.join("pid")).unwrap();
        let status = Command::new("kill").args([signal, pid.trim()]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Influxd {
    fn drop(&mut self) {
        if let Some(mut stdin) = self.watchdog.stdin.take() {
            let _ = stdin.flush();
        }
        let _ = self.watchdog.wait();
    }
}
