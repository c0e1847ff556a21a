//! Where a member stands in its struct, by name or by position, and what it is called on the server.

use std::fmt;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Field, LitStr};

use crate::attr::{self, Once};
use crate::container::Container;
use crate::diagnostics::Diagnostics;

#[derive(Clone)]
pub(crate) struct Place(syn::Member);

impl Place {
    pub(crate) fn of(position: usize, field: &Field) -> Self {
        let unnamed = || {
            let index = u32::try_from(position).unwrap_or(u32::MAX);
            syn::Member::Unnamed(syn::Index { index, span: field.ty.span() })
        };
        Self(field.ident.clone().map_or_else(unnamed, syn::Member::Named))
    }

    /// The name or position as the schema has it.
    pub(crate) fn name(&self) -> String {
        match &self.0 {
            syn::Member::Named(ident) => ident.unraw().to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// The member's own name in the source, if it has one.
    pub(crate) const fn is_named(&self) -> bool {
        matches!(self.0, syn::Member::Named(_))
    }

    /// The member's key and where that is spelled; `attribute` is the one that names it. A position
    /// is no key.
    pub(crate) fn key(
        &self,
        own: Once<LitStr>,
        attribute: &str,
        container: &Container,
        diagnostics: &mut Diagnostics,
    ) -> Option<(String, Span)> {
        match &self.0 {
            syn::Member::Named(ident) => {
                Some(attr::name_of(ident, own, container.rename_all.get()))
            }
            syn::Member::Unnamed(_) => {
                let name = own.take().map(|name| (name.value(), name.span()));
                if name.is_none() {
                    let message = format!("member `{self}` has no name that could be its key");
                    diagnostics.at(self, format!("{message}; write #[{attribute}(name = \"…\")]"));
                }
                name
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            syn::Member::Named(ident) => ident.fmt(f),
            syn::Member::Unnamed(index) => index.index.fmt(f),
        }
    }
}

impl ToTokens for Place {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
