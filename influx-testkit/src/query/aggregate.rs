//! What aggregates make of the values of a column, where the query engine comes to them.

use super::cell::{Cell, Kind};
use super::{digest, sum};
use crate::flux::Aggregate;
use crate::refusal::Refusal;

/// An aggregate on its way.
#[derive(Debug)]
pub(super) enum Accumulator {
    Count(i64),
    Integers(Option<i64>),
    Unsigneds(Option<u64>),
    Floats(Option<f64>),
    Mean { count: i64, sum: f64 },
    Spread(Option<(Cell, Cell)>),
    Deviation { is_sample: bool, count: f64, mean: f64, squares: f64 },
    Quantile { q: f64, compression: f64, values: Vec<f64> },
    ExactQuantile { q: f64, values: Vec<f64> },
}

impl Accumulator {
    /// `None` where the aggregate takes no columns of this type.
    pub(super) const fn new(function: Aggregate, kind: Kind) -> Option<Self> {
        Some(match (function, kind) {
            (_, Kind::Time) => return None,
            (Aggregate::Count, _) => Self::Count(0),
            (_, Kind::Boolean | Kind::String) => return None,
            (Aggregate::Sum, Kind::Integer) => Self::Integers(None),
            (Aggregate::Sum, Kind::Unsigned) => Self::Unsigneds(None),
            (Aggregate::Sum, Kind::Float) => Self::Floats(None),
            (Aggregate::Mean, _) => Self::Mean { count: 0, sum: 0.0 },
            (Aggregate::Spread, _) => Self::Spread(None),
            (Aggregate::Deviation { is_sample }, _) => {
                Self::Deviation { is_sample, count: 0.0, mean: 0.0, squares: 0.0 }
            }
            (Aggregate::Quantile { q, compression }, _) => {
                Self::Quantile { q, compression, values: Vec::new() }
            }
            (Aggregate::ExactQuantile { q }, Kind::Float) => {
                Self::ExactQuantile { q, values: Vec::new() }
            }
            (Aggregate::ExactQuantile { .. }, _) => return None,
        })
    }

    /// The type of what comes out.
    pub(super) const fn kind(function: Aggregate, kind: Kind) -> Kind {
        match function {
            Aggregate::Count => Kind::Integer,
            Aggregate::Sum | Aggregate::Spread => kind,
            _ => Kind::Float,
        }
    }

    /// Takes the values of one block, of the type that the accumulator was made for.
    pub(super) fn add(&mut self, block: &[&Cell]) {
        match self {
            // Nulls count, too.
            Self::Count(count) => *count += length(block.len()),
            Self::Integers(sum) => integers(block).for_each(|value| {
                *sum = Some(sum.unwrap_or(0).wrapping_add(value));
            }),
            Self::Unsigneds(sum) => unsigneds(block).for_each(|value| {
                *sum = Some(sum.unwrap_or(0).wrapping_add(value));
            }),
            Self::Floats(sum) => add_floats(sum, block),
            Self::Mean { count, sum } => add_to_mean(count, sum, block),
            Self::Spread(ends) => block.iter().for_each(|cell| widen(ends, cell)),
            Self::Deviation { count, mean, squares, .. } => {
                for value in numbers(block) {
                    *count += 1.0;
                    let delta = value - *mean;
                    *mean += delta / *count;
                    *squares += delta * (value - *mean);
                }
            }
            Self::Quantile { values, .. } | Self::ExactQuantile { values, .. } => {
                values.extend(numbers(block));
            }
        }
    }

    /// # Errors
    /// This server cannot say what the real one makes of these values.
    pub(super) fn finish(self) -> Result<Cell, Refusal> {
        Ok(match self {
            Self::Count(count) => Cell::Integer(count),
            Self::Integers(sum) => sum.map_or(Cell::Null, Cell::Integer),
            Self::Unsigneds(sum) => sum.map_or(Cell::Null, Cell::Unsigned),
            Self::Floats(sum) => sum.map_or(Cell::Null, Cell::Float),
            Self::Mean { count: 0, .. } | Self::Spread(None) => Cell::Null,
            Self::Mean { count, sum } => Cell::Float(sum / float(count)),
            Self::Spread(Some((least, greatest))) => difference(&greatest, &least),
            Self::Deviation { is_sample, count, squares, .. } => {
                deviation(is_sample, count, squares)
            }
            Self::Quantile { values, .. } | Self::ExactQuantile { values, .. }
                if values.is_empty() =>
            {
                Cell::Null
            }
            Self::Quantile { q, compression, values } => {
                Cell::Float(digest::quantile(&values, q, compression)?)
            }
            Self::ExactQuantile { q, values } => Cell::Float(between(values, q)),
        })
    }
}

fn integers<'a>(block: &'a [&Cell]) -> impl Iterator<Item = i64> + 'a {
    block.iter().filter_map(|cell| match cell {
        Cell::Integer(value) => Some(*value),
        _ => None,
    })
}

fn unsigneds<'a>(block: &'a [&Cell]) -> impl Iterator<Item = u64> + 'a {
    block.iter().filter_map(|cell| match cell {
        Cell::Unsigned(value) => Some(*value),
        _ => None,
    })
}

fn numbers<'a>(block: &'a [&Cell]) -> impl Iterator<Item = f64> + 'a {
    block.iter().filter_map(|cell| number(cell))
}

/// The number as a float.
#[expect(clippy::cast_precision_loss, reason = "the real server does the same")]
pub(super) const fn number(cell: &Cell) -> Option<f64> {
    Some(match cell {
        Cell::Integer(value) => *value as f64,
        Cell::Unsigned(value) => *value as f64,
        Cell::Float(value) => *value,
        _ => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "the real server does the same")]
pub(super) const fn float(count: i64) -> f64 {
    count as f64
}

pub(super) fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// With a null in the block, the real server adds its values one by one.
fn add_floats(sum: &mut Option<f64>, block: &[&Cell]) {
    let values: Vec<_> = numbers(block).collect();
    if values.is_empty() {
        return;
    }
    let before = sum.unwrap_or(0.0);
    *sum = Some(if values.len() == block.len() {
        before + sum::of_block(&values)
    } else {
        values.iter().fold(before, |sum, value| sum + value)
    });
}

fn add_to_mean(count: &mut i64, sum: &mut f64, block: &[&Cell]) {
    let values: Vec<_> = numbers(block).collect();
    *count += length(values.len());
    if values.len() < block.len() {
        *sum = values.iter().fold(*sum, |sum, value| sum + value);
        return;
    }
    *sum += match block.first() {
        None => return,
        Some(Cell::Integer(_)) => float(integers(block).fold(0, i64::wrapping_add)),
        Some(Cell::Unsigned(_)) => {
            let total = unsigneds(block).fold(0, u64::wrapping_add);
            number(&Cell::Unsigned(total)).unwrap_or_default()
        }
        Some(_) => sum::of_block(&values),
    };
}

fn widen(ends: &mut Option<(Cell, Cell)>, cell: &Cell) {
    match ends {
        _ if *cell == Cell::Null => {}
        None => *ends = Some((cell.clone(), cell.clone())),
        Some((least, greatest)) => {
            if cell.compare(least).is_lt() {
                *least = cell.clone();
            }
            if cell.compare(greatest).is_gt() {
                *greatest = cell.clone();
            }
        }
    }
}

fn difference(a: &Cell, b: &Cell) -> Cell {
    match (a, b) {
        (Cell::Integer(a), Cell::Integer(b)) => Cell::Integer(a.wrapping_sub(*b)),
        (Cell::Unsigned(a), Cell::Unsigned(b)) => Cell::Unsigned(a.wrapping_sub(*b)),
        (Cell::Float(a), Cell::Float(b)) => Cell::Float(a - b),
        _ => Cell::Null,
    }
}

fn deviation(is_sample: bool, count: f64, squares: f64) -> Cell {
    if count < 1.0 {
        return Cell::Null;
    }
    let divisor = if is_sample { count - 1.0 } else { count };
    Cell::Float(if divisor < 1.0 { f64::NAN } else { (squares / divisor).sqrt() })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in the values, between 0 and their number"
)]
fn between(mut values: Vec<f64>, q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = q * float(length(values.len()) - 1);
    let (below, above) = (place.floor(), place.ceil());
    let (low, high) = (values[below as usize], values[above as usize]);
    if below.total_cmp(&above).is_eq() {
        return low;
    }
    low * (above - place) + high * (place - below)
}
