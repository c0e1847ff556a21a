//! What a typed query asks for → the pipeline that asks it.

use std::collections::BTreeSet;

use super::aggregate::Aggregation;
use super::condition::{Ask, Condition};
use super::literal;
use super::pipeline::{Pipeline, columns, list};
use super::render::{self, Shape};
use crate::error::{Result, SelectCause};
use crate::schema::{ColumnSchema, FIELD, FIELD_LAST, Role, Schema};
use crate::time::{TimeRange, Timestamp};

/// A typed query, before it is text.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(crate) bucket: String,
    pub(crate) schema: Schema,
    pub(crate) range: TimeRange,
    pub(crate) condition: Condition,
    pub(crate) order: Option<Order>,
    /// How many rows at most, over all series.
    pub(crate) limit: Option<usize>,
    /// How many are left out before.
    pub(crate) skip: usize,
    pub(crate) limit_per_series: Option<usize>,
    pub(crate) way: Option<Way>,
}

/// By which column rows are sorted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) column: &'static str,
    pub(crate) role: Role,
    pub(crate) descending: bool,
}

/// Who makes whole rows of the points of several fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// This crate: the server streams its tables as they are stored, and the rows of one series are
    /// assembled at a time.
    Assemble,
    /// The server, with `pivot`: it holds all rows in memory.
    Pivot,
}

/// A condition, by where it is asked.
#[derive(Debug, Default)]
struct Conditions {
    /// Where the server reads.
    pushed: Vec<Condition>,
    /// Of each point.
    early: Vec<Condition>,
    /// Of whole rows.
    late: Vec<Condition>,
}

impl Selection {
    /// Everything of a struct's measurement.
    pub(crate) const fn new(bucket: String, schema: Schema) -> Self {
        Self {
            bucket,
            schema,
            range: TimeRange::ALL,
            condition: Condition::Constant(true),
            order: None,
            limit: None,
            skip: 0,
            limit_per_series: None,
            way: None,
        }
    }

    /// One more condition that must hold.
    pub(crate) fn filter(&mut self, condition: Condition) {
        let before = std::mem::replace(&mut self.condition, Condition::Constant(true));
        self.condition = before.and(condition);
    }

    /// Whether an order or a number of rows was asked for.
    pub(crate) const fn is_ordered(&self) -> bool {
        self.is_ordered_over_all() || self.limit_per_series.is_some()
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static ColumnSchema> + use<> {
        self.schema.columns().filter(|column| column.role == Role::Field)
    }

    /// The field, if there is only one.
    fn only_field(&self) -> Option<&'static str> {
        let mut fields = self.fields();
        let first = fields.next()?;
        fields.next().is_none().then_some(first.name)
    }

    /// Rows of the struct, and who makes them.
    pub(crate) fn rows(&self) -> Result<(Pipeline, Way)> {
        let only = self.only_field();
        let conditions = self.conditions(only)?;
        if only.is_some() {
            return self.points(&conditions).map(|pipeline| (pipeline, Way::Assemble));
        }
        let needs_pivot = !conditions.late.is_empty() || self.is_ordered();
        match self.way {
            Some(Way::Assemble) if needs_pivot => Err(SelectCause::CannotAssemble.into()),
            Some(Way::Pivot) => self.pivoted(conditions),
            None if needs_pivot => self.pivoted(conditions),
            _ => self.assembled(&conditions),
        }
    }

    /// The points of the only field, which are rows already.
    fn points(&self, conditions: &Conditions) -> Result<Pipeline> {
        let mut pipeline = self.read(&self.all_fields(), conditions)?;
        self.cut(&mut pipeline);
        drop_common(&mut pipeline);
        let order = self.order();
        match self.limit_per_series {
            // They have been cut already.
            Some(_) if order.role == Role::Timestamp => {}
            Some(count) => first_rows(&mut pipeline, order, count, Shape::Narrow),
            None => {}
        }
        self.order_over_all(&mut pipeline, Shape::Narrow);
        Ok(pipeline)
    }

    /// The points of all fields, series by series.
    fn assembled(&self, conditions: &Conditions) -> Result<(Pipeline, Way)> {
        let mut pipeline = self.read(&self.all_fields(), conditions)?;
        // The server sorts the tables by what is left of their keys.
        rename(&mut pipeline, FIELD, FIELD_LAST);
        drop_common(&mut pipeline);
        Ok((pipeline, Way::Assemble))
    }

    /// Whole rows, made by the server.
    fn pivoted(&self, conditions: Conditions) -> Result<(Pipeline, Way)> {
        let mut pipeline = self.read(&self.all_fields(), &conditions)?;
        if conditions.late.is_empty() {
            self.cut(&mut pipeline);
        }
        pivot(&mut pipeline, "_time");
        filter(&mut pipeline, conditions.late, Shape::Wide)?;
        drop_common(&mut pipeline);
        match self.limit_per_series {
            Some(count) => first_rows(&mut pipeline, self.order(), count, Shape::Wide),
            None if self.is_ordered() => {}
            None => pipeline.then(columns("sort", ["_time"], "")),
        }
        self.order_over_all(&mut pipeline, Shape::Wide);
        Ok((pipeline, Way::Pivot))
    }

    /// Rows as tables of the server's own columns.
    pub(crate) fn tables(&self) -> Result<Pipeline> {
        let (pipeline, way) = self.rows()?;
        if way == Way::Pivot || self.only_field().is_some() {
            return Ok(pipeline);
        }
        self.read(&self.all_fields(), &self.conditions(None)?)
    }

    fn all_fields(&self) -> Vec<&'static str> {
        self.fields().map(|field| field.name).collect()
    }

    /// Where the last of the rows is that are wanted, if that is found out faster than the rows.
    ///
    /// The server makes all rows of a range whole before it asks about their fields. Where a
    /// condition asks about one field alone, its points say by themselves at which time the last row is
    /// that fits, and a shorter range gives the same rows.
    pub(crate) fn edge(&self) -> Result<Option<Pipeline>> {
        let order = self.order();
        let (Some(count), None, Role::Timestamp) =
            (self.count().filter(|count| *count > 0), self.limit_per_series, order.role)
        else {
            return Ok(None);
        };
        if !order.descending && self.range.starts_from_now() {
            // When the rows are read, the first of them may be out of the range already.
            return Ok(None);
        }
        let Conditions { pushed, early, late } = self.conditions(self.only_field())?;
        let asked: BTreeSet<_> = late.iter().flat_map(Condition::fields).collect();
        let Some(field) = asked.first().copied().filter(|_| asked.len() == 1) else {
            return Ok(None);
        };
        let late = late.into_iter().map(|part| part.simplify(Some(field)));
        let (late_pushed, late_early): (Vec<_>, Vec<_>) = late.partition(render::is_pushed_down);
        let conditions = Conditions {
            pushed: pushed.into_iter().chain(late_pushed).collect(),
            early: early.into_iter().chain(late_early).collect(),
            late: Vec::new(),
        };
        let mut pipeline = self.read(&[field], &conditions)?;
        pipeline.then(columns("keep", ["_time"], ""));
        pipeline.then("group()");
        pipeline.then(sort(order, Shape::Narrow, std::iter::empty()));
        pipeline.then(format!("limit(n: 1, offset: {})", count - 1));
        Ok(Some(pipeline))
    }

    /// The same up to the edge.
    pub(crate) fn up_to(&self, edge: Timestamp) -> Self {
        let range = match self.order().descending {
            true => self.range.since(edge),
            false => self.range.until(edge),
        };
        Self { range, ..self.clone() }
    }

    /// What an aggregation makes of the rows.
    pub(crate) fn aggregated(&self, aggregation: &Aggregation) -> Result<Pipeline> {
        let fields = aggregation.fields(self)?;
        let [only] = fields[..] else {
            let conditions = self.conditions(None)?;
            if !conditions.late.is_empty() {
                return Err(SelectCause::AggregateOfSeveral.into());
            }
            let mut pipeline = self.read(&fields, &conditions)?;
            aggregation.add_to(&mut pipeline, "_value", &fields);
            return Ok(pipeline);
        };
        let mut conditions = self.conditions(Some(only))?;
        if conditions.late.is_empty() {
            let mut pipeline = self.read(&[only], &conditions)?;
            aggregation.add_to(&mut pipeline, "_value", &[only]);
            return Ok(pipeline);
        }
        // The condition is one of whole rows, and tables without the column cannot be aggregated.
        conditions.late.push(Condition::test(only, Role::Field, Ask::Exists));
        let mut pipeline = self.read(&self.all_fields(), &conditions)?;
        pivot(&mut pipeline, "_time");
        filter(&mut pipeline, conditions.late, Shape::Wide)?;
        pipeline.then(columns("sort", ["_time"], ""));
        aggregation.add_to(&mut pipeline, only, &[only]);
        Ok(pipeline)
    }

    /// The different values of a column.
    pub(crate) fn distinct(&self, column: &'static str, role: Role) -> Result<Pipeline> {
        if self.is_ordered() {
            return Err(SelectCause::OrderOfDistinct.into());
        }
        let alone = if role == Role::Field { Some(column) } else { self.only_field() };
        let mut conditions = self.conditions(alone)?;
        let exists = Condition::test(column, role, Ask::Exists);
        if !conditions.late.is_empty() {
            conditions.late.push(exists);
            let mut pipeline = self.read(&self.all_fields(), &conditions)?;
            pivot(&mut pipeline, "_time");
            filter(&mut pipeline, conditions.late, Shape::Wide)?;
            different(&mut pipeline, column, column, false);
            return Ok(pipeline);
        }
        if role == Role::Field {
            let mut pipeline = self.read(&[column], &conditions)?;
            different(&mut pipeline, "_value", column, false);
            return Ok(pipeline);
        }
        let asks_values = conditions.pushed.iter().any(|part| !part.fields().is_empty());
        if role == Role::Tag {
            conditions.pushed.push(exists);
        }
        let mut pipeline = self.read(&self.all_fields(), &conditions)?;
        if asks_values {
            // InfluxDB 2.9.1 fails where it looks for tags alone and is asked about values: this stage
            // is none that it applies where it reads.
            pipeline.then(columns("drop", ["_start"], ""));
        }
        different(&mut pipeline, column, column, role == Role::Tag);
        Ok(pipeline)
    }

    /// Sorts the parts of the condition by where they are asked. `alone`: the field whose points are
    /// rows already, as long as nothing is asked about another one.
    fn conditions(&self, alone: Option<&'static str>) -> Result<Conditions> {
        self.condition.check()?;
        let parts = self.condition.clone().simplify(None).conjuncts();
        let asks_others =
            parts.iter().flat_map(Condition::fields).any(|field| Some(field) != alone);
        let mut sorted = Conditions::default();
        for part in parts {
            if asks_others && !part.fields().is_empty() {
                sorted.late.push(part);
                continue;
            }
            match part.simplify(alone) {
                Condition::Constant(true) => {}
                part if render::is_pushed_down(&part) => sorted.pushed.push(part),
                part => sorted.early.push(part),
            }
        }
        Ok(sorted)
    }

    /// The points of these fields.
    fn read(&self, fields: &[&str], conditions: &Conditions) -> Result<Pipeline> {
        let mut pipeline = Pipeline::read(&self.bucket, &self.range)?;
        let mut text = String::from("filter(fn: (r) => r._measurement == ");
        literal::string(self.schema.measurement, &mut text);
        text.push_str(" and ");
        let is = |field: &&str| {
            let mut term = String::from("r._field == ");
            literal::string(field, &mut term);
            term
        };
        text.push_str(&render::balanced(&fields.iter().map(is).collect::<Vec<_>>(), "or"));
        if !conditions.pushed.is_empty() {
            let all = Condition::All(conditions.pushed.clone());
            text.push_str(" and ");
            text.push_str(&render::condition(&all, Shape::Narrow, &mut pipeline.variables)?);
        }
        text.push(')');
        pipeline.add(text, true);
        filter(&mut pipeline, conditions.early.clone(), Shape::Narrow)?;
        Ok(pipeline)
    }

    /// Where nothing is asked of whole rows, the first rows of a series by time are made of the first
    /// points of its fields.
    fn cut(&self, pipeline: &mut Pipeline) {
        let counts = [self.limit_per_series.map(clamp), self.count()];
        if let Some(count) = counts.into_iter().flatten().min() {
            self.first(pipeline, count);
        }
    }

    /// The first rows of each table by time, if that is the order.
    fn first(&self, pipeline: &mut Pipeline, count: i64) {
        let order = self.order();
        match (order.role, order.descending, count) {
            (Role::Timestamp, false, 1) => pipeline.add("first()", true),
            (Role::Timestamp, true, 1) => pipeline.add("last()", true),
            (Role::Timestamp, false, _) => pipeline.then(format!("limit(n: {count})")),
            (Role::Timestamp, true, _) => pipeline.then(format!("tail(n: {count})")),
            _ => {}
        }
    }

    /// By time, unless it is said otherwise.
    fn order(&self) -> Order {
        let by_time = Order { column: "_time", role: Role::Timestamp, descending: false };
        self.order.unwrap_or(by_time)
    }

    const fn is_ordered_over_all(&self) -> bool {
        self.order.is_some() || self.limit.is_some() || self.skip > 0
    }

    /// Sorts all rows, and rows that are equal in the column by time and tags, so that every limit cuts
    /// the same order.
    fn order_over_all(&self, pipeline: &mut Pipeline, shape: Shape) {
        if !self.is_ordered_over_all() {
            return;
        }
        let order = self.order();
        let tags = self.schema.columns().filter(|column| column.role == Role::Tag);
        let others = std::iter::once("_time").chain(tags.map(|tag| tag.name));
        pipeline.then("group()");
        pipeline.then(sort(order, shape, others));
        if order.role != Role::Timestamp {
            // InfluxDB 2.9.1 makes one stage of `sort` and `limit`, which takes a null for equal to
            // anything where there are several columns. This one, which is gone already, is between.
            drop_columns(pipeline, ["_start"]);
        }
        self.limit_all(pipeline);
    }

    fn limit_all(&self, pipeline: &mut Pipeline) {
        match (self.limit, clamp(self.skip)) {
            (None, 0) => {}
            (Some(limit), 0) => pipeline.then(format!("limit(n: {})", clamp(limit))),
            (limit, skip) => {
                let limit = limit.map_or(i64::MAX, clamp);
                pipeline.then(format!("limit(n: {limit}, offset: {skip})"));
            }
        }
    }

    /// How many rows have to be known for those that are wanted.
    fn count(&self) -> Option<i64> {
        self.limit.map(|limit| clamp(limit.saturating_add(self.skip)))
    }
}

/// Flux counts to 2^63 - 1.
fn clamp(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Takes away what every row has in common.
///
/// It comes before tables are put together: where the server groups what it reads, tags that are missing
/// are empty texts, which it sorts in another way than nulls.
fn drop_common(pipeline: &mut Pipeline) {
    drop_columns(pipeline, ["_start", "_stop", "_measurement"]);
}

fn drop_columns<const N: usize>(pipeline: &mut Pipeline, names: [&str; N]) {
    pipeline.then(columns("drop", names, ""));
}

/// The first rows of each table.
fn first_rows(pipeline: &mut Pipeline, order: Order, count: usize, shape: Shape) {
    pipeline.then(sort(order, shape, std::iter::empty()));
    pipeline.then(format!("limit(n: {})", clamp(count)));
}

/// The different values of a column, under the name that they are asked by.
fn different(pipeline: &mut Pipeline, column: &str, name: &str, can_be_pushed_down: bool) {
    pipeline.add(columns("keep", [column], ""), can_be_pushed_down);
    pipeline.add("group()", can_be_pushed_down);
    let mut text = String::from("distinct(column: ");
    literal::string(column, &mut text);
    text.push(')');
    pipeline.add(text, can_be_pushed_down);
    rename(pipeline, "_value", name);
}

/// Sorts by the column, and rows that are equal in it by others.
fn sort(order: Order, shape: Shape, others: impl Iterator<Item = &'static str>) -> String {
    let others = others.filter(|name| *name != order.column);
    let names = std::iter::once(order.name(shape)).chain(others);
    columns("sort", names, if order.descending { ", desc: true" } else { "" })
}

impl Order {
    const fn name(self, shape: Shape) -> &'static str {
        match (self.role, shape) {
            (Role::Field, Shape::Narrow) => "_value",
            _ => self.column,
        }
    }
}

/// Calls a column of the server's own by another name.
pub(super) fn rename(pipeline: &mut Pipeline, column: &'static str, name: &str) {
    let mut text = format!("rename(columns: {{{column}: ");
    literal::string(name, &mut text);
    text.push_str("})");
    pipeline.then(text);
}

/// Makes one row of the points that have the column `key` in common.
pub(super) fn pivot(pipeline: &mut Pipeline, key: &str) {
    let mut text = String::from("pivot(rowKey: ");
    list([key], &mut text);
    text.push_str(", columnKey: [\"_field\"], valueColumn: \"_value\")");
    pipeline.then(text);
}

fn filter(pipeline: &mut Pipeline, conditions: Vec<Condition>, shape: Shape) -> Result<()> {
    if conditions.is_empty() {
        return Ok(());
    }
    let all = Condition::All(conditions);
    let text = render::condition(&all, shape, &mut pipeline.variables)?;
    pipeline.then(format!("filter(fn: (r) => {text})"));
    Ok(())
}
