use super::cell::Cell;
use super::csv::Encoder;
use super::dialect::{Annotation, Dialect};
use super::pattern_sort;
use super::table::{GroupKey, Header, Table};
use crate::engine::Text;
use crate::query::cell::Kind;

const ALL: [Annotation; 3] = [Annotation::Datatype, Annotation::Group, Annotation::Default];

fn table(label: &str, cells: Vec<Cell>) -> Table {
    let kind = cells.iter().find_map(Cell::kind).unwrap_or(Kind::String);
    Table {
        key: GroupKey::new(Vec::new()).into(),
        headers: [Header::new(label, kind)].into(),
        blocks: vec![cells.into_iter().map(|cell| vec![cell]).collect()],
        failure: None,
    }
}

fn encode(dialect: &Dialect, tables: Vec<Table>) -> String {
    let mut encoder = Encoder::new(dialect);
    encoder.result("r", tables).unwrap();
    encoder.end_result();
    String::from_utf8(encoder.into_bytes()).unwrap()
}

#[test]
fn cells_are_written_as_go_writes_them() {
    let cases = [
        (Cell::Null, "", "null"),
        (Cell::Float(1.0), "1", "1E+00"),
        (Cell::Float(-0.0), "-0", "-0E+00"),
        (Cell::Float(1e21), "1000000000000000000000", "1E+21"),
        (Cell::Float(1.5e-7), "0.00000015", "1.5E-07"),
        (Cell::Float(-2.5e300), &format!("-25{}", "0".repeat(299)), "-2.5E+300"),
        (Cell::Float(f64::INFINITY), "+Inf", "+Inf"),
        (Cell::Unsigned(u64::MAX), "18446744073709551615", "18446744073709551615"),
        (Cell::Boolean(true), "true", "true"),
        (Cell::Time(0), "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000000Z"),
        (Cell::Time(1_500_000_000), "1970-01-01T00:00:01.5Z", "1970-01-01T00:00:01.500000000Z"),
        (Cell::Time(i64::MIN), "1677-09-21T00:12:43.145224192Z", "1677-09-21T00:12:43.145224192Z"),
    ];
    for (cell, csv, label) in cases {
        let (mut out, mut name) = (Vec::new(), Vec::new());
        cell.write_csv(&mut out);
        cell.write_label(&mut name);
        assert_eq!(
            (String::from_utf8(out).unwrap(), String::from_utf8(name).unwrap()),
            (csv.into(), label.into())
        );
    }
}

#[test]
fn cells_are_quoted_when_go_quotes_them() {
    let dialect = Dialect { header: false, delimiter: b';', annotations: Vec::new() };
    let cases = [
        ("a,b", "a,b"),
        ("a;b", "\"a;b\""),
        ("a\"b", "\"a\"\"b\""),
        (" a", "\" a\""),
        ("a ", "a "),
        ("\u{3000}", "\"\u{3000}\""),
        ("\0", "\0"),
        ("\\.", "\"\\.\""),
        ("a\nb\r\nc\r", "\"a\r\nb\r\nc\""),
        ("", ""),
    ];
    for (cell, written) in cases {
        let body = encode(&dialect, vec![table("v", vec![Cell::String(cell.into())])]);
        assert_eq!(body, format!(";r;0;{written}\r\n\r\n"));
    }
}

#[test]
fn tables_share_a_header_unless_one_is_empty() {
    let dialect = Dialect { header: true, delimiter: b',', annotations: ALL.to_vec() };
    let tables = [vec![Cell::Integer(1)], vec![Cell::Integer(2)], vec![Cell::Float(3.0)], vec![]];
    let body = encode(&dialect, tables.map(|cells| table("v", cells)).into());
    let schema = |kind: &str, id: &str| {
        format!(
            "#datatype,string,long,{kind}\r\n#group,false,false,false\r\n#default,r,{id},\r\n\
             ,result,table,v\r\n"
        )
    };
    let expected = [
        &schema("long", ""),
        ",,0,1\r\n,,1,2\r\n\r\n",
        &schema("double", ""),
        ",,2,3\r\n\r\n",
        &schema("string", "3"),
        "\r\n",
    ];
    assert_eq!(body, expected.concat());
}

#[test]
fn a_delimiter_that_go_refuses_writes_nothing() {
    for annotations in [Vec::new(), ALL.to_vec()] {
        let dialect = Dialect { header: true, delimiter: b'"', annotations };
        let mut encoder = Encoder::new(&dialect);
        let written = encoder.result("r", vec![table("v", vec![Cell::Integer(1)])]);
        assert_eq!(written.is_err(), !dialect.annotations.is_empty());
        encoder.end_result();
        assert_eq!(encoder.into_bytes(), b"\r\n");
    }
}

#[test]
fn group_keys_are_ordered_by_label_and_value() {
    let key = |columns: &[(&str, Option<&str>)]| {
        let cell =
            |text: &Option<&str>| text.map_or(Cell::Null, |text| Cell::String(Text::from(text)));
        let columns = columns.iter();
        let columns = columns.map(|(label, text)| (Header::new(*label, Kind::String), cell(text)));
        GroupKey::new(columns.collect())
    };
    let ascending = [
        key(&[]),
        key(&[("b", Some("a"))]),
        key(&[("a", None)]),
        key(&[("a", Some("a"))]),
        key(&[("a", Some("a")), ("c", Some("z"))]),
        key(&[("b", Some("a")), ("a", Some("a"))]),
        key(&[("a", Some("b"))]),
    ];
    for pair in ascending.windows(2) {
        assert!(pair[0] < pair[1], "{pair:?}");
    }
    assert_eq!(key(&[("a", None), ("b", None)]), key(&[("b", None), ("a", None)]));
}

/// The orders are those of Go's `sort.Slice`.
#[test]
fn equal_items_end_where_go_leaves_them() {
    let expected = [9, 18, 15, 3, 12, 0, 6, 10, 7, 4, 13, 16, 1, 19, 8, 5, 11, 14, 2, 17];
    let mut items: Vec<(usize, usize)> = (0..20).map(|index| (index * 7 % 3, index)).collect();
    pattern_sort::sort(&mut items, |a, b| a.0 < b.0);
    let order: Vec<_> = items.iter().map(|item| item.1).collect();
    assert_eq!(order, expected);
}
