use std::borrow::Cow;
use std::collections::BTreeSet;

use super::param::{IntoParam, Param};
use crate::error::{Error, FluxCause, Result};

/// A Flux script with the values of its parameters; from text, or from [`flux!`](crate::flux!).
///
/// ```
/// use influx_core::flux::Script;
///
/// let script = Script::new("from(bucket: bucket) |> range(start: -1h)").param("bucket", "my-bucket");
/// assert_eq!(script.text(), "from(bucket: bucket) |> range(start: -1h)");
/// ```
#[derive(Debug, Clone)]
#[must_use = "a script does nothing until it is sent"]
pub struct Script {
    text: String,
    params: Vec<(Cow<'static, str>, Param)>,
    /// Why it cannot be sent, if that is known already.
    invalid: Option<Error>,
}

impl Script {
    /// A script without parameters.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), params: Vec::new(), invalid: None }
    }

    /// A script that this crate has made, or why it could not.
    #[cfg(feature = "client")]
    pub(crate) fn made(text: Result<String>) -> Self {
        match text {
            Ok(text) => Self::new(text),
            Err(error) => Self { invalid: Some(error), ..Self::new("") },
        }
    }

    /// Gives the script's name `name` a value. The module [`flux`](mod@crate::flux) says which types can
    /// be one.
    ///
    /// The name is a variable of the script and stands where an expression may: not in a string,
    /// and not as the name of a column. A script that gives the name a value too is refused by the
    /// server.
    pub fn param(mut self, name: impl Into<String>, value: impl IntoParam) -> Self {
        self.params.push((name.into().into(), value.into_param()));
        self
    }

    /// The text, in which parameters are names.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn params(&self) -> &[(Cow<'static, str>, Param)] {
        &self.params
    }

    /// Whether this can be sent.
    ///
    /// # Errors
    /// [`InvalidFlux`](crate::ErrorKind::InvalidFlux) when the text holds a NUL character;
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a parameter whose name is none or is
    /// there twice, and for a value that Flux cannot have.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client sends it"))]
    pub(crate) fn check(&self) -> Result<()> {
        if self.text.contains('\0') {
            return Err(FluxCause::Nul.into());
        }
        if let Some(error) = &self.invalid {
            return Err(error.clone());
        }
        let mut names = BTreeSet::new();
        for (name, value) in &self.params {
            check_name(name)?;
            if !names.insert(name) {
                return Err(FluxCause::ParamTwice { name: name.to_string() }.into());
            }
            if let Some(error) = value.error() {
                return Err(error.clone());
            }
        }
        Ok(())
    }
}

/// Words that Flux keeps for itself, and names that it gives a meaning of its own.
const RESERVED: [&str; 17] = [
    "and", "or", "not", "import", "package", "return", "option", "builtin", "testcase", "if",
    "then", "else", "exists", "true", "false", "now", "location",
];

fn check_name(name: &str) -> Result<()> {
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|first| first.is_alphabetic() || first == '_');
    let is_word = begins && characters.all(|other| other.is_alphanumeric() || other == '_');
    let problem = match name {
        _ if RESERVED.contains(&name) => "is a word of Flux itself",
        _ if is_word => return Ok(()),
        _ => "is no name in Flux: letters, digits and `_`, no digit first",
    };
    Err(FluxCause::ParamName { name: name.to_owned(), problem }.into())
}

/// A copy, for a script that is sent again and again.
///
/// ```
/// use influx_core::flux::Script;
///
/// let script = Script::new("buckets()");
/// assert_eq!(Script::from(&script).text(), script.text());
/// ```
impl From<&Self> for Script {
    fn from(script: &Self) -> Self {
        script.clone()
    }
}

macro_rules! from_text {
    ($($text:ty),*) => {$(
        impl From<$text> for Script {
            fn from(text: $text) -> Self {
                Self::new(text)
            }
        }
    )*};
}

from_text!(&str, String, &String, Box<str>, Cow<'_, str>);

impl Script {
    /// What `flux!` expands to: its text, cut where the names of columns go, and the values of its
    /// holes.
    #[doc(hidden)]
    pub fn __new<const PARAMS: usize>(
        pieces: &[&str],
        columns: &[Param],
        params: [(&'static str, Param); PARAMS],
    ) -> Self {
        let (mut text, mut invalid) = (String::new(), None);
        for (at, piece) in pieces.iter().enumerate() {
            text.push_str(piece);
            let written = columns.get(at).map_or(Ok(()), |column| column.write_name(&mut text));
            invalid = invalid.or(written.err());
        }
        let params = params.into_iter().map(|(name, value)| (Cow::Borrowed(name), value));
        Self { text, params: params.collect(), invalid }
    }
}
