use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{BoxFuture, Client};
use crate::error::Result;
use crate::flux::Script;
use crate::http::{Method, Request};

/// A place where a script is no Flux.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: u32,
    /// The column in bytes, from 1.
    pub column: u32,
    /// What the server says.
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for SyntaxError {}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    query: &'a str,
}

#[derive(Deserialize)]
struct Analysis {
    errors: Option<Vec<Problem>>,
}

#[derive(Deserialize)]
struct Problem {
    line: u32,
    column: u32,
    message: String,
}

impl Client {
    /// Asks the server whether a script is Flux; an empty list says that it is.
    ///
    /// The server looks at the syntax alone: it sees no misspelt name, no wrong type and no bucket
    /// that does not exist. It runs nothing.
    ///
    /// # Errors
    /// Failures of the connection and of authentication. Those of the script are the result.
    ///
    /// # Cancel safety
    /// Safe.
    #[must_use = "nothing is sent until it is awaited"]
    pub fn check(&self, script: impl Into<Script>) -> BoxFuture<Result<Vec<SyntaxError>>> {
        let (connection, request) = (Arc::clone(&self.0), analyze(&script.into()));
        Box::pin(async move {
            let analysis: Analysis = connection.call(request?).await?.json()?;
            let errors = analysis.errors.unwrap_or_default().into_iter();
            Ok(errors
                .map(|Problem { line, column, message }| SyntaxError { line, column, message })
                .collect())
        })
    }
}

fn analyze(script: &Script) -> Result<Request> {
    script.check()?;
    let body = Body { r#type: "flux", query: script.text() };
    Request::new(Method::Post, "api/v2/query/analyze").json(&body)
}
