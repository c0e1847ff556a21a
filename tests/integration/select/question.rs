//! Typed queries at random.

use std::time::Duration;

use chrono::{DateTime, Utc};
use influx_core::annotated_csv::OwnedRecord;
use influx_core::client::{Aggregate, Ranged, Select};
use influx_core::flux::Way;
use influx_core::measurement::Predicate;
use influx_core::{Client, Measurement, Result, Timestamp, Value};

use super::data::{self, TEXTS, TIMES};

/// All fields that are read, each optional.
#[derive(Measurement, Debug, Clone, PartialEq)]
pub struct Wide {
    #[tag]
    pub host: Option<String>,
    #[tag]
    pub zone: Option<String>,
    #[tag]
    pub rack: Option<u8>,
    #[field]
    pub f: Option<f64>,
    #[field]
    pub i: Option<i64>,
    #[field]
    pub u: Option<u64>,
    #[field]
    pub b: Option<bool>,
    #[field]
    pub s: Option<String>,
    #[timestamp]
    pub time: DateTime<Utc>,
}

/// One field, whose points are rows.
#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "wide")]
pub struct Narrow {
    #[tag]
    pub host: Option<String>,
    #[tag]
    pub zone: Option<String>,
    #[tag]
    pub rack: Option<u8>,
    #[field]
    pub f: f64,
    #[timestamp]
    pub time: Timestamp,
}

/// A text field, likewise.
#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "wide")]
pub struct Text {
    #[tag]
    pub host: String,
    #[field]
    pub s: String,
    #[timestamp]
    pub time: Timestamp,
}

/// Which struct is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Wide,
    Narrow,
    Text,
}

#[derive(Debug, Clone)]
pub struct Question {
    pub of: Of,
    /// From the first to before the second.
    pub range: (i64, i64),
    pub condition: Asked,
    pub sort: Option<(&'static str, bool)>,
    pub limit: Option<usize>,
    pub skip: usize,
    pub per_series: Option<usize>,
    pub aggregate: Option<Aggregated>,
    /// Whether the server is to make whole rows, where that is not needed.
    pub pivots: bool,
}

#[derive(Debug, Clone)]
pub struct Aggregated {
    pub function: &'static str,
    pub field: &'static str,
    pub group: Option<Vec<&'static str>>,
    /// In nanoseconds.
    pub every: Option<i64>,
    pub offset: i64,
    pub by_start: bool,
}

/// A condition as it is asked, negations and all.
#[derive(Debug, Clone)]
pub enum Asked {
    Always,
    Test(&'static str, Test),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

#[derive(Debug, Clone)]
pub enum Test {
    Eq(Value),
    Ne(Value),
    Lt(Value),
    Le(Value),
    Gt(Value),
    Ge(Value),
    OneOf(Vec<Value>),
    Exists,
    StartsWith(&'static str),
    EndsWith(&'static str),
    Contains(&'static str),
}

impl Of {
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Wide => &["host", "zone", "rack", "f", "i", "u", "b", "s", "_time"],
            Self::Narrow => &["host", "zone", "rack", "f", "_time"],
            Self::Text => &["host", "s", "_time"],
        }
    }

    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Wide => &["f", "i", "u", "b", "s"],
            Self::Narrow => &["f"],
            Self::Text => &["s"],
        }
    }
}

fn is_text(column: &str) -> bool {
    matches!(column, "host" | "zone" | "s")
}

impl Question {
    pub fn new(random: &mut fastrand::Rng) -> Self {
        let of = random.choice([Of::Wide, Of::Wide, Of::Narrow, Of::Text]).unwrap_or(Of::Wide);
        let range = if random.u8(..3) == 0 {
            let (a, b) = (random.choice(TIMES).unwrap_or(0), random.choice(TIMES).unwrap_or(1));
            (a.min(b), a.max(b) + 1)
        } else {
            (2 * TIMES[0], 2 * TIMES[9])
        };
        let condition = if random.u8(..5) == 0 { Asked::Always } else { Asked::new(of, 3, random) };
        let mut question = Self {
            of,
            range,
            condition,
            sort: None,
            limit: None,
            skip: 0,
            per_series: None,
            aggregate: None,
            pivots: random.bool() || std::env::var("PIVOT").is_ok(),
        };
        if of != Of::Text && random.u8(..3) == 0 {
            question.aggregate = Some(Aggregated::new(of, random));
            return question;
        }
        if random.u8(..3) == 0 {
            let column = random.choice(of.columns()).copied().unwrap_or("_time");
            question.sort = Some((column, random.bool()));
        }
        question.limit = (random.u8(..3) == 0).then(|| random.usize(..40));
        question.skip = if random.u8(..4) == 0 { random.usize(..20) } else { 0 };
        question.per_series = (random.u8(..4) == 0).then(|| random.usize(1..4));
        question
    }
}

impl Aggregated {
    fn new(of: Of, random: &mut fastrand::Rng) -> Self {
        let functions =
            ["count", "sum", "mean", "min", "max", "first", "last", "spread", "median", "quantile"];
        let function = random.choice(functions).unwrap_or("count");
        let field = match function {
            "count" | "first" | "last" if of == Of::Wide => {
                random.choice(of.fields()).copied().unwrap_or("f")
            }
            _ => "f",
        };
        let group = match random.u8(..4) {
            0 => Some(vec![]),
            1 => Some(vec!["host"]),
            2 => Some(vec!["rack", "zone"]),
            _ => None,
        };
        let every = random.choice([1_000_000_000, 60_000_000_000, 3_600_000_000_000]);
        let every = if random.u8(..3) == 0 { every } else { None };
        let offset = if random.bool() { 250_000_000 } else { 0 };
        Self { function, field, group, every, offset, by_start: random.bool() }
    }
}

impl Asked {
    fn new(of: Of, depth: usize, random: &mut fastrand::Rng) -> Self {
        match random.u8(..if depth == 0 { 4 } else { 8 }) {
            0..=3 => Self::test(of, random),
            4 => Self::Not(Box::new(Self::new(of, depth - 1, random))),
            5 | 6 => Self::All(Self::several(of, depth, random)),
            _ => Self::Any(Self::several(of, depth, random)),
        }
    }

    fn several(of: Of, depth: usize, random: &mut fastrand::Rng) -> Vec<Self> {
        (0..random.usize(..4)).map(|_| Self::new(of, depth - 1, random)).collect()
    }

    fn test(of: Of, random: &mut fastrand::Rng) -> Self {
        let column = random.choice(of.columns()).copied().unwrap_or("_time");
        let value = |random: &mut fastrand::Rng| match column {
            "_time" => Value::Time(Timestamp::from_nanos(random.choice(TIMES).unwrap_or(0))),
            "host" | "zone" if random.u8(..10) == 0 => "".into(),
            "host" | "zone" => random.choice(TEXTS).unwrap_or("a").into(),
            "rack" => u64::from(random.u8(..5)).into(),
            field => data::value(field, random),
        };
        let has_order = matches!(column, "f" | "i" | "u" | "_time");
        let part =
            random.choice(["", "a", "$", "\\", "b", "\"", "\n", "/", "é", ".*"]).unwrap_or("");
        let test = match random.u8(..12) {
            0 | 1 | 10 => Test::Eq(value(random)),
            4 => Test::Exists,
            5 => Test::OneOf((0..random.usize(..5)).map(|_| value(random)).collect()),
            6 if is_text(column) => Test::OneOf((0..130).map(|_| value(random)).collect()),
            7 if is_text(column) => Test::StartsWith(part),
            8 if is_text(column) => Test::EndsWith(part),
            9 if is_text(column) => Test::Contains(part),
            6 if has_order => Test::Lt(value(random)),
            7 if has_order => Test::Le(value(random)),
            8 if has_order => Test::Gt(value(random)),
            9 if has_order => Test::Ge(value(random)),
            _ => Test::Ne(value(random)),
        };
        Self::Test(column, test)
    }
}

/// The condition as the crate takes it, for each struct.
macro_rules! predicates {
    ($($name:ident of $of:ident { $($column:literal: $constant:ident $kind:ident),* $(,)? })*) => {$(
        fn $name(asked: &Asked) -> Predicate<$of> {
            match asked {
                Asked::Always => Predicate::all([]),
                Asked::Not(asked) => !$name(asked),
                Asked::All(all) => Predicate::all(all.iter().map($name)),
                Asked::Any(any) => Predicate::any(any.iter().map($name)),
                $(Asked::Test($column, test) => predicates!(@$kind $of::$constant, test),)*
                Asked::Test(column, _) => unreachable!("{column}"),
            }
        }
    )*};
    (@text $column:expr, $test:expr) => {
        match $test {
            Test::StartsWith(text) => $column.starts_with(*text),
            Test::EndsWith(text) => $column.ends_with(*text),
            Test::Contains(text) => $column.contains(*text),
            test => predicates!(@same $column, test, text),
        }
    };
    (@rack $column:expr, $test:expr) => { predicates!(@same $column, $test, rack) };
    (@boolean $column:expr, $test:expr) => { predicates!(@same $column, $test, boolean) };
    (@float $column:expr, $test:expr) => { predicates!(@ordered $column, $test, float) };
    (@integer $column:expr, $test:expr) => { predicates!(@ordered $column, $test, integer) };
    (@unsigned $column:expr, $test:expr) => { predicates!(@ordered $column, $test, unsigned) };
    (@time $column:expr, $test:expr) => { predicates!(@ordered $column, $test, time) };
    (@ordered $column:expr, $test:expr, $value:ident) => {
        match $test {
            Test::Lt(value) => $column.lt($value(value)),
            Test::Le(value) => $column.le($value(value)),
            Test::Gt(value) => $column.gt($value(value)),
            Test::Ge(value) => $column.ge($value(value)),
            test => predicates!(@same $column, test, $value),
        }
    };
    (@same $column:expr, $test:expr, $value:ident) => {
        match $test {
            Test::Eq(value) => $column.eq($value(value)).into(),
            Test::Ne(value) => $column.ne($value(value)).into(),
            Test::OneOf(values) => $column.one_of(values.iter().map($value)),
            Test::Exists => $column.exists(),
            test => unreachable!("{test:?}"),
        }
    };
}

predicates! {
    wide of Wide {
        "host": HOST text, "zone": ZONE text, "rack": RACK rack, "f": F float, "i": I integer,
        "u": U unsigned, "b": B boolean, "s": S text, "_time": TIME time,
    }
    narrow of Narrow {
        "host": HOST text, "zone": ZONE text, "rack": RACK rack, "f": F float, "_time": TIME time,
    }
    text_rows of Text {
        "host": HOST text, "s": S text, "_time": TIME time,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn rack(value: &Value) -> u8 {
    u8::try_from(value.as_unsigned().unwrap()).unwrap()
}

fn float(value: &Value) -> f64 {
    value.as_float().unwrap()
}

fn integer(value: &Value) -> i64 {
    value.as_integer().unwrap()
}

fn unsigned(value: &Value) -> u64 {
    value.as_unsigned().unwrap()
}

fn boolean(value: &Value) -> bool {
    value.as_boolean().unwrap()
}

fn time(value: &Value) -> Timestamp {
    value.as_time().unwrap()
}

/// What comes back, in columns.
pub type Row = Vec<Value>;

macro_rules! selections {
    ($select:expr, $question:expr, $predicate:ident, $of:ident, { $($column:literal: $constant:ident),* $(,)? }) => {{
        let mut select: Select<$of, Ranged> = $select.filter($predicate(&$question.condition));
        match $question.sort {
            $(Some(($column, true)) => select = select.sort_desc($of::$constant),
            Some(($column, false)) => select = select.sort($of::$constant),)*
            Some((column, _)) => unreachable!("{column}"),
            None => {}
        }
        if let Some(limit) = $question.limit {
            select = select.limit(limit);
        }
        if $question.skip > 0 {
            select = select.skip($question.skip);
        }
        if $question.pivots {
            select = select.whole_rows(Way::Pivot);
        }
        if let Some(count) = $question.per_series {
            select = select.limit_per_series(count);
        }
        select
    }};
}

impl Question {
    fn range(&self) -> std::ops::Range<Timestamp> {
        Timestamp::from_nanos(self.range.0)..Timestamp::from_nanos(self.range.1)
    }

    fn wide(&self, client: &Client, bucket: &str) -> Select<Wide, Ranged> {
        let select = client.select::<Wide>(bucket).range(self.range());
        selections!(select, self, wide, Wide, {
            "host": HOST, "zone": ZONE, "rack": RACK, "f": F, "i": I, "u": U, "b": B, "s": S,
            "_time": TIME,
        })
    }

    fn narrow(&self, client: &Client, bucket: &str) -> Select<Narrow, Ranged> {
        let select = client.select::<Narrow>(bucket).range(self.range());
        selections!(select, self, narrow, Narrow, {
            "host": HOST, "zone": ZONE, "rack": RACK, "f": F, "_time": TIME,
        })
    }

    fn text(&self, client: &Client, bucket: &str) -> Select<Text, Ranged> {
        let select = client.select::<Text>(bucket).range(self.range());
        selections!(select, self, text_rows, Text, { "host": HOST, "s": S, "_time": TIME })
    }

    /// The script, for a message.
    pub fn flux(&self, client: &Client) -> String {
        let flux = match (self.of, &self.aggregate) {
            (Of::Wide, None) => self.wide(client, "bucket").to_flux(),
            (Of::Narrow, None) => self.narrow(client, "bucket").to_flux(),
            (Of::Text, _) => self.text(client, "bucket").to_flux(),
            (Of::Wide, Some(aggregated)) => {
                self.aggregate_wide(aggregated, self.wide(client, "bucket")).to_flux()
            }
            (Of::Narrow, Some(aggregated)) => {
                aggregate_narrow(aggregated, self.narrow(client, "bucket")).to_flux()
            }
        };
        flux.unwrap_or_else(|error| error.to_string())
    }

    pub async fn ask(&self, client: &Client, bucket: &str) -> Result<Vec<Row>> {
        if let Some(aggregated) = &self.aggregate {
            let records: Vec<OwnedRecord> = match self.of {
                Of::Wide => {
                    self.aggregate_wide(aggregated, self.wide(client, bucket)).fetch_as().await?
                }
                _ => aggregate_narrow(aggregated, self.narrow(client, bucket)).fetch_as().await?,
            };
            return Ok(records.iter().map(|record| aggregated.row(record)).collect());
        }
        Ok(match self.of {
            Of::Wide => {
                let rows = self.wide(client, bucket).fetch().await?;
                rows.into_iter().map(wide_row).collect()
            }
            Of::Narrow => {
                let rows = self.narrow(client, bucket).fetch().await?;
                rows.into_iter()
                    .map(|row| {
                        let rack = row.rack.map(|rack| rack.to_string());
                        vec![
                            opt(row.host),
                            opt(row.zone),
                            opt(rack),
                            row.f.into(),
                            Value::Time(row.time),
                        ]
                    })
                    .collect()
            }
            Of::Text => {
                let rows = self.text(client, bucket).fetch().await?;
                rows.into_iter()
                    .map(|row| vec![opt(Some(row.host)), opt(Some(row.s)), Value::Time(row.time)])
                    .collect()
            }
        })
    }

    fn aggregate_wide(
        &self,
        aggregated: &Aggregated,
        select: Select<Wide, Ranged>,
    ) -> Aggregate<Wide, Ranged> {
        let aggregate = aggregated.call(select);
        let aggregate = match aggregated.field {
            "i" => aggregate.fields(Wide::I),
            "u" => aggregate.fields(Wide::U),
            "b" => aggregate.fields(Wide::B),
            "s" => aggregate.fields(Wide::S),
            _ => aggregate.fields(Wide::F),
        };
        match aggregated.group.as_deref() {
            None => aggregate,
            Some([]) => aggregate.group_by(()),
            Some(["host"]) => aggregate.group_by(Wide::HOST),
            Some(_) => aggregate.group_by((Wide::RACK, Wide::ZONE)),
        }
    }
}

fn aggregate_narrow(
    aggregated: &Aggregated,
    select: Select<Narrow, Ranged>,
) -> Aggregate<Narrow, Ranged> {
    let aggregate = aggregated.call(select);
    match aggregated.group.as_deref() {
        None => aggregate,
        Some([]) => aggregate.group_by(()),
        Some(["host"]) => aggregate.group_by([Narrow::HOST]),
        Some(_) => aggregate.group_by((Narrow::RACK, Narrow::ZONE)),
    }
}

impl Aggregated {
    fn call<T: Measurement>(&self, select: Select<T, Ranged>) -> Aggregate<T, Ranged> {
        let aggregate = match self.function {
            "count" => select.count(),
            "sum" => select.sum(),
            "mean" => select.mean(),
            "min" => select.min(),
            "max" => select.max(),
            "first" => select.first(),
            "last" => select.last(),
            "spread" => select.spread(),
            "median" => select.median(),
            "stddev" => select.stddev(),
            _ => select.quantile(0.25),
        };
        match self.every {
            Some(nanos) => {
                let span = |nanos| Duration::from_nanos(u64::try_from(nanos).unwrap());
                let windows = aggregate.every(span(nanos)).offset(span(self.offset));
                if self.by_start { windows.time_of_start() } else { windows }
            }
            None => aggregate,
        }
    }

    /// The columns by which series are told apart.
    pub fn key(&self) -> Vec<&'static str> {
        self.group.clone().unwrap_or_else(|| vec!["host", "zone", "rack"])
    }

    fn row(&self, record: &OwnedRecord) -> Row {
        let cell = |name: &str| match record.get(name) {
            Some(value) if value.as_str() == Some("") => Value::Null,
            Some(value) => value.clone(),
            None => Value::Null,
        };
        let mut row: Row = self.key().into_iter().map(cell).collect();
        row.push(cell(self.field));
        if self.every.is_some() {
            row.push(cell("_time"));
        }
        row
    }
}

/// In CSV the empty text is null.
fn opt(text: Option<String>) -> Value {
    text.filter(|text| !text.is_empty()).map_or(Value::Null, Value::String)
}

fn wide_row(row: Wide) -> Row {
    vec![
        opt(row.host),
        opt(row.zone),
        opt(row.rack.map(|rack| rack.to_string())),
        row.f.map_or(Value::Null, Value::Float),
        row.i.map_or(Value::Null, Value::Integer),
        row.u.map_or(Value::Null, Value::Unsigned),
        row.b.map_or(Value::Null, Value::Boolean),
        opt(row.s),
        Value::Time(row.time.timestamp_nanos_opt().map(Timestamp::from_nanos).unwrap()),
    ]
}
