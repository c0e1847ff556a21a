use serde_json::json;

use super::QueryRequest;
use crate::query::{Annotation, Dialect};

fn message(body: &str) -> String {
    QueryRequest::decode(None, body.as_bytes()).unwrap_err().message
}

#[test]
fn what_the_body_may_say() {
    let body = json!({
        "query": "q",
        "type": null,
        "now": "2020-01-01T00:00:00+01:00",
        "params": {},
        "dialect": { "Header": false, "delimiter": ";", "annotations": ["group", "datatype"] },
    });
    let request = QueryRequest::decode(Some("text/plain"), body.to_string().as_bytes()).unwrap();
    let dialect = Dialect {
        header: false,
        delimiter: b';',
        annotations: vec![Annotation::Group, Annotation::Datatype],
    };
    let now = Some(1_577_833_200_000_000_000);
    let script = "q".to_owned();
    assert_eq!(request, QueryRequest { script, extern_file: None, now, dialect });

    let script = QueryRequest::decode(Some("Application/vnd.flux; charset=utf-8"), b"1").unwrap();
    assert_eq!(script.script, "1");
    assert_eq!(script.dialect, Dialect { header: true, delimiter: b',', annotations: vec![] });
    let cut = QueryRequest::decode(None, br#"{"QUERY":"q"}{"query":"#).unwrap();
    assert_eq!(cut.script, "q");
}

#[test]
fn what_it_may_not() {
    for (body, expected) in [
        ("", "EOF"),
        ("{", "unexpected EOF"),
        ("from()", "invalid character 'r' in literal false (expecting 'a')"),
        ("junk", "invalid character 'j' looking for beginning of value"),
        ("[]", "json: cannot unmarshal array into Go value of type http.QueryRequest"),
        ("null", "request body requires either query or AST"),
        (
            r#"{"query":1}"#,
            "cannot unmarshal number into Go struct field QueryRequest.query of type string",
        ),
        (r#"{"query":"q","type":"influxql"}"#, "unknown query type: influxql"),
        (r#"{"query":"q","now":1}"#, "Time.UnmarshalJSON: input is not a JSON string"),
        (
            r#"{"query":"q","dialect":{"delimiter":"é"}}"#,
            "invalid dialect delimeter: must be length 1",
        ),
        (r#"{"query":"q","dialect":{"annotations":["x"]}}"#, "unknown dialect annotation type: x"),
        (r#"{"query":"q","dialect":{"commentPrefix":"//"}}"#, "must be length 0 or 1"),
        (
            r#"{"query":"q","dialect":{"dateTimeFormat":"x"}}"#,
            "unknown dialect date time format: x",
        ),
        (r#"{"ast":null}"#, "does not know queries given as `ast`"),
    ] {
        assert!(message(body).contains(expected), "{body}: {}", message(body));
    }
}
