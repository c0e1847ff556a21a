//! Tags that every record gets.

use std::sync::Arc;

use super::{LineWriter, Point};
use crate::error::Result;

/// Tags that are added to each record that lacks them, or put in the place of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct DefaultTags {
    tags: Arc<[DefaultTag]>,
    overrides: bool,
}

/// A tag as it stands in a line.
#[derive(Debug)]
struct DefaultTag {
    /// `,key=`
    key: Box<[u8]>,
    /// `,key=value`
    text: Box<[u8]>,
}

impl DefaultTags {
    /// Whoever comes later wins; empty values are left out. `overrides`: whether they win over a
    /// record's own.
    pub(crate) fn new(tags: &[(String, String)], overrides: bool) -> Result<Self> {
        let mut known: Vec<DefaultTag> = Vec::new();
        for (key, value) in tags {
            let tag = DefaultTag::new(key, value)?;
            known.retain(|other| other.key != tag.key);
            known.extend((!value.is_empty()).then_some(tag));
        }
        known.sort_by(|left, right| left.key.cmp(&right.key));
        Ok(Self { tags: known.into(), overrides })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Adds them to the tag set that starts at `start` and ends the buffer; whether something was
    /// taken out of it.
    pub(super) fn append(&self, buffer: &mut Vec<u8>, start: usize) -> bool {
        let mut replaced = false;
        for tag in &*self.tags {
            match tag.find(buffer, start) {
                Some(_) if !self.overrides => continue,
                Some((from, to)) => {
                    buffer.drain(from..to);
                    replaced = true;
                }
                None => {}
            }
            buffer.extend_from_slice(&tag.text);
        }
        replaced
    }
}

impl DefaultTag {
    fn new(key: &str, value: &str) -> Result<Self> {
        // The key alone is checked where the value is empty.
        let value = if value.is_empty() { "-" } else { value };
        let (mut line, point) =
            (LineWriter::default(), Point::measurement("m").tag(key, value).field("f", true));
        line.write(&point)?;
        let text = line.as_bytes();
        let text = &text["m".len()..text.len() - " f=true\n".len()];
        let equals = |at: &usize| text[*at] == b'=' && text[at - 1] != b'\\';
        let end = (1..text.len()).find(equals).map_or(text.len(), |at| at + 1);
        Ok(Self { key: text[..end].into(), text: text.into() })
    }

    /// Where a line has a tag of this key, from its comma to its end.
    fn find(&self, buffer: &[u8], start: usize) -> Option<(usize, usize)> {
        let tags = &buffer[start..];
        let starts = |at: &usize| *at > 0 && tags[at - 1] != b'\\';
        let from = memchr::memmem::find_iter(tags, &self.key).find(starts)?;
        let behind = from + 1;
        let ends = |at: &usize| tags[*at] == b',' && tags[at - 1] != b'\\';
        let to = (behind..tags.len()).find(ends).unwrap_or(tags.len());
        Some((start + from, start + to))
    }
}

#[cfg(test)]
mod tests {
    use super::DefaultTags;
    use crate::line_protocol::{IntoLines as _, Lines, Point};

    fn line(tags: &[(&str, &str)], overrides: bool, point: Point) -> String {
        let tags: Vec<_> = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let mut lines = Lines::new(None).default_tags(&DefaultTags::new(&tags, overrides).unwrap());
        point.append_to(&mut lines);
        String::from_utf8(lines.finish().unwrap().0).unwrap().trim_end().to_owned()
    }

    #[test]
    fn a_record_gets_the_tags_that_it_lacks() {
        let point = || Point::measurement("m").tag("core", "0").tag("ahost", "x").field("f", 1);
        assert_eq!(
            line(&[("host", "a b"), ("zone", "")], false, point()),
            "m,ahost=x,core=0,host=a\\ b f=1i"
        );
        assert_eq!(line(&[("core", "9")], false, point()), "m,ahost=x,core=0 f=1i");
        assert_eq!(line(&[("core", "9")], true, point()), "m,ahost=x,core=9 f=1i");
        assert_eq!(line(&[("ahost", "9"), ("core", "8")], true, point()), "m,ahost=9,core=8 f=1i");
        assert_eq!(
            line(&[("host", "a"), ("host", "b")], false, point()),
            "m,ahost=x,core=0,host=b f=1i"
        );
    }

    #[test]
    fn what_only_looks_like_the_tag_is_not_it() {
        let point = Point::measurement("m,host=1").tag("x", "1,host=2").field("f", 1);
        assert_eq!(line(&[("host", "a")], true, point), "m\\,host=1,x=1\\,host\\=2,host=a f=1i");
        let point =
            Point::measurement("m").tag("a,b", "1").tag("b", "2").field("f", 1).field("g", 2);
        assert_eq!(line(&[("b", "3"), ("a=", "4")], true, point), "m,a\\,b=1,a\\==4,b=3 f=1i,g=2i");
    }

    #[test]
    fn what_no_line_can_carry_is_refused() {
        for (key, value) in [("time", "x"), ("", "x"), ("a", "x\\"), ("time", "")] {
            assert!(
                DefaultTags::new(&[(key.to_owned(), value.to_owned())], false).is_err(),
                "{key}"
            );
        }
    }
}
