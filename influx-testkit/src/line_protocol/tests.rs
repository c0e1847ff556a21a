use super::{Precision, parse};
use crate::engine::Engine;

const NOW: i64 = 1_234_567_891;

/// What a body leaves behind, as canonical lines, or the refusal's message.
fn stored(text: impl AsRef<[u8]>) -> Result<Vec<String>, String> {
    let mut engine = Engine::new("", 1_000_000_000, None);
    let points = parse(text.as_ref(), Precision::Nanoseconds, NOW).map_err(|e| e.message)?;
    engine.write(points, NOW).map_err(|e| e.message)?;
    Ok(engine.lines())
}

#[test]
fn a_clock_beyond_all_points_still_stamps_them() {
    use Precision::{Milliseconds, Nanoseconds, Seconds};
    for (now, precision, time) in [
        (i64::MIN, Nanoseconds, i64::MIN + 2),
        (i64::MIN, Seconds, i64::MIN + 2),
        (i64::MAX, Nanoseconds, i64::MAX - 1),
        (i64::MAX, Milliseconds, i64::MAX - 775_807),
        (-1, Seconds, -1_000_000_000),
    ] {
        let points = parse(b"m f=1", precision, now).map_err(|e| e.message).unwrap();
        assert_eq!(points[0].time, time, "{now} {precision:?}");
    }
}

#[test]
fn is_stored_as_the_server_stores_it() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"", &[]),
        (b"# m f=1\n \t\0\n\n", &[]),
        (b"m f=1", &["m f=1 1234567891"]),
        (b"\t m,b=2,a=1 f=1i,g=2u -5 \n", &["m,a=1,b=2 f=1i,g=2u -5"]),
        (b"m a=t,b=F,c=True,d=.5,e=-5.,f=1E3 1", &["m a=true,b=false,c=true,d=0.5,e=-5,f=1000 1"]),
        (b"m f=1i 1\nm f=2i,g=3i 1", &["m f=2i,g=3i 1"]),
        (b"m f=1i,f=2i 1", &["m f=2i 1"]),
        (
            br#"m\ \,=",k\ \,\==v\ \,\= f\ \,\=\"="\"\\\n" 1"#,
            &[r#"m\ \,=",k\ \,\==v\ \,\= f\ \,\=\"="\"\\\\n" 1"#],
        ),
        (b"m f=\"a\nb\" 1\nm g=1 2", &["m f=\"a\nb\" 1", "m g=1 2"]),
        // A carriage return is text, and the last byte of a string goes, whatever it is.
        (b"m f=\"x\"\r", &["m f=\"x\\\"\" 1234567891"]),
        (b"m f=\"a\"b 1", &["m f=\"a\\\"\" 1"]),
        (b"m \t=1 1", &["m =1 1"]),
        (b"m,t=\xff f=1 1", &["m,t=\u{fffd} f=1 1"]),
        (b"m f=-0 9223372036854775806", &["m f=-0 9223372036854775806"]),
    ];
    for (text, lines) in cases {
        assert_eq!(stored(text).unwrap(), *lines, "{}", text.escape_ascii());
    }
}

#[test]
fn names_every_bad_line_and_its_reason() {
    let cases = [
        (",t=a f=1", "missing measurement"),
        ("m", "missing fields"),
        ("m,t=a", "missing fields"),
        ("m,=a f=1", "missing tag key"),
        ("m,t f=1", "missing tag value"),
        ("m,t= f=1", "missing tag value"),
        ("m,t=a=b f=1", "invalid tag format"),
        ("m,t=1,t=2 f=1", "duplicate tags"),
        ("m,b=1,a=1,b=2 f=1", "duplicate tags"),
        ("m,time=1 f=1", "cannot use reserved tag key \"time\""),
        ("m,_field=1 f=1", "cannot use reserved tag key \"_field\""),
        ("m =1", "missing field key"),
        ("m f=", "missing field value"),
        ("m f=,g=1", "missing field value"),
        ("m f", "invalid field format"),
        ("m f=1,g", "invalid field format"),
        ("m f=\"x", "unbalanced quotes"),
        ("m f=1x", "invalid number"),
        ("m f=1i\r", "invalid number"),
        ("m f=NaN", "invalid number"),
        ("m f=-1u", "invalid number"),
        ("m f=+1", "invalid boolean"),
        ("m f=tRUE", "invalid boolean"),
        ("m f=1e", "invalid float"),
        ("m f=1e400", "invalid float"),
        (
            "m f=9223372036854775808i",
            "unable to parse integer 9223372036854775808: strconv.ParseInt: parsing \
             \"9223372036854775808\": value out of range",
        ),
        (
            "m f=18446744073709551616u",
            "unable to parse unsigned 18446744073709551616: strconv.ParseUint: parsing \
             \"18446744073709551616\": value out of range",
        ),
        ("m f=1 1x", "bad timestamp"),
        ("m f=1 1 1", "point is invalid"),
        ("m f=1 -", "strconv.ParseInt: parsing \"-\": invalid syntax"),
        (
            "m f=1 9223372036854775807",
            "time outside range -9223372036854775806 - 9223372036854775806",
        ),
    ];
    for (line, reason) in cases {
        let message = format!("unable to parse '{line}': {reason}");
        assert_eq!(stored(line).unwrap_err(), message);
        let both = stored(format!("good f=1\n \t{line}\nm\n")).unwrap_err();
        if reason != "unbalanced quotes" {
            assert_eq!(both, format!("{message}\nunable to parse 'm': missing fields"));
        }
    }
    assert_eq!(
        stored(b"m\xe2\x82 f=x").unwrap_err(),
        "unable to parse 'm\u{fffd}\u{fffd} f=x': invalid boolean"
    );
}

#[test]
fn keys_have_a_longest_length() {
    let line =
        |tag: usize, field: usize| format!("m,t={} {}=1", "v".repeat(tag), "f".repeat(field));
    assert!(stored(line(65_535 - 4 - 4 - 10, 10)).is_ok());
    let too_long = |line: String, length| {
        let reason = format!("max key length exceeded: {length} > 65535");
        assert_eq!(stored(&line).unwrap_err(), format!("unable to parse '{line}': {reason}"));
    };
    too_long(line(65_535 - 4 - 4 - 9, 10), 65_536);
    too_long(line(65_535 - 3, 10), 65_536);
}

#[test]
fn what_would_harm_or_hide_is_not_known() {
    let lines = [
        "m a\\\\=\"=\" 1",
        "m a\\\\=\"x=y\"",
        "m\\\\,x f=1",
        "m\\=x f=1",
        "m,t==b f=1",
        "m,_time=x f=1",
        "m,_value=x f=1",
        "m,_start=x f=1",
    ];
    for line in lines {
        let message = stored(line).unwrap_err();
        assert!(message.contains("does not know"), "{line}: {message}");
        assert!(stored(format!("{line}\nm")).unwrap_err().contains("missing fields"), "{line}");
    }
}

#[test]
fn times_are_in_the_precision_of_the_request() {
    let time = |name, time: &str| {
        let precision = Precision::parse(name).unwrap();
        parse(format!("m f=1 {time}").as_bytes(), precision, NOW).map(|points| points[0].time)
    };
    let cases = [
        ("ns", "-7", -7),
        ("us", "-7", -7_000),
        ("ms", "7", 7_000_000),
        ("s", "7", 7_000_000_000),
        ("us", "", 1_234_567_000),
        ("ms", "", 1_234_000_000),
        ("s", "", 1_000_000_000),
    ];
    for (precision, text, nanoseconds) in cases {
        assert_eq!(time(precision, text).unwrap(), nanoseconds);
    }
    assert!(time("s", "9223372037").is_err());
    assert_eq!(Precision::parse("m"), None);
}
