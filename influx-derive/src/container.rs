//! The options of the struct, and the values that options of members take too.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::{Attribute, DeriveInput, Ident, LitStr, Path};

use crate::attr::{self, Once, Opt};
use crate::diagnostics::Diagnostics;
use crate::names;

/// The options of `#[measurement(…)]`.
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) krate: Option<Path>,
    pub(crate) precision: Option<Unit>,
    pub(crate) columns: bool,
    pub(crate) write_only: bool,
    pub(crate) rename_all: Once<String>,
    pub(crate) non_finite: Option<NonFinite>,
}

#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
}

impl Unit {
    /// A text that is no unit is reported. It then counts as one, lest the member's type be blamed
    /// for having none.
    pub(crate) fn parse(option: Opt, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = option.text(diagnostics)?;
        Some(match text.value().as_str() {
            "ns" => Self::Nanoseconds,
            "us" => Self::Microseconds,
            "ms" => Self::Milliseconds,
            "s" => Self::Seconds,
            _ => {
                diagnostics.at(text, "no such unit; there are `ns`, `us`, `ms` and `s`");
                Self::Nanoseconds
            }
        })
    }

    /// The variant of `Precision`.
    pub(crate) fn variant(self) -> Ident {
        let name = match self {
            Self::Nanoseconds => "Nanoseconds",
            Self::Microseconds => "Microseconds",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
        };
        Ident::new(name, Span::call_site())
    }
}

/// What becomes of a float that is NaN or infinite.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum NonFinite {
    Skip,
    Error,
}

impl NonFinite {
    pub(crate) fn parse(option: Opt, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = option.text(diagnostics)?;
        match text.value().as_str() {
            "skip" => Some(Self::Skip),
            "error" => Some(Self::Error),
            _ => {
                diagnostics.at(text, "no such choice; `non_finite` takes `skip` and `error`");
                None
            }
        }
    }
}

impl Container {
    /// That of a struct which is no measurement.
    pub(crate) fn of_result(
        input: &DeriveInput,
        rename_all: Once<String>,
        krate: Option<Path>,
    ) -> Self {
        Self {
            name: String::new(),
            name_span: input.ident.span(),
            krate,
            precision: None,
            columns: false,
            write_only: false,
            rename_all,
            non_finite: None,
        }
    }

    const OPTIONS: [&'static str; 7] =
        ["name", "rename_all", "precision", "non_finite", "columns", "write_only", "crate"];

    pub(crate) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let mut name = Once::new("name");
        let mut rename_all = Once::new("rename_all");
        let mut precision = Once::new("precision");
        let mut non_finite = Once::new("non_finite");
        let mut columns = Once::new("columns");
        let mut write_only = Once::new("write_only");
        let mut krate = Once::new("crate");
        let own = |attribute: &Attribute| attribute.path().is_ident("measurement");
        for option in attr::options_of(&input.attrs, own, diagnostics) {
            let span = option.span();
            match option.name.to_string().as_str() {
                "name" => name.set(span, option.text(diagnostics), diagnostics),
                "rename_all" => {
                    rename_all.set(span, option.rename_rule(diagnostics), diagnostics);
                }
                "precision" => precision.set(span, Unit::parse(option, diagnostics), diagnostics),
                "non_finite" => {
                    non_finite.set(span, NonFinite::parse(option, diagnostics), diagnostics);
                }
                "columns" => columns.set(span, option.boolean(diagnostics), diagnostics),
                "write_only" => write_only.set(span, option.flag(diagnostics), diagnostics),
                "crate" => krate.set(span, option.path(diagnostics), diagnostics),
                _ => option.unknown("#[measurement]", &Self::OPTIONS, diagnostics),
            }
        }
        let ident = input.ident.unraw().to_string();
        Self {
            name_span: name.get().map_or_else(|| input.ident.span(), LitStr::span),
            name: name.take().map_or_else(|| names::measurement(&ident), |name| name.value()),
            krate: krate.take(),
            precision: precision.take(),
            columns: columns.take().unwrap_or(true),
            write_only: write_only.is_set(),
            rename_all,
            non_finite: non_finite.take(),
        }
    }
}
