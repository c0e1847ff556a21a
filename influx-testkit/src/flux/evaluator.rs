//! Runs the statements of a script: names become values, calls become nodes of the graph.

use std::collections::{HashMap, HashSet};

use crate::point::Text;
use crate::refusal::Refusal;

use super::ast::{
    Argument, Expression, ExpressionKind, File, Import, Place, Statement, UnaryOperator,
};
use super::graph::Graph;
use super::record::Records;
use super::value::{Stream, Value};
use super::{Literal, Program, names, regex};

/// The state of a script.
#[derive(Debug)]
pub(crate) struct Evaluator {
    pub(super) graph: Graph,
    pub(super) records: Records,
    /// Columns that are used as a boolean, and those whose order is asked for: none may be both.
    pub(super) boolean_columns: HashSet<String>,
    pub(super) ordered_columns: HashSet<String>,
    variables: HashMap<String, Value>,
    /// The packages in reach: whatever uses one is not known here.
    packages: HashSet<String>,
    undefined: HashSet<String>,
    pub(super) now: i64,
    /// What the type checker says. Nothing runs then.
    errors: Vec<String>,
    /// What the first call says that fails; what follows it is not run.
    failed_call: Option<Refusal>,
}

impl Evaluator {
    pub(crate) fn new(now: i64) -> Self {
        Self {
            graph: Graph::default(),
            records: Records::default(),
            boolean_columns: HashSet::new(),
            ordered_columns: HashSet::new(),
            variables: HashMap::new(),
            packages: HashSet::new(),
            undefined: HashSet::new(),
            now,
            errors: Vec::new(),
            failed_call: None,
        }
    }

    /// Fails only with what this server does not know.
    pub(crate) fn run(&mut self, file: &File) -> Result<(), Refusal> {
        for import in &file.imports {
            self.import(import)?;
        }
        file.statements.iter().try_for_each(|statement| self.statement(statement))
    }

    /// What all files come to.
    pub(crate) fn finish(self) -> Result<Program, Refusal> {
        if let Some(column) = self.boolean_columns.intersection(&self.ordered_columns).next() {
            return Err(Refusal::unknown(format_args!(
                "what `{column}` is, as a boolean and in an order"
            )));
        }
        if !self.errors.is_empty() {
            return Err(Refusal::invalid(self.errors.join("\n\n")));
        }
        match self.failed_call {
            Some(refusal) => Err(refusal),
            None => self.graph.finish(self.now, &self.records),
        }
    }

    /// Notes what the type checker says about `place`.
    pub(super) fn type_error(&mut self, place: Place, text: &str) {
        self.errors.push(format!("error @{place}: {text}"));
    }

    /// Whether anything that is noted keeps the script from running.
    pub(super) const fn has_errors(&self) -> bool {
        !self.errors.is_empty() || self.failed_call.is_some()
    }

    /// Notes that the call of `function` at `place` fails.
    pub(super) fn fail_call(&mut self, function: &str, place: Place, text: &str) {
        self.failed_call.get_or_insert_with(|| {
            Refusal::invalid(format!("error calling function \"{function}\" @{place}: {text}"))
        });
    }

    fn import(&mut self, import: &Import) -> Result<(), Refusal> {
        let Import { name, path, place } = import;
        if !names::PACKAGES.contains(&path.as_str()) {
            return Err(Refusal::unknown(format_args!("the package `{path}` (@{place})")));
        }
        if names::known(name).is_some() {
            return Err(Refusal::unknown(format_args!("a package called `{name}` (@{place})")));
        }
        self.packages.insert(name.clone());
        Ok(())
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Refusal> {
        match statement {
            Statement::Assignment { name, value, is_option: true, place } if name == "now" => {
                self.set_now(value, *place)
            }
            // Another option of the standard library's would change what its functions do.
            Statement::Assignment { name, is_option: true, place, .. }
                if names::known(name).is_some() || names::is_foreign(name) =>
            {
                Err(refuse(&format!("the option `{name}`"), *place))
            }
            Statement::Assignment { name, value, place, .. } => self.assign(name, value, *place),
            Statement::Expression(expression) => {
                if let Value::Stream(stream) = self.evaluate(expression)? {
                    self.graph.produce(stream.node);
                }
                Ok(())
            }
        }
    }

    fn set_now(&mut self, value: &Expression, place: Place) -> Result<(), Refusal> {
        if let ExpressionKind::Function(function) = &value.kind
            && function.parameters.is_empty()
            && let ExpressionKind::Time(time) = function.body.kind
        {
            self.now = time;
            return Ok(());
        }
        Err(refuse("`option now` without a time literal", place))
    }

    fn assign(&mut self, name: &str, value: &Expression, place: Place) -> Result<(), Refusal> {
        if self.variables.contains_key(name) || matches!(name, "true" | "false" | "now") {
            return Err(refuse(&format!("another `{name}`"), place));
        }
        let value = self.evaluate(value)?;
        self.variables.insert(name.to_owned(), value);
        Ok(())
    }

    /// The value of an expression outside of a function of rows.
    pub(super) fn evaluate(&mut self, expression: &Expression) -> Result<Value, Refusal> {
        let place = expression.place;
        Ok(Value::Literal(match &expression.kind {
            ExpressionKind::Identifier(name) => return self.identifier(name, place),
            ExpressionKind::String(text) => Literal::String(Text::from(text.as_str())),
            ExpressionKind::Integer(value) => Literal::Integer(*value),
            ExpressionKind::Unsigned(value) => Literal::Unsigned(*value),
            ExpressionKind::Float(value) => Literal::Float(*value),
            ExpressionKind::Boolean(value) => Literal::Boolean(*value),
            ExpressionKind::Time(value) => Literal::Time(*value),
            ExpressionKind::Regex(pattern) => {
                regex::Pattern::new(pattern)?;
                Literal::Regex(pattern.clone())
            }
            ExpressionKind::Duration(duration) => return Ok(Value::Duration(*duration)),
            ExpressionKind::Array(items) => return self.array(items, place),
            ExpressionKind::Call(call) => return self.call(call, None, place),
            ExpressionKind::Pipe { argument, call, call_place } => {
                return self.call(call, Some(argument), *call_place);
            }
            ExpressionKind::Unary { operator: UnaryOperator::Minus, argument } => {
                let argument = self.evaluate(argument)?;
                return negate(&argument).ok_or_else(|| refuse("minus before this", place));
            }
            ExpressionKind::Record(members) => return self.record(members),
            ExpressionKind::Member { object, property } => {
                let object = self.evaluate(object)?;
                return member(&object, property)
                    .or_else(|| failed(&object))
                    .ok_or_else(|| refuse("this member outside of filters", place));
            }
            ExpressionKind::Foreign(what) => return Err(refuse(what, place)),
            ExpressionKind::Unary { .. }
            | ExpressionKind::Binary { .. }
            | ExpressionKind::Function(_)
            | ExpressionKind::Transformation(_) => {
                return Err(refuse("this expression outside of a filter", place));
            }
        }))
    }

    fn identifier(&mut self, name: &str, place: Place) -> Result<Value, Refusal> {
        if let Some(value) = self.variables.get(name) {
            // A variable's type is its own: what a use of it demands binds no other use.
            return Ok(match value {
                // No type comes with it, and calls insist on one.
                Value::Array(items) if items.is_empty() => {
                    return Err(refuse("an empty array in a variable", place));
                }
                Value::Stream(stream) => {
                    Value::Stream(Stream { record: self.records.copy(stream.record), ..*stream })
                }
                other => other.clone(),
            });
        }
        match (name, names::known(name)) {
            ("true", _) => Ok(Value::Literal(Literal::Boolean(true))),
            ("false", _) => Ok(Value::Literal(Literal::Boolean(false))),
            _ if self.packages.contains(name) => {
                Err(refuse(&format!("the package `{name}`"), place))
            }
            (_, Some(builtin)) => Ok(Value::Builtin(builtin)),
            _ if names::is_foreign(name) => Err(refuse(&format!("the function `{name}`"), place)),
            // The type checker holds two uses of one such name against each other.
            _ if !self.undefined.insert(name.to_owned()) => {
                Err(refuse(&format!("two uses of `{name}`, which is undefined"), place))
            }
            _ => {
                self.type_error(place, &format!("undefined identifier {name}"));
                Ok(Value::Failed)
            }
        }
    }

    fn record(&mut self, members: &[Argument]) -> Result<Value, Refusal> {
        let members = members.iter().map(|Argument { name, value }| {
            self.evaluate(value).map(|value| (name.clone(), value))
        });
        members.collect::<Result<_, _>>().map(Value::Record)
    }

    fn array(&mut self, items: &[Expression], place: Place) -> Result<Value, Refusal> {
        let mut literals: Vec<Literal> = Vec::with_capacity(items.len());
        let mut has_failed = false;
        for item in items {
            match self.evaluate(item)? {
                Value::Literal(literal) => {
                    if let Some(first) = literals.first()
                        && first.type_name() != literal.type_name()
                    {
                        let (expected, found) = (first.type_name(), literal.type_name());
                        self.type_error(
                            item.place,
                            &format!("expected {expected} but found {found}"),
                        );
                        has_failed = true;
                    } else {
                        literals.push(literal);
                    }
                }
                Value::Failed => has_failed = true,
                _ => return Err(refuse("arrays of this", place)),
            }
        }
        Ok(if has_failed { Value::Failed } else { Value::Array(literals) })
    }
}

/// The member of a record.
pub(super) fn member(object: &Value, property: &str) -> Option<Value> {
    let Value::Record(members) = object else { return None };
    let (_, value) = members.iter().find(|(name, _)| name == property)?;
    Some(value.clone())
}

/// `Failed` goes on as such.
pub(super) fn failed(value: &Value) -> Option<Value> {
    matches!(value, Value::Failed).then_some(Value::Failed)
}

fn negate(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Literal(Literal::Integer(value)) => {
            Value::Literal(Literal::Integer(value.wrapping_neg()))
        }
        Value::Literal(Literal::Float(value)) => Value::Literal(Literal::Float(-*value)),
        Value::Duration(duration) => Value::Duration(duration.negated()),
        Value::Failed => Value::Failed,
        _ => return None,
    })
}

/// What this server does not know, with its place.
pub(super) fn refuse(what: &str, place: Place) -> Refusal {
    Refusal::unknown(format_args!("{what} (@{place})"))
}
