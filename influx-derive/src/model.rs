//! One description of a struct, for writer, reader, schema and columns.

use syn::{Data, DeriveInput, Fields};

use crate::container::Container;
use crate::diagnostics::Diagnostics;
use crate::member::{Kind, Member, Role};

pub(crate) struct Measurement<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) container: Container,
    pub(crate) members: Vec<Member<'a>>,
    /// Whether every member of the struct is among `members`.
    pub(crate) complete: bool,
}

impl<'a> Measurement<'a> {
    /// Reads all attributes; what cannot be read is reported and left out.
    pub(crate) fn parse(input: &'a DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        for attribute in &input.attrs {
            if let Some(role) = Role::of(attribute) {
                let name = role.name();
                diagnostics.at(attribute, format!("#[{name}] belongs on a member of the struct"));
            }
        }
        let container = Container::parse(input, diagnostics);
        let fields = fields(input, ["a measurement", "a tag"], diagnostics);
        check_names(fields, &container, diagnostics);
        let members: Vec<_> = fields
            .into_iter()
            .flatten()
            .enumerate()
            .filter_map(|(position, field)| Member::parse(position, field, &container, diagnostics))
            .collect();
        let complete = fields.is_some_and(|fields| fields.len() == members.len());
        Self { input, container, members, complete }
    }

    /// The members that are columns, in the order of the schema.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Member<'a>> {
        self.members.iter().filter(|member| !matches!(member.kind, Kind::Skipped))
    }
}

/// The members; `what` is what the struct is to be, and an enum can be.
pub(crate) fn fields<'a>(
    input: &'a DeriveInput,
    [what, of_an_enum]: [&str; 2],
    diagnostics: &mut Diagnostics,
) -> Option<&'a Fields> {
    let remedy = "use a struct with members";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            fields @ (Fields::Named(_) | Fields::Unnamed(_)) => return Some(fields),
            Fields::Unit => {
                diagnostics.at(&input.ident, format!("a unit struct has no members; {remedy}"));
            }
        },
        Data::Enum(data) => diagnostics.at(
            data.enum_token,
            format!(
                "an enum cannot be {what}; {remedy} (an enum without data can be {of_an_enum}, with \
                 #[derive(TagValue)])"
            ),
        ),
        Data::Union(data) => {
            diagnostics.at(data.union_token, format!("a union cannot be {what}; {remedy}"));
        }
    }
    None
}

/// Members without names of their own have none that could be renamed.
pub(crate) fn check_names(
    fields: Option<&Fields>,
    container: &Container,
    diagnostics: &mut Diagnostics,
) {
    if let (Some(Fields::Unnamed(_)), Some(span)) = (fields, container.rename_all.span()) {
        let message = "a tuple struct names its keys one by one, so nothing is left to rename";
        diagnostics.at_span(span, format!("{message}; drop this option"));
    }
}
