//! The typed column constants.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use crate::member::{Kind, Member};
use crate::model::Measurement;
use crate::{bounds, paths};

pub(crate) fn expand(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    if !model.container.columns || model.members.is_empty() {
        return TokenStream::new();
    }
    let ident = &model.input.ident;
    let (generics, arguments, _) = model.input.generics.split_for_impl();
    let bounds = bounds::write(model, private);
    // Two of one name are reported already.
    let mut seen = BTreeSet::new();
    let constants = model.columns().filter_map(|member| {
        let name = member.constant.as_ref()?;
        seen.insert(name.to_string()).then(|| constant(name, model, member, private))
    });
    quote! {
        #[automatically_derived]
        #[allow(
            dead_code, deprecated, private_interfaces, private_bounds, non_upper_case_globals,
            reason = "nobody needs every column"
        )]
        impl #generics #ident #arguments #bounds {
            #(#constants)*
        }
    }
}

fn constant(
    constant: &Ident,
    model: &Measurement<'_>,
    member: &Member<'_>,
    private: &TokenStream,
) -> TokenStream {
    let visibility = &model.input.vis;
    let (name, role, noun) = match &member.kind {
        Kind::Tag { key, .. } => (key.as_str(), quote!(Tag), "tag"),
        Kind::Field { key, .. } => (key.as_str(), quote!(Field), "field"),
        Kind::Timestamp { .. } | Kind::Column { .. } | Kind::Skipped => {
            ("_time", quote!(Timestamp), "timestamp")
        }
    };
    let docs = if member.docs.is_empty() {
        format!("The {noun} `{name}`.")
    } else {
        // Its first paragraph: an example further down would be tested twice.
        let summary = member.docs.split("\n\n").next().unwrap_or_default();
        format!("The {noun} `{name}`: {summary}")
    };
    let base = bounds::item(member, "Base", private);
    let place = member.ty.span();
    let ty = paths::placed(place, quote!(#private::Column<Self, #private::role::#role, ));
    let end = paths::placed(place, quote!(>));
    let value = paths::placed(place, quote!(#private::Column::new(#name)));
    // At the member, where a clash with a constant of the user is to be reported.
    quote_spanned! {constant.span()=>
        #[doc = #docs]
        #visibility const #constant: #ty #base #end = #value;
    }
}
