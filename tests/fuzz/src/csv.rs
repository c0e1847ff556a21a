//! Replies of any bytes.

use std::collections::BTreeMap;

use influx_core::annotated_csv::{Column, Dialect, OwnedRecord, Reader, Step};
use influx_core::error::Position;
use influx_core::measurement::{Decoder, FromRowOwned, Progress, Serde};
use influx_core::{Error, ErrorKind, Measurement, Value};

/// What a reader says of a reply.
#[derive(Debug, PartialEq)]
#[expect(missing_docs, reason = "each is what the reader calls it")]
pub enum Event {
    Table { result: String, id: u64, columns: Vec<Column> },
    Record { cells: Vec<Vec<u8>>, position: Position },
    Error { kind: ErrorKind, message: String, position: Option<Position> },
}

/// How a reply is cut, and how it is read.
struct Plan<'d> {
    sizes: &'d [u8],
    dialect: Dialect,
    limit: usize,
}

impl Plan<'_> {
    fn reader(&self) -> Reader {
        Reader::with_dialect(self.dialect).max_record_size(self.limit)
    }
}

/// The first bytes say how to cut and to read the others.
fn plan(data: &[u8]) -> Option<(Plan<'_>, &[u8])> {
    let (&[how, delimiter, ref sizes @ ..], reply) = data.split_first_chunk::<6>()?;
    let delimiter = if how & 2 == 0 { b',' } else { delimiter };
    let dialect = Dialect::new().header(how & 1 == 0).delimiter(delimiter).ok()?;
    let limit = if how & 4 == 0 { usize::MAX } else { 64 };
    Some((Plan { sizes, dialect, limit }, reply))
}

/// The reply in pieces; of no length too.
fn cut<'d>(mut reply: &'d [u8], sizes: &'d [u8]) -> impl Iterator<Item = &'d [u8]> {
    let sizes = if sizes.iter().all(|size| *size == 0) { &[1] } else { sizes };
    let mut sizes = sizes.iter().cycle();
    std::iter::from_fn(move || {
        let size = usize::from(*sizes.next()?).min(reply.len());
        let (piece, rest) = reply.split_at(size);
        (!reply.is_empty()).then(|| {
            reply = rest;
            piece
        })
    })
}

/// All steps of a reader that is fed these pieces, with all that it shows.
pub fn events<'d>(mut reader: Reader, pieces: impl IntoIterator<Item = &'d [u8]>) -> Vec<Event> {
    let mut pieces = pieces.into_iter();
    let mut events = Vec::new();
    loop {
        match reader.advance() {
            Ok(Step::End) => return events,
            Ok(Step::NeedInput) => match pieces.next() {
                Some(piece) => reader.feed(piece.to_vec()),
                None => reader.finish(),
            },
            Ok(Step::Table) => {
                let table = reader.table();
                let (result, columns) = (table.result().to_owned(), table.columns().to_vec());
                events.push(Event::Table { result, id: table.id(), columns });
            }
            Ok(Step::Record) => {
                let record = reader.record().unwrap();
                let cells = record.iter().map(|(_, cell)| cell.as_bytes().to_vec()).collect();
                events.push(Event::Record { cells, position: record.position() });
            }
            Err(error) => {
                let (message, position) = (error.to_string(), error.position());
                events.push(Event::Error { kind: error.kind(), message, position });
            }
        }
    }
}

/// Whatever the bytes, what is read of them does not depend on where they are cut, rows have the
/// width of their table, and an error is the last thing that is said.
pub fn scanner(data: &[u8]) {
    let Some((plan, reply)) = plan(data) else { return };
    let whole = events(plan.reader(), [reply]);
    assert_eq!(events(plan.reader(), cut(reply, plan.sizes)), whole);
    let mut width = None;
    for (place, event) in whole.iter().enumerate() {
        match event {
            Event::Table { columns, .. } => width = Some(columns.len()),
            Event::Record { cells, .. } => assert_eq!(Some(cells.len()), width),
            Event::Error { .. } => assert_eq!(place + 1, whole.len()),
        }
    }
}

#[derive(Measurement, Debug, PartialEq)]
#[measurement(name = "m")]
struct Everything {
    #[tag]
    host: String,
    #[tag]
    level: Option<Level>,
    #[field]
    float: Option<f64>,
    #[field]
    narrow: Option<f32>,
    #[field]
    integer: Option<i16>,
    #[field]
    unsigned: Option<u64>,
    #[field]
    boolean: Option<bool>,
    #[field]
    text: String,
    #[timestamp]
    time: Option<influx_core::Timestamp>,
}

#[derive(influx_core::TagValue, Debug, PartialEq)]
enum Level {
    Low,
    High,
    #[influx(other)]
    Other,
}

fn rows<'d, T: FromRowOwned>(
    plan: &Plan<'_>,
    mut pieces: impl Iterator<Item = &'d [u8]>,
) -> (Vec<T>, Option<Error>) {
    let (mut decoder, mut rows) = (Decoder::<T>::with_reader(plan.reader()), Vec::new());
    loop {
        match decoder.advance() {
            Ok(Progress::End) => return (rows, None),
            Ok(Progress::NeedInput) => match pieces.next() {
                Some(piece) => decoder.feed(piece.to_vec()),
                None => decoder.finish(),
            },
            Ok(Progress::Row) => match decoder.row().unwrap() {
                Ok(row) => rows.push(row),
                Err(error) => return (rows, Some(error)),
            },
            Err(error) => return (rows, Some(error)),
        }
    }
}

/// Whatever the bytes, rows come out or an error does, the same ones however the bytes are cut.
pub fn decode(data: &[u8]) {
    let Some((plan, reply)) = plan(data) else { return };
    same_rows::<Everything>(&plan, reply);
    same_rows::<OwnedRecord>(&plan, reply);
    same_rows::<Serde<BTreeMap<String, Value>>>(&plan, reply);
    let whole = || std::iter::once(reply);
    let (owned, _) = rows::<OwnedRecord>(&plan, whole());
    let (maps, _) = rows::<Serde<BTreeMap<String, Value>>>(&plan, whole());
    for (record, Serde(map)) in owned.iter().zip(maps) {
        let own: BTreeMap<_, _> = record.iter().map(|(c, value)| (&c.name, value)).collect();
        // As texts: a NaN is not equal to itself.
        assert_eq!(format!("{map:?}"), format!("{own:?}"));
    }
}

fn same_rows<T: FromRowOwned + std::fmt::Debug>(plan: &Plan<'_>, reply: &[u8]) {
    // As texts: a NaN is not equal to itself.
    let shown = |outcome: (Vec<T>, Option<Error>)| format!("{outcome:?}");
    let whole = shown(rows(plan, std::iter::once(reply)));
    assert_eq!(shown(rows(plan, cut(reply, plan.sizes))), whole);
}
