use super::Engine;
use crate::line_protocol::{Precision, parse};
use crate::predicate;

const HOUR: i64 = 3_600_000_000_000;
const ALL: (i64, i64) = (i64::MIN, i64::MAX);

fn engine() -> Engine {
    Engine::new("b1", HOUR, None)
}

/// Nothing, or the refusal's message behind its usual begin.
fn write_at(engine: &mut Engine, lines: &str, now: i64) -> String {
    let points = parse(lines.as_bytes(), Precision::Nanoseconds, now).unwrap();
    let message =
        engine.write(points, now).map_or_else(|refusal| refusal.message, |()| String::new());
    let begin = "failure writing points to database: partial write: ";
    message.strip_prefix(begin).unwrap_or(&message).to_owned()
}

fn write(engine: &mut Engine, lines: &str) -> String {
    write_at(engine, lines, 0)
}

fn delete(engine: &mut Engine, (start, stop): (i64, i64), predicate: &str) {
    engine.delete(start, stop, &predicate::parse(predicate).unwrap());
}

fn read(engine: &Engine, (start, stop): (i64, i64)) -> Vec<String> {
    let columns = engine.read(start, stop);
    columns.map(|c| format!("{} {} {:?}", c.series.text(), c.field, c.points)).collect()
}

fn conflict(is: &str, known: &str, dropped: usize) -> String {
    format!(
        "field type conflict: input field \"f\" on measurement \"m\" is type {is}, already exists \
         as type {known} dropped={dropped}"
    )
}

#[test]
fn a_bad_point_is_dropped_and_the_good_ones_are_stored() {
    let mut engine = engine();
    let lines = "m f=1 1\nm f=1i 2\nm g=1,f=true 3\nm f=2 4";
    assert_eq!(write(&mut engine, lines), conflict("integer", "float", 2));
    assert_eq!(engine.lines(), ["m f=1 1", "m f=2 4"]);
    // The dropped point left the type of its first field behind.
    assert!(write(&mut engine, "m g=1i 5").contains("already exists as type float dropped=1"));
    // Another measurement, and another shard, know nothing of it.
    assert_eq!(write(&mut engine, &format!("n f=1i 1\nm f=1i {HOUR}")), "");
}

#[test]
fn a_field_named_time_is_left_out() {
    let mut engine = engine();
    let reason = "invalid field name: input field \"time\" on measurement \"m\" is invalid";
    let place = "for database: b1 for retention policy: autogen";
    assert_eq!(
        write(&mut engine, "m time=1,f=1 1\nn f=1 1"),
        format!("{reason}. Field \"time\" has been stripped from point. dropped=0 {place}")
    );
    assert_eq!(write(&mut engine, "m time=1 1\nm time=1,f=2 2"), format!("{reason} dropped=1"));
    assert_eq!(engine.lines(), ["m f=1 1", "m f=2 2", "n f=1 1"]);
    assert!(write(&mut engine, "m time=\"x\",f=2 3").contains("does not know"));
}

#[test]
fn names_in_messages_are_quoted_as_go_quotes() {
    let mut engine = engine();
    let lines = "m\x01é\u{ad} \"\u{301}=1 1\nm\x01é\u{ad} \"\u{301}=1i 1";
    let message = write(&mut engine, lines);
    assert!(
        message.contains("field \"\\\"\u{301}\" on measurement \"m\\x01é\\u00ad\""),
        "{message}"
    );
    let long = format!("m s=\"{}\" 1", "x".repeat(1_048_577));
    assert_eq!(
        write(&mut engine, &long),
        "input field \"s\" on measurement \"m\" is too long, 1048577 > 1048576 dropped=1"
    );
}

#[test]
fn what_is_older_than_the_retention_is_dropped() {
    let mut engine = Engine::new("b1", HOUR, Some(HOUR));
    let (now, old) = (10 * HOUR + HOUR / 2, 8 * HOUR);
    let lines = format!("m f=1 {old}\nn,t=a f=1 1\nm f=1 {now}");
    let bound =
        "dropped because it violates a Retention Policy Lower Bound at 1970-01-01T09:30:00Z";
    assert_eq!(
        write_at(&mut engine, &lines, now),
        format!(
            "dropped 2 points outside retention policy of duration 1h0m0s - oldest point n,t=a at \
             1970-01-01T00:00:00.000000001Z {bound}, newest point m at 1970-01-01T08:00:00Z {bound} \
             dropped=2 for database: b1 for retention policy: autogen"
        )
    );
    // A shard that another point of the request opens takes older ones, too.
    let lines = format!("m f=2 {}\nm f=3 {}", 9 * HOUR, 9 * HOUR + HOUR / 2);
    assert_eq!(write_at(&mut engine, &lines, now), "");
    // Types come first.
    let lines = format!("m f=1 {old}\nm f=1i {now}");
    assert_eq!(write_at(&mut engine, &lines, now), conflict("integer", "float", 1));
}

#[test]
fn shards_are_counted_from_the_year_1() {
    const WEEK: i64 = 7 * 24 * HOUR;
    // 1970 began on a Thursday; weeks begin on Mondays.
    let monday = 4 * 24 * HOUR;
    for start in [monday, monday - WEEK, monday - 20 * WEEK] {
        let mut engine = Engine::new("b1", WEEK, None);
        let lines = |other| format!("m f=1 {start}\nm f=1i {other}");
        assert_eq!(write(&mut engine, &lines(start - 1)), "");
        assert_eq!(write(&mut engine, &lines(start + WEEK)), "");
        assert_eq!(write(&mut engine, &lines(start + WEEK - 1)), conflict("integer", "float", 1));
    }
    let ends = "m f=1 -9223372036854775806\nm f=1i 9223372036854775806";
    assert_eq!(write(&mut engine(), ends), "");
}

#[test]
fn series_are_read_by_measurement_then_tags_pairwise_then_field() {
    let mut engine = engine();
    write(
        &mut engine,
        "m,a=1,b=1 f=1 1\nm,a=1 f=1 1\nm f=1,F=1,g=1 1\nm,b=1 f=1 1\nm,a\\ b=1 f=1 1\n\
         m,a!=1 f=1 1\nm!,a=1 f=1 1\nm,a=é f=1 1\nm,a=z f=1 1\nl f=1 1",
    );
    let keys: Vec<_> =
        engine.read(0, 2).map(|c| format!("{} {}", c.series.text(), c.field)).collect();
    assert_eq!(
        keys,
        [
            "l f",
            "m F",
            "m f",
            "m g",
            "m,a=1 f",
            "m,a=1,b=1 f",
            "m,a=z f",
            "m,a=é f",
            "m,a\\ b=1 f",
            "m,a!=1 f",
            "m,b=1 f",
            "m!,a=1 f"
        ]
    );
    assert!(read(&engine, (2, 2)).is_empty() && read(&engine, (5, 1)).is_empty());
}

#[test]
fn a_read_ends_at_the_first_shard_with_another_type() {
    let mut engine = engine();
    let lines = format!("m f=1 1\nm f=1i,g=1 {HOUR}\nm,t=a f=2i {HOUR}\nm f=2 {}", 2 * HOUR);
    write(&mut engine, &lines);
    assert_eq!(read(&engine, ALL), ["m f [(1, Float(1.0))]", "m g [(3600000000000, Float(1.0))]"]);
    // The first shard counts as long as the range touches it.
    assert_eq!(read(&engine, (HOUR - 1, HOUR + 1)), ["m g [(3600000000000, Float(1.0))]"]);
    assert_eq!(read(&engine, (HOUR, HOUR + 1)).len(), 3);
}

#[test]
fn a_delete_has_both_its_ends_and_only_matching_series() {
    let mut engine = engine();
    write(&mut engine, "m,t=a f=1 1\nm,t=a f=2 2\nm,t=b f=1 1\nn f=1 1\nm,t=a f=3 3");
    delete(&mut engine, (1, 2), "_measurement=m and t!=\"b\"");
    assert_eq!(engine.lines(), ["m,t=a f=3 3", "m,t=b f=1 1", "n f=1 1"]);
    delete(&mut engine, (9, 0), "");
    assert_eq!(engine.lines().len(), 3);
    delete(&mut engine, ALL, "");
    assert!(engine.lines().is_empty());
}

/// Each row: lines, deletes, and whether the type of `f` in `m` is then forgotten. All seen live.
#[test]
fn a_type_is_forgotten_with_the_last_series_of_its_measurement() {
    type Row = (&'static str, &'static [((i64, i64), &'static str)], bool);
    let cases: [Row; 8] = [
        ("m f=1 1\nn f=1 2", &[((1, 1), "")], true),
        ("m f=1,g=1 1\nm g=1 2", &[((1, 1), "")], false),
        ("m,t=a f=1 1\nm,t=b f=1 2", &[((0, 9), "t=a")], false),
        // A dropped point leaves its series behind; an empty shard is not looked at.
        ("m f=1,f=1i 1\nk f=1 1", &[((0, 9), "_measurement=m")], true),
        ("m f=1,f=1i 1", &[((0, 9), "")], false),
        // A series whose key begins that of another one stays while that one has points.
        ("m f=1 1\nm,t=a f=1 2", &[((1, 1), ""), ((0, 9), "t=a")], false),
        ("k f=1 1\nm f=1 1\nm,t=a f=1 2", &[((1, 1), ""), ((0, 9), "_measurement=m")], true),
        ("m f=1 1\nm# f=1 1", &[((0, 9), "_measurement=m")], false),
    ];
    for (lines, deletes, forgotten) in cases {
        let mut engine = engine();
        write(&mut engine, lines);
        for (range, predicate) in deletes {
            delete(&mut engine, *range, predicate);
        }
        assert_eq!(write(&mut engine, "m f=\"s\" 3").is_empty(), forgotten, "{lines}");
    }
}

#[test]
fn new_durations_fill_the_gaps_between_old_shards() {
    let mut engine = engine();
    write(&mut engine, &format!("m f=1 {HOUR}"));
    engine.set_durations(24 * HOUR, None);
    assert_eq!(write(&mut engine, &format!("m f=1i 1\nm f=true {}", 2 * HOUR)), "");
    assert_eq!(write(&mut engine, &format!("m f=1i {HOUR}")), conflict("integer", "float", 1));
}
