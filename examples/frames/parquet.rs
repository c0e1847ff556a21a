//! Parquet in, Parquet out: a file becomes points, and a query's answer a file, in pieces that fit
//! into memory.
//!
//! `cargo run -p influx-frame-examples --example parquet`, through the bucket `parquet` of the server that
//! `INFLUXDB_V2_URL` names, or of one inside this process.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs::File;
use std::path::Path;

use influx_core::dataframe::FrameOptions;
use influx_core::{Client, flux};
use influx_frame_examples::{hourly_temperatures, temperature};
use polars::prelude::{
    DataFrame, ParquetReader, ParquetWriter, SerReader as _, SortMultipleOptions,
};

const BUCKET: &str = "parquet";
/// As many rows are in memory at once.
const ROWS: usize = 5_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, _server) = influx_examples::connect()?;
    if client.buckets().find(BUCKET).await?.is_none() {
        client.buckets().create(BUCKET).await?;
    }
    let folder = std::env::temp_dir().join(format!("influx-parquet-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (input, output) = (folder.join("in.parquet"), folder.join("out.parquet"));
    ParquetWriter::new(File::create(&input)?).finish(&mut hourly_temperatures()?)?;

    import(&client, &input).await?;
    export(&client, &output).await?;

    let order = SortMultipleOptions::default;
    let before = read(&input)?.sort(["city", "time"], order())?;
    let after = read(&output)?.sort(["city", "_time"], order())?;
    let [before, stored] = [before.column("temperature_f")?, after.column("fahrenheit")?];
    assert!(before.as_materialized_series().equals(stored.as_materialized_series()));
    println!("{} rows went through the bucket: {after}", after.height());
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn read(path: &Path) -> Result<DataFrame, Box<dyn Error>> {
    Ok(ParquetReader::new(File::open(path)?).finish()?)
}

async fn import(client: &Client, path: &Path) -> Result<(), Box<dyn Error>> {
    let report = client.write_frame(BUCKET, &read(path)?, &temperature()).await?;
    println!("{} points of {} rows written", report.points(), report.rows());
    Ok(())
}

async fn export(client: &Client, path: &Path) -> Result<(), Box<dyn Error>> {
    let script = flux!(
        r#"from(bucket: {BUCKET}) |> range(start: 2010-01-01, stop: 2011-01-02)
            |> filter(fn: (r) => r._measurement == "temperature")"#
    );
    let options = FrameOptions::new().wide().text_tags().columns(["city", "_time", "fahrenheit"]);
    let mut chunks = client.query(script).frames(options).data_frame_chunks(ROWS);
    let mut file = None;
    while let Some(chunk) = chunks.next().await? {
        let writer = match &mut file {
            Some(writer) => writer,
            // The first piece knows the columns.
            None => file.insert(ParquetWriter::new(File::create(path)?).batched(chunk.schema())?),
        };
        writer.write_batch(&chunk)?;
    }
    if let Some(writer) = file {
        writer.finish()?;
    }
    Ok(())
}
