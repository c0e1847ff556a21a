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
/// Each line of the file is a text of its own: a quote that is not closed costs its line. In one
/// text of several lines it would cost the lines behind it as well, up to the next quote. The price is
/// that a text field must not hold a line feed; hand over files that have such fields whole.
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
        if let Err(error) = writer.write(chunk.split_inclusive(|byte| *byte == b'\n')).await {
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
fn places(error: &influx_core::Error, before: u64) -> impl Iterator<Item = BadLine> {
    let number = move |refused: &Refused| before + refused.index() as u64 + 1;
    error.refused().iter().map(move |refused| (number(refused), refused.reason().to_string()))
}

fn make_file() -> Result<PathBuf, Box<dyn Error>> {
    let path = std::env::temp_dir().join("influx-core-import.lp");
    let mut file = std::io::BufWriter::new(File::create(&path)?);
    for n in 0_u64..200_000 {
        let value = match n % 70_000 {
            60_000 => "warm",
            65_000 => "\"a quote that is not closed",
            _ => "22.35",
        };
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
