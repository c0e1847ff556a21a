use std::fmt;

use super::pipeline::Pipeline;
use super::selection::Way;

/// How a typed query is run: its stages, which of them the server applies where it reads, and who
/// makes whole rows.
///
/// What is *pushed down* runs in the server's storage and costs next to nothing more than the reading;
/// all other stages run over the rows that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    script: Script,
    way: Option<Way>,
    edge: Option<Script>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Script {
    definitions: String,
    stages: Vec<Stage>,
}

/// One call of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// The call.
    pub flux: String,
    /// Whether the server applies it where it reads.
    pub is_pushed_down: bool,
}

impl Explanation {
    pub(crate) fn new(pipeline: &Pipeline, way: Option<Way>) -> Self {
        Self { script: Script::of(pipeline), way, edge: None }
    }

    /// The same behind a query that finds out how far it has to read.
    pub(crate) fn after(self, edge: Option<&Pipeline>) -> Self {
        Self { edge: edge.map(Script::of), ..self }
    }

    /// The lines before the calls, which give values their names: those that a filter is only pushed
    /// down with so.
    #[must_use]
    pub fn definitions(&self) -> &str {
        &self.script.definitions
    }

    /// The calls, in their order.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.script.stages
    }

    /// The calls of the query that is run before, for the time of the last row that is wanted; none
    /// where that would not help.
    #[must_use]
    pub fn edge(&self) -> &[Stage] {
        self.edge.as_ref().map_or(&[], |edge| &edge.stages)
    }

    /// Who makes whole rows of the points of several fields; none where there is only one field, or
    /// after an aggregation.
    #[must_use]
    pub const fn way(&self) -> Option<Way> {
        self.way
    }
}

impl Script {
    fn of(pipeline: &Pipeline) -> Self {
        let stages = pipeline.stages().iter();
        let public = stages
            .map(|stage| Stage { flux: stage.text.clone(), is_pushed_down: stage.is_pushed_down });
        Self { definitions: pipeline.variables.definitions().collect(), stages: public.collect() }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.definitions)?;
        self.stages.iter().try_for_each(|stage| stage.fmt(f))
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.is_pushed_down { "pushed down" } else { "in memory  " };
        writeln!(f, "{place} | {}", self.flux)
    }
}

/// A line for each stage, with what it costs.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(edge) = &self.edge {
            write!(f, "first, how far to read:\n{edge}then no further than that:\n")?;
        }
        self.script.fmt(f)?;
        match self.way {
            Some(Way::Assemble) => f.write_str("whole rows: assembled here, series by series\n"),
            Some(Way::Pivot) => {
                f.write_str("whole rows: by the server's pivot, which holds all rows in memory\n")
            }
            None => Ok(()),
        }
    }
}
