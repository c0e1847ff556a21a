//! `#[derive(TagValue)]` for enums without data.

use std::collections::BTreeMap;

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Path, Variant};

use crate::attr::{self, Once, Opt};
use crate::diagnostics::Diagnostics;
use crate::names::{self, Part};
use crate::paths;

struct Model<'a> {
    krate: Option<Path>,
    variants: Vec<Text<'a>>,
    /// The variant that stands for every other text.
    other: Option<&'a Ident>,
}

/// A variant and its text on the server.
struct Text<'a> {
    ident: &'a Ident,
    text: String,
    span: Span,
}

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let model = Model::parse(input, &mut diagnostics);
    model.check(&mut diagnostics);
    let errors = diagnostics.into_compile_errors();
    // A series that lacks the tag has another text, the empty one.
    let optional = model.other.map(|_| {
        quote!(
            const OPTIONAL: bool = true;
        )
    });
    let Body { write, read } = if errors.is_some() { Body::stub() } else { model.body(input) };
    let private = paths::private(model.krate.as_ref());
    let ident = &input.ident;
    let derived = paths::derived("variants");
    let (generics, arguments, clause) = input.generics.split_for_impl();
    quote! {
        #errors

        #derived
        impl #generics #private::TagValue for #ident #arguments #clause {
            type Base = Self;
            type Read<'__r> = Self;
            #optional

            fn write_tag(&self, __tag: #private::TagWriter<'_>) -> #private::Result<()> {
                #write
            }

            fn read_tag(
                __cell: #private::Cell<'_>,
            ) -> ::core::result::Result<Self, #private::CellError> {
                #read
            }
        }

        #derived
        impl #generics #private::ColumnValue for #ident #arguments #clause {
            type Read<'__r> = Self;
            const TYPE: #private::ValueType = #private::ValueType::String;
            #optional

            fn read_column(
                __cell: #private::Cell<'_>,
            ) -> ::core::result::Result<Self, #private::CellError> {
                <Self as #private::TagValue>::read_tag(__cell)
            }
        }
    }
}

/// The bodies of the two methods.
struct Body {
    write: TokenStream,
    read: TokenStream,
}

impl Body {
    /// After an error.
    fn stub() -> Self {
        Self { write: quote!(::core::unreachable!()), read: quote!(::core::unreachable!()) }
    }
}

impl<'a> Model<'a> {
    fn parse(input: &'a DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let mut rename_all = Once::new("rename_all");
        let mut krate = Once::new("crate");
        for option in options(&input.attrs, diagnostics) {
            let span = option.span();
            match option.name.to_string().as_str() {
                "rename_all" => {
                    rename_all.set(span, option.rename_rule(diagnostics), diagnostics);
                }
                "crate" => krate.set(span, option.path(diagnostics), diagnostics),
                _ => option.unknown("#[influx] on an enum", &["rename_all", "crate"], diagnostics),
            }
        }
        let mut model = Self { krate: krate.take(), variants: Vec::new(), other: None };
        match &input.data {
            Data::Enum(data) => {
                for variant in &data.variants {
                    model.variant(variant, rename_all.get(), diagnostics);
                }
            }
            Data::Struct(_) | Data::Union(_) => diagnostics.at(
                &input.ident,
                "#[derive(TagValue)] is for enums without data; for a struct, implement `TagValue`",
            ),
        }
        model
    }

    fn variant(
        &mut self,
        variant: &'a Variant,
        rename_all: Option<&String>,
        diagnostics: &mut Diagnostics,
    ) {
        if !matches!(variant.fields, Fields::Unit) {
            diagnostics.at(
                &variant.fields,
                "a tag is one text, so the variant cannot hold data; make that a member of its own",
            );
            return;
        }
        let mut name: Once<LitStr> = Once::new("name");
        for option in options(&variant.attrs, diagnostics) {
            let span = option.span();
            match option.name.to_string().as_str() {
                "name" => name.set(span, option.text(diagnostics), diagnostics),
                "other" => self.set_other(&variant.ident, option, diagnostics),
                _ => option.unknown("#[influx] on a variant", &["name", "other"], diagnostics),
            }
        }
        let (text, span) = attr::name_of(&variant.ident, name, rename_all);
        self.variants.push(Text { ident: &variant.ident, text, span });
    }

    fn set_other(&mut self, ident: &'a Ident, option: Opt, diagnostics: &mut Diagnostics) {
        let span = option.span();
        if option.flag(diagnostics).is_none() {
            return;
        }
        match self.other {
            Some(other) => diagnostics
                .at_span(span, format!("variant `{other}` takes all other texts already")),
            None => self.other = Some(ident),
        }
    }

    fn check(&self, diagnostics: &mut Diagnostics) {
        let mut seen = BTreeMap::new();
        for Text { ident, text, span } in &self.variants {
            if let Some(reason) = names::refuse(Part::TagText, text) {
                diagnostics.at_span(*span, reason);
            } else if let Some(other) = seen.insert(text, ident) {
                let message = format!("text `{text}` is that of variant `{other}` already");
                diagnostics.at_span(*span, format!("{message}; give one of them another `name`"));
            }
        }
    }

    fn body(&self, input: &DeriveInput) -> Body {
        let private = paths::private(self.krate.as_ref());
        let written =
            self.variants.iter().map(|Text { ident, text, .. }| quote!(Self::#ident => #text));
        let read = self.variants.iter().map(|Text { ident, text, .. }| {
            let text = Literal::byte_string(text.as_bytes());
            quote!(#text => ::core::result::Result::Ok(Self::#ident))
        });
        let unknown = match self.other {
            Some(other) => quote!(::core::result::Result::Ok(Self::#other)),
            None => {
                let texts: Vec<_> = self.variants.iter().map(|v| format!("`{}`", v.text)).collect();
                let wanted = format!("the texts of `{}`: {}", input.ident, texts.join(", "));
                quote!(#private::unknown_variant(__cell, #wanted))
            }
        };
        // A reference to an enum without variants cannot be matched; the place can.
        let value = if self.variants.is_empty() { quote!(*self) } else { quote!(self) };
        Body {
            write: quote!(#private::TagWriter::text(__tag, match #value { #(#written),* })),
            read: quote!(match #private::Cell::as_bytes(&__cell) { #(#read,)* _ => #unknown }),
        }
    }
}

fn options(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Vec<Opt> {
    attr::options_of(attributes, |attribute| attribute.path().is_ident("influx"), diagnostics)
}
