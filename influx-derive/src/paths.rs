//! Absolute paths into `influx-core`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

/// The module that generated code may call, under the name that the user's crate has for ours.
pub(crate) fn private(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::measurement::__private),
        None => quote!(::influx_core::measurement::__private),
    }
}
