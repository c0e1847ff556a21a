//! `impl ToLine`: one line, its constant bytes joined here.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::container::NonFinite;
use crate::member::{Kind, Member};
use crate::model::Measurement;
use crate::names::{self, Part};
use crate::{bounds, paths};

pub(crate) fn expand(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    let ident = &model.input.ident;
    let derived = paths::derived("members");
    let (generics, arguments, _) = model.input.generics.split_for_impl();
    let bounds = bounds::write(model, private);
    let measurement =
        Literal::byte_string(&names::escape(Part::Measurement, &model.container.name));
    let tags = tags(model, private);
    let mutable = (!tags.is_empty()).then(|| quote!(mut));
    let floats = model.columns().filter_map(|member| float(model, member, private));
    let fields = model.columns().filter_map(|member| field(model, member, private));
    let finish = finish(model, private);
    let precision = model.container.precision.map(|unit| {
        let variant = unit.variant();
        quote! {
            fn default_precision(&self) -> ::core::option::Option<#private::Precision> {
                ::core::option::Option::Some(#private::Precision::#variant)
            }
        }
    });
    quote! {
        #derived
        impl #generics #private::ToLine for #ident #arguments #bounds {
            fn write_line(&self, __out: &mut #private::LineWriter) -> #private::Result<()> {
                #(#floats)*
                let #mutable __line = #private::measurement(__out, #measurement);
                #(#tags)*
                let mut __line = #private::Tags::into_fields(__line);
                #(#fields)*
                #finish
            }

            #precision
        }
    }
}

/// Tags in the order of their keys, as the server keeps them.
fn tags(model: &Measurement<'_>, private: &TokenStream) -> Vec<TokenStream> {
    let mut tags: Vec<_> = model
        .columns()
        .filter_map(|member| match &member.kind {
            Kind::Tag { key, .. } => Some((key, member)),
            _ => None,
        })
        .collect();
    tags.sort_by_key(|(key, _)| *key);
    let tag = |(key, member): (&String, &Member<'_>)| {
        let (name, text) = (&member.place, key_text(Part::Tag, key));
        let arguments = quote!(&self.#name, #private::tag(&mut __line, #key, #text));
        let write = bounds::call(member, "write_tag", &arguments, private);
        quote!(#write?;)
    };
    tags.into_iter().map(tag).collect()
}

/// Makes sure that a member with `non_finite` is a float: now, or where a generic type is known.
fn float(
    model: &Measurement<'_>,
    member: &Member<'_>,
    private: &TokenStream,
) -> Option<TokenStream> {
    let Kind::Field { non_finite: Some(_), .. } = member.kind else { return None };
    let place = member.ty.span();
    let assert = paths::placed(place, quote!(#private::assert_float));
    let stored = bounds::item(member, "TYPE", private);
    let assert = quote_spanned!(place=> #assert(#stored));
    Some(if bounds::is_generic(model, member) {
        quote!(const { #assert };)
    } else {
        quote!(const _: () = #assert;)
    })
}

fn field(
    model: &Measurement<'_>,
    member: &Member<'_>,
    private: &TokenStream,
) -> Option<TokenStream> {
    let Kind::Field { key, non_finite, .. } = &member.kind else { return None };
    let (name, text) = (&member.place, key_text(Part::Field, key));
    let mut field = quote!(#private::field(&mut __line, #key, #text));
    if non_finite.or(model.container.non_finite) == Some(NonFinite::Skip) {
        field = quote!(#private::FieldWriter::skip_non_finite(#field));
    }
    let arguments = quote!(&self.#name, #field);
    let write = bounds::call(member, "write_field", &arguments, private);
    Some(quote!(#write?;))
}

/// `,key=`
fn key_text(part: Part, key: &str) -> Literal {
    Literal::byte_string(&[b",", names::escape(part, key).as_slice(), b"="].concat())
}

fn finish(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    let is_time = |member: &&Member<'_>| matches!(member.kind, Kind::Timestamp { .. });
    let Some(member) = model.columns().find(is_time) else {
        return quote!(#private::Fields::finish(__line));
    };
    let name = &member.place;
    let write = match member.kind {
        Kind::Timestamp { unit: Some(unit) } => {
            let unit = unit.variant();
            let arguments = quote!(&self.#name, #private::Precision::#unit, __time);
            bounds::call(member, "write_count", &arguments, private)
        }
        _ => bounds::call(member, "write_timestamp", &quote!(&self.#name, __time), private),
    };
    quote!(#private::Fields::finish_at(__line, |__time| #write))
}
