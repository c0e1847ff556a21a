//! Absolute paths into `influx-core`, and where the compiler sees them.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Ident, Path};

/// The module that generated code may call, under the name that the user's crate has for ours.
pub(crate) fn private(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::measurement::__private),
        None => quote!(::influx_core::measurement::__private),
    }
}

/// What every generated implementation carries; `items` are what the user may have deprecated.
pub(crate) fn derived(items: &str) -> TokenStream {
    let reason = format!("the user's own {items} may be");
    quote!(#[automatically_derived] #[allow(deprecated, reason = #reason)])
}

/// The user's tokens, each as if written at `place`; names still mean what they meant.
pub(crate) fn moved(place: Span, tokens: TokenStream) -> TokenStream {
    respan(tokens, &|tree| tree.span().located_at(place))
}

/// Generated tokens, as if the user had written them at `place`; only the locals of generated code
/// keep their hygiene, so that they still find each other.
pub(crate) fn placed(place: Span, tokens: TokenStream) -> TokenStream {
    respan(tokens, &|tree| match tree {
        TokenTree::Ident(ident) if *ident == "self" || ident.to_string().starts_with("__") => {
            ident.span().located_at(place)
        }
        _ => place,
    })
}

fn respan(tokens: TokenStream, span: &impl Fn(&TokenTree) -> Span) -> TokenStream {
    let respan_tree = |mut tree: TokenTree| {
        let new = span(&tree);
        if let TokenTree::Group(group) = &tree {
            tree = Group::new(group.delimiter(), respan(group.stream(), span)).into();
        }
        tree.set_span(new);
        tree
    };
    tokens.into_iter().map(respan_tree).collect()
}

/// Whether any identifier in `tokens` is one of `names`.
pub(crate) fn mentions(tokens: TokenStream, names: &[&Ident]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Ident(ident) => names.iter().any(|name| **name == ident),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
