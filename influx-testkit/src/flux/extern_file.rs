//! `extern`: a file as the JSON of its tree, with which clients hand over parameters.

use serde_json::{Map, Value as Json};

use crate::refusal::Refusal;

use super::ast::{
    Argument, Call, Expression, ExpressionKind, File, Function, Place, Statement, UnaryOperator,
};
use super::duration::Duration;
use super::literal;

type Object = Map<String, Json>;

/// Reads the file. Its expressions have no place: messages speak of the script only.
pub(crate) fn parse(json: &Json) -> Result<File, Refusal> {
    let file = object(json)?;
    // Without `imports` or `body` the real server fails; it does not look at `type`.
    let has_no_imports = match child(file, "imports")? {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        _ => false,
    };
    if !has_no_imports {
        return Err(refuse("imports in `extern`"));
    }
    if !matches!(file.get("package"), None | Some(Json::Null)) {
        return Err(refuse("packages in `extern`"));
    }
    let body = array(child(file, "body")?)?.iter();
    let statements = body.map(statement).collect::<Result<_, _>>()?;
    Ok(File { imports: Vec::new(), statements })
}

fn statement(json: &Json) -> Result<Statement, Refusal> {
    let node = object(json)?;
    let (node, is_option) = match text(node, "type")? {
        "OptionStatement" => (object(child(node, "assignment")?)?, true),
        _ => (node, false),
    };
    if text(node, "type")? != "VariableAssignment" {
        return Err(refuse("this statement in `extern`"));
    }
    let name = identifier(child(node, "id")?)?;
    let value = expression(child(node, "init")?, 0)?;
    Ok(Statement::Assignment { name, value, is_option, place: Place::default() })
}

/// How deeply expressions may nest here; parameters are flat.
const MAX_DEPTH: u32 = 20;

fn expression(json: &Json, depth: u32) -> Result<Expression, Refusal> {
    if depth > MAX_DEPTH {
        return Err(refuse("expressions nested this deeply in `extern`"));
    }
    let node = object(json)?;
    let kind = match text(node, "type")? {
        "Identifier" => ExpressionKind::Identifier(identifier(json)?),
        "StringLiteral" => ExpressionKind::String(text(node, "value")?.to_owned()),
        "IntegerLiteral" => ExpressionKind::Integer(number(text(node, "value")?)?),
        "UnsignedIntegerLiteral" => ExpressionKind::Unsigned(number(text(node, "value")?)?),
        "FloatLiteral" => ExpressionKind::Float(float(child(node, "value")?)?),
        "BooleanLiteral" => match child(node, "value")? {
            Json::Bool(value) => ExpressionKind::Boolean(*value),
            _ => return Err(refuse("this BooleanLiteral")),
        },
        "DateTimeLiteral" => match text(node, "value")? {
            value if value.contains('T') => ExpressionKind::Time(
                literal::nanoseconds(value).ok_or_else(|| refuse("this DateTimeLiteral"))?,
            ),
            _ => return Err(refuse("this DateTimeLiteral")),
        },
        "DurationLiteral" => ExpressionKind::Duration(duration(child(node, "values")?)?),
        "RegexpLiteral" => ExpressionKind::Regex(text(node, "value")?.to_owned()),
        "ArrayExpression" => {
            let items = array(child(node, "elements")?)?.iter();
            ExpressionKind::Array(
                items.map(|item| expression(item, depth + 1)).collect::<Result<_, _>>()?,
            )
        }
        "ObjectExpression" if node.get("with").is_none_or(Json::is_null) => {
            ExpressionKind::Record(properties(json, depth)?)
        }
        "UnaryExpression" if text(node, "operator")? == "-" => ExpressionKind::Unary {
            operator: UnaryOperator::Minus,
            argument: Box::new(expression(child(node, "argument")?, depth + 1)?),
        },
        "CallExpression" => ExpressionKind::Call(call(node, depth)?),
        "FunctionExpression" if matches!(child(node, "params")?, Json::Array(it) if it.is_empty()) =>
        {
            let body = Box::new(expression(child(node, "body")?, depth + 1)?);
            ExpressionKind::Function(Function { parameters: Vec::new(), body })
        }
        other => return Err(refuse(&format!("a {other} in `extern`"))),
    };
    Expression::new(kind, Place::default())
}

fn call(node: &Object, depth: u32) -> Result<Call, Refusal> {
    let callee = Box::new(expression(child(node, "callee")?, depth + 1)?);
    let [object_node] = array(child(node, "arguments")?)? else {
        return Err(refuse("these arguments in `extern`"));
    };
    let arguments = properties(object_node, depth)?;
    Ok(Call { callee, arguments })
}

/// The members of an object; no name is there twice.
fn properties(json: &Json, depth: u32) -> Result<Vec<Argument>, Refusal> {
    let mut properties: Vec<Argument> = Vec::new();
    for property in array(child(object(json)?, "properties")?)? {
        let property = object(property)?;
        let name = key(child(property, "key")?)?;
        if properties.iter().any(|known| known.name == name) {
            return Err(refuse("a name given twice in `extern`"));
        }
        properties
            .push(Argument { name, value: expression(child(property, "value")?, depth + 1)? });
    }
    Ok(properties)
}

/// The name of a member: a word or a string.
fn key(json: &Json) -> Result<String, Refusal> {
    let node = object(json)?;
    match text(node, "type")? {
        "StringLiteral" => Ok(text(node, "value")?.to_owned()),
        _ => identifier(json),
    }
}

fn identifier(json: &Json) -> Result<String, Refusal> {
    let node = object(json)?;
    match text(node, "type")? {
        "Identifier" => Ok(text(node, "name")?.to_owned()),
        other => Err(refuse(&format!("a {other} as a name in `extern`"))),
    }
}

/// Digits, with a minus sign or without.
fn number<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_plain).ok_or_else(|| refuse("this integer in `extern`"))
}

/// The real server reads others up to a last digit wrong.
fn float(json: &Json) -> Result<f64, Refusal> {
    let value = json.as_f64().ok_or_else(|| refuse("this FloatLiteral"))?;
    let digits = format!("{value:e}");
    let (digits, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    let exponent: i32 = exponent.parse().unwrap_or(i32::MAX);
    let is_negative_zero = value == 0.0 && value.is_sign_negative();
    if count <= 15 && (-5..=15).contains(&exponent) && !is_negative_zero {
        return Ok(value);
    }
    Err(refuse("a FloatLiteral of so many digits: the real server does not read all of it"))
}

/// A negative magnitude loses its sign in the real server.
fn duration(json: &Json) -> Result<Duration, Refusal> {
    let mut duration = Duration::default();
    if array(json)?.is_empty() {
        return Err(refuse("a duration of nothing"));
    }
    for term in array(json)? {
        let term = object(term)?;
        match child(term, "magnitude")?.as_i64() {
            Some(magnitude) if magnitude >= 0 => duration.add(magnitude, text(term, "unit")?)?,
            _ => return Err(refuse("this magnitude of a duration")),
        }
    }
    Ok(duration)
}

fn object(json: &Json) -> Result<&Object, Refusal> {
    json.as_object().ok_or_else(|| refuse("this `extern`"))
}

fn array(json: &Json) -> Result<&[Json], Refusal> {
    json.as_array().map(Vec::as_slice).ok_or_else(|| refuse("this `extern`"))
}

fn child<'a>(node: &'a Object, name: &str) -> Result<&'a Json, Refusal> {
    node.get(name).ok_or_else(|| refuse(&format!("`extern` without `{name}`")))
}

fn text<'a>(node: &'a Object, name: &str) -> Result<&'a str, Refusal> {
    child(node, name)?.as_str().ok_or_else(|| refuse(&format!("this `{name}` in `extern`")))
}

fn refuse(what: &str) -> Refusal {
    Refusal::unknown(what)
}
