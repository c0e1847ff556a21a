use bytes::Bytes;
use polars::prelude::DataFrame;

use super::decoder::{FrameDecoder, Frames, Progress};
use super::{FrameOptions, from_csv, tables_from_csv};
use crate::ErrorKind;
use crate::error::Result;

const NARROW: &str = "#datatype,string,long,dateTime:RFC3339,double,string,string\r\n\
    #group,false,false,false,false,true,true\r\n#default,_result,,,,,\r\n\
    ,result,table,_time,_value,_field,host\r\n\
    ,,0,2024-05-01T12:00:00Z,1.5,temp,\"a,\"\"\r\nb\"\r\n\
    ,,0,2024-05-01T12:00:02Z,2.5,temp,\"a,\"\"\r\nb\"\r\n\
    ,,1,2024-05-01T12:00:00Z,7,temp,č\r\n\r\n\
    #datatype,string,long,dateTime:RFC3339,long,string,string\r\n\
    #group,false,false,false,false,true,true\r\n#default,_result,,,,,\r\n\
    ,result,table,_time,_value,_field,host\r\n\
    ,,2,2024-05-01T12:00:01Z,3,load,č\r\n,,2,2024-05-01T12:00:02Z,,load,č\r\n\r\n";

/// All frames of a reply that comes in pieces.
fn in_pieces(
    csv: &str,
    size: usize,
    rows: usize,
    options: &FrameOptions,
) -> Result<Vec<DataFrame>> {
    let mut decoder = FrameDecoder::new(options.clone());
    let mut pieces = csv.as_bytes().chunks(size);
    let mut frames = Vec::new();
    loop {
        match decoder.advance(rows)? {
            Progress::Full => frames.push(decoder.take()?),
            Progress::NeedInput => match pieces.next() {
                Some(piece) => decoder.feed(Bytes::copy_from_slice(piece)),
                None => decoder.finish(),
            },
            Progress::End => {
                frames.push(decoder.take()?);
                return Ok(frames);
            }
        }
    }
}

fn column(frame: &DataFrame, name: &str) -> Vec<String> {
    let column = frame.column(name).unwrap();
    (0..frame.height()).map(|row| column.get(row).unwrap().str_value().into_owned()).collect()
}

#[test]
fn no_cut_changes_a_frame() {
    for options in [FrameOptions::new().numbers_as_floats(), FrameOptions::new().wide()] {
        let whole = from_csv(NARROW, options.clone()).unwrap();
        for size in 1..NARROW.len() {
            let frames = in_pieces(NARROW, size, usize::MAX, &options).unwrap();
            assert!(frames[0].equals_missing(&whole), "pieces of {size} bytes");
        }
        for rows in 1..7 {
            let frames = in_pieces(NARROW, 5, rows, &options).unwrap();
            let heights: usize = frames.iter().map(DataFrame::height).sum();
            assert_eq!(heights, whole.height(), "chunks of {rows} rows");
        }
    }
}

#[test]
fn fields_become_columns_and_points_rows() {
    let frame = from_csv(NARROW, FrameOptions::new().wide().with_table()).unwrap();
    let names = ["result", "table", "_time", "host", "temp", "load"];
    assert_eq!(frame.get_column_names(), names);
    assert_eq!(column(&frame, "temp"), ["1.5", "2.5", "7.0", "null", "null"]);
    assert_eq!(column(&frame, "load"), ["null", "null", "null", "3", "null"]);
    assert_eq!(column(&frame, "table"), ["0", "0", "1", "1", "1"]);
    assert_eq!(column(&frame, "host")[1..3], ["a,\"\nb", "č"]);
}

#[test]
fn each_table_has_a_frame_of_its_own_types() {
    let tables = tables_from_csv(NARROW, FrameOptions::new()).unwrap();
    let types: Vec<_> =
        tables.iter().map(|t| t.frame().column("_value").unwrap().dtype().to_string()).collect();
    assert_eq!(types, ["f64", "f64", "i64"]);
    assert_eq!(tables[2].group_key()[1], ("host".to_owned(), "č".into()));
    let series = tables_from_csv(NARROW, FrameOptions::new().wide()).unwrap();
    assert_eq!(series.iter().map(|t| t.frame().shape()).collect::<Vec<_>>(), [(2, 3), (3, 4)]);
    assert_eq!(series[1].id(), 1);
    assert_eq!(series[1].group_key(), [("host".to_owned(), "č".into())]);
}

#[test]
fn a_column_that_changes_its_type_is_an_error() {
    let error = from_csv(NARROW, FrameOptions::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    let text = error.to_string();
    for part in ["`_value`", "`long`", "`double`", "numbers_as_floats", "line 15"] {
        assert!(text.contains(part), "{text}");
    }
    let frame = from_csv(NARROW, FrameOptions::new().numbers_as_floats()).unwrap();
    assert_eq!(column(&frame, "_value"), ["1.5", "2.5", "7.0", "3.0", "null"]);
}

/// A reply of one table with these annotations, names and rows.
fn reply(datatypes: &str, groups: &str, names: &str, rows: &[&str]) -> String {
    let commas = ",".repeat(datatypes.split(',').count());
    let mut csv = format!(
        "#datatype,string,long,{datatypes}\n#group,false,false,{groups}\n#default,_result,{commas}\n\
         ,result,table,{names}\n"
    );
    rows.iter().for_each(|row| csv.push_str(&format!(",,{row}\n")));
    csv
}

#[test]
fn every_type_has_a_place() {
    let csv = reply(
        "double,long,unsignedLong,boolean,dateTime:RFC3339Nano,string,duration,base64Binary,colour",
        "false,false,false,false,false,false,false,false,false",
        "f,i,u,b,t,s,d,x,o",
        &[
            "0,-0.5,-3,18446744073709551615,true,2024-05-01T12:00:00.000000001Z,x,1m1ns,Zm8=,red",
            "0,,,,,,,,,",
            "1,+Inf,1,1,false,1970-01-01T00:00:00Z,y,-1h,,blue",
        ],
    );
    let frame = from_csv(csv, FrameOptions::new()).unwrap();
    let types: Vec<_> = frame.dtypes().iter().map(ToString::to_string).collect();
    let expected =
        ["f64", "i64", "u64", "bool", "datetime[ns, UTC]", "str", "duration[ns]", "binary", "str"];
    assert_eq!(types, expected);
    assert_eq!(column(&frame, "u"), ["18446744073709551615", "null", "1"]);
    assert_eq!(column(&frame, "f"), ["-0.5", "null", "inf"]);
    let spans = frame.column("d").unwrap().duration().unwrap().physical().to_vec();
    assert_eq!(spans, [Some(60_000_000_001), None, Some(-3_600_000_000_000)]);
    let times = frame.column("t").unwrap().datetime().unwrap().physical().to_vec();
    assert_eq!(times, [Some(1_714_564_800_000_000_001), None, Some(0)]);
    assert!(frame.columns().iter().all(|column| column.null_count() >= 1));
}

#[test]
fn a_group_key_that_lies_is_read_as_it_is() {
    let rows = ["0,a,1", "0,b,2", "0,b,3", "0,,4", "0,\"b\",5"];
    let csv = reply("string,long", "true,false", "host,i", &rows);
    for options in [FrameOptions::new(), FrameOptions::new().text_tags()] {
        let frame = from_csv(csv.clone(), options).unwrap();
        assert_eq!(column(&frame, "host"), ["a", "b", "b", "null", "b"]);
        assert_eq!(column(&frame, "i"), ["1", "2", "3", "4", "5"]);
    }
}

#[test]
fn columns_are_those_asked_for_in_that_order() {
    let csv = reply("string,long,double", "true,false,false", "host,i,f", &["0,a,1,2"]);
    let pick = |names: &[&str]| from_csv(csv.clone(), FrameOptions::new().columns(names.to_vec()));
    assert_eq!(pick(&["f", "host"]).unwrap().get_column_names(), ["f", "host"]);
    let error = pick(&["f", "hots"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingColumn);
    assert!(error.to_string().contains("`hots`; mend the name: there are `host`, `i`, `f`"));
}

#[test]
fn columns_that_were_not_asked_for_take_no_row_away() {
    let options = FrameOptions::new().wide().columns(["load", "host"]);
    let frame = from_csv(NARROW, options.clone()).unwrap();
    assert_eq!(frame.get_column_names(), ["load", "host"]);
    assert_eq!(column(&frame, "load"), ["null", "null", "null", "3", "null"]);
    let series = tables_from_csv(NARROW, options).unwrap();
    assert_eq!(series.iter().map(|t| t.frame().shape()).collect::<Vec<_>>(), [(2, 1), (3, 2)]);
}

#[test]
fn what_is_no_frame_is_an_error() {
    let bad = |csv: &str, options: FrameOptions| from_csv(csv.to_owned(), options).unwrap_err();
    let plain = FrameOptions::new;
    let twice = bad(&reply("long,long", "false,false", "i,i", &["0,1,2"]), plain());
    assert!(twice.to_string().contains("two columns `i`"), "{twice}");
    let table = reply("long,long", "false,false", "i,table", &["0,1,2"]);
    assert!(from_csv(table.clone(), plain()).is_ok());
    assert!(bad(&table, plain().with_table()).to_string().contains("two columns `table`"));
    let cell = bad(&reply("long", "false", "i", &["0,1", "0,x"]), plain());
    assert_eq!((cell.kind(), cell.position().unwrap().line), (ErrorKind::TypeMismatch, 6));
    assert!(cell.to_string().contains("column `i`: `x` is no 64-bit integer"), "{cell}");
    let months = bad(&reply("duration", "false", "d", &["0,1mo"]), plain());
    assert!(months.to_string().contains("`1mo` is no duration"), "{months}");
    let failed = format!("{}\n,error,reference\n,out of memory,\n", NARROW.trim_end());
    assert_eq!(bad(&failed, plain().wide()).kind(), ErrorKind::Server);
    let cut = &NARROW[..NARROW.len() - 10];
    assert_eq!(bad(cut, plain().wide()).kind(), ErrorKind::InvalidCsv);
}

#[test]
fn what_is_no_whole_row_is_an_error() {
    let names = "_time,_value,_field,host";
    let (types, groups) = ("dateTime:RFC3339,double,string,string", "false,false,true,true");
    let (t1, t2) = ("2024-05-01T12:00:01Z", "2024-05-01T12:00:02Z");
    let bad = |groups: &str, rows: &[String]| {
        let rows: Vec<_> = rows.iter().map(String::as_str).collect();
        let csv = reply(types, groups, names, &rows);
        from_csv(csv, FrameOptions::new().wide()).unwrap_err().to_string()
    };
    let row =
        |table: u8, time: &str, field: &str, host: &str| format!("{table},{time},1,{field},{host}");
    let back = [row(0, t1, "f", "a"), row(1, t1, "f", "b"), row(2, t1, "g", "a")];
    assert!(bad(groups, &back).contains("series `host=a` comes back"));
    let twice = [row(0, t1, "f", "a"), row(0, t1, "f", "a")];
    assert!(bad(groups, &twice).contains("has field `f` twice at"));
    let mixed =
        [row(0, t1, "f", "a"), row(0, t2, "f", "a"), row(1, t2, "g", "a"), row(1, t1, "g", "a")];
    assert!(bad(groups, &mixed).contains("not in order of time"));
    let again = [row(0, t1, "f", "a"), row(1, t1, "g", "a"), row(2, t2, "f", "a")];
    assert!(bad(groups, &again).contains("two tables of field `f`"));
    assert!(
        bad("false,false,true,false", &again).contains("column `host` is not in the group key")
    );
    let tag = [row(0, t1, "host", "a")];
    assert!(bad(groups, &tag).contains("two columns `host`"));
}

#[test]
fn a_series_without_times_is_one_row() {
    let rows = ["0,1.5,f,a", "1,2.5,g,a", "2,3.5,g,b"];
    let csv = reply("double,string,string", "false,true,true", "_value,_field,host", &rows);
    let frame = from_csv(csv, FrameOptions::new().wide()).unwrap();
    assert_eq!(frame.get_column_names(), ["host", "f", "g"]);
    assert_eq!(column(&frame, "f"), ["1.5", "null"]);
    assert_eq!(column(&frame, "g"), ["2.5", "3.5"]);
}

#[test]
fn no_reply_makes_it_panic() {
    let mut random = fastrand::Rng::with_seed(7);
    let pieces = [
        "#datatype,string,long,double,string",
        "#group,false,false,true,true",
        "#default,_result,,,",
        ",result,table,_value,_field",
        ",result,table,_time,_value",
        ",,0,1,f",
        ",,1,x,g",
        ",,0,,",
        ",error,reference",
        "\"",
        ",",
        "\r\n",
        "\n",
        "#datatype,string,long,base64Binary,duration",
        ",,0,Zm8=,1h",
        "#default,_result,0,,",
        "é",
        "\u{0}",
        "{\"message\":\"x\"}",
    ];
    for _ in 0..20_000 {
        let mut csv = String::new();
        for _ in 0..random.usize(..14) {
            csv.push_str(pieces[random.usize(..pieces.len())]);
            csv.push_str(if random.u8(..4) > 0 { "\n" } else { "" });
        }
        let options = [FrameOptions::new(), FrameOptions::new().wide().with_table()];
        let options = options[random.usize(..2)].clone();
        let whole = from_csv(csv.clone(), options.clone());
        let pieces = in_pieces(&csv, random.usize(1..9), usize::MAX, &options);
        match (whole, pieces) {
            (Ok(whole), Ok(pieces)) => assert!(whole.equals_missing(&pieces[0]), "{csv}"),
            (whole, pieces) => assert_eq!(
                whole.map_err(|error| error.to_string()).is_err(),
                pieces.is_err(),
                "{csv}"
            ),
        }
        let _ = tables_from_csv(csv, options);
    }
}
