//! Rows as types that serde reads.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{OwnedRecord, Reader, Step, tables};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Value;
use crate::time::Timestamp;

const EVERY_TYPE: &str = "#datatype,string,long,dateTime:RFC3339,double,long,unsignedLong,boolean,string\n\
    #group,false,false,false,false,false,false,false,true\n\
    #default,_result,,,,,,,\n\
    ,result,table,_time,f,i,u,b,s\n\
    ,,0,2024-05-01T12:00:00Z,1.5,-7,7,true,sun\n\
    ,,0,,,,,,\n";

#[derive(Deserialize, Debug, PartialEq, Default)]
struct Every {
    #[serde(rename = "_time")]
    time: Timestamp,
    f: f32,
    i: i8,
    u: u16,
    b: bool,
    s: String,
}

fn every() -> Every {
    let time = "2024-05-01T12:00:00Z".parse().unwrap();
    Every { time, f: 1.5, i: -7, u: 7, b: true, s: "sun".into() }
}

fn records(csv: &'static str) -> Vec<OwnedRecord> {
    tables(csv).unwrap().into_iter().flat_map(super::Table::into_records).collect()
}

/// The rows, read lent and owned, which must agree.
fn read<T: DeserializeOwned + PartialEq + std::fmt::Debug>(csv: &'static str) -> Vec<Result<T>> {
    let mut reader = Reader::new();
    let mut rows = Vec::new();
    let mut owned = records(csv).into_iter();
    reader.feed(csv);
    loop {
        match reader.advance().unwrap() {
            Step::Table => {}
            Step::NeedInput => reader.finish(),
            Step::End => return rows,
            Step::Record => {
                let record = reader.record().unwrap();
                let row = record.deserialize::<T>();
                match (&row, owned.next().unwrap().deserialize::<T>()) {
                    (Ok(lent), Ok(owned)) => assert_eq!(*lent, owned),
                    (Err(lent), Err(owned)) => {
                        assert_eq!(lent.position(), Some(record.position()));
                        assert_eq!(lent.kind(), owned.kind());
                        assert!(
                            lent.to_string().starts_with(&owned.to_string()),
                            "{lent}, {owned}"
                        );
                    }
                    (lent, owned) => panic!("{lent:?} and {owned:?}"),
                }
                rows.push(row);
            }
        }
    }
}

fn first<T: DeserializeOwned + PartialEq + std::fmt::Debug>(csv: &'static str) -> Result<T> {
    read(csv).swap_remove(0)
}

fn refused<T: DeserializeOwned + PartialEq + std::fmt::Debug>(csv: &'static str) -> Error {
    first::<T>(csv).unwrap_err()
}

#[test]
fn structs_maps_tuples_and_sequences() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Tuple(Timestamp, f64, i64, u64, bool, String);
    #[derive(Deserialize, Debug, PartialEq)]
    struct Newtype(Every);

    let Every { time, s, .. } = every();
    assert_eq!(first::<Every>(EVERY_TYPE).unwrap(), every());
    assert_eq!(first::<Option<Newtype>>(EVERY_TYPE).unwrap(), Some(Newtype(every())));
    assert_eq!(first::<Tuple>(EVERY_TYPE).unwrap(), Tuple(time, 1.5, -7, 7, true, s.clone()));
    type Positions = (String, f64, i64, u64, bool, String);
    let row = first::<Positions>(EVERY_TYPE).unwrap();
    assert_eq!(row, (time.to_string(), 1.5, -7, 7, true, s));
    assert_eq!(first::<Vec<Value>>(EVERY_TYPE).unwrap().len(), 6);
    let map = first::<HashMap<String, Value>>(EVERY_TYPE).unwrap();
    assert_eq!((map.len(), &map["f"], &map["i"]), (6, &1.5.into(), &Value::Integer(-7)));
    assert_eq!(
        first::<serde_json::Value>(EVERY_TYPE).unwrap(),
        serde_json::to_value(&records(EVERY_TYPE)[0]).unwrap()
    );
}

#[test]
fn members_may_be_flattened_renamed_defaulted_and_tagged() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Flat {
        s: Weather,
        #[serde(default)]
        missing: u8,
        absent: Option<f64>,
        #[serde(flatten)]
        rest: BTreeMap<String, serde_json::Value>,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Weather {
        Sun,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(tag = "s", rename_all = "lowercase")]
    enum Tagged {
        Sun { i: i64 },
    }

    let flat: Flat = first(EVERY_TYPE).unwrap();
    assert_eq!((flat.s, flat.missing, flat.absent), (Weather::Sun, 0, None));
    assert_eq!(flat.rest.keys().collect::<Vec<_>>(), ["_time", "b", "f", "i", "u"]);
    assert_eq!(first::<Tagged>(EVERY_TYPE).unwrap(), Tagged::Sun { i: -7 });
}

#[test]
fn nulls_are_none_and_the_empty_text_and_nothing_else() {
    type Optional = (Option<Timestamp>, Option<f32>, Option<i8>, Option<u8>, Option<bool>, String);
    let rows = read::<Optional>(EVERY_TYPE);
    assert_eq!(rows[1].as_ref().unwrap(), &(None, None, None, None, None, String::new()));
    let map = read::<BTreeMap<String, serde_json::Value>>(EVERY_TYPE).swap_remove(1).unwrap();
    assert!(map.values().all(serde_json::Value::is_null));
    for (column, outcome) in [
        ("_time", records(EVERY_TYPE)[1].get_as::<Timestamp>("_time").map(drop)),
        ("f", records(EVERY_TYPE)[1].get_as::<f64>("f").map(drop)),
        ("f", records(EVERY_TYPE)[1].get_as::<f32>("f").map(drop)),
        ("i", records(EVERY_TYPE)[1].get_as::<i64>("i").map(drop)),
        ("b", records(EVERY_TYPE)[1].get_as::<bool>("b").map(drop)),
        ("_time", read::<Every>(EVERY_TYPE).swap_remove(1).map(drop)),
    ] {
        let error = outcome.unwrap_err();
        let words = format!("column `{column}`: the cell is empty; read it as an `Option`");
        assert!(error.to_string().starts_with(&words), "{error}");
        assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    }
}

#[test]
fn what_does_not_fit_names_the_column_and_the_place() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Wrong {
        s: f64,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Misspelt {
        load: i64,
    }

    let error = refused::<Wrong>(EVERY_TYPE);
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    assert_eq!(
        error.to_string(),
        "column `s`: invalid type: string \"sun\", expected f64 (line 5, byte 187 of the reply)"
    );
    let error = refused::<Misspelt>(EVERY_TYPE);
    assert_eq!(error.kind(), ErrorKind::MissingColumn);
    assert!(
        error.to_string().starts_with(
            "there is no column `load`; mend the name, or read it as an `Option` if it may be \
             missing; the table has `_time`, `f`, `i`, `u`, `b`, `s` (line 5"
        ),
        "{error}"
    );
    let error = refused::<(Timestamp, f64)>(EVERY_TYPE);
    assert!(error.to_string().starts_with("the row has 6 columns"), "{error}");
    let error = refused::<f64>(EVERY_TYPE);
    assert!(error.to_string().contains("invalid type: map, expected f64"), "{error}");
}

#[test]
fn a_column_that_is_there_twice_is_the_last_for_a_map_and_an_error_for_a_struct() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Once {
        n: String,
    }
    const TWICE: &str = ",result,table,n,n\n,,0,a,b\n";

    assert_eq!(first::<HashMap<String, String>>(TWICE).unwrap()["n"], "b");
    assert!(refused::<Once>(TWICE).to_string().contains("duplicate field `n`"));
    let records = records(TWICE);
    assert_eq!(records[0].get_as::<&str>("n").unwrap(), "a");
    assert_eq!(serde_json::to_string(&records).unwrap(), r#"[{"n":"a","n":"b"}]"#);
}

#[test]
fn single_columns_of_a_lent_row_are_borrowed_from_the_reply() {
    let mut reader = Reader::new();
    reader.feed(EVERY_TYPE);
    while reader.advance().unwrap() != Step::Record {}
    let record = reader.record().unwrap();
    let text: &str = record.get_as("s").unwrap();
    assert_eq!(text.as_ptr(), record.get("s").unwrap().as_bytes().as_ptr());
    assert_eq!(record.get_as::<Option<u8>>("load").unwrap(), None);
    let key: Vec<_> = record.group_key().map(|(name, cell)| (name, cell.as_bytes())).collect();
    assert_eq!(key, [("s", &b"sun"[..])]);

    let error = record.get_as::<u8>("i").unwrap_err();
    assert!(error.to_string().starts_with("column `i`: invalid value: integer `-7`, expected u8"));
    assert_eq!(error.position(), Some(record.position()));
    let error = record.get_as::<&str>("load").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingColumn);
}

#[test]
fn a_cell_that_is_not_of_its_columns_type_names_the_column() {
    const NO_NUMBER: &str = "#datatype,string,long,long\n,result,table,n\n,,0,x\n";
    let error = tables(NO_NUMBER).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    assert!(
        error.to_string().starts_with("column `n`: `x` is no 64-bit integer (line 3"),
        "{error}"
    );
    // So does the default row, whose line the reader has passed.
    let error = tables("#datatype,string,long,long\n#default,,0,x\n,result,table,n\n").unwrap_err();
    assert_eq!(error.to_string(), "column `n`: `x` is no 64-bit integer");
}

#[test]
fn a_value_keeps_the_type_of_its_column() {
    let values: BTreeMap<String, Value> = read(EVERY_TYPE).swap_remove(0).unwrap();
    let row = &records(EVERY_TYPE)[0];
    for (column, value) in row.iter() {
        assert_eq!(values[&column.name], *value);
        assert_eq!(row.get_as::<Value>(&column.name).unwrap(), *value);
    }
    // Elsewhere a map is no value.
    for json in ["{}", r#"{"a":1}"#] {
        assert!(serde_json::from_str::<Value>(json).is_err());
        assert!(serde_json::from_reader::<_, Value>(json.as_bytes()).is_err());
        assert!(serde_json::from_str::<Timestamp>(json).is_err());
    }
}

#[test]
fn a_cell_that_no_member_asks_for_is_not_looked_at() {
    #[derive(Deserialize)]
    struct OnlyN {
        n: i64,
    }

    let mut reader = Reader::new();
    let csv = b"#datatype,string,long,string,long,double\n,result,table,s,n,x\n,r,0,\xFF,7,many\n";
    reader.feed(&csv[..]);
    while reader.advance().unwrap() != Step::Record {}
    let record = reader.record().unwrap();
    assert_eq!(record.deserialize::<OnlyN>().unwrap().n, 7);
    assert!(record.deserialize::<BTreeMap<String, Value>>().is_err());
}
