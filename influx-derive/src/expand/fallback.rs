//! After an error: implementations without content, so that uses of the type report nothing more.

use proc_macro2::TokenStream;
use quote::quote;

use crate::bounds;
use crate::model::Measurement;

pub(crate) fn expand(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    let ident = &model.input.ident;
    let (generics, arguments, clause) = model.input.generics.split_for_impl();
    let row = bounds::row_type(ident, &model.input.generics);
    let owned = model.input.generics.lifetimes().next().is_none().then(|| {
        quote! {
            #[automatically_derived]
            #[allow(deprecated, reason = "the user's own members may be")]
            impl #generics #private::FromRowOwned for #ident #arguments #clause {}
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(deprecated, reason = "the user's own members may be")]
        impl #generics #private::Measurement for #ident #arguments #clause {
            const SCHEMA: #private::Schema =
                #private::Schema::new("", "", ::core::option::Option::None, &[]);
        }

        #[automatically_derived]
        #[allow(deprecated, reason = "the user's own members may be")]
        impl #generics #private::ToLine for #ident #arguments #clause {
            fn write_line(&self, _: &mut #private::LineWriter) -> #private::Result<()> {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        #[allow(deprecated, reason = "the user's own members may be")]
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
