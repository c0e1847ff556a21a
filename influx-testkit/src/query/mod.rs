//! Pipelines over the stored points, and annotated CSV.

use crate::engine::Engine;
use crate::flux::{BucketRef, Program};
use crate::point::Quoted;
use crate::refusal::Refusal;

mod aggregate;
mod cell;
mod condition;
mod csv;
mod dialect;
mod digest;
mod interval;
mod order;
mod plan;
mod pushed;
mod read;
mod stages;
mod sum;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use dialect::{Annotation, Dialect};

use csv::Encoder;
use plan::Plan;
use table::Table;

/// Annotated CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) csv: Vec<u8>,
    /// A real server may as well take its rows in another order, which may change last digits and
    /// which of equal rows are taken.
    pub(crate) is_one_of_several: bool,
}

/// The tables of a result, and what keeps it from being complete.
struct Answer<'a> {
    name: &'a str,
    tables: Vec<Table>,
    failure: Option<Refusal>,
    is_one_of_several: bool,
}

/// Carries out a program. The reply has an error table at its end if a result failed after its first
/// rows.
///
/// # Errors
/// A bucket is missing, a stage cannot be carried out, or this server does not know how.
pub(crate) fn run<'e>(
    program: &Program,
    engine_of: impl Fn(&BucketRef) -> Option<&'e Engine>,
    dialect: &Dialect,
) -> Result<Reply, Refusal> {
    let plans = program.results.iter().map(|(_, pipeline)| Plan::new(pipeline));
    let plans: Vec<_> = plans.collect::<Result<_, _>>()?;
    let mut engines = Vec::new();
    for (_, pipeline) in &program.results {
        let engine = engine_of(&pipeline.bucket);
        engines.push(engine.ok_or_else(|| no_bucket(&pipeline.bucket))?);
    }
    if let Some(refusal) = &program.refusal {
        return Err(refusal.clone());
    }
    let mut answers = Vec::new();
    for (((name, _), plan), engine) in program.results.iter().zip(plans).zip(engines) {
        answers.push(answer(name, engine, &plan, program.results.len() > 1)?);
    }
    // The server takes its results in any order: a failing one first is the surest way to a status.
    let failing = |answer: &Answer<'_>| {
        answer.failure.is_some() || answer.tables.iter().any(|table| table.failure.is_some())
    };
    answers.sort_by_key(|answer| !failing(answer));
    let is_one_of_several = answers.iter().any(|answer| answer.is_one_of_several);
    Ok(Reply { csv: encode(answers, dialect)?, is_one_of_several })
}

fn no_bucket(bucket: &BucketRef) -> Refusal {
    match bucket {
        BucketRef::Name(name) => {
            let name = Quoted(name.as_bytes());
            let message =
                format!("failed to initialize execute state: could not find bucket {name}");
            Refusal::not_found(message)
        }
        BucketRef::Id(_) => Refusal::internal(),
    }
}

fn answer<'a>(
    name: &'a str,
    engine: &Engine,
    plan: &Plan<'_>,
    is_one_of_many: bool,
) -> Result<Answer<'a>, Refusal> {
    let (mut flow, is_one_of_several) = read::read(engine, plan)?;
    // The server copies tables for several stages, and then fails in another way.
    if is_one_of_many && flow.has_failing_table() {
        return Err(Refusal::unknown("a `group` of several types that may feed several results"));
    }
    for step in &plan.steps {
        flow = step.run(flow);
        // What this server does not know must not be hidden by what comes behind it.
        if let Some(unknown) = flow.failure.take_if(|failure| failure.is_unknown) {
            return Err(unknown);
        }
    }
    let (tables, failure) = stages::result_tables(flow, plan.steps.last());
    match failure {
        Some(failure) if failure.is_unknown => Err(failure),
        failure => Ok(Answer { name, tables, failure, is_one_of_several }),
    }
}

fn encode(answers: Vec<Answer<'_>>, dialect: &Dialect) -> Result<Vec<u8>, Refusal> {
    let mut encoder = Encoder::new(dialect);
    for answer in answers {
        let read = encoder.result(answer.name, answer.tables);
        if let Some(failure) = read.err().or(answer.failure) {
            if encoder.is_empty() {
                return Err(failure);
            }
            encoder.failure(&failure.message);
            return Ok(encoder.into_bytes());
        }
        encoder.end_result();
    }
    Ok(encoder.into_bytes())
}
