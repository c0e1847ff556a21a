//! A server in a process of its own: streams annotated CSV that it makes on the fly.
//!
//! The Flux script that it is asked is the size of the reply in MiB. It prints its port, and then
//! one [`Report`] for each request. It ends when its standard input does.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, BufWriter, Lines, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::cpu;

/// What tells this program to be the server.
pub(crate) const ARGUMENT: &str = "serve";

const ROWS_OF_A_TABLE: usize = 50_000;
const ROWS_OF_A_SECOND: usize = 100;
/// The length of `2024-05-01T12:00:00`.
const SECOND: usize = 19;
const CHUNK: usize = 16 << 10;
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/csv; charset=utf-8\r\n\
                    transfer-encoding: chunked\r\nconnection: close\r\n\r\n";

/// What was sent or read: how many rows, and a checksum of their values in order.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest {
    pub(crate) rows: u64,
    checksum: u64,
}

impl Digest {
    pub(crate) fn add(&mut self, core: &str, hostname: &str, temp: f64, time: i64) {
        self.rows += 1;
        for text in [core, hostname] {
            text.bytes().for_each(|byte| self.mix(byte.into()));
        }
        self.mix(temp.to_bits());
        self.mix(time.cast_unsigned());
    }

    /// One step of FNV-1a.
    const fn mix(&mut self, value: u64) {
        self.checksum = (self.checksum ^ value).wrapping_mul(0x0100_0000_01b3);
    }
}

/// What the server says of one request.
#[derive(Debug)]
pub(crate) struct Report {
    /// Of the CSV, without its framing.
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
    /// Whether a write failed: the client had closed the connection.
    pub(crate) cut: bool,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, digest: Digest { rows, checksum }, cut } = self;
        write!(f, "{bytes} {rows} {checksum} {}", u64::from(*cut))
    }
}

impl Report {
    fn parse(line: &str) -> Self {
        let mut numbers = line.split(' ').map(|number| number.parse().unwrap());
        let mut next = || numbers.next().unwrap();
        Self { bytes: next(), digest: Digest { rows: next(), checksum: next() }, cut: next() != 0 }
    }
}

/// The server, seen from the process that started it.
pub(crate) struct Generator {
    pub(crate) url: String,
    lines: Lines<BufReader<ChildStdout>>,
    /// Holds the server's standard input.
    _child: Child,
}

impl Generator {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap();
        Self { url: format!("http://127.0.0.1:{port}"), lines, _child: child }
    }

    /// Waits for the end of the oldest request that has not been reported.
    pub(crate) fn report(&mut self) -> Report {
        Report::parse(&self.lines.next().unwrap().unwrap())
    }
}

/// The server itself.
pub(crate) fn serve() {
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    for connection in listener.incoming() {
        println!("{}", answer(&connection.unwrap()));
    }
}

fn answer(connection: &TcpStream) -> Report {
    let bytes = read_request(connection) << 20;
    let mut report = Report { bytes: 0, digest: Digest::default(), cut: false };
    report.cut = send(bytes, BufWriter::with_capacity(2 * CHUNK, connection), &mut report).is_err();
    report
}

/// The size that a request asks for, in MiB.
fn read_request(mut connection: &TcpStream) -> u64 {
    const BEFORE: &str = r#""query":""#;
    let mut request = String::new();
    loop {
        let mut part = [0; 4096];
        let length = connection.read(&mut part).unwrap();
        assert!(length > 0, "the request breaks off: {request}");
        request.push_str(std::str::from_utf8(&part[..length]).unwrap());
        let script = request.split_once(BEFORE).and_then(|(_, rest)| rest.split_once('"'));
        if let Some((size, _)) = script {
            return size.parse().unwrap();
        }
    }
}

/// Sends tables until the reply has so many bytes.
fn send(bytes: u64, mut out: impl Write, report: &mut Report) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    let (mut rows, mut chunk) = (Rows::new(), String::from(cpu::HEADER));
    while report.bytes < bytes {
        while chunk.len() < CHUNK {
            rows.write_next(&mut chunk, &mut report.digest);
        }
        write!(out, "{:x}\r\n{chunk}\r\n", chunk.len())?;
        report.bytes += chunk.len() as u64;
        chunk.clear();
    }
    out.write_all(b"0\r\n\r\n")?;
    out.flush()
}

/// Makes the rows of a reply. Texts that come again are kept, so that this is faster than reading.
struct Rows {
    next: usize,
    tags: [String; 2],
    /// The time of the next row, up to its fraction.
    second: String,
    /// The fractions of the rows of any second.
    fractions: Vec<String>,
    temps: Vec<String>,
}

impl Rows {
    fn new() -> Self {
        let fraction = |n| cpu::time(n).to_string().split_off(SECOND);
        Self {
            next: 0,
            tags: cpu::tags(0),
            second: String::new(),
            fractions: (0..ROWS_OF_A_SECOND).map(fraction).collect(),
            temps: (0..1000).map(|n| cpu::temp(n).to_string()).collect(),
        }
    }

    fn write_next(&mut self, csv: &mut String, digest: &mut Digest) {
        let (n, table) = (self.next, self.next / ROWS_OF_A_TABLE);
        if n.is_multiple_of(ROWS_OF_A_TABLE) {
            self.tags = cpu::tags(table);
        }
        if n.is_multiple_of(ROWS_OF_A_SECOND) {
            self.second = cpu::time(n).to_string();
            self.second.truncate(SECOND);
        }
        let time = format_args!("{}{}", self.second, self.fractions[n % ROWS_OF_A_SECOND]);
        cpu::write_row(csv, table, &self.tags, time, &self.temps[n % self.temps.len()]);
        let [core, hostname] = &self.tags;
        digest.add(core, hostname, cpu::temp(n), cpu::time(n).as_nanos());
        self.next += 1;
    }
}
