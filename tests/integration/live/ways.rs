//! The ways to hand over data, all to one server.

use std::collections::BTreeMap;

use influx_core::line_protocol::LineReader;
use influx_core::{Mapping, Measurement, Point, Precision, Timestamp, Value};
use serde::Serialize;

use crate::support::live::live;

#[derive(Measurement, Serialize, Debug, Clone, PartialEq)]
#[measurement(name = "weather")]
struct Weather {
    #[tag]
    way: String,
    #[tag]
    station: String,
    #[field]
    temp: f64,
    #[field]
    count: i64,
    #[field]
    note: Option<String>,
    #[timestamp]
    #[serde(rename = "at")]
    time: Timestamp,
}

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "weather")]
struct Tuple(
    #[tag(name = "way")] String,
    #[tag(name = "station")] String,
    #[field(name = "temp")] f64,
    #[field(name = "count")] i64,
    #[field(name = "note")] Option<String>,
    #[timestamp] Timestamp,
);

fn readings(way: &str) -> Vec<Weather> {
    let notes = [None, Some("a \"quote\", a \\ and\na line feed".to_owned())];
    let reading = |n: i32| Weather {
        way: way.to_owned(),
        station: format!("Brno, {}", n % 2),
        temp: 0.1 * f64::from(n),
        count: i64::from(n) - 1,
        note: notes[usize::try_from(n % 2).unwrap()].clone(),
        time: Timestamp::from_nanos(1_714_564_800_000_000_001 + i64::from(n)),
    };
    (0..4).map(reading).collect()
}

fn point(reading: &Weather) -> Point {
    Point::measurement("weather")
        .tag("way", &reading.way)
        .tag("station", &reading.station)
        .field("temp", reading.temp)
        .field("count", reading.count)
        .field("note", reading.note.clone())
        .timestamp(reading.time)
}

fn tuple(reading: Weather) -> Tuple {
    let Weather { way, station, temp, count, note, time } = reading;
    Tuple(way, station, temp, count, note, time)
}

fn map(reading: &Weather) -> BTreeMap<&str, Value> {
    BTreeMap::from([
        ("way", reading.way.as_str().into()),
        ("station", reading.station.as_str().into()),
        ("temp", reading.temp.into()),
        ("count", reading.count.into()),
        ("note", reading.note.clone().into()),
        ("at", Value::Time(reading.time)),
    ])
}

live! {
    async fn every_way_stores_the_same_points(live) {
        let (client, bucket) = (&live.client, live.bucket.as_str());
        let text = |way| readings(way).iter().map(|r| point(r).to_string() + "\n").collect::<String>();
        client.write(bucket, text("text")).await.unwrap();
        let json = readings("dictionary").iter().map(|r| serde_json::to_string(&point(r)).unwrap()).collect::<Vec<_>>();
        let points: Vec<Point> = json.iter().map(|json| serde_json::from_str(json).unwrap()).collect();
        client.write(bucket, points).await.unwrap();
        client.write(bucket, readings("point").iter().map(point)).await.unwrap();
        client.write(bucket, readings("struct")).await.unwrap();
        client.write(bucket, readings("tuple struct").into_iter().map(tuple)).await.unwrap();

        let mapping = Mapping::measurement("weather").tags(["way", "station"]).time("at");
        client.write(bucket, mapping.records(readings("mapped struct"))).await.unwrap();
        client.write(bucket, mapping.records(readings("mapped map").iter().map(map))).await.unwrap();
        let json: Vec<serde_json::Value> = readings("mapped JSON").iter().map(|r| serde_json::to_value(r).unwrap()).collect();
        client.write(bucket, mapping.records(&json)).await.unwrap();
        let keys = ["way", "station", "temp", "count", "note", "at"];
        let counted = Mapping::measurement("weather").tags(["way", "station"]).time_in("at", Precision::Nanoseconds).positions(keys);
        let rows = readings("mapped tuple");
        let rows = rows.iter().map(|r| (&r.way, &r.station, r.temp, r.count, &r.note, r.time.as_nanos()));
        client.write(bucket, counted.records(rows)).await.unwrap();
        let writer = client.writer(bucket).start().await.unwrap();
        let file = LineReader::new(std::io::Cursor::new(text("file"))).chunk_size(50);
        assert_eq!(writer.write_reader(file).await.unwrap().taken_lines(), 4);
        writer.close().await.complete().unwrap();

        for way in ["text", "dictionary", "point", "struct", "tuple struct", "mapped struct", "mapped map", "mapped JSON", "mapped tuple", "file"] {
            let of = format!("{} |> filter(fn: (r) => r.way == \"{way}\") |> group() |> sort(columns: [\"_time\"])", live.pivoted());
            let rows: Vec<Weather> = client.query(of.as_str()).fetch().await.unwrap();
            assert_eq!(rows, readings(way), "{way}");
            let rows: Vec<Tuple> = client.query(of).fetch().await.unwrap();
            assert_eq!(rows, readings(way).into_iter().map(tuple).collect::<Vec<_>>(), "{way}");
        }
    }
}
