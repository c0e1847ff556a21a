//! Bodies of requests, with Go's words for what is no JSON.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::refusal::Refusal;

/// Reads a body's first value; what follows it is not looked at. `refuse` puts words into a refusal.
pub(super) fn decode<T: DeserializeOwned>(
    body: &[u8],
    refuse: impl Fn(&str) -> Refusal,
) -> Result<T, Refusal> {
    serde_json::from_value(value(body, refuse)?)
        .map_err(|error| Refusal::unknown(format!("the words for this body: {error}")))
}

/// As [`decode`], of any shape.
pub(super) fn value(body: &[u8], refuse: impl Fn(&str) -> Refusal) -> Result<Value, Refusal> {
    let start = body.trim_ascii_start();
    match start.first() {
        None => return Err(refuse("EOF")),
        Some(b'[' | b'{' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' | b'\'' | b'\\') => {}
        Some(byte) if byte.is_ascii_graphic() => {
            let character = char::from(*byte);
            return Err(refuse(&format!(
                "invalid character '{character}' looking for beginning of value"
            )));
        }
        Some(_) => {}
    }
    if let Some(words) = ["true", "false", "null"].iter().find_map(|word| misspelt(start, word)) {
        return Err(refuse(&words));
    }
    match serde_json::Deserializer::from_slice(start).into_iter().next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) if error.is_eof() => Err(refuse("unexpected EOF")),
        _ => Err(Refusal::unknown("how to read this body as JSON")),
    }
}

/// What is wrong with a text that begins as `word` and is another one: a script without its content
/// type, say.
fn misspelt(text: &[u8], word: &str) -> Option<String> {
    let same = text.iter().zip(word.bytes()).take_while(|(a, b)| **a == *b).count();
    let found =
        char::from(*text.get(same).filter(|byte| byte.is_ascii_graphic() || **byte == b' ')?);
    let expected = char::from(*word.as_bytes().get(same).filter(|_| same > 0)?);
    let is_plain = !matches!(found, '\'' | '"' | '\\');
    is_plain
        .then(|| format!("invalid character '{found}' in literal {word} (expecting '{expected}')"))
}
