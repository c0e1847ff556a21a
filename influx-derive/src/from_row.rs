//! `#[derive(FromRow)]`: rows that are no measurement's.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, DeriveInput, LitStr};

use crate::attr::{self, Once};
use crate::container::{Container, Unit};
use crate::diagnostics::Diagnostics;
use crate::expand::{fallback, read, schema};
use crate::member::{Fallback, Kind, Member};
use crate::model::{self, Measurement};
use crate::place::Place;
use crate::{bounds, paths};

const ON_A_STRUCT: [&str; 2] = ["rename_all", "crate"];
const ON_A_MEMBER: [&str; 4] = ["name", "unit", "default", "skip"];

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let model = parse(input, &mut diagnostics);
    check(&model, &mut diagnostics);
    let private = paths::private(model.container.krate.as_ref());
    if let Some(errors) = diagnostics.into_compile_errors() {
        let stub = fallback::from_row(&model, &private);
        return quote!(#errors #stub);
    }
    let row = input.ident.unraw().to_string();
    let columns = model.columns().map(|member| column(member, &private));
    let plan = quote!(#private::RowPlan::of_columns(#row, const { &[#(#columns),*] }, __table));
    read::from_row(&model, &private, &plan, None, None)
}

fn parse<'a>(input: &'a DeriveInput, diagnostics: &mut Diagnostics) -> Measurement<'a> {
    for attribute in input.attrs.iter().filter(|attribute| is_column(attribute)) {
        diagnostics.at(attribute, "#[column] belongs on a member; the struct takes #[from_row]");
    }
    let container = container(input, diagnostics);
    let fields = model::fields(input, ["a row of a result", "a column"], diagnostics);
    model::check_names(fields, &container, diagnostics);
    let members: Vec<_> = fields
        .into_iter()
        .flatten()
        .enumerate()
        .filter_map(|(position, field)| member(position, field, &container, diagnostics))
        .collect();
    let complete = fields.is_some_and(|fields| fields.len() == members.len());
    Measurement { input, container, members, complete }
}

fn is_column(attribute: &Attribute) -> bool {
    attribute.path().is_ident("column")
}

fn container(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Container {
    let mut rename_all = Once::new("rename_all");
    let mut krate = Once::new("crate");
    let own = |attribute: &Attribute| attribute.path().is_ident("from_row");
    for option in attr::options_of(&input.attrs, own, diagnostics) {
        let span = option.span();
        match option.name.to_string().as_str() {
            "rename_all" => rename_all.set(span, option.rename_rule(diagnostics), diagnostics),
            "crate" => krate.set(span, option.path(diagnostics), diagnostics),
            _ => option.unknown("#[from_row]", &ON_A_STRUCT, diagnostics),
        }
    }
    Container::of_result(input, rename_all, krate.take())
}

fn member<'a>(
    position: usize,
    field: &'a syn::Field,
    container: &Container,
    diagnostics: &mut Diagnostics,
) -> Option<Member<'a>> {
    let place = Place::of(position, field);
    if !field.attrs.iter().any(is_column) {
        let message = format!("member `{place}` has no role; write #[column] on it");
        diagnostics.at(&place, format!("{message}, or #[column(skip)] to leave it out"));
        return None;
    }
    let mut name: Once<LitStr> = Once::new("name");
    let mut unit = Once::new("unit");
    let mut default = Once::new("default");
    let mut skip = Once::new("skip");
    for option in attr::options_of(&field.attrs, is_column, diagnostics) {
        let span = option.span();
        match option.name.to_string().as_str() {
            "name" => name.set(span, option.text(diagnostics), diagnostics),
            "unit" => unit.set(span, Unit::parse(option, diagnostics), diagnostics),
            "default" => default.set(span, Fallback::parse(option, diagnostics), diagnostics),
            "skip" => skip.set(span, option.flag(diagnostics), diagnostics),
            _ => option.unknown("#[column]", &ON_A_MEMBER, diagnostics),
        }
    }
    if skip.is_set() {
        for span in [name.span(), unit.span()].into_iter().flatten() {
            diagnostics.at_span(span, "a skipped column is not read; drop this option");
        }
    }
    let unit = unit.take();
    let kind = if skip.is_set() {
        Kind::Skipped
    } else {
        let (key, span) = place.key(name, "column", container, diagnostics)?;
        Kind::Column { key, span, unit }
    };
    let (docs, default) = (attr::docs(&field.attrs), default.take());
    Some(Member { place, ty: &field.ty, docs, kind, default, constant: None })
}

fn check(model: &Measurement<'_>, diagnostics: &mut Diagnostics) {
    let ident = &model.input.ident;
    if model.complete && model.columns().next().is_none() {
        diagnostics.at(ident, format!("`{ident}` has no column; mark a member with #[column]"));
    }
    let mut seen = BTreeMap::new();
    for member in model.columns() {
        if member.is_static() {
            diagnostics.at(
                member.ty,
                "a row cannot be read into a `'static` reference; own the text or borrow it with a \
                 lifetime of the struct",
            );
        }
        let Kind::Column { key, span, .. } = &member.kind else { continue };
        if key.is_empty() {
            diagnostics.at_span(*span, "the name of the column is empty; give it a name");
        } else if let Some(other) = seen.insert(key, &member.place) {
            diagnostics.at_span(
                *span,
                format!(
                    "column `{key}` is that of member `{other}` already; give one of them another \
                     `name`"
                ),
            );
        }
    }
}

fn column(member: &Member<'_>, private: &TokenStream) -> TokenStream {
    let (key, value_type) = match &member.kind {
        Kind::Column { key, unit: None, .. } => {
            (key.as_str(), bounds::item(member, "TYPE", private))
        }
        Kind::Column { key, .. } => (key.as_str(), quote!(#private::ValueType::Time)),
        _ => return TokenStream::new(),
    };
    let optional = schema::optional(member, private);
    let texts = schema::texts(member);
    quote!(#private::ColumnSchema::of_result(#key, #value_type, #optional, #texts))
}
