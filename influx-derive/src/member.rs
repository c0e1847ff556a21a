//! One member of a struct: its role and its options.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Ident, LitStr, Path, Type};

use crate::attr::{self, Once, Opt};
use crate::container::{Container, NonFinite, Unit};
use crate::diagnostics::Diagnostics;
use crate::place::Place;
use crate::{names, paths};

pub(crate) struct Member<'a> {
    pub(crate) place: Place,
    pub(crate) ty: &'a Type,
    pub(crate) docs: String,
    pub(crate) kind: Kind,
    pub(crate) default: Option<Fallback>,
    /// The name of the column constant, if it has one.
    pub(crate) constant: Option<Ident>,
}

pub(crate) enum Kind {
    Tag {
        key: String,
        span: Span,
    },
    Field {
        key: String,
        span: Span,
        non_finite: Option<NonFinite>,
    },
    Timestamp {
        unit: Option<Unit>,
    },
    /// Of a row that is no measurement's.
    Column {
        key: String,
        span: Span,
        unit: Option<Unit>,
    },
    Skipped,
}

/// What the reader puts in when there is no value.
pub(crate) enum Fallback {
    Default,
    Call(Path),
}

impl Fallback {
    pub(crate) fn parse(option: Opt, diagnostics: &mut Diagnostics) -> Option<Self> {
        match option.value {
            None => Some(Self::Default),
            Some(_) => option.path(diagnostics).map(Self::Call),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Role {
    Tag,
    Field,
    Timestamp,
}

impl Role {
    const ALL: [Self; 3] = [Self::Tag, Self::Field, Self::Timestamp];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Field => "field",
            Self::Timestamp => "timestamp",
        }
    }

    /// The options of the role.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Tag => &["name", "default", "skip", "column"],
            Self::Field => &["name", "non_finite", "default", "skip", "column"],
            Self::Timestamp => &["unit", "default", "skip", "column"],
        }
    }

    pub(crate) fn of(attribute: &Attribute) -> Option<Self> {
        Self::ALL.into_iter().find(|role| attribute.path().is_ident(role.name()))
    }
}

/// The member's name in capitals, if that is a name; that of its key where it has none.
fn constant(place: &Place, kind: &Kind, diagnostics: &mut Diagnostics) -> Option<Ident> {
    let (name, span) = match kind {
        Kind::Column { .. } | Kind::Skipped => return None,
        _ if place.is_named() => (place.name(), place.span()),
        Kind::Tag { key, span } | Kind::Field { key, span, .. } => (key.clone(), *span),
        Kind::Timestamp { .. } => ("time".to_owned(), place.span()),
    };
    let Ok(mut constant) = syn::parse_str::<Ident>(&names::constant(&name)) else {
        let message = format!("`{name}` makes no name for a column constant");
        diagnostics.at_span(span, format!("{message}; name it with `column = NAME`"));
        return None;
    };
    constant.set_span(span);
    Some(constant)
}

/// What the attributes of a member say.
struct MemberOptions {
    name: Once<LitStr>,
    unit: Once<Unit>,
    non_finite: Once<NonFinite>,
    default: Once<Fallback>,
    skip: Once<()>,
    column: Once<Ident>,
}

impl<'a> Member<'a> {
    pub(crate) fn parse(
        position: usize,
        field: &'a syn::Field,
        container: &Container,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let place = Place::of(position, field);
        let role = Self::role(field, &place, diagnostics)?;
        let options = MemberOptions::parse(field, role, diagnostics);
        options.check(role, container, diagnostics);
        let mut key = |name| place.key(name, role.name(), container, diagnostics);
        let kind = match role {
            _ if options.skip.is_set() => Kind::Skipped,
            Role::Tag => {
                let (key, span) = key(options.name)?;
                Kind::Tag { key, span }
            }
            Role::Field => {
                let (key, span) = key(options.name)?;
                Kind::Field { key, span, non_finite: options.non_finite.take() }
            }
            Role::Timestamp => Kind::Timestamp { unit: options.unit.get().copied() },
        };
        let constant = match options.column.take() {
            Some(constant) => Some(constant),
            None if container.columns => constant(&place, &kind, diagnostics),
            None => None,
        };
        Some(Self {
            place,
            ty: &field.ty,
            docs: attr::docs(&field.attrs),
            kind,
            default: options.default.take(),
            constant,
        })
    }

    fn role(field: &syn::Field, place: &Place, diagnostics: &mut Diagnostics) -> Option<Role> {
        if let Some(other) = field.attrs.iter().find(|a| a.path().is_ident("measurement")) {
            diagnostics.at(
                other,
                "#[measurement] belongs on the struct; a member is #[tag], #[field] or #[timestamp]",
            );
            return None;
        }
        let mut roles = field.attrs.iter().filter_map(|a| Role::of(a).map(|role| (role, a)));
        let Some((role, _)) = roles.next() else {
            diagnostics.at(
                place,
                format!(
                    "member `{place}` has no role; write #[tag], #[field] or #[timestamp] on it, \
                     or #[field(skip)] to leave it out"
                ),
            );
            return None;
        };
        for (_, again) in roles {
            let message =
                format!("member `{place}` is a {} already; a member has one role", role.name());
            diagnostics.at(again, message);
        }
        Some(role)
    }
}

impl MemberOptions {
    fn parse(field: &syn::Field, role: Role, diagnostics: &mut Diagnostics) -> Self {
        let mut options = Self {
            name: Once::new("name"),
            unit: Once::new("unit"),
            non_finite: Once::new("non_finite"),
            default: Once::new("default"),
            skip: Once::new("skip"),
            column: Once::new("column"),
        };
        let own = |attribute: &Attribute| Role::of(attribute) == Some(role);
        for option in attr::options_of(&field.attrs, own, diagnostics) {
            options.take(option, role, diagnostics);
        }
        options
    }

    fn take(&mut self, option: Opt, role: Role, diagnostics: &mut Diagnostics) {
        let span = option.span();
        match option.name.to_string().as_str() {
            name if !role.options().contains(&name) => refuse(&option, name, role, diagnostics),
            "name" => self.name.set(span, option.text(diagnostics), diagnostics),
            "unit" => self.unit.set(span, Unit::parse(option, diagnostics), diagnostics),
            "non_finite" => {
                self.non_finite.set(span, NonFinite::parse(option, diagnostics), diagnostics);
            }
            "default" => {
                self.default.set(span, Fallback::parse(option, diagnostics), diagnostics);
            }
            "skip" => self.skip.set(span, option.flag(diagnostics), diagnostics),
            "column" => self.column.set(span, option.ident(diagnostics), diagnostics),
            _ => {}
        }
    }

    /// A skipped member has no name, unit, `non_finite` or column, and none has a column where there
    /// are none.
    fn check(&self, role: Role, container: &Container, diagnostics: &mut Diagnostics) {
        if let (Some(span), false) = (self.column.span(), container.columns) {
            diagnostics.at_span(span, "the struct says `columns = false`; drop this option");
        }
        if !self.skip.is_set() {
            return;
        }
        let others =
            [self.name.span(), self.unit.span(), self.non_finite.span(), self.column.span()];
        for span in others.into_iter().flatten() {
            let message =
                format!("a skipped {} is neither written nor read; drop this option", role.name());
            diagnostics.at_span(span, message);
        }
    }
}

/// Reports an option that the role does not have.
fn refuse(option: &Opt, name: &str, role: Role, diagnostics: &mut Diagnostics) {
    let others = Role::ALL.into_iter().filter(|other| other.options().contains(&name));
    let others: Vec<_> = others.map(|other| format!("#[{}]", other.name())).collect();
    if others.is_empty() {
        option.unknown(&format!("#[{}]", role.name()), role.options(), diagnostics);
        return;
    }
    let others = others.join(" and ");
    let message = format!("`{name}` is an option of {others}, not of #[{}]", role.name());
    diagnostics.at(&option.name, message);
}

impl Member<'_> {
    /// Whether the type holds a `'static` reference, which no row can be read into.
    pub(crate) fn is_static(&self) -> bool {
        paths::mentions(self.ty.to_token_stream(), &[&Ident::new("static", Span::call_site())])
    }
}
