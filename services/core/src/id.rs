//! Typed ids: a conversation's id can't be passed where a run's is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id that sorts by its time of creation (UUID version 7).
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A customer of the installation; the first column of every key.
    TenantId
);
id!(
    /// One assistant of a tenant, with its own skills.
    AppId
);
id!(
    /// A conversation between one end user and one app.
    ConversationId
);
id!(
    /// The answer to one user message.
    MessageId
);
id!(
    /// One turn: a user message, what was understood, decided and done.
    TurnId
);
id!(
    /// One execution of a skill in the ledger.
    RunId
);
