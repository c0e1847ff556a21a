//! The first set-up, which each server allows once: so each case has two servers of its own.
#![cfg(own_server)]

use influx_testkit::Server;
use serde_json::json;

use super::case::{Case, Side};
use crate::support::influxd::Influxd;

const PATH: &str = "/api/v2/setup";

fn cases() -> Vec<Case> {
    let full = json!({ "username": "u", "org": "o", "bucket": "b", "token": "t" });
    let with = |name: &str, value: serde_json::Value| {
        let mut body = full.clone();
        body[name] = value;
        body.to_string()
    };
    let refused = [
        String::new(),
        "junk".into(),
        "{}".into(),
        json!({ "username": "u" }).to_string(),
        json!({ "username": "u", "org": "o" }).to_string(),
        json!({ "org": "o", "bucket": "b" }).to_string(),
        with("password", json!("short")),
        with("password", json!("x".repeat(73))),
    ];
    let case = refused.into_iter().fold(Case::new("refused, then done"), Case::set_up);
    vec![
        case.set_up(with("retentionPeriodSeconds", json!(7_200)))
            .set_up(full.to_string())
            .get("/api/v2/buckets?org=o")
            .header("Authorization", "Token t"),
        Case::new("a system bucket's name").set_up(with("bucket", json!("_b"))),
        Case::new("a bucket's name with a quote").set_up(with("bucket", json!("a\"b"))),
        Case::new("a blank organization").set_up(with("org", json!(" "))),
        Case::new("too short a retention").set_up(with("retentionPeriodSeconds", json!(5))),
    ]
}

impl Case {
    fn set_up(self, body: String) -> Self {
        self.get(PATH).post(PATH, body).get(PATH)
    }
}

#[test]
fn set_ups_are_answered_alike() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for case in cases() {
            let (kit, real) =
                (Server::builder().not_set_up().start().unwrap(), Influxd::start(&[], |_| {}));
            let kit =
                Side::bare(kit.url().strip_prefix("http://").unwrap()).answers_bare(&case).await;
            let real = Side::bare(&real.address).answers_bare(&case).await;
            for ((request, kit), real) in case.requests.iter().zip(kit).zip(real) {
                assert!(
                    kit == real,
                    "{}: {request}\n{}\n{}",
                    case.name,
                    kit.difference(&real),
                    real.difference(&kit)
                );
            }
        }
    });
}
