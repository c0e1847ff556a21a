use std::io::{Error as IoError, Read};

use super::{LineReader, Lines, Parser};
use crate::error::{ErrorKind, Position};

const TEXT: &str = "\u{feff}# a \"comment\"\n\ncpu temp=1 1\r\nlog text=\"two\nlines\" 2\nlog \
                    text=\"a \\\" quote\" 3\n # c=\"\nm,a=\\ b f=\"x\" 4\nbad line\nm a=\"open\nm b=1 5\nm \
                    c=\"closed\" 6\nm\\\nf=1 7\nm d=1 8";

type Read1 = Vec<Result<(Position, String), (Position, String)>>;

fn parsed(parser: Parser<'_>) -> Read1 {
    parser
        .map(|line| match line {
            Ok(line) => Ok((line.position(), line.as_str().to_owned())),
            Err(error) => Err((error.position().unwrap(), error.to_string())),
        })
        .collect()
}

#[test]
fn chunks_of_any_size_have_the_lines_of_the_whole_text() {
    for single in [false, true] {
        let whole = if single { Parser::new(TEXT).single_lines() } else { Parser::new(TEXT) };
        let whole = parsed(whole);
        for size in 1..=TEXT.len() + 1 {
            let mut reader = LineReader::new(TEXT.as_bytes()).chunk_size(size);
            if single {
                reader = reader.single_lines();
            }
            let chunks: Vec<_> = reader.map(Result::unwrap).collect();
            let joined: Vec<u8> = chunks.iter().flat_map(|c| c.as_bytes().to_vec()).collect();
            assert_eq!(joined, TEXT.as_bytes());
            let lines: Read1 = chunks.iter().flat_map(|chunk| parsed(chunk.lines())).collect();
            assert_eq!(lines, whole, "chunks of {size} bytes");
        }
    }
}

#[test]
fn a_quote_that_is_not_closed_costs_its_own_line_where_texts_hold_no_line_feed() {
    let text = "m a=\"open 1\nm b=1 2\nm c=1 3\n";
    assert_eq!(Parser::new(text).filter(Result::is_ok).count(), 0);
    let lines = parsed(Parser::new(text).single_lines());
    assert_eq!(lines.iter().filter(|line| line.is_ok()).count(), 2);
    assert_eq!(lines[0].as_ref().unwrap_err().0, Position { line: 1, byte: 0 });
    assert_eq!(lines[2].as_ref().unwrap().0, Position { line: 3, byte: 20 });
}

#[test]
fn a_line_without_end_stops_it_in_bounded_memory() {
    let text = std::io::repeat(b'x').take(1 << 40);
    let head: &[u8] = b"m a=1 1\nm a=\"";
    let reader = LineReader::new(head.chain(text)).chunk_size(16).longest_line(1_000);
    let items: Vec<_> = reader.collect();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].as_ref().unwrap().as_bytes(), b"m a=1 1\n");
    let error = items[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLine);
    assert_eq!(error.position(), Some(Position { line: 2, byte: 8 }));
    assert!(error.to_string().contains("longer than 1000 bytes"), "{error}");
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(IoError::other("the disk is gone"))
    }
}

#[test]
fn what_was_read_before_a_failure_is_said_by_its_place() {
    let head: &[u8] = b"m a=1 1\nm a=1 2\nm a";
    let items: Vec<_> = LineReader::new(head.chain(Broken)).chunk_size(8).collect();
    let error = items.last().unwrap().as_ref().unwrap_err();
    assert_eq!(items.len(), 3);
    assert_eq!(error.position(), Some(Position { line: 3, byte: 16 }));
    assert_eq!(std::error::Error::source(error).unwrap().to_string(), "the disk is gone");
}

#[test]
fn a_chunk_is_a_record() {
    let mut lines = Lines::new(None);
    for chunk in LineReader::new(TEXT.as_bytes()).chunk_size(40) {
        lines.push(&chunk.unwrap());
    }
    let error = lines.finish().unwrap_err();
    let places: Vec<_> =
        error.refused().iter().map(|r| r.reason().position().unwrap().line).collect();
    let expected: Vec<_> =
        parsed(Parser::new(TEXT)).into_iter().filter_map(|l| Some(l.err()?.0.line)).collect();
    assert_eq!(places, expected);
    assert!(LineReader::new(&b""[..]).next().is_none());
}

/// A pipe: each read gives one piece.
struct Pipe(Vec<&'static str>);

impl Read for Pipe {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            return Err(IoError::other("the pipe is broken"));
        }
        let piece = self.0.remove(0);
        out[..piece.len()].copy_from_slice(piece.as_bytes());
        Ok(piece.len())
    }
}

#[test]
fn a_slow_source_holds_no_whole_line_back() {
    let pieces = ["m a=1 1\nm b=\"x\" 2\n", "m c=\"open\n", "closed\" 3\nm\\\n", "f=1 4\nm d"];
    let expected = ["m a=1 1\nm b=\"x\" 2\n", "m c=\"open\nclosed\" 3\n", "m\\\nf=1 4\n"];
    let mut reader = LineReader::new(Pipe(pieces.to_vec()));
    for lines in expected {
        let chunk = reader.next().unwrap().unwrap();
        assert_eq!(std::str::from_utf8(chunk.as_bytes()).unwrap(), lines);
    }
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!(error.position(), Some(Position { line: 7, byte: 47 }));
    assert!(reader.next().is_none());
}

#[test]
fn whole_lines_before_a_failure_are_handed_out() {
    for single in [false, true] {
        let head: &[u8] = b"m a=1 1\nm b=\"x\" 2\nm a";
        let reader = LineReader::new(head.chain(Broken));
        let reader = if single { reader.single_lines() } else { reader };
        let items: Vec<_> = reader.collect();
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].as_ref().unwrap().as_bytes(), &head[..18]);
        assert_eq!(items[1].as_ref().unwrap_err().position().unwrap().line, 3);
    }
}

#[test]
fn the_longest_line_is_as_long_as_said() {
    let text = b"m a=1\nm abc=\"x\" 1\nm b=2\n";
    for (single, size) in
        [(false, 1), (false, 16), (false, 100), (true, 1), (true, 16), (true, 100)]
    {
        for (limit, chunks_end) in [(12, text.len()), (11, 6), (5, 0)] {
            let reader = LineReader::new(&text[..]).chunk_size(size).longest_line(limit);
            let reader = if single { reader.single_lines() } else { reader };
            let (good, bad): (Vec<_>, Vec<_>) = reader.partition(Result::is_ok);
            let taken: usize = good.into_iter().map(|chunk| chunk.unwrap().as_bytes().len()).sum();
            assert_eq!(taken, chunks_end, "limit {limit}, chunks of {size}");
            assert_eq!(bad.len(), usize::from(chunks_end < text.len()));
        }
    }
}
