//! Tables as storage hands them over.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::{Cell, Kind};
use super::condition::StoredFilter;
use super::plan::Read;
use super::table::{Flow, GroupKey, Header, Message, Row, Table, position};
use crate::engine::{Column, Engine};
use crate::point::{Text, Type};
use crate::refusal::Refusal;

/// Storage hands over this many rows at most at a time.
const BLOCK: usize = 1000;

/// A field of a series, with `_field` and `_measurement` among its tags.
struct Stream {
    tags: BTreeMap<Text, Text>,
    r#type: Type,
    /// At least one point; by time.
    points: Vec<Vec<(i64, Cell)>>,
}

/// Reads what a plan asks for.
///
/// # Errors
/// A tag is named like a column of the server's own, which the server's stages cannot bear.
pub(super) fn read(engine: &Engine, read: &Read, plain: bool) -> Result<Flow, Refusal> {
    let filter = read.condition.as_ref().map(StoredFilter::new).transpose()?;
    let columns = engine.read(read.start, read.stop);
    let columns: Vec<_> = columns.collect();
    if let Some(filter) = &filter {
        columns.iter().try_for_each(|column| check_shards(engine, read, column, filter))?;
    }
    let streams: Vec<_> =
        columns.into_iter().filter_map(|column| stream(engine, column, filter.as_ref())).collect();
    let plain = plain && read.group.is_none();
    let poison = |tag: &Text| match &**tag {
        b"_time" | b"_value" => true,
        b"_start" | b"_stop" => !plain,
        _ => false,
    };
    if let Some(tag) = streams.iter().flat_map(|stream| stream.tags.keys()).find(|tag| poison(tag))
    {
        return Err(Refusal::unknown(format!("what becomes of a tag named {tag} here")));
    }
    let tables = match &read.group {
        None => streams.into_iter().map(|stream| stream.into_table(read)).collect(),
        Some(labels) => grouped(streams, labels, read)?,
    };
    Ok(Flow { messages: tables.into_iter().map(Message::Table).collect(), failure: None })
}

/// From the second shard on, the real server may hold a condition on values against a field for which
/// that condition does not matter: the one it used for the field before.
fn check_shards(
    engine: &Engine,
    read: &Read,
    column: &Column<'_>,
    filter: &StoredFilter,
) -> Result<(), Refusal> {
    let last = column.points.last().and_then(|(time, _)| engine.shard_of(*time));
    let is_in_first = last == engine.first_shard(read.start, read.stop);
    if is_in_first || !filter.ignores_values(column.series, column.field) {
        return Ok(());
    }
    Err(Refusal::unknown("a condition on `_value` or something else, over several shards"))
}

/// What passes the pushed filters, if anything does.
fn stream(engine: &Engine, column: Column<'_>, filter: Option<&StoredFilter>) -> Option<Stream> {
    let Column { series, field, mut points } = column;
    if let Some(filter) = filter {
        points.retain(|(_, value)| filter.keeps(series, field, value));
    }
    let (_, first) = points.first()?;
    let r#type = first.r#type();
    let mut tags: BTreeMap<_, _> = series.tags.iter().cloned().collect();
    tags.insert(Text::from("_field"), field.clone());
    tags.insert(Text::from("_measurement"), series.measurement.clone());
    let shards = points.chunk_by(|(a, _), (b, _)| engine.shard_of(*a) == engine.shard_of(*b));
    let blocks = shards.flat_map(|shard| shard.chunks(BLOCK));
    let points = blocks.map(|block| block.iter().map(|(time, value)| (*time, Cell::from(*value))));
    Some(Stream { tags, r#type, points: points.map(Iterator::collect).collect() })
}

impl Stream {
    fn into_table(self, read: &Read) -> Table {
        let headers = headers(self.r#type, self.tags.keys());
        let mut key = bounds(read);
        key.extend(self.tags.iter().map(|(tag, value)| {
            (Header { label: tag.clone(), kind: Kind::String }, Cell::String(value.clone()))
        }));
        let blocks = self.rows(read, &headers);
        let key = Arc::new(GroupKey::new(key));
        Table { key, headers: headers.into(), blocks, failure: None }
    }

    fn rows(&self, read: &Read, headers: &[Header]) -> Vec<Vec<Row>> {
        let tags = headers[4..].iter().enumerate().map(|(index, header)| {
            let tag = self.tags.get(&header.label);
            // A tag that is named like a column before it leaves its own column empty.
            let tag = tag.filter(|_| position(headers, &header.label) == Some(index + 4));
            Cell::String(tag.cloned().unwrap_or_else(|| Text::from("")))
        });
        let tags: Vec<_> = tags.collect();
        let row = |(time, value): &(i64, Cell)| {
            let own = [read.start, read.stop, *time].map(Cell::Time);
            own.into_iter().chain([value.clone()]).chain(tags.iter().cloned()).collect()
        };
        self.points.iter().map(|block| block.iter().map(row).collect()).collect()
    }
}

fn headers<'t>(r#type: Type, tags: impl Iterator<Item = &'t Text>) -> Vec<Header> {
    let own = ["_start", "_stop", "_time"].map(|label| Header::new(label, Kind::Time));
    let tags = tags.map(|tag| Header { label: tag.clone(), kind: Kind::String });
    own.into_iter().chain([Header::new("_value", r#type.into())]).chain(tags).collect()
}

fn bounds(read: &Read) -> Vec<(Header, Cell)> {
    [("_start", read.start), ("_stop", read.stop)]
        .map(|(label, bound)| (Header::new(label, Kind::Time), Cell::Time(bound)))
        .to_vec()
}

/// Joins streams that have the same values of some tags, one behind the other.
fn grouped(streams: Vec<Stream>, labels: &[String], read: &Read) -> Result<Vec<Table>, Refusal> {
    let streams = streams.into_iter().map(|stream| (sort_key(&stream, labels), stream)).collect();
    let streams = sorted(streams)?;
    let groups = streams.chunk_by(|(a, _), (b, _)| a == b);
    Ok(groups.map(|group| join(group, labels, read)).collect())
}

/// Sorts streams by their keys. Those of one key stay in order, on the real server too as long as
/// there are few streams, or all are sorted already (seen on 2.9.1); otherwise its sort mixes them.
fn sorted(mut streams: Vec<(Vec<u8>, Stream)>) -> Result<Vec<(Vec<u8>, Stream)>, Refusal> {
    const FEW: usize = 12;
    let key = |(key, _): &(Vec<u8>, Stream)| key.clone();
    let stays = streams.len() <= FEW || streams.is_sorted_by_key(key);
    streams.sort_by_key(key);
    if stays || streams.windows(2).all(|pair| pair[0].0 != pair[1].0) {
        return Ok(streams);
    }
    let what = "the order in which `group` puts more than twelve fields of series into its tables";
    Err(Refusal::unknown(format!("{what}; a `sort` or `pivot` before it makes it known")))
}

/// What streams are sorted by: a missing tag comes last.
fn sort_key(stream: &Stream, labels: &[String]) -> Vec<u8> {
    let mut key = Vec::new();
    for label in labels {
        let value = stream.tags.get(&Text::from(label.as_str()));
        key.extend(value.map_or(b"\xff".as_slice(), |value| value));
        key.push(0);
    }
    key
}

fn join(group: &[(Vec<u8>, Stream)], labels: &[String], read: &Read) -> Table {
    let streams = || group.iter().map(|(_, stream)| stream);
    let r#type = group[0].1.r#type;
    let tags: BTreeMap<_, _> = streams().flat_map(|stream| &stream.tags).collect();
    let headers = headers(r#type, tags.into_keys());

    let mut key = bounds(read);
    let own = labels.iter().filter(|label| !matches!(label.as_str(), "_start" | "_stop"));
    key.extend(own.map(|label| {
        let label = Text::from(label.as_str());
        let value = group[0].1.tags.get(&label).cloned().unwrap_or_else(|| Text::from(""));
        (Header { label, kind: Kind::String }, Cell::String(value))
    }));

    let fitting = streams().take_while(|stream| stream.r#type == r#type);
    let blocks = fitting.flat_map(|stream| stream.rows(read, &headers)).collect();
    let failure = streams().find(|stream| stream.r#type != r#type).map(|other| {
        Refusal::invalid(format!(
            "schema collision: cannot group {type} and {} types together",
            other.r#type
        ))
    });
    Table { key: Arc::new(GroupKey::new(key)), headers: headers.into(), blocks, failure }
}
