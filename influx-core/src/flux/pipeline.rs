//! Scripts as stages, each of which knows whether the server applies it where it reads.

use std::fmt;

use super::literal;
use super::render::Variables;
use crate::error::Result;
use crate::time::{Bound, TimeRange};

/// A script: `from`, and what its rows go through.
#[derive(Debug, Default)]
pub(crate) struct Pipeline {
    pub(crate) variables: Variables,
    stages: Vec<Stage>,
}

/// One call of a [`Pipeline`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) text: String,
    pub(crate) is_pushed_down: bool,
}

impl Pipeline {
    /// Reads a span of a bucket.
    pub(crate) fn read(bucket: &str, range: &TimeRange) -> Result<Self> {
        let (start, stop) = range.bounds()?;
        let mut from = String::from("from(bucket: ");
        literal::string(bucket, &mut from);
        from.push(')');
        let mut within = String::from("range(start: ");
        bound(start, &mut within);
        if let Some(stop) = stop {
            within.push_str(", stop: ");
            bound(stop, &mut within);
        }
        within.push(')');
        let mut pipeline = Self::default();
        pipeline.add(from, true);
        pipeline.add(within, true);
        Ok(pipeline)
    }

    /// Appends a stage. The server can apply it where it reads, `if` that holds, and if it does so with all
    /// stages before.
    pub(crate) fn add(&mut self, text: impl Into<String>, can_be_pushed_down: bool) {
        let is_pushed_down = can_be_pushed_down && self.is_pushed_down();
        self.stages.push(Stage { text: text.into(), is_pushed_down });
    }

    /// Appends a stage that runs over what has been read.
    pub(crate) fn then(&mut self, text: impl Into<String>) {
        self.add(text, false);
    }

    /// Whether the server applies everything so far where it reads.
    pub(crate) fn is_pushed_down(&self) -> bool {
        self.stages.last().is_none_or(|stage| stage.is_pushed_down)
    }

    pub(crate) fn stages(&self) -> &[Stage] {
        &self.stages
    }
}

/// A call with a list of column names.
pub(crate) fn columns<'c>(
    function: &str,
    names: impl IntoIterator<Item = &'c str>,
    rest: &str,
) -> String {
    let mut out = format!("{function}(columns: ");
    list(names, &mut out);
    out.push_str(rest);
    out.push(')');
    out
}

/// A list of texts.
pub(crate) fn list<'c>(texts: impl IntoIterator<Item = &'c str>, out: &mut String) {
    out.push('[');
    for (index, text) in texts.into_iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        literal::string(text, out);
    }
    out.push(']');
}

fn bound(bound: Bound, out: &mut String) {
    match bound {
        Bound::At(instant) => literal::time(instant, out),
        Bound::FromNow(distance) => literal::duration(distance, out),
    }
}

/// The script.
impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.variables.definitions().try_for_each(|line| f.write_str(&line))?;
        for (index, stage) in self.stages.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "\n    |> " })?;
            f.write_str(&stage.text)?;
        }
        Ok(())
    }
}
