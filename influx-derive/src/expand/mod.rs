//! Prints the implementations.

mod columns;
pub(crate) mod fallback;
pub(crate) mod read;
pub(crate) mod schema;
mod write;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::diagnostics::Diagnostics;
use crate::model::Measurement;
use crate::{check, paths};

pub(crate) fn measurement(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let model = Measurement::parse(input, &mut diagnostics);
    check::check(&model, &mut diagnostics);
    let private = paths::private(model.container.krate.as_ref());
    let columns = columns::expand(&model, &private);
    if let Some(errors) = diagnostics.into_compile_errors() {
        let stub = fallback::expand(&model, &private);
        return quote!(#errors #stub #columns);
    }
    let schema = schema::expand(&model, &private);
    let write = write::expand(&model, &private);
    let read = (!model.container.write_only).then(|| read::expand(&model, &private));
    quote!(#schema #columns #write #read)
}
