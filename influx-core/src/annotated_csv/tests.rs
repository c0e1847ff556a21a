#![expect(clippy::float_cmp, reason = "the very numbers are meant")]

use super::{Datatype, Dialect, Reader, Step, Table, tables};
use crate::error::{Error, ErrorKind};
use crate::schema::Value;

const TWO_TABLES: &str = "#datatype,string,long,dateTime:RFC3339,double,string\r\n\
    #group,false,false,false,false,true\r\n\
    #default,_result,,,,\r\n\
    ,result,table,_time,temp,host\r\n\
    ,,0,2024-05-01T12:00:00Z,22.35,a\r\n\
    ,,0,2024-05-01T12:00:10Z,,a\r\n\
    ,,1,2024-05-01T12:00:00Z,19,\"b, \"\"c\"\"\r\nd\"\r\n\
    \r\n\
    #datatype,string,long,long\r\n\
    #group,false,false,false\r\n\
    #default,other,,7\r\n\
    ,result,table,n\r\n\
    ,,0,\r\n\
    ,,0,8\r\n\
    \r\n";

/// Reads with the given cuts; the tables so far and how it ended.
fn read(chunks: &[&[u8]]) -> (Vec<Table>, Result<(), Error>) {
    let (mut reader, mut found) = (Reader::new(), Vec::new());
    let mut chunks = chunks.iter();
    loop {
        match reader.advance() {
            Ok(Step::NeedInput) => match chunks.next() {
                Some(chunk) => reader.feed(chunk.to_vec()),
                None => reader.finish(),
            },
            Ok(Step::End) => return (found, Ok(())),
            Ok(step) => super::table::collect(step, &reader, &mut found).unwrap(),
            Err(error) => return (found, Err(error)),
        }
    }
}

fn failure(csv: &str) -> (usize, Error) {
    let (tables, outcome) = read(&[csv.as_bytes()]);
    let rows = tables.iter().map(|table| table.records().len()).sum();
    (rows, outcome.unwrap_err())
}

#[test]
fn tables_results_types_and_defaults() {
    let tables = tables(TWO_TABLES).unwrap();
    let shape = |t: &Table| (t.result().to_owned(), t.id(), t.records().len());
    let shapes: Vec<_> = tables.iter().map(shape).collect();
    assert_eq!(
        shapes,
        [("_result".into(), 0, 2), ("_result".into(), 1, 1), ("other".into(), 0, 2)]
    );
    let time = "2024-05-01T12:00:00Z".parse().unwrap();
    assert_eq!(tables[0].records()[0].values(), [Value::Time(time), 22.35.into(), "a".into()]);
    assert_eq!(tables[0].records()[1].get("temp"), Some(&Value::Null));
    assert_eq!(tables[1].records()[0].get("host"), Some(&"b, \"c\"\nd".into()));
    assert_eq!(tables[2].records()[0].get("n"), Some(&Value::Integer(7)));
    assert_eq!(tables[2].records()[1].get("n"), Some(&Value::Integer(8)));
    assert!(tables[0].columns()[2].group && !tables[0].columns()[1].group);
}

#[test]
fn the_result_does_not_depend_on_where_chunks_are_cut() {
    let whole = tables(TWO_TABLES).unwrap();
    let bytes = TWO_TABLES.as_bytes();
    for cut in 0..=bytes.len() {
        let (found, outcome) = read(&[&bytes[..cut], &bytes[cut..]]);
        outcome.unwrap();
        assert_eq!(found, whole, "cut at {cut}");
    }
    for size in 1..40 {
        let (found, outcome) = read(&bytes.chunks(size).collect::<Vec<_>>());
        outcome.unwrap();
        assert_eq!(found, whole, "chunks of {size}");
    }
}

#[test]
fn a_reply_cut_within_a_line_is_an_error_and_cut_anywhere_gives_no_other_rows() {
    let whole = tables(TWO_TABLES).unwrap();
    for cut in 0..TWO_TABLES.len() {
        let (found, outcome) = read(&[&TWO_TABLES.as_bytes()[..cut]]);
        if TWO_TABLES.as_bytes()[..cut].last().is_some_and(|last| *last != b'\n') {
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidCsv, "cut at {cut}");
        }
        for (part, all) in found.iter().zip(&whole) {
            assert!(all.records().starts_with(part.records()), "cut at {cut}");
        }
    }
}

#[test]
fn a_result_without_tables_is_a_line_end_and_not_nothing() {
    assert_eq!(tables("\r\n").unwrap(), []);
    let error = tables("").unwrap_err();
    assert!(error.to_string().starts_with("the reply is empty"), "{error}");
}

#[test]
fn an_empty_table_has_its_number_in_the_default_row() {
    let csv = "#datatype,string,long,string\n#group,false,false,true\n#default,_result,3,a\n\
               ,result,table,host\n";
    let tables = tables(csv).unwrap();
    assert_eq!((tables[0].id(), tables[0].records().len()), (3, 0));
    assert_eq!(tables[0].group_key().collect::<Vec<_>>(), [("host", &"a".into())]);
}

#[test]
fn un_pivoted_records_answer_by_the_names_that_the_server_gives() {
    let csv = "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,\
               string,string\n#group,false,false,true,true,false,false,true,true\n\
               #default,_result,,,,,,,\n\
               ,result,table,_start,_stop,_time,_value,_field,_measurement\n\
               ,,0,1970-01-01T00:00:00Z,1970-01-01T00:00:02Z,1970-01-01T00:00:01Z,,temp,cpu\n";
    let table = tables(csv).unwrap().swap_remove(0);
    assert_eq!(table.column_index("_value"), Some(3));
    let [row] = table.records() else { panic!("one row") };
    let seconds = |count: i64| Some(crate::Timestamp::from_nanos(count * 1_000_000_000));
    assert_eq!([row.start(), row.stop(), row.time()], [seconds(0), seconds(2), seconds(1)]);
    assert_eq!((row.measurement(), row.field()), (Some("cpu"), Some("temp")));
    assert_eq!(row.value(), Some(&Value::Null));
    let key: Vec<_> = row.group_key().map(|(name, _)| name).collect();
    assert_eq!(key, ["_start", "_stop", "_field", "_measurement"]);
    assert!(row.group_key().eq(table.group_key()));

    let other = tables(TWO_TABLES).unwrap();
    let [pivoted, _] = other[2].records() else { panic!("two rows") };
    assert_eq!((pivoted.measurement(), pivoted.field(), pivoted.value()), (None, None, None));
    assert_eq!([pivoted.start(), pivoted.stop(), pivoted.time()], [None; 3]);
}

#[test]
fn a_failure_of_the_server_comes_after_the_rows_that_were_good() {
    let csv = format!(
        "{TWO_TABLES}#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n\
         ,error,reference\r\n,runtime error @1:1-2:3: boom,\r\n"
    );
    let (rows, error) = failure(&csv);
    assert_eq!(rows, 5);
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.server_message(), Some("runtime error @1:1-2:3: boom"));
    assert_eq!(error.position().unwrap().line, 21);
}

#[test]
fn text_that_is_no_csv_is_an_error_at_its_line() {
    let (rows, error) = failure(&format!("{TWO_TABLES}<html a=\"b\">, \"x\"y</html>\n"));
    assert_eq!((rows, error.kind()), (5, ErrorKind::InvalidCsv));
    let position = error.position().unwrap();
    assert_eq!((position.line, position.byte), (17, TWO_TABLES.len() as u64));

    for (csv, kind, words) in [
        ("{\"code\":\"internal error\",\"message\":\"a panic\"}\n", ErrorKind::Server, "a panic"),
        ("{\"code\":\"internal error\",\"message\":\"a panic\"}", ErrorKind::Server, "a panic"),
        ("#datatype,string,long\n", ErrorKind::InvalidCsv, "before the rows of its last table"),
        ("#default,_result,,\n,result,table,a\n", ErrorKind::InvalidCsv, "before the rows"),
        (",,0,1\n", ErrorKind::InvalidCsv, "before any header"),
        (",result,table,a\n,,0\n", ErrorKind::InvalidCsv, "3 cells where the table has 4 columns"),
        (",result,table,a\n,,0,1,2\n", ErrorKind::InvalidCsv, "5 cells"),
        (",result,table,a\n,,x,1\n", ErrorKind::InvalidCsv, "table number `x`"),
        (",result,table,a\n,,+3,1\n", ErrorKind::InvalidCsv, "table number `+3`"),
        (",result,table,a\n,,0,\"x\"y\n", ErrorKind::InvalidCsv, "quoted cell"),
        (",result,table,a\n,,0,\"x", ErrorKind::InvalidCsv, "middle of a line"),
        ("#group,true\n,result,table,a\n", ErrorKind::InvalidCsv, "2 cells"),
        (",error,reference\n", ErrorKind::Server, "failed"),
        ("<html>502</html>\n", ErrorKind::InvalidCsv, "no annotated CSV"),
    ] {
        let (_, error) = failure(csv);
        assert_eq!(error.kind(), kind, "{csv:?}");
        assert!(error.to_string().contains(words), "{error} should say {words:?}");
    }
}

#[test]
fn without_annotations_every_cell_is_text_and_every_row_names_its_result() {
    let tables = tables(",result,table,n\n,a,0,1\n,a,1,2\n,b,1,3\n").unwrap();
    let shapes: Vec<_> = tables.iter().map(|t| (t.result(), t.id())).collect();
    assert_eq!(shapes, [("a", 0), ("a", 1), ("b", 1)]);
    assert_eq!(tables[2].records()[0].get("n"), Some(&"3".into()));
}

#[test]
fn user_columns_may_be_called_like_those_of_the_format() {
    let csv = ",result,table,error,reference,result\n,,0,e,r,x\n";
    assert_eq!(tables(csv).unwrap()[0].records()[0].get("result"), Some(&"x".into()));
}

#[test]
fn chunks_may_come_early_and_a_record_is_there_only_when_announced() {
    let whole = tables(TWO_TABLES).unwrap();
    let (mut reader, mut found) = (Reader::new(), Vec::new());
    let mut chunks = TWO_TABLES.as_bytes().chunks(11);
    loop {
        // One more chunk at every step, whatever the reader asks for.
        match chunks.next() {
            Some(chunk) => reader.feed(chunk.to_vec()),
            None => reader.finish(),
        }
        let step = reader.advance().unwrap();
        assert_eq!(reader.record().is_some(), step == Step::Record, "{step:?}");
        match step {
            Step::End => break,
            step => super::table::collect(step, &reader, &mut found).unwrap(),
        }
    }
    assert_eq!(found, whole);
}

#[test]
fn a_table_number_in_the_default_row_stands_for_empty_cells() {
    let csv = "#datatype,string,long,long\n#group,false,false,false\n#default,_result,3,\n\
               ,result,table,n\n,,,1\n,,3,2\n,,4,3\n";
    let shapes: Vec<_> = tables(csv).unwrap().iter().map(|t| (t.id(), t.records().len())).collect();
    assert_eq!(shapes, [(3, 2), (4, 1)]);
}

#[test]
fn whatever_follows_the_header_of_an_error_is_the_error() {
    for row in ["#boom\n", ",boom,\n", "boom\n", "{\"boom\":1}\n"] {
        let (_, error) = failure(&format!(",error,reference\n{row}"));
        assert!(error.server_message().unwrap().contains("boom"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Server, "{row:?}");
        assert!(!error.is_retryable());
    }
}

#[test]
fn a_number_beyond_its_type_is_no_infinity() {
    let cell = |text: &'static str| super::Cell::new(text.as_bytes());
    assert!(cell("1e300").float32().is_err());
    assert!(cell("1e400").float().is_err());
    assert_eq!(cell("+Inf").float().unwrap(), f64::INFINITY);
    assert_eq!(cell("-Inf").float32().unwrap(), f32::NEG_INFINITY);
    assert_eq!(cell("0.1").float32().unwrap(), 0.1);
    assert!(cell("9223372036854775808").integer().is_err());
    assert!(cell("").float().is_err());
}

/// Tables and rows as texts, in a dialect; cut into pieces of each size the same.
fn read_as(csv: &[u8], dialect: Dialect) -> Result<Vec<String>, Error> {
    let read = |size: usize| {
        let mut reader = Reader::with_dialect(dialect);
        let mut pieces = csv.chunks(size);
        let mut found = Vec::new();
        loop {
            match reader.advance()? {
                Step::End => return Ok(found),
                Step::NeedInput => match pieces.next() {
                    Some(piece) => reader.feed(piece.to_vec()),
                    None => reader.finish(),
                },
                Step::Table => {
                    let table = reader.table();
                    let columns = table.columns().iter();
                    let columns: Vec<_> =
                        columns.map(|c| format!("{}:{}", c.name, c.datatype)).collect();
                    found.push(format!("{}/{} {}", table.result(), table.id(), columns.join(" ")));
                }
                Step::Record => {
                    let cells = reader.record().unwrap();
                    let cells: Vec<_> =
                        cells.iter().map(|(_, cell)| cell.text().unwrap()).collect();
                    found.push(cells.join("|"));
                }
            }
        }
    };
    let whole = read(csv.len());
    for size in [1, 2, 3, 7, 4096] {
        let show = |outcome: &Result<Vec<String>, Error>| format!("{outcome:?}");
        assert_eq!(show(&read(size)), show(&whole), "pieces of {size}");
    }
    whole
}

#[test]
fn any_character_but_a_quote_and_line_ends_can_be_the_delimiter() {
    for delimiter in *b";\t |#0a" {
        let dialect = Dialect::new().delimiter(delimiter).unwrap();
        let with = |csv: &str| csv.replace(',', &char::from(delimiter).to_string());
        // As the server's writer does, cells that hold the delimiter are in quotes.
        let csv = match delimiter {
            b'a' => with("\"#datatype\",string,long,double\n,result,\"table\",n\n,x,1,1.5\n"),
            b'#' => with("\"#datatype\",string,long,double\n,result,table,n\n,x,1,1.5\n"),
            _ => with("#datatype,string,long,double\n,result,table,n\n,x,1,1.5\n"),
        };
        assert_eq!(read_as(csv.as_bytes(), dialect).unwrap(), ["x/1 n:double", "1.5"], "{csv}");
    }
    for delimiter in *b"\"\r\n\0\x80\xFF" {
        let error = Dialect::new().delimiter(delimiter).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    let error =
        read_as(TWO_TABLES.as_bytes(), Dialect::new().delimiter(b';').unwrap()).unwrap_err();
    assert!(error.to_string().contains("line 4, byte"), "{error}");
}

#[test]
fn without_headers_columns_are_numbered_and_blocks_end_where_they_must() {
    let unnamed = Dialect::new().header(false);
    // With annotations, as the server writes them: a block, an empty table, another result.
    let csv = "#datatype,string,long,double\r\n#group,false,false,true\r\n#default,_result,,\r\n\
               ,,0,1.5\r\n,,1,2\r\n\r\n\
               #datatype,string,long,long,string\r\n#group,false,false,false,true\r\n\
               #default,_result,2,,b\r\n\r\n\
               #datatype,string,long,long\r\n#group,false,false,true\r\n#default,other,,\r\n,,0,7\r\n\r\n";
    assert_eq!(
        read_as(csv.as_bytes(), unnamed).unwrap(),
        [
            "_result/0 col0:double",
            "1.5",
            "_result/1 col0:double",
            "2",
            "_result/2 col0:long col1:string",
            "other/0 col0:long",
            "7",
        ]
    );
    // The empty table may be the last one.
    let empty = "#datatype,string,long,long\n#group,false,false,true\n#default,_result,0,5\n";
    assert_eq!(read_as(empty.as_bytes(), unnamed).unwrap(), ["_result/0 col0:long"]);
    // Without annotations only blank lines part what has other columns.
    let csv = ",a,0,1\n,a,0,2\n,a,1,3\n\n,b,0,x,y\n";
    assert_eq!(
        read_as(csv.as_bytes(), unnamed).unwrap(),
        ["a/0 col0:string", "1", "2", "a/1 col0:string", "3", "b/0 col0:string col1:string", "x|y"]
    );
    for (csv, words) in [
        (",a,0,1\n,a,0,1,2\n", "5 cells where the table has 4 columns"),
        (",a\n", "2 cells where the table has 3 columns"),
        ("#datatype,string,long,double\n", "before the rows of its last table"),
        (",result,table,n\n", "a header comes where none should be"),
        (",error,reference\n,boom,\n", "boom"),
    ] {
        let error = read_as(csv.as_bytes(), unnamed).unwrap_err();
        assert!(error.to_string().contains(words), "{csv:?}: {error}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_and_half_of_one_is_not() {
    let csv = [&b"\xEF\xBB\xBF"[..], TWO_TABLES.as_bytes()].concat();
    assert_eq!(tables(csv.clone()).unwrap(), tables(TWO_TABLES).unwrap());
    assert_eq!(read_as(&csv, Dialect::new()).unwrap().len(), 8);
    let error = tables([&csv, &b",x\n"[..]].concat()).unwrap_err();
    assert_eq!(error.position().unwrap().byte, csv.len() as u64);
    for (csv, words) in [
        (&b"\xEF\xBB\xBF"[..], "the reply is empty"),
        (b"\xEF\xBB", "no annotated CSV"),
        (b"\xEF\xBB,result,table,n\n", "no annotated CSV"),
    ] {
        let error = read_as(csv, Dialect::new()).unwrap_err();
        assert!(error.to_string().contains(words), "{csv:?}: {error}");
        assert_eq!(error.position().unwrap().byte, if csv.len() == 3 { 3 } else { 0 });
    }
}

#[test]
fn a_row_beyond_the_limit_is_refused_wherever_it_is_cut() {
    let csv = format!(",result,table,n\n,r,0,{}\n,r,0,{}\n", "x".repeat(24), "x".repeat(25));
    for size in [1, 2, 7, 1000] {
        let mut reader = Reader::new().max_record_size(30);
        let mut pieces = csv.as_bytes().chunks(size);
        let mut rows = 0;
        let error = loop {
            match reader.advance() {
                Ok(Step::NeedInput) => reader.feed(pieces.next().unwrap().to_vec()),
                Ok(Step::End) => panic!("the second row is too long"),
                Ok(step) => rows += usize::from(step == Step::Record),
                Err(error) => break error,
            }
        };
        assert_eq!(rows, 1, "pieces of {size}");
        let said = "a line is longer than 30 bytes (line 3, byte 46 of the reply)";
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn a_cell_may_be_larger_than_a_chunk_and_a_row_has_so_many_cells() {
    let long = "x".repeat(3 << 20);
    let csv = format!(",result,table,n\n,r,0,\"{long}\n\"\"{long}\"\n");
    let mut reader = Reader::new();
    let mut pieces = csv.as_bytes().chunks(4096);
    loop {
        match reader.advance().unwrap() {
            Step::NeedInput => reader.feed(pieces.next().unwrap().to_vec()),
            Step::Record => break,
            _ => {}
        }
    }
    assert_eq!(reader.record().unwrap().cell(0).text().unwrap(), format!("{long}\n\"{long}"));

    let wide = |cells: usize| tables(format!(",result,table{}\n", ",n".repeat(cells - 3)));
    assert!(wide(1 << 16).is_ok());
    let error = wide((1 << 16) + 1).unwrap_err();
    assert!(error.to_string().starts_with("a line has more than 65536 cells"), "{error}");
}

#[test]
fn every_datatype_is_known_and_those_without_a_type_in_rust_are_text() {
    let csv = "#datatype,string,long,duration,base64Binary,dateTime,dateTime:RFC3339Nano,regexp\n\
               ,result,table,a,b,c,d,e\n,r,0,1h30m,aGk=,2024-05-01T12:00:00Z,2024-05-01T12:00:00.5Z,/x/\n";
    let tables = tables(csv).unwrap();
    let values: Vec<_> = tables[0].records()[0].values().iter().map(Value::to_string).collect();
    assert_eq!(values, ["1h30m", "aGk=", "2024-05-01T12:00:00Z", "2024-05-01T12:00:00.5Z", "/x/"]);
    let types: Vec<_> = tables[0].columns().iter().map(|c| c.datatype.clone()).collect();
    assert_eq!(types[..2], [Datatype::Duration, Datatype::Base64Binary]);
    assert_eq!(
        types[2..],
        [Datatype::DateTime, Datatype::DateTime, Datatype::Other("regexp".into())]
    );
}

#[test]
fn a_line_of_something_else_fails_before_its_end_comes() {
    let mut reader = Reader::new();
    for _ in 0..17 {
        reader.feed("x".repeat(4096));
    }
    let error = reader.advance().unwrap_err();
    assert!(error.to_string().contains("(65536 bytes in all)"), "{error}");
    assert_eq!(reader.advance().unwrap(), Step::End);
}

#[test]
fn a_comment_between_rows_is_no_row() {
    let csv = ",result,table,n\n,r,0,1\n#a,r,0,2\n,r,0,3\n";
    assert_eq!(read_as(csv.as_bytes(), Dialect::new()).unwrap(), ["r/0 n:string", "1", "3"]);
}

#[test]
fn a_row_after_an_empty_table_belongs_to_the_table_that_it_names() {
    let csv = "#default,r,0,\n,result,table,n\n,,0,1\n#default,r,1,\n,result,table,n\n,,0,2\n";
    let found = read_as(csv.as_bytes(), Dialect::new()).unwrap();
    assert_eq!(found, ["r/0 n:string", "1", "r/1 n:string", "r/0 n:string", "2"]);
}

#[test]
fn a_limit_may_be_set_within_a_row() {
    for csv in ["\"abcdefgh", "abcdefgh", ",abcdefgh"] {
        let mut reader = Reader::new();
        reader.feed(csv);
        assert_eq!(reader.advance().unwrap(), Step::NeedInput);
        let error = reader.max_record_size(4).advance().unwrap_err();
        assert!(error.to_string().starts_with("a line is longer than 4 bytes"), "{error}");
    }
}
