//! The whole loop: four years of weather as typed records, into InfluxDB and back.
//!
//! Writes to the server that `INFLUXDB_V2_URL`, `INFLUXDB_V2_TOKEN` and `INFLUXDB_V2_ORG` name, or
//! else to one inside this process, into the bucket `quickstart`; reads the same records back, and
//! checks that they are equal.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use influx_core::{ErrorKind, Measurement, TagValue};
use serde::Deserialize;

const BUCKET: &str = "quickstart";
const DATA: &str = include_str!("data/seattle-weather.csv");

/// One day: a point of the measurement `weather_day`.
#[derive(Measurement, Debug, Clone, PartialEq, Deserialize)]
struct WeatherDay {
    #[tag]
    weather: Weather,
    #[field]
    precipitation_mm: f64,
    #[field]
    temp_max_c: f64,
    #[field]
    temp_min_c: f64,
    #[field]
    wind_m_per_s: f64,
    #[timestamp]
    #[serde(rename = "date", deserialize_with = "midnight")]
    day: DateTime<Utc>,
}

#[derive(TagValue, Debug, Clone, Copy, PartialEq, Deserialize)]
#[influx(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
enum Weather {
    Drizzle,
    Fog,
    Rain,
    Snow,
    Sun,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let sent: Vec<WeatherDay> =
        csv::Reader::from_reader(DATA.as_bytes()).deserialize().collect::<Result<_, _>>()?;

    let (client, _server) = influx_examples::connect()?;
    let version = client.version().await.map_err(explain)?;
    println!("InfluxDB {version}");
    let buckets = client.buckets();
    if buckets.find(BUCKET).await.map_err(explain)?.is_none() {
        buckets.create(BUCKET).description("influx-core quickstart").await?;
    }

    client.write(BUCKET, &sent).await?;
    println!("wrote {} days into the bucket `{BUCKET}`", sent.len());

    let years = midnight_of(2012)..midnight_of(2016);
    let mut received = client.select::<WeatherDay>(BUCKET).range(years).fetch().await?;
    // They come by tag, each by time.
    received.sort_by_key(|day| day.day);
    if received != sent {
        return Err("what came back is not what was sent".into());
    }
    println!("read {} days back: all equal\n", received.len());

    print_months(&received);
    print_kinds(&received);
    Ok(())
}

fn midnight_of(year: i32) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}

/// The first thing that can go wrong for a newcomer is that there is no server.
fn explain(error: influx_core::Error) -> Box<dyn Error> {
    match error.kind() {
        ErrorKind::Connect | ErrorKind::InvalidInput | ErrorKind::Unauthorized => format!(
            "{error}\nSet INFLUXDB_V2_URL, INFLUXDB_V2_TOKEN and INFLUXDB_V2_ORG to a server that \
             runs, or none of them, to use one inside this process"
        )
        .into(),
        _ => error.into(),
    }
}

/// A month of all years: sums and count of its days.
#[derive(Default)]
struct Month {
    days: f64,
    rain: f64,
    low: f64,
    high: f64,
}

/// The mean month in numbers, and its span of temperatures as a bar.
fn print_months(days: &[WeatherDay]) {
    let mut months: BTreeMap<u32, Month> = BTreeMap::new();
    for day in days {
        let month = months.entry(day.day.month()).or_default();
        month.days += 1.0;
        month.rain += day.precipitation_mm;
        month.low += day.temp_min_c;
        month.high += day.temp_max_c;
    }
    println!("month   rain mm/day   low °C  high °C   0 °C      10        20        30");
    for (number, Month { days, rain, low, high }) in months {
        let (low, high) = (low / days, high / days);
        let bar: String = (0..32)
            .map(f64::from)
            .map(|degree| if (low..=high).contains(&degree) { '█' } else { '·' })
            .collect();
        println!("{number:>5}{:>14.1}{low:>9.1}{high:>9.1}   {bar}", rain / days);
    }
}

/// How often each kind of weather was.
fn print_kinds(days: &[WeatherDay]) {
    println!();
    for kind in [Weather::Sun, Weather::Rain, Weather::Fog, Weather::Drizzle, Weather::Snow] {
        let count = days.iter().filter(|day| day.weather == kind).count();
        println!("{:>8}{count:>5} {}", format!("{kind:?}"), "█".repeat(count / 10));
    }
}

fn midnight<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    NaiveDate::deserialize(deserializer).map(|date| date.and_time(NaiveTime::MIN).and_utc())
}
