//! The functions of the standard library that this server knows.

use crate::point::Quoted;
use crate::refusal::Refusal;

use super::ast::Place;
use super::call::{Arguments, Kind, Parameter, Piped};
use super::evaluator::{Evaluator, refuse};
use super::graph::{Bound, Node};
use super::value::{Stream, Value};
use super::{BucketRef, ColumnType, Literal, StageKind, convert, windows};

pub(super) const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, is_required: true }
}

pub(super) const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, is_required: false }
}

pub(super) const TABLES: Parameter = required("tables", Kind::Tables);

/// Sorted by name, as messages list them.
fn parameters(function: &str) -> &'static [Parameter] {
    match function {
        "from" => {
            &const {
                [
                    optional("bucket", Kind::String),
                    optional("bucketID", Kind::String),
                    optional("host", Kind::Foreign),
                    optional("org", Kind::Foreign),
                    optional("orgID", Kind::Foreign),
                    optional("token", Kind::Foreign),
                ]
            }
        }
        "range" => &const { [required("start", Kind::Any), TABLES, optional("stop", Kind::Any)] },
        "filter" => {
            &const { [required("fn", Kind::Predicate), TABLES, optional("onEmpty", Kind::String)] }
        }
        "pivot" => {
            &const {
                [
                    required("columnKey", Kind::Strings),
                    required("rowKey", Kind::Strings),
                    TABLES,
                    required("valueColumn", Kind::String),
                ]
            }
        }
        "keep" | "drop" => {
            &const { [TABLES, optional("columns", Kind::Strings), optional("fn", Kind::Foreign)] }
        }
        "group" => {
            &const { [TABLES, optional("columns", Kind::Strings), optional("mode", Kind::String)] }
        }
        "sort" => {
            &const { [TABLES, optional("columns", Kind::Strings), optional("desc", Kind::Boolean)] }
        }
        "limit" | "tail" => {
            &const { [required("n", Kind::Integer), TABLES, optional("offset", Kind::Integer)] }
        }
        "yield" => &const { [TABLES, optional("name", Kind::String)] },
        "now" => &[],
        _ if windows::parameters(function).is_some() => {
            windows::parameters(function).unwrap_or_default()
        }
        _ => &const { [required("v", Kind::Any)] },
    }
}

impl Evaluator {
    pub(super) fn call_builtin(
        &mut self,
        function: &'static str,
        arguments: Arguments,
        piped: Piped,
        place: Place,
    ) -> Result<Value, Refusal> {
        let parameters = parameters(function);
        let mut is_right = self.check(parameters, &arguments, piped, place)?;
        if let (Piped::Stream(stream), Some((Value::Predicate(predicate), _))) =
            (piped, arguments.get("fn"))
        {
            for (column, r#type) in &predicate.columns {
                if let Err(known) = self.records.demand(stream.record, column, *r#type) {
                    let (expected, found) = (r#type.name(), known.name());
                    let text = format!("expected {expected} but found {found} (argument tables)");
                    self.type_error(place, &text);
                    is_right = false;
                }
            }
        }
        let takes_tables = parameters.iter().any(|parameter| parameter.kind == Kind::Tables);
        match piped {
            _ if function == "from" => Ok(self.from(&arguments, is_right, place)),
            Piped::Stream(stream) if function == "aggregateWindow" && is_right => {
                self.aggregate_window(&arguments, stream, place)
            }
            Piped::Stream(stream) if takes_tables => {
                self.stage(function, arguments, stream, is_right, place)
            }
            _ if takes_tables => {
                let node = self.graph.add(None, Node::Nothing, place);
                Ok(Value::Stream(Stream { node, record: self.records.add(&[]) }))
            }
            _ if function == "now" => Ok(Value::Literal(Literal::Time(self.now))),
            _ => match arguments.get("v") {
                Some((value, place)) if is_right => convert::convert(function, value)
                    .ok_or_else(|| refuse(&format!("this value in `{function}`"), *place)),
                _ => Ok(convert::zero(function)),
            },
        }
    }

    fn from(&mut self, arguments: &Arguments, is_right: bool, place: Place) -> Value {
        let name = string(arguments, "bucket").map(BucketRef::Name);
        let id = string(arguments, "bucketID").map(BucketRef::Id);
        let node = match (name, id) {
            _ if !is_right => Node::Nothing,
            (Some(_), Some(_)) => {
                self.fail_call("from", place, "must specify only one of bucket or bucketID");
                Node::Nothing
            }
            (Some(bucket), None) | (None, Some(bucket)) => Node::From(bucket),
            (None, None) => {
                self.fail_call("from", place, "must specify bucket or bucketID");
                Node::Nothing
            }
        };
        let record = self.records.add(&[
            ("_measurement", ColumnType::String),
            ("_field", ColumnType::String),
            ("_time", ColumnType::Time),
        ]);
        Value::Stream(Stream { node: self.graph.add(None, node, place), record })
    }

    /// A call with tables in front of it. A wrong one still has a type, for those behind it.
    fn stage(
        &mut self,
        function: &'static str,
        arguments: Arguments,
        source: Stream,
        is_right: bool,
        place: Place,
    ) -> Result<Value, Refusal> {
        let record = match function {
            "keep" | "drop" | "pivot" | "count" | "sum" | "mean" | "spread" | "stddev"
            | "distinct" | "rename" | "aggregateWindow" => self.records.add(&[]),
            "range" => {
                let own = [("_start", ColumnType::Time), ("_stop", ColumnType::Time)];
                self.records.extend(&own, source.record)
            }
            _ => source.record,
        };
        let node = match is_right.then(|| self.node(function, arguments, source)).transpose()? {
            Some(Ok(node)) => node,
            Some(Err(text)) => {
                self.fail_call(function, place, &text);
                Node::Nothing
            }
            None => Node::Nothing,
        };
        let node = self.graph.add(Some(source.node), node, place);
        Ok(Value::Stream(Stream { node, record }))
    }

    /// What a call with arguments of the right types comes to, or what it says of their values.
    fn node(
        &self,
        function: &'static str,
        mut arguments: Arguments,
        source: Stream,
    ) -> Result<Result<Node, String>, Refusal> {
        Ok(match function {
            "range" => range(&arguments),
            "filter" => match arguments.remove("fn") {
                Some((Value::Predicate(predicate), _)) => {
                    let on_empty = string(&arguments, "onEmpty");
                    match on_empty.as_deref() {
                        None | Some("keep" | "drop") => Ok(Node::Filter {
                            predicate: *predicate,
                            keep_empty: on_empty.as_deref() == Some("keep"),
                            record: source.record,
                        }),
                        Some(other) => Err(format!(
                            "onEmpty must be keep or drop, was {}",
                            Quoted(other.as_bytes())
                        )),
                    }
                }
                _ => Ok(Node::Nothing),
            },
            "yield" => {
                Ok(Node::Yield(string(&arguments, "name").unwrap_or_else(|| "_result".to_owned())))
            }
            _ => match windows::stage_kind(function, &arguments) {
                Some(kind) => kind?.map(|kind| Node::Stage(kind, function)),
                None => stage_kind(function, &arguments)?.map(|kind| Node::Stage(kind, function)),
            },
        })
    }
}

fn stage_kind(function: &str, arguments: &Arguments) -> Result<Result<StageKind, String>, Refusal> {
    let columns = strings(arguments, "columns");
    Ok(Ok(match function {
        "keep" | "drop" => match columns {
            Some(columns) if function == "keep" => StageKind::Keep(columns),
            Some(columns) => StageKind::Drop(columns),
            None => {
                return Ok(Err(format!(
                    "{function} error: neither column list nor predicate function provided"
                )));
            }
        },
        "group" => match (string(arguments, "mode").as_deref(), columns.unwrap_or_default()) {
            (None | Some("by"), columns) => StageKind::GroupBy(columns),
            (Some("except"), columns) => StageKind::GroupExcept(columns),
            _ => {
                return Ok(Err("invalid group mode: must be \"by\" or \"except\"".to_owned()));
            }
        },
        "sort" => StageKind::Sort {
            columns: columns.unwrap_or_else(|| vec!["_value".to_owned()]),
            descending: matches!(
                arguments.get("desc"),
                Some((Value::Literal(Literal::Boolean(true)), _))
            ),
        },
        "pivot" => return Ok(pivot(arguments)),
        "tail" => match (integer(arguments, "n"), integer(arguments, "offset")) {
            // The real server panics.
            (_, Some(offset)) if offset < 0 => {
                return Err(Refusal::unknown("a negative offset in `tail`"));
            }
            (n, offset) => StageKind::Tail { n: n.unwrap_or(0), offset: offset.unwrap_or(0) },
        },
        _ => match (integer(arguments, "n"), integer(arguments, "offset")) {
            (_, Some(offset)) if offset < 0 => {
                return Ok(Err(format!("limit offset cannot be negative ({offset})")));
            }
            (n, offset) => StageKind::Limit { n: n.unwrap_or(0), offset: offset.unwrap_or(0) },
        },
    }))
}

fn pivot(arguments: &Arguments) -> Result<StageKind, String> {
    let row_key = strings(arguments, "rowKey").unwrap_or_default();
    let column_key = strings(arguments, "columnKey").unwrap_or_default();
    if let Some(column) = column_key.iter().find(|column| row_key.contains(column)) {
        return Err(format!("column name found in both rowKey and colKey: {column}"));
    }
    let value_column = string(arguments, "valueColumn").unwrap_or_default();
    Ok(StageKind::Pivot { row_key, column_key, value_column })
}

fn range(arguments: &Arguments) -> Result<Node, String> {
    let bound = |name| match arguments.get(name) {
        None => Ok(Bound::Relative(0)),
        Some((value, _)) => bound(value),
    };
    Ok(Node::Range { start: bound("start")?, stop: bound("stop")? })
}

fn bound(value: &Value) -> Result<Bound, String> {
    match value {
        Value::Literal(Literal::Time(time)) => Ok(Bound::Absolute(i128::from(*time))),
        // The real server counts seconds from the year 1 and wraps.
        Value::Literal(Literal::Integer(seconds)) if seconds.unsigned_abs() > 1 << 62 => {
            Ok(Bound::Foreign)
        }
        Value::Literal(Literal::Integer(seconds)) => {
            Ok(Bound::Absolute(i128::from(*seconds) * 1_000_000_000))
        }
        Value::Duration(duration) => {
            Ok(duration.nanoseconds().map_or(Bound::Foreign, Bound::Relative))
        }
        other => {
            let found = other.type_name().unwrap_or("array");
            Err(format!("value is not a time, got {found}"))
        }
    }
}

pub(super) fn string(arguments: &Arguments, name: &str) -> Option<String> {
    match arguments.get(name)? {
        (Value::Literal(Literal::String(text)), _) => Some(text.to_string()),
        _ => None,
    }
}

fn strings(arguments: &Arguments, name: &str) -> Option<Vec<String>> {
    match arguments.get(name)? {
        (Value::Array(items), _) => Some(items.iter().filter_map(text).collect()),
        _ => None,
    }
}

fn text(literal: &Literal) -> Option<String> {
    match literal {
        Literal::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn integer(arguments: &Arguments, name: &str) -> Option<i64> {
    match arguments.get(name)? {
        (Value::Literal(Literal::Integer(value)), _) => Some(*value),
        _ => None,
    }
}
