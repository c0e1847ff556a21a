//! Resources by ID or by name.

use super::api::Api;
use super::{Bucket, Organization, User};
use crate::error::{Error, Result, SettingCause};

/// Whether this looks like an ID: 16 hexadecimal digits.
fn is_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// An ID that can be a part of a path, and nothing else.
pub(super) fn check_id(what: &'static str, id: &str) -> Result<()> {
    if is_id(id) {
        return Ok(());
    }
    let problem = "has 16 hexadecimal digits in lower case; this one is something else";
    Err(SettingCause::Invalid { what, problem }.into())
}

/// The server takes an empty name for no filter and answers with anything.
fn check_name(what: &'static str, name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(SettingCause::Missing { what, remedy: "name it" }.into());
    }
    Ok(())
}

macro_rules! references {
    ($($(#[$doc:meta])* $name:ident of $model:ident: $what:literal, $id:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// A text is an ID if it has 16 hexadecimal digits in lower case, and a name else. A name that
        /// looks like an ID is said with [`name`](Self::name).
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            /// By its ID.
            Id(String),
            /// By its name.
            Name(String),
        }

        impl $name {
            /// By its ID.
            pub fn id(id: impl Into<String>) -> Self {
                Self::Id(id.into())
            }

            /// By its name, also where that looks like an ID.
            pub fn name(name: impl Into<String>) -> Self {
                Self::Name(name.into())
            }

            /// The text, whichever it is.
            pub(super) fn text(&self) -> &str {
                let (Self::Id(text) | Self::Name(text)) = self;
                text
            }

            /// What nobody can have said on purpose.
            pub(super) fn check(&self) -> Result<()> {
                match self {
                    Self::Id(id) => check_id($id, id),
                    Self::Name(name) => check_name($what, name),
                }
            }

            fn no_such(&self) -> Error {
                SettingCause::NoSuch { what: $what, name: self.text().to_owned() }.into()
            }

            /// What was found, which there has to be.
            pub(super) fn required<T>(&self, found: Option<T>) -> Result<T> {
                found.ok_or_else(|| self.no_such())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                text.to_owned().into()
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                if is_id(&text) { Self::Id(text) } else { Self::Name(text) }
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                text.as_str().into()
            }
        }

        impl From<&$model> for $name {
            fn from(model: &$model) -> Self {
                Self::Id(model.id.clone())
            }
        }

        impl From<&Self> for $name {
            fn from(reference: &Self) -> Self {
                reference.clone()
            }
        }
    )*};
}

references! {
    /// An organization, by ID or by name.
    OrgRef of Organization: "organization", "organization's ID";
    /// A bucket, by ID or by name.
    BucketRef of Bucket: "bucket", "bucket's ID";
    /// A user, by ID or by name.
    UserRef of User: "user", "user's ID";
}

impl OrgRef {
    pub(super) async fn find(&self, api: &Api) -> Result<Option<Organization>> {
        self.check()?;
        match self {
            Self::Id(id) => api.find(format!("orgs/{id}"), &["organization not found"]).await,
            Self::Name(name) => {
                let is_it = |org: &Organization| org.name == *name;
                let missing = ["organization name"];
                api.find_named("orgs", &[("org", name)], &missing, is_it).await
            }
        }
    }

    pub(super) async fn resolve(&self, api: &Api) -> Result<String> {
        if let Self::Id(id) = self {
            return self.check().map(|()| id.clone());
        }
        self.required(self.find(api).await?).map(|org| org.id)
    }

    /// As it stands in a URL, where the server takes a name too: a token for a bucket may not look up the
    /// organization of that.
    pub(super) async fn parameter(self, api: &Api) -> Result<(&'static str, String)> {
        match self {
            // The server would take one that looks like an ID for that.
            Self::Name(name) if !is_id(&name) => {
                check_name("organization", &name).map(|()| ("org", name))
            }
            other => Ok(("orgID", other.resolve(api).await?)),
        }
    }
}

impl UserRef {
    pub(super) async fn find(&self, api: &Api) -> Result<Option<User>> {
        self.check()?;
        let missing = ["user not found"];
        match self {
            Self::Id(id) => api.find(format!("users/{id}"), &missing).await,
            Self::Name(name) => {
                let is_it = |user: &User| user.name == *name;
                api.find_named("users", &[("name", name)], &missing, is_it).await
            }
        }
    }

    pub(super) async fn resolve(&self, api: &Api) -> Result<String> {
        if let Self::Id(id) = self {
            return self.check().map(|()| id.clone());
        }
        self.required(self.find(api).await?).map(|user| user.id)
    }
}

impl BucketRef {
    /// By name in this organization, else the client's.
    pub(super) async fn find(&self, api: &Api, org: Option<&OrgRef>) -> Result<Option<Bucket>> {
        self.check()?;
        let missing = ["bucket not found", "bucket \""];
        match self {
            Self::Id(id) => api.find(format!("buckets/{id}"), &missing).await,
            Self::Name(name) => {
                let (key, org) = api.org(org)?.parameter(api).await?;
                let is_it = |bucket: &Bucket| bucket.name == *name;
                let filters = [(key, org.as_str()), ("name", name)];
                api.find_named("buckets", &filters, &missing, is_it).await
            }
        }
    }

    pub(super) async fn resolve(&self, api: &Api) -> Result<String> {
        if let Self::Id(id) = self {
            return self.check().map(|()| id.clone());
        }
        self.required(self.find(api, None).await?).map(|bucket| bucket.id)
    }
}

#[cfg(test)]
mod tests {
    use super::{BucketRef, check_id};

    #[test]
    fn a_text_is_an_id_if_it_looks_like_one_and_a_name_can_be_said() {
        assert_eq!(BucketRef::from("0123456789abcdef"), BucketRef::id("0123456789abcdef"));
        for name in ["0123456789ABCDEF", "0123456789abcde", "", "ü", "0123456789abcdef0"] {
            assert_eq!(BucketRef::from(name), BucketRef::name(name));
        }
        assert_ne!(BucketRef::name("0123456789abcdef"), BucketRef::from("0123456789abcdef"));
    }

    #[test]
    fn nothing_but_an_id_gets_into_a_path() {
        check_id("ID", "0123456789abcdef").unwrap();
        for id in ["", "../../../x/y/z/a", "0123456789abcde/", "0123456789abcde?", "0123"] {
            check_id("ID", id).unwrap_err();
        }
    }
}
