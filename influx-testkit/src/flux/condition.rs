//! Functions of a row: from the tree to a condition.

use crate::refusal::Refusal;

use super::ast::{BinaryOperator, Expression, ExpressionKind, Function, Place, UnaryOperator};
use super::evaluator::{Evaluator, failed, member, refuse};
use super::value::{Predicate, Value};
use super::{ColumnType, Condition, Literal, Operand, Operator};

/// What is known while a function's body is read.
struct Body<'a> {
    evaluator: &'a mut Evaluator,
    parameter: &'a str,
    columns: Vec<(String, ColumnType)>,
}

impl Evaluator {
    /// The function of a row at `place`. What its body says wrong is noted.
    pub(super) fn predicate(
        &mut self,
        function: &Function,
        place: Place,
    ) -> Result<Value, Refusal> {
        let [parameter] = function.parameters.as_slice() else {
            return Err(refuse("functions without a parameter", place));
        };
        let mut body = Body { evaluator: self, parameter, columns: Vec::new() };
        let condition = body.condition(&function.body)?;
        let columns = body.columns;
        Ok(Value::Predicate(Box::new(Predicate {
            parameter: parameter.clone(),
            condition,
            columns,
            place,
        })))
    }
}

impl Body<'_> {
    fn condition(&mut self, expression: &Expression) -> Result<Condition, Refusal> {
        let place = expression.place;
        match &expression.kind {
            ExpressionKind::Binary { operator: BinaryOperator::Compare(operator), left, right } => {
                self.comparison(*operator, left, right)
            }
            ExpressionKind::Binary { operator, left, right } => {
                let left = Box::new(self.condition(left)?);
                let right = Box::new(self.condition(right)?);
                Ok(match operator {
                    BinaryOperator::And => Condition::And(left, right),
                    _ => Condition::Or(left, right),
                })
            }
            ExpressionKind::Unary { operator: UnaryOperator::Not, argument } => {
                Ok(Condition::Not(Box::new(self.condition(argument)?)))
            }
            ExpressionKind::Unary { operator: UnaryOperator::Exists, argument } => {
                match self.operand(argument)? {
                    Some(Operand::Column(column)) => Ok(Condition::Exists(column)),
                    Some(_) => Err(refuse("`exists` of anything but a column", place)),
                    None => Ok(Condition::Constant(false)),
                }
            }
            _ => match self.operand(expression)? {
                Some(Operand::Column(column)) => {
                    self.demand(&column, ColumnType::Boolean, place)?;
                    self.evaluator.boolean_columns.insert(column.clone());
                    Ok(Condition::Column(column))
                }
                Some(Operand::Literal(Literal::Boolean(value))) => Ok(Condition::Constant(value)),
                Some(_) => Err(refuse("this as a condition", place)),
                None => Ok(Condition::Constant(false)),
            },
        }
    }

    fn comparison(
        &mut self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
    ) -> Result<Condition, Refusal> {
        let left_side = self.operand(left)?;
        let right_side = self.operand(right)?;
        self.check(operator, left_side.as_ref(), left.place, false)?;
        self.check(operator, right_side.as_ref(), right.place, true)?;
        match (left_side, right_side) {
            (Some(left), Some(right)) => {
                if !matches!((&left, &right), (Operand::Column(_), _) | (_, Operand::Column(_))) {
                    // One that the checks above refuse never runs.
                    return if self.evaluator.has_errors() {
                        Ok(Condition::Constant(false))
                    } else {
                        Err(Refusal::unknown("comparisons of two constants"))
                    };
                }
                Ok(Condition::Compare { left, operator, right })
            }
            _ => Ok(Condition::Constant(false)),
        }
    }

    /// What `operator` demands of one of its sides.
    fn check(
        &mut self,
        operator: Operator,
        side: Option<&Operand>,
        place: Place,
        is_right: bool,
    ) -> Result<(), Refusal> {
        let Some(side) = side else { return Ok(()) };
        match (operator, side) {
            (Operator::Matches | Operator::MatchesNot, _) => {
                self.check_match(side, place, is_right)?;
            }
            (Operator::Equal | Operator::NotEqual, Operand::Literal(Literal::Regex(_))) => {
                self.evaluator.type_error(place, "regexp is not Equatable");
            }
            (Operator::Equal | Operator::NotEqual, _) => {}
            (_, Operand::Column(column)) => {
                self.evaluator.ordered_columns.insert(column.clone());
            }
            (_, Operand::Literal(literal @ (Literal::Boolean(_) | Literal::Regex(_)))) => {
                let name = literal.type_name();
                let asks_equality =
                    matches!(operator, Operator::LessOrEqual | Operator::GreaterOrEqual);
                if asks_equality && name == "regexp" {
                    self.evaluator.type_error(place, "regexp is not Equatable");
                }
                self.evaluator.type_error(place, &format!("{name} is not Comparable"));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_match(&mut self, side: &Operand, place: Place, is_right: bool) -> Result<(), Refusal> {
        let expected = if is_right { "regexp" } else { "string" };
        match side {
            Operand::Column(_) if is_right => Err(refuse("a column as regular expression", place)),
            Operand::Column(column) => self.demand(column, ColumnType::String, place),
            Operand::Literal(literal) | Operand::Computed(literal) => {
                let found = literal.type_name();
                if found != expected {
                    let text = format!("expected {expected} but found {found}");
                    self.evaluator.type_error(place, &text);
                }
                Ok(())
            }
        }
    }

    fn demand(&mut self, column: &str, r#type: ColumnType, place: Place) -> Result<(), Refusal> {
        match self.columns.iter().find(|(name, _)| name == column) {
            None => self.columns.push((column.to_owned(), r#type)),
            Some((_, known)) if *known == r#type => {}
            Some(_) => return Err(refuse(&format!("two types of `{column}`"), place)),
        }
        Ok(())
    }

    /// A side of a comparison; `None` when what is wrong with it is noted.
    fn operand(&mut self, expression: &Expression) -> Result<Option<Operand>, Refusal> {
        let place = expression.place;
        let is_computed = match &expression.kind {
            ExpressionKind::Member { object, property } => {
                return self.column(object, property, place);
            }
            ExpressionKind::Identifier(name) if name == self.parameter => {
                return Err(refuse("the whole row in a condition", place));
            }
            ExpressionKind::Unary { operator: UnaryOperator::Minus, .. } => true,
            ExpressionKind::Call(call) => match &call.callee.kind {
                ExpressionKind::Identifier(name) if name == "now" => {
                    return Err(refuse("`now()` in a filter", place));
                }
                _ => true,
            },
            ExpressionKind::Identifier(_)
            | ExpressionKind::String(_)
            | ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Time(_)
            | ExpressionKind::Regex(_) => false,
            ExpressionKind::Foreign(what) => return Err(refuse(what, place)),
            _ => return Err(refuse("this in a filter", place)),
        };
        if is_computed && mentions(expression, self.parameter) {
            return Err(refuse("calculations with a row", place));
        }
        match self.evaluator.evaluate(expression)? {
            Value::Literal(literal) if is_computed => Ok(Some(Operand::Computed(literal))),
            Value::Literal(literal) => Ok(Some(Operand::Literal(literal))),
            value => match failed(&value) {
                Some(_) => Ok(None),
                None => Err(refuse("this in a filter", place)),
            },
        }
    }

    fn column(
        &mut self,
        object: &Expression,
        property: &str,
        place: Place,
    ) -> Result<Option<Operand>, Refusal> {
        match &object.kind {
            ExpressionKind::Identifier(name) if name == self.parameter => {
                Ok(Some(Operand::Column(property.to_owned())))
            }
            _ if mentions(object, self.parameter) => Err(refuse("members of a column", place)),
            ExpressionKind::Identifier(name) if name == "params" => {
                self.parameter_of_a_call(object, property, place)
            }
            _ => match failed(&self.evaluator.evaluate(object)?) {
                Some(_) => Ok(None),
                None => Err(refuse("members of anything but the row", place)),
            },
        }
    }

    /// What an invokable script of InfluxDB Cloud is called with.
    fn parameter_of_a_call(
        &mut self,
        object: &Expression,
        property: &str,
        place: Place,
    ) -> Result<Option<Operand>, Refusal> {
        let object = self.evaluator.evaluate(object)?;
        match member(&object, property) {
            Some(Value::Literal(literal)) => Ok(Some(Operand::Computed(literal))),
            _ if failed(&object).is_some() => Ok(None),
            _ => Err(refuse("this member of `params`", place)),
        }
    }
}

/// Whether the row is named in `expression`.
fn mentions(expression: &Expression, parameter: &str) -> bool {
    match &expression.kind {
        ExpressionKind::Identifier(name) => name == parameter,
        ExpressionKind::Unary { argument, .. } => mentions(argument, parameter),
        ExpressionKind::Member { object, .. } => mentions(object, parameter),
        ExpressionKind::Call(call) => {
            mentions(&call.callee, parameter)
                || call.arguments.iter().any(|argument| mentions(&argument.value, parameter))
        }
        ExpressionKind::Binary { left, right, .. } => {
            mentions(left, parameter) || mentions(right, parameter)
        }
        _ => false,
    }
}

impl Condition {
    /// Whether it is the constant `true`: the planner takes such a filter away.
    pub(crate) const fn is_trivial(&self) -> bool {
        matches!(self, Self::Constant(true))
    }
}
