//! Sums of floats in the order of the real server.

/// How many sums its processor keeps at once, with AVX2.
const LANES: usize = 32;

/// The sum of a block without nulls: where there are many values, the real server adds every 32nd
/// of them, and then these sums.
pub(super) fn of_block(values: &[f64]) -> f64 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let start = if chunks.is_empty() { 0.0 } else { of_lanes(chunks) };
    rest.iter().fold(start, |sum, value| sum + value)
}

fn of_lanes(chunks: &[[f64; LANES]]) -> f64 {
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    // Eight registers of four: the last four onto the first four, and so on down to one.
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::of_block;

    #[test]
    fn few_values_are_added_one_after_the_other() {
        assert_eq!(of_block(&[1e16, 1.0, -1e16]).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn many_values_are_added_in_lanes() {
        let mut values = vec![0.0; 64];
        (values[0], values[1], values[32]) = (1e16, 1.0, -1e16);
        assert_eq!(of_block(&values).to_bits(), 1.0_f64.to_bits());
    }
}
