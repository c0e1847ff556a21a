//! The fuzz targets on their seeds, on what once failed, and on random inputs made of pieces that mean
//! something; `tests/fuzz/run` looks further.

use std::path::Path;

use proptest::prelude::*;

type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 4] = [
    ("scanner", influx_fuzz::scanner),
    ("lines", influx_fuzz::lines),
    ("round_trip", influx_fuzz::round_trip),
    ("decode", influx_fuzz::decode),
];

#[test]
fn every_seed_and_every_beginning_of_one_passes() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
        let seeds: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            let data = std::fs::read(seed).unwrap();
            (0..=data.len()).for_each(|end| target(&data[..end]));
        }
    }
}

/// Bytes that are pieces of line protocol, annotated CSV or Flux values, in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "#datatype",
        "#group",
        "#default",
        ",result,table",
        ",error,reference",
        "string",
        "long",
        "double",
        "dateTime:RFC3339",
        "true",
        "_measurement",
        "host",
        "text",
        "float",
        "2024-05-01T12:00:00Z",
        "\r\n",
        "\n",
        "\r",
        ",",
        ",,",
        ",,0,",
        ";",
        "\"",
        "\"\"",
        "\\",
        "\\\\",
        "=",
        " ",
        "\t",
        "\0",
        "#",
        "m",
        "m f=1",
        "1.5",
        "1i",
        "2u",
        "t",
        "\"a b\"",
        "\u{FEFF}",
        "é",
        "{\"message\":\"x\"}",
        "NaN",
        "1714564800000000000",
        "-9223372036854775806",
    ]);
    let piece = prop_oneof![
        8 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replies_of_any_bytes(how in any::<[u8; 6]>(), reply in pieces()) {
        let data = [&how[..], &reply].concat();
        influx_fuzz::scanner(&data);
        influx_fuzz::decode(&data);
    }

    #[test]
    fn texts_and_points_of_any_bytes(text in pieces()) {
        influx_fuzz::lines(&text);
        influx_fuzz::round_trip(&text);
    }
}
