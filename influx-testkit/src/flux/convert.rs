//! `int(v:)` and its kin, on constants.

use super::duration::Duration;
use super::literal;
use super::value::Value;
use super::{Literal, Text};

/// What `function` makes of `value`. `None` where the real server fails or this one is not sure.
pub(super) fn convert(function: &str, value: &Value) -> Option<Value> {
    let literal = match value {
        Value::Literal(literal) => literal,
        Value::Failed => return Some(zero(function)),
        _ => return None,
    };
    Some(Value::Literal(match (function, literal) {
        ("int", Literal::Integer(value)) => Literal::Integer(*value),
        ("int", Literal::String(text)) => Literal::Integer(decimal(text)?.parse().ok()?),
        ("uint", Literal::Unsigned(value)) => Literal::Unsigned(*value),
        ("uint", Literal::Integer(value)) => Literal::Unsigned(u64::try_from(*value).ok()?),
        ("uint", Literal::String(text)) => Literal::Unsigned(decimal(text)?.parse().ok()?),
        ("float", Literal::Float(value)) => Literal::Float(*value),
        ("float", Literal::String(text)) => Literal::Float(float(text)?),
        ("time", Literal::Time(value) | Literal::Integer(value)) => Literal::Time(*value),
        ("time", Literal::String(text)) => Literal::Time(time(text)?),
        _ => return None,
    }))
}

/// A value of the type that `function` gives, in place of one that cannot be had.
pub(super) fn zero(function: &str) -> Value {
    Value::Literal(match function {
        "int" => Literal::Integer(0),
        "uint" => Literal::Unsigned(0),
        "float" => Literal::Float(0.0),
        "duration" => return Value::Duration(Duration::default()),
        _ => Literal::Time(0),
    })
}

/// Digits, with a minus sign or without; the other forms that Go reads stay out.
fn decimal(text: &Text) -> Option<&str> {
    let text = str::from_utf8(text).ok()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// What Go and Rust read alike: decimals with an exponent, `NaN`, `Inf` with a sign or without.
fn float(text: &Text) -> Option<f64> {
    let text = str::from_utf8(text).ok()?;
    match text {
        "NaN" => return Some(f64::NAN),
        "Inf" | "+Inf" => return Some(f64::INFINITY),
        "-Inf" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e'));
    let value: f64 = text.parse().ok()?;
    (is_plain && value.is_finite()).then_some(value)
}

/// Only the whole form with `Z`.
fn time(text: &Text) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let is_plain = text.len() <= 30 && text.contains('T') && text.ends_with('Z');
    is_plain.then(|| literal::nanoseconds(text))?
}
