//! The typed column constants.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::bounds;
use crate::model::{Kind, Measurement, Member};

pub(crate) fn expand(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    if !model.container.columns || model.members.is_empty() {
        return TokenStream::new();
    }
    let ident = &model.input.ident;
    let (generics, arguments, _) = model.input.generics.split_for_impl();
    let bounds = bounds::write(model, private);
    let constants = model
        .columns()
        .map(|member| constant(model, member, private));
    quote! {
        #[automatically_derived]
        #[allow(
            dead_code, private_interfaces, private_bounds, non_upper_case_globals,
            reason = "nobody needs every column"
        )]
        impl #generics #ident #arguments #bounds {
            #(#constants)*
        }
    }
}

fn constant(model: &Measurement<'_>, member: &Member<'_>, private: &TokenStream) -> TokenStream {
    let (visibility, constant, ty) = (&model.input.vis, &member.constant, member.ty);
    let trait_of_role = bounds::role(member, private);
    let (name, role, noun) = match &member.kind {
        Kind::Tag { key, .. } => (key.as_str(), quote!(Tag), "tag"),
        Kind::Field { key, .. } => (key.as_str(), quote!(Field), "field"),
        Kind::Timestamp { .. } | Kind::Skipped => ("_time", quote!(Timestamp), "timestamp"),
    };
    let docs = if member.docs.is_empty() {
        format!("The {noun} `{name}`.")
    } else {
        format!("The {noun} `{name}`: {}", member.docs)
    };
    let base = quote_spanned!(ty.span()=> <#ty as #trait_of_role>::Base);
    quote! {
        #[doc = #docs]
        #visibility const #constant: #private::Column<Self, #private::role::#role, #base> =
            #private::Column::new(#name);
    }
}
