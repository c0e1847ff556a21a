//! Quantiles as the real server estimates them: a t-digest of all values.

use std::f64::consts::PI;

use crate::refusal::Refusal;

/// With more values the real server makes its digest in several steps.
const MAX_VALUES: usize = 8_000;

/// Several values, as one.
#[derive(Debug, Clone, Copy)]
struct Centroid {
    mean: f64,
    weight: f64,
}

/// The value below which `q` of all values are.
///
/// # Errors
/// This server cannot say what the real one estimates.
pub(super) fn quantile(values: &[f64], q: f64, compression: f64) -> Result<f64, Refusal> {
    if values.len() > MAX_VALUES || compression < 1_000.0 {
        return Err(Refusal::unknown("quantiles estimated from so many values"));
    }
    let mut values: Vec<_> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let centroids = centroids(&values, compression)?;
    Ok(estimate(&centroids, q))
}

/// Merges neighbours, fewer of them at the ends.
fn centroids(values: &[f64], compression: f64) -> Result<Vec<Centroid>, Refusal> {
    let total = count(values.len());
    let mut centroids: Vec<Centroid> = Vec::new();
    let mut so_far = 0.0;
    let mut limit = total * integrated(1.0, compression);
    for value in values {
        let projected: f64 = so_far + 1.0;
        if centroids.is_empty() {
            centroids.push(Centroid { mean: *value, weight: 1.0 });
            so_far = projected;
            continue;
        }
        // The sine of the real server differs in its last digit.
        if (projected - limit).abs() < 1e-6 {
            return Err(Refusal::unknown("quantiles estimated from these values"));
        }
        match centroids.last_mut().filter(|_| projected <= limit) {
            Some(last) => {
                last.weight += 1.0;
                last.mean += (value - last.mean) / last.weight;
            }
            None => {
                let location = location(so_far / total, compression);
                limit = total * integrated(location + 1.0, compression);
                centroids.push(Centroid { mean: *value, weight: 1.0 });
            }
        }
        so_far = projected;
    }
    Ok(centroids)
}

fn estimate(centroids: &[Centroid], q: f64) -> f64 {
    let (Some(first), Some(last)) = (centroids.first(), centroids.last()) else { return f64::NAN };
    if centroids.len() == 1 {
        return first.mean;
    }
    let total: f64 = centroids.iter().map(|it| it.weight).sum();
    let index = q * total;
    // Up to the middle of the first one there is nothing but itself.
    if index <= first.weight / 2.0 {
        return first.mean;
    }
    let mut before = 0.0;
    let mut middles = Vec::with_capacity(centroids.len());
    for centroid in centroids {
        middles.push(before + centroid.weight / 2.0);
        before += centroid.weight;
    }
    match middles.iter().position(|middle| *middle >= index) {
        Some(lower) => {
            let (left, right) = (index - middles[lower - 1], middles[lower] - index);
            average(centroids[lower - 1].mean, right, centroids[lower].mean, left)
        }
        None => last.mean,
    }
}

fn average(a: f64, weight_a: f64, b: f64, weight_b: f64) -> f64 {
    let (low, low_weight, high, high_weight) =
        if a <= b { (a, weight_a, b, weight_b) } else { (b, weight_b, a, weight_a) };
    let mean = (low * low_weight + high * high_weight) / (low_weight + high_weight);
    low.max(mean.min(high))
}

fn integrated(k: f64, compression: f64) -> f64 {
    ((k.min(compression) * PI / compression - PI / 2.0).sin() + 1.0) / 2.0
}

fn location(q: f64, compression: f64) -> f64 {
    compression * ((2.0 * q - 1.0).asin() + PI / 2.0) / PI
}

#[expect(clippy::cast_precision_loss, reason = "there are not so many values")]
const fn count(length: usize) -> f64 {
    length as f64
}
