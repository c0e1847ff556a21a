use std::time::{Duration, Instant};

use super::{Backoff, Batch, Buffer, Delivery, Limits, Reaction, Rules, Treatment, judge};
use crate::batch::verdict::Verdict;
use crate::error::{
    Answer, Distrust, Endpoint, Error, ErrorKind, Failure, Refused, TransportCause,
};
use crate::time::Precision;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn answer(status: u16, message: &str) -> Error {
    Answer {
        endpoint: Endpoint::Write,
        status,
        code: None,
        message: message.to_owned(),
        retry_after: None,
        failure: Failure::Api,
    }
    .into()
}

fn throttled(after: Duration) -> Error {
    let message = "slow down".to_owned();
    let (endpoint, failure) = (Endpoint::Write, Failure::Api);
    Answer { endpoint, status: 429, code: None, message, retry_after: Some(after), failure }.into()
}

fn interrupted() -> Error {
    TransportCause::Interrupted { doing: Endpoint::Write }.into()
}

fn rules() -> Rules {
    let (treatments, jitter) = (Vec::new(), Duration::ZERO);
    Rules { backoff: Backoff::default(), treatments, max_hold_time: None, jitter }
}

fn batch_of<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>) -> Batch {
    let limits = Limits { lines: 0, bytes: 0, age: Duration::ZERO };
    let mut buffer = Buffer::new(Instant::now(), limits);
    for line in lines {
        buffer.push(&[line.as_ref(), b"\n"].concat(), true);
    }
    buffer.freeze()
}

fn delivery<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>) -> Delivery {
    Delivery::new(batch_of(lines), Precision::Nanoseconds, usize::MAX)
}

/// Brings a batch home to a server that answers each body; the bodies and the refused lines.
fn bring_home(
    mut delivery: Delivery,
    mut server: impl FnMut(&[&str]) -> Result<(), Error>,
) -> (Vec<String>, Vec<Refused>) {
    let (now, mut bodies, mut refused) = (Instant::now(), Vec::new(), Vec::new());
    while let Some((body, lines)) = delivery.body() {
        let text = String::from_utf8_lossy(&body).into_owned();
        let of_body: Vec<_> = text.lines().collect();
        assert!(of_body.len() == lines && text.ends_with('\n'));
        assert!(bodies.len() < 5_000, "it does not end");
        match server(&of_body) {
            Ok(()) => delivery.stored(),
            Err(error) => {
                let reaction = delivery.failed(&error, &rules(), now, now, 0.5);
                assert_eq!(reaction, Reaction::Next);
            }
        }
        refused.extend(delivery.take_refused());
        bodies.push(text);
    }
    refused.sort_by_key(Refused::index);
    (bodies, refused)
}

fn indices(refused: &[Refused]) -> Vec<usize> {
    refused.iter().map(Refused::index).collect()
}

#[test]
fn waits_grow_as_those_of_the_official_client_and_never_pass_the_cap() {
    let windows = |backoff: &Backoff| {
        (1..=7)
            .map(|n| backoff.window(n))
            .map(|(a, b)| (a.as_secs(), b.as_secs()))
            .collect::<Vec<_>>()
    };
    let backoff = Backoff::default();
    let golden = [(5, 10), (10, 20), (20, 40), (40, 80), (80, 125), (80, 125), (80, 125)];
    assert_eq!(windows(&backoff), golden);
    assert_eq!(backoff.delay(1, 0.0), seconds(5));
    assert_eq!(backoff.delay(3, 0.5), seconds(30));
    assert_eq!(backoff.delay(u32::MAX, 1.0), seconds(125));

    let large = Backoff { interval: seconds(100), ..Backoff::default() };
    assert_eq!(windows(&large), [(100, 125); 7], "the official client waits 200 s here");
    let larger = Backoff { interval: seconds(200), ..Backoff::default() };
    assert_eq!(windows(&larger), [(125, 125); 7]);
    let even = Backoff { base: 1, ..Backoff::default() };
    assert_eq!(even.window(u32::MAX), (seconds(5), seconds(5)));
    let full = Backoff { full_jitter: true, ..Backoff::default() };
    assert_eq!(
        (full.window(2), full.delay(2, 0.0)),
        ((Duration::ZERO, seconds(20)), Duration::ZERO)
    );
    let huge = Backoff { interval: Duration::MAX, max_delay: Duration::MAX, ..Backoff::default() };
    assert_eq!(huge.delay(9, 0.999), Duration::MAX);
}

#[test]
fn each_answer_has_its_verdict() {
    let statuses = [
        (400, "unable to parse 'm': missing fields", Verdict::Unreadable),
        (400, "max key length exceeded: 70000 > 65535", Verdict::Unreadable),
        (400, "invalid precision", Verdict::Final),
        (401, "unauthorized access", Verdict::Blocked),
        (403, "insufficient permissions for write", Verdict::Blocked),
        (404, "bucket \"x\" not found", Verdict::Blocked),
        (405, "", Verdict::Final),
        (408, "", Verdict::Transient),
        (413, "", Verdict::TooLarge),
        (422, "partial write", Verdict::Partial),
        (429, "", Verdict::Throttled),
        (499, "", Verdict::Transient),
        (500, "engine: cache-max-memory-size exceeded", Verdict::Transient),
        (501, "", Verdict::Final),
        (502, "", Verdict::Transient),
        (503, "", Verdict::Throttled),
        (504, "", Verdict::Transient),
        (599, "", Verdict::Transient),
        (301, "", Verdict::Final),
        (418, "", Verdict::Final),
    ];
    for (status, message, verdict) in statuses {
        assert_eq!(judge(&answer(status, message), &[]), verdict, "{status}");
    }
    assert_eq!(judge(&interrupted(), &[]), Verdict::Transient);
    let untrusted =
        TransportCause::Untrusted { server: String::new(), why: Distrust::Authority }.into();
    assert_eq!(judge(&untrusted, &[]), Verdict::Final);
    let own = [(418, Treatment::Retry), (404, Treatment::Refuse), (418, Treatment::Hold)];
    assert_eq!(judge(&answer(418, ""), &own), Verdict::Blocked, "the last one counts");
    assert_eq!(judge(&answer(404, ""), &own), Verdict::Final);
}

#[test]
fn lines_that_a_400_quotes_are_refused_and_the_others_go_again() {
    let lines = ["m f=1 1", "m f= 2", "m f=3 3", "m f= 2", "m f=x 5"];
    let server = |body: &[&str]| {
        let bad: Vec<_> =
            body.iter().filter(|line| line.contains("= ") || line.contains('x')).collect();
        let entries =
            bad.iter().map(|line| format!("unable to parse '{line}': bad {}", line.len()));
        let message = entries.collect::<Vec<_>>().join("\n");
        if bad.is_empty() { Ok(()) } else { Err(answer(400, &message)) }
    };
    let (bodies, refused) = bring_home(delivery(lines), server);
    assert_eq!(bodies[1..], ["m f=1 1\nm f=3 3\n"]);
    assert_eq!(indices(&refused), [1, 3, 4]);
    assert_eq!(refused[2].line(), Some(&b"m f=x 5"[..]));
    assert_eq!(refused[2].reason().server_message(), Some("unable to parse 'm f=x 5': bad 7"));
}

#[test]
fn a_quote_that_swallows_other_lines_costs_its_own_line_only() {
    let lines = ["m f=\"x 1", "m f=2 2", "m f=\"y\" 3"];
    let server = |body: &[&str]| match body.first() {
        Some(first) if first.starts_with("m f=\"x") => {
            Err(answer(400, &format!("unable to parse '{}': unbalanced quotes", body.join("\n"))))
        }
        _ => Ok(()),
    };
    let (bodies, refused) = bring_home(delivery(lines), server);
    assert_eq!((bodies.len(), indices(&refused)), (2, vec![0]));
}

#[test]
fn where_nothing_is_quoted_halving_finds_the_bad_line_in_the_order_of_the_lines() {
    for bad in [0, 1, 499, 998, 999] {
        let lines = (0..1_000).map(|n| format!("m f={n} {n}"));
        let mut stored = Vec::new();
        let name = format!("m f={bad} {bad}");
        let server = |body: &[&str]| {
            if body.contains(&name.as_str()) {
                return Err(answer(400, "max key length exceeded: 70000 > 65535"));
            }
            stored.extend(body.iter().map(|line| (*line).to_owned()));
            Ok(())
        };
        let (bodies, refused) = bring_home(delivery(lines), server);
        assert_eq!(indices(&refused), [bad]);
        assert!(bodies.len() <= 2 * 10 + 1, "{} requests", bodies.len());
        let others: Vec<_> =
            (0..1_000).filter(|n| *n != bad).map(|n| format!("m f={n} {n}")).collect();
        assert_eq!(stored, others);
    }
}

/// As InfluxDB does it: good points are stored, of the bad ones one is told.
fn partial_server(body: &[&str]) -> Result<(), Error> {
    const BOUND: &str = "1970-01-01T00:00:00.000000100Z";
    let time = |line: &str| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap();
    let late: Vec<_> = body.iter().filter(|line| time(line) < 100).collect();
    let floats = body.iter().filter(|line| time(line) >= 100 && !line.contains('i')).count();
    if floats > 0 {
        return Err(answer(
            422,
            &format!(
                "failure writing points to database: partial write: field type conflict: input field \"f\" on \
             measurement \"m\" is type float, already exists as type integer dropped={floats}"
            ),
        ));
    }
    match late.len() {
        0 => Ok(()),
        n => Err(answer(
            422,
            &format!(
                "failure writing points to database: partial write: dropped {n} points outside retention policy of \
             duration 1h0m0s - oldest point m at {BOUND} dropped because it violates a Retention \
             Policy Lower Bound at {BOUND}, newest point m at {BOUND} dropped because it violates a \
             Retention Policy Lower Bound at {BOUND} dropped={n} for database: 1 for retention policy: autogen"
            ),
        )),
    }
}

#[test]
fn bad_points_of_several_kinds_are_all_named_and_the_good_ones_stored() {
    let lines: Vec<_> = (0..200)
        .map(|n| match n % 10 {
            3 => format!("m f={n} {}", 100 + n),
            7 => format!("m f={n}i {}", n % 100),
            _ => format!("m f={n}i {}", 100 + n),
        })
        .collect();
    let mut stored = std::collections::BTreeSet::new();
    let server = |body: &[&str]| {
        let outcome = partial_server(body);
        if outcome.is_ok() {
            stored.extend(body.iter().map(|line| (*line).to_owned()));
        }
        outcome
    };
    let (bodies, refused) = bring_home(delivery(&lines), server);
    assert!(bodies.len() <= 6, "{} requests", bodies.len());
    let bad: Vec<_> = (0..200).filter(|n| [3, 7].contains(&(n % 10))).collect();
    assert_eq!(indices(&refused), bad);
    for refused in &refused {
        let words = if refused.index() % 10 == 3 { "type float" } else { "Lower Bound" };
        assert!(refused.reason().server_message().unwrap().contains(words));
        assert_eq!(refused.reason().kind(), ErrorKind::PartialWrite);
    }
    assert_eq!(stored.len(), 160);
}

#[test]
fn a_reason_that_fits_no_line_is_found_by_halving() {
    let lines = (0..64).map(|n| format!("m f={n} {n}"));
    let server = |body: &[&str]| match body.contains(&"m f=40 40") {
        true => Err(answer(422, "partial write: something new dropped=1")),
        false => Ok(()),
    };
    let (bodies, refused) = bring_home(delivery(lines), server);
    assert_eq!((indices(&refused), bodies.len()), (vec![40], 13));
}

#[test]
fn what_is_too_large_is_halved_and_the_size_is_remembered() {
    let lines: Vec<_> = (0..100).map(|n| format!("m f={n} {:03}", 100 + n)).collect();
    let largest = 250;
    let mut tries = 0;
    let server = |body: &[&str]| {
        let length: usize = body.iter().map(|line| line.len() + 1).sum();
        tries += usize::from(length > largest);
        if length > largest { Err(answer(413, "")) } else { Ok(()) }
    };
    let (bodies, refused) = bring_home(delivery(&lines), server);
    assert!(refused.is_empty());
    assert_eq!(tries, 3, "once for each halving, not for each half");
    let all: Vec<_> =
        bodies.iter().filter(|body| body.len() <= largest).flat_map(|body| body.lines()).collect();
    assert_eq!(all, lines, "in order");
    // A single line has nowhere to go.
    let (_, refused) = bring_home(delivery(["m f=1 1"]), |_| Err(answer(413, "")));
    assert_eq!(refused[0].reason().kind(), ErrorKind::TooLarge);
}

#[test]
fn a_final_answer_refuses_all_with_its_words() {
    let (bodies, refused) =
        bring_home(delivery(["m f=1 1", "m f=2 2"]), |_| Err(answer(418, "teapot")));
    assert_eq!((bodies.len(), indices(&refused)), (1, vec![0, 1]));
    assert_eq!(refused[0].reason().server_message(), Some("teapot"));
}

#[test]
fn retries_end_with_their_number_or_their_time_and_hand_the_lines_back() {
    let start = Instant::now();
    let mut tried = delivery(["m f=1 1", "m f=2 2"]);
    for _ in 0..5 {
        let reaction = tried.failed(&interrupted(), &rules(), start, start, 0.0);
        assert!(matches!(reaction, Reaction::Retry(_)));
    }
    assert_eq!(
        tried.failed(&interrupted(), &rules(), start, start + seconds(9), 0.0),
        Reaction::Next
    );
    let refused = tried.take_refused();
    assert_eq!((indices(&refused), tried.body()), (vec![0, 1], None));
    assert_eq!(refused[0].reason().to_string(), "given up after 6 tries in 9.0s");
    assert_eq!(refused[0].reason().kind(), ErrorKind::Interrupted);
    assert!(std::error::Error::source(refused[0].reason()).is_some());

    // The last wait ends when the time is up, and the try after it is the last.
    let mut late = delivery(["m f=1 1"]);
    let reaction = late.failed(&interrupted(), &rules(), start, start + seconds(178), 0.0);
    assert_eq!(reaction, Reaction::Retry(seconds(2)));
    assert_eq!(
        late.failed(&interrupted(), &rules(), start, start + seconds(180), 0.0),
        Reaction::Next
    );

    for rules in [
        Rules { backoff: Backoff { max_retries: 0, ..Backoff::default() }, ..rules() },
        Rules { backoff: Backoff { max_time: Duration::ZERO, ..Backoff::default() }, ..rules() },
    ] {
        let mut once = delivery(["m f=1 1"]);
        assert_eq!(once.failed(&interrupted(), &rules, start, start, 0.0), Reaction::Next);
        assert_eq!(once.take_refused()[0].reason().to_string(), "given up after 1 try in 0.0ns");
    }
}

#[test]
fn waits_that_the_server_asks_for_spend_no_retry_but_time() {
    let start = Instant::now();
    let mut tried = delivery(["m f=1 1"]);
    for _ in 0..20 {
        let reaction = tried.failed(&throttled(seconds(1)), &rules(), start, start, 0.0);
        assert!(matches!(reaction, Reaction::Throttle(_)));
    }
    // Others do, also in between.
    for _ in 0..5 {
        let reaction = tried.failed(&answer(503, ""), &rules(), start, start, 0.0);
        assert!(matches!(reaction, Reaction::Throttle(_)));
        tried.failed(&throttled(seconds(1)), &rules(), start, start, 0.0);
    }
    assert_eq!(tried.failed(&answer(503, ""), &rules(), start, start, 0.0), Reaction::Next);

    let mut late = delivery(["m f=1 1"]);
    late.failed(&throttled(seconds(1)), &rules(), start, start, 0.0);
    let end = start + seconds(180);
    assert_eq!(late.failed(&throttled(seconds(1)), &rules(), end, end, 0.0), Reaction::Next);
    assert_eq!(late.take_refused()[0].reason().to_string(), "given up after 2 tries in 180.0s");
}

#[test]
fn an_answer_in_between_begins_the_count_anew() {
    let now = Instant::now();
    let mut tried = delivery(["m f=1 1", "m f=2 2"]);
    for _ in 0..5 {
        tried.failed(&interrupted(), &rules(), now, now, 0.0);
    }
    tried.failed(&answer(413, ""), &rules(), now, now, 0.0);
    let reaction = tried.failed(&interrupted(), &rules(), now, now, 0.0);
    assert_eq!(reaction, Reaction::Retry(seconds(5)));
}

#[test]
fn a_server_that_throttles_is_left_alone_for_as_long_as_it_asks() {
    let now = Instant::now();
    let rules = Rules { jitter: seconds(2), ..rules() };
    let react = |error: &Error| delivery(["m f=1 1"]).failed(error, &rules, now, now, 0.5);
    assert_eq!(react(&throttled(seconds(30))), Reaction::Throttle(seconds(31)));
    assert_eq!(react(&throttled(seconds(0))), Reaction::Throttle(Duration::from_millis(8_500)));
    assert_eq!(
        react(&throttled(seconds(1_000))),
        Reaction::Throttle(seconds(180)),
        "within its time"
    );
    assert_eq!(react(&answer(503, "")), Reaction::Throttle(Duration::from_millis(8_500)));
    assert_eq!(react(&answer(500, "")), Reaction::Retry(Duration::from_millis(7_500)));
}

#[test]
fn what_is_not_the_fault_of_the_lines_keeps_them() {
    let (start, mut held) = (Instant::now(), delivery(["m f=1 1"]));
    for hours in 0..100 {
        let now = start + seconds(3_600 * hours);
        let reaction = held.failed(&answer(404, "bucket"), &rules(), start, now, 1.0);
        assert!(matches!(reaction, Reaction::Hold(delay) if delay <= seconds(125)));
    }
    let rules = Rules { max_hold_time: Some(seconds(3_600)), ..rules() };
    let reaction = held.failed(&answer(404, "bucket"), &rules, start, start + seconds(3_600), 1.0);
    assert_eq!((reaction, held.take_refused().len()), (Reaction::Next, 1));
}

#[test]
fn lines_without_times_are_not_sent_twice_when_they_may_be_stored() {
    let limits = Limits { lines: 0, bytes: 0, age: Duration::ZERO };
    let now = Instant::now();
    let untimed = || {
        let mut buffer = Buffer::new(now, limits);
        buffer.push(b"m f=1 1\n", true);
        buffer.push(b"m f=1\n", false);
        Delivery::new(buffer.freeze(), Precision::Nanoseconds, usize::MAX)
    };
    for error in [interrupted(), answer(500, ""), answer(422, "partial write: x dropped=1")] {
        let mut delivery = untimed();
        assert_eq!(delivery.failed(&error, &rules(), now, now, 0.0), Reaction::Next);
        assert_eq!(delivery.take_refused().len(), 2);
    }
    // These say that nothing was stored.
    let mut delivery = untimed();
    assert!(matches!(
        delivery.failed(&answer(429, ""), &rules(), now, now, 0.0),
        Reaction::Throttle(_)
    ));
}

#[test]
fn what_is_given_up_half_way_is_what_was_not_stored() {
    let now = Instant::now();
    let mut half = delivery(["m f=1 1", "m f=2 2", "m f=3 3", "m f=4 4"]);
    half.failed(&answer(413, ""), &rules(), now, now, 0.0);
    half.body().unwrap();
    half.stored();
    assert_eq!(half.abandon(), [2, 3]);
    assert_eq!(indices(&half.take_refused()), [2, 3]);
    assert_eq!(half.body(), None);
}

#[test]
fn a_buffer_is_full_by_lines_or_by_bytes_and_takes_one_line_of_any_length() {
    let limits = Limits { lines: 2, bytes: 20, age: seconds(1) };
    let now = Instant::now();
    let mut buffer = Buffer::new(now, limits);
    assert!(!buffer.is_full_for(1_000, limits));
    buffer.push(b"m f=1 1\n", true);
    assert!(!buffer.is_full_for(12, limits) && buffer.is_full_for(13, limits));
    buffer.push(b"m f=1 1\n", true);
    assert!(buffer.is_full(limits) && buffer.is_full_for(1, limits));
    assert_eq!(buffer.due(limits), Some(now + seconds(1)));
}

/// Whatever a server does to the lines: each is stored or refused, once.
#[test]
fn every_line_has_one_fate_whatever_the_server_answers() {
    let mut random = 1_u64;
    let mut chance = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    for _ in 0..500 {
        let count = 1 + chance(40);
        let lines: Vec<_> = (0..count).map(|n| format!("m f={n} {n}")).collect();
        let (now, mut stored, mut refused) = (Instant::now(), Vec::new(), Vec::new());
        let mut delivery = delivery(&lines);
        while let Some((body, _)) = delivery.body() {
            let text = String::from_utf8(body.to_vec()).unwrap();
            let first = text.lines().next().unwrap();
            let error = match chance(9) {
                0 => answer(400, &format!("unable to parse '{first}': no")),
                1 => answer(400, "max key length exceeded"),
                2 => answer(422, "partial write: no dropped=1"),
                3 => answer(413, ""),
                4 => answer(418, ""),
                5 => interrupted(),
                6 => answer(404, ""),
                _ => {
                    stored
                        .extend(text.lines().map(|line| {
                            line.rsplit(' ').next().unwrap().parse::<usize>().unwrap()
                        }));
                    delivery.stored();
                    continue;
                }
            };
            delivery.failed(&error, &rules(), now, now, 0.5);
            refused.extend(delivery.take_refused());
        }
        let mut all = [stored, indices(&refused)].concat();
        all.sort_unstable();
        assert_eq!(all, (0..lines.len()).collect::<Vec<_>>());
    }
}

#[test]
fn what_was_held_for_hours_is_not_given_up_by_the_first_failure_after_it() {
    let (start, mut held) = (Instant::now(), delivery(["m f=1 1"]));
    for _ in 0..10 {
        held.failed(&answer(404, "bucket"), &rules(), start, start, 1.0);
    }
    let later = start + seconds(3_600);
    let reaction = held.failed(&answer(503, ""), &rules(), later, later, 0.0);
    assert_eq!(reaction, Reaction::Throttle(seconds(5)));
}

#[test]
fn a_server_that_says_no_is_not_asked_in_a_busy_loop() {
    let now = Instant::now();
    let backoff = Backoff { interval: Duration::ZERO, ..Backoff::default() };
    let rules = Rules { backoff, ..rules() };
    let react = |error: &Error| delivery(["m f=1 1"]).failed(error, &rules, now, now, 0.5);
    let pause = Duration::from_millis(100);
    assert_eq!(react(&answer(404, "bucket")), Reaction::Hold(pause));
    assert_eq!(react(&answer(429, "")), Reaction::Throttle(pause));
    assert_eq!(react(&answer(503, "")), Reaction::Throttle(pause));
    assert_eq!(react(&throttled(seconds(0))), Reaction::Throttle(pause));
    // Retries end.
    assert_eq!(react(&interrupted()), Reaction::Retry(Duration::ZERO));
}

#[test]
fn time_that_the_server_was_away_is_not_held() {
    let (start, mut away) = (Instant::now(), delivery(["m f=1 1"]));
    let backoff = Backoff { max_time: Duration::MAX, ..Backoff::default() };
    let rules = Rules { max_hold_time: Some(seconds(60)), backoff, ..rules() };
    for hour in 0..5 {
        let now = start + seconds(3_600 * hour);
        away.failed(&interrupted(), &rules, now, now, 0.0);
        let reaction = away.failed(&answer(404, "bucket"), &rules, now, now, 0.0);
        assert_eq!(reaction, Reaction::Hold(seconds(5)), "in hour {hour}");
        away.failed(&interrupted(), &rules, now, now, 0.0);
    }
}

#[test]
fn the_time_that_lines_are_held_adds_up_whatever_is_answered_in_between() {
    let rules = Rules { max_hold_time: Some(seconds(60)), ..rules() };
    let (mut now, mut held) = (Instant::now(), delivery(["m f=1 1", "m f=2 2"]));
    let start = now;
    // Each hold waits for 5 s, each retry as well.
    for round in 0..12 {
        let reaction = held.failed(&answer(404, "bucket"), &rules, now, now, 0.0);
        assert_eq!(reaction, Reaction::Hold(seconds(5)), "in round {round}");
        now += seconds(5);
        assert_eq!(
            held.failed(&answer(500, ""), &rules, now, now, 0.0),
            Reaction::Retry(seconds(5))
        );
        now += seconds(5);
    }
    assert_eq!(now - start, seconds(120));
    let reaction = held.failed(&answer(404, "bucket"), &rules, now, now, 0.0);
    assert_eq!(reaction, Reaction::Next);
    let refused = held.take_refused();
    assert_eq!(refused[0].reason().to_string(), "given up after 13 tries in 60.0s");
}

#[test]
fn lines_that_are_stored_begin_the_time_of_those_behind_them_anew() {
    let rules = Rules { max_hold_time: Some(seconds(60)), ..rules() };
    let (start, mut held) = (Instant::now(), delivery(["m f=1 1", "m f=2 2"]));
    held.failed(&answer(413, ""), &rules, start, start, 0.0);
    held.failed(&answer(404, "bucket"), &rules, start, start + seconds(59), 0.0);
    held.stored();
    let later = start + seconds(59);
    let reaction = held.failed(&answer(404, "bucket"), &rules, later, later, 0.0);
    assert_eq!(reaction, Reaction::Hold(seconds(5)));
}
