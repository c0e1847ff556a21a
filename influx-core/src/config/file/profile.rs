//! Which part of a file holds the settings.

use super::document::{Document, Section};
use crate::config::entry::Entry;
use crate::config::nearest::nearest;
use crate::config::settings;
use crate::error::Place;

/// The section of the official clients.
const USUAL: &str = "influx2";

/// The section of this name; else the usual one, else what stands outside of all sections, else
/// the active one; or why there is none.
pub(super) fn choose<'a>(
    document: &'a Document,
    name: Option<&str>,
) -> Result<&'a Section, String> {
    if let Some(name) = name {
        return document.section(name).ok_or_else(|| missing(document, name));
    }
    let outside = document.section("").filter(|section| holds_settings(section));
    if let Some(section) = document.section(USUAL).or(outside) {
        return Ok(section);
    }
    let mut active = Vec::new();
    for section in &document.sections {
        if is_active(section)? {
            active.push(section);
        }
    }
    let mut active = active.into_iter();
    match (active.next(), active.next()) {
        (Some(section), None) => Ok(section),
        (Some(_), Some(_)) => Err(format!("several profiles are active: {}", names(document))),
        (None, _) if document.sections.iter().all(|section| section.items.is_empty()) => {
            Err("it holds no settings".to_owned())
        }
        (None, _) => Err(format!(
            "it has no section `{USUAL}` and no active profile; choose one with `profile`: {}",
            names(document)
        )),
    }
}

fn missing(document: &Document, name: &str) -> String {
    let known = document.sections.iter().map(|section| &*section.name);
    match nearest(name, known.filter(|name| !name.is_empty())) {
        Some(meant) => format!("it has no profile `{name}`; did you mean `{meant}`?"),
        None => format!("it has no profile `{name}`, but {}", names(document)),
    }
}

fn names(document: &Document) -> String {
    let named = document.sections.iter().filter(|section| !section.name.is_empty());
    let names: Vec<_> = named.map(|section| format!("`{}`", section.name)).collect();
    if names.is_empty() { "none at all".to_owned() } else { names.join(", ") }
}

fn holds_settings(section: &Section) -> bool {
    section.items.iter().any(|item| settings::is_known(&item.key.to_lowercase()))
}

fn is_active(section: &Section) -> Result<bool, String> {
    let Some(item) = section.items.iter().find(|item| item.key == "active") else {
        return Ok(false);
    };
    let place = Place::Variable(String::new());
    let active = Entry::new(String::new(), place, item.value.clone()).boolean();
    active.map_err(|_| format!("`active` of `{}` is neither `true` nor `false`", section.name))
}

/// What stands beside the settings that were chosen, and looks as if it were meant to be one of them.
pub(super) fn beside(document: &Document, main: &Section) -> Vec<String> {
    let mut warnings = Vec::new();
    for section in &document.sections {
        let outside = section.name.is_empty() || section.name == "DEFAULT";
        if main.name == USUAL && outside && holds_settings(section) {
            let place =
                if section.name.is_empty() { "outside of all sections" } else { "in `DEFAULT`" };
            warnings.push(format!("what stands {place} is not read beside `{USUAL}`"));
        }
        let local = section.name.strip_prefix(&main.within("")).unwrap_or(&section.name);
        let meant = nearest(local, BESIDE).filter(|meant| *meant != local);
        if let Some(meant) = meant
            && section.name != main.name
            && !holds_settings(section)
        {
            warnings.push(format!("`{}` is not read; did you mean `{meant}`?", section.name));
        }
    }
    warnings
}

/// What has a table of its own.
const BESIDE: [&str; 3] = ["tags", "headers", "proxy_headers"];
