//! A large file of line protocol, imported with a progress bar; bad lines are listed with their
//! places in the file.
//!
//! `cargo run --release --example import [FILE]`; without a file, one of 200,000 lines is made. Into
//! the bucket `import` of the server that `INFLUXDB_V2_URL` names, or of one inside this process.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use influx_core::Result;
use influx_core::client::Writer;
use influx_core::error::Refused;

const BUCKET: &str = "import";
/// As many lines are handed over at once.
const CHUNK: u64 = 5_000;

/// A line that was not taken: its number in the file, and why.
type BadLine = (u64, String);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = match std::env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => make_file()?,
    };
    let (client, _server) = influx_examples::connect()?;
    if client.buckets().find(BUCKET).await?.is_none() {
        client.buckets().create(BUCKET).await?;
    }
    let writer = client.writer(BUCKET).batch_size(5_000).max_in_flight(2).start().await?;
    let bad = import(&path, &writer).await?;
    let report = writer.close().await;
    for (line, reason) in &bad {
        println!("line {line}: {reason}");
    }
    println!("{} lines delivered, {} refused", report.delivered_lines(), report.refused_lines());
    if report.undelivered_lines() > 0 {
        return Err(report.to_string().into());
    }
    Ok(())
}

/// Hands over the file chunk by chunk; more than the writer may hold is never in memory.
///
/// The chunks end at line feeds. Where texts hold line feeds themselves, cut elsewhere.
async fn import(path: &Path, writer: &Writer) -> Result<Vec<BadLine>, Box<dyn Error>> {
    let file = File::open(path)?;
    let style = "{bar:40} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    let bar =
        ProgressBar::new(file.metadata()?.len()).with_style(ProgressStyle::with_template(style)?);
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let (mut bad, mut before, mut chunk) = (Vec::new(), 0, Vec::new());
    loop {
        chunk.clear();
        let mut lines = 0;
        while lines < CHUNK && reader.read_until(b'\n', &mut chunk)? > 0 {
            lines += 1;
        }
        if lines == 0 {
            break;
        }
        if let Err(error) = writer.write(&chunk).await {
            if error.refused().is_empty() {
                return Err(error.into());
            }
            bad.extend(places(&error, before));
        }
        before += lines;
        bar.inc(u64::try_from(chunk.len())?);
    }
    bar.finish();
    Ok(bad)
}

/// Where the bad lines of a chunk stand in the file.
fn places(error: &influx_core::Error, before: u64) -> Vec<BadLine> {
    let reasons = error.refused().iter().map(Refused::reason);
    // The reason of a text with several bad lines has those in turn.
    let lines = reasons.flat_map(|reason| match reason.refused() {
        [] => vec![reason],
        several => several.iter().map(Refused::reason).collect(),
    });
    let place = |reason: &influx_core::Error| reason.position().map_or(0, |place| place.line);
    lines.map(|reason| (before + place(reason), reason.to_string())).collect()
}

fn make_file() -> Result<PathBuf, Box<dyn Error>> {
    let path = std::env::temp_dir().join("influx-core-import.lp");
    let mut file = std::io::BufWriter::new(File::create(&path)?);
    for n in 0_u64..200_000 {
        let value = if n % 70_000 == 60_000 { "warm" } else { "22.35" };
        writeln!(
            file,
            "weather,station={} temp={value} {}",
            n % 50,
            1_714_564_800_000_000_000 + n
        )?;
    }
    file.flush()?;
    println!("made {}, with bad lines in it", path.display());
    Ok(path)
}
