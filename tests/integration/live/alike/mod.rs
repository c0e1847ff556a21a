//! One suite against two servers: what the test kit claims, a real InfluxDB must answer too.
//!
//! A [`Case`] is a list of requests. Each server gets them on a bucket of its own, and the answers
//! must be the same: status, the headers that say something, and every byte of the body, save IDs and
//! times that no two servers share. Where the real one answers now this, now that, it is asked
//! several times, and the test kit's answer must be one of its.

mod admin;
mod aggregates;
mod case;
mod chance;
mod conditions;
mod parameters;
mod pipelines;
mod points;
mod scripts;
mod setup;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use futures_util::StreamExt as _;
use influx_testkit::Server;

use crate::support::live::live;
use case::{Answer, Case, Side};

/// The cases of all tables.
fn cases() -> Vec<Case> {
    [
        admin::cases(),
        aggregates::cases(),
        conditions::cases(),
        parameters::cases(),
        pipelines::cases(),
        points::cases(),
        scripts::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

live! {
    async fn both_servers_answer_alike(live) {
        let server = Server::start();
        let kit = Side::of_kit(&server).await;
        let real = Side::of_real(&live.url, live.token(), &live.org).await;
        let (mut cases_count, mut count, mut unknown, mut differences) = (0, 0, 0, Vec::new());
        let mut outcomes = futures_util::stream::iter(cases())
            .map(|case| compare(case, &kit, &real))
            .buffer_unordered(4);
        while let Some(outcome) = outcomes.next().await {
            cases_count += 1;
            count += outcome.requests;
            unknown += outcome.unknown;
            differences.extend(outcome.difference);
        }
        eprintln!("{cases_count} cases; of {count} requests the test kit did not know {unknown}");
        let shown: Vec<_> = differences.iter().take(12).map(String::as_str).collect();
        assert!(unknown * 20 < count, "the test kit does not know enough to be of use");
        assert!(differences.is_empty(), "{} cases differ:\n{}", differences.len(), shown.join("\n"));
    }
}

#[test]
fn the_suite_is_large_and_its_names_differ() {
    let cases = cases();
    assert!(cases.len() >= 300, "only {} cases", cases.len());
    let mut names = BTreeSet::new();
    let twice: Vec<_> = cases.iter().filter(|case| !names.insert(&case.name)).collect();
    assert!(twice.is_empty(), "two cases of one name: {:?}", twice[0].name);
}

/// How the two servers did on a case.
#[derive(Default)]
struct Outcome {
    /// How many were asked, and how many of these the test kit said that it does not know. Scripts with
    /// slips are not counted: it need not know them.
    requests: usize,
    unknown: usize,
    difference: Option<String>,
}

async fn compare(case: Case, kit: &Side<'_>, real: &Side<'_>) -> Outcome {
    let of_kit = kit.answers(&case, 1).await;
    let of_real = real.answers(&case, case.times).await;
    let mut outcome = Outcome::default();
    for (step, (kit, real)) in of_kit.iter().zip(&of_real).enumerate() {
        let kit: &Answer = &kit[0];
        let is_unknown = kit.body.contains("in-process server does not know");
        let is_query = case.requests[step].is_query();
        if case.is_unknown && is_query {
            if !is_unknown {
                outcome.difference = Some(difference(&case, step, kit, real));
            }
            continue;
        }
        if !case.has_slips {
            outcome.requests += 1;
            outcome.unknown += usize::from(is_unknown);
        }
        if case.may_be_unknown && is_unknown {
            if is_query {
                continue;
            }
            break;
        }
        if !real.iter().any(|real| kit.is_confirmed_by(real)) {
            outcome.difference = Some(difference(&case, step, kit, real));
            break;
        }
    }
    outcome
}

fn difference(case: &Case, step: usize, kit: &Answer, real: &[Answer]) -> String {
    let mut text = format!("--- {}, request {step}\n", case.name);
    writeln!(text, "{}", case.requests[step]).unwrap();
    writeln!(text, "the test kit: {}", kit.difference(&real[0])).unwrap();
    let distinct: BTreeSet<_> = real.iter().map(|real| real.difference(kit)).collect();
    for answer in distinct {
        writeln!(text, "the real one: {answer}").unwrap();
    }
    text
}
