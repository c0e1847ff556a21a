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
        let fields = named_fields(input, ["a measurement", "a tag"], diagnostics);
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

/// The members; `what` is what the struct is to be, and an enum can be.
pub(crate) fn named_fields<'a>(
    input: &'a DeriveInput,
    [what, of_an_enum]: [&str; 2],
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
