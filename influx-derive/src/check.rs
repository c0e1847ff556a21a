//! The rules that concern several attributes, or names as a whole.

use std::collections::BTreeMap;

use crate::diagnostics::Diagnostics;
use crate::member::{Kind, Member};
use crate::model::Measurement;
use crate::names::{self, Part};

pub(crate) fn check(model: &Measurement<'_>, diagnostics: &mut Diagnostics) {
    if let Some(reason) = names::refuse(Part::Measurement, &model.container.name) {
        diagnostics.at_span(model.container.name_span, reason);
    }
    has_field(model, diagnostics);
    keys(model, diagnostics);
    timestamps(model, diagnostics);
    constants(model, diagnostics);
    if !model.container.write_only {
        for member in model.columns().filter(|member| member.is_static()) {
            diagnostics.at(
                member.ty,
                "a row cannot be read into a `'static` reference; own the text or borrow it with a \
                 lifetime of the struct, or write #[measurement(write_only)] on the struct",
            );
        }
    }
}

/// The key of a tag or field, and where it is spelled.
fn key<'a>(member: &'a Member<'_>) -> Option<(&'a str, proc_macro2::Span, Part)> {
    match &member.kind {
        Kind::Tag { key, span } => Some((key, *span, Part::Tag)),
        Kind::Field { key, span, .. } => Some((key, *span, Part::Field)),
        Kind::Timestamp { .. } | Kind::Column { .. } | Kind::Skipped => None,
    }
}

fn keys(model: &Measurement<'_>, diagnostics: &mut Diagnostics) {
    let mut seen = BTreeMap::new();
    for member in &model.members {
        let Some((key, span, part)) = key(member) else {
            continue;
        };
        if let Some(reason) = names::refuse(part, key) {
            diagnostics.at_span(span, reason);
        } else if let Some(other) = seen.insert(key, &member.place) {
            diagnostics.at_span(
                span,
                format!("key `{key}` is that of member `{other}` already; give one of them another `name`"),
            );
        }
    }
}

/// A point has a field; a member whose role could not be read may have been meant as one.
fn has_field(model: &Measurement<'_>, diagnostics: &mut Diagnostics) {
    let is_field = |member: &Member<'_>| matches!(member.kind, Kind::Field { .. });
    if model.complete && !model.members.iter().any(is_field) {
        diagnostics.at(
            &model.input.ident,
            format!(
                "`{}` has no field, and a point needs at least one; mark a member with #[field]",
                model.input.ident
            ),
        );
    }
}

fn timestamps(model: &Measurement<'_>, diagnostics: &mut Diagnostics) {
    let mut times = model.members.iter().filter(|m| matches!(m.kind, Kind::Timestamp { .. }));
    if let Some(first) = times.next() {
        for other in times {
            diagnostics.at(
                &other.place,
                format!(
                    "`{}` is the timestamp already, and a point has one; store this time as an \
                     integer #[field]",
                    first.place
                ),
            );
        }
    }
}

fn constants(model: &Measurement<'_>, diagnostics: &mut Diagnostics) {
    let mut seen = BTreeMap::new();
    for member in &model.members {
        let Some(constant) = &member.constant else { continue };
        let Some(other) = seen.insert(constant.to_string(), member) else { continue };
        let same_key = |(key, _, _): (&str, _, _)| self::key(other).is_some_and(|o| o.0 == key);
        if key(member).is_some_and(same_key) {
            // That is reported already.
            continue;
        }
        diagnostics.at(
            constant,
            format!(
                "the column constant `{constant}` is that of member `{}` already; name one of them \
                 with `column = NAME`",
                other.place
            ),
        );
    }
}
