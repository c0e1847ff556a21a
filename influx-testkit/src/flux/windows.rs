//! Aggregates, selectors, and windows of them.

use crate::point::Quoted;
use crate::refusal::Refusal;

use super::ast::{Argument, Call, Expression, ExpressionKind, Place, Transformation};
use super::call::{Arguments, Kind, Parameter};
use super::evaluator::{Evaluator, refuse};
use super::functions::{TABLES, optional, required, string};
use super::graph::Node;
use super::value::{Stream, Value};
use super::{Aggregate, Duration, Literal, Selector, StageKind, Text, Window};

/// What a call comes to, or what it says of its arguments; a failure is what is not known here.
type Made = Result<Result<StageKind, String>, Refusal>;

/// Sorted by name, as messages list them; `None` for other functions.
pub(super) const fn parameters(function: &str) -> Option<&'static [Parameter]> {
    Some(match function.as_bytes() {
        b"count" | b"sum" | b"mean" | b"spread" | b"distinct" | b"first" | b"last" | b"min"
        | b"max" => &const { [optional("column", Kind::String), TABLES] },
        b"stddev" => {
            &const { [optional("column", Kind::String), optional("mode", Kind::String), TABLES] }
        }
        b"quantile" => {
            &const {
                [
                    optional("column", Kind::String),
                    optional("compression", Kind::Float),
                    optional("method", Kind::String),
                    required("q", Kind::Float),
                    TABLES,
                ]
            }
        }
        b"median" => {
            &const {
                [
                    optional("column", Kind::String),
                    optional("compression", Kind::Float),
                    optional("method", Kind::String),
                    TABLES,
                ]
            }
        }
        b"rename" => {
            &const { [optional("columns", Kind::Record), optional("fn", Kind::Foreign), TABLES] }
        }
        b"set" => {
            &const { [required("key", Kind::String), TABLES, required("value", Kind::String)] }
        }
        b"aggregateWindow" => {
            &const {
                [
                    optional("column", Kind::String),
                    optional("createEmpty", Kind::Boolean),
                    required("every", Kind::Duration),
                    required("fn", Kind::Transformation),
                    optional("location", Kind::Foreign),
                    optional("offset", Kind::Duration),
                    optional("period", Kind::Duration),
                    TABLES,
                    optional("timeDst", Kind::String),
                    optional("timeSrc", Kind::String),
                ]
            }
        }
        _ => return None,
    })
}

/// What a call with arguments of the right types comes to; `None` for other functions.
pub(super) fn stage_kind(function: &str, arguments: &Arguments) -> Option<Made> {
    let column = || string(arguments, "column").unwrap_or_else(|| "_value".to_owned());
    let aggregate = |function| StageKind::Aggregate { function, column: column() };
    let select = |function| StageKind::Select { function, column: column() };
    Some(Ok(Ok(match function {
        "count" => aggregate(Aggregate::Count),
        "sum" => aggregate(Aggregate::Sum),
        "mean" => aggregate(Aggregate::Mean),
        "spread" => aggregate(Aggregate::Spread),
        "first" => select(Selector::First),
        "last" => select(Selector::Last),
        "min" => select(Selector::Min),
        "max" => select(Selector::Max),
        "distinct" => StageKind::Distinct(column()),
        "stddev" => return Some(Ok(deviation(arguments, column()))),
        "quantile" if float(arguments, "q").is_some_and(f64::is_nan) => {
            return Some(Err(Refusal::unknown("the quantile NaN")));
        }
        "quantile" => return Some(Ok(quantile(arguments, float(arguments, "q")))),
        "median" => return Some(median(arguments)),
        "rename" => return Some(rename(arguments)),
        "set" => StageKind::Set {
            column: string(arguments, "key").unwrap_or_default(),
            value: string(arguments, "value").unwrap_or_default(),
        },
        _ => return None,
    })))
}

fn deviation(arguments: &Arguments, column: String) -> Result<StageKind, String> {
    let is_sample = match string(arguments, "mode").as_deref() {
        None | Some("sample") => true,
        Some("population") => false,
        Some(other) => {
            let mode = Quoted(other.as_bytes());
            return Err(format!("{mode} is not a valid standard deviation mode"));
        }
    };
    Ok(StageKind::Aggregate { function: Aggregate::Deviation { is_sample }, column })
}

fn quantile(arguments: &Arguments, q: Option<f64>) -> Result<StageKind, String> {
    let q = q.unwrap_or(f64::NAN);
    if !(0.0..=1.0).contains(&q) {
        return Err("quantile must be between 0 and 1".to_owned());
    }
    let column = string(arguments, "column").unwrap_or_else(|| "_value".to_owned());
    let method = string(arguments, "method").unwrap_or_else(|| "estimate_tdigest".to_owned());
    let compression = float(arguments, "compression").unwrap_or(0.0);
    if compression > 0.0 && method != "estimate_tdigest" {
        return Err("compression parameter is only valid for method estimate_tdigest".to_owned());
    }
    Ok(match method.as_str() {
        "estimate_tdigest" => {
            let compression = if compression == 0.0 { 1000.0 } else { compression };
            StageKind::Aggregate { function: Aggregate::Quantile { q, compression }, column }
        }
        "exact_mean" => StageKind::Aggregate { function: Aggregate::ExactQuantile { q }, column },
        // The real server forgets the column here.
        "exact_selector" => {
            StageKind::Select { function: Selector::Quantile { q }, column: "_value".to_owned() }
        }
        other => return Err(format!("unknown method {other}")),
    })
}

/// It is written in Flux there, so that its errors are those of a call within a call.
fn median(arguments: &Arguments) -> Made {
    match quantile(arguments, Some(0.5)) {
        Ok(kind) => Ok(Ok(kind)),
        Err(text) => Err(Refusal::unknown(format_args!("how `median` says {text:?}"))),
    }
}

fn rename(arguments: &Arguments) -> Made {
    let Some((Value::Record(items), _)) = arguments.get("columns") else {
        let text = "rename error: neither column list nor map function provided";
        return Ok(Err(text.to_owned()));
    };
    let mut names = Vec::with_capacity(items.len());
    for (name, value) in items {
        let Value::Literal(Literal::String(new)) = value else {
            return Err(Refusal::unknown("`rename` to anything but a string"));
        };
        names.push((name.clone(), new.to_string()));
    }
    Ok(Ok(StageKind::Rename(names)))
}

fn float(arguments: &Arguments, name: &str) -> Option<f64> {
    match arguments.get(name)? {
        (Value::Literal(Literal::Float(value)), _) => Some(*value),
        _ => None,
    }
}

impl Evaluator {
    /// `aggregateWindow`, call by call as the standard library has it.
    pub(super) fn aggregate_window(
        &mut self,
        arguments: &Arguments,
        source: Stream,
        place: Place,
    ) -> Result<Value, Refusal> {
        let text = |name, default: &str| string(arguments, name).unwrap_or_else(|| default.into());
        let window = window(arguments).ok_or_else(|| refuse("windows like these", place))?;
        let create_empty = window.create_empty;
        let (inner, function, inner_place) =
            self.window_function(arguments, &text("column", "_value"), place)?;
        let (column, time) = (text("timeSrc", "_stop"), text("timeDst", "_time"));
        let duplicate = StageKind::Duplicate { column, r#as: time.clone() };
        let own = |kind| (kind, "aggregateWindow", place);
        let mut calls = vec![own(StageKind::Window(window)), (inner, function, inner_place)];
        calls.extend(create_empty.then(|| own(StageKind::Fill)));
        calls.extend([own(duplicate), own(StageKind::Unwindow(time))]);
        let mut node = source.node;
        for (kind, function, place) in calls {
            node = self.graph.add(Some(node), Node::Stage(kind, function), place);
        }
        Ok(Value::Stream(Stream { node, record: self.records.add(&[]) }))
    }

    /// The call that `fn` makes in each window: its stage, and the function and the place that messages
    /// name.
    fn window_function(
        &mut self,
        arguments: &Arguments,
        column: &str,
        place: Place,
    ) -> Result<(StageKind, &'static str, Place), Refusal> {
        let unknown = || refuse("this function in `aggregateWindow`", place);
        let with_column = (Value::Literal(Literal::String(Text::from(column))), place);
        match arguments.get("fn") {
            Some((Value::Builtin(function), _)) => {
                let arguments = [("column".to_owned(), with_column)].into();
                let kind = in_window(function, &arguments).ok_or_else(unknown)?;
                Ok((kind, "aggregateWindow", place))
            }
            Some((Value::Transformation(function), _)) => {
                let (call, place) = only_call(function).ok_or_else(unknown)?;
                let Value::Builtin(name) = self.evaluate(&call.callee)? else {
                    return Err(unknown());
                };
                let arguments = self.call_arguments(&call.arguments, &with_column)?;
                let is_right = parameters(name).is_some_and(|it| fit(it, &arguments));
                let kind = in_window(name, &arguments).filter(|_| is_right).ok_or_else(unknown)?;
                Ok((kind, name, place))
            }
            _ => Err(unknown()),
        }
    }

    /// The arguments of a call within a function of `column`.
    fn call_arguments(
        &mut self,
        arguments: &[Argument],
        column: &(Value, Place),
    ) -> Result<Arguments, Refusal> {
        let mut values = Arguments::new();
        for Argument { name, value } in arguments {
            let given = match &value.kind {
                ExpressionKind::Identifier(name) if name == "column" => column.clone(),
                kind if is_literal(kind) => (self.evaluate(value)?, value.place),
                _ => return Err(refuse("this argument in `aggregateWindow`", value.place)),
            };
            values.insert(name.clone(), given);
        }
        Ok(values)
    }
}

/// The call in `(column, tables=<-) => tables |> call(…)`, with its place.
fn only_call(function: &Transformation) -> Option<(&Call, Place)> {
    let ExpressionKind::Pipe { argument, call, call_place } = &function.body.kind else {
        return None;
    };
    let Expression { kind: ExpressionKind::Identifier(piped), .. } = &**argument else {
        return None;
    };
    let is_plain = function.parameters == ["column"] && *piped == function.piped;
    let is_named = matches!(&call.callee.kind, ExpressionKind::Identifier(name)
        if *name != "column" && *name != function.piped);
    (is_plain && is_named).then_some((call, *call_place))
}

/// Whether all arguments are of the types of their parameters.
fn fit(parameters: &[Parameter], arguments: &Arguments) -> bool {
    arguments.iter().all(|(name, (value, _))| {
        let parameter = parameters.iter().find(|parameter| parameter.name == name);
        matches!(
            (parameter.map(|it| it.kind), value),
            (Some(Kind::String), Value::Literal(Literal::String(_)))
                | (Some(Kind::Float), Value::Literal(Literal::Float(_)))
        )
    })
}

const fn is_literal(kind: &ExpressionKind) -> bool {
    matches!(kind, ExpressionKind::Float(_) | ExpressionKind::String(_))
}

/// What aggregates or selects; anything else would do something else to the windows.
fn in_window(function: &str, arguments: &Arguments) -> Option<StageKind> {
    if function == "quantile" && float(arguments, "q").is_none() {
        return None;
    }
    match stage_kind(function, arguments)?.ok()?.ok()? {
        kind @ (StageKind::Aggregate { .. } | StageKind::Select { .. }) => Some(kind),
        _ => None,
    }
}

/// `None` for windows that the real server refuses, and for those that this one does not know.
fn window(arguments: &Arguments) -> Option<Window> {
    let duration = |name| match arguments.get(name) {
        Some((Value::Duration(duration), _)) => *duration,
        _ => Duration::default(),
    };
    let (every, offset) = (duration("every"), duration("offset"));
    let period = Some(duration("period")).filter(|it| !it.is_zero()).unwrap_or(every);
    let (months, nanoseconds) = every.parts();
    let is_regular = (months == 0 && nanoseconds > 0) || (months > 0 && nanoseconds == 0);
    let goes_on =
        matches!(period.parts(), (months, nanoseconds) if months >= 0 && nanoseconds >= 0);
    let create_empty =
        !matches!(arguments.get("createEmpty"), Some((Value::Literal(Literal::Boolean(false)), _)));
    (is_regular && goes_on).then_some(Window { every, period, offset, create_empty })
}
