//! Replies that are cut: a part of one never passes for all of it, and where its chunks are cut
//! changes nothing.

use std::io::Write as _;

use influx_core::annotated_csv::{OwnedRecord, Reader};
use influx_core::measurement::{Decoder, Progress};
use influx_core::{Client, Error, ErrorKind, Measurement};
use influx_fuzz::Event;
use proptest::prelude::*;

use crate::support::canned::{End, sequence};

/// Replies of every shape, each with the number of its rows.
const REPLIES: [(&str, usize); 8] = [
    // Several tables in one block.
    (
        "#datatype,string,long,double,string\r\n#group,false,false,false,true\r\n\
         #default,_result,,,\r\n,result,table,temp,host\r\n,,0,22.35,a\r\n,,0,,a\r\n,,1,19,b\r\n\r\n",
        3,
    ),
    // Several results, with defaults.
    (
        "#datatype,string,long,long\r\n#group,false,false,false\r\n#default,a,,7\r\n\
         ,result,table,n\r\n,,0,1\r\n,,0,\r\n\r\n#datatype,string,long,boolean\r\n\
         #group,false,false,false\r\n#default,b,,\r\n,result,table,ok\r\n,,0,true\r\n\r\n",
        3,
    ),
    // An empty table in front of another.
    (
        "#datatype,string,long,string,long\r\n#group,false,false,true,false\r\n\
         #default,_result,0,a,\r\n,result,table,host,n\r\n\r\n#datatype,string,long,string,long\r\n\
         #group,false,false,true,false\r\n#default,_result,,,\r\n,result,table,host,n\r\n\
         ,,1,b,10\r\n,,1,b,100\r\n\r\n",
        2,
    ),
    // Delimiters, quotes and line ends in quotes.
    (
        "#datatype,string,long,string\r\n#group,false,false,false\r\n#default,_result,,\r\n\
         ,result,table,\"a, \"\"b\"\"\r\n\"\r\n,,0,\"c, \"\"d\"\"\r\n\r\n,,0,e\"\r\n,,0,\"\"\"\"\r\n\
         ,,0,f\r\n\r\n",
        3,
    ),
    // A failure behind rows.
    (
        "#datatype,string,long,long\r\n#group,false,false,false\r\n#default,_result,,\r\n\
         ,result,table,n\r\n,,0,1\r\n,,0,2\r\n\r\n#datatype,string,string\r\n#group,true,true\r\n\
         #default,,\r\n,error,reference\r\n,\"runtime error @1:1-2:3: \"\"boom\"\"\",\r\n",
        2,
    ),
    // No annotations: each row names its result.
    (",result,table,n,error\r\n,a,0,1,x\r\n,a,1,12,\r\n,b,0,123,x\r\n", 3),
    // Characters of two to four bytes, in names and values.
    (
        "#datatype,string,long,string\r\n#group,false,false,true\r\n#default,größe,,ß\r\n\
         ,result,table,温度\r\n,,0,é\r\n,,0,\r\n,,1,\"\u{1F980}\r\n\u{1F980}\"\r\n\r\n",
        3,
    ),
    // A result without tables.
    ("\r\n", 0),
];

/// What is no reply, or stops being one.
const BROKEN: [&[u8]; 12] = [
    b"",
    b"<html>\r\n<p>please, \"log\" in</p>\r\n</html>\r\n",
    b",result,table,n\r\n,,0,1\r\n{\"code\":\"internal error\",\"message\":\"a, panic\"}\r\n",
    b",result,table,n\r\n,,0,1\r\n{\"code\":\"internal error\",\"message\":\"a, panic\"}",
    b",result,table,n\r\n,,0\r\n",
    b",result,table,n\r\n,,0,\"1\r\n\"2\r\n",
    b",result,table,n\r\n,,0,\"1\"\r2\r\n",
    b",result,table,n\r\n,,x,1\r\n",
    b",result,table,\xFFn\r\n,,0,1\r\n",
    b"#datatype,string,long,long\n,result,table,n\n\n,,0,1\n#group,true\n,result,table,n\n",
    b"\xEF\xBB\xBF,result,table,n\r\n,,0,1\r\n",
    b",error,reference\n",
];

/// All of a reply, read from memory.
struct Whole {
    rows: Vec<OwnedRecord>,
    /// Where each row starts.
    starts: Vec<u64>,
    error: Option<ErrorKind>,
}

impl Whole {
    fn read(csv: &'static str, expected: usize) -> Self {
        let starts = events([csv.as_bytes()]).into_iter().filter_map(|event| match event {
            Event::Record { position, .. } => Some(position.byte),
            _ => None,
        });
        let (mut decoder, mut rows) = (Decoder::<OwnedRecord>::new(), Vec::new());
        decoder.feed(csv);
        let error = loop {
            match decoder.advance() {
                Ok(Progress::Row) => rows.push(decoder.row().unwrap().unwrap()),
                Ok(Progress::NeedInput) => decoder.finish(),
                Ok(Progress::End) => break None,
                Err(error) => break Some(error.kind()),
            }
        };
        assert_eq!(rows.len(), expected, "{csv}");
        Self { rows, starts: starts.collect(), error }
    }

    /// The rows that are complete where a line ends.
    fn before(&self, line_end: usize) -> &[OwnedRecord] {
        &self.rows[..self.starts.iter().filter(|start| **start < line_end as u64).count()]
    }
}

/// Where the lines of a reply end, save for line ends in quotes.
fn line_ends(csv: &str) -> Vec<usize> {
    let mut quoted = false;
    let ends_here = |(at, byte)| {
        quoted ^= byte == b'"';
        (byte == b'\n' && !quoted).then_some(at + 1)
    };
    csv.bytes().enumerate().filter_map(ends_here).collect()
}

/// The rows that come of a query, up to its end or its error.
async fn rows(client: &Client) -> (Vec<OwnedRecord>, Option<Error>) {
    let (mut source, mut rows) = (client.query("x").rows::<OwnedRecord>(), Vec::new());
    loop {
        match source.next().await {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => return (rows, None),
            Err(error) => return (rows, Some(error)),
        }
    }
}

/// Puts a body into an answer; gives its head and what follows.
type Framing = fn(&[u8]) -> (String, Vec<u8>);

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\nconnection: close\r\n";

/// In chunks that end within lines.
fn chunked(body: &[u8]) -> (String, Vec<u8>) {
    let mut framed = Vec::new();
    for chunk in body.chunks(50) {
        write!(framed, "{:x}\r\n", chunk.len()).unwrap();
        framed.extend_from_slice(chunk);
        framed.extend_from_slice(b"\r\n");
    }
    framed.extend_from_slice(b"0\r\n\r\n");
    (format!("{HEAD}transfer-encoding: chunked\r\n\r\n"), framed)
}

fn of_known_length(body: &[u8]) -> (String, Vec<u8>) {
    (format!("{HEAD}content-length: {}\r\n\r\n", body.len()), body.to_vec())
}

/// As influxd compresses a large reply.
fn compressed(body: &[u8]) -> (String, Vec<u8>) {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    let (head, framed) = chunked(&encoder.finish().unwrap());
    (head.replace("\r\n\r\n", "\r\ncontent-encoding: gzip\r\n\r\n"), framed)
}

fn answer((head, body): (String, Vec<u8>)) -> Vec<u8> {
    [head.into_bytes(), body].concat()
}

/// Closes the connection at every byte behind the answer's head.
async fn close_early(framing: Framing) {
    for (csv, expected) in REPLIES {
        let whole = Whole::read(csv, expected);
        let (head, body) = framing(csv.as_bytes());
        let length = body.len();
        let part = move |cut| answer((head.clone(), body[..cut].to_vec()));
        let client = sequence((0..=length).map(part), End::Close).await.build().unwrap();
        for cut in 0..length {
            let (rows, error) = rows(&client).await;
            let kind = error.map(|error| error.kind());
            assert!(whole.rows.starts_with(&rows), "{csv:?} cut at {cut}: {rows:?}");
            // The server's own failure may have come before the cut.
            let failed = kind.is_some() && (rows.len(), kind) == (expected, whole.error);
            let interrupted = kind == Some(ErrorKind::Interrupted);
            assert!(interrupted || failed, "{csv:?} cut at {cut}: {kind:?}");
        }
        let (rows, error) = rows(&client).await;
        assert_eq!((rows, error.map(|error| error.kind())), (whole.rows, whole.error), "{csv:?}");
    }
}

/// Ends the reply at every one of its bytes, as if that were all of it.
async fn end_early(framing: Framing) {
    for (csv, expected) in REPLIES {
        let whole = Whole::read(csv, expected);
        let line_ends = line_ends(csv);
        let part = move |cut| answer(framing(&csv.as_bytes()[..cut]));
        let client = sequence((0..csv.len()).map(part), End::Close).await.build().unwrap();
        for cut in 0..csv.len() {
            let (rows, error) = rows(&client).await;
            assert!(whole.rows.starts_with(&rows), "{csv:?} cut at {cut}: {rows:?}");
            match error.map(|error| error.kind()) {
                None => {
                    assert!(line_ends.contains(&cut), "{csv:?} cut at {cut}: a short success");
                    assert_eq!(rows, whole.before(cut), "{csv:?} cut at {cut}");
                }
                Some(ErrorKind::InvalidCsv | ErrorKind::Server) => {}
                Some(other) => panic!("{csv:?} cut at {cut}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_connection_that_closes_before_the_last_chunk_is_no_success() {
    close_early(chunked).await;
}

#[tokio::test]
async fn a_connection_that_closes_before_the_length_it_named_is_no_success() {
    close_early(of_known_length).await;
}

#[tokio::test]
async fn a_connection_that_closes_within_a_compressed_reply_is_no_success() {
    close_early(compressed).await;
}

#[tokio::test]
async fn a_reply_that_is_ended_within_a_line_by_a_last_chunk_is_no_success() {
    end_early(chunked).await;
}

#[tokio::test]
async fn a_reply_that_is_ended_within_a_line_by_its_length_is_no_success() {
    end_early(of_known_length).await;
}

/// Two series of several fields, with gaps, which are put together to whole rows.
const NARROW: &str = "#datatype,string,long,dateTime:RFC3339,double,string,string\r\n\
     #group,false,false,false,false,true,true\r\n#default,_result,,,,,\r\n\
     ,result,table,_time,_value,_field,host\r\n,,0,1970-01-01T00:00:01Z,1.5,a,x\r\n\
     ,,0,1970-01-01T00:00:02Z,2.5,a,x\r\n\r\n\
     #datatype,string,long,dateTime:RFC3339,string,string,string\r\n\
     #group,false,false,false,false,true,true\r\n#default,_result,,,,,\r\n\
     ,result,table,_time,_value,_field,host\r\n,,1,1970-01-01T00:00:02Z,\"\"\"two\"\",\r\n2\",b,x\r\n\
     ,,1,1970-01-01T00:00:03Z,three,b,x\r\n,,2,1970-01-01T00:00:01Z,one,b,y\r\n\r\n";

#[derive(Measurement, Debug, Clone, PartialEq)]
#[measurement(name = "m")]
struct Assembled {
    #[tag]
    host: String,
    #[field]
    a: Option<f64>,
    #[field]
    b: Option<String>,
    #[timestamp(unit = "s")]
    time: i64,
}

/// The whole rows up to the end or an error.
fn whole_rows<'x>(
    chunks: impl IntoIterator<Item = &'x [u8]>,
) -> (Vec<Assembled>, Option<ErrorKind>) {
    let (mut decoder, mut rows) = (Decoder::<Assembled>::new(), Vec::new());
    let mut chunks = chunks.into_iter();
    loop {
        match decoder.advance() {
            Ok(Progress::Row) => rows.push(decoder.row().unwrap().unwrap()),
            Ok(Progress::NeedInput) => match chunks.next() {
                Some(chunk) => decoder.feed(chunk.to_vec()),
                None => decoder.finish(),
            },
            Ok(Progress::End) => return (rows, None),
            Err(error) => return (rows, Some(error.kind())),
        }
    }
}

#[test]
fn whole_rows_do_not_depend_on_where_chunks_are_cut() {
    let text = NARROW.as_bytes();
    let whole = whole_rows([text]);
    assert_eq!((whole.0.len(), whole.1), (4, None));
    for cut in 0..text.len() {
        assert_eq!(whole_rows([&text[..cut], &text[cut..]]), whole, "cut at {cut}");
    }
    for size in 1..40 {
        assert_eq!(whole_rows(text.chunks(size)), whole, "pieces of {size}");
    }
}

#[tokio::test]
async fn a_series_of_which_a_part_came_gives_no_row() {
    let (all, _) = whole_rows([NARROW.as_bytes()]);
    let (head, body) = chunked(NARROW.as_bytes());
    let length = body.len();
    let part = move |cut| answer((head.clone(), body[..cut].to_vec()));
    let client = sequence((0..length).map(part), End::Close).await.build().unwrap();
    for cut in 0..length {
        let (mut source, mut rows) = (client.query("x").rows::<Assembled>(), Vec::new());
        let error = loop {
            match source.next().await {
                Ok(Some(row)) => rows.push(row),
                Ok(None) => panic!("cut at {cut}: a short success"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Interrupted, "cut at {cut}");
        // The first series is whole once the second begins.
        assert!(rows.is_empty() || rows == all[..3], "cut at {cut}: {rows:?}");
    }
}

fn events<'x>(chunks: impl IntoIterator<Item = &'x [u8]>) -> Vec<Event> {
    influx_fuzz::events(Reader::new(), chunks)
}

/// Replies, what is none, and every beginning of each.
fn beginnings() -> impl Iterator<Item = &'static [u8]> {
    let texts = REPLIES.into_iter().map(|(csv, _)| csv.as_bytes()).chain(BROKEN);
    texts.flat_map(|text| (0..=text.len()).map(move |end| &text[..end]))
}

/// Cuts a text into pieces of these lengths, again and again.
fn pieces<'x>(text: &'x [u8], lengths: &'x [usize]) -> impl Iterator<Item = &'x [u8]> {
    let mut lengths = lengths.iter().cycle();
    let mut rest = text;
    std::iter::from_fn(move || {
        let piece;
        (piece, rest) = rest.split_at(rest.len().min(*lengths.next()?));
        (!piece.is_empty()).then_some(piece)
    })
}

#[test]
fn the_steps_of_a_reader_do_not_depend_on_the_size_of_chunks() {
    for text in beginnings() {
        let whole = events([text]);
        for size in [1, 7, 4096] {
            assert_eq!(events(text.chunks(size)), whole, "{} of {size}", text.escape_ascii());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_steps_of_a_reader_do_not_depend_on_where_chunks_are_cut(
        lengths in prop::collection::vec(1_usize..60, 1..20)
    ) {
        for text in REPLIES.map(|(csv, _)| csv.as_bytes()).into_iter().chain(BROKEN) {
            prop_assert_eq!(events(pieces(text, &lengths)), events([text]));
        }
    }
}
