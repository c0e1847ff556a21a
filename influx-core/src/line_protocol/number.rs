//! Numbers as text.
//!
//! Eight digits at a time are made in a word and stored at once. A copy from a buffer of digits would be a
//! call, or wait for the stores into that buffer.

/// What one word of digits counts up to.
const BLOCK: u64 = 100_000_000;

/// The largest count of thousandths of which each is another float: 15 digits always are.
const MOST_THOUSANDTHS: u64 = 1_000_000_000_000_000;

/// Eight times `0`.
const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);

/// The eight digits of `n`, which has no more, the first in the lowest byte.
///
/// Halves, quarters and eighths of it side by side in one word; the factors are reciprocals.
#[inline]
const fn eight_digits(n: u64) -> u64 {
    let fours = (n / 10_000) | ((n % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    digits_of_pairs(hundreds | ((fours - hundreds * 100) << 16)) + ZEROS
}

/// Appends the first bytes of a window, whose size is known where this is compiled: that is a few
/// instructions, where a copy of any other length is a call.
#[inline]
pub(super) fn append_start<const N: usize>(window: &[u8; N], length: usize, buffer: &mut Vec<u8>) {
    let end = buffer.len() + length;
    buffer.extend_from_slice(window);
    buffer.truncate(end);
}

/// The four digits of `n`, which has no more, likewise.
#[inline]
const fn four_digits(n: u64) -> u64 {
    let hundreds = n / 100;
    digits_of_pairs(hundreds | ((n - hundreds * 100) << 16)) + (ZEROS >> 32)
}

/// The digits, as numbers, of numbers below 100 in every second byte.
#[inline]
const fn digits_of_pairs(pairs: u64) -> u64 {
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((pairs - tens * 10) << 8)
}

/// Appends a block without its leading zeros; of zero, one.
#[inline]
fn append_block(n: u64, buffer: &mut Vec<u8>) {
    // How long it is is known before its digits are.
    if n < 10_000 {
        let length = 1 + usize::from(n > 9) + usize::from(n > 99) + usize::from(n > 999);
        let digits = four_digits(n) >> (8 * (4 - length));
        append_start(&digits.to_le_bytes(), length, buffer);
    } else {
        let length =
            5 + usize::from(n > 99_999) + usize::from(n > 999_999) + usize::from(n > 9_999_999);
        let digits = eight_digits(n) >> (8 * (8 - length));
        append_start(&digits.to_le_bytes(), length, buffer);
    }
}

/// Appends a block with its leading zeros.
#[inline]
fn append_whole_block(n: u64, buffer: &mut Vec<u8>) {
    buffer.extend_from_slice(&eight_digits(n).to_le_bytes());
}

/// Appends the shortest decimal that reads back equal; whole numbers without `.0`.
#[inline]
pub(super) fn append_float(value: f64, buffer: &mut Vec<u8>) {
    match thousandths(value.abs()) {
        Some(count) => {
            if value.is_sign_negative() {
                buffer.push(b'-');
            }
            append_thousandths(count, buffer);
        }
        None => append_any_float(value, buffer),
    }
}

/// Appends the shortest decimal that reads back equal in its own precision.
pub(super) fn append_any_float(value: impl zmij::Float, buffer: &mut Vec<u8>) {
    let mut text = zmij::Buffer::new();
    let text = text.format_finite(value).as_bytes();
    buffer.extend_from_slice(text.strip_suffix(b".0").unwrap_or(text));
}

/// How many thousandths a number is, if it is a decimal of at most three places, as most that are
/// measured are. Of so few digits no other decimal reads back equal.
#[inline]
fn thousandths(value: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let count = (value * 1_000.0 + 0.5) as u64;
    #[expect(clippy::cast_precision_loss, reason = "below the limit it is exact")]
    let back = count as f64 / 1_000.0;
    #[expect(clippy::float_cmp, reason = "another float is another text")]
    let is_equal = back == value;
    (is_equal && count < MOST_THOUSANDTHS).then_some(count)
}

#[inline]
fn append_thousandths(count: u64, buffer: &mut Vec<u8>) {
    append_unsigned(count / 1_000, buffer);
    let fraction = count % 1_000;
    if fraction > 0 {
        // The point takes the place of the first of four digits, which is `0`.
        let digits = four_digits(fraction) - u64::from(b'0' - b'.');
        let places = match fraction {
            _ if fraction.is_multiple_of(100) => 1,
            _ if fraction.is_multiple_of(10) => 2,
            _ => 3,
        };
        append_start(&digits.to_le_bytes(), 1 + places, buffer);
    }
}

#[inline]
pub(super) fn append_integer(value: i64, buffer: &mut Vec<u8>) {
    if value < 0 {
        buffer.push(b'-');
    }
    append_unsigned(value.unsigned_abs(), buffer);
}

#[inline]
pub(super) fn append_unsigned(value: u64, buffer: &mut Vec<u8>) {
    if value < BLOCK {
        append_block(value, buffer);
        return;
    }
    let (rest, last) = (value / BLOCK, value % BLOCK);
    if rest < BLOCK {
        append_block(rest, buffer);
    } else {
        append_block(rest / BLOCK, buffer);
        append_whole_block(rest % BLOCK, buffer);
    }
    append_whole_block(last, buffer);
}

#[cfg(test)]
mod tests {
    use super::{append_any_float, append_float, append_integer, append_unsigned};

    fn text(append: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut buffer = b"x".to_vec();
        append(&mut buffer);
        String::from_utf8(buffer).unwrap()
    }

    #[test]
    fn integers_have_their_digits() {
        let mut count = 0_u64;
        for step in 0..200_000_u64 {
            count = count.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step);
            let unsigned = count >> (step % 64);
            assert_eq!(text(|buffer| append_unsigned(unsigned, buffer)), format!("x{unsigned}"));
            let signed = unsigned.cast_signed();
            assert_eq!(text(|buffer| append_integer(signed, buffer)), format!("x{signed}"));
        }
        let tens = (0..20).map(|power| 10_u64.pow(power));
        for edge in tens.chain([0, u64::MAX, i64::MAX.unsigned_abs(), 99_999_999]) {
            for value in [edge.saturating_sub(1), edge, edge.saturating_add(1)] {
                assert_eq!(text(|buffer| append_unsigned(value, buffer)), format!("x{value}"));
            }
        }
        assert_eq!(text(|buffer| append_integer(i64::MIN, buffer)), format!("x{}", i64::MIN));
    }

    #[test]
    fn floats_of_few_places_are_the_shortest_too() {
        let same = |value: f64| {
            let shortest = text(|buffer| append_any_float(value, buffer));
            assert_eq!(text(|buffer| append_float(value, buffer)), shortest, "{value:?}");
        };
        let edges =
            [0.0, 0.001, 0.0005, 1e-9, 1e12, 999_999_999_999.999, 1e15, 1e300, f64::MIN_POSITIVE];
        for value in edges {
            for value in [value, -value, value.next_up(), value.next_down()] {
                same(value);
            }
        }
        let mut state = 1_u64;
        for step in 0..500_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step);
            #[expect(clippy::cast_precision_loss, reason = "any float will do")]
            let value = (state >> (14 + step % 50)) as f64;
            for places in [1.0, 10.0, 100.0, 1_000.0, 10_000.0] {
                same(value / places);
                same((value / places).next_up());
            }
        }
    }
}
