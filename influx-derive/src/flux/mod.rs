//! `flux!`: a script that is checked when it is compiled, with places for values.

mod holes;
mod lexer;
#[cfg(test)]
mod tests;

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Ident, LitStr, Path, Token};

use crate::diagnostics::Diagnostics;
use holes::Hole;
use lexer::Kind;

/// What is wrong with a script, and where, in bytes.
#[derive(Debug, PartialEq, Eq)]
struct Mistake {
    start: usize,
    length: usize,
    message: String,
}

impl Mistake {
    fn new(start: usize, length: usize, message: impl Into<String>) -> Self {
        Self { start, length, message: message.into() }
    }
}

/// The path of `influx_core`, the script, and values under names of their own.
struct Input {
    krate: Path,
    script: LitStr,
    arguments: Vec<Argument>,
}

struct Argument {
    name: Ident,
    value: TokenStream,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = input.parse()?;
        input.parse::<Token![,]>()?;
        let script = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                "`flux!` checks a script as it compiles; give it as a literal",
            )
        })?;
        let mut arguments = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                arguments.push(input.parse()?);
            }
        }
        Ok(Self { krate, script, arguments })
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let named = |error: syn::Error| {
            syn::Error::new(error.span(), "name the value, as in `flux!(\"… {name} …\", name = 1)`")
        };
        let name = input.parse().map_err(named)?;
        input.parse::<Token![=]>().map_err(named)?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.extend([input.parse::<TokenTree>()?]);
        }
        if value.is_empty() {
            return Err(input.error("a value is missing"));
        }
        Ok(Self { name, value })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match Input::parse.parse2(input) {
        Ok(input) => input.expand(),
        Err(error) => error.into_compile_error(),
    }
}

impl Input {
    fn expand(&self) -> TokenStream {
        let krate = &self.krate;
        let text = self.script.value();
        let mut diagnostics = Diagnostics::default();
        let (tokens, mistake) = match lexer::lex(&text) {
            Ok(tokens) => (tokens, None),
            Err(mistake) => (Vec::new(), Some(mistake)),
        };
        let (holes, mistakes) = holes::holes(&tokens);
        if mistake.is_none() {
            self.check_use(&holes, &mut diagnostics);
        }
        for mistake in mistake.into_iter().chain(mistakes) {
            let message = format!("{} ({})", mistake.message, place(&text, mistake.start));
            diagnostics.at_span(self.span_of(&text, &mistake), message);
        }
        if let Some(errors) = diagnostics.into_compile_errors() {
            return quote!({ #errors #krate::flux::Script::new("") });
        }
        let words = tokens.iter().filter(|token| token.kind == Kind::Word).map(|token| token.text);
        let words: Vec<_> = words.collect();
        let Parts { pieces, columns, params } = self.parts(&text, &holes, &words);
        quote!(#krate::flux::Script::__new(&[#(#pieces),*], &[#(#columns),*], [#(#params),*]))
    }

    /// Each value has its hole.
    fn check_use(&self, holes: &[Hole<'_>], diagnostics: &mut Diagnostics) {
        for (at, argument) in self.arguments.iter().enumerate() {
            let Argument { name, .. } = argument;
            if self.arguments[..at].iter().any(|other| other.name == *name) {
                diagnostics.at(name, format_args!("`{name}` is there twice"));
            } else if !holes.iter().any(|hole| name == hole.name) {
                let message = format!("the script has no `{{{name}}}`");
                diagnostics.at(name, message);
            }
        }
    }

    fn parts(&self, text: &str, holes: &[Hole<'_>], words: &[&str]) -> Parts {
        let mut parts = Parts::default();
        let (mut piece, mut end) = (String::new(), 0);
        let mut names: Vec<(&str, String)> = Vec::new();
        for hole in holes {
            piece.push_str(&text[end..hole.start]);
            end = hole.start + hole.length;
            if hole.is_column {
                parts.columns.push(self.value(hole.name));
                parts.pieces.push(std::mem::take(&mut piece));
                continue;
            }
            let known = names.iter().position(|(path, _)| *path == hole.name);
            let at = known.unwrap_or_else(|| {
                let name = unused_name(hole.name, words, &names);
                let value = self.value(hole.name);
                parts.params.push(quote!((#name, #value)));
                names.push((hole.name, name));
                names.len() - 1
            });
            // A keyword may stand directly before the brace.
            if piece.ends_with(|last: char| last.is_alphanumeric()) {
                piece.push(' ');
            }
            piece.push_str(&names[at].1);
        }
        piece.push_str(&text[end..]);
        parts.pieces.push(piece);
        parts
    }

    /// The value of the argument of this name, else of what Rust has under it.
    fn value(&self, path: &str) -> TokenStream {
        let krate = &self.krate;
        let argument = self.arguments.iter().find(|argument| argument.name == path);
        let value = argument
            .map_or_else(|| captured(path, self.script.span()), |argument| argument.value.clone());
        quote!(#krate::flux::IntoParam::into_param(&(#value)))
    }

    /// The place in the literal, where the compiler tells and no escape of Rust shifts it.
    fn span_of(&self, text: &str, mistake: &Mistake) -> Span {
        let token = self.script.token();
        let source = token.to_string();
        let quote = source.find('"').map_or(0, |quote| quote + 1);
        let start = quote + mistake.start;
        let is_plain = source[quote..].starts_with(text);
        is_plain
            .then(|| token.subspan(start..start + mistake.length))
            .flatten()
            .unwrap_or_else(|| self.script.span())
    }
}

/// What an expansion is made of.
#[derive(Default)]
struct Parts {
    /// The script, cut at the names of columns.
    pieces: Vec<String>,
    columns: Vec<TokenStream>,
    params: Vec<TokenStream>,
}

/// A name for the script that it does not use itself.
fn unused_name(path: &str, words: &[&str], names: &[(&str, String)]) -> String {
    let mut name = format!("_{}", path.replace('.', "_"));
    while words.contains(&name.as_str()) || names.iter().any(|(_, known)| *known == name) {
        name.push('_');
    }
    name
}

/// A variable or a path of members, as if it stood where the literal stands.
fn captured(path: &str, span: Span) -> TokenStream {
    let parts = path.split('.').map(|part| -> TokenStream {
        if let Ok(index) = part.parse::<usize>() {
            let mut index = Literal::usize_unsuffixed(index);
            index.set_span(span);
            return TokenTree::from(index).into();
        }
        match Ident::parse_any.parse_str(part) {
            Ok(mut ident) => {
                ident.set_span(span);
                TokenTree::from(ident).into()
            }
            Err(_) => {
                let message = format!("`{part}` is no name of Rust");
                syn::Error::new(span, message).into_compile_error()
            }
        }
    });
    quote!(#(#parts).*)
}

/// For people: the line and the column of a byte.
fn place(text: &str, at: usize) -> String {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column} of the script")
}
