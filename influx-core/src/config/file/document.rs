//! What all formats come to: sections of keys and values.

use crate::config::entry::Raw;

/// A file's content, before anybody knows what it means.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) sections: Vec<Section>,
}

/// A table, or an object; of the one outside of all others the name is empty.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// With those of the tables around it in front, each followed by a dot.
    pub(super) name: String,
    pub(super) items: Vec<Item>,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) key: String,
    /// From 1, where the format tells.
    pub(super) line: Option<usize>,
    pub(super) value: Raw,
}

/// Why a text is not of its format.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) line: Option<usize>,
    pub(super) problem: String,
}

impl Document {
    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

impl Section {
    /// The name of a table within this one.
    pub(super) fn within(&self, name: &str) -> String {
        match &*self.name {
            "" => name.to_owned(),
            outer => format!("{outer}.{name}"),
        }
    }
}
