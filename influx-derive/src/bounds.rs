//! Where clauses for members whose type depends on a type parameter.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;
use syn::{GenericParam, Generics, Ident, WhereClause, parse_quote};

use crate::model::{Kind, Measurement, Member, mentions};
use crate::paths;

/// The struct's where clause, and that each generic member can be written.
pub(crate) fn write(model: &Measurement<'_>, private: &TokenStream) -> WhereClause {
    clause(model, |member| {
        let (ty, role) = (member.ty, role(member, private)?);
        Some(quote!(#ty: #role))
    })
}

/// The struct's where clause, and that each generic member can be read into its own type.
pub(crate) fn read(model: &Measurement<'_>, private: &TokenStream) -> WhereClause {
    clause(model, |member| {
        let ty = member.ty;
        let (Some(role), false) = (role(member, private), is_count(member)) else {
            let role = role(member, private).unwrap_or_else(|| quote!(::core::default::Default));
            return Some(quote!(#ty: #role));
        };
        Some(quote!(#ty: for<'__r> #role<Read<'__r> = #ty>))
    })
}

const fn is_count(member: &Member<'_>) -> bool {
    matches!(member.kind, Kind::Timestamp { unit: Some(_) })
}

/// The trait of a member's role.
pub(crate) fn role(member: &Member<'_>, private: &TokenStream) -> Option<TokenStream> {
    Some(match &member.kind {
        Kind::Tag { .. } => quote!(#private::TagValue),
        Kind::Field { .. } => quote!(#private::FieldValue),
        Kind::Timestamp { unit: None } => quote!(#private::TimestampValue),
        Kind::Timestamp { unit: Some(_) } => quote!(#private::TimestampCount),
        Kind::Skipped => return None,
    })
}

/// `<Type as Role>::item`, all of it placed at the type. A wrong type is met in many places; told
/// of the same place in the same words, the compiler reports it once.
pub(crate) fn item(member: &Member<'_>, name: &str, private: &TokenStream) -> TokenStream {
    let role = role(member, private);
    let name = Ident::new(name, Span::call_site());
    qualified(member, quote!(as #role>::#name))
}

/// `<Type as Role>::method(arguments)`, placed likewise.
pub(crate) fn call(
    member: &Member<'_>,
    method: &str,
    arguments: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let method = item(member, method, private);
    let arguments = paths::placed(member.ty.span(), quote!((#arguments)));
    quote!(#method #arguments)
}

/// `<Type as Default>::default()`, placed likewise.
pub(crate) fn default(member: &Member<'_>) -> TokenStream {
    qualified(member, quote!(as ::core::default::Default>::default))
}

fn qualified(member: &Member<'_>, rest: TokenStream) -> TokenStream {
    let place = member.ty.span();
    let open = paths::placed(place, quote!(<));
    let ty = paths::moved(place, member.ty.to_token_stream());
    let rest = paths::placed(place, rest);
    quote!(#open #ty #rest)
}

fn clause(
    model: &Measurement<'_>,
    bound: impl Fn(&Member<'_>) -> Option<TokenStream>,
) -> WhereClause {
    let generics = &model.input.generics;
    let parameters = type_parameters(generics);
    let mut clause = generics.where_clause.clone().unwrap_or_else(|| parse_quote!(where));
    for member in &model.members {
        if mentions(member.ty.to_token_stream(), &parameters) {
            clause
                .predicates
                .extend(bound(member).map(|bound| -> syn::WherePredicate { parse_quote!(#bound) }));
        }
    }
    clause
}

fn type_parameters(generics: &Generics) -> Vec<&Ident> {
    generics.type_params().map(|parameter| &parameter.ident).collect()
}

/// The type with each lifetime replaced by `'__r`.
pub(crate) fn row_type(ident: &Ident, generics: &Generics) -> TokenStream {
    let arguments = generics.params.iter().map(|parameter| match parameter {
        GenericParam::Lifetime(_) => quote!('__r),
        GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
    });
    if generics.params.is_empty() { quote!(#ident) } else { quote!(#ident<#(#arguments),*>) }
}
