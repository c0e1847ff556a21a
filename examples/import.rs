//! A large file of line protocol, imported with a progress bar; bad lines are listed with their
//! places in the file.
//!
//! `cargo run --release --example import [FILE]`; without a file, one of 200,000 lines is made. Into
//! the bucket `import` of the server that `INFLUXDB_V2_URL` names, or of one inside this process.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use influx_core::client::{Writer, writer::TextReport};
use influx_core::line_protocol::LineReader;

const BUCKET: &str = "import";

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
    let text = import(&path, &writer).await?;
    let report = writer.close().await;
    for refused in text.refused() {
        println!("{}", refused.reason());
    }
    println!("{} lines delivered, {} refused", report.delivered_lines(), text.refused_lines());
    if report.undelivered_lines() > 0 {
        return Err(report.to_string().into());
    }
    Ok(())
}

/// Hands over the file chunk by chunk; more than the writer may hold is never in memory.
///
/// Without the bar this is `writer.write_file(path)`, which reads texts with line feeds in them as well.
/// Here each line feed ends a line, so a quote that is not closed costs its line alone.
async fn import(path: &Path, writer: &Writer) -> Result<TextReport, Box<dyn Error>> {
    let file = File::open(path)?;
    let style = "{bar:40} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    let bar =
        ProgressBar::new(file.metadata()?.len()).with_style(ProgressStyle::with_template(style)?);
    let lines = LineReader::new(bar.wrap_read(file)).single_lines();
    let report = writer.write_reader(lines).await?;
    bar.finish();
    Ok(report)
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
