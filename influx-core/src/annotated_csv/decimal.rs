//! Decimals of few digits → floats.

/// Powers of ten that a float holds exactly.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The float nearest to a decimal of at most 15 digits; `None` for any other text.
///
/// So many digits and their power of ten are both exact as floats, and a quotient of exact floats is
/// rounded once: the result is that of `str::parse`, in half its time.
#[inline]
pub(super) fn parse(text: &[u8]) -> Option<f64> {
    let (digits, sign) = match text {
        [b'-', digits @ ..] => (digits, -1.0),
        digits => (digits, 1.0),
    };
    if digits.len() > 16 {
        return None;
    }
    let (mut number, mut point) = (0_u64, None);
    for (place, byte) in digits.iter().enumerate() {
        match byte.wrapping_sub(b'0') {
            digit @ 0..=9 => number = number * 10 + u64::from(digit),
            _ if *byte == b'.' && point.is_none() => point = Some(place),
            _ => return None,
        }
    }
    let fraction = point.map_or(0, |place| digits.len() - 1 - place);
    let count = digits.len() - usize::from(point.is_some());
    #[expect(clippy::cast_precision_loss, reason = "15 digits are fewer than 2^53")]
    (1..=15).contains(&count).then(|| sign * (number as f64 / POWERS[fraction]))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_short_decimal_is_what_std_makes_of_it() {
        for text in
            ["0", "-0", "5.", ".5", "-.5", "22.35", "0.1", "999999999999999", "0.00000000000001"]
        {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(
                parse(text.as_bytes()).map(f64::to_bits),
                Some(expected.to_bits()),
                "{text}"
            );
        }
        let mut seed = 1_u64;
        for _ in 0..100_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let digits = format!("{:015}", seed % 1_000_000_000_000_000);
            let at = usize::try_from(seed >> 60).unwrap();
            let text = format!("{}.{}", &digits[..at.min(15)], &digits[at.min(15)..]);
            let expected: f64 = text.parse().unwrap();
            assert_eq!(
                parse(text.as_bytes()).map(f64::to_bits),
                Some(expected.to_bits()),
                "{text}"
            );
        }
    }

    #[test]
    fn whatever_is_longer_or_no_decimal_is_left_to_std() {
        for text in [
            "",
            "-",
            ".",
            "-.",
            "1e5",
            "+1",
            "1.2.3",
            "NaN",
            "--1",
            "1 ",
            "1234567890123456",
            "0.1234567890123456",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
