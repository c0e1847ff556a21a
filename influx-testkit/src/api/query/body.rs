//! The body of `POST /api/v2/query`.

use serde_json::{Map, Value as Json};

use crate::api::json;
use crate::clock;
use crate::query::{Annotation, Dialect};
use crate::refusal::Refusal;

/// What a client asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueryRequest {
    pub(crate) script: String,
    pub(crate) extern_file: Option<Json>,
    /// Nanoseconds since 1970, if the client sets the time.
    pub(crate) now: Option<i64>,
    pub(crate) dialect: Dialect,
}

/// The members of the body that have to do with an answer, before they are checked.
#[derive(Debug, Default)]
struct Members {
    query: String,
    r#type: String,
    has_ast: bool,
    extern_file: Option<Json>,
    now: Option<i64>,
    dialect: DialectMembers,
}

#[derive(Debug, Default)]
struct DialectMembers {
    header: Option<bool>,
    delimiter: String,
    comment_prefix: String,
    date_time_format: String,
    annotations: Vec<String>,
}

impl QueryRequest {
    /// Reads a body. The real server does so before it looks for the organization.
    ///
    /// # Errors
    /// What the real server says, with its `failed to decode request body: `.
    pub(crate) fn decode(content_type: Option<&str>, body: &[u8]) -> Result<Self, Refusal> {
        let mut members = Members::default();
        if is_script(content_type.unwrap_or_default())? {
            let script =
                str::from_utf8(body).map_err(|_| Refusal::unknown("scripts beyond UTF-8"))?;
            script.clone_into(&mut members.query);
        } else {
            members.read(&json::value(body, malformed)?)?;
        }
        members.check()
    }
}

/// Whether the body is the script itself.
fn is_script(content_type: &str) -> Result<bool, Refusal> {
    let mut parts = content_type.split(';');
    let media_type = parts.next().unwrap_or_default().trim();
    let is_token = |text: &str| {
        let is_in_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(is_in_token)
    };
    let is_type = media_type.split_once('/').is_some_and(|(a, b)| is_token(a) && is_token(b));
    let is_parameter = |text: &str| match text.trim().split_once('=') {
        Some((name, value)) => is_token(name) && is_token(value),
        None => text.trim().is_empty(),
    };
    if content_type.is_empty() || (is_type && parts.all(is_parameter)) {
        return Ok(media_type.eq_ignore_ascii_case("application/vnd.flux"));
    }
    Err(Refusal::unknown(format_args!("the content type {content_type:?}")))
}

impl Members {
    /// Names count in any case, the last of several wins, and null says nothing.
    fn read(&mut self, body: &Json) -> Result<(), Refusal> {
        let Some(object) = object(body, "value of type http.QueryRequest")? else { return Ok(()) };
        let mut failure = None;
        for (name, value) in object {
            let result = match name.to_ascii_lowercase().as_str() {
                "query" => text(value, "QueryRequest.query", &mut self.query),
                "type" => text(value, "QueryRequest.type", &mut self.r#type),
                "dialect" => self.dialect.read(value),
                // A time that is none ends the reading at once.
                "now" => {
                    self.now = time(value)?;
                    Ok(())
                }
                "extern" => {
                    self.extern_file = (!value.is_null()).then(|| value.clone());
                    Ok(())
                }
                "ast" => {
                    self.has_ast = true;
                    Ok(())
                }
                "prefernocontent" | "prefernocontentwitherror" => {
                    Err(Refusal::unknown("queries without an answer"))
                }
                _ => Ok(()),
            };
            // The first mistake is told, when all members are read.
            failure = failure.or(result.err());
        }
        failure.map_or(Ok(()), Err)
    }

    fn check(self) -> Result<QueryRequest, Refusal> {
        if self.query.is_empty() {
            if self.has_ast {
                return Err(Refusal::unknown("queries given as `ast`"));
            }
            return Err(refuse("request body requires either query or AST"));
        }
        if !matches!(self.r#type.as_str(), "" | "flux") {
            return Err(refuse(&format!("unknown query type: {}", self.r#type)));
        }
        Ok(QueryRequest {
            script: self.query,
            extern_file: self.extern_file,
            now: self.now,
            dialect: self.dialect.check()?,
        })
    }
}

impl DialectMembers {
    fn read(&mut self, value: &Json) -> Result<(), Refusal> {
        let target = "struct field QueryRequest.dialect of type http.QueryDialect";
        let Some(object) = object(value, target)? else { return Ok(()) };
        let mut failure = None;
        for (name, value) in object {
            let result = match name.to_ascii_lowercase().as_str() {
                "header" => match value {
                    Json::Bool(value) => {
                        self.header = Some(*value);
                        Ok(())
                    }
                    Json::Null => {
                        self.header = None;
                        Ok(())
                    }
                    other => Err(mismatch(
                        other,
                        "struct field QueryDialect.dialect.header of type bool",
                    )),
                },
                "delimiter" => text(value, "QueryDialect.dialect.delimiter", &mut self.delimiter),
                "commentprefix" => {
                    text(value, "QueryDialect.dialect.commentPrefix", &mut self.comment_prefix)
                }
                "datetimeformat" => {
                    text(value, "QueryDialect.dialect.dateTimeFormat", &mut self.date_time_format)
                }
                "annotations" => annotations(value).map(|it| self.annotations = it),
                _ => Ok(()),
            };
            failure = failure.or(result.err());
        }
        failure.map_or(Ok(()), Err)
    }

    fn check(self) -> Result<Dialect, Refusal> {
        if self.comment_prefix.len() > 1 {
            return Err(refuse("invalid dialect comment prefix: must be length 0 or 1"));
        }
        let delimiter = match self.delimiter.as_bytes() {
            // The encoder takes a NUL for no delimiter at all.
            [] | [0] => b',',
            [delimiter] => *delimiter,
            _ => return Err(refuse("invalid dialect delimeter: must be length 1")),
        };
        let annotations = self.annotations.iter().map(|name| match name.as_str() {
            "datatype" => Ok(Annotation::Datatype),
            "group" => Ok(Annotation::Group),
            "default" => Ok(Annotation::Default),
            other => Err(refuse(&format!("unknown dialect annotation type: {other}"))),
        });
        let annotations = annotations.collect::<Result<_, _>>()?;
        match self.date_time_format.as_str() {
            "" | "RFC3339" | "RFC3339Nano" => {
                Ok(Dialect { header: self.header.unwrap_or(true), delimiter, annotations })
            }
            other => Err(refuse(&format!("unknown dialect date time format: {other}"))),
        }
    }
}

fn object<'a>(value: &'a Json, target: &str) -> Result<Option<&'a Map<String, Json>>, Refusal> {
    match value {
        Json::Null => Ok(None),
        Json::Object(object) => Ok(Some(object)),
        other => Err(mismatch(other, target)),
    }
}

fn text(value: &Json, field: &str, out: &mut String) -> Result<(), Refusal> {
    match value {
        Json::Null => {}
        Json::String(text) => text.clone_into(out),
        other => return Err(mismatch(other, &format!("struct field {field} of type string"))),
    }
    Ok(())
}

fn annotations(value: &Json) -> Result<Vec<String>, Refusal> {
    const FIELD: &str = "QueryDialect.dialect.annotations";
    let items = match value {
        Json::Null => return Ok(Vec::new()),
        Json::Array(items) => items,
        other => return Err(mismatch(other, &format!("struct field {FIELD} of type []string"))),
    };
    let item = |item| {
        let mut name = String::new();
        text(item, FIELD, &mut name).map(|()| name)
    };
    items.iter().map(item).collect()
}

/// The zero time of Go is no time.
fn time(value: &Json) -> Result<Option<i64>, Refusal> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) if text == "0001-01-01T00:00:00Z" => Ok(None),
        Json::String(text) => {
            let now = clock::parse(text).and_then(|now| i64::try_from(now).ok());
            now.map(Some).ok_or_else(|| Refusal::unknown(format_args!("the time {text:?}")))
        }
        _ => Err(malformed("Time.UnmarshalJSON: input is not a JSON string")),
    }
}

fn mismatch(value: &Json, target: &str) -> Refusal {
    let found = match value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    malformed(&format!("json: cannot unmarshal {found} into Go {target}"))
}

fn malformed(text: &str) -> Refusal {
    refuse(&format!(
        "failed parsing request body as JSON; if sending a raw Flux script, set 'Content-Type: \
         application/vnd.flux' in your request headers: {text}"
    ))
}

fn refuse(text: &str) -> Refusal {
    Refusal::invalid(format!("failed to decode request body: {text}"))
}
