use super::{IntoLines as _, LineWriter, Lines, Parser, Point, ToLine as _, Unchecked, encode};
use crate::error::{Error, ErrorKind};
use crate::schema::Value;
use crate::time::{Precision, Timestamp};

/// What is sent of a text.
fn sent(text: &str) -> Result<String, Error> {
    let mut buffer = Vec::new();
    encode(text, &mut buffer)?;
    Ok(String::from_utf8(buffer).unwrap())
}

#[test]
fn a_line_is_sent_as_it_stands_without_what_is_around_it() {
    let line = "m\\ 1,t\\ 1=v\\=1,u=\"\\\\x f=1,g=\"a\\\"b\\\\\nc, d=e \",h\"=2i 7";
    assert_eq!(sent(line).unwrap(), format!("{line}\n"));
    assert_eq!(
        sent("  # c\n\r\n\t m f=1 7  \r\n\n m f=t\r\n#\r\nm g=\"\r\n\" \t\r\nm h=1\r").unwrap(),
        "m f=1 7\nm f=t\nm g=\"\r\n\"\nm h=1\n"
    );
    assert_eq!(sent("# only =\" a comment\n").unwrap(), "");
}

#[test]
fn every_form_of_a_value_is_read() {
    let text = "m a=1,b=-.5e3,c=1.,d=007i,e=-9223372036854775808i,f=18446744073709551615u,g=t,h=F,i=True,j=\"\",k=\"\\x\\\\\\\"\",l=1e-400";
    let [line] = Parser::new(text).collect::<Result<Vec<_>, _>>().unwrap().try_into().unwrap();
    let values: Vec<_> = line.fields().map(|(_, value)| value).collect();
    let text = |text: &str| Value::String(text.to_owned());
    assert_eq!(
        values,
        [
            Value::Float(1.0),
            Value::Float(-500.0),
            Value::Float(1.0),
            Value::Integer(7),
            Value::Integer(i64::MIN),
            Value::Unsigned(u64::MAX),
            Value::Boolean(true),
            Value::Boolean(false),
            Value::Boolean(true),
            text(""),
            text("\\x\\\""),
            Value::Float(0.0),
        ]
    );
}

#[test]
fn names_lose_their_escapes_and_nothing_else() {
    let text = "m\\,\\ =\"\\n,t\\=\\ \\,\"=a\\\\\\,b\\n f\\=\\\"\"\\n=1";
    let line = Parser::new(text).next().unwrap().unwrap();
    assert_eq!(line.measurement(), "m, =\"\\n");
    assert_eq!(line.tags().collect::<Vec<_>>(), [("t= ,\"".into(), "a\\\\,b\\n".into())]);
    assert_eq!(line.fields().collect::<Vec<_>>(), [("f=\"\"\\n".into(), Value::Float(1.0))]);
    assert_eq!(line.to_point().to_string().parse::<Point>().unwrap(), line.to_point());
}

#[test]
fn what_the_server_refuses_changes_hides_or_stops_at_is_refused() {
    let long = format!("m f=\"{}\"", "x".repeat((1 << 20) + 1));
    for (text, reason) in [
        // The server answers with 400.
        (",t=a f=1", "the measurement name is empty"),
        ("m", "a point of measurement `m` has no field"),
        ("m,t=a", "has no field"),
        ("m  ", "has no field"),
        ("m,=a f=1", "the tag key is empty"),
        ("m,t f=1", "the tag key `t` has no `=`"),
        ("m,t= f=1", "the value of tag `t` is empty"),
        ("m,t=a=b f=1", "the value of tag `t` holds an `=`"),
        ("m,t=a,t=b f=1", "the tag key `t` is there twice"),
        ("m,time=a f=1", "the tag key `time` is reserved"),
        ("m f", "the field key `f` has no `=`"),
        ("m f =1", "the field key `f` has no `=`"),
        ("m f=", "the value of field `f` is empty"),
        ("m f=1,", "the field key has no `=`"),
        ("m f=1, g=2", "the field key has no `=`"),
        ("m f=hello", "the value of field `f` is neither"),
        ("m f=NaN", "the value of field `f` is NaN or infinite"),
        ("m f=-inf", "the value of field `f` is NaN or infinite"),
        ("m f=+1", "the value of field `f` is neither"),
        ("m f=1_0", "the value of field `f` is neither"),
        ("m f=1e400", "the value of field `f` is outside the range"),
        ("m f=9223372036854775808i", "the value of field `f` is outside the range"),
        ("m f=-1u", "the value of field `f` is no integer"),
        ("m f=-0u", "the value of field `f` is no integer"),
        ("m f=18446744073709551616u", "the value of field `f` is outside the range"),
        ("m f=--1i", "the value of field `f` is no integer"),
        ("m f=i", "the value of field `f` is neither"),
        ("m f=-i", "the value of field `f` is no integer"),
        ("m f=\"a", "the value of field `f` has no closing quote"),
        ("m f=\"a\\\"", "the value of field `f` has no closing quote"),
        ("m f=1 x", "the timestamp `x` is no integer"),
        ("m f=1 +1", "the timestamp `+1` is no integer"),
        ("m f=1 -", "the timestamp `-` is no integer"),
        ("m f=1 1 2", "the timestamp `1` is followed by more text"),
        ("m f=1 9223372036854775808", "the timestamp `9223372036854775808` is outside"),
        ("m f=1 -9223372036854775807", "outside what the server stores"),
        // The server takes it, and then ...
        ("m f=1 9223372036854775806", "outside what the server stores"), // no range reaches it
        ("m f=\"a\"b", "goes on after its closing quote"),               // stores `a"`
        ("m f=\"a\"\r7", "goes on after its closing quote"),
        ("m f=1,f=2", "the field key `f` is there twice"), // keeps the last one
        ("m time=1", "the field key `time` is reserved"),  // drops it
        ("m,t==b f=1", "the value of tag `t` holds an `=`"), // hides the point for good
        ("m\\\\,t=a f=1", "holds a backslash before ','"),
        ("m\\=b f=1", "holds a backslash before '='"),
        ("m,_value=a f=1", "the tag key `_value` is reserved"), // fails in every query
        ("m \t=1", "the field key is empty"),
        ("m,a\\\\ b=\"x f=1", "holds a backslash before ' '"), // takes the next line for a part of it
        ("m a\\\\=\"=\" 1", "the value of field `a\\\\=\"` has no closing quote"), // stops
        (long.as_str(), "longer than the 1 MiB"),
    ] {
        let error = sent(text).expect_err(text);
        assert!(error.to_string().contains(reason), "{text}: {error}");
        assert_eq!((error.kind(), error.position().unwrap().line), (ErrorKind::InvalidLine, 1));
    }
    let error = encode(&b"m,t=\xFF f=1"[..], &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("the line is not UTF-8"), "{error}");
    let long = format!("m,t={} {}=1", "x".repeat(65_520), "f".repeat(20));
    assert!(sent(&long).unwrap_err().to_string().contains("65535"));
}

#[test]
fn each_bad_line_of_a_text_is_told_with_its_place() {
    let text = "m f=1\n# c\nm f=\nm f=\"a\nb\"\nm g\n";
    let error = sent(text).unwrap_err();
    assert_eq!(error.position().unwrap().line, 3);
    let [record] = error.refused() else { panic!("{error}") };
    let [first, second] = record.reason().refused() else { panic!("{error}") };
    let place = |error: &Error| error.position().map(|at| (at.line, at.byte)).unwrap();
    assert_eq!((first.index(), place(first.reason())), (2, (3, 10)));
    assert_eq!((second.index(), place(second.reason())), (5, (6, 25)));
    assert_eq!(
        first.reason().to_string(),
        "line 3, byte 10 of the text, `m f=`: the value of field `f` is empty; leave out what has no value"
    );
    assert!(
        error.to_string().starts_with("2 lines of the text are refused: line 3, byte 10"),
        "{error}"
    );
}

#[test]
fn a_missing_quote_reaches_as_far_as_the_server_lets_it() {
    let lines: Vec<_> =
        Parser::new("m f=\"a\nm g=1\nm h=\"b\nm i=1").map(|line| line.is_ok()).collect();
    assert_eq!(lines, [false, true]);
    assert_eq!(
        Parser::new("m f=\"a\nm g=1\nm h=2").map(|line| line.is_ok()).collect::<Vec<_>>(),
        [false]
    );
    // A quote in a comment opens nothing.
    assert_eq!(sent("# say =\"hello\nm f=1").unwrap(), "m f=1\n");
}

#[test]
fn times_count_the_unit_of_the_text() {
    let parse = |text, precision| {
        Parser::new(text).precision(precision).next().unwrap().map(|line| line.timestamp())
    };
    assert_eq!(
        parse("m f=1 -7", Precision::Seconds).unwrap(),
        Some(Timestamp::from_nanos(-7_000_000_000))
    );
    assert_eq!(parse("m f=1", Precision::Seconds).unwrap(), None);
    let error = parse("m f=1 1714564800000", Precision::Seconds).unwrap_err();
    assert!(error.to_string().contains("check its unit"), "{error}");
}

#[test]
fn a_point_is_read_from_exactly_one_line() {
    let point =
        Point::measurement("m").tag("t", "a b").field("f", 1.5).timestamp(Timestamp::from_nanos(5));
    assert_eq!(point.to_string().parse::<Point>().unwrap(), point);
    for (text, reason) in [
        ("", "the text has no line"),
        ("# c", "the text has no line"),
        ("m f=1\nm f=2", "several lines"),
    ] {
        assert!(text.parse::<Point>().unwrap_err().to_string().contains(reason));
    }
}

#[test]
fn unchecked_text_goes_as_it_stands() {
    let mut buffer = Vec::new();
    encode([Unchecked("m f=\r\n"), Unchecked(" \n"), Unchecked("# c")], &mut buffer).unwrap();
    assert_eq!(buffer, b"m f=\r\n# c\n");
}

#[test]
fn a_byte_order_mark_at_the_start_is_no_part_of_a_name() {
    assert_eq!(sent("\u{FEFF}# c\r\nm f=1\r\n").unwrap(), "m f=1\n");
    assert_eq!(sent("\u{FEFF}m f=1").unwrap(), "m f=1\n");
    // Elsewhere it is a character.
    assert_eq!(sent("\n\u{FEFF}m f=1").unwrap(), "\u{FEFF}m f=1\n");
}

#[test]
fn a_parsed_line_is_written_in_any_precision() {
    let text = "m f=1 1714564800\nm f=2 -1\nm f=3";
    let lines: Vec<_> =
        Parser::new(text).precision(Precision::Seconds).map(Result::unwrap).collect();
    let write = |precision| {
        let mut encoded = Lines::new(precision);
        (&lines).append_to(&mut encoded);
        encoded.finish().map(|(bytes, own)| (String::from_utf8(bytes).unwrap(), own)).unwrap()
    };
    assert_eq!(write(None), (format!("{text}\n"), Precision::Seconds));
    assert_eq!(write(Some(Precision::Seconds)).0, format!("{text}\n"));
    let nanos = "m f=1 1714564800000000000\nm f=2 -1000000000\nm f=3\n";
    assert_eq!(write(Some(Precision::Nanoseconds)).0, nanos);
}

#[test]
fn a_refusal_says_where_unless_there_is_but_one_line() {
    for (text, said) in [
        ("m f=x", "`m f=x`: the value of field `f` is neither"),
        ("m f=1\nm f=x", "line 2, byte 6 of the text, `m f=x`: the value"),
        (
            "m f=1\nm f=\"a\nb\"c\nm f=2",
            "lines 2 to 3, byte 6 of the text, `m f=\"a b\"c`: the value of field `f` goes on",
        ),
    ] {
        let error = sent(text).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn a_text_of_something_else_costs_no_more_memory_than_it_has() {
    let error = sent(&"time,host,temp\n".repeat(5_000)).unwrap_err();
    assert!(error.to_string().starts_with("5000 lines of the text are refused: `time,host,temp`"));
    assert!(error.to_string().ends_with("; and 4995 more, see `refused()`"), "{error}");
    assert_eq!(error.refused()[0].reason().refused().len(), 1_000);

    let error = sent(&format!("m f=\"{}", "x".repeat(5 << 20))).unwrap_err();
    assert!(
        error.to_string().contains("… (5242885 bytes in all)`: the value of field `f`"),
        "{error}"
    );
    assert!(format!("{error:?}").len() < 1_000);
}

#[test]
fn text_that_is_written_counts_the_unit_of_the_write() {
    let write = |text: &str| {
        let mut lines = Lines::new(Some(Precision::Seconds));
        lines.push(text);
        lines.finish().map(|(bytes, _)| bytes)
    };
    assert_eq!(write("m f=1 10").unwrap(), b"m f=1 10\n");
    let error = write("m f=1 1714564800000").unwrap_err();
    assert!(error.to_string().contains("check its unit"), "{error}");
}

#[test]
fn the_rest_of_a_bad_line_is_no_line() {
    let good = |text: &'static str| {
        Parser::new(text).filter_map(Result::ok).map(|line| line.as_str()).collect::<Vec<_>>()
    };
    // The second line of each is within the quotes of the first, as the server sees it.
    assert_eq!(good("m f=x,g=\"a\\\"\nm2 f=2 \"\nm3 f=3"), ["m3 f=3"]);
    assert_eq!(good(" m=\"a f=x\nm2 f=2 \"\nm3 f=3"), ["m3 f=3"]);
    assert_eq!(good("m=\"a f=x\nm2 f=2\nm3 f=3"), ["m2 f=2", "m3 f=3"]);
    assert_eq!(good("\0\tm f=1"), ["m f=1"]);
}

#[test]
fn a_parsed_line_whose_time_cannot_be_written_leaves_nothing() {
    let text = "m f=1i -9223372036854775806\nm f=2i 1999999999";
    let lines: Vec<_> = Parser::new(text).map(Result::unwrap).collect();
    let mut out = LineWriter::new(Precision::Seconds);
    // Also where it is not `write` that takes it back.
    lines[0].write_line(&mut out).unwrap_err();
    out.write(&lines[0]).unwrap_err();
    out.write(&lines[1]).unwrap();
    assert_eq!(out.into_bytes(), b"m f=2i 1\n");
}
