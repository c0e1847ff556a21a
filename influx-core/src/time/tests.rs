use chrono::{DateTime, Utc};

use super::{Precision, Timestamp, ToTimestamp, parse_rfc3339};

#[test]
fn rfc3339_reads_and_writes_the_server_s_form() {
    for (text, nanos) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2024-02-29T23:59:59.123Z", 1_709_251_199_123_000_000),
        ("1677-09-21T00:12:43.145224192Z", i64::MIN),
        ("2262-04-11T23:47:16.854775807Z", i64::MAX),
        ("2000-03-01T00:00:00.00000001Z", 951_868_800_000_000_010),
    ] {
        assert_eq!(parse_rfc3339(text.as_bytes()), Some(Timestamp::from_nanos(nanos)), "{text}");
        assert_eq!(Timestamp::from_nanos(nanos).to_string(), text);
    }
}

#[test]
fn rfc3339_agrees_with_chrono_on_random_times() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..20_000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let time = Timestamp::from_nanos(state.cast_signed());
        let theirs = DateTime::<Utc>::from(time).to_rfc3339();
        assert_eq!(theirs.parse::<Timestamp>().unwrap(), time, "{theirs}");
        assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
    }
}

#[test]
fn rfc3339_honours_offsets() {
    let utc: Timestamp = "2024-05-01T12:00:00Z".parse().unwrap();
    assert_eq!("2024-05-01T14:30:00+02:30".parse::<Timestamp>().unwrap(), utc);
    assert_eq!("2024-05-01T07:00:00-05:00".parse::<Timestamp>().unwrap(), utc);
}

#[test]
fn rfc3339_refuses_what_is_no_time() {
    for text in [
        "",
        "2024-05-01",
        "2024-05-01T12:00:00",
        "2024-13-01T12:00:00Z",
        "2024-00-01T12:00:00Z",
        "2023-02-29T12:00:00Z",
        "2024-05-32T12:00:00Z",
        "2024-05-01T24:00:00Z",
        "2024-05-01T12:60:00Z",
        "2024-05-01T12:00:60Z",
        "2024-05-01T12:00:00.Z",
        "2024-05-01T12:00:00.1234567890Z",
        "2024-05-01T12:00:00+2:00",
        "2024-05-01T12:00:00Zjunk",
        "2024x05-01T12:00:00Z",
        "20é4-05-01T12:00:00Z",
        "9999-12-31T00:00:00Z",
    ] {
        assert_eq!(parse_rfc3339(text.as_bytes()), None, "{text}");
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn units_round_down_also_before_1970() {
    let just_before = Timestamp::from_nanos(-1);
    assert_eq!(just_before.as_units(Precision::Microseconds), -1);
    assert_eq!(just_before.as_units(Precision::Seconds), -1);
    // A float division would lose this one (python-client, off by one at `ms`).
    let exact: Timestamp = "2024-08-14T15:21:18.722Z".parse().unwrap();
    assert_eq!(exact.as_units(Precision::Milliseconds), 1_723_648_878_722);
    assert_eq!(Timestamp::from_units(1_723_648_878_722, Precision::Milliseconds).unwrap(), exact);
    assert!(Timestamp::from_units(i64::MAX, Precision::Microseconds).is_err());
}

#[test]
fn other_clocks_convert_both_ways_at_the_extremes() {
    for time in [i64::MIN, -1, 0, 1, i64::MAX].map(Timestamp::from_nanos) {
        assert_eq!(DateTime::<Utc>::from(time).to_timestamp().unwrap(), time);
        assert_eq!(chrono::NaiveDateTime::from(time).to_timestamp().unwrap(), time);
        assert_eq!(std::time::SystemTime::from(time).to_timestamp().unwrap(), time);
    }
    assert!(DateTime::<Utc>::MAX_UTC.to_timestamp().is_err());
    assert!(DateTime::<Utc>::MIN_UTC.to_timestamp().is_err());
}

#[test]
fn timestamps_are_rfc3339_in_the_formats_of_serde() {
    for time in [i64::MIN, -1, 0, 1, i64::MAX].map(Timestamp::from_nanos) {
        let json = serde_json::to_string(&time).unwrap();
        assert_eq!(json, format!("\"{time}\""));
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), time);
    }
    let error = serde_json::from_str::<Timestamp>("\"noon\"").unwrap_err();
    assert!(error.to_string().contains("`noon` is not an RFC 3339 time"), "{error}");
    let error = serde_json::from_str::<Timestamp>("0").unwrap_err();
    assert!(error.to_string().contains("expected an RFC 3339 time"), "{error}");
}

#[cfg(feature = "polars")]
#[test]
fn a_clock_reads_what_is_read_without_it() {
    let mut random = fastrand::Rng::with_seed(3);
    let texts = [
        "2024-05-01T12:00:00Z",
        "2024-05-01T23:59:59.999999999Z",
        "2024-05-01t00:00:00.1z",
        "2024-05-01T12:00:00+02:00",
        "2024-05-01 12:34:56.000001Z",
        "1677-09-21T00:12:43.145224194Z",
        "2262-04-11T23:47:16.854775807Z",
        "2262-04-11T23:47:16.854775808Z",
        "1969-12-31T23:59:59.5Z",
    ];
    let mut clock = super::Clock::default();
    for _ in 0..200_000 {
        let mut text = texts[random.usize(..texts.len())].as_bytes().to_vec();
        for _ in 0..random.usize(..3) {
            let at = random.usize(..text.len());
            let other = b"0123456789:.-+TtZz /;\x80\xb0";
            text[at] = other[random.usize(..other.len())];
        }
        text.truncate(random.usize(text.len().saturating_sub(2)..=text.len()));
        let shown = String::from_utf8_lossy(&text).into_owned();
        assert_eq!(clock.parse(&text), parse_rfc3339(&text), "{shown}");
    }
}
