use super::{LineWriter, Lines, Point, ToLine, encode};
use crate::error::{ErrorKind, Refused, Result};
use crate::time::{Precision, Timestamp};

fn line(point: &Point) -> Result<String> {
    let mut buffer = Vec::new();
    encode(point, &mut buffer)?;
    Ok(String::from_utf8(buffer).unwrap())
}

fn value(value: impl Into<crate::Value>) -> String {
    line(&Point::measurement("m").field("f", value)).unwrap()
}

#[test]
fn every_type_has_its_form() {
    assert_eq!(value(22.35), "m f=22.35\n");
    assert_eq!(value(35.0), "m f=35\n");
    assert_eq!(value(-0.0), "m f=-0\n");
    assert_eq!(value(0.1_f32), "m f=0.1\n");
    assert_eq!(value(i64::MIN), "m f=-9223372036854775808i\n");
    assert_eq!(value(u64::MAX), "m f=18446744073709551615u\n");
    assert_eq!(value(true), "m f=true\n");
    assert_eq!(value("a\"b\\c\nd,e f=g"), "m f=\"a\\\"b\\\\c\nd,e f=g\"\n");
    assert_eq!(value(""), "m f=\"\"\n");
}

#[test]
fn each_part_escapes_its_own_bytes() {
    let point = Point::measurement("m =\"x,y").tag("t ,=\"", "v ,=\"").field("f ,=\"", 1);
    assert_eq!(line(&point).unwrap(), "m\\ =\"x\\,y,t\\ \\,\\=\"=v\\ \\,\\=\" f\\ \\,\\=\\\"=1i\n");
}

#[test]
fn tags_and_fields_are_sorted_and_replaced() {
    let point = Point::measurement("m")
        .tag("b", "1")
        .tag("a", "")
        .tag("b", "2")
        .field("y", 1)
        .field("x", None::<f64>)
        .field("w", true);
    assert_eq!(line(&point).unwrap(), "m,b=2 w=true,y=1i\n");
}

#[test]
fn what_the_server_would_change_split_or_lose_is_refused() {
    let good = || Point::measurement("m").field("f", 1);
    let long = "x".repeat(65_600);
    for (point, reason) in [
        (Point::measurement("").field("f", 1), "the measurement name is empty"),
        (Point::measurement("#m").field("f", 1), "comment"),
        (Point::measurement("a\nb").field("f", 1), "line feed"),
        (Point::measurement("m\\").field("f", 1), "ends in a backslash"),
        (Point::measurement("a\\,b").field("f", 1), "backslash before ','"),
        (Point::measurement("a\\=b").field("f", 1), "backslash before '='"),
        (Point::measurement("\tm").field("f", 1), "tab or NUL"),
        (Point::measurement("m"), "no field"),
        (Point::measurement("m").field("f", None::<i64>), "no field"),
        (good().tag("", "v"), "the tag key is empty"),
        (good().tag("time", "v"), "tag key `time` is reserved"),
        (good().tag("_value", "v"), "reserved"),
        (good().tag("$", "v"), "the tag key `$` is reserved"),
        (good().tag("_name", "v"), "the tag key `_name` is reserved"),
        (good().tag("\0", "v"), "is a NUL byte"),
        (Point::measurement("m#!~#").field("f", 1), "the measurement name `m#!~#` holds `#!~#`"),
        (good().tag("a#!~#b", "v"), "the tag key `a#!~#b` holds `#!~#`"),
        (good().tag("t", "#!~"), "the value of tag `t` holds `#!~#` or ends in `#!~`"),
        (good().tag("t", "v\\"), "value of tag `t` ends in a backslash"),
        (good().tag("t", "a\nb"), "line feed"),
        (good().tag("t", "a\\ b"), "backslash before ' '"),
        (good().field("", 1), "the field key is empty"),
        (good().field("time", 1), "reserved"),
        (good().field("_value", 1), "reserved"),
        (good().field("a\\\"b=", 1), "backslash before '\"'"),
        (good().field("\tf", 1), "tab or NUL"),
        (good().field("f", f64::NAN), "value of field `f` is NaN or infinite"),
        (good().field("f", f32::INFINITY), "NaN or infinite"),
        (good().field("f", "x".repeat((1 << 20) + 1)), "1 MiB"),
        (good().field("f", crate::Value::Time(Timestamp::from_nanos(0))), "is a time"),
        (good().tag("t", long.as_str()), "65535"),
        (good().tag("t", &long[..65_516]).field(",".repeat(10), 1), "65535"),
        (good().timestamp(Timestamp::from_nanos(i64::MIN + 1)), "outside"),
        (good().timestamp(Timestamp::from_nanos(i64::MAX - 1)), "outside"),
        (good().timestamp(chrono::DateTime::<chrono::Utc>::MAX_UTC), "outside"),
    ] {
        let error = line(&point).expect_err(reason);
        assert!(error.to_string().contains(reason), "{error} should say {reason:?}");
    }
}

#[test]
fn what_the_server_keeps_is_written() {
    for point in [
        Point::measurement("a\\b").field("f", 1),
        Point::measurement("m").tag("a\\,b", "c\\=d").field("f", 1),
        Point::measurement("m").tag("_start_", "\r\t").field("_times", 1),
        Point::measurement("m").field("a\\\"b", 1),
        Point::measurement("m").field("f", "x".repeat(1 << 20)),
        Point::measurement("m").field("f", 1).timestamp(Timestamp::EARLIEST),
        Point::measurement("m").field("f", 1).timestamp(Timestamp::LATEST),
    ] {
        line(&point).unwrap();
    }
}

#[test]
fn a_streaming_line_refuses_a_key_that_is_there_already() {
    struct Twice;
    impl ToLine for Twice {
        fn write_line(&self, out: &mut LineWriter) -> Result<()> {
            let mut line = out.measurement("m")?.into_fields();
            line.field("a")?.text(",a=1,b=")?;
            line.field("b")?.integer(1)?;
            line.field("a")?.integer(2)?;
            line.finish()
        }
    }
    let error = encode(&Twice, &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "the field key `a` is there twice; a line has each key once");
}

#[test]
fn a_failed_record_leaves_no_trace() {
    struct HalfWay;
    impl ToLine for HalfWay {
        fn write_line(&self, out: &mut LineWriter) -> Result<()> {
            out.measurement("m")?.into_fields().field("f")?.integer(1)
        }
    }
    let mut out = LineWriter::default();
    out.write("a f=1").unwrap();
    let error = out.write(&HalfWay).unwrap_err();
    assert!(error.to_string().contains("unfinished"), "{error}");
    out.write(&Point::measurement("b").field("f", f64::NAN)).unwrap_err();
    out.write(&Point::measurement("c").field("f", 1)).unwrap();
    assert_eq!(out.as_bytes(), b"a f=1\nc f=1i\n");
}

#[test]
fn a_body_with_refused_records_lists_them_and_keeps_the_buffer() {
    let points = [1.0, f64::NAN, 2.0, f64::INFINITY].map(|x| Point::measurement("m").field("f", x));
    let mut buffer = b"before f=1\n".to_vec();
    let error = encode(&points, &mut buffer).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLine);
    assert_eq!(error.refused().iter().map(Refused::index).collect::<Vec<_>>(), [1, 3]);
    assert!(
        error.to_string().starts_with("2 records were refused and nothing was sent: record 1:")
    );
    assert_eq!(buffer, b"before f=1\n");

    let alone = encode(&points[1], &mut buffer).unwrap_err();
    assert_eq!((alone.refused().len(), alone.kind()), (1, ErrorKind::InvalidLine));
    assert_eq!(alone.to_string(), alone.refused()[0].reason().to_string());
}

#[test]
fn an_implementation_cannot_break_a_line() {
    /// Runs what an implementation might do wrong.
    struct Wrong(fn(&mut LineWriter) -> Result<()>);
    impl ToLine for Wrong {
        fn write_line(&self, out: &mut LineWriter) -> Result<()> {
            (self.0)(out)
        }
    }
    let good = || Point::measurement("good").field("f", 1);
    let begun_twice = Wrong(|out| {
        let _ = out.measurement("a")?;
        let _ = out.write(&Point::measurement("good").field("f", 1));
        let _ = out.measurement("b");
        Ok(())
    });
    let text_within = Wrong(|out| {
        let _ = out.measurement("a")?;
        "m f=1".write_line(out)
    });
    let swallowed_within = Wrong(|out| {
        let _ = out.measurement("a")?;
        Point::measurement("m").field("f", 1).write_line(out).ok();
        let _ = out.write("b f=1");
        Ok(())
    });
    let swallowed = Wrong(|out| {
        let mut line = out.measurement("a")?.into_fields();
        line.field("x")?.integer(1)?;
        let _ = line.field("x")?.integer(2);
        line.finish()
    });
    let mut out = LineWriter::default();
    out.write(&begun_twice).unwrap_err();
    out.write(&text_within).unwrap_err();
    out.write(&swallowed_within).unwrap_err();
    out.write(&swallowed).unwrap();
    out.write(&good()).unwrap();
    assert_eq!(out.as_bytes(), b"a x=1i\ngood f=1i\n");
    // A line that its caller gave up is taken back.
    let _ = out.measurement("half");
    assert_eq!(out.as_bytes(), b"a x=1i\ngood f=1i\n");
    out.write(&good()).unwrap();
    let _ = out.measurement("half");
    "text f=1".write_line(&mut out).unwrap();
    let _ = out.measurement("half").map(|line| line.into_fields().finish());
    out.write(&good()).unwrap();
    let _ = out.measurement("half");
    assert_eq!(out.into_bytes(), b"a x=1i\ngood f=1i\ngood f=1i\ntext f=1\ngood f=1i\n");
}

#[test]
fn everything_that_iterates_over_records_is_lines() {
    let point = Point::measurement("m").field("f", 1);
    let mixed: Vec<Box<dyn ToLine>> =
        vec![Box::new(point.clone()), Box::new("raw f=2i\n\n".to_owned())];
    let mut buffer = Vec::new();
    encode(&point, &mut buffer).unwrap();
    encode(point.clone(), &mut buffer).unwrap();
    encode([&point, &point], &mut buffer).unwrap();
    encode(std::slice::from_ref(&point), &mut buffer).unwrap();
    encode((0..1).map(|_| point.clone()), &mut buffer).unwrap();
    encode(Some(&point), &mut buffer).unwrap();
    encode(mixed, &mut buffer).unwrap();
    encode("x f=1\ny f=2", &mut buffer).unwrap();
    encode(&b"z f=3\n"[..], &mut buffer).unwrap();
    encode(" \n", &mut buffer).unwrap();
    let expected = "m f=1i\n".repeat(8) + "raw f=2i\nx f=1\ny f=2\nz f=3\n";
    assert_eq!(String::from_utf8(buffer).unwrap(), expected);
}

#[test]
fn precision_rounds_down_and_never_leaves_the_range() {
    let at = |nanos, precision| {
        let mut lines = Lines::new(Some(precision));
        lines.push(&Point::measurement("m").field("f", 1).timestamp(Timestamp::from_nanos(nanos)));
        lines.finish().map(|(bytes, _)| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(at(-1, Precision::Milliseconds).unwrap(), "m f=1i -1\n");
    assert_eq!(at(1_999_999_999, Precision::Seconds).unwrap(), "m f=1i 1\n");
    assert_eq!(at(i64::MAX - 2, Precision::Seconds).unwrap(), "m f=1i 9223372036\n");
    // The whole second below the earliest instant is one that the server refuses.
    let error = at(i64::MIN + 2, Precision::Seconds).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLine);
    assert_eq!(error.refused()[0].reason().kind(), ErrorKind::InvalidInput);
}

#[test]
fn records_that_disagree_on_precision_need_the_caller_s() {
    struct Seconds;
    impl ToLine for Seconds {
        fn write_line(&self, out: &mut LineWriter) -> Result<()> {
            let time = Timestamp::from_nanos(5_000_000_000);
            Point::measurement("m").field("f", 1).timestamp(time).write_line(out)
        }
        fn default_precision(&self) -> Option<Precision> {
            Some(Precision::Seconds)
        }
    }
    let mut own = Lines::new(None);
    own.push(&Seconds);
    assert_eq!(own.finish().unwrap(), (b"m f=1i 5\n".to_vec(), Precision::Seconds));

    let mixed: Vec<Box<dyn ToLine>> = vec![Box::new(Seconds), Box::new("m f=1i 1")];
    let mut lines = Lines::new(None);
    mixed.iter().for_each(|record| lines.push(record));
    let error = lines.finish().unwrap_err();
    assert_eq!(error.refused()[0].index(), 1);
    assert!(error.to_string().contains("precision"), "{error}");
    // Text counts in nanoseconds unless a write says otherwise, and so does what becomes text.
    let mut buffer = Vec::new();
    encode(&Seconds, &mut buffer).unwrap();
    assert_eq!(buffer, b"m f=1i 5000000000\n");
}

/// The live tests write shapes like these and read them back.
#[test]
fn what_the_server_stores_exactly_is_not_refused() {
    let good = || Point::measurement("m").field("f", 1);
    let mib = "x".repeat(1 << 20);
    let longest = "x".repeat(65_535 - "m,t=".len() - 4 - "f".len());
    for (point, written) in [
        (Point::measurement("a=b\"c").field("f", 1), "a=b\"c f=1i\n".to_owned()),
        (Point::measurement("\\a\\b c").field("f", 1), "\\a\\b\\ c f=1i\n".to_owned()),
        (Point::measurement("a\tb\rc\u{1}").field("f", 1), "a\tb\rc\u{1} f=1i\n".to_owned()),
        (good().tag("a\\,b", "c"), "m,a\\\\,b=c f=1i\n".to_owned()),
        (good().tag("a\\=b", "c\\,d\"e"), "m,a\\\\=b=c\\\\,d\"e f=1i\n".to_owned()),
        (good().tag("table", "result"), "m,table=result f=1i\n".to_owned()),
        (good().tag("#\t", "\r"), "m,#\t=\r f=1i\n".to_owned()),
        (good().tag("f", "1"), "m,f=1 f=1i\n".to_owned()),
        (good().field("g\\h", 2), "m f=1i,g\\h=2i\n".to_owned()),
        (good().field("g\\\"h", 2), "m f=1i,g\\\\\"h=2i\n".to_owned()),
        (good().field("g\th, i=", 2), "m f=1i,g\th\\,\\ i\\==2i\n".to_owned()),
        (good().field("#", ""), "m #=\"\",f=1i\n".to_owned()),
        (good().field("#!~#", ""), "m #!~#=\"\",f=1i\n".to_owned()),
        (good().field("$", 1).tag("t", "#!#~#"), "m,t=#!#~# $=1i,f=1i\n".to_owned()),
        (good().field("g", "\r\n\t\0\\"), "m f=1i,g=\"\r\n\t\0\\\\\"\n".to_owned()),
        (good().field("g", mib.as_str()), format!("m f=1i,g=\"{mib}\"\n")),
        (good().tag("t", longest.as_str()), format!("m,t={longest} f=1i\n")),
        (good().field("g", f64::MIN_POSITIVE), "m f=1i,g=2.2250738585072014e-308\n".to_owned()),
        (good().field("g", i64::MIN), "m f=1i,g=-9223372036854775808i\n".to_owned()),
        (good().timestamp(Timestamp::EARLIEST), "m f=1i -9223372036854775806\n".to_owned()),
        (good().timestamp(Timestamp::LATEST), "m f=1i 9223372036854775805\n".to_owned()),
    ] {
        assert_eq!(line(&point).unwrap(), written);
        assert_eq!(written.parse::<Point>().unwrap(), point);
    }
}

/// Puts a writer of its own where it was handed one.
struct Usurper;

impl ToLine for Usurper {
    fn write_line(&self, out: &mut LineWriter) -> Result<()> {
        let mut other = LineWriter::new(Precision::Seconds);
        let _ = other.measurement("junk");
        std::mem::swap(out, &mut other);
        Ok(())
    }
}

#[test]
fn another_writer_in_the_place_of_its_own_is_refused_and_leaves_nothing() {
    let point = Point::measurement("m").field("f", 1);
    let records: [&dyn ToLine; 3] = [&point, &Usurper, &point];
    let error = encode(records, &mut Vec::new()).unwrap_err();
    assert_eq!(error.refused().iter().map(Refused::index).collect::<Vec<_>>(), [1]);
    assert!(error.to_string().contains("append to the one that is handed over"), "{error}");

    let mut buffer = b"kept\n".to_vec();
    encode(Usurper, &mut buffer).unwrap_err();
    assert_eq!(buffer, b"kept\n");
    encode(&point, &mut buffer).unwrap();
    assert_eq!(buffer, b"kept\nm f=1i\n");

    struct Silent;

    impl ToLine for Silent {
        fn write_line(&self, out: &mut LineWriter) -> Result<()> {
            let _ = out.write(&Usurper);
            Ok(())
        }
    }

    let mut writer = LineWriter::default();
    writer.write(&point).unwrap();
    writer.write(&Silent).unwrap_err();
    writer.write(&Usurper).unwrap_err();
    assert_eq!(writer.precision(), Precision::Nanoseconds);
    writer.write(&point).unwrap();
    assert_eq!(writer.into_bytes(), b"m f=1i\n");
}

#[test]
fn a_line_of_many_fields_is_soon_a_point() {
    let fields: Vec<_> = (0..200_000).rev().map(|n| format!("f{n}=1")).collect();
    let point: Point = format!("m {}", fields.join(",")).parse().unwrap();
    assert_eq!(point.fields().count(), 200_000);
    assert_eq!(point.fields().next().unwrap().0, "f0");
}
