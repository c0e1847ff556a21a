//! Cells as text, without an allocation.

use crate::error::FrameCell;
use crate::time::rfc3339_of;

/// A short text in place.
#[derive(Debug)]
pub(super) struct Text {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl Text {
    /// 39 digits of 128 bits, a sign, a point and a zero before it.
    const LONGEST: usize = 48;

    const fn new() -> Self {
        Self { bytes: [0; Self::LONGEST], length: 0 }
    }

    fn push(&mut self, text: &str) {
        let end = self.length + text.len();
        if let Some(place) = self.bytes.get_mut(self.length..end) {
            place.copy_from_slice(text.as_bytes());
            self.length = end;
        }
    }

    /// A number with this many digits behind the point.
    pub(super) fn decimal(digits: i128, scale: usize) -> Self {
        let mut buffer = itoa::Buffer::new();
        let all = buffer.format(digits.unsigned_abs());
        let (whole, fraction) = all.split_at(all.len().saturating_sub(scale));
        let mut text = Self::new();
        text.push(if digits < 0 { "-" } else { "" });
        text.push(if whole.is_empty() { "0" } else { whole });
        if scale > 0 {
            text.push(".");
            (fraction.len()..scale).for_each(|_| text.push("0"));
            text.push(fraction);
        }
        text
    }

    /// `2024-05-01T12:00:00.5Z`
    pub(super) fn instant(nanos: i128) -> Result<Self, FrameCell> {
        let mut text = Self::new();
        text.push(rfc3339_of(nanos).ok_or(FrameCell::BeyondYears)?.as_str());
        Ok(text)
    }

    /// `2024-05-01`
    pub(super) fn date(nanos: i128) -> Result<Self, FrameCell> {
        let mut text = Self::instant(nanos)?;
        text.length = "0000-00-00".len();
        Ok(text)
    }

    /// `12:00:00.5`
    pub(super) fn time_of_day(nanos: i64) -> Result<Self, FrameCell> {
        let instant = Self::instant(nanos.into())?;
        let mut text = Self::new();
        let time = instant.as_str().get("0000-00-00T".len()..).unwrap_or_default();
        text.push(time.trim_end_matches('Z'));
        Ok(text)
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn a_decimal_keeps_all_its_digits() {
        for (digits, scale, text) in [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (1234, 2, "12.34"),
            (-1200, 2, "-12.00"),
            (7, 0, "7"),
            (i128::MIN, 38, "-1.70141183460469231731687303715884105728"),
            (1, 38, "0.00000000000000000000000000000000000001"),
        ] {
            assert_eq!(Text::decimal(digits, scale).as_str(), text);
        }
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(
            Text::instant(1_714_564_800_500_000_000).unwrap().as_str(),
            "2024-05-01T12:00:00.5Z"
        );
        assert_eq!(Text::date(-86_400_000_000_000).unwrap().as_str(), "1969-12-31");
        assert_eq!(Text::time_of_day(43_200_000_000_001).unwrap().as_str(), "12:00:00.000000001");
        assert_eq!(Text::time_of_day(0).unwrap().as_str(), "00:00:00");
        let second = 1_000_000_000;
        assert_eq!(
            Text::instant(-62_167_219_200 * second).unwrap().as_str(),
            "0000-01-01T00:00:00Z"
        );
        assert!(Text::instant(-62_167_219_201 * second).is_err());
        assert_eq!(
            Text::instant(253_402_300_799 * second).unwrap().as_str(),
            "9999-12-31T23:59:59Z"
        );
        assert!(Text::instant(253_402_300_800 * second).is_err());
    }
}
