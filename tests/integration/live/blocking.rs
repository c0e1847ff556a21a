//! The client without async, against a real server.

use chrono::{DateTime, TimeDelta, Utc};
use influx_core::Measurement;
use influx_core::blocking::{Wait as _, WaitEach as _};

use crate::support::live::live;

#[derive(Measurement, Debug, Clone, PartialEq)]
struct Cpu {
    #[tag]
    core: String,
    #[field]
    temp: f64,
    #[timestamp]
    time: DateTime<Utc>,
}

live! {
    async fn every_kind_of_call_can_be_waited_for(live) {
        let waiting = move || {
            let (client, bucket) = (&live.client, live.bucket.as_str());
            let time = DateTime::UNIX_EPOCH;
            let cpu = |core: usize| Cpu { core: core.to_string(), temp: 22.5, time };
            client.write(bucket, cpu(0)).wait().unwrap();
            let writer = client.writer(bucket).start().wait().unwrap();
            writer.write((1..100).map(cpu)).wait().unwrap().wait().unwrap();
            assert_eq!(writer.close().wait().unwrap().to_string(), "99 lines delivered");

            let select = || client.select::<Cpu>(bucket).range(time..time + TimeDelta::hours(1));
            assert_eq!(select().fetch().wait().unwrap().len(), 100);
            let mut cores: Vec<_> = select().stream().wait_each().map(|row| row.unwrap().core).collect();
            cores.sort_by_key(|core| core.parse::<usize>().unwrap());
            assert_eq!(cores, Vec::from_iter((0..100).map(|core| core.to_string())));
            let mut rows = select().filter(Cpu::CORE.eq("7")).rows();
            assert_eq!(rows.next().wait().unwrap(), Some(cpu(7)));

            client.delete(bucket).range(time..time + TimeDelta::hours(1)).all().wait().unwrap();
            assert!(select().fetch().wait().unwrap().is_empty());
            assert!(client.buckets().find(bucket).wait().unwrap().is_some());
            assert!(client.health().wait().unwrap().version.is_some());
        };
        std::thread::spawn(waiting).join().unwrap();
    }
}
