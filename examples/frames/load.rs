//! A CSV file, read by polars, loaded into a bucket with a progress bar, read back and compared.
//!
//! `cargo run -p influx-frame-examples --example load`, into the bucket `temperatures` of the server that
//! `INFLUXDB_V2_URL` names, or of one inside this process.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use indicatif::{ProgressBar, ProgressStyle};
use influx_core::dataframe::FrameOptions;
use influx_core::{Client, flux};
use influx_frame_examples::{hourly_temperatures, temperature};
use polars::prelude::{DataFrame, SortMultipleOptions};

const BUCKET: &str = "temperatures";
/// As many rows go into a request.
const ROWS: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, _server) = influx_examples::connect()?;
    if client.buckets().find(BUCKET).await?.is_none() {
        client.buckets().create(BUCKET).await?;
    }
    let frame = hourly_temperatures()?;
    load(&client, &frame).await?;

    let stored = stored(&client).await?;
    // Sorted by city and time, both have the same rows in the same order.
    let sorted = frame.sort(["city", "time"], SortMultipleOptions::default())?;
    let [read, written] = [stored.column("fahrenheit")?, sorted.column("temperature_f")?];
    assert!(read.as_materialized_series().equals(written.as_materialized_series()));
    println!("{stored}");
    println!("{} readings are there again, as they were in the file", stored.height());
    Ok(())
}

/// Writes the frame piece by piece, so that there is something to show.
async fn load(client: &Client, frame: &DataFrame) -> Result<(), Box<dyn Error>> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {per_sec}, {eta} left")?;
    let bar = ProgressBar::new(u64::try_from(frame.height())?).with_style(style);
    let mapping = temperature();
    for first in (0..frame.height()).step_by(ROWS) {
        let written = client.write_frame(BUCKET, frame, &mapping).rows(first..first + ROWS).await?;
        bar.inc(u64::try_from(written.rows())?);
    }
    bar.finish();
    Ok(())
}

async fn stored(client: &Client) -> Result<DataFrame, Box<dyn Error>> {
    let script = flux!(
        r#"from(bucket: {BUCKET}) |> range(start: 2010-01-01, stop: 2011-01-02)
            |> filter(fn: (r) => r._measurement == "temperature")"#
    );
    let options = FrameOptions::new().wide().text_tags().columns(["city", "_time", "fahrenheit"]);
    let frame = client.query(script).frames(options).data_frame().await?;
    Ok(frame.sort(["city", "_time"], SortMultipleOptions::default())?)
}
