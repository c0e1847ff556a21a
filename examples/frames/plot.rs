//! A query, plotted: the mean temperature of each day of two cities, from the server into a frame, and
//! from the frame into a picture.
//!
//! `cargo run -p influx-frame-examples --example plot [FILE.png]`, with the bucket `plot` of the server that
//! `INFLUXDB_V2_URL` names, or of one inside this process.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use influx_core::dataframe::to_records;
use influx_core::{Client, Measurement};
use influx_frame_examples::{hourly_temperatures, temperature};
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

const BUCKET: &str = "plot";
const SIZE: (u32, u32) = (1200, 600);
const GRID: RGBColor = RGBColor(220, 220, 220);
const FINE_GRID: RGBColor = RGBColor(244, 244, 244);

/// A reading, and the mean of some.
#[derive(Measurement, Debug)]
struct Temperature {
    #[tag]
    city: String,
    #[field]
    fahrenheit: f64,
    #[timestamp]
    time: DateTime<Utc>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).map_or_else(|| "temperatures.png".into(), PathBuf::from);
    let (client, _server) = influx_examples::connect()?;
    if client.buckets().find(BUCKET).await?.is_none() {
        client.buckets().create(BUCKET).await?;
    }
    client.write_frame(BUCKET, &hourly_temperatures()?, &temperature()).await?;
    let days = days(&client).await?;
    plot(&days, &path)?;
    println!("{} days are plotted in {}", days.len(), path.display());
    Ok(())
}

/// The means of the days, both cities, each with the end of its day. Windows begin at midnight in UTC; between these two all are whole.
async fn days(client: &Client) -> Result<Vec<Temperature>, Box<dyn Error>> {
    let year: [DateTime<Utc>; 2] =
        ["2010-01-02T00:00:00Z".parse()?, "2011-01-01T00:00:00Z".parse()?];
    let frame = client
        .select::<Temperature>(BUCKET)
        .range(year[0]..year[1])
        .mean()
        .every(Duration::from_secs(86_400))
        .group_by(Temperature::CITY)
        .data_frame()
        .await?;
    println!("{frame}");
    Ok(to_records(&frame)?)
}

fn plot(days: &[Temperature], path: &Path) -> Result<(), Box<dyn Error>> {
    register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| "the font is none")?;
    let times = days.iter().map(|day| day.time);
    let range = times.clone().min().zip(times.max()).ok_or("there is nothing to plot")?;
    let root = BitMapBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Mean temperature of each day of 2010, °F", ("sans-serif", 28))
        .margin(16)
        .x_label_area_size(32)
        .y_label_area_size(48)
        .build_cartesian_2d(range.0..range.1, 30.0..80.0)?;
    chart
        .configure_mesh()
        .x_label_formatter(&|time| time.format("%d %b").to_string())
        .bold_line_style(GRID)
        .light_line_style(FINE_GRID)
        .draw()?;
    for (city, color) in [("Seattle", &BLUE), ("San Francisco", &RED)] {
        let line = days.iter().filter(|day| day.city == city).map(|day| (day.time, day.fahrenheit));
        chart
            .draw_series(LineSeries::new(line, color))?
            .label(city)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], color));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(GRID)
        .draw()?;
    root.present()?;
    Ok(())
}
