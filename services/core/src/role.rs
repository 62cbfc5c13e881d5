//! What a person may do in a tenant: four roles, each of which may do what the one below it may, and the actions they are asked for.

use serde::{Deserialize, Serialize};

/// A person's role in one tenant. Greater ones may do everything that smaller ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything, changes nothing.
    Viewer,
    /// Also decides about doubtful turns, runs and what is in the inbox.
    Reviewer,
    /// Also changes and publishes skills.
    Editor,
    /// Also manages people, keys and apps, and reads the audit log.
    Owner,
}

/// What somebody wants to do. Every endpoint of the admin API asks for exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// See skills, apps and members.
    View,
    /// Decide about what waits for a person.
    Review,
    /// Change drafts and publish skills.
    Edit,
    /// Manage people, keys and apps; read the audit log.
    Administer,
}

impl Role {
    /// Every role, the smallest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Reviewer, Self::Editor, Self::Owner];

    /// The name in the API and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    /// Whether this role may do that.
    #[must_use]
    pub fn can(self, action: Action) -> bool {
        self >= action.least()
    }
}

impl Action {
    /// The smallest role that may.
    #[must_use]
    pub fn least(self) -> Role {
        match self {
            Self::View => Role::Viewer,
            Self::Review => Role::Reviewer,
            Self::Edit => Role::Editor,
            Self::Administer => Role::Owner,
        }
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no role's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not one of viewer, reviewer, editor, owner")]
pub struct UnknownRole(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_may_do_what_the_one_below_it_may() {
        let may = |role: Role| {
            [Action::View, Action::Review, Action::Edit, Action::Administer].map(|action| role.can(action))
        };
        assert_eq!(may(Role::Viewer), [true, false, false, false]);
        assert_eq!(may(Role::Reviewer), [true, true, false, false]);
        assert_eq!(may(Role::Editor), [true, true, true, false]);
        assert_eq!(may(Role::Owner), [true; 4]);
    }

    #[test]
    fn a_role_is_read_from_its_name_only() {
        assert_eq!("editor".parse(), Ok(Role::Editor));
        assert_eq!("Editor".parse::<Role>(), Err(UnknownRole("Editor".into())));
    }
}
