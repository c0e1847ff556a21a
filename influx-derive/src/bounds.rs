//! Where clauses for members whose type depends on a type parameter.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;
use syn::{
    GenericParam, Generics, Ident, Type, TypeParam, TypeParamBound, WhereClause, WherePredicate,
    parse_quote,
};

use crate::member::{Fallback, Kind, Member};
use crate::model::Measurement;
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
    let mut clause = clause(model, |member| {
        let ty = member.ty;
        let role = match role(member, private) {
            Some(role) if is_count(member) => Some(role),
            Some(role) => Some(quote!(for<'__r> #role<Read<'__r> = #ty>)),
            None => None,
        };
        // A skipped member is always filled in, another where its default is asked for.
        let filled = role.is_none() || member.default.is_some();
        let by_default = !matches!(member.default, Some(Fallback::Call(_)));
        let default = (filled && by_default).then(|| quote!(::core::default::Default));
        let bounds: Vec<_> = role.into_iter().chain(default).collect();
        (!bounds.is_empty()).then(|| quote!(#ty: #(#bounds)+*))
    });
    // Where the struct says `T: 'a`, its row says `T: '__r` for every row.
    for parameter in outliving(&model.input.generics) {
        clause.predicates.push(parse_quote!(#parameter: 'static));
    }
    clause
}

/// The type parameters that must outlive one of the struct's lifetimes.
fn outliving(generics: &Generics) -> Vec<&Ident> {
    let is_lifetime = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Lifetime(_));
    let in_where = |ident: &Ident| {
        let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        predicates.into_iter().any(|predicate| match predicate {
            WherePredicate::Type(predicate) => {
                let names = |ty: &Type| matches!(ty, Type::Path(path) if path.path.is_ident(ident));
                names(&predicate.bounded_ty) && predicate.bounds.iter().any(is_lifetime)
            }
            _ => false,
        })
    };
    let outlives = |parameter: &&TypeParam| {
        parameter.bounds.iter().any(is_lifetime) || in_where(&parameter.ident)
    };
    generics.type_params().filter(outlives).map(|parameter| &parameter.ident).collect()
}

const fn is_count(member: &Member<'_>) -> bool {
    matches!(member.kind, Kind::Timestamp { unit: Some(_) } | Kind::Column { unit: Some(_), .. })
}

/// The trait of a member's role.
pub(crate) fn role(member: &Member<'_>, private: &TokenStream) -> Option<TokenStream> {
    Some(match &member.kind {
        Kind::Tag { .. } => quote!(#private::TagValue),
        Kind::Field { .. } => quote!(#private::FieldValue),
        Kind::Timestamp { unit: None } => quote!(#private::TimestampValue),
        Kind::Column { unit: None, .. } => quote!(#private::ColumnValue),
        Kind::Timestamp { unit: Some(_) } | Kind::Column { unit: Some(_), .. } => {
            quote!(#private::TimestampCount)
        }
        Kind::Skipped => return None,
    })
}

/// `<Type as Role>::item`, all of it placed at the type. A wrong type is met in many places; told
/// of the same place in the same words, the compiler reports it once.
pub(crate) fn item(member: &Member<'_>, name: &str, private: &TokenStream) -> TokenStream {
    let place = member.ty.span();
    let role = role(member, private);
    let name = Ident::new(name, Span::call_site());
    let open = paths::placed(place, quote!(<));
    let ty = paths::moved(place, member.ty.to_token_stream());
    let rest = paths::placed(place, quote!(as #role>::#name));
    quote!(#open #ty #rest)
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

/// `Default::default`, placed likewise. Of no named type: a type with a lifetime is asked for that
/// of the row.
pub(crate) fn default(member: &Member<'_>) -> TokenStream {
    paths::placed(member.ty.span(), quote!(::core::default::Default::default))
}

fn clause(
    model: &Measurement<'_>,
    bound: impl Fn(&Member<'_>) -> Option<TokenStream>,
) -> WhereClause {
    let generics = &model.input.generics;
    let parameters: Vec<_> = generics.type_params().map(|parameter| &parameter.ident).collect();
    let mut clause = generics.where_clause.clone().unwrap_or_else(|| parse_quote!(where));
    for member in &model.members {
        if paths::mentions(member.ty.to_token_stream(), &parameters) {
            clause
                .predicates
                .extend(bound(member).map(|bound| -> WherePredicate { parse_quote!(#bound) }));
        }
    }
    clause
}

/// Whether the member's type depends on a parameter of the struct, a lifetime included.
pub(crate) fn is_generic(model: &Measurement<'_>, member: &Member<'_>) -> bool {
    let names = model.input.generics.params.iter().map(|parameter| match parameter {
        GenericParam::Lifetime(parameter) => &parameter.lifetime.ident,
        GenericParam::Type(parameter) => &parameter.ident,
        GenericParam::Const(parameter) => &parameter.ident,
    });
    paths::mentions(member.ty.to_token_stream(), &names.collect::<Vec<_>>())
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
