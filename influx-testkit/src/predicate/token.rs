use crate::refusal::Refusal;

/// Words that are no identifiers, in any case.
const KEYWORDS: &str = "ALL ALTER ANALYZE ANY AS ASC BEGIN BY CARDINALITY CREATE CONTINUOUS DATABASE \
    DATABASES DEFAULT DELETE DESC DESTINATIONS DIAGNOSTICS DISTINCT DROP DURATION END EVERY EXACT \
    EXPLAIN FIELD FOR FROM GRANT GRANTS GROUP GROUPS IN INF INSERT INTO KEY KEYS KILL LIMIT \
    MEASUREMENT MEASUREMENTS NAME OFFSET ON ORDER PASSWORD POLICY POLICIES PRIVILEGES QUERIES QUERY \
    READ REPLICATION RESAMPLE RETENTION REVOKE SELECT SERIES SET SHOW SHARD SHARDS SLIMIT SOFFSET \
    STATS SUBSCRIPTION SUBSCRIPTIONS TAG TO USER USERS VALUES VERBOSE WHERE WITH WRITE AND OR TRUE \
    FALSE";

const SYMBOLS: [&str; 23] = [
    "=~", "!~", "!=", "<>", ">=", "<=", "::", "=", ">", "<", "(", ")", ",", ";", ":", ".", "+",
    "-", "*", "%", "&", "|", "^",
];

/// A token of `InfluxQL`, blanks left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Its text where messages show it: names and literals without quotes and escapes.
    pub(super) text: String,
    pub(super) column: usize,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    Illegal,
    Identifier,
    Number,
    Integer,
    Duration,
    String,
    BadString,
    BadEscape,
    /// A comment or a parameter, which have no name in messages.
    Nameless,
    Keyword(&'static str),
    Symbol(&'static str),
}

impl Kind {
    /// The token's name in messages. The server's table lacks that of integers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::End => "EOF",
            Self::Illegal => "ILLEGAL",
            Self::Identifier => "IDENT",
            Self::Number => "NUMBER",
            Self::Duration => "DURATIONVAL",
            Self::String => "STRING",
            Self::BadString => "BADSTRING",
            Self::BadEscape => "BADESCAPE",
            Self::Integer | Self::Nameless => "",
            Self::Keyword(name) | Self::Symbol(name) => name,
        }
    }
}

/// Where a character stands; both count from 0.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    line: usize,
    column: usize,
}

/// All tokens of the text, the end included, and the number of the last line.
pub(super) fn scan(text: &str) -> Result<(Vec<Token>, usize), Refusal> {
    if text.contains('\0') {
        return Err(Refusal::unknown("predicates with NUL"));
    }
    let mut scanner = Scanner::new(text);
    let mut tokens = Vec::new();
    loop {
        scanner.take_word(|c| matches!(c, ' ' | '\t' | '\n'));
        let token = scanner.token();
        let end = token.kind == Kind::End;
        tokens.push(token);
        if end {
            return Ok((tokens, scanner.end.line));
        }
    }
}

struct Scanner {
    chars: Vec<(char, Place)>,
    end: Place,
    at: usize,
    /// Whether a token had to look at the end to find its own, which counts as a character.
    saw_end: bool,
}

impl Scanner {
    fn new(text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut end = Place::default();
        let place = |c| {
            let place = end;
            end = match c {
                '\n' => Place { line: end.line + 1, column: 0 },
                _ => Place { column: end.column + 1, ..end },
            };
            (c, place)
        };
        let chars = text.chars().map(place).collect();
        Self { chars, end, at: 0, saw_end: false }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|(c, _)| *c)
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn column(&self) -> usize {
        let end = self.end.column + usize::from(self.saw_end);
        self.chars.get(self.at).map_or(end, |(_, place)| place.column)
    }

    /// The column of the character before the next one, which is where the server says that a
    /// quoted text begins.
    fn column_before(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.chars.get(at))
            .map_or(0, |(_, place)| place.column)
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().map(|(c, _)| *c).collect()
    }

    /// What ends only where something else begins, or at the end.
    fn take_word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let word = self.take_while(belongs);
        self.saw_end |= !word.is_empty() && self.peek().is_none();
        word
    }

    fn starts_with(&self, text: &str) -> bool {
        let rest = self.chars[self.at..].iter().map(|(c, _)| *c);
        rest.take(text.len()).eq(text.chars())
    }

    fn token(&mut self) -> Token {
        let column = self.column();
        let Some(first) = self.peek() else {
            return Token { kind: Kind::End, text: String::new(), column };
        };
        let second = self.chars.get(self.at + 1).map(|(c, _)| *c);
        match first {
            '"' => self.identifier(column),
            c if c == '_' || c.is_ascii_alphabetic() => self.identifier(column),
            '0'..='9' => self.number(column),
            '.' if second.is_some_and(|c| c.is_ascii_digit()) => self.number(column),
            '\'' => self.quoted(),
            '$' => self.parameter(column),
            '-' if second == Some('-') => self.line_comment(column),
            '/' => self.slash(column),
            _ => self.symbol(first, column),
        }
    }

    /// A name; a quoted part of it makes what stands before it vanish, in the server too.
    fn identifier(&mut self, column: usize) -> Token {
        let text = self.take_word(is_word);
        if self.peek() == Some('"') {
            let quoted = self.quoted();
            return match quoted.kind {
                Kind::String => Token { kind: Kind::Identifier, column, ..quoted },
                _ => quoted,
            };
        }
        match KEYWORDS.split_whitespace().find(|word| word.eq_ignore_ascii_case(&text)) {
            Some(word) => Token { kind: Kind::Keyword(word), text: String::new(), column },
            None => Token { kind: Kind::Identifier, text, column },
        }
    }

    fn quoted(&mut self) -> Token {
        let column = self.column_before();
        let quote = self.next();
        let mut text = String::new();
        loop {
            let next = self.next();
            if next == quote {
                return Token { kind: Kind::String, text, column };
            }
            match next {
                None | Some('\n') => return Token { kind: Kind::BadString, text, column },
                Some('\\') => match self.escape() {
                    Ok(c) => text.push(c),
                    Err(token) => return token,
                },
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Token> {
        let column = self.column();
        match self.next() {
            Some('n') => Ok('\n'),
            Some(c @ ('\\' | '"' | '\'')) => Ok(c),
            other => {
                let text = format!("\\{}", other.unwrap_or_default());
                Err(Token { kind: Kind::BadEscape, text, column })
            }
        }
    }

    fn number(&mut self, column: usize) -> Token {
        let mut text = self.take_while(|c| c.is_ascii_digit());
        let kind = match self.peek() {
            Some('.') => {
                self.at += 1;
                let fraction = self.take_while(|c| c.is_ascii_digit());
                if !fraction.is_empty() {
                    text = format!("{text}.{fraction}");
                }
                Kind::Number
            }
            Some(c) if c == 'µ' || c.is_ascii_alphabetic() => {
                text += &self.take_while(|c| c == 'µ' || c.is_ascii_alphanumeric());
                Kind::Duration
            }
            _ => Kind::Integer,
        };
        Token { kind, text, column }
    }

    fn parameter(&mut self, column: usize) -> Token {
        self.at += 1;
        let mut name = self.take_word(is_word);
        if self.peek() == Some('"') {
            let quoted = self.quoted();
            if quoted.kind != Kind::String {
                return Token { text: format!("${}", quoted.text), column, ..quoted };
            }
            name = quoted.text;
        }
        Token { kind: Kind::Nameless, text: format!("${name}"), column }
    }

    fn line_comment(&mut self, column: usize) -> Token {
        self.take_word(|c| c != '\n');
        self.next();
        Token { kind: Kind::Nameless, text: String::new(), column }
    }

    fn slash(&mut self, column: usize) -> Token {
        let mut kind = Kind::Symbol("/");
        self.at += 1;
        if self.peek() == Some('*') {
            self.at += 1;
            while self.peek().is_some() && !self.starts_with("*/") {
                self.at += 1;
            }
            kind = if self.starts_with("*/") { Kind::Nameless } else { Kind::Illegal };
            self.at = (self.at + 2).min(self.chars.len());
        }
        Token { kind, text: String::new(), column }
    }

    fn symbol(&mut self, first: char, column: usize) -> Token {
        let symbol = SYMBOLS.iter().find(|symbol| self.starts_with(symbol));
        self.at += symbol.map_or(1, |symbol| symbol.len());
        match symbol {
            Some(&"<>") => Token { kind: Kind::Symbol("!="), text: String::new(), column },
            Some(symbol) => Token { kind: Kind::Symbol(symbol), text: String::new(), column },
            None => Token { kind: Kind::Illegal, text: first.to_string(), column },
        }
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}
