//! From tokens to the tree.

use std::collections::HashSet;

use crate::refusal::Refusal;

use super::Operator;
use super::ast::{
    Argument, BinaryOperator, Call, Expression, ExpressionKind, File, Function, Import, Place,
    Statement, Transformation, UnaryOperator,
};
use super::lexer::{Lexer, Token, TokenKind};
use super::literal;

/// How many parentheses and brackets may stand in each other; the real server takes about 75.
const MAX_NESTING: u32 = 40;

/// Reads a whole script.
pub(crate) fn parse(script: &str) -> Result<File, Refusal> {
    if script.contains('\0') {
        return Err(Refusal::unknown("scripts with a NUL character, which cuts them short"));
    }
    let mut lexer = Lexer::new(script);
    let next = lexer.next()?;
    Parser { lexer, next, nesting: 0 }.file()
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    next: Token<'a>,
    nesting: u32,
}

type Parsed = Result<Expression, Refusal>;

impl<'a> Parser<'a> {
    fn file(mut self) -> Result<File, Refusal> {
        let mut file = File::default();
        if self.is_keyword("package") {
            self.package_clause()?;
        }
        while self.is_keyword("import") {
            file.imports.push(self.import()?);
        }
        while self.next.kind != TokenKind::End {
            file.statements.push(self.statement()?);
        }
        Ok(file)
    }

    fn package_clause(&mut self) -> Result<(), Refusal> {
        self.advance()?;
        let name = self.expect(TokenKind::Identifier)?;
        match name.text {
            "main" => Ok(()),
            _ => Err(refuse("packages other than `main`", name.place)),
        }
    }

    fn import(&mut self) -> Result<Import, Refusal> {
        let keyword = self.advance()?;
        let alias = match self.next.kind {
            TokenKind::Identifier => Some(self.advance()?.text.to_owned()),
            _ => None,
        };
        let token = self.expect(TokenKind::String)?;
        let path = literal::string(token)?;
        let last = path.rsplit('/').next().unwrap_or_default();
        let name = alias.unwrap_or_else(|| last.to_owned());
        Ok(Import { name, path, place: keyword.place.to(token.place) })
    }

    fn statement(&mut self) -> Result<Statement, Refusal> {
        if self.is_keyword("option") {
            let option = self.advance()?;
            let name = self.expect(TokenKind::Identifier)?;
            return self.assignment(name, true, option.place);
        }
        if self.next.kind != TokenKind::Identifier {
            return self.expression().map(Statement::Expression);
        }
        let name = self.advance()?;
        if self.is_sign("=") {
            return self.assignment(name, false, name.place);
        }
        let identifier =
            Expression::new(ExpressionKind::Identifier(name.text.to_owned()), name.place)?;
        let primary = self.postfix(identifier)?;
        let unary = self.pipes(primary)?;
        self.binary_from(unary, 0).map(Statement::Expression)
    }

    fn assignment(
        &mut self,
        name: Token<'a>,
        is_option: bool,
        start: Place,
    ) -> Result<Statement, Refusal> {
        self.sign("=")?;
        let value = self.expression()?;
        let place = start.to(value.extent);
        Ok(Statement::Assignment { name: name.text.to_owned(), value, is_option, place })
    }

    fn expression(&mut self) -> Parsed {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(refuse("expressions nested this deeply", self.next.place));
        }
        let left = self.logical_operand()?;
        let expression = self.binary_from(left, 0);
        self.nesting -= 1;
        expression
    }

    /// Goes on after `left` with operators that bind at least as tightly as `lowest`.
    fn binary_from(&mut self, mut left: Expression, lowest: u8) -> Parsed {
        while let Some((operator, precedence)) = self.binary_operator() {
            if precedence < lowest {
                break;
            }
            self.advance()?;
            let right = match precedence {
                AND | OR => self.logical_operand()?,
                _ => self.operand()?,
            };
            let right = self.binary_from(right, precedence + 1)?;
            let place = left.extent.to(right.extent);
            let kind = match operator {
                Some(operator) => ExpressionKind::Binary {
                    operator,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                None => ExpressionKind::Foreign("arithmetic"),
            };
            left = Expression::new(kind, place)?;
        }
        Ok(left)
    }

    /// `None` is arithmetic, whose signs bind alike here because nothing is worked out.
    fn binary_operator(&self) -> Option<(Option<BinaryOperator>, u8)> {
        let compare = |operator| Some((Some(BinaryOperator::Compare(operator)), COMPARISON));
        match (self.next.kind, self.next.text) {
            (TokenKind::Keyword, "or") => Some((Some(BinaryOperator::Or), OR)),
            (TokenKind::Keyword, "and") => Some((Some(BinaryOperator::And), AND)),
            (TokenKind::Sign, "==") => compare(Operator::Equal),
            (TokenKind::Sign, "!=") => compare(Operator::NotEqual),
            (TokenKind::Sign, "<") => compare(Operator::Less),
            (TokenKind::Sign, "<=") => compare(Operator::LessOrEqual),
            (TokenKind::Sign, ">") => compare(Operator::Greater),
            (TokenKind::Sign, ">=") => compare(Operator::GreaterOrEqual),
            (TokenKind::Sign, "=~") => compare(Operator::Matches),
            (TokenKind::Sign, "!~") => compare(Operator::MatchesNot),
            (TokenKind::Sign, "+" | "-" | "*" | "/" | "%" | "^") => Some((None, ARITHMETIC)),
            _ => None,
        }
    }

    /// `not` and `exists` bind more loosely than comparisons.
    fn logical_operand(&mut self) -> Parsed {
        let operator = match (self.next.kind, self.next.text) {
            (TokenKind::Keyword, "not") => UnaryOperator::Not,
            (TokenKind::Keyword, "exists") => UnaryOperator::Exists,
            _ => {
                let operand = self.operand()?;
                return self.binary_from(operand, COMPARISON);
            }
        };
        self.unary(operator, Self::logical_operand)
    }

    /// Minus signs, then something that may be piped on.
    fn operand(&mut self) -> Parsed {
        let operand = self.signed()?;
        self.pipes(operand)
    }

    fn signed(&mut self) -> Parsed {
        if self.is_sign("+") {
            return Err(refuse("a plus sign before a value", self.next.place));
        }
        if self.is_sign("-") {
            return self.unary(UnaryOperator::Minus, Self::signed);
        }
        let primary = self.primary()?;
        self.postfix(primary)
    }

    fn unary(&mut self, operator: UnaryOperator, argument: fn(&mut Self) -> Parsed) -> Parsed {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(refuse("operators nested this deeply", self.next.place));
        }
        let sign = self.advance()?;
        let argument = Box::new(argument(self)?);
        self.nesting -= 1;
        let place = sign.place.to(argument.extent);
        Expression::new(ExpressionKind::Unary { operator, argument }, place)
    }

    fn pipes(&mut self, mut argument: Expression) -> Parsed {
        while self.is_sign("|>") {
            self.advance()?;
            let destination = self.signed()?;
            let ExpressionKind::Call(call) = destination.kind else {
                return Err(refuse("pipes into anything but a call", destination.place));
            };
            let (place, call_place) = (argument.extent.to(destination.place), destination.place);
            let kind = ExpressionKind::Pipe { argument: Box::new(argument), call, call_place };
            argument = Expression::new(kind, place)?;
        }
        Ok(argument)
    }

    /// Calls and members behind `object`.
    fn postfix(&mut self, mut object: Expression) -> Parsed {
        loop {
            let start = object.extent;
            let (kind, end) = if self.is_sign(".") {
                self.advance()?;
                let property = self.expect(TokenKind::Identifier)?;
                let name = property.text.to_owned();
                (
                    ExpressionKind::Member { object: Box::new(object), property: name },
                    property.place,
                )
            } else if self.is_sign("[") {
                self.advance()?;
                let property = literal::string(self.expect(TokenKind::String)?)?;
                let end = self.sign("]")?;
                (ExpressionKind::Member { object: Box::new(object), property }, end.place)
            } else if self.is_sign("(") {
                let (arguments, end) = self.arguments()?;
                (ExpressionKind::Call(Call { callee: Box::new(object), arguments }), end)
            } else {
                return Ok(object);
            };
            object = Expression::new(kind, start.to(end))?;
        }
    }

    fn arguments(&mut self) -> Result<(Vec<Argument>, Place), Refusal> {
        self.sign("(")?;
        let mut arguments: Vec<Argument> = Vec::new();
        let mut names = HashSet::new();
        loop {
            if self.is_sign(")") {
                return Ok((arguments, self.advance()?.place));
            }
            let name = self.expect(TokenKind::Identifier)?;
            if !names.insert(name.text) {
                return Err(refuse("an argument given twice", name.place));
            }
            self.sign(":")?;
            let value = self.expression()?;
            arguments.push(Argument { name: name.text.to_owned(), value });
            self.separator(")")?;
        }
    }

    /// A comma, which may be left out only before `end`.
    fn separator(&mut self, end: &str) -> Result<(), Refusal> {
        if !self.is_sign(end) {
            self.sign(",")?;
        }
        Ok(())
    }

    fn primary(&mut self) -> Parsed {
        if self.is_sign("/") {
            let Some(regex) = self.lexer.regex(self.next) else {
                return Err(self.unexpected());
            };
            self.next = self.lexer.next()?;
            return Expression::new(ExpressionKind::Regex(literal::regex(regex)?), regex.place);
        }
        let token = self.next;
        let kind = match token.kind {
            TokenKind::Identifier => ExpressionKind::Identifier(token.text.to_owned()),
            TokenKind::Integer => ExpressionKind::Integer(literal::integer(token)?),
            TokenKind::Float => ExpressionKind::Float(literal::float(token)?),
            TokenKind::Duration => ExpressionKind::Duration(literal::duration(token)?),
            TokenKind::Time => ExpressionKind::Time(literal::time(token)?),
            TokenKind::String => ExpressionKind::String(literal::string(token)?),
            TokenKind::Sign if token.text == "[" => return self.array(),
            TokenKind::Sign if token.text == "(" => return self.parentheses(),
            TokenKind::Sign if token.text == "{" => return self.record(),
            TokenKind::Keyword if token.text == "if" => return self.conditional(),
            _ => return Err(self.unexpected()),
        };
        self.advance()?;
        Expression::new(kind, token.place)
    }

    fn array(&mut self) -> Parsed {
        let start = self.sign("[")?;
        let mut items = Vec::new();
        while !self.is_sign("]") {
            items.push(self.expression()?);
            self.separator("]")?;
        }
        let end = self.advance()?;
        Expression::new(ExpressionKind::Array(items), start.place.to(end.place))
    }

    /// `{a: 1, "b c": 2}`, or `{r with a: 1}` and `{a}`, which are not known here.
    fn record(&mut self) -> Parsed {
        let start = self.sign("{")?;
        let mut members: Vec<Argument> = Vec::new();
        let mut is_foreign = false;
        while !self.is_sign("}") {
            let name = match self.next.kind {
                TokenKind::String => literal::string(self.advance()?)?,
                _ => self.expect(TokenKind::Identifier)?.text.to_owned(),
            };
            if self.next.kind == TokenKind::Identifier && self.next.text == "with" {
                self.advance()?;
                is_foreign = true;
                continue;
            }
            is_foreign |= !self.is_sign(":") || members.iter().any(|known| known.name == name);
            if self.is_sign(":") {
                self.advance()?;
                members.push(Argument { name, value: self.expression()? });
            }
            self.separator("}")?;
        }
        let place = start.place.to(self.advance()?.place);
        let foreign = ExpressionKind::Foreign("records");
        Expression::new(if is_foreign { foreign } else { ExpressionKind::Record(members) }, place)
    }

    fn conditional(&mut self) -> Parsed {
        let start = self.advance()?;
        self.expression()?;
        for keyword in ["then", "else"] {
            if !self.is_keyword(keyword) {
                return Err(self.unexpected());
            }
            self.advance()?;
            self.expression()?;
        }
        Expression::new(ExpressionKind::Foreign("`if` expressions"), start.place)
    }

    /// A function, or an expression in parentheses, which keeps its own place.
    fn parentheses(&mut self) -> Parsed {
        let start = self.sign("(")?;
        if self.is_sign(")") {
            self.advance()?;
            return self.function(start, Vec::new());
        }
        let mut inner = self.expression()?;
        if self.is_sign(",") || self.is_sign("=") {
            let ExpressionKind::Identifier(name) = inner.kind else {
                return Err(self.unexpected());
            };
            return self.transformation(start, name);
        }
        let end = self.sign(")")?;
        inner.extent = start.place.to(end.place);
        match &inner.kind {
            ExpressionKind::Identifier(name) if self.is_sign("=>") => {
                let parameters = vec![name.clone()];
                self.function(start, parameters)
            }
            _ => Ok(inner),
        }
    }

    /// A function of several parameters, behind the name of the first one.
    fn transformation(&mut self, start: Token<'a>, mut name: String) -> Parsed {
        let (mut parameters, mut piped) = (Vec::new(), None);
        loop {
            let is_new = !parameters.contains(&name) && piped.as_ref() != Some(&name);
            let has_default = self.is_sign("=");
            if has_default {
                self.advance()?;
            }
            match (has_default, self.is_sign("<-"), &piped) {
                (true, true, None) if is_new => {
                    self.advance()?;
                    piped = Some(name);
                }
                (false, _, _) if is_new => parameters.push(name),
                _ => return Err(refuse("this parameter of a function", self.next.place)),
            }
            self.separator(")")?;
            if self.is_sign(")") {
                break;
            }
            name = self.expect(TokenKind::Identifier)?.text.to_owned();
        }
        self.advance()?;
        let (body, end) = self.body()?;
        let Some(piped) = piped else {
            return Err(refuse("functions of several parameters", start.place));
        };
        let function = Transformation { parameters, piped, body: Box::new(body) };
        Expression::new(ExpressionKind::Transformation(function), start.place.to(end))
    }

    fn function(&mut self, start: Token<'a>, parameters: Vec<String>) -> Parsed {
        let (body, end) = self.body()?;
        let function = Function { parameters, body: Box::new(body) };
        Expression::new(ExpressionKind::Function(function), start.place.to(end))
    }

    /// What a function does, and where that ends.
    fn body(&mut self) -> Result<(Expression, Place), Refusal> {
        self.sign("=>")?;
        if self.is_sign("{") {
            self.advance()?;
            if !self.is_keyword("return") {
                return Err(refuse("functions of several statements", self.next.place));
            }
            self.advance()?;
            let body = self.expression()?;
            return Ok((body, self.sign("}")?.place));
        }
        let body = self.expression()?;
        let end = body.extent;
        Ok((body, end))
    }

    fn advance(&mut self) -> Result<Token<'a>, Refusal> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn is_sign(&self, text: &str) -> bool {
        self.next.kind == TokenKind::Sign && self.next.text == text
    }

    fn is_keyword(&self, text: &str) -> bool {
        self.next.kind == TokenKind::Keyword && self.next.text == text
    }

    fn sign(&mut self, text: &str) -> Result<Token<'a>, Refusal> {
        if self.is_sign(text) { self.advance() } else { Err(self.unexpected()) }
    }

    fn expect(&mut self, kind: TokenKind) -> Result<Token<'a>, Refusal> {
        if self.next.kind == kind { self.advance() } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> Refusal {
        match self.next.kind {
            TokenKind::End => refuse("a script that ends here", self.next.place),
            _ => refuse(&format!("what `{}` means here", self.next.text), self.next.place),
        }
    }
}

const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 3;
const ARITHMETIC: u8 = 4;

fn refuse(what: &str, place: Place) -> Refusal {
    Refusal::unknown(format_args!("{what} (@{place})"))
}
