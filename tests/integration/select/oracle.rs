//! What a question means, evaluated over the points in memory.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use influx_core::{Error, Timestamp, Value};

use super::data::Point;
use super::question::{Aggregated, Asked, Question, Row, Test};

/// A row that may come back, with the series that it is of.
#[derive(Debug, Clone)]
struct Candidate<'p> {
    point: &'p Point,
    row: Row,
}

/// Says what is wrong with an answer.
pub fn judge(
    points: &[Point],
    question: &Question,
    answer: Result<Vec<Row>, Error>,
) -> Result<(), String> {
    let answer = answer.map_err(|error| format!("{error}: {:?}", error.server_message()))?;
    let fits: Vec<_> = candidates(points, question);
    match &question.aggregate {
        Some(aggregated) => judge_aggregated(&fits, question, aggregated, &answer),
        None => judge_rows(&fits, question, &answer),
    }
}

fn candidates<'p>(points: &'p [Point], question: &Question) -> Vec<Candidate<'p>> {
    let of = points.iter().filter(|point| point.measurement == "wide");
    let in_range = of.filter(|point| (question.range.0..question.range.1).contains(&point.nanos));
    let read = in_range
        .filter(|point| question.of.fields().iter().any(|field| point.fields.contains_key(field)));
    let fits = read.filter(|point| holds(&question.condition, point) == Some(true));
    fits.map(|point| Candidate {
        point,
        row: question.of.columns().iter().map(|column| shown(cell(point, column))).collect(),
    })
    .collect()
}

fn cell(point: &Point, column: &str) -> Value {
    if column == "_time" {
        return Value::Time(Timestamp::from_nanos(point.nanos));
    }
    let tag = point.tags.get(column).map(|tag| Value::from(tag.as_str()));
    tag.or_else(|| point.fields.get(column).cloned()).unwrap_or(Value::Null)
}

/// In CSV the empty text is null.
fn shown(value: Value) -> Value {
    if value.as_str() == Some("") { Value::Null } else { value }
}

/// Whether a condition holds; `None` where it compares something that is missing.
fn holds(asked: &Asked, point: &Point) -> Option<bool> {
    match asked {
        Asked::Always => Some(true),
        Asked::Test(column, test) => test_holds(test, &cell(point, column), column),
        Asked::Not(asked) => holds(asked, point).map(|holds| !holds),
        Asked::All(all) => {
            let parts: Vec<_> = all.iter().map(|part| holds(part, point)).collect();
            if parts.contains(&Some(false)) {
                Some(false)
            } else if parts.contains(&None) {
                None
            } else {
                Some(true)
            }
        }
        Asked::Any(any) => {
            let parts: Vec<_> = any.iter().map(|part| holds(part, point)).collect();
            if parts.contains(&Some(true)) {
                Some(true)
            } else if parts.contains(&None) {
                None
            } else {
                Some(false)
            }
        }
    }
}

fn test_holds(test: &Test, value: &Value, column: &str) -> Option<bool> {
    if matches!(test, Test::Exists) {
        return Some(!value.is_null());
    }
    if value.is_null() {
        return None;
    }
    // Racks are numbers here and texts there.
    let as_stored = |wanted: &Value| match wanted {
        Value::Unsigned(rack) if column == "rack" => Value::from(rack.to_string()),
        wanted => wanted.clone(),
    };
    let text = value.as_str().unwrap_or_default();
    Some(match test {
        Test::Eq(wanted) => *value == as_stored(wanted),
        Test::Ne(wanted) => *value != as_stored(wanted),
        Test::Lt(wanted) => compare(value, wanted) == Ordering::Less,
        Test::Le(wanted) => compare(value, wanted) != Ordering::Greater,
        Test::Gt(wanted) => compare(value, wanted) == Ordering::Greater,
        Test::Ge(wanted) => compare(value, wanted) != Ordering::Less,
        Test::OneOf(wanted) => wanted.iter().any(|wanted| *value == as_stored(wanted)),
        Test::StartsWith(part) => text.starts_with(part),
        Test::EndsWith(part) => text.ends_with(part),
        Test::Contains(part) => text.contains(part),
        Test::Exists => true,
    })
}

/// Of two values of one type, or nulls, which come first.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => left.total_cmp(right),
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Unsigned(left), Value::Unsigned(right)) => left.cmp(right),
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        _ => unreachable!("{left:?} {right:?}"),
    }
}

/// Nulls come first in both directions.
fn in_order(left: &Value, right: &Value, descending: bool) -> Ordering {
    let order = compare(left, right);
    if descending && !left.is_null() && !right.is_null() { order.reverse() } else { order }
}

fn sorted<'p>(mut rows: Vec<Candidate<'p>>, by: &str, descending: bool) -> Vec<Candidate<'p>> {
    rows.sort_by(|left, right| in_order(&cell(left.point, by), &cell(right.point, by), descending));
    rows
}

fn judge_rows(fits: &[Candidate<'_>], question: &Question, answer: &[Row]) -> Result<(), String> {
    let (column, descending) = question.sort.unwrap_or(("_time", false));
    let mut expected = fits.to_vec();
    if let Some(count) = question.per_series {
        let mut series: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in expected {
            series.entry(&row.point.tags).or_default().push(row.clone());
        }
        expected = series
            .into_values()
            .flat_map(|rows| {
                sorted(rows, column, descending).into_iter().take(count).collect::<Vec<_>>()
            })
            .collect();
    }
    let is_ordered = question.sort.is_some() || question.limit.is_some() || question.skip > 0;
    let expected: Vec<_> = sorted(expected, column, descending)
        .into_iter()
        .skip(question.skip)
        .take(question.limit.unwrap_or(usize::MAX))
        .collect();
    if expected.len() != answer.len() {
        let missing = without(expected.iter().map(|row| &row.row), answer);
        let more =
            without(answer.iter(), &expected.iter().map(|row| row.row.clone()).collect::<Vec<_>>());
        return Err(format!(
            "{} rows instead of {}; missing {missing:?}; too many {more:?}",
            answer.len(),
            expected.len()
        ));
    }
    if is_ordered {
        let place = question.of.columns().iter().position(|name| *name == column).unwrap();
        for (index, (row, wanted)) in answer.iter().zip(&expected).enumerate() {
            if row[place] != wanted.row[place] {
                return Err(format!("row {index} is {row:?} instead of {:?}", wanted.row));
            }
        }
    }
    let is_cut = question.limit.is_some() || question.skip > 0 || question.per_series.is_some();
    let allowed = if is_cut { fits } else { &expected };
    let allowed: Vec<_> = allowed.iter().map(|row| row.row.clone()).collect();
    let foreign = without(answer.iter(), &allowed);
    if foreign.is_empty() { Ok(()) } else { Err(format!("rows that do not fit: {foreign:?}")) }
}

/// Those rows that are not among the others, each of which counts once.
fn without<'r>(rows: impl Iterator<Item = &'r Row>, others: &[Row]) -> Vec<&'r Row> {
    let mut others: Vec<_> = others.iter().collect();
    rows.filter(|row| match others.iter().position(|other| other == row) {
        Some(place) => {
            others.swap_remove(place);
            false
        }
        None => true,
    })
    .collect()
}

/// Of one row of an aggregation: its key, and the values that it may have.
type Expected = (Row, Vec<Value>);

fn judge_aggregated(
    fits: &[Candidate<'_>],
    question: &Question,
    aggregated: &Aggregated,
    answer: &[Row],
) -> Result<(), String> {
    let mut groups: BTreeMap<_, Vec<&Point>> = BTreeMap::new();
    for point in fits.iter().map(|fit| fit.point) {
        if !point.fields.contains_key(aggregated.field) {
            continue;
        }
        let key: Vec<_> = match &aggregated.group {
            Some(tags) => tags.iter().map(|tag| (*tag, point.tags.get(tag))).collect(),
            None => point.tags.iter().map(|(key, value)| (*key, Some(value))).collect(),
        };
        let window =
            aggregated.every.map(|every| (point.nanos - aggregated.offset).div_euclid(every));
        groups.entry((key, window)).or_default().push(point);
    }
    let mut expected: Vec<Expected> = groups
        .into_iter()
        .map(|((_, window), points)| {
            let mut key: Row =
                aggregated.key().iter().map(|tag| shown(cell(points[0], tag))).collect();
            if let (Some(window), Some(every)) = (window, aggregated.every) {
                let start = window * every + aggregated.offset;
                let time = match aggregated.by_start {
                    true => start.max(question.range.0),
                    false => (start + every).min(question.range.1),
                };
                key.push(Value::Time(Timestamp::from_nanos(time)));
            }
            let values = aggregate(aggregated, points).into_iter().map(shown).collect();
            (key, values)
        })
        .collect();
    for row in answer {
        let mut key = row.clone();
        let value = key.remove(aggregated.key().len());
        let fits = |(other, values): &Expected| {
            *other == key && values.iter().any(|wanted| is_near(wanted, &value))
        };
        match expected.iter().position(fits) {
            Some(place) => {
                expected.swap_remove(place);
            }
            None => return Err(format!("row {row:?} is not expected; left: {expected:?}")),
        }
    }
    if expected.is_empty() { Ok(()) } else { Err(format!("rows are missing: {expected:?}")) }
}

fn is_near(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => {
            (left - right).abs() < 1e-9 || (left.is_nan() && right.is_nan())
        }
        _ => left == right,
    }
}

/// The values that an aggregation may have: several where points have their time in common.
fn aggregate(aggregated: &Aggregated, mut points: Vec<&Point>) -> Vec<Value> {
    let field = aggregated.field;
    points.sort_by_key(|point| point.nanos);
    let at = |nanos: i64| {
        points.iter().filter(|p| p.nanos == nanos).map(|p| p.fields[field].clone()).collect()
    };
    match aggregated.function {
        "first" => return at(points[0].nanos),
        "last" => return at(points[points.len() - 1].nanos),
        "count" => return vec![i64::try_from(points.len()).unwrap().into()],
        _ => {}
    }
    let mut values: Vec<f64> =
        points.iter().map(|point| point.fields[field].as_float().unwrap()).collect();
    values.sort_by(f64::total_cmp);
    let (count, least, most) = (values.len(), values[0], values[values.len() - 1]);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let mean = values.iter().sum::<f64>() / count as f64;
    vec![Value::Float(match aggregated.function {
        "sum" => values.iter().sum(),
        "mean" => mean,
        "min" => least,
        "max" => most,
        "spread" => most - least,
        "median" => quantile(&values, 0.5),
        "stddev" => deviation(&values, mean),
        _ => quantile(&values, 0.25),
    })]
}

/// Of a sample; NaN of one value.
#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn deviation(values: &[f64], mean: f64) -> f64 {
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// Between two values by their distance.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred"
)]
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor(), place.ceil());
    let (below, above) = (sorted[low as usize], sorted[high as usize]);
    below + (above - below) * (place - low)
}
