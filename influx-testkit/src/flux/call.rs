//! Calls: arguments are held against the function's parameters, with the type checker's words.

use std::collections::BTreeMap;

use crate::refusal::Refusal;

use super::Literal;
use super::ast::{Call, Expression, ExpressionKind, Place};
use super::evaluator::{Evaluator, refuse};
use super::value::{Stream, Value};

/// What a function takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    String,
    Integer,
    Float,
    Boolean,
    Duration,
    Strings,
    Predicate,
    /// From tables to tables, with a `column`.
    Transformation,
    /// A record of strings.
    Record,
    /// The stream in front of `|>`.
    Tables,
    /// What this server does not take there.
    Foreign,
}

/// The arguments of a call, by name, with their places.
pub(super) type Arguments = BTreeMap<String, (Value, Place)>;

/// The stream in front of a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piped {
    Nothing,
    Stream(Stream),
    /// The error behind it is noted.
    Failed,
}

impl Evaluator {
    /// The callee comes first, then the arguments, then what is in front of the call, as errors of
    /// the type checker show.
    pub(super) fn call(
        &mut self,
        call: &Call,
        pipe: Option<&Expression>,
        place: Place,
    ) -> Result<Value, Refusal> {
        let callee = self.evaluate(&call.callee)?;
        let mut arguments = Arguments::new();
        for argument in &call.arguments {
            let value = self.argument(&argument.value)?;
            arguments.insert(argument.name.clone(), (value, argument.value.place));
        }
        let piped = match pipe.map(|pipe| self.evaluate(pipe)).transpose()? {
            None => Piped::Nothing,
            Some(Value::Stream(stream)) => Piped::Stream(stream),
            Some(Value::Failed) => Piped::Failed,
            Some(_) => return Err(refuse("a pipe from anything but tables", place)),
        };
        match callee {
            Value::Builtin(function) => self.call_builtin(function, arguments, piped, place),
            Value::Failed => Ok(Value::Failed),
            _ => Err(refuse("calls of anything but a function", place)),
        }
    }

    fn argument(&mut self, expression: &Expression) -> Result<Value, Refusal> {
        match &expression.kind {
            ExpressionKind::Function(function) => self.predicate(function, expression.place),
            ExpressionKind::Transformation(function) => {
                Ok(Value::Transformation(Box::new(function.clone())))
            }
            _ => self.evaluate(expression),
        }
    }

    /// Notes all that is wrong with the arguments, in the order in which the real type checker
    /// meets it. `false` when anything is.
    pub(super) fn check(
        &mut self,
        parameters: &[Parameter],
        arguments: &Arguments,
        piped: Piped,
        place: Place,
    ) -> Result<bool, Refusal> {
        let mut is_right = true;
        let takes_tables = parameters.iter().any(|parameter| parameter.kind == Kind::Tables);
        if !takes_tables && !matches!(piped, Piped::Nothing) {
            self.type_error(place, "missing pipe argument");
            is_right = false;
        }
        for (name, (_, place)) in arguments {
            if !parameters.iter().any(|parameter| parameter.name == name) {
                let expected = expected(parameters, arguments, piped);
                let expected = expected.ok_or_else(|| refuse("this argument", *place))?;
                let text = format!("found unexpected argument {name} (Expected {expected})");
                self.type_error(*place, &text);
                is_right = false;
            }
        }
        for is_required in [true, false] {
            let parameters = parameters.iter().filter(|it| it.is_required == is_required);
            for parameter in parameters {
                is_right &= self.check_parameter(*parameter, arguments, piped, place)?;
            }
        }
        Ok(is_right)
    }

    fn check_parameter(
        &mut self,
        parameter: Parameter,
        arguments: &Arguments,
        piped: Piped,
        place: Place,
    ) -> Result<bool, Refusal> {
        let Parameter { name, kind, is_required } = parameter;
        let Some((value, place)) = arguments.get(name) else {
            let is_missing = match kind {
                Kind::Tables => matches!(piped, Piped::Nothing),
                _ => is_required,
            };
            if is_missing {
                self.type_error(place, &format!("missing required argument {name}"));
            }
            return Ok(!is_missing);
        };
        let texts = mismatches(kind, value)
            .ok_or_else(|| refuse(&format!("this argument `{name}`"), *place))?;
        for text in &texts {
            self.type_error(*place, &format!("{text} (argument {name})"));
        }
        Ok(texts.is_empty())
    }
}

/// The parameters that still have no argument.
fn expected(parameters: &[Parameter], arguments: &Arguments, piped: Piped) -> Option<String> {
    let mut names = Vec::new();
    for is_required in [true, false] {
        names.extend(parameters.iter().filter(|it| it.is_required == is_required).filter_map(
            |it| {
                let is_piped = it.kind == Kind::Tables && !matches!(piped, Piped::Nothing);
                (!is_piped && !arguments.contains_key(it.name)).then(|| format!("`{}`", it.name))
            },
        ));
    }
    let last = names.pop()?;
    Some(if names.is_empty() { last } else { format!("one of {} or {last}", names.join(", ")) })
}

/// What is wrong with `value` as a parameter of `kind`. `None` when this server cannot say.
fn mismatches(kind: Kind, value: &Value) -> Option<Vec<String>> {
    let found =
        |expected: &str, found: &str| Some(vec![format!("expected {expected} but found {found}")]);
    let scalar = |expected: &str| match value.type_name()? {
        name if name == expected => Some(Vec::new()),
        name => found(expected, name),
    };
    match (kind, value) {
        (_, Value::Failed) | (Kind::Any, Value::Literal(_) | Value::Duration(_)) => {
            Some(Vec::new())
        }
        (Kind::String, _) => scalar("string"),
        (Kind::Integer, _) => scalar("int"),
        (Kind::Float, _) => scalar("float"),
        (Kind::Duration, _) => scalar("duration"),
        (Kind::Boolean, _) => scalar("bool"),
        (Kind::Strings, Value::Array(items)) => match items.first() {
            None | Some(Literal::String(_)) => Some(Vec::new()),
            Some(other) => found("string", other.type_name()),
        },
        (Kind::Strings, _) => found("[string] (array)", value.type_name()?),
        (Kind::Predicate, Value::Predicate(predicate)) if predicate.parameter == "r" => {
            Some(Vec::new())
        }
        (Kind::Predicate, Value::Predicate(predicate)) => Some(vec![
            format!("found unexpected argument {} (Expected `r`)", predicate.parameter),
            "missing required argument r".to_owned(),
        ]),
        (Kind::Transformation, Value::Builtin(_) | Value::Transformation(_))
        | (Kind::Record, Value::Record(_)) => Some(Vec::new()),
        _ => None,
    }
}
