use super::skip_blanks;

/// The lines of a body that hold points, without leading blanks and line ends.
pub(super) fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, behind) = rest.split_at(end(rest));
        rest = behind.get(1..).unwrap_or_default();
        Some(line)
    })
    .map(|line| &line[skip_blanks(line, 0)..])
    .filter(|line| !matches!(line.first(), None | Some(b'#')))
    .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// Where the first line of the text ends: at the first LF that is neither inside a quoted value nor
/// behind a backslash.
///
/// The server takes any space that is not behind a backslash for the begin of the fields, even one
/// that the reading of the key takes for escaped (`\\ `); so this and that can disagree.
fn end(text: &[u8]) -> usize {
    let (mut fields, mut quoted) = (false, false);
    let (mut equals, mut commas) = (0, 0);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        fields |= byte == b' ';
        match byte {
            b'\\' if at + 2 < text.len() => at += 1,
            b'=' if fields && !quoted => equals += 1,
            b',' if fields && !quoted => commas += 1,
            b'"' if fields && equals > commas => quoted = !quoted,
            b'\n' if !quoted => return at,
            _ => {}
        }
        at += 1;
    }
    at
}
