//! Attributes as lists of options: `#[tag(name = "host", default)]`.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Path, Token};

use crate::diagnostics::Diagnostics;
use crate::names;

/// One option, `name` or `name = value`.
pub(crate) struct Opt {
    pub(crate) name: Ident,
    pub(crate) value: Option<OptValue>,
}

pub(crate) enum OptValue {
    Text(LitStr),
    Flag(syn::LitBool),
    Path(Path),
    /// A literal that no option takes.
    Literal(Lit),
}

impl Parse for Opt {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            let message = format!("an option has a name; is this `name = {:?}`?", text.value());
            return Err(syn::Error::new(text.span(), message));
        }
        let name = input.call(Ident::parse_any)?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() {
            Some(if input.peek(LitStr) {
                OptValue::Text(input.parse()?)
            } else if input.peek(syn::LitBool) {
                OptValue::Flag(input.parse()?)
            } else if input.peek(Lit) {
                OptValue::Literal(input.parse()?)
            } else {
                OptValue::Path(input.parse()?)
            })
        } else {
            None
        };
        Ok(Self { name, value })
    }
}

/// The options of those attributes that are `own`.
pub(crate) fn options_of(
    attributes: &[Attribute],
    own: impl Fn(&Attribute) -> bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Opt> {
    let own = attributes.iter().filter(|attribute| own(attribute));
    own.flat_map(|attribute| options(attribute, diagnostics)).collect()
}

/// The options of an attribute; none for `#[tag]`.
fn options(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Vec<Opt> {
    match &attribute.meta {
        Meta::Path(_) => Vec::new(),
        Meta::List(list) => {
            let parsed = list.parse_args_with(Punctuated::<Opt, Token![,]>::parse_terminated);
            parsed.map(IntoIterator::into_iter).map(Iterator::collect).unwrap_or_else(|error| {
                diagnostics.push(error);
                Vec::new()
            })
        }
        Meta::NameValue(meta) => {
            let example = match &meta.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => format!("{:?}", text.value()),
                _ => "\"…\"".into(),
            };
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            diagnostics.at(meta, format!("options go in parentheses: #[{name}(name = {example})]"));
            Vec::new()
        }
    }
}

/// A value that an attribute may set once.
pub(crate) struct Once<T> {
    name: &'static str,
    value: Option<(Span, T)>,
}

impl<T> Once<T> {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, value: None }
    }

    /// `None` was reported when it was read.
    pub(crate) fn set(&mut self, span: Span, value: Option<T>, diagnostics: &mut Diagnostics) {
        let Some(value) = value else { return };
        if self.value.is_some() {
            diagnostics.at_span(span, format!("option `{}` is given twice", self.name));
        } else {
            self.value = Some((span, value));
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn take(self) -> Option<T> {
        self.value.map(|(_, value)| value)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.value.as_ref().map(|(span, _)| *span)
    }

    pub(crate) const fn is_set(&self) -> bool {
        self.value.is_some()
    }
}

impl Opt {
    /// The text of `name = "text"`.
    pub(crate) fn text(self, diagnostics: &mut Diagnostics) -> Option<LitStr> {
        let name = &self.name;
        let message = format!("`{name}` wants a text: {name} = \"…\"");
        match self.value {
            Some(OptValue::Text(text)) => Some(text),
            other => refuse(name, other, message, diagnostics),
        }
    }

    /// The rule of `rename_all = "…"`, if it is one.
    pub(crate) fn rename_rule(self, diagnostics: &mut Diagnostics) -> Option<String> {
        let text = self.text(diagnostics)?;
        let rule = text.value();
        if names::RULES.contains(&rule.as_str()) {
            return Some(rule);
        }
        let list = names::RULES.map(|rule| format!("`{rule}`")).join(", ");
        diagnostics.at(text, format!("no such rule; `rename_all` takes {list}"));
        None
    }

    /// The path of `name = path`.
    pub(crate) fn path(self, diagnostics: &mut Diagnostics) -> Option<Path> {
        let name = &self.name;
        let message = format!("`{name}` wants a path: {name} = some::path");
        match self.value {
            Some(OptValue::Path(path)) => Some(path),
            other => refuse(name, other, message, diagnostics),
        }
    }

    /// The name of `name = NAME`.
    pub(crate) fn ident(self, diagnostics: &mut Diagnostics) -> Option<Ident> {
        let name = &self.name;
        let message = format!("`{name}` wants a name: {name} = NAME");
        match self.value {
            Some(OptValue::Path(path)) if path.get_ident().is_some() => path.get_ident().cloned(),
            other => refuse(name, other, message, diagnostics),
        }
    }

    /// Nothing may follow a flag.
    pub(crate) fn flag(self, diagnostics: &mut Diagnostics) -> Option<()> {
        if self.value.is_none() {
            return Some(());
        }
        diagnostics.at(&self.name, format!("`{}` takes no value", self.name));
        None
    }

    /// The value of `name = true` or `name = false`.
    pub(crate) fn boolean(self, diagnostics: &mut Diagnostics) -> Option<bool> {
        if let Some(OptValue::Flag(flag)) = &self.value {
            return Some(flag.value);
        }
        let name = &self.name;
        diagnostics.at(name, format!("`{name}` wants `true` or `false`: {name} = false"));
        None
    }

    pub(crate) fn span(&self) -> Span {
        self.name.span()
    }

    /// Reports an option that is none of `known`, with the nearest of them.
    pub(crate) fn unknown(&self, of: &str, known: &[&str], diagnostics: &mut Diagnostics) {
        let name = self.name.to_string();
        let nearest = known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(&name, known), known))
            .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
            .min()
            .map(|(_, known)| format!("; did you mean `{known}`?"));
        let list = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
        let tail = nearest.unwrap_or_else(|| format!("; it takes {list}"));
        diagnostics.at(&self.name, format!("{of} has no option `{name}`{tail}"));
    }
}

/// Reports a value of the wrong kind, or a missing one, at its place.
fn refuse<T>(
    name: &Ident,
    value: Option<OptValue>,
    message: String,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match value {
        Some(OptValue::Text(text)) => diagnostics.at(text, message),
        Some(OptValue::Flag(flag)) => diagnostics.at(flag, message),
        Some(OptValue::Path(path)) => diagnostics.at(path, message),
        Some(OptValue::Literal(literal)) => diagnostics.at(literal, message),
        None => diagnostics.at(name, message),
    }
    None
}

/// What an item is called on the server, and where that is spelled: its own `name`, else its
/// identifier by the rule.
pub(crate) fn name_of(ident: &Ident, own: Once<LitStr>, rule: Option<&String>) -> (String, Span) {
    match own.take() {
        Some(name) => (name.value(), name.span()),
        None => {
            let plain = ident.unraw().to_string();
            let renamed = rule.and_then(|rule| names::rename(rule, &plain));
            (renamed.unwrap_or(plain), ident.span())
        }
    }
}

/// The doc comment of an item, its lines joined.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    };
    attributes.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}
