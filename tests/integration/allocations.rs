//! What the hot paths ask of the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use influx_core::line_protocol::LineWriter;
use influx_core::measurement::{Decoder, Progress};
use influx_core::{Mapping, Measurement, Point, Precision, Timestamp};
use influx_testkit::Server;

#[derive(Measurement)]
#[measurement(name = "cpu")]
struct Cpu<'a> {
    #[tag]
    core: &'a str,
    #[tag]
    number: u64,
    #[field]
    temp: f64,
    #[field]
    load: Option<i64>,
    #[field]
    note: &'a str,
    #[timestamp(unit = "ns")]
    time: i64,
}

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator that counts cannot be had without")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

const CPU: Cpu<'_> = Cpu {
    core: "0 with space",
    number: 1,
    temp: 22.35,
    load: Some(3),
    note: "a \"quote\"",
    time: 1,
};

#[test]
fn writing_derived_structs_and_points_allocates_nothing_per_point() {
    let point = Point::measurement("cpu").tag("core", "0").field("temp", 22.35).field("b", "c");
    let mut out = LineWriter::new(Precision::Nanoseconds);
    let mut fill = |points| {
        for _ in 0..points {
            out.write(&CPU).unwrap();
            out.write(&point).unwrap();
        }
    };
    fill(20_000);
    // The buffer doubles once or twice more; 20,000 points would show.
    let count = allocations(|| fill(20_000));
    assert!(count < 4, "{count} allocations for 40,000 points");
}

#[test]
fn writing_mapped_records_allocates_nothing_per_record() {
    #[derive(serde::Serialize)]
    struct Cpu<'a> {
        core: &'a str,
        temp: f64,
        single: f32,
        load: Option<i64>,
        note: &'a str,
        time: Timestamp,
    }
    let time = Timestamp::from_nanos(1_714_564_800_000_000_000);
    let cpu = Cpu { core: "0", temp: 22.35, single: 0.1, load: Some(3), note: "a \"quote\"", time };
    let map = serde_json::to_value(&cpu).unwrap();
    let tuple = ("0", 22.35, 0.1_f32, Some(3), "a \"quote\"", time);
    let mapping = Mapping::measurement("cpu").tag("core").time("time").default_tag("host", "a");
    let mapping = mapping.positions(["core", "temp", "single", "load", "note", "time"]);
    let mut out = LineWriter::new(Precision::Nanoseconds);
    let mut fill = |records| {
        for _ in 0..records {
            out.write(&mapping.record(&cpu)).unwrap();
            out.write(&mapping.record(&map)).unwrap();
            out.write(&mapping.record(tuple)).unwrap();
        }
    };
    fill(20_000);
    // The buffer doubles once or twice more; 20,000 records would show.
    let count = allocations(|| fill(20_000));
    assert!(count < 4, "{count} allocations for 60,000 records");
}

#[test]
fn handing_points_to_a_writer_allocates_nothing_per_point() {
    let point = Point::measurement("cpu").tag("core", "0").field("temp", 22.35).field("b", "c");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::start();
        let writer = server.client().writer(server.bucket()).batch_size(usize::MAX);
        let writer = writer.flush_interval(Duration::from_secs(3_600)).start().await.unwrap();
        let before = COUNT.with(Cell::get);
        for _ in 0..10_000 {
            let _ = writer.write(&point).await.unwrap();
        }
        let count = COUNT.with(Cell::get) - before;
        // The batch grows by doubling, and the lane's task begins.
        assert!(count < 100, "{count} allocations for 10,000 points");
        assert_eq!(writer.close().await.complete().unwrap().delivered_lines(), 10_000);
    });
}

#[test]
fn putting_rows_together_allocates_nothing_per_row() {
    let table = |datatype: &str, field: &str, value: &str| {
        let head = format!(
            "#datatype,string,long,dateTime:RFC3339,{datatype},string,string,string,string\r\n\
             #group,false,false,false,false,true,true,true,true\r\n#default,_result,,,,,,,\r\n\
             ,result,table,_time,_value,_field,_measurement,core,number\r\n"
        );
        let row = |n: u64| format!(",,0,2024-05-01T12:00:00.{n:09}Z,{value},{field},cpu,0,1\r\n");
        head + &(0..20_000).map(row).collect::<String>() + "\r\n"
    };
    let csv = table("long", "load", "3")
        + &table("string", "note", "x")
        + &table("double", "temp", "1.5");
    let mut rows = 0;
    let count = allocations(|| {
        let mut decoder = Decoder::<Cpu<'_>>::new();
        decoder.feed(csv);
        decoder.finish();
        while decoder.advance().unwrap() == Progress::Row {
            let row = decoder.row().unwrap().unwrap();
            assert_eq!((row.core, row.load, row.note), ("0", Some(3), "x"));
            rows += 1;
        }
    });
    assert_eq!(rows, 20_000);
    assert!(count < 400, "{count} allocations for 20,000 rows in three tables");
}

#[test]
fn reading_rows_that_borrow_allocates_nothing_per_row() {
    let row = ",,0,2024-05-01T12:00:00Z,cpu,0,1,22.35,3,note\r\n";
    let csv = format!(
        "#datatype,string,long,dateTime:RFC3339,string,string,string,double,long,string\r\n\
         #group,false,false,false,true,true,true,false,false,false\r\n\
         #default,_result,,,,,,,,\r\n,result,table,_time,_measurement,core,number,temp,load,note\r\n{}",
        row.repeat(20_000)
    );
    let chunks: Vec<bytes::Bytes> =
        csv.as_bytes().chunks(16 << 10).map(Into::into).map(|c: Vec<u8>| c.into()).collect();
    let pieces = chunks.len();
    let mut rows = 0;
    let count = allocations(|| {
        let (mut decoder, mut chunks) = (Decoder::<Cpu<'_>>::new(), chunks.into_iter());
        loop {
            match decoder.advance().unwrap() {
                Progress::End => break,
                Progress::NeedInput => match chunks.next() {
                    Some(chunk) => decoder.feed(chunk),
                    None => decoder.finish(),
                },
                Progress::Row => {
                    let row = decoder.row().unwrap().unwrap();
                    assert_eq!((row.core, row.load), ("0", Some(3)));
                    rows += 1;
                }
            }
        }
    });
    assert_eq!(rows, 20_000);
    assert!(count < 100, "{count} allocations for 20,000 rows in {pieces} chunks");
}
