//! What a script says, before names are resolved. Text and `extern` JSON both end here.

use std::fmt;

use crate::refusal::Refusal;

use super::duration::Duration;

/// How deeply a script may nest: the real server refuses more than 180 levels of its own tree,
/// in which a level of this one can count twice.
const MAX_DEPTH: u32 = 150;

/// A line and a column (in bytes), both from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// Where something stands, `end` exclusive. It is displayed as `1:7-1:10`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

/// A file of a script.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct File {
    pub(crate) imports: Vec<Import>,
    pub(crate) statements: Vec<Statement>,
}

/// `import name "path"`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The name under which a script would use the package.
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) place: Place,
}

/// One statement of a file.
#[derive(Debug, PartialEq)]
pub(crate) enum Statement {
    Assignment { name: String, value: Expression, is_option: bool, place: Place },
    Expression(Expression),
}

/// An expression with its place; parentheses leave no trace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expression {
    pub(crate) kind: ExpressionKind,
    pub(crate) place: Place,
    /// With the parentheses around it: what the place of a larger expression is made of.
    pub(crate) extent: Place,
    depth: u32,
}

/// The kinds of expressions that this server reads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ExpressionKind {
    Identifier(String),
    String(String),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    Boolean(bool),
    Duration(Duration),
    Time(i64),
    Regex(String),
    Array(Vec<Expression>),
    /// Names are unique.
    Record(Vec<Argument>),
    Member {
        object: Box<Expression>,
        property: String,
    },
    Call(Call),
    Pipe {
        argument: Box<Expression>,
        call: Call,
        call_place: Place,
    },
    Unary {
        operator: UnaryOperator,
        argument: Box<Expression>,
    },
    Binary {
        operator: BinaryOperator,
        left: Box<Expression>,
        right: Box<Expression>,
    },
    Function(Function),
    Transformation(Transformation),
    /// What is read only to say which function that this server does not know has it.
    Foreign(&'static str),
}

/// `callee(name: value, …)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) callee: Box<Expression>,
    pub(crate) arguments: Vec<Argument>,
}

/// `name: value` in a call or a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) value: Expression,
}

/// `(a, b) => body`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    pub(crate) parameters: Vec<String>,
    pub(crate) body: Box<Expression>,
}

/// `(a, b=<-) => body`, which takes what is piped into it as `b`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Transformation {
    /// Without the one that is piped.
    pub(crate) parameters: Vec<String>,
    pub(crate) piped: String,
    pub(crate) body: Box<Expression>,
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    Not,
    Exists,
    Minus,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    And,
    Or,
    Compare(super::Operator),
}

impl Expression {
    /// Fails when the tree becomes deeper than the real server surely takes.
    pub(crate) fn new(kind: ExpressionKind, place: Place) -> Result<Self, Refusal> {
        let depth = 1 + kind.children_depth();
        if depth > MAX_DEPTH {
            return Err(Refusal::unknown(format_args!("how deeply scripts may nest (@{place})")));
        }
        Ok(Self { kind, place, extent: place, depth })
    }
}

impl ExpressionKind {
    fn children_depth(&self) -> u32 {
        match self {
            Self::Array(items) => items.iter().map(|item| item.depth).max().unwrap_or(0),
            Self::Record(members) => {
                1 + members.iter().map(|member| member.value.depth).max().unwrap_or(0)
            }
            Self::Member { object, .. } => object.depth,
            Self::Call(call) => call.depth(),
            Self::Pipe { argument, call, .. } => argument.depth.max(1 + call.depth()),
            Self::Unary { argument, .. } => argument.depth,
            Self::Binary { left, right, .. } => left.depth.max(right.depth),
            // The real tree has a block and a return statement here.
            Self::Function(function) => 2 + function.body.depth,
            Self::Transformation(function) => 2 + function.body.depth,
            _ => 0,
        }
    }
}

impl Call {
    /// The real tree has an object and a property around each argument.
    fn depth(&self) -> u32 {
        let arguments = self.arguments.iter().map(|argument| 2 + argument.value.depth).max();
        self.callee.depth.max(arguments.unwrap_or(0))
    }
}

impl Place {
    /// From the start of this one to the end of `other`.
    pub(crate) const fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, end } = self;
        write!(f, "{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    }
}
