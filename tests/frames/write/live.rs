//! Frames on a real server.

use std::collections::BTreeMap;

use fastrand::Rng;
use influx_core::annotated_csv::OwnedRecord;
use influx_core::dataframe::from_records;
use influx_core::{Mapping, Measurement, Timestamp, Value};

use super::generated::{chunk, mapping, point};
use crate::support::live::live;

#[derive(Measurement, Debug, Clone, PartialEq)]
struct Reading {
    #[tag]
    room: String,
    #[field]
    temp: f64,
    #[field]
    open: Option<bool>,
    #[timestamp]
    time: Timestamp,
}

live! {
    async fn a_frame_stores_the_points_of_its_records(live) {
        let reading = |nanos, room: &str, open| {
            Reading { room: room.into(), temp: 21.5, open, time: Timestamp::from_nanos(nanos) }
        };
        let readings = [reading(1, "hall", None), reading(2, "hall", Some(true)), reading(2, "a b", None)];
        let (client, bucket) = (&live.client, live.bucket.as_str());
        let stored = || client.select::<Reading>(bucket).range(..).fetch();
        client.write(bucket, &readings).await.unwrap();
        let of_records = stored().await.unwrap();
        client.delete(bucket).range(..).all().await.unwrap();
        assert!(stored().await.unwrap().is_empty());

        let frame = from_records(&readings).unwrap();
        client.write_frame(bucket, &frame, &Mapping::of::<Reading>()).await.unwrap();
        assert_eq!(stored().await.unwrap(), of_records);
        assert_eq!(of_records.len(), readings.len());
    }

    async fn frames_of_every_type_come_back_as_documented(live) {
        let mut rng = Rng::with_seed(7);
        let mut frame = chunk(0, 700, &mut rng).drop("cat").unwrap();
        frame.vstack_mut(&chunk(700, 500, &mut rng).drop("cat").unwrap()).unwrap();
        let write = live.client.write_frame(&live.bucket, &frame, &mapping()).batch_rows(400);
        let report = write.await.unwrap();
        assert_eq!(report.rows(), 1_200);

        let mut expected = BTreeMap::new();
        for point in (0..frame.height()).filter_map(|row| point(&frame, row)) {
            let time = Timestamp::from_nanos(i64::try_from(point.nanos().unwrap()).unwrap());
            let tags = point.tags().filter(|(_, value)| !value.is_empty());
            let tags = tags.map(|(key, value)| (key.to_owned(), Value::String(value.to_owned())));
            // An empty text comes back as null.
            let is_there = |value: &Value| *value != Value::Null && *value != Value::String(String::new());
            let fields = point.fields().filter(|(_, value)| is_there(value));
            let fields = fields.map(|(key, value)| (key.to_owned(), value.clone()));
            expected.insert(time, tags.chain(fields).collect::<BTreeMap<_, _>>());
        }
        assert_eq!(report.points(), expected.len());

        let rows: Vec<OwnedRecord> = live.client.query(live.pivoted()).fetch().await.unwrap();
        let mut stored = BTreeMap::new();
        for row in &rows {
            let Some(Value::Time(time)) = row.get("_time").cloned() else { panic!("{row:?}") };
            let mut cells = BTreeMap::new();
            for (column, value) in row.iter() {
                let name = column.name.as_str();
                let own = !name.starts_with('_') && !["result", "table"].contains(&name);
                if own && *value != Value::Null && *value != Value::String(String::new()) {
                    cells.insert(name.to_owned(), value.clone());
                }
            }
            assert!(stored.insert(time, cells).is_none());
        }
        assert_eq!(stored.len(), expected.len());
        for (time, cells) in expected {
            assert_eq!(stored[&time], cells, "{time}");
        }
    }
}
