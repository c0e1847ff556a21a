//! One description of a struct, for writer, reader, schema and columns.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Path, Type};

use crate::attr::{self, Once, Opt, OptValue};
use crate::diagnostics::Diagnostics;
use crate::names;

pub(crate) struct Measurement<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) container: Container,
    pub(crate) members: Vec<Member<'a>>,
    /// Whether every member of the struct is among `members`.
    pub(crate) complete: bool,
}

/// The options of `#[measurement(…)]`.
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) krate: Option<Path>,
    pub(crate) precision: Option<Unit>,
    pub(crate) columns: bool,
    pub(crate) write_only: bool,
    rename_all: Option<String>,
}

pub(crate) struct Member<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) docs: String,
    pub(crate) kind: Kind,
    pub(crate) default: Option<Fallback>,
    /// The name of the column constant, if it has one.
    pub(crate) constant: Option<Ident>,
}

pub(crate) enum Kind {
    Tag { key: String, span: Span },
    Field { key: String, span: Span },
    Timestamp { unit: Option<Unit> },
    Skipped,
}

/// What the reader puts in when there is no value.
pub(crate) enum Fallback {
    Default,
    Call(Path),
}

#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Tag,
    Field,
    Timestamp,
}

impl Unit {
    /// A text that is no unit is reported, and then taken for one, so that nothing else is.
    fn parse(text: &LitStr, diagnostics: &mut Diagnostics) -> Self {
        match text.value().as_str() {
            "ns" => Self::Nanoseconds,
            "us" => Self::Microseconds,
            "ms" => Self::Milliseconds,
            "s" => Self::Seconds,
            _ => {
                diagnostics.at(text, "no such unit; there are `ns`, `us`, `ms` and `s`");
                Self::Nanoseconds
            }
        }
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

impl Role {
    const ALL: [Self; 3] = [Self::Tag, Self::Field, Self::Timestamp];

    const fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Field => "field",
            Self::Timestamp => "timestamp",
        }
    }

    /// The options of the role.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Tag | Self::Field => &["name", "default", "skip", "column"],
            Self::Timestamp => &["unit", "default", "skip", "column"],
        }
    }

    fn of(attribute: &Attribute) -> Option<Self> {
        Self::ALL.into_iter().find(|role| attribute.path().is_ident(role.name()))
    }
}

impl<'a> Measurement<'a> {
    /// Reads all attributes; what cannot be read is reported and left out.
    pub(crate) fn parse(input: &'a DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let container = Container::parse(input, diagnostics);
        let fields = named_fields(input, diagnostics);
        let members: Vec<_> = fields
            .iter()
            .flat_map(|fields| &fields.named)
            .filter_map(|field| Member::parse(field, &container, diagnostics))
            .collect();
        let complete = fields.is_some_and(|fields| fields.named.len() == members.len());
        Self { input, container, members, complete }
    }

    /// The members that are columns, in the order of the schema.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Member<'a>> {
        self.members.iter().filter(|member| !matches!(member.kind, Kind::Skipped))
    }
}

fn named_fields<'a>(
    input: &'a DeriveInput,
    diagnostics: &mut Diagnostics,
) -> Option<&'a syn::FieldsNamed> {
    let remedy = "use a struct with named members";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields),
            Fields::Unnamed(fields) => {
                diagnostics
                    .at(fields, format!("a tuple struct has no names for its keys; {remedy}"));
            }
            Fields::Unit => {
                diagnostics.at(&input.ident, format!("a unit struct has no members; {remedy}"));
            }
        },
        Data::Enum(data) => diagnostics.at(
            data.enum_token,
            "an enum cannot be a measurement; use a struct with named members (an enum without \
             data can be a tag, with #[derive(TagValue)])",
        ),
        Data::Union(data) => {
            diagnostics.at(data.union_token, format!("a union cannot be a measurement; {remedy}"));
        }
    }
    None
}

impl Container {
    const OPTIONS: [&'static str; 6] =
        ["name", "rename_all", "precision", "columns", "write_only", "crate"];

    fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let mut name = Once::new("name");
        let mut rename_all = Once::new("rename_all");
        let mut precision = Once::new("precision");
        let mut columns = Once::new("columns");
        let mut write_only = Once::new("write_only");
        let mut krate = Once::new("crate");
        for attribute in &input.attrs {
            if let Some(role) = Role::of(attribute) {
                let name = role.name();
                diagnostics.at(attribute, format!("#[{name}] belongs on a member of the struct"));
            }
        }
        let own = input.attrs.iter().filter(|attribute| attribute.path().is_ident("measurement"));
        for option in own.flat_map(|own| attr::options(own, diagnostics)).collect::<Vec<_>>() {
            let span = option.span();
            match option.name.to_string().as_str() {
                "name" => set(&mut name, span, option.text(diagnostics), diagnostics),
                "rename_all" => {
                    let rule = option.text(diagnostics);
                    let rule = rule.and_then(|rule| attr::rename_rule(&rule, diagnostics));
                    set(&mut rename_all, span, rule, diagnostics);
                }
                "precision" => {
                    let unit = option.text(diagnostics);
                    let unit = unit.map(|unit| Unit::parse(&unit, diagnostics));
                    set(&mut precision, span, unit, diagnostics);
                }
                "columns" => set(&mut columns, span, option.boolean(diagnostics), diagnostics),
                "write_only" => set(&mut write_only, span, option.flag(diagnostics), diagnostics),
                "crate" => set(&mut krate, span, option.path(diagnostics), diagnostics),
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
            rename_all: rename_all.take(),
        }
    }
}

fn set<T>(once: &mut Once<T>, span: Span, value: Option<T>, diagnostics: &mut Diagnostics) {
    if let Some(value) = value {
        once.set(span, value, diagnostics);
    }
}

/// The member's name in capitals, if that is a name.
fn constant(ident: &Ident, plain: &str, diagnostics: &mut Diagnostics) -> Option<Ident> {
    let Ok(mut constant) = syn::parse_str::<Ident>(&names::constant(plain)) else {
        let message = format!("`{ident}` makes no name for a column constant");
        diagnostics.at(ident, format!("{message}; name it with `column = NAME`"));
        return None;
    };
    constant.set_span(ident.span());
    Some(constant)
}

/// What the attributes of a member say.
struct MemberOptions {
    name: Once<LitStr>,
    unit: Once<Unit>,
    default: Once<Fallback>,
    skip: Once<()>,
    column: Once<Ident>,
}

impl<'a> Member<'a> {
    fn parse(
        field: &'a syn::Field,
        container: &Container,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let role = Self::role(field, ident, diagnostics)?;
        let options = MemberOptions::parse(field, role, diagnostics);
        let plain = ident.unraw().to_string();
        let span = options.name.get().map_or_else(|| ident.span(), LitStr::span);
        let renamed = || container.rename_all.as_ref().and_then(|rule| names::rename(rule, &plain));
        let key = match options.name.get() {
            Some(name) => name.value(),
            None => renamed().unwrap_or_else(|| plain.clone()),
        };
        options.check(role, diagnostics);
        let kind = match role {
            _ if options.skip.is_set() => Kind::Skipped,
            Role::Tag => Kind::Tag { key, span },
            Role::Field => Kind::Field { key, span },
            Role::Timestamp => Kind::Timestamp { unit: options.unit.get().copied() },
        };
        let constant = match options.column.take() {
            Some(constant) => Some(constant),
            None if container.columns && !options.skip.is_set() => {
                constant(ident, &plain, diagnostics)
            }
            None => None,
        };
        Some(Self {
            ident,
            ty: &field.ty,
            docs: attr::docs(&field.attrs),
            kind,
            default: options.default.take(),
            constant,
        })
    }

    fn role(field: &syn::Field, ident: &Ident, diagnostics: &mut Diagnostics) -> Option<Role> {
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
                ident,
                format!(
                    "member `{ident}` has no role; write #[tag], #[field] or #[timestamp] on it, \
                     or #[field(skip)] to leave it out"
                ),
            );
            return None;
        };
        for (_, again) in roles {
            let message =
                format!("member `{ident}` is a {} already; a member has one role", role.name());
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
            default: Once::new("default"),
            skip: Once::new("skip"),
            column: Once::new("column"),
        };
        let own = field.attrs.iter().filter(|attribute| Role::of(attribute) == Some(role));
        for option in own.flat_map(|own| attr::options(own, diagnostics)).collect::<Vec<_>>() {
            options.take(option, role, diagnostics);
        }
        options
    }

    fn take(&mut self, option: Opt, role: Role, diagnostics: &mut Diagnostics) {
        let span = option.span();
        let name = option.name.to_string();
        if !role.options().contains(&name.as_str()) {
            let others =
                Role::ALL.into_iter().filter(|other| other.options().contains(&name.as_str()));
            match others.map(|other| format!("#[{}]", other.name())).collect::<Vec<_>>() {
                others if others.is_empty() => {
                    option.unknown(&format!("#[{}]", role.name()), role.options(), diagnostics);
                }
                others => diagnostics.at(
                    &option.name,
                    format!(
                        "`{name}` is an option of {}, not of #[{}]",
                        others.join(" and "),
                        role.name()
                    ),
                ),
            }
            return;
        }
        match name.as_str() {
            "name" => set(&mut self.name, span, option.text(diagnostics), diagnostics),
            "unit" => {
                let unit = option.text(diagnostics);
                let unit = unit.map(|unit| Unit::parse(&unit, diagnostics));
                set(&mut self.unit, span, unit, diagnostics);
            }
            "default" => {
                let fallback = match option.value {
                    None => Some(Fallback::Default),
                    Some(OptValue::Path(_)) => option.path(diagnostics).map(Fallback::Call),
                    Some(_) => {
                        drop(option.path(diagnostics));
                        None
                    }
                };
                set(&mut self.default, span, fallback, diagnostics);
            }
            "skip" => set(&mut self.skip, span, option.flag(diagnostics), diagnostics),
            _ => {
                let path = option.path(diagnostics);
                let constant = path.and_then(|path| match path.get_ident() {
                    Some(ident) => Some(ident.clone()),
                    None => {
                        diagnostics
                            .at(path, "`column` wants the name of a constant: column = TEMP");
                        None
                    }
                });
                set(&mut self.column, span, constant, diagnostics);
            }
        }
    }

    /// A skipped member has no name, unit or column.
    fn check(&self, role: Role, diagnostics: &mut Diagnostics) {
        if !self.skip.is_set() {
            return;
        }
        let others = [self.name.span(), self.unit.span(), self.column.span()];
        for span in others.into_iter().flatten() {
            let message =
                format!("a skipped {} is neither written nor read; drop this option", role.name());
            diagnostics.at_span(span, message);
        }
    }
}

/// Whether any identifier in `tokens` is one of `names`.
pub(crate) fn mentions(tokens: TokenStream, names: &[&Ident]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Ident(ident) => names.iter().any(|name| **name == ident),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

impl Member<'_> {
    /// Whether the type holds a `'static` reference, which no row can be read into.
    pub(crate) fn is_static(&self) -> bool {
        mentions(self.ty.to_token_stream(), &[&Ident::new("static", Span::call_site())])
    }
}
