//! After an error: implementations without content, so that uses of the type report nothing more.

use proc_macro2::TokenStream;
use quote::quote;

use super::read;
use crate::model::Measurement;
use crate::{bounds, paths};

pub(crate) fn expand(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    let ident = &model.input.ident;
    let derived = paths::derived("members");
    let (generics, arguments, clause) = model.input.generics.split_for_impl();
    let from_row = from_row(model, private);
    quote! {
        #derived
        impl #generics #private::Measurement for #ident #arguments #clause {
            const SCHEMA: #private::Schema =
                #private::Schema::new("", "", ::core::option::Option::None, &[]);
        }

        #derived
        impl #generics #private::ToLine for #ident #arguments #clause {
            fn write_line(&self, _: &mut #private::LineWriter) -> #private::Result<()> {
                ::core::unreachable!()
            }
        }

        #from_row
    }
}

pub(crate) fn from_row(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    let ident = &model.input.ident;
    let derived = paths::derived("members");
    let (generics, arguments, clause) = model.input.generics.split_for_impl();
    let row = bounds::row_type(ident, &model.input.generics);
    let owned = read::owned(model, private, clause);
    quote! {
        #derived
        impl #generics #private::FromRow for #ident #arguments #clause {
            type Row<'__r> = #row;
            type Plan = ();

            fn plan(
                _: &#private::TableHeader,
            ) -> ::core::result::Result<(), #private::Mismatches> {
                ::core::unreachable!()
            }

            fn read<'__r>(
                _: &mut (),
                _: &#private::Record<'__r>,
            ) -> ::core::result::Result<Self::Row<'__r>, #private::CellError> {
                ::core::unreachable!()
            }
        }

        #owned
    }
}
