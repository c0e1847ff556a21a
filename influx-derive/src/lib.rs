//! The derive macros of `influx-core`, which re-exports them and documents them in its module
//! `measurement`.
//!
//! Each macro goes the same way: `attr` parses attributes into set-once cells, `model` makes of them
//! one description of the type, `check` applies the rules that concern several attributes, `expand`
//! prints. Every error found on the way is reported, each at its token; after one, a stub
//! implementation keeps the compiler from reporting the consequences too.

mod attr;
mod bounds;
mod check;
mod container;
mod diagnostics;
mod expand;
mod flux;
mod from_row;
mod member;
mod model;
mod names;
mod paths;
mod place;
mod tag_value;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a measurement: a writer of line protocol, a reader of query results, a schema and
/// typed column constants.
///
/// Every member has one role, `#[tag]`, `#[field]` or `#[timestamp]`. The guide with all options is
/// the documentation of the module `influx_core::measurement`.
#[proc_macro_derive(Measurement, attributes(measurement, tag, field, timestamp))]
pub fn derive_measurement(input: TokenStream) -> TokenStream {
    expand::measurement(&parse_macro_input!(input as DeriveInput)).into()
}

/// Reads a struct from rows that are no measurement's, such as those of an aggregation or a join.
///
/// Every member is a `#[column]`. The guide is the documentation of the module
/// `influx_core::measurement`.
#[proc_macro_derive(FromRow, attributes(from_row, column))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    from_row::expand(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum without data a tag: one text for each variant.
///
/// The guide is the documentation of the module `influx_core::measurement`.
#[proc_macro_derive(TagValue, attributes(influx))]
pub fn derive_tag_value(input: TokenStream) -> TokenStream {
    tag_value::expand(&parse_macro_input!(input as DeriveInput)).into()
}

/// What `influx_core::flux!` calls, with the path of its crate in front.
#[doc(hidden)]
#[proc_macro]
pub fn __flux(input: TokenStream) -> TokenStream {
    flux::expand(input.into()).into()
}
