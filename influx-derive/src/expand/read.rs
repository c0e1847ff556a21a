//! `impl FromRow`: plan once, read each row by position.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned as _;

use crate::member::{Fallback, Kind, Member};
use crate::model::Measurement;
use crate::{bounds, paths};

pub(crate) fn expand(model: &Measurement<'_>, private: &TokenStream) -> TokenStream {
    let schema = quote!(<Self as #private::Measurement>::SCHEMA);
    let plan = quote!(#private::RowPlan::new(#schema, __table));
    let check = quote!(#private::RowPlan::check(__plan, __record)?;);
    from_row(model, private, &plan, assembled(model, private).as_ref(), Some(&check))
}

/// `impl FromRow` with this plan, with what it says besides, and what is checked in each row.
pub(crate) fn from_row(
    model: &Measurement<'_>,
    private: &TokenStream,
    plan: &TokenStream,
    assembled: Option<&TokenStream>,
    check: Option<&TokenStream>,
) -> TokenStream {
    let ident = &model.input.ident;
    let derived = paths::derived("members");
    let (generics, arguments, _) = model.input.generics.split_for_impl();
    let bounds = bounds::read(model, private);
    let row = bounds::row_type(ident, &model.input.generics);
    let mut index = 0;
    let members = model.members.iter().map(|member| {
        let value = read(member, index, private);
        index += usize::from(!matches!(member.kind, Kind::Skipped));
        let name = &member.place;
        quote!(#name: #value)
    });
    let members: Vec<_> = members.collect();
    let owned = owned(model, private, &bounds);
    quote! {
        #derived
        impl #generics #private::FromRow for #ident #arguments #bounds {
            type Row<'__r> = #row;
            type Plan = #private::RowPlan;
            #assembled

            fn plan(
                __table: &#private::TableHeader,
            ) -> ::core::result::Result<#private::RowPlan, #private::Mismatches> {
                #plan
            }

            fn read<'__r>(
                __plan: &mut #private::RowPlan,
                __record: &#private::Record<'__r>,
            ) -> ::core::result::Result<Self::Row<'__r>, #private::CellError> {
                #check
                ::core::result::Result::Ok(#ident { #(#members),* })
            }
        }

        #owned
    }
}

/// Tells the decoder to put rows together where each field comes as a row of its own.
fn assembled(model: &Measurement<'_>, private: &TokenStream) -> Option<TokenStream> {
    let fields = model.columns().filter(|member| matches!(member.kind, Kind::Field { .. }));
    (fields.count() > 1).then(|| {
        quote! {
            const ASSEMBLED: ::core::option::Option<#private::Schema> =
                ::core::option::Option::Some(<Self as #private::Measurement>::SCHEMA);
        }
    })
}

/// `impl FromRowOwned`, for a struct without lifetimes.
pub(super) fn owned(
    model: &Measurement<'_>,
    private: &TokenStream,
    clause: impl ToTokens,
) -> Option<TokenStream> {
    let ident = &model.input.ident;
    let derived = paths::derived("members");
    let (generics, arguments, _) = model.input.generics.split_for_impl();
    let is_owned = model.input.generics.lifetimes().next().is_none();
    is_owned.then(|| {
        quote! {
            #derived
            impl #generics #private::FromRowOwned for #ident #arguments #clause {}
        }
    })
}

/// The expression that fills a member.
fn read(member: &Member<'_>, index: usize, private: &TokenStream) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    // A closure even where a path would do: a wrong type is then reported as everywhere else.
    let read = |method, arguments: TokenStream| {
        let call = bounds::call(member, method, &arguments, private);
        quote!(|__cell| #call)
    };
    let read = match &member.kind {
        Kind::Skipped => {
            let default = default(member);
            let call = paths::placed(member.ty.span(), quote!(()));
            return quote!(#default #call);
        }
        Kind::Tag { .. } => read("read_tag", quote!(__cell)),
        Kind::Field { .. } => read("read_field", quote!(__cell)),
        Kind::Timestamp { unit: None } => read("read_timestamp", quote!(__cell)),
        Kind::Column { unit: None, .. } => read("read_column", quote!(__cell)),
        Kind::Timestamp { unit: Some(unit) } | Kind::Column { unit: Some(unit), .. } => {
            let unit = unit.variant();
            read("read_count", quote!(#private::Precision::#unit, __cell))
        }
    };
    if member.default.is_some() {
        let default = default(member);
        quote!(#private::RowPlan::read_or(__plan, __record, #index, #read, #default)?)
    } else {
        quote!(#private::RowPlan::read(__plan, __record, #index, #read)?)
    }
}

/// What gives the value of a member that has none.
fn default(member: &Member<'_>) -> TokenStream {
    match &member.default {
        Some(Fallback::Call(path)) => quote!(#path),
        Some(Fallback::Default) | None => bounds::default(member),
    }
}
