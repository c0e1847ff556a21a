//! Tables as storage hands them over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cell::{Cell, Kind};
use super::condition::StoredFilter;
use super::order::Order;
use super::plan::{Plan, Read};
use super::pushed::{self, Function, Pushed};
use super::table::{Flow, GroupKey, Header, Message, Row, Table, position};
use crate::engine::{Column, Engine};
use crate::point::{Series, Text, Type, Value};
use crate::refusal::Refusal;

/// Storage hands over this many rows at most at a time.
const BLOCK: usize = 1000;

/// A field of a series, with `_field` and `_measurement` among its tags.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) tags: BTreeMap<Text, Text>,
    pub(super) r#type: Type,
    /// At least one point; by time.
    points: Vec<Vec<(i64, Cell)>>,
}

/// What a plan asks for, and whether a real server may as well hand over its rows in another order.
///
/// # Errors
/// A tag is named like a column of the server's own, which the server's stages cannot bear. Or the
/// order of rows shows, and is not known.
pub(super) fn read(engine: &Engine, plan: &Plan<'_>) -> Result<(Flow, bool), Refusal> {
    let read = &plan.read;
    let filter = read.condition.as_ref().map(StoredFilter::new).transpose()?;
    let columns = engine.read(read.start, read.stop);
    let columns: Vec<_> = columns.collect();
    if let Some(filter) = &filter {
        columns.iter().try_for_each(|column| check_shards(engine, read, column, filter))?;
    }
    let streams: Vec<_> =
        columns.into_iter().filter_map(|column| stream(engine, column, filter.as_ref())).collect();
    let plain = plan.steps.is_empty() && read.group.is_none();
    let poison = |tag: &Text| match &**tag {
        b"_time" | b"_value" => true,
        b"_start" | b"_stop" => !plain,
        _ => false,
    };
    if let Some(tag) = streams.iter().flat_map(|stream| stream.tags.keys()).find(|tag| poison(tag))
    {
        return Err(Refusal::unknown(format!("what becomes of a tag named {tag} here")));
    }
    let (tables, failure, is_one_of_several) = tables(engine, streams, plan)?;
    let messages = tables.into_iter().map(Message::Table).collect();
    Ok((Flow { messages, failure }, is_one_of_several))
}

fn tables(
    engine: &Engine,
    streams: Vec<Stream>,
    plan: &Plan<'_>,
) -> Result<(Vec<Table>, Option<Refusal>, bool), Refusal> {
    let read = &plan.read;
    let (tables, failure) = match (&read.group, &read.pushed) {
        (None, None) => (streams.into_iter().map(|stream| stream.into_table(read)).collect(), None),
        (Some(labels), None) => {
            let table = |group: &[&Stream], key| Ok(Some(join(group, key, read)));
            let order = |group: &[&Stream]| Order::of_rows(group, &plan.steps);
            let (tables, is_one_of_several) = grouped(streams, labels, read, order, table)?;
            return Ok((tables, None, is_one_of_several));
        }
        (_, Some(Pushed::TagValues(tag))) => (vec![tag_values(engine, &streams, tag, read)?], None),
        (labels, Some(Pushed::Whole(function))) => {
            check_last(engine, &streams, *function, read)?;
            let Some(labels) = labels else {
                let (tables, failure) = pushed::whole(&streams, *function, read)?;
                return Ok((tables, failure, false));
            };
            let table = |group: &[&Stream], key| pushed::group(group, *function, key, read);
            let order = |group: &[&Stream]| Order::of_aggregate(group, *function);
            let (tables, is_one_of_several) = grouped(streams, labels, read, order, table)?;
            return Ok((tables, None, is_one_of_several));
        }
        (_, Some(Pushed::Windows { function, window, time })) => {
            pushed::windows(&streams, *function, window, *time, read)?
        }
    };
    Ok((tables, failure, false))
}

/// Storage reads backwards for `last`: then it is the latest shard that says the type of a field.
fn check_last(
    engine: &Engine,
    streams: &[Stream],
    function: Function,
    read: &Read,
) -> Result<(), Refusal> {
    let name = |stream: &Stream, tag: &str| stream.tags.get(&Text::from(tag)).cloned();
    let has_one_type = |stream: &Stream| {
        let (measurement, field) = (name(stream, "_measurement"), name(stream, "_field"));
        let (Some(measurement), Some(field)) = (measurement, field) else { return true };
        engine.has_one_type(&measurement, &field, read.start, read.stop)
    };
    if function != Function::Last || streams.iter().all(has_one_type) {
        return Ok(());
    }
    Err(Refusal::unknown("`last` of a field that has several types"))
}

/// The values of a tag, of all series that have points.
fn tag_values(
    engine: &Engine,
    streams: &[Stream],
    tag: &str,
    read: &Read,
) -> Result<Table, Refusal> {
    let text = Text::from(tag);
    let values = streams.iter().map(|stream| stream.tags.get(&text).cloned());
    let mut values: BTreeSet<_> =
        values.map(|value| value.unwrap_or_else(|| Text::from(""))).collect();
    let filter = read.condition.as_ref().map(StoredFilter::new).transpose()?;
    if filter.as_ref().is_some_and(StoredFilter::is_on_value) {
        // A bug of the real server's.
        return Err(Refusal::internal());
    }
    if !filter.as_ref().is_some_and(StoredFilter::is_on_field) {
        // Now its index answers, for the whole shards, and not for the range.
        let nothing = (Text::from(""), Value::Boolean(false));
        let passes = |series: &Series| {
            filter.as_ref().is_none_or(|filter| filter.keeps(series, &nothing.0, &nothing.1))
        };
        values.remove(&nothing.0);
        let indexed = engine.tag_values(&text, read.start, read.stop, passes);
        if tag.starts_with('_') || indexed != values {
            return Err(Refusal::unknown(format_args!("the values of `{tag}` in the index")));
        }
    }
    let rows = values.into_iter().map(|value| vec![Cell::String(value)]).collect();
    Ok(Table {
        key: Arc::new(GroupKey::new(Vec::new())),
        headers: [Header::new("_value", Kind::String)].into(),
        blocks: vec![rows],
        failure: None,
    })
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
        match filter.known(series, field) {
            Some(true) => {}
            Some(false) => return None,
            None => points.retain(|(_, value)| filter.keeps(series, field, value)),
        }
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
    /// All points, by time.
    pub(super) fn all_points(&self) -> Vec<&(i64, Cell)> {
        self.points.iter().flatten().collect()
    }

    /// The tags as columns.
    pub(super) fn tag_columns(&self) -> impl Iterator<Item = (Header, Cell)> {
        self.tags.iter().map(|(tag, value)| {
            (Header { label: tag.clone(), kind: Kind::String }, Cell::String(value.clone()))
        })
    }

    /// One row under these headers.
    pub(super) fn row(&self, read: &Read, headers: &[Header], time: i64, value: Cell) -> Row {
        let own = [read.start, read.stop, time].map(Cell::Time);
        own.into_iter().chain([value]).chain(self.cells(headers)).collect()
    }

    fn into_table(self, read: &Read) -> Table {
        let headers = headers(self.r#type.into(), self.tags.keys());
        let mut key = bounds(read);
        key.extend(self.tag_columns());
        let blocks = self.rows(read, &headers);
        let key = Arc::new(GroupKey::new(key));
        Table { key, headers: headers.into(), blocks, failure: None }
    }

    /// The cells behind `_value`.
    fn cells(&self, headers: &[Header]) -> Vec<Cell> {
        let tags = headers[4..].iter().enumerate().map(|(index, header)| {
            let tag = self.tags.get(&header.label);
            // A tag that is named like a column before it leaves its own column empty.
            let tag = tag.filter(|_| position(headers, &header.label) == Some(index + 4));
            Cell::String(tag.cloned().unwrap_or_else(|| Text::from("")))
        });
        tags.collect()
    }

    fn rows(&self, read: &Read, headers: &[Header]) -> Vec<Vec<Row>> {
        let tags = self.cells(headers);
        let row = |(time, value): &(i64, Cell)| {
            let own = [read.start, read.stop, *time].map(Cell::Time);
            own.into_iter().chain([value.clone()]).chain(tags.iter().cloned()).collect()
        };
        self.points.iter().map(|block| block.iter().map(row).collect()).collect()
    }
}

pub(super) fn headers<'t>(kind: Kind, tags: impl Iterator<Item = &'t Text>) -> Vec<Header> {
    let own = ["_start", "_stop", "_time"].map(|label| Header::new(label, Kind::Time));
    let tags = tags.map(|tag| Header { label: tag.clone(), kind: Kind::String });
    own.into_iter().chain([Header::new("_value", kind)]).chain(tags).collect()
}

pub(super) fn bounds(read: &Read) -> Vec<(Header, Cell)> {
    [("_start", read.start), ("_stop", read.stop)]
        .map(|(label, bound)| (Header::new(label, Kind::Time), Cell::Time(bound)))
        .to_vec()
}

/// The columns of a group of streams, which is not empty.
pub(super) fn group_headers(streams: &[&Stream]) -> Vec<Header> {
    let tags: BTreeMap<_, _> = streams.iter().flat_map(|stream| &stream.tags).collect();
    headers(streams[0].r#type.into(), tags.into_keys())
}

/// Makes tables of streams that have the same values of some tags, and says whether they may as well
/// be others.
fn grouped(
    streams: Vec<Stream>,
    labels: &[String],
    read: &Read,
    order: impl Fn(&[&Stream]) -> Order,
    table: impl Fn(&[&Stream], GroupKey) -> Result<Option<Table>, Refusal>,
) -> Result<(Vec<Table>, bool), Refusal> {
    let streams = streams.into_iter().map(|stream| (sort_key(&stream, labels), stream)).collect();
    let (streams, stays) = sorted(streams);
    let mut tables = Vec::new();
    let mut is_one_of_several = false;
    for group in streams.chunk_by(|(a, _), (b, _)| a == b) {
        let streams: Vec<_> = group.iter().map(|(_, stream)| stream).collect();
        if !stays && streams.len() > 1 {
            is_one_of_several |= order(&streams).is_one_of_several()?;
        }
        tables.extend(table(&streams, group_key(streams[0], labels, read))?);
    }
    Ok((tables, is_one_of_several))
}

/// Sorts streams by their keys, and says whether those of one key are in the order of the real
/// server, as long as there are few, or all are sorted already (seen on 2.9.1): otherwise its sort
/// mixes them.
fn sorted(mut streams: Vec<(Vec<u8>, Stream)>) -> (Vec<(Vec<u8>, Stream)>, bool) {
    const FEW: usize = 12;
    let key = |(key, _): &(Vec<u8>, Stream)| key.clone();
    let stays = streams.len() <= FEW || streams.is_sorted_by_key(key);
    streams.sort_by_key(key);
    (streams, stays)
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

fn group_key(stream: &Stream, labels: &[String], read: &Read) -> GroupKey {
    let mut key = bounds(read);
    let own = labels.iter().filter(|label| !matches!(label.as_str(), "_start" | "_stop"));
    key.extend(own.map(|label| {
        let label = Text::from(label.as_str());
        let value = stream.tags.get(&label).cloned().unwrap_or_else(|| Text::from(""));
        (Header { label, kind: Kind::String }, Cell::String(value))
    }));
    GroupKey::new(key)
}

/// Puts streams one behind the other.
fn join(streams: &[&Stream], key: GroupKey, read: &Read) -> Table {
    let first = streams[0];
    let headers = group_headers(streams);
    let fitting = streams.iter().take_while(|stream| stream.r#type == first.r#type);
    let blocks = fitting.flat_map(|stream| stream.rows(read, &headers)).collect();
    let other = streams.iter().find(|stream| stream.r#type != first.r#type);
    let failure = other.map(|other| pushed::collision(first, other));
    Table { key: Arc::new(key), headers: headers.into(), blocks, failure }
}
