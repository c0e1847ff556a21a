//! `impl Measurement`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Type;
use syn::ext::IdentExt as _;

use crate::member::{Kind, Member};
use crate::model::Measurement;
use crate::{bounds, paths};

pub(crate) fn expand(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    let ident = &model.input.ident;
    let derived = paths::derived("members");
    let (generics, arguments, _) = model.input.generics.split_for_impl();
    let bounds = bounds::write(model, private);
    let row = ident.unraw().to_string();
    let name = &model.container.name;
    let precision = match model.container.precision {
        Some(unit) => {
            let variant = unit.variant();
            quote!(::core::option::Option::Some(#private::Precision::#variant))
        }
        None => quote!(::core::option::Option::None),
    };
    let columns = model.columns().map(|member| column(member, private));
    quote! {
        #derived
        impl #generics #private::Measurement for #ident #arguments #bounds {
            const SCHEMA: #private::Schema =
                #private::Schema::new(#row, #name, #precision, &[#(#columns),*]);
        }
    }
}

fn column(member: &Member<'_>, private: &TokenStream) -> TokenStream {
    let (name, variant, value_type) = match &member.kind {
        Kind::Tag { key, .. } => (key.as_str(), quote!(Tag), quote!(#private::ValueType::String)),
        Kind::Field { key, .. } => {
            (key.as_str(), quote!(Field), bounds::item(member, "TYPE", private))
        }
        Kind::Timestamp { .. } | Kind::Column { .. } | Kind::Skipped => {
            ("_time", quote!(Timestamp), quote!(#private::ValueType::Time))
        }
    };
    let (optional, texts) = (optional(member, private), texts(member));
    quote! {
        #private::ColumnSchema::new(
            #name,
            #private::Role::#variant,
            #value_type,
            #optional,
            #texts,
        )
    }
}

/// Whether the reader does without the column.
pub(crate) fn optional(member: &Member<'_>, private: &TokenStream) -> TokenStream {
    if member.default.is_some() { quote!(true) } else { bounds::item(member, "OPTIONAL", private) }
}

/// What is said of the member: its name, type and documentation.
pub(crate) fn texts(member: &Member<'_>) -> TokenStream {
    let name = member.place.name();
    let (rust_type, docs) = (spell(member.ty), &member.docs);
    quote!([#name, #rust_type, #docs])
}

/// The type as one writes it: `Option<u64>`, where tokens alone print as `Option < u64 >`.
fn spell(ty: &Type) -> String {
    let spaced = ty.to_token_stream().to_string();
    [(" < ", "<"), (" <", "<"), ("< ", "<"), (" >", ">"), (" :: ", "::"), ("& ", "&"), (" ,", ",")]
        .into_iter()
        .fold(spaced, |text, (from, to)| text.replace(from, to))
}
