use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Reads a request's JSON; what follows the first value is not looked at.
///
/// # Errors
/// The words that the real server has for it, as far as they are known.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<T>();
    let error = match values.next() {
        Some(Ok(value)) => return Ok(value),
        Some(Err(error)) => error,
        None => return Err("EOF".to_owned()),
    };
    let text = body.trim_ascii_start();
    match error.classify() {
        Category::Eof => Err("unexpected EOF".to_owned()),
        Category::Syntax if !text.first().is_some_and(u8::is_ascii_punctuation) => {
            let first = String::from_utf8_lossy(text).chars().next().unwrap_or_default();
            Err(format!("invalid character '{first}' looking for beginning of value"))
        }
        _ => Err(format!("{error} (the in-process server does not know the real one's words)")),
    }
}
