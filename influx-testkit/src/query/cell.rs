use std::cmp::Ordering;

pub(crate) use super::condition::Kind;
use super::condition::Scalar;
use crate::clock;
use crate::point::{Text, Type, Value};

/// The value of a column in a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    String(Text),
    /// Nanoseconds since 1970.
    Time(i64),
}

impl Cell {
    /// The type of what is not null.
    pub(crate) const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Null => None,
            Self::Boolean(_) => Some(Kind::Boolean),
            Self::Integer(_) => Some(Kind::Integer),
            Self::Unsigned(_) => Some(Kind::Unsigned),
            Self::Float(_) => Some(Kind::Float),
            Self::String(_) => Some(Kind::String),
            Self::Time(_) => Some(Kind::Time),
        }
    }

    pub(crate) fn is_negative_zero(&self) -> bool {
        matches!(self, Self::Float(value) if *value == 0.0 && value.is_sign_negative())
    }

    /// The cell as conditions see it.
    pub(crate) fn as_scalar(&self) -> Option<Scalar<'_>> {
        Some(match self {
            Self::Null => return None,
            Self::Boolean(value) => Scalar::Boolean(*value),
            Self::Integer(value) => Scalar::Integer(*value),
            Self::Unsigned(value) => Scalar::Unsigned(*value),
            Self::Float(value) => Scalar::Float(*value),
            Self::String(text) => Scalar::String(text),
            Self::Time(nanoseconds) => Scalar::Time(*nanoseconds),
        })
    }

    /// Compares cells of one column: null comes first.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Integer(a), Self::Integer(b)) | (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Unsigned(a), Self::Unsigned(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Self::String(a), Self::String(b)) => a.cmp(b),
            (a, b) => a.kind().cmp(&b.kind()),
        }
    }

    /// Appends what annotated CSV shows; null and the empty string look alike.
    pub(crate) fn write_csv(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Boolean(value) => out.extend(value.to_string().as_bytes()),
            Self::Integer(value) => out.extend(value.to_string().as_bytes()),
            Self::Unsigned(value) => out.extend(value.to_string().as_bytes()),
            Self::Float(value) => out.extend(float(*value).as_bytes()),
            Self::String(text) => out.extend(&**text),
            Self::Time(nanoseconds) => out.extend(clock::format(*nanoseconds).as_bytes()),
        }
    }

    /// Appends what `pivot` makes of a cell: it names columns and tells rows apart by text.
    pub(crate) fn write_label(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend(b"null"),
            Self::Float(value) => out.extend(exponential(*value).as_bytes()),
            Self::Time(nanoseconds) => {
                out.extend(clock::format_nanoseconds(*nanoseconds).as_bytes());
            }
            other => other.write_csv(out),
        }
    }
}

/// As Go writes it without an exponent.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let (mantissa, exponent) = shortest(value);
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    match i64::try_from(digits).unwrap_or(0) - 1 - exponent {
        decimals @ 0.. => format!("{value:.*}", usize::try_from(decimals).unwrap_or(0)),
        missing => {
            let zeros = usize::try_from(-missing).unwrap_or(0);
            format!("{}{}", mantissa.replace('.', ""), "0".repeat(zeros))
        }
    }
}

/// The mantissa and the exponent with as few digits as tell the value. Of two that are equally near,
/// Go takes the even one, and Rust the greater one.
fn shortest(value: f64) -> (String, i64) {
    let text = format!("{value:e}");
    let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    let nearest = format!("{value:.*e}", digits.saturating_sub(1));
    let is_value = nearest.parse() == Ok(value);
    let text = if is_value { nearest } else { text };
    match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), exponent.parse().unwrap_or(0)),
        None => (text, 0),
    }
}

/// As Go writes it with an exponent, which has a sign and two digits or more.
fn exponential(value: f64) -> String {
    if !value.is_finite() {
        return float(value);
    }
    let (mantissa, exponent) = shortest(value);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}E{sign}{:02}", exponent.abs())
}

impl From<&Value> for Cell {
    fn from(value: &Value) -> Self {
        match value {
            Value::Float(value) => Self::Float(*value),
            Value::Integer(value) => Self::Integer(*value),
            Value::Unsigned(value) => Self::Unsigned(*value),
            Value::Boolean(value) => Self::Boolean(*value),
            Value::String(text) => Self::String(text.clone()),
        }
    }
}

impl From<Type> for Kind {
    fn from(r#type: Type) -> Self {
        match r#type {
            Type::Float => Self::Float,
            Type::Integer => Self::Integer,
            Type::Unsigned => Self::Unsigned,
            Type::Boolean => Self::Boolean,
            Type::String => Self::String,
        }
    }
}
