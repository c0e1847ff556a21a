//! Words of the API that may become more.

/// An enum of words, and of those that this crate does not know.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that this crate does not know.
            Other(String),
        }

        impl $name {
            /// The word of the API.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                Ok(match word.as_str() {
                    $($word => Self::$variant,)*
                    _ => Self::Other(word),
                })
            }
        }
    };
}
pub(super) use words;

words! {
    /// Whether a user, a token or a task may do anything.
    Status {
        /// It may.
        Active = "active",
        /// It may not.
        Inactive = "inactive",
    }
}

words! {
    /// What a user is to a resource.
    Role {
        /// May change it.
        Owner = "owner",
        /// May use it.
        Member = "member",
    }
}

words! {
    /// What may be done with a resource.
    Action {
        /// Reading.
        Read = "read",
        /// Writing, creating, changing and deleting.
        Write = "write",
    }
}

words! {
    /// How far a run of a task has come.
    RunStatus {
        /// It waits.
        Scheduled = "scheduled",
        /// It runs.
        Started = "started",
        /// It failed; its log says why.
        Failed = "failed",
        /// It did what its script says.
        Success = "success",
        /// It was ended before it was done.
        Canceled = "canceled",
    }
}

impl RunStatus {
    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Failed | Self::Success | Self::Canceled)
    }
}
