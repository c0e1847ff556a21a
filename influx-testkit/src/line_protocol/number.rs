use super::Reason;

const INVALID: &str = "invalid number";

/// Checks a number as the server does before it stores anything.
pub(super) fn check(text: &[u8]) -> Result<(), Reason> {
    let negative = text.first() == Some(&b'-');
    let digits = &text[usize::from(negative)..];
    let suffix = digits.iter().position(|byte| matches!(byte, b'i' | b'u'));
    match suffix {
        Some(at) if at + 1 == digits.len() => check_whole(text, digits, digits[at] == b'u'),
        Some(_) => Err(INVALID.into()),
        None => check_float(text, digits),
    }
}

/// Checks `<digits>i` and `<digits>u`.
fn check_whole(text: &[u8], digits: &[u8], unsigned: bool) -> Result<(), Reason> {
    let (number, digits) = (&text[..text.len() - 1], &digits[..digits.len() - 1]);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(INVALID.into());
    }
    if !unsigned {
        let parsed = signed(number);
        return parsed.map(drop).map_err(|e| out_of_range("integer", number, &e));
    }
    if number.len() != digits.len() {
        return Err(INVALID.into());
    }
    match ascii(number).parse::<u64>() {
        Ok(_) => Ok(()),
        Err(_) => Err(out_of_range("unsigned", number, &failure("ParseUint", number))),
    }
}

fn out_of_range(kind: &str, number: &[u8], failure: &str) -> Reason {
    format!("unable to parse {kind} {}: {failure}", ascii(number)).into()
}

/// Signs are fine at the begin and behind an `e`; how many of these there are is found out last.
fn check_float(text: &[u8], digits: &[u8]) -> Result<(), Reason> {
    let allowed = |(at, byte): (usize, &u8)| match byte {
        b'0'..=b'9' | b'.' => true,
        b'e' | b'E' => at > 0 || digits.len() < text.len(),
        b'+' | b'-' => at > 0 && matches!(digits[at - 1], b'e' | b'E'),
        _ => false,
    };
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    if !digits.iter().enumerate().all(allowed) || points > 1 || digits.len() == points {
        return Err(INVALID.into());
    }
    float(text).map(drop).ok_or(Reason::Borrowed("invalid float"))
}

/// A finite float in the server's notation.
pub(super) fn float(text: &[u8]) -> Option<f64> {
    let plain = text.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    ascii(text).parse().ok().filter(|value: &f64| plain && value.is_finite())
}

/// An integer, or why it is none, in the words of the server's library.
pub(super) fn signed(text: &[u8]) -> Result<i64, String> {
    ascii(text).parse().map_err(|_| failure("ParseInt", text))
}

fn failure(function: &str, text: &[u8]) -> String {
    let what = match text {
        b"-" => "invalid syntax",
        _ => "value out of range",
    };
    format!("strconv.{function}: parsing \"{}\": {what}", ascii(text))
}

/// The text, or nothing where it cannot be a number.
pub(super) fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}
